package kawi.tune;

import java.util.List;

/**
 * What a model is tuned to do: how an example becomes text to read, and how an answer is written and read back. A task
 * knows nothing of models; {@link Tuned} brings the two together. A task of one's own implements this interface.
 */
public interface Task {
    /** {@return the name in file names and charts: letters and dashes} */
    String name();

    /**
     * {@return what the tuned model reads; it ends where the answer begins} A turn in a chat where {@link #inChat} says
     * so.
     *
     * @param example what is asked; its gold answers must not be told
     */
    String prompt(Example example);

    /**
     * {@return what a model that was not tuned is asked in a chat: the task said in words, as a person would}
     *
     * @param example what is asked; its gold answers must not be told
     */
    String instruction(Example example);

    /**
     * {@return an answer as it stands after the prompt, with the mark that ends it} In a chat ({@link #inChat}) the
     * model's own end of a turn follows by itself.
     *
     * @param answer one of the choices, or free text
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

    /** {@return most tokens an answer may take, at least 1} */
    int answerTokens();

    /**
     * {@return how this task is learned with an adapter}
     *
     * @param lora the adapter
     */
    LoraTuning recipe(Lora lora);
}
