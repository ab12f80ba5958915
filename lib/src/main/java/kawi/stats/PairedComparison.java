package kawi.stats;

import java.util.Locale;
import java.util.SplittableRandom;
import org.apache.commons.statistics.inference.BinomialTest;

/**
 * Two systems on the same examples: by how much the second is better, and whether the examples suffice to say so.
 *
 * @param metric the score's name
 * @param before score of the first system
 * @param after score of the second
 * @param difference after minus before, with its 95 % interval
 * @param p two-sided p value: how often chance alone would bring a difference as large
 * @param test the test's name
 * @param examples how many examples both systems were scored on
 */
public record PairedComparison(
        String metric, double before, double after, Interval difference, double p, String test, int examples) {

    private static final int SAMPLES = 2000;
    private static final double LEVEL = 0.05;

    /**
     * {@return the paired bootstrap (Koehn 2004): both systems are scored on the same samples of examples; fit for any
     * metric}
     *
     * @param before scores of the first system, and {@code after} of the second, on the same examples in the same order
     */
    public static PairedComparison bootstrap(Metric before, Metric after, long seed) {
        if (before.size() != after.size() || before.size() == 0) {
            throw new IllegalArgumentException(
                    before.name() + " of " + before.size() + " examples cannot be compared with " + after.size()
                            + ": score both systems on the same examples, at least one");
        }
        SplittableRandom random = new SplittableRandom(seed);
        double[] differences = new double[SAMPLES];
        int notBetter = 0;
        int notWorse = 0;
        for (int s = 0; s < SAMPLES; s++) {
            int[] sample = Interval.draw(before.size(), random);
            differences[s] = after.score(sample) - before.score(sample);
            notBetter += differences[s] <= 0 ? 1 : 0;
            notWorse += differences[s] >= 0 ? 1 : 0;
        }
        double p = Math.min(1, 2.0 * (1 + Math.min(notBetter, notWorse)) / (1 + SAMPLES));
        double first = before.score();
        double second = after.score();
        return new PairedComparison(
                before.name(),
                first,
                second,
                Interval.of(second - first, differences),
                p,
                "paired bootstrap",
                before.size());
    }

    /**
     * McNemar's exact test (1947) for right or wrong answers: only examples that one system has right and the other
     * wrong say anything, and without a difference they would be split evenly. The interval comes from the paired
     * bootstrap.
     *
     * @param before per example whether the first system is right, and {@code after} the second
     */
    public static PairedComparison mcnemar(String metric, boolean[] before, boolean[] after, long seed) {
        PairedComparison interval = bootstrap(Metric.share(metric, before), Metric.share(metric, after), seed);
        int gained = 0;
        int lost = 0;
        for (int i = 0; i < before.length; i++) {
            gained += after[i] && !before[i] ? 1 : 0;
            lost += before[i] && !after[i] ? 1 : 0;
        }
        double p = gained + lost == 0
                ? 1
                : BinomialTest.withDefaults().test(gained + lost, gained, 0.5).getPValue();
        return new PairedComparison(
                metric, interval.before, interval.after, interval.difference, p, "exact McNemar", before.length);
    }

    /** {@return whether chance alone would bring such a difference in fewer than 5 % of all cases} */
    public boolean detectable() {
        return p < LEVEL;
    }

    /** {@return one sentence: what rose or fell by how much, or "no detectable difference"} */
    public String verdict() {
        String how = String.format(
                Locale.ROOT,
                " (%s to %s, difference %s, p = %.3f, %s, %d examples)",
                number(before),
                number(after),
                difference,
                p,
                test,
                examples);
        if (!detectable()) {
            return metric + ": no detectable difference" + how;
        }
        return metric
                + (difference.value() > 0 ? " rose by " : " fell by ")
                + number(Math.abs(difference.value()))
                + how;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, Math.abs(value) >= 10 ? "%.1f" : "%.3f", value);
    }
}
