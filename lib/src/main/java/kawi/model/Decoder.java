package kawi.model;

/**
 * Reads tokens one after another and says, after each, how likely every next token is, keeping what it needs of the
 * past: a key-value cache (Transformers) or a hidden state (recurrent networks). Works without gradients.
 */
public interface Decoder extends AutoCloseable {

    /**
     * Feeds the next tokens of each sequence of the batch, all rows equally long.
     *
     * @param ids (batch, time), time at least 1
     * @return logits after the last of them, (batch, vocabulary)
     * @throws kawi.evidence.KitException where the tokens do not fit into the decoder's length or are not in the
     *     vocabulary
     * @throws kawi.torch.NotFiniteException where a logit is NaN or infinite
     */
    float[][] next(int[][] ids);

    /** {@return tokens read so far in each sequence; where rows are uneven, in the longest} */
    int position();

    /** {@return whether rows may differ in length; an empty row then rests and gets null in the place of its logits} */
    default boolean uneven() {
        return false;
    }

    /**
     * Forgets what one sequence has read, where rows are uneven: its next tokens are its first.
     *
     * @param row index of the sequence in the batch
     * @throws UnsupportedOperationException where rows are not uneven
     */
    default void restart(int row) {
        throw new UnsupportedOperationException("this decoder reads all its sequences in step");
    }

    /**
     * Reads, once, tokens with which several sequences begin, where rows are uneven. The first sequence is forgotten.
     *
     * @param ids at least one
     * @throws UnsupportedOperationException where rows are not uneven
     */
    default void stem(int[] ids) {
        throw new UnsupportedOperationException("this decoder reads all its sequences in step");
    }

    /**
     * Forgets what one sequence has read, as {@link #restart} does, and lets it begin with the {@link #stem}: its next
     * tokens are those behind it.
     *
     * @param row index of the sequence in the batch
     * @throws UnsupportedOperationException where rows are not uneven
     */
    default void begin(int row) {
        throw new UnsupportedOperationException("this decoder reads all its sequences in step");
    }

    /**
     * Goes on with some of the sequences only, where rows are uneven: the others are forgotten, and cost nothing more.
     *
     * @param rows indices of the sequences that stay, ascending, at least one; they are then rows 0, 1 and so on
     * @throws UnsupportedOperationException where rows are not uneven
     */
    default void keep(int[] rows) {
        throw new UnsupportedOperationException("this decoder reads all its sequences in step");
    }

    /** {@return tokens that can be read in all; a recurrent network has no limit and says {@link Integer#MAX_VALUE}} */
    int length();

    @Override
    void close();
}
