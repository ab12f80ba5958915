package kawi.tune;

import java.nio.file.Path;
import kawi.evidence.Progress;
import kawi.model.Pretrained;
import kawi.readers.Catalog;

/**
 * Says in a chat, in one sentence, what a Java method does, from its signature alone. It stays a chat model: its turns
 * are written in the chat template, so that other questions still have answers.
 */
public final class MethodSummaries implements Task {
    private static final int ANSWER_TOKENS = 40;

    /**
     * Signatures and the first sentences of their comments, split; overloads of a method that are described alike stay
     * on one side.
     */
    public static Examples examples(Catalog catalog, int train, int test) {
        return Examples.split(
                DocQuestions.summaries(MethodDocs.read(catalog.files("java-docs"))),
                train,
                test,
                e -> e.input().substring(0, e.input().indexOf('(')) + " " + e.answer());
    }

    /** Tunes a model on the examples to learn from. */
    public static Tuned tune(Pretrained base, Examples examples, Lora lora, Progress progress) {
        return Tuned.learn(base, new MethodSummaries(), examples.train(), lora, progress);
    }

    /** Loads what {@link Tuned#save} wrote. */
    public static Tuned load(Pretrained base, Path folder) {
        return Tuned.load(base, new MethodSummaries(), folder);
    }

    @Override
    public String name() {
        return "assistant";
    }

    @Override
    public String prompt(Example example) {
        return instruction(example);
    }

    @Override
    public String instruction(Example example) {
        return "In one sentence, what does the Java method " + example.input() + " do?";
    }

    @Override
    public String completion(String answer) {
        return answer;
    }

    @Override
    public boolean inChat() {
        return true;
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
