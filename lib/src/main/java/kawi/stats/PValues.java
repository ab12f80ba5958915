package kawi.stats;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import org.apache.commons.statistics.distribution.TDistribution;
import org.apache.commons.statistics.inference.BinomialTest;

/** p values: how they are written, and what becomes of them where many are looked at. */
public final class PValues {

    /** Below this p value a difference is called detectable. */
    public static final double LEVEL = 0.05;

    private PValues() {}

    /**
     * {@return "p = 0.012", or "p &lt; 0.001" for anything smaller: a p value is never 0}
     *
     * @param p in [0, 1], or NaN for "no p value"
     */
    public static String text(double p) {
        return Double.isNaN(p) ? "no p value" : p < 0.001 ? "p < 0.001" : "p = " + decimals(p);
    }

    /**
     * {@return the same for a cell of a table: "0.012", "&lt; 0.001", or an em dash for NaN}
     *
     * @param p in [0, 1], or NaN
     */
    public static String cell(double p) {
        return Double.isNaN(p) ? Interval.NONE : p < 0.001 ? "< 0.001" : decimals(p);
    }

    private static String decimals(double p) {
        String three = String.format(Locale.ROOT, "%.3f", p);
        // 0.0496 would read as 0.050, which is the level that it lies below
        return p < LEVEL && three.equals("0.050")
                ? BigDecimal.valueOf(p).setScale(4, RoundingMode.DOWN).toString()
                : three;
    }

    /**
     * Holm's correction for a family of comparisons (Holm 1979): the smallest of m p values is multiplied by m, the
     * next by m - 1 and so on, and none falls below one before it. Where nothing differs anywhere, the chance that any
     * of the corrected values lies below 0.05 is at most 5 %.
     *
     * @param p the family's p values, each in [0, 1]; NaN stands for a comparison that could not be made, which does
     *     not count
     * @return the corrected values in the same order, each in [0, 1] or NaN
     * @throws KitException for a value outside [0, 1]
     */
    public static double[] holm(double... p) {
        for (double each : p) {
            if (each < 0 || each > 1) {
                throw new KitException(
                        "Holm's correction of a p value of " + each + " cannot be made: give p in [0, 1].");
            }
        }
        int[] order = IntStream.range(0, p.length)
                .filter(i -> !Double.isNaN(p[i]))
                .boxed()
                .sorted(Comparator.comparingDouble(i -> p[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        double[] corrected = p.clone();
        double largest = 0;
        for (int rank = 0; rank < order.length; rank++) {
            largest = Math.max(largest, Math.min(1, p[order[rank]] * (order.length - rank)));
            corrected[order[rank]] = largest;
        }
        return corrected;
    }

    /**
     * {@return the two-sided p value of Student's paired t test (Student 1908): how often the mean of so many
     * differences would lie as far from 0, if nothing differed; NaN for fewer than two differences, and where all are
     * the same} It is below 0.05 exactly where {@link Interval#studentT} leaves out 0.
     *
     * @param differences finite numbers, independent of each other, about normally distributed
     * @throws KitException for a value that is not a finite number
     */
    public static double studentT(double[] differences) {
        Interval interval = Interval.studentT(differences);
        return interval.defined()
                ? 2
                        * TDistribution.of(differences.length - 1.0)
                                .survivalProbability(Math.abs(interval.value()) / SampleStatistics.error(differences))
                : Double.NaN;
    }

    /**
     * {@return the two-sided p value of the exact binomial test (Clopper and Pearson 1934): how often a share would lie
     * as far from the one supposed, if that were true}
     *
     * @param successes in [0, trials]
     * @param trials independent trials
     * @param share the supposed share, in [0, 1]
     * @throws KitException unless 0 &lt;= successes &lt;= trials and the share is in [0, 1]
     */
    public static double binomial(int successes, int trials, double share) {
        if (successes < 0 || successes > trials || !(share >= 0 && share <= 1)) {
            throw new KitException("A binomial test of " + successes + " successes in " + trials
                    + " trials against a share of " + share + " cannot be made: give 0 <= successes <= trials and a"
                    + " share in [0, 1].");
        }
        return trials == 0
                ? Double.NaN
                : BinomialTest.withDefaults().test(trials, successes, share).getPValue();
    }
}
