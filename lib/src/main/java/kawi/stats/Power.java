package kawi.stats;

import kawi.evidence.KitException;
import org.apache.commons.statistics.distribution.BinomialDistribution;

/**
 * How likely a comparison finds what is there, asked before it is made: with so many examples, in how many of a hundred
 * comparisons would a difference of such a size be seen?
 *
 * <p>The comparison is {@link PairedComparison#mcnemar}, two systems' right and wrong answers to the same examples, at
 * the level of 5 %. Only examples that one system has right and the other wrong say anything, so the power hangs on how
 * often the two disagree, and is computed exactly: over the number m of such examples, Bin(n, disagreement), and the
 * number won of them, Bin(m, 1/2 + difference / (2 disagreement)).
 */
public final class Power {

    private Power() {}

    /**
     * {@return the share of comparisons, in [0, 1], that would find the difference}
     *
     * @param examples how many both systems answer, at least 1
     * @param difference by how much more often the second is right, in [-1, 1]
     * @param disagreement share of examples that one has right and the other wrong, at least as large as the difference
     *     and at most 1
     * @throws KitException for numbers outside their ranges
     */
    public static double mcnemar(int examples, double difference, double disagreement) {
        double size = Math.abs(difference);
        if (examples < 1 || !(disagreement > 0 && disagreement <= 1) || !(size <= disagreement)) {
            throw new KitException("The power of " + examples + " examples for a difference of " + difference
                    + " where " + disagreement + " of the answers disagree does not exist: give one example at least,"
                    + " and a disagreement in (0, 1] that is no smaller than the difference.");
        }
        double won = Math.min(1, 0.5 + size / (2 * disagreement));
        BinomialDistribution disagreeing = BinomialDistribution.of(examples, disagreement);
        double spread = Math.sqrt(disagreeing.getVariance());
        int first = (int) Math.max(0, Math.floor(disagreeing.getMean() - 8 * spread));
        int last = (int) Math.min(examples, Math.ceil(disagreeing.getMean() + 8 * spread));
        double power = 0;
        for (int m = first; m <= last; m++) {
            int most = losses(m);
            if (most >= 0) { // found where at most so many are lost, or at most so many won
                BinomialDistribution lost = BinomialDistribution.of(m, 1 - won);
                power += disagreeing.probability(m)
                        * (lost.cumulativeProbability(most) + lost.survivalProbability(m - most - 1));
            }
        }
        return power;
    }

    /** The most losses in m disagreements with a p value below the level, -1 where there are none. */
    private static int losses(int m) {
        BinomialDistribution even = BinomialDistribution.of(m, 0.5);
        int most = even.inverseCumulativeProbability(PValues.LEVEL / 2);
        while (most >= 0 && 2 * even.cumulativeProbability(most) >= PValues.LEVEL) {
            most--;
        }
        return most;
    }

    /**
     * {@return the smallest difference, to a thousandth, that at least such a share of comparisons would find; NaN
     * where none would be found so often}
     *
     * @param examples how many both systems answer, at least 1
     * @param disagreement share of examples that one has right and the other wrong, in (0, 1]
     * @param power in (0, 1), usually 0.8
     * @throws KitException for numbers outside their ranges
     */
    public static double smallest(int examples, double disagreement, double power) {
        if (!(power > 0 && power < 1)) {
            throw new KitException(
                    "A power of " + power + " cannot be asked for: give a share in (0, 1), usually 0.8.");
        }
        int most = (int) Math.floor(1000 * disagreement);
        if (mcnemar(examples, most / 1000.0, disagreement) < power) {
            return Double.NaN;
        }
        int low = 0;
        int high = most;
        while (high - low > 1) { // power grows with the difference
            int middle = (low + high) / 2;
            if (mcnemar(examples, middle / 1000.0, disagreement) >= power) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high / 1000.0;
    }
}
