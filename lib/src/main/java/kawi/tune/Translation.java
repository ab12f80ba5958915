package kawi.tune;

import java.nio.file.Path;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.Pretrained;
import kawi.readers.Catalog;

/** Translates the messages of software from English into French. */
public final class Translation implements Task {
    private static final String END = "\n";
    private static final int ANSWER_TOKENS = 56;

    /**
     * {@return messages of JupyterLab, Django and Wagtail, split by groups of near-duplicates}
     *
     * @param catalog where the data packages are
     * @param train most examples to learn from
     * @param test most examples to hold out
     * @throws KitException where the data are missing or damaged
     */
    public static Examples examples(Catalog catalog, int train, int test) {
        return TaskData.SOFTWARE_MESSAGES.examples(catalog, train, test);
    }

    /**
     * {@return the model, tuned on the examples to learn from}
     *
     * @param base the pretrained model; it stays as it is
     * @param examples split examples, of which those held out are not looked at
     * @param lora what is learned
     * @param progress hears of the steps and of the loss, in nats per answer token
     * @throws KitException for no examples, or a model that does not fit the task
     */
    public static Tuned tune(Pretrained base, Examples examples, Lora lora, Progress progress) {
        return Tuned.learn(base, new Translation(), examples.train(), lora, progress);
    }

    /**
     * {@return the model with the adapter that {@link Tuned#save} wrote}
     *
     * @param base the pretrained model that was tuned
     * @param folder where the adapter was saved
     * @throws KitException where there is no adapter, or one of another model
     */
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
