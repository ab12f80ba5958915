package kawi.stats;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import kawi.evidence.KitException;
import org.apache.commons.statistics.inference.BinomialTest;

/**
 * Two systems on the same examples: by how much the second is better, and whether the examples suffice to say so.
 *
 * @param metric the score's name
 * @param before score of the first system; NaN of no examples
 * @param after score of the second; NaN of no examples
 * @param difference after minus before, with its 95 % interval; undefined where there are too few examples
 * @param p two-sided p value: how often chance alone would bring a difference as large; NaN where there are too few
 *     examples to compare
 * @param test the test's name
 * @param examples how many examples, or clusters of them, both systems were scored on
 */
public record PairedComparison(
        String metric, double before, double after, Interval difference, double p, String test, int examples) {

    static final int SAMPLES = 10_000; // a p value of 0.05 is then steady to 0.003

    /**
     * The paired bootstrap (Koehn 2004), fit for any metric: both systems are scored on the same samples of examples.
     * The interval is that of {@link Interval#bootstrap}, and p is the level at which it would end at 0.
     *
     * @param before scores of the first system
     * @param after scores of the second, on the same examples in the same order
     * @param seed the same seed gives the same comparison
     * @return with fewer than {@link Interval#FEWEST} examples both scores, but neither interval nor p value
     * @throws KitException for systems that were not scored on equally many examples
     */
    public static PairedComparison bootstrap(Metric before, Metric after, long seed) {
        if (before.size() != after.size()) {
            throw new KitException(before.name() + " of " + before.size() + " examples cannot be compared with "
                    + after.size() + ": score both systems on the same examples.");
        }
        int size = before.size();
        double first = before.score();
        double second = after.score();
        String test = "paired bootstrap";
        if (size < Interval.FEWEST) {
            Interval none = Interval.undefined(second - first, Interval.few(size));
            return new PairedComparison(before.name(), first, second, none, Double.NaN, test, size);
        }
        SplittableRandom random = new SplittableRandom(seed);
        double[] differences = new double[SAMPLES];
        for (int s = 0; s < SAMPLES; s++) {
            int[] sample = Resampling.draw(size, random);
            differences[s] = after.score(sample) - before.score(sample);
        }
        Interval difference = Resampling.interval(second - first, differences, size);
        return new PairedComparison(
                before.name(), first, second, difference, Resampling.p(second - first, differences, size), test, size);
    }

    /**
     * McNemar's exact test (1947) for right or wrong answers: only examples that one system has right and the other
     * wrong say anything, and without a difference they would be split evenly. The interval comes from the paired
     * bootstrap; near the level of 5 % the two may disagree, and the verdict follows the test.
     *
     * @param metric the score's name
     * @param before per example whether the first system is right
     * @param after per example whether the second system is right
     * @param seed the same seed gives the same interval
     * @return with fewer than {@link Interval#FEWEST} examples both scores, but neither interval nor p value
     * @throws KitException for systems that did not answer equally many examples
     */
    public static PairedComparison mcnemar(String metric, boolean[] before, boolean[] after, long seed) {
        PairedComparison interval = bootstrap(Metric.share(metric, before), Metric.share(metric, after), seed);
        int gained = 0;
        int lost = 0;
        for (int i = 0; i < before.length; i++) {
            gained += after[i] && !before[i] ? 1 : 0;
            lost += before[i] && !after[i] ? 1 : 0;
        }
        double p = before.length < Interval.FEWEST
                ? Double.NaN
                : gained + lost == 0
                        ? 1
                        : BinomialTest.withDefaults()
                                .test(gained + lost, gained, 0.5)
                                .getPValue();
        Interval difference = before.length >= Interval.FEWEST && gained + lost == 0
                ? Interval.undefined(0, "right on the same examples")
                : interval.difference;
        return new PairedComparison(
                metric, interval.before, interval.after, difference, p, "exact McNemar", before.length);
    }

    /**
     * {@return the comparisons of one family with p values corrected by {@linkplain PValues#holm Holm}, in the same
     * order} Whoever looks at twenty comparisons finds one below 0.05 by chance: those that are looked at together are
     * a family. Intervals stay as they are, each on its own.
     *
     * @param family comparisons that were not corrected yet
     */
    public static List<PairedComparison> holm(List<PairedComparison> family) {
        double[] p =
                PValues.holm(family.stream().mapToDouble(PairedComparison::p).toArray());
        List<PairedComparison> corrected = new ArrayList<>();
        for (int i = 0; i < p.length; i++) {
            PairedComparison c = family.get(i);
            corrected.add(new PairedComparison(
                    c.metric,
                    c.before,
                    c.after,
                    c.difference,
                    p[i],
                    c.test + ", Holm-corrected for " + p.length,
                    c.examples));
        }
        return List.copyOf(corrected);
    }

    /**
     * {@return whether the p value is below 0.05: chance alone would rarely bring such a difference; never where it
     * could not be compared}
     */
    public boolean detectable() {
        return p < PValues.LEVEL;
    }

    /** {@return "rose", "fell", "no detectable difference" or "too few examples (3) to compare", for a table's cell} */
    public String outcome() {
        return outcome(p, difference, examples, "rose", "fell");
    }

    static String outcome(double p, Interval difference, int examples, String above, String below) {
        if (Double.isNaN(p)) {
            return examples == 0
                    ? "no examples to compare"
                    : examples < Interval.FEWEST
                            ? "too few examples (" + examples + ") to compare"
                            : "not to be compared: " + difference.reason();
        }
        return p >= PValues.LEVEL ? "no detectable difference" : difference.value() > 0 ? above : below;
    }

    /**
     * {@return one sentence: what rose or fell by how much, "no detectable difference", or "too few examples (3) to
     * compare", with the numbers behind it}
     */
    public String verdict() {
        if (Double.isNaN(p)) {
            return metric + ": " + outcome();
        }
        String how = " (" + Digits.plain(before) + " to " + Digits.plain(after) + ", difference " + difference + ", "
                + PValues.text(p) + ", " + test + ", " + examples + " examples)";
        return detectable()
                ? metric + " " + outcome() + " by " + Digits.plain(Math.abs(difference.value())) + how
                : metric + ": " + outcome() + how;
    }
}
