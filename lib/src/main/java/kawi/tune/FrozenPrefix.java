package kawi.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import kawi.evidence.Progress;
import kawi.model.Llama;
import kawi.model.Precision;
import kawi.torch.Ops;

/**
 * What a model's frozen lower layers make of some sequences, computed once and kept, so that training runs only the
 * layers above.
 *
 * <p>All vectors stand one below the other in one float32 array: tokens x width x 4 bytes, 80 MB for 1,000 sequences of
 * 35 tokens at width 576.
 */
public final class FrozenPrefix implements AutoCloseable {

    private static final int TOKENS_TOGETHER = 512;

    private final Ops ops;
    private final NDManager manager;
    private final NDArray vectors; // (tokens of all sequences, width)
    private final int[] begin;
    private final int[] length;
    private final double seconds;
    private final boolean complete;

    private FrozenPrefix(
            Ops ops, NDManager manager, NDArray vectors, int[] begin, int[] length, double seconds, boolean complete) {
        this.ops = ops;
        this.manager = manager;
        this.vectors = vectors;
        this.begin = begin;
        this.length = length;
        this.seconds = seconds;
        this.complete = complete;
    }

    /**
     * Runs the layers below {@code layers} over every sequence; with no layers below, these are the tokens' own
     * vectors.
     *
     * @param model whose layers run
     * @param layers how many of its lowest layers
     * @param sequences token ids, each at least one
     * @param precision what the frozen layers multiply with
     * @param progress is told tokens; an interrupt leaves the prefix incomplete
     * @return what the layers made
     */
    public static FrozenPrefix of(
            Llama model, int layers, List<int[]> sequences, Precision precision, Progress progress) {
        return of(model, layers, sequences, precision, model.torch()::inference, progress);
    }

    /**
     * The same for the layers above to be trained: float32 is multiplied as training multiplies it, in bfloat16 where
     * that is fast ({@link kawi.torch.Torch#bf16}).
     */
    static FrozenPrefix inTraining(
            Llama model, int layers, List<int[]> sequences, Precision precision, Progress progress) {
        return of(model, layers, sequences, precision, model.torch()::frozen, progress);
    }

    private static FrozenPrefix of(
            Llama model,
            int layers,
            List<int[]> sequences,
            Precision precision,
            Consumer<Supplier<Object>> mode,
            Progress progress) {
        int[] length = sequences.stream().mapToInt(sequence -> sequence.length).toArray();
        int[] begin = new int[length.length];
        for (int i = 1; i < begin.length; i++) {
            begin[i] = begin[i - 1] + length[i - 1];
        }
        int tokens = IntStream.of(length).sum();
        NDManager manager = model.torch().manager().newSubManager();
        Precision before = model.precision();
        long start = System.nanoTime();
        int done = 0;
        boolean complete = true;
        progress.begin("running the frozen layers once", tokens);
        try {
            NDArray vectors =
                    manager.zeros(new Shape(Math.max(1, tokens), model.config().width()));
            model.precision(layers == 0 ? Precision.FP32 : precision);
            for (List<Integer> batch : batches(length)) {
                if (Thread.interrupted()) {
                    complete = false;
                    break;
                }
                mode.accept(() -> {
                    fill(model, layers, sequences, batch, begin, vectors);
                    return null;
                });
                done += batch.stream().mapToInt(i -> length[i]).sum();
                progress.update(done, "");
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            progress.end(Math.round(done / seconds) + " tokens a second");
            return new FrozenPrefix(model.torch().ops(), manager, vectors, begin, length, seconds, complete);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        } finally {
            model.precision(before);
        }
    }

    /** Sequences of similar length together, at most {@value #TOKENS_TOGETHER} tokens of them. */
    static List<List<Integer>> batches(int[] length) {
        List<Integer> order = IntStream.range(0, length.length)
                .boxed()
                .sorted(Comparator.comparingInt(i -> length[i]))
                .toList();
        List<List<Integer>> batches = new ArrayList<>();
        for (int i : order) {
            List<Integer> last = batches.isEmpty() ? List.of() : batches.get(batches.size() - 1);
            if (last.isEmpty() || (last.size() + 1) * length[i] > TOKENS_TOGETHER) {
                last = new ArrayList<>();
                batches.add(last);
            }
            last.add(i);
        }
        return batches;
    }

    private static void fill(
            Llama model, int layers, List<int[]> sequences, List<Integer> batch, int[] begin, NDArray vectors) {
        try (NDManager work = vectors.getManager().newSubManager()) {
            Padded padded = Padded.of(work, batch.stream().map(sequences::get).toList());
            NDArray x = model.layers(model.embed(padded.ids()), 0, layers); // (batch, time, width)
            for (int row = 0; row < batch.size(); row++) {
                int from = begin[batch.get(row)];
                int size = sequences.get(batch.get(row)).length;
                model.torch().ops().assign(vectors.get(from + ":" + (from + size)), x.get(row + ",0:" + size));
            }
        }
    }

    /**
     * The vectors of some sequences, {@code (sequences, longest, width)}, belonging to {@code work}. Shorter ones are
     * filled up at the end with whatever stands at the front of the array: attention looks back only, so it changes
     * nothing before it.
     */
    NDArray batch(NDManager work, int[] which) {
        int time = time(which);
        long[] index = new long[which.length * time];
        for (int row = 0; row < which.length; row++) {
            for (int t = 0; t < length[which[row]]; t++) {
                index[row * time + t] = begin[which[row]] + t;
            }
        }
        return ops.embedding(vectors, work.create(index, new Shape(which.length, time)));
    }

    /** The longest of some sequences, in tokens. */
    int time(int[] which) {
        return IntStream.of(which).map(i -> length[i]).max().orElse(0);
    }

    /** Length of a sequence, in tokens. */
    int length(int sequence) {
        return length[sequence];
    }

    /** {@return seconds that the frozen layers took} */
    public double seconds() {
        return seconds;
    }

    /** {@return false where an interrupt ended the work early} */
    public boolean complete() {
        return complete;
    }

    /** {@return bytes held} */
    public long bytes() {
        return vectors.size() * 4;
    }

    @Override
    public void close() {
        manager.close();
    }
}
