package kawi.stats;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

/** What all bootstraps share: samples, and the interval and the p value that their scores give. */
final class Resampling {

    private static final double FURTHEST = 10; // standard errors; nothing measured here is surer than that

    private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

    private Resampling() {}

    /** As many indices below size as there are examples, with replacement. */
    static int[] draw(int size, SplittableRandom random) {
        int[] sample = new int[size];
        for (int i = 0; i < size; i++) {
            sample[i] = random.nextInt(size);
        }
        return sample;
    }

    /** The expanded percentile interval of {@link Interval#bootstrap}; {@code size} examples were resampled. */
    static Interval interval(double value, double[] resampled, int size) {
        double[] sorted = resampled.clone();
        Arrays.sort(sorted);
        double lowest = sorted[0];
        double highest = sorted[sorted.length - 1];
        if (!Double.isFinite(value) || !Double.isFinite(highest - lowest)) {
            return Interval.undefined(value, "not defined on every sample");
        }
        if (lowest == highest) {
            return Interval.undefined(value, "no spread in " + size + " examples");
        }
        double tail = NORMAL.cumulativeProbability(-Interval.t(size - 1) / shrinkage(size));
        return new Interval(value, quantile(sorted, tail), quantile(sorted, 1 - tail));
    }

    /**
     * The two-sided p value that belongs to that interval: the level at which the interval would end at 0. With f the
     * share of differences on the rarer side of 0 it is twice the upper tail of Student's t at sqrt((n - 1) / n) z, z =
     * Phi^-1(1 - f). Where no difference is on that side, z is how far 0 lies in standard errors, if that is further.
     */
    static double p(double value, double[] differences, int size) {
        int below = 0;
        int above = 0;
        for (double difference : differences) {
            if (!Double.isFinite(difference)) {
                return Double.NaN;
            }
            below += difference <= 0 ? 1 : 0;
            above += difference >= 0 ? 1 : 0;
        }
        double rarer = (1.0 + Math.min(below, above)) / (1 + differences.length);
        if (rarer >= 0.5) {
            return 1;
        }
        double z = NORMAL.inverseSurvivalProbability(rarer);
        double error = SampleStatistics.deviation(differences);
        if (Math.min(below, above) == 0 && error > 0) {
            z = Math.max(z, Math.min(FURTHEST, Math.abs(value) / error));
        }
        return 2 * TDistribution.of(size - 1).survivalProbability(shrinkage(size) * z);
    }

    /** By what factor a bootstrap's standard error of n examples is too small. */
    private static double shrinkage(int size) {
        return Math.sqrt((size - 1.0) / size);
    }

    /** Interpolated between the two nearest of the sorted values. */
    static double quantile(double[] sorted, double q) {
        double at = q * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
