package kawi.tune;

import java.nio.file.Path;
import kawi.evidence.KitException;
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
     * {@return signatures and the first sentences of their comments, split; overloads of a method that are described
     * alike stay on one side}
     *
     * @param catalog where the data packages are
     * @param train most examples to learn from
     * @param test most examples to hold out
     * @throws KitException where the data are missing or damaged
     */
    public static Examples examples(Catalog catalog, int train, int test) {
        return TaskData.METHOD_SUMMARIES.examples(catalog, train, test);
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
        return Tuned.learn(base, new MethodSummaries(), examples.train(), lora, progress);
    }

    /**
     * {@return the model with the adapter that {@link Tuned#save} wrote}
     *
     * @param base the pretrained model that was tuned
     * @param folder where the adapter was saved
     * @throws KitException where there is no adapter, or one of another model
     */
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
