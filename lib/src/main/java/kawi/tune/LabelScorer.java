package kawi.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import kawi.evidence.Progress;
import kawi.model.Llama;
import kawi.torch.NotFiniteException;

/**
 * Chooses among a few tokens that could come next: one pass over each prompt, logits of its last position and of these
 * tokens only.
 */
public final class LabelScorer {

    private LabelScorer() {}

    /**
     * The probability of each label after each prompt, among the labels.
     *
     * @param model what reads the prompts
     * @param prompts token ids; they are grouped by length, so their order costs nothing
     * @param labels ids of the tokens to choose among
     * @param progress is told prompts
     * @return {@code [prompt][label]}, each row summing to one; rows that an interrupt left out are null
     * @throws NotFiniteException where a logit is NaN or infinite
     */
    public static double[][] probabilities(Llama model, List<int[]> prompts, List<Integer> labels, Progress progress) {
        try (NDManager manager = model.torch().manager().newSubManager()) {
            NDArray rows = model.torch().inference(() -> rows(manager, model, labels));
            return probabilities(model, prompts, rows, progress);
        }
    }

    /**
     * {@return the likeliest choice of each row, the first of several that are as likely}
     *
     * @param probabilities {@code [prompt][label]}
     * @param choices what the labels say, in their order
     */
    public static List<String> likeliest(double[][] probabilities, List<String> choices) {
        List<String> answers = new ArrayList<>();
        for (double[] p : probabilities) {
            int best = 0;
            for (int i = 1; i < p.length; i++) {
                best = p[i] > p[best] ? i : best;
            }
            answers.add(choices.get(best));
        }
        return answers;
    }

    /**
     * {@link #probabilities} with the labels' rows of a head, {@code (labels, width)}, that need not be the model's.
     */
    static double[][] probabilities(Llama model, List<int[]> prompts, NDArray rows, Progress progress) {
        double[][] probabilities = new double[prompts.size()][];
        int labels = (int) rows.getShape().get(0);
        int done = 0;
        progress.begin("reading " + prompts.size() + " prompts", prompts.size());
        try (NDManager manager = model.torch().manager().newSubManager()) {
            for (List<Integer> batch : FrozenPrefix.batches(
                    prompts.stream().mapToInt(prompt -> prompt.length).toArray())) {
                if (Thread.interrupted()) {
                    Thread.currentThread().interrupt();
                    break;
                }
                float[] logits = model.torch()
                        .inference(() -> logits(
                                manager, model, batch.stream().map(prompts::get).toList(), rows));
                for (int i = 0; i < batch.size(); i++) {
                    NotFiniteException.refuse(
                            Arrays.copyOfRange(logits, i * labels, (i + 1) * labels),
                            "The logits of the labels after prompt " + batch.get(i));
                    probabilities[batch.get(i)] = softmax(logits, i * labels, labels);
                }
                done += batch.size();
                progress.update(done, "");
            }
        }
        progress.end("");
        return probabilities;
    }

    private static float[] logits(NDManager manager, Llama model, List<int[]> prompts, NDArray rows) {
        try (NDManager work = manager.newSubManager()) {
            Padded padded = Padded.of(work, prompts);
            long[] last = new long[prompts.size()];
            for (int row = 0; row < last.length; row++) {
                last[row] = (long) row * padded.time() + prompts.get(row).length - 1;
            }
            NDArray y =
                    model.layers(model.embed(padded.ids()), 0, model.config().layers()); // (batch, time, width)
            NDArray flat = y.reshape(
                    new Shape((long) last.length * padded.time(), model.config().width()));
            NDArray chosen = model.torch().ops().embedding(flat, work.create(last)); // (batch, width)
            return model.torch().ops().linear(model.norm(chosen), rows, null).toFloatArray(); // (batch, labels)
        }
    }

    /** The head's rows for some tokens, {@code (labels, width)}, belonging to the manager. */
    static NDArray rows(NDManager manager, Llama model, List<Integer> labels) {
        try (NDArray index =
                manager.create(labels.stream().mapToLong(Integer::longValue).toArray())) {
            return model.torch().ops().embedding(model.head(), index);
        }
    }

    static double[] softmax(float[] logits, int from, int count) {
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            highest = Math.max(highest, logits[from + i]);
        }
        double[] p = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            p[i] = Math.exp(logits[from + i] - highest);
            sum += p[i];
        }
        for (int i = 0; i < count; i++) {
            p[i] /= sum;
        }
        return p;
    }
}
