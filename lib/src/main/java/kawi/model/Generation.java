package kawi.model;

/**
 * One text that a model wrote.
 *
 * @param text what it wrote, without the prompt and without what ended it
 * @param ids the tokens it wrote, the one that ended it included
 * @param ending why it stopped
 * @param forgotten tokens at the beginning of the prompt or text that did not fit into the model's context and were
 *     left out at some point
 * @param seconds from the first reading of the prompt to the last token, others being written beside it
 */
public record Generation(String text, int[] ids, Ending ending, int forgotten, double seconds) {

    /** Why writing stopped. */
    public enum Ending {
        /** The model wrote a token that ends a text or a turn. */
        END_TOKEN,
        /** A stop text came. */
        STOP_TEXT,
        /** The most tokens asked for were written. */
        LENGTH,
        /** The thread was interrupted. */
        INTERRUPTED
    }
}
