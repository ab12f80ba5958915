package kawi.tune;

import java.nio.file.Path;
import kawi.evidence.Progress;
import kawi.model.Pretrained;
import kawi.readers.Catalog;

/** Translates the messages of software from English into French. */
public final class Translation implements Task {
    private static final String END = "\n";
    private static final int ANSWER_TOKENS = 56;

    /**
     * Messages of JupyterLab, Django and Wagtail, split by groups of near-duplicates. @param catalog where the data
     * packages are
     */
    public static Examples examples(Catalog catalog, int train, int test) {
        return Examples.split(SoftwareMessages.read(catalog.files("ui-translations")), train, test);
    }

    /** Tunes a model on the examples to learn from. */
    public static Tuned tune(Pretrained base, Examples examples, Lora lora, Progress progress) {
        return Tuned.learn(base, new Translation(), examples.train(), lora, progress);
    }

    /** Loads what {@link Tuned#save} wrote. */
    public static Tuned load(Pretrained base, Path folder) {
        return Tuned.load(base, new Translation(), folder);
    }

    @Override
    public String name() {
        return "translator";
    }

    @Override
    public String prompt(Example example) {
        return "English: " + example.input() + "\nFrench:";
    }

    @Override
    public String instruction(Example example) {
        return "Translate into French. Write only the translation.\n\n" + example.input();
    }

    @Override
    public String completion(String answer) {
        return " " + answer + END;
    }

    @Override
    public int answerTokens() {
        return ANSWER_TOKENS;
    }

    @Override
    public LoraTuning recipe(Lora lora) {
        return LoraTuning.of(lora).epochs(2);
    }
}
