package kawi.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.stream.Collectors;
import kawi.text.TokenFile;

/**
 * A mini-batch: windows of a text, and for each token the one that follows it.
 *
 * @param starts where each window begins in its token file
 * @param ids the windows' tokens, row by row, {@code starts.length * context} of them
 * @param targets the token after each of {@code ids}
 * @param context tokens in a window
 */
public record Batch(long[] starts, long[] ids, long[] targets, int context) {

    /** Reads the windows that begin at {@code starts}. */
    static Batch read(TokenFile tokens, long[] starts, int context) {
        long[] ids = new long[starts.length * context];
        long[] targets = new long[ids.length];
        for (int row = 0; row < starts.length; row++) {
            int[] window = tokens.read(starts[row], context + 1);
            for (int i = 0; i < context; i++) {
                ids[row * context + i] = window[i];
                targets[row * context + i] = window[i + 1];
            }
        }
        return new Batch(starts, ids, targets, context);
    }

    /**
     * {@return the windows as a tensor (batch, time), int64}
     *
     * @param manager owns the tensor
     */
    public NDArray ids(NDManager manager) {
        return manager.create(ids, shape());
    }

    /**
     * {@return the following tokens as a tensor (batch, time), int64}
     *
     * @param manager owns the tensor
     */
    public NDArray targets(NDManager manager) {
        return manager.create(targets, shape());
    }

    /** {@return the number of targets} */
    public int tokens() {
        return targets.length;
    }

    /** Where its windows begin, the first few named. */
    String where() {
        String first = Arrays.stream(starts).limit(4).mapToObj(Long::toString).collect(Collectors.joining(", "));
        return first + (starts.length > 4 ? ", ..." : "");
    }

    private Shape shape() {
        return new Shape(starts.length, context);
    }
}
