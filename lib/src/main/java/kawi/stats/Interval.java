package kawi.stats;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * A value and the 95 % interval around it.
 *
 * @param value the score of all examples
 * @param low lower end
 * @param high upper end
 */
public record Interval(double value, double low, double high) {

    private static final double Z = 1.959963984540054; // the 97.5 % point of the normal distribution

    /**
     * The percentile bootstrap (Efron 1979): the score of many samples of the examples, each as large as the whole and
     * drawn with replacement; the interval holds the middle 95 % of them.
     *
     * @param samples how many samples; 1000 gives ends that are steady to a few per cent of the interval's width
     * @param seed the same seed gives the same interval
     * @return ends that are NaN for a metric of fewer than two examples, which say nothing of their spread
     */
    public static Interval bootstrap(Metric metric, int samples, long seed) {
        if (metric.size() < 2) {
            return new Interval(metric.size() == 0 ? Double.NaN : metric.score(), Double.NaN, Double.NaN);
        }
        SplittableRandom random = new SplittableRandom(seed);
        double[] scores = new double[samples];
        for (int s = 0; s < samples; s++) {
            scores[s] = metric.score(draw(metric.size(), random));
        }
        return of(metric.score(), scores);
    }

    /** {@return the mean of one value per example with its bootstrap interval (1000 samples)} */
    public static Interval mean(double[] values, long seed) {
        return bootstrap(Metric.mean("mean", values), 1000, seed);
    }

    /**
     * Wilson's score interval of a proportion (Wilson 1927): right even where nearly all or nearly none succeed.
     *
     * @param successes in [0, trials]
     * @return (NaN, NaN, NaN) for no trials
     */
    public static Interval wilson(long successes, long trials) {
        if (successes < 0 || successes > trials) {
            throw new IllegalArgumentException("Wilson interval of " + successes + " successes in " + trials
                    + " trials: give 0 <= successes <= trials");
        }
        double p = (double) successes / trials;
        double z2 = Z * Z / trials;
        double centre = (p + z2 / 2) / (1 + z2);
        double half = Z * Math.sqrt(p * (1 - p) / trials + z2 / (4 * trials)) / (1 + z2);
        return new Interval(p, successes == 0 ? 0 : centre - half, successes == trials ? 1 : centre + half);
    }

    /** The middle 95 % of resampled values around a value: ends are interpolated between the two nearest ones. */
    static Interval of(double value, double[] resampled) {
        double[] sorted = resampled.clone();
        Arrays.sort(sorted);
        return new Interval(value, quantile(sorted, 0.025), quantile(sorted, 0.975));
    }

    /** As many indices below size as there are examples, with replacement. */
    static int[] draw(int size, SplittableRandom random) {
        int[] sample = new int[size];
        for (int i = 0; i < size; i++) {
            sample[i] = random.nextInt(size);
        }
        return sample;
    }

    private static double quantile(double[] sorted, double q) {
        double at = q * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }

    /** {@return whether a value lies within the interval, ends included} */
    public boolean contains(double other) {
        return low <= other && other <= high;
    }

    /** Half the interval's width, for the error bar of a chart; 0 where there is no interval. */
    public double half() {
        return Double.isNaN(low) ? 0 : (high - low) / 2;
    }

    /** "0.864 [0.832, 0.891]"; values of 10 and more with one decimal. */
    @Override
    public String toString() {
        if (Double.isNaN(value)) {
            return "no examples";
        }
        if (Double.isNaN(low)) {
            return String.format(Locale.ROOT, Math.abs(value) >= 10 ? "%.1f" : "%.3f", value) + " [one example]";
        }
        double largest = Math.max(Math.abs(low), Math.abs(high));
        String number = largest >= 10 ? "%.1f" : "%.3f";
        return String.format(Locale.ROOT, number + " [" + number + ", " + number + "]", value, low, high);
    }
}
