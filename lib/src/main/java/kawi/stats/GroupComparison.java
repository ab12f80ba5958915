package kawi.stats;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
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

    /** The fewest examples of a part that the {@linkplain #permutation permutation test} is made of. */
    public static final int FEWEST = 20;

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
     * The permutation test of two parts of the same examples (Fisher 1935): if it made no difference to which part an
     * example belongs, every division into parts of these sizes would be as likely, so the difference is compared with
     * those of 9,999 random ones, and p is the share, this one counted in, that are as large. The interval is that of
     * {@link #bootstrap}; near the level of 5 % the two may disagree, and the verdict follows the test.
     *
     * @param metric the score of all examples
     * @param second for each example, whether it belongs to the second part
     * @param seed the same seed gives the same comparison
     * @return with fewer than {@value #FEWEST} examples in a part both scores, but neither interval nor p value
     * @throws KitException unless there is one for each example
     */
    public static GroupComparison permutation(Metric metric, boolean[] second, long seed) {
        if (second.length != metric.size()) {
            throw new KitException(metric.name() + " of " + metric.size() + " examples cannot be divided by "
                    + second.length + " answers: give one for each example.");
        }
        int[] order = new int[second.length]; // those of the first part, then those of the second
        int size = 0;
        for (boolean part : new boolean[] {false, true}) {
            for (int i = 0; i < second.length; i++) {
                if (second[i] == part) {
                    order[size++] = i;
                }
            }
        }
        int cut =
                (int) IntStream.range(0, second.length).filter(i -> !second[i]).count();
        Metric one = metric.part(Arrays.copyOf(order, cut));
        Metric other = metric.part(Arrays.copyOfRange(order, cut, order.length));
        int smaller = Math.min(cut, order.length - cut);
        double observed = other.score() - one.score();
        if (smaller < FEWEST) {
            return new GroupComparison(
                    metric.name(),
                    one.score(),
                    other.score(),
                    Interval.undefined(observed, "fewer than " + FEWEST + " examples"),
                    Double.NaN,
                    smaller);
        }
        SplittableRandom random = new SplittableRandom(seed);
        int asLarge = 0;
        boolean exists = Double.isFinite(observed);
        for (int s = 1; s < PairedComparison.SAMPLES && exists; s++) {
            for (int i = order.length - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int kept = order[i];
                order[i] = order[j];
                order[j] = kept;
            }
            double difference = metric.score(Arrays.copyOfRange(order, cut, order.length))
                    - metric.score(Arrays.copyOf(order, cut));
            exists = Double.isFinite(difference);
            asLarge += Math.abs(difference) >= Math.abs(observed) - 1e-12 ? 1 : 0;
        }
        GroupComparison resampled = bootstrap(one, other, seed);
        double p = exists ? (1.0 + asLarge) / PairedComparison.SAMPLES : Double.NaN;
        return new GroupComparison(metric.name(), resampled.first, resampled.second, resampled.difference, p, smaller);
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
