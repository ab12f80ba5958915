package kawi.tune;

import java.util.List;

/**
 * What a model is tuned to do: how an example becomes text to read, and how an answer is written and read back. A task
 * knows nothing of models; {@link Tuned} brings the two together.
 */
public interface Task {
    /** Name in file names and charts: letters and dashes. */
    String name();

    /**
     * {@return what the tuned model reads; it ends where the answer begins} A turn in a chat where {@link #inChat} says
     * so.
     */
    String prompt(Example example);

    /** {@return what a model that was not tuned is asked in a chat: the task said in words, as a person would} */
    String instruction(Example example);

    /**
     * {@return an answer as it stands after the prompt, with the mark that ends it} In a chat ({@link #inChat}) the
     * model's own end of a turn follows by itself.
     */
    String completion(String answer);

    /** {@return the only answers there are, each a single token after the prompt; none where answers are free text} */
    default List<String> choices() {
        return List.of();
    }

    /** {@return whether the prompt is a person's turn, to be wrapped in the model's chat template} */
    default boolean inChat() {
        return false;
    }

    /** {@return most tokens an answer may take} */
    int answerTokens();

    /** {@return how this task is learned with an adapter} */
    LoraTuning recipe(Lora lora);
}
