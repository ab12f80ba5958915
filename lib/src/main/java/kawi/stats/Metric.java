package kawi.stats;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import kawi.evidence.KitException;

/**
 * A score that can be recomputed on any sample of its examples: all that a bootstrap needs to know.
 *
 * <p>Corpus scores such as BLEU or macro F1 are no means over examples, so a sample is scored as a whole, from counts
 * that were taken once per example. To add a metric, implement the three methods, or give {@link #of} a function.
 */
public interface Metric {

    /** {@return the score's usual name, such as "accuracy" or "BLEU"} */
    String name();

    /** {@return how many examples were scored, 0 or more} */
    int size();

    /**
     * {@return the score of a sample; NaN where it does not exist}
     *
     * @param sample indices of examples, each in [0, size), at least one; an index may occur several times
     */
    double score(int[] sample);

    /** {@return the score of all examples; NaN of none} */
    default double score() {
        return size() == 0 ? Double.NaN : score(IntStream.range(0, size()).toArray());
    }

    /**
     * {@return the score with its 95 % interval: Wilson's where it is a share, the bootstrap's elsewhere; undefined for
     * too few examples}
     *
     * @param samples how many samples of the examples a bootstrap draws, at least 1
     * @param seed the same seed gives the same interval
     * @throws KitException for less than one sample
     */
    default Interval interval(int samples, long seed) {
        return Interval.bootstrap(this, samples, seed);
    }

    /**
     * {@return the same from 1000 samples}
     *
     * @param seed the same seed gives the same interval
     */
    default Interval interval(long seed) {
        return interval(1000, seed);
    }

    /**
     * The same score for examples that are not independent, such as sentences from one template, passages of one
     * document or questions on one text: its examples are now the clusters, which are drawn whole (the cluster
     * bootstrap; Davison and Hinkley 1997, "Bootstrap Methods and their Application", section 3.8). Its intervals and
     * comparisons then allow for it that each cluster's examples resemble each other; there must be
     * {@link Interval#FEWEST} clusters.
     *
     * @param clusters what each example belongs to, such as the name of its document; equal ones belong together
     * @return a metric of as many examples as there are clusters, with the same score of all of them
     * @throws KitException unless there is one for each example
     */
    default Metric byCluster(List<?> clusters) {
        if (clusters.size() != size()) {
            throw new KitException(name() + " of " + size() + " examples cannot be clustered by " + clusters.size()
                    + " names: give one" + " for each example.");
        }
        Map<Object, int[]> members = new LinkedHashMap<>();
        for (int i = 0; i < clusters.size(); i++) {
            int example = i;
            members.merge(clusters.get(i), new int[] {example}, (all, one) -> {
                int[] longer = Arrays.copyOf(all, all.length + 1);
                longer[all.length] = example;
                return longer;
            });
        }
        int[][] drawn = members.values().toArray(int[][]::new);
        return of(name(), drawn.length, sample -> {
            int size = 0;
            for (int cluster : sample) {
                size += drawn[cluster].length;
            }
            int[] examples = new int[size];
            int at = 0;
            for (int cluster : sample) {
                System.arraycopy(drawn[cluster], 0, examples, at, drawn[cluster].length);
                at += drawn[cluster].length;
            }
            return score(examples);
        });
    }

    /**
     * {@return the same score of some of the examples}
     *
     * @param indices which, each in [0, size)
     */
    default Metric part(int[] indices) {
        int[] chosen = indices.clone();
        return of(name(), chosen.length, sample -> {
            int[] examples = new int[sample.length];
            for (int i = 0; i < sample.length; i++) {
                examples[i] = chosen[sample[i]];
            }
            return score(examples);
        });
    }

    /**
     * {@return a score computed by a function of the sampled indices}
     *
     * @param name the score's usual name
     * @param size how many examples there are
     * @param score the score of a sample of at least one index in [0, size); NaN where it does not exist
     */
    static Metric of(String name, int size, ToDoubleFunction<int[]> score) {
        return new Metric() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public int size() {
                return size;
            }

            @Override
            public double score(int[] sample) {
                return score.applyAsDouble(sample);
            }
        };
    }

    /**
     * {@return the mean of one value per example} Where every value is 0 or 1 it is a share, and its interval is
     * Wilson's.
     *
     * @param name the score's usual name
     * @param values finite numbers
     * @throws KitException for a value that is not a finite number
     */
    static Metric mean(String name, double[] values) {
        return new Mean(name, finite(name, values));
    }

    /**
     * {@return the share of examples, in [0, 1], for which something holds; its interval is Wilson's}
     *
     * @param name the score's usual name
     * @param holds for each example, whether it does
     */
    static Metric share(String name, boolean[] holds) {
        double[] values = new double[holds.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = holds[i] ? 1 : 0;
        }
        return mean(name, values);
    }

    /**
     * {@return the ratio of two sums over the examples, such as nats over tokens: long examples weigh more than short
     * ones}
     *
     * @param name the score's usual name
     * @param numerators finite numbers, one for each example
     * @param denominators finite numbers, one for each example
     * @throws KitException for numbers that are not finite, or not as many of one as of the other
     */
    static Metric ratio(String name, double[] numerators, double[] denominators) {
        if (numerators.length != denominators.length) {
            throw new KitException(name + ": " + numerators.length + " numerators but " + denominators.length
                    + " denominators; give one of each per example.");
        }
        double[] parts = finite(name, numerators);
        double[] wholes = finite(name, denominators);
        return of(name, parts.length, sample -> {
            double above = 0;
            double below = 0;
            for (int i : sample) {
                above += parts[i];
                below += wholes[i];
            }
            return below == 0 ? Double.NaN : above / below;
        });
    }

    private static double[] finite(String name, double[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!Double.isFinite(values[i])) {
                throw new KitException("The " + name + " of example " + (i + 1) + " is " + values[i]
                        + ": a model or scorer that gives no number cannot be scored; look at that example.");
            }
        }
        return values.clone();
    }

    /**
     * A mean of one value per example.
     *
     * @param name the score's usual name
     * @param values finite numbers
     */
    record Mean(String name, double[] values) implements Metric {
        @Override
        public int size() {
            return values.length;
        }

        @Override
        public double score(int[] sample) {
            double sum = 0;
            for (int i : sample) {
                sum += values[i];
            }
            return sum / sample.length;
        }

        @Override
        public Interval interval(int samples, long seed) {
            if (size() > 1 && Arrays.stream(values).allMatch(value -> value == 0 || value == 1)) {
                return Interval.wilson(Math.round(Arrays.stream(values).sum()), size());
            }
            return Interval.bootstrap(this, samples, seed);
        }
    }
}
