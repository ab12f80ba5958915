package kawi.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.model.Llama;
import kawi.torch.NotFiniteException;
import kawi.torch.Ops;
import kawi.torch.Torch;

/**
 * The loss on answers: the layers above a {@link FrozenPrefix} run, and logits are taken where an answer's token is
 * predicted and nowhere else.
 */
final class AnswerLoss implements AutoCloseable {

    private final Llama model;
    private final Ops ops;
    private final int first;
    private final FrozenPrefix prefix;
    private final List<Encoded> examples;
    private final List<Integer> labels;
    private final NDManager manager;
    private final NDArray head; // (vocabulary or labels, width)

    AnswerLoss(Llama model, int first, FrozenPrefix prefix, List<Encoded> examples, List<Integer> labels) {
        this.model = model;
        this.ops = model.torch().ops();
        this.first = first;
        this.prefix = prefix;
        this.examples = examples;
        this.labels = labels;
        this.manager = model.torch().manager().newSubManager();
        this.head = labels.isEmpty()
                ? model.head()
                : model.torch().inference(() -> LabelScorer.rows(manager, model, labels));
    }

    /**
     * What is predicted for the answers' tokens of some examples.
     *
     * @param states {@code (answers' tokens, width)}, what the head makes logits of
     * @param targets {@code (answers' tokens)}
     * @param rows {@code (answers' tokens)}, whose token it is: an index into the examples asked for
     */
    private record Predicted(NDArray states, NDArray targets, NDArray rows) {}

    /** Mean nats per answer token of some examples, a scalar belonging to {@code work}. */
    NDArray of(NDManager work, int[] which) {
        Predicted predicted = predicted(work, which);
        if (!labels.isEmpty()) {
            return ops.crossEntropy(logits(predicted), predicted.targets);
        }
        return Torch.recording() // a whole vocabulary's logits are the largest array there is, and here made in pieces
                ? ops.headLoss(predicted.states, head, predicted.targets)
                : ops.headLosses(predicted.states, head, predicted.targets).mean();
    }

    /** Nats of the whole answer of each of some examples, {@code (examples)}, belonging to {@code work}. */
    NDArray nats(NDManager work, int[] which) {
        Predicted predicted = predicted(work, which);
        NDArray each = labels.isEmpty() && !Torch.recording()
                ? ops.headLosses(predicted.states, head, predicted.targets)
                : ops.tokenLosses(logits(predicted), predicted.targets);
        return ops.sums(each, predicted.rows, which.length);
    }

    /** {@code (answers' tokens, vocabulary or labels)}. */
    private NDArray logits(Predicted predicted) {
        return ops.linear(predicted.states, head, null);
    }

    private Predicted predicted(NDManager work, int[] which) {
        long[] rows = IntStream.range(0, which.length)
                .flatMap(row -> IntStream.generate(() -> row)
                        .limit(examples.get(which[row]).answerLength()))
                .mapToLong(row -> row)
                .toArray();
        long[] targets = IntStream.of(which)
                .mapToObj(examples::get)
                .flatMapToInt(example -> Arrays.stream(example.ids(), example.answer(), example.ids().length))
                .mapToLong(this::target)
                .toArray();
        return new Predicted(states(work, which), work.create(targets), work.create(rows));
    }

    /**
     * What the model makes of the positions before each answer token of some examples, one example after the other:
     * {@code (answer tokens, width)}, behind the last normalisation, belonging to {@code work}.
     */
    NDArray states(NDManager work, int[] which) {
        int most = IntStream.of(which)
                .map(i -> examples.get(i).answerLength())
                .max()
                .orElseThrow();
        int answers =
                IntStream.of(which).map(i -> examples.get(i).answerLength()).sum();
        long[] places =
                new long[which.length * most]; // a shorter answer is filled up with place 0, which is left out again
        long[] kept = new long[answers];
        int at = 0;
        for (int row = 0; row < which.length; row++) {
            Encoded example = examples.get(which[row]);
            for (int i = 0; i < example.answerLength(); i++) {
                kept[at++] = (long) row * most + i;
                places[row * most + i] = example.answer() + i - 1; // the position before a token predicts it
            }
        }
        NDArray x = prefix.batch(work, which); // (batch, time, width)
        NDArray y =
                model.layersAt(x, first, work.create(places, new Shape(which.length, most))); // (batch, most, width)
        NDArray flat =
                y.reshape(new Shape((long) which.length * most, model.config().width()));
        return model.norm(ops.embedding(flat, work.create(kept)));
    }

    private long target(int id) {
        int target = labels.isEmpty() ? id : labels.indexOf(id);
        if (target < 0) {
            throw new KitException("An example's answer is token " + id + ", which is not among the labels " + labels
                    + "; give answers of one label each.");
        }
        return target;
    }

    /** Mean nats per answer token over examples, with no gradients. */
    double mean(int[] which, int together) {
        int[] sorted = IntStream.of(which)
                .boxed()
                .sorted(Comparator.comparingInt(prefix::length))
                .mapToInt(Integer::intValue)
                .toArray();
        double sum = 0;
        long tokens = 0;
        for (int at = 0; at < sorted.length; at += together) {
            int[] part = Arrays.copyOfRange(sorted, at, Math.min(sorted.length, at + together));
            int size =
                    IntStream.of(part).map(i -> examples.get(i).answerLength()).sum();
            sum += size
                    * model.torch().inference(() -> {
                        try (NDManager work = manager.newSubManager()) {
                            return of(work, part).getFloat();
                        }
                    });
            tokens += size;
        }
        if (!Double.isFinite(sum)) {
            throw NotFiniteException.of("The losses on " + which.length + " held-out examples");
        }
        return sum / tokens;
    }

    @Override
    public void close() {
        manager.close();
    }
}
