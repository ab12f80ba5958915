package kawi.tune;

import java.nio.file.Path;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.Pretrained;
import kawi.readers.Catalog;

/** Answers a question with words of the text it is asked about. */
public final class QuestionAnswering implements Task {
    private static final String END = "\n";
    private static final int ANSWER_TOKENS = 32;

    /**
     * {@return questions on the comments of Java methods, split: what a method returns, when it throws, what a
     * parameter is}
     *
     * @param catalog where the data packages are
     * @param train most examples to learn from
     * @param test most examples to hold out
     * @throws KitException where the data are missing or damaged
     */
    public static Examples examples(Catalog catalog, int train, int test) {
        return TaskData.METHOD_QUESTIONS.examples(catalog, train, test);
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
        return Tuned.learn(base, new QuestionAnswering(), examples.train(), lora, progress);
    }

    /**
     * {@return the model with the adapter that {@link Tuned#save} wrote}
     *
     * @param base the pretrained model that was tuned
     * @param folder where the adapter was saved
     * @throws KitException where there is no adapter, or one of another model
     */
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
