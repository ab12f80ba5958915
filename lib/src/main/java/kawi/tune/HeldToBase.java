package kawi.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import kawi.model.Llama;
import kawi.torch.Ops;

/**
 * The term that holds a tuning to its base: the Kullback-Leibler divergence of the tuned model's next token from the
 * base's, mean over the answer tokens of replayed examples. It is "learning without forgetting" (Li and Hoiem 2016)
 * with the answers of {@link Replay} in the place of old data: not the token that the base chose is learned but how
 * likely it held each.
 *
 * <p>What the base makes of each position is computed once, while no adapter is in the model, and kept as vectors
 * before the output layer: width x 4 bytes a token, a hundredth of its probabilities.
 */
final class HeldToBase implements AutoCloseable {
    private static final int TOGETHER = 16;

    private final Llama model;
    private final FrozenPrefix prefix;
    private final AnswerLoss answers;
    private final NDManager manager;
    private final int from;
    private final int[] begin; // row of the first answer token of each replayed example, and behind the last
    private NDArray states; // (answer tokens of all replayed examples, width)

    private HeldToBase(Llama model, FrozenPrefix prefix, AnswerLoss answers, int from, int[] begin) {
        this.model = model;
        this.prefix = prefix;
        this.answers = answers;
        this.from = from;
        this.begin = begin;
        this.manager = model.torch().manager().newSubManager();
    }

    /**
     * Looks at what the base makes of the examples from {@code from} on, which may be none.
     *
     * @param model without an adapter
     * @param first the lowest layer above the prefix
     * @param prefix of all examples
     * @param examples of which the last are replayed
     * @param from index of the first of these
     */
    static HeldToBase of(Llama model, int first, FrozenPrefix prefix, List<Encoded> examples, int from) {
        int[] begin = new int[examples.size() - from + 1];
        for (int i = 1; i < begin.length; i++) {
            begin[i] = begin[i - 1] + examples.get(from + i - 1).answerLength();
        }
        HeldToBase held =
                new HeldToBase(model, prefix, new AnswerLoss(model, first, prefix, examples, List.of()), from, begin);
        if (begin.length > 1 && prefix.complete()) {
            try {
                model.torch().inference(() -> {
                    held.look();
                    return null;
                });
            } catch (RuntimeException e) {
                held.close();
                throw e;
            }
        }
        return held;
    }

    private void look() {
        states = manager.zeros(new Shape(begin[begin.length - 1], model.config().width()));
        for (int i = 0; i + 1 < begin.length; i += TOGETHER) {
            int end = Math.min(begin.length - 1, i + TOGETHER);
            try (NDManager work = manager.newSubManager()) {
                NDArray part = answers.states(
                        work, IntStream.range(from + i, from + end).toArray());
                model.torch().ops().assign(states.get(begin[i] + ":" + begin[end]), part);
            }
        }
    }

    /** Batches of replayed examples of similar length, without end: all of them once, then again in another order. */
    Iterator<int[]> batches(int batch, long seed) {
        if (begin.length == 1) {
            return Collections.emptyIterator();
        }
        return IntStream.iterate(0, round -> round + 1)
                .boxed()
                .flatMap(round ->
                        TuningLoop.order(prefix::length, from, from + begin.length - 1, batch, seed * 31 + round)
                                .stream())
                .iterator();
    }

    /** Mean divergence over the answer tokens of some replayed examples, nats; a scalar belonging to {@code work}. */
    NDArray of(NDManager work, int[] which) {
        long[] rows = IntStream.of(which)
                .flatMap(i -> IntStream.range(begin[i - from], begin[i - from + 1]))
                .mapToLong(row -> row)
                .toArray();
        Ops ops = model.torch().ops();
        NDArray base = ops.embedding(states, work.create(rows)); // (answer tokens, width)
        return ops.divergence(
                ops.linear(base, model.head(), null), ops.linear(answers.states(work, which), model.head(), null));
    }

    @Override
    public void close() {
        answers.close();
        manager.close();
    }
}
