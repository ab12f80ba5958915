package kawi.tune;

import java.nio.file.Path;
import kawi.evidence.Progress;
import kawi.model.Pretrained;
import kawi.readers.Catalog;

/** Answers a question with words of the text it is asked about. */
public final class QuestionAnswering implements Task {
    private static final String END = "\n";
    private static final int ANSWER_TOKENS = 32;

    /**
     * Questions on the comments of Java methods, split: what a method returns, when it throws, what a parameter is.
     *
     * @param catalog where the data packages are
     */
    public static Examples examples(Catalog catalog, int train, int test) {
        return Examples.split(DocQuestions.spans(MethodDocs.read(catalog.files("java-docs"))), train, test);
    }

    /** Tunes a model on the examples to learn from. */
    public static Tuned tune(Pretrained base, Examples examples, Lora lora, Progress progress) {
        return Tuned.learn(base, new QuestionAnswering(), examples.train(), lora, progress);
    }

    /** Loads what {@link Tuned#save} wrote. */
    public static Tuned load(Pretrained base, Path folder) {
        return Tuned.load(base, new QuestionAnswering(), folder);
    }

    @Override
    public String name() {
        return "answers";
    }

    @Override
    public String prompt(Example example) {
        return example.context() + "\nQuestion: " + example.input() + "\nAnswer:";
    }

    @Override
    public String instruction(Example example) {
        return "Answer the question with a few words copied from the text.\n\nText: " + example.context()
                + "\n\nQuestion: " + example.input();
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
        return LoraTuning.of(lora);
    }
}
