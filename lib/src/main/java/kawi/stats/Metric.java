package kawi.stats;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A score that can be recomputed on any sample of its examples: all that a bootstrap needs to know.
 *
 * <p>Corpus scores such as BLEU or macro F1 are no means over examples, so a sample is scored as a whole, from counts
 * that were taken once per example.
 */
public interface Metric {

    /** {@return the score's usual name, such as "accuracy" or "BLEU"} */
    String name();

    /** {@return how many examples were scored} */
    int size();

    /**
     * {@return the score of a sample}
     *
     * @param sample indices of examples, each in [0, size); an index may occur several times
     */
    double score(int[] sample);

    /** {@return the score of all examples} */
    default double score() {
        return score(IntStream.range(0, size()).toArray());
    }

    /**
     * {@return the score with its 95 % bootstrap interval} Where the bootstrap is blind, because every example is right
     * or every one wrong, a share has Wilson's interval instead.
     *
     * @param samples how many samples of the examples are drawn
     */
    default Interval interval(int samples, long seed) {
        return Interval.bootstrap(this, samples, seed);
    }

    /** {@return the same from 1000 samples} */
    default Interval interval(long seed) {
        return interval(1000, seed);
    }

    /** {@return a score computed by a function of the sampled indices} */
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

    /** {@return the mean of one value per example; of no examples, NaN} */
    static Metric mean(String name, double[] values) {
        return new Mean(name, values.clone());
    }

    /** {@return the share of examples, in [0, 1], for which something holds} */
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
     */
    static Metric ratio(String name, double[] numerators, double[] denominators) {
        if (numerators.length != denominators.length) {
            throw new IllegalArgumentException(name + ": " + numerators.length + " numerators but "
                    + denominators.length + " denominators; give one of each per example");
        }
        return of(name, numerators.length, sample -> {
            double above = 0;
            double below = 0;
            for (int i : sample) {
                above += numerators[i];
                below += denominators[i];
            }
            return above / below;
        });
    }

    /** A mean of one value per example. */
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
            boolean none = values.length > 0 && Arrays.stream(values).allMatch(value -> value == 0);
            boolean all = values.length > 0 && Arrays.stream(values).allMatch(value -> value == 1);
            return none || all
                    ? Interval.wilson(all ? values.length : 0, values.length)
                    : Interval.bootstrap(this, samples, seed);
        }
    }
}
