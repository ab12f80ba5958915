package kawi.eval;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.stats.Interval;
import kawi.stats.Metric;

/**
 * How well a score tells two kinds apart at every threshold: the receiver operating characteristic, which is the share
 * of positives found against the share of negatives taken for positives (Fawcett 2006).
 */
public final class Roc {
    private final double[] scores;
    private final boolean[] positive;

    private Roc(double[] scores, boolean[] positive) {
        this.scores = scores;
        this.positive = positive;
    }

    /**
     * Ranks examples by their scores.
     *
     * @param scores one for each example, finite; the higher, the more it speaks for the positive kind
     * @param positive whether the example is of the positive kind
     * @return the characteristic
     * @throws KitException for more or fewer kinds than scores, a score that is not finite, or examples of one kind
     */
    public static Roc of(double[] scores, boolean[] positive) {
        ModelScores.equal("Scores and kinds", scores.length, positive.length);
        ModelScores.nats("scores", scores);
        long count =
                IntStream.range(0, positive.length).filter(i -> positive[i]).count();
        if (count == 0 || count == positive.length) {
            throw new KitException("All " + positive.length + " examples are of one kind, and there is nothing to tell"
                    + " apart: give examples of both.");
        }
        return new Roc(scores.clone(), positive.clone());
    }

    /**
     * {@return the area under the curve, in [0, 1]: how often a positive example has a higher score than a negative
     * one, ties counting half} 0.5 is guessing. The interval is DeLong's (DeLong et al. 1988) on the logit scale, which
     * stays within [0, 1]; there must be {@link Interval#FEWEST} examples of each kind, and one pair in the wrong
     * order.
     */
    public Metric auc() {
        return new Metric() {
            @Override
            public String name() {
                return "AUC";
            }

            @Override
            public int size() {
                return scores.length;
            }

            @Override
            public double score(int[] sample) {
                return area(sample);
            }

            @Override
            public Interval interval(int samples, long seed) {
                return delong();
            }
        };
    }

    /** The Mann-Whitney statistic over all pairs, by ranks. */
    private double area(int[] sample) {
        Integer[] order = Arrays.stream(sample).boxed().toArray(Integer[]::new);
        Arrays.sort(order, Comparator.comparingDouble(i -> scores[i]));
        double ranks = 0;
        double positives = 0;
        for (int from = 0; from < order.length; ) {
            int to = from;
            int found = 0;
            while (to < order.length && scores[order[to]] == scores[order[from]]) {
                found += positive[order[to++]] ? 1 : 0;
            }
            ranks += found * (from + 1 + to) / 2.0; // of equal scores each has the mean rank
            positives += found;
            from = to;
        }
        double negatives = order.length - positives;
        return positives == 0 || negatives == 0
                ? Double.NaN
                : (ranks - positives * (positives + 1) / 2) / (positives * negatives);
    }

    private Interval delong() {
        double area = auc().score();
        double[] above = placements(true);
        double[] below = placements(false);
        int fewer = Math.min(above.length, below.length);
        if (fewer < Interval.FEWEST) {
            return Interval.undefined(area, fewer + (fewer == 1 ? " example" : " examples") + " of one kind");
        }
        double error = Math.sqrt(variance(above) / above.length + variance(below) / below.length);
        if (error == 0 || area == 0 || area == 1) {
            return Interval.undefined(area, "no pair in the " + (area == 0 ? "right" : "wrong") + " order");
        }
        double logit = Math.log(area / (1 - area));
        double half = 1.959963984540054 * error / (area * (1 - area));
        return new Interval(area, logistic(logit - half), logistic(logit + half));
    }

    /** Of each example of a kind, the share of the other kind that it is in the right order with. */
    private double[] placements(boolean kind) {
        double[] other = IntStream.range(0, scores.length)
                .filter(i -> positive[i] != kind)
                .mapToDouble(i -> kind ? scores[i] : -scores[i])
                .sorted()
                .toArray();
        return IntStream.range(0, scores.length)
                .filter(i -> positive[i] == kind)
                .mapToDouble(i -> {
                    double score = kind ? scores[i] : -scores[i];
                    int less = first(other, score, false);
                    return (less + (first(other, score, true) - less) / 2.0) / other.length;
                })
                .toArray();
    }

    /** How many of the sorted values are below one, or, with {@code equal}, not above it. */
    private static int first(double[] sorted, double value, boolean equal) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < value || equal && sorted[middle] == value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static double variance(double[] values) {
        double mean = Arrays.stream(values).average().orElseThrow();
        return Arrays.stream(values).map(x -> (x - mean) * (x - mean)).sum() / (values.length - 1);
    }

    private static double logistic(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /**
     * {@return the curve from (0, 0) to (1, 1): first the shares of negatives taken for positives, then the shares of
     * positives found, one of each for every threshold}
     */
    public double[][] curve() {
        Integer[] order = IntStream.range(0, scores.length).boxed().toArray(Integer[]::new);
        Arrays.sort(order, Comparator.comparingDouble((Integer i) -> scores[i]).reversed());
        long all = IntStream.range(0, positive.length).filter(i -> positive[i]).count();
        double[] taken = new double[order.length + 1];
        double[] found = new double[order.length + 1];
        int points = 1;
        double right = 0;
        double wrong = 0;
        for (int i = 0; i < order.length; i++) {
            right += positive[order[i]] ? 1 : 0;
            wrong += positive[order[i]] ? 0 : 1;
            if (i + 1 == order.length || scores[order[i + 1]] != scores[order[i]]) {
                taken[points] = wrong / (order.length - all);
                found[points++] = right / all;
            }
        }
        return new double[][] {Arrays.copyOf(taken, points), Arrays.copyOf(found, points)};
    }
}
