package kawi.train;

import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import kawi.evidence.KitException;
import kawi.model.LanguageModel;
import kawi.stats.Interval;
import kawi.stats.SampleStatistics;
import kawi.text.TokenFile;
import kawi.torch.NotFiniteException;

/**
 * How well a model predicts a text it was not trained on, as a training asks it again and again: windows side by side,
 * of which each is read by itself, so that the first tokens of a window have little before them. It is quick, and
 * compares the steps of a run and runs of one context. A finished model is reported by the room {@code eval}, whose
 * windows overlap as far as it is told, so that every token is scored with a past; its loss is lower then, and the two
 * are not to be compared.
 *
 * @param nats mean cross-entropy, nats per token
 * @param low lower end of its 95 % interval, from the spread of the windows' means; NaN where there is none, as of a
 *     single window
 * @param high upper end
 * @param bitsPerByte the same loss per byte of the text the tokens stand for: comparable between vocabularies; NaN
 *     where the text's bytes are not known
 * @param windows windows scored
 * @param tokens tokens scored
 */
public record Evaluation(double nats, double low, double high, double bitsPerByte, int windows, long tokens) {

    /** {@return e to the loss: among how many equally likely tokens the model hesitates} */
    public double perplexity() {
        return Math.exp(nats);
    }

    /**
     * Scores windows that lie side by side, spread evenly over the split: the same windows at every call. Each window's
     * loss is its own sum, so the batch size cannot change the score.
     *
     * @param model is left as it is
     * @param split the text
     * @param context tokens in a window
     * @param windows at most this many windows
     * @param batch windows scored at once
     * @return its loss with the interval
     * @throws KitException if the split is too short for a window, or the model's loss on it is NaN or infinite
     */
    public static Evaluation of(LanguageModel model, TokenFile split, int context, int windows, int batch) {
        Evaluation score = measured(model, split, context, windows, batch);
        if (!Double.isFinite(score.nats)) {
            throw new KitException("The model's loss on the text is " + score.nats
                    + ": its weights hold numbers that are NaN, infinite or too large; create, train or load it "
                    + "again.");
        }
        return score;
    }

    /** The same, whatever comes of it: a training that diverged has a loss that is no number. */
    static Evaluation measured(LanguageModel model, TokenFile split, int context, int windows, int batch) {
        if (windows < 1 || batch < 1) {
            throw new KitException(
                    "A text is not scored on " + windows + " windows, " + batch + " at once: give at least 1 of each.");
        }
        long[] starts = Batches.covering(split, context, windows);
        double[] losses = new double[starts.length];
        for (int from = 0; from < starts.length; from += batch) {
            int to = Math.min(starts.length, from + batch);
            Batch part = Batch.read(split, Arrays.copyOfRange(starts, from, to), context);
            double[] means = windowMeans(model, part);
            System.arraycopy(means, 0, losses, from, means.length);
        }
        double mean = SampleStatistics.mean(losses);
        Interval interval = Double.isFinite(mean)
                ? Interval.studentT(losses)
                : Interval.undefined(mean, "a loss that is no number");
        Double bits = bitsPerByte(mean, split);
        return new Evaluation(
                mean,
                interval.low(),
                interval.high(),
                bits == null ? Double.NaN : bits,
                losses.length,
                (long) losses.length * context);
    }

    /**
     * Nats per token as bits per byte of the text that the tokens stand for; null where there are no nats or the text's
     * bytes are not known.
     */
    static Double bitsPerByte(Double nats, TokenFile text) {
        return nats == null || text.bytes() == 0 ? null : nats / Math.log(2) * text.length() / text.bytes();
    }

    /** Mean nats per token of one batch. */
    static double nats(LanguageModel model, Batch batch) {
        return Arrays.stream(windowMeans(model, batch)).average().orElseThrow();
    }

    /** Mean nats of each window; the last layers' outputs are freed with each batch. */
    private static double[] windowMeans(LanguageModel model, Batch batch) {
        return model.torch().inference(() -> {
            try (NDManager work = model.torch().manager().newSubManager()) {
                double[] means = new double[batch.starts().length];
                float[] losses;
                try {
                    losses = model.tokenLosses(model.hidden(batch.ids(work)), batch.targets());
                } catch (NotFiniteException e) {
                    Arrays.fill(means, Double.NaN); // a training that diverged: who asked for the loss says so
                    return means;
                }
                for (int i = 0; i < losses.length; i++) {
                    means[i / batch.context()] += losses[i] / batch.context();
                }
                return means;
            }
        });
    }
}
