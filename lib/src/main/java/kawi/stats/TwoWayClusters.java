package kawi.stats;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Two systems on examples that resemble each other in two ways at once, such as sentences made of a template and a
 * person: those of one template are alike, and so are those about one person.
 *
 * <p>The variance of the mean difference is that of templates, plus that of persons, less what both count twice
 * (Cameron, Gelbach and Miller 2011, "Robust Inference with Multiway Clustering"), each with the factor G / (G - 1) for
 * its G clusters. To draw both at random and with replacement, the pigeonhole bootstrap (Owen 2007), estimates the same
 * but counts what is peculiar to a single example three times; where examples differ for themselves its intervals are
 * too wide, which simulations show ({@code TwoWayClustersTest}).
 *
 * <p>Where every one of the first occurs once with every one of the second, what both count twice is the scatter about
 * the sum of their effects, and Student's t has the degrees of freedom of Satterthwaite (1946). Elsewhere it is the
 * scatter of the single examples, and t has one degree of freedom less than the scarcer clusters. The variance is never
 * taken for smaller than that of independent examples.
 */
public final class TwoWayClusters {

    private TwoWayClusters() {}

    /**
     * Compares the means of two systems.
     *
     * @param metric the score's name
     * @param before score of each example by the first system, finite
     * @param after score of each by the second, finite
     * @param one what each example belongs to in one way, such as its template
     * @param other what it belongs to in the other, such as its person
     * @return with fewer than {@link Interval#FEWEST} clusters of either kind both scores, but neither interval nor p
     *     value
     * @throws KitException unless there is one of each for every example
     */
    public static PairedComparison compare(String metric, double[] before, double[] after, List<?> one, List<?> other) {
        int n = before.length;
        if (after.length != n || one.size() != n || other.size() != n) {
            throw new KitException(metric + " of " + n + " examples before and " + after.length + " after cannot be"
                    + " compared over " + one.size() + " and " + other.size() + " clusters: give one of each for every"
                    + " example.");
        }
        double first = Metric.mean(metric, before).score();
        double second = Metric.mean(metric, after).score();
        int[] rows = numbered(one);
        int[] columns = numbered(other);
        int fewer = Math.min(count(rows), count(columns));
        String test = "two-way clusters (" + fewer + " of the scarcer kind)";
        if (fewer < Interval.FEWEST) {
            Interval none =
                    Interval.undefined(second - first, Interval.few(fewer).replace("example", "cluster"));
            return new PairedComparison(metric, first, second, none, Double.NaN, test, n);
        }
        double[] residuals = new double[n];
        double mean = second - first;
        double largest = Math.abs(mean);
        for (int i = 0; i < n; i++) {
            residuals[i] = after[i] - before[i] - mean;
            largest = Math.max(largest, Math.abs(residuals[i]));
        }
        Spread spread = Spread.of(residuals, rows, columns);
        if (!(Math.sqrt(spread.variance) > 1e-12 * largest)) {
            Interval none = Interval.undefined(mean, "no spread in " + n + " examples");
            return new PairedComparison(metric, first, second, none, mean == 0 ? 1 : Double.NaN, test, n);
        }
        double error = Math.sqrt(spread.variance);
        double half = Interval.t(spread.freedom) * error;
        double p = 2 * TDistribution.of(spread.freedom).survivalProbability(Math.abs(mean) / error);
        return new PairedComparison(metric, first, second, new Interval(mean, mean - half, mean + half), p, test, n);
    }

    /** The variance of the mean and the degrees of freedom that it is known with. */
    private record Spread(double variance, double freedom) {

        static Spread of(double[] residuals, int[] rows, int[] columns) {
            int n = residuals.length;
            int r = count(rows);
            int c = count(columns);
            double byRow = between(sums(residuals, rows, r), n);
            double byColumn = between(sums(residuals, columns, c), n);
            if (!crossed(rows, columns, r, c)) {
                double alone = between(residuals, n);
                return new Spread(Math.max(byRow + byColumn - alone, alone), Math.min(r, c) - 1.0);
            }
            double[] row = sums(residuals, rows, r);
            double[] column = sums(residuals, columns, c);
            double squares = 0;
            for (int i = 0; i < n; i++) {
                double left = residuals[i] - row[rows[i]] / c - column[columns[i]] / r;
                squares += left * left;
            }
            double left = (r - 1.0) * (c - 1.0);
            double twice = squares / left / n;
            double variance = byRow + byColumn - twice;
            if (variance <= twice) {
                return new Spread(twice, left);
            }
            double freedom = variance
                    * variance
                    / (byRow * byRow / (r - 1) + byColumn * byColumn / (c - 1) + twice * twice / left);
            return new Spread(variance, Math.max(freedom, Math.min(r, c) - 1.0));
        }

        /** The variance of the mean of n examples, of the sums of their residuals by cluster. */
        private static double between(double[] sums, int n) {
            double squares = 0;
            for (double sum : sums) {
                squares += sum * sum;
            }
            return squares / n / n * sums.length / (sums.length - 1.0);
        }
    }

    private static double[] sums(double[] residuals, int[] cluster, int count) {
        double[] sums = new double[count];
        for (int i = 0; i < residuals.length; i++) {
            sums[cluster[i]] += residuals[i];
        }
        return sums;
    }

    private static boolean crossed(int[] rows, int[] columns, int r, int c) {
        boolean[] seen = new boolean[r * c];
        for (int i = 0; i < rows.length; i++) {
            int cell = rows[i] * c + columns[i];
            if (seen[cell]) {
                return false;
            }
            seen[cell] = true;
        }
        return rows.length == r * c;
    }

    private static int[] numbered(List<?> names) {
        Map<Object, Integer> numbers = new HashMap<>();
        return names.stream()
                .mapToInt(name -> {
                    Integer known = numbers.putIfAbsent(name, numbers.size());
                    return known == null ? numbers.size() - 1 : known;
                })
                .toArray();
    }

    private static int count(int[] numbers) {
        int most = -1;
        for (int number : numbers) {
            most = Math.max(most, number);
        }
        return most + 1;
    }
}
