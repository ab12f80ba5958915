package kawi.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * Sequences of similar length as one array, filled up at the end with token 0: causal attention never looks there, so
 * no mask is needed.
 *
 * @param ids {@code (batch, time)} int64
 * @param time the longest sequence
 */
record Padded(NDArray ids, int time) {

    static Padded of(NDManager work, List<int[]> sequences) {
        int time =
                sequences.stream().mapToInt(sequence -> sequence.length).max().orElse(0);
        long[] flat = new long[sequences.size() * time];
        for (int row = 0; row < sequences.size(); row++) {
            int[] sequence = sequences.get(row);
            for (int t = 0; t < sequence.length; t++) {
                flat[row * time + t] = sequence[t];
            }
        }
        return new Padded(work.create(flat, new Shape(sequences.size(), time)), time);
    }
}
