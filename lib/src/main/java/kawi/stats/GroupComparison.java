package kawi.stats;

import java.util.SplittableRandom;
import kawi.evidence.KitException;

/**
 * The same score on two different groups of examples: by how much the second group's is higher, and whether the
 * examples suffice to say so.
 *
 * @param metric the score's name
 * @param first score of the first group; NaN of no examples
 * @param second score of the second; NaN of no examples
 * @param difference second minus first, with its 95 % interval; undefined where a group is too small
 * @param p two-sided p value: how often chance alone would bring a difference as large; NaN where a group is too small
 * @param examples how many examples, or clusters of them, the smaller group has
 */
public record GroupComparison(String metric, double first, double second, Interval difference, double p, int examples) {

    /**
     * The bootstrap of two samples (Efron and Tibshirani 1993, "An Introduction to the Bootstrap", section 8.3): each
     * group is resampled on its own. Interval and p value are made as in {@link Interval#bootstrap}, with n the size of
     * the smaller group, which is a little too careful where the groups differ in size.
     *
     * @param first scores of the first group
     * @param second scores of the second
     * @param seed the same seed gives the same comparison
     * @return with fewer than {@link Interval#FEWEST} examples in a group both scores, but neither interval nor p value
     */
    public static GroupComparison bootstrap(Metric first, Metric second, long seed) {
        int size = Math.min(first.size(), second.size());
        double one = first.score();
        double other = second.score();
        if (size < Interval.FEWEST) {
            return new GroupComparison(
                    first.name(), one, other, Interval.undefined(other - one, Interval.few(size)), Double.NaN, size);
        }
        SplittableRandom random = new SplittableRandom(seed);
        double[] differences = new double[PairedComparison.SAMPLES];
        for (int s = 0; s < differences.length; s++) {
            differences[s] = second.score(Resampling.draw(second.size(), random))
                    - first.score(Resampling.draw(first.size(), random));
        }
        return new GroupComparison(
                first.name(),
                one,
                other,
                Resampling.interval(other - one, differences, size),
                Resampling.p(other - one, differences, size),
                size);
    }

    /**
     * {@return the same with a p value that was corrected for a family of comparisons}
     *
     * @param p as {@link PValues#holm} gives it
     * @throws KitException for a p value outside [0, 1]
     */
    public GroupComparison corrected(double p) {
        if (p < 0 || p > 1) {
            throw new KitException("A p value of " + p + " is not one: give a number in [0, 1].");
        }
        return new GroupComparison(metric, first, second, difference, p, examples);
    }

    /** {@return whether the p value is below 0.05; never where the groups could not be compared} */
    public boolean detectable() {
        return p < PValues.LEVEL;
    }

    /** {@return "higher", "lower", "no detectable difference" or "too few examples (3) to compare"} */
    public String outcome() {
        return PairedComparison.outcome(p, difference, examples, "higher", "lower");
    }
}
