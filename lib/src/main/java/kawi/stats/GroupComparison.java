package kawi.stats;

import java.util.SplittableRandom;

/** Compares the scores of two different groups of examples. */
public final class GroupComparison {

    private static final int SAMPLES = 1000;

    private GroupComparison() {}

    /**
     * {@return the second group's score minus the first's, with its 95 % interval: each group is resampled on its own}
     */
    public static Interval difference(Metric first, Metric second, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] differences = new double[SAMPLES];
        for (int s = 0; s < SAMPLES; s++) {
            differences[s] = second.score(Interval.draw(second.size(), random))
                    - first.score(Interval.draw(first.size(), random));
        }
        return Interval.of(second.score() - first.score(), differences);
    }
}
