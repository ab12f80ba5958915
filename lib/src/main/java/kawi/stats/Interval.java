package kawi.stats;

import java.util.SplittableRandom;
import kawi.evidence.KitException;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * A value and its 95 % interval: of all intervals made in this way, about 95 in 100 hold the true value.
 *
 * <p>The two arms may differ, as those of a share near 0 or 1 must; whoever draws an interval draws it from {@code low}
 * to {@code high}. Where the data do not suffice there is no interval: it is {@linkplain #undefined undefined} and says
 * why.
 *
 * @param value the estimate, in its own unit; NaN where there is none
 * @param low lower end, in the same unit; NaN where the interval is undefined
 * @param high upper end, at least {@code low}; NaN where the interval is undefined
 * @param reason why there is no interval, such as "one example"; empty where there is one
 */
public record Interval(double value, double low, double high, String reason) {

    /**
     * The fewest examples that a bootstrap interval is made of. With 8 values of a normal distribution it holds the
     * mean 94 times in 100, with 5 only 91 times.
     */
    public static final int FEWEST = 8;

    /** What stands in a table where there is no interval: an em dash. */
    public static final String NONE = "\u2014";

    private static final double Z = 1.959963984540054; // the 97.5 % point of the normal distribution

    /**
     * Checks that the ends fit each other.
     *
     * @param value the estimate, in its own unit; NaN where there is none
     * @param low lower end; NaN where the interval is undefined
     * @param high upper end, at least {@code low}; NaN where the interval is undefined
     * @param reason why there is no interval; empty where there is one
     * @throws KitException for ends that are not finite or in the wrong order though no reason is given, and for ends
     *     that are given beside a reason why there are none
     */
    public Interval {
        if (reason.isEmpty()
                ? !(Double.isFinite(low) && Double.isFinite(high) && low <= high)
                : !(Double.isNaN(low) && Double.isNaN(high))) {
            throw new KitException("An interval from " + low + " to " + high + " around " + value
                    + (reason.isEmpty() ? "" : ", which has none (" + reason + "),")
                    + " is not one: give two finite ends, the lower first, or Interval.undefined.");
        }
    }

    /**
     * An interval that exists.
     *
     * @param value the estimate
     * @param low lower end, finite
     * @param high upper end, finite, at least {@code low}
     * @throws KitException for ends that are not finite or in the wrong order
     */
    public Interval(double value, double low, double high) {
        this(value, low, high, "");
    }

    /**
     * {@return a value without an interval}
     *
     * @param value the estimate; NaN where there is none either
     * @param reason why there is no interval, in a few words such as "one example"
     */
    public static Interval undefined(double value, String reason) {
        return new Interval(value, Double.NaN, Double.NaN, reason);
    }

    /**
     * The percentile bootstrap (Efron 1979): the score is taken of many samples of the examples, each as large as the
     * whole and drawn with replacement, and the interval holds the middle of these scores.
     *
     * <p>The middle is a little more than 95 % of them: the ends are the quantiles at a and 1 - a, with a = Phi(-
     * sqrt(n / (n - 1)) t), where t is the 97.5 % point of Student's t with n - 1 degrees of freedom. This undoes that
     * a bootstrap of n examples is too narrow by about the factor sqrt((n - 1) / n) and knows nothing of the
     * uncertainty of the spread (Hesterberg 2015, "What teachers should know about the bootstrap", section 5.4). A
     * score that noise can only raise, such as a calibration error, may lie outside its own interval.
     *
     * @param metric a score of independent examples; of dependent ones make it {@link Metric#byCluster} first
     * @param samples how many samples are drawn, at least 1; 1000 give ends that are steady to a few per cent of the
     *     interval's width
     * @param seed the same seed gives the same interval
     * @return undefined for fewer than {@link #FEWEST} examples, for a score that does not exist on every sample, and
     *     where all samples score alike, so that the bootstrap sees no spread
     * @throws KitException for less than one sample
     */
    public static Interval bootstrap(Metric metric, int samples, long seed) {
        if (samples < 1) {
            throw new KitException("A bootstrap of " + metric.name() + " from " + samples
                    + " samples says nothing: draw at least one, better 1000.");
        }
        int size = metric.size();
        double value = metric.score();
        if (size < FEWEST) {
            return undefined(value, few(size));
        }
        SplittableRandom random = new SplittableRandom(seed);
        double[] scores = new double[samples];
        for (int s = 0; s < samples; s++) {
            scores[s] = metric.score(Resampling.draw(size, random));
        }
        return Resampling.interval(value, scores, size);
    }

    /**
     * {@return the mean of one value per example with its {@linkplain #bootstrap bootstrap} interval from 1000 samples}
     *
     * @param values finite numbers
     * @param seed the same seed gives the same interval
     * @throws KitException for a value that is not a finite number
     */
    public static Interval mean(double[] values, long seed) {
        return bootstrap(Metric.mean("mean", values), 1000, seed);
    }

    /**
     * The interval of a mean of few values, such as the losses of several seeds (Student 1908): mean plus and minus t s
     * / sqrt(n), where s is the values' standard deviation and t the 97.5 % point of Student's t distribution with n -
     * 1 degrees of freedom. Right for values that are about normally distributed.
     *
     * @param values finite numbers, independent of each other
     * @return undefined for fewer than two values, and where all are the same
     * @throws KitException for a value that is not a finite number
     */
    public static Interval studentT(double[] values) {
        double mean = Metric.mean("mean", values).score();
        if (values.length < 2) {
            return undefined(mean, values.length == 0 ? "no values" : "one value");
        }
        double half = t(values.length - 1) * SampleStatistics.error(values);
        if (half == 0) {
            return undefined(mean, "no spread in " + values.length + " values");
        }
        return new Interval(mean, mean - half, mean + half);
    }

    /**
     * Wilson's score interval of a proportion (Wilson 1927): (p + z^2 / 2n, plus and minus z sqrt(p (1 - p) / n + z^2 /
     * 4n^2)) / (1 + z^2 / n), with z = 1.96. Right even for few trials and where nearly all or nearly none succeed.
     *
     * @param successes in [0, trials]
     * @param trials independent trials
     * @return undefined for no trials
     * @throws KitException unless 0 &lt;= successes &lt;= trials
     */
    public static Interval wilson(long successes, long trials) {
        if (successes < 0 || successes > trials) {
            throw new KitException("Wilson's interval of " + successes + " successes in " + trials
                    + " trials cannot be made: give 0 <= successes <= trials.");
        }
        if (trials == 0) {
            return undefined(Double.NaN, "no trials");
        }
        double p = (double) successes / trials;
        double z2 = Z * Z / trials;
        double centre = (p + z2 / 2) / (1 + z2);
        double half = Z * Math.sqrt(p * (1 - p) / trials + z2 / (4 * trials)) / (1 + z2);
        return new Interval(p, successes == 0 ? 0 : centre - half, successes == trials ? 1 : centre + half);
    }

    /** The 97.5 % point of Student's t. */
    static double t(double degreesOfFreedom) {
        return TDistribution.of(degreesOfFreedom).inverseSurvivalProbability(0.025);
    }

    /** Why so few examples have no interval. */
    static String few(int examples) {
        return switch (examples) {
            case 0 -> "no examples";
            case 1 -> "one example";
            default -> "too few examples (" + examples + ")";
        };
    }

    /** {@return whether there is an interval} */
    public boolean defined() {
        return reason.isEmpty();
    }

    /**
     * {@return whether a number lies within the interval, ends included; never within one that is undefined}
     *
     * @param number in the unit of the value
     */
    public boolean contains(double number) {
        return low <= number && number <= high;
    }

    /**
     * {@return whether a number lies outside the interval, so that the data speak against it; never outside one that is
     * undefined}
     *
     * @param number in the unit of the value
     */
    public boolean excludes(double number) {
        return number < low || number > high;
    }

    /**
     * {@return the same in another unit: value and ends times a factor}
     *
     * @param factor above 0
     * @throws KitException for a factor that is not above 0
     */
    public Interval times(double factor) {
        if (!(factor > 0)) {
            throw new KitException("An interval times " + factor + " is not one: give a factor above 0.");
        }
        return defined()
                ? new Interval(value * factor, low * factor, high * factor)
                : undefined(value * factor, reason);
    }

    /**
     * {@return "0.832 to 0.891", with as many digits as the width gives sense to, and more at an end that would read as
     * 0 though it is not; an em dash where undefined}
     */
    public String range() {
        return defined() ? Digits.signed(low, decimals()) + " to " + Digits.signed(high, decimals()) : NONE;
    }

    /**
     * {@return another number of the same unit with the decimals that this interval is written with, such as the scores
     * that it is the difference of; where it is undefined, as the number would be written alone}
     *
     * @param number in the unit of the value; NaN gives an em dash
     */
    public String rounded(double number) {
        return Double.isNaN(number) ? NONE : defined() ? Digits.fixed(number, decimals()) : Digits.plain(number);
    }

    private int decimals() {
        return Digits.decimals(high - low, Math.max(Math.abs(low), Math.abs(high)));
    }

    /** {@return "0.864 [0.832, 0.891]"; where undefined the value and the reason, "0.864 [one example]"} */
    @Override
    public String toString() {
        if (defined()) {
            return Digits.fixed(value, decimals()) + " [" + Digits.signed(low, decimals()) + ", "
                    + Digits.signed(high, decimals()) + "]";
        }
        return Double.isNaN(value) ? NONE + " [" + reason + "]" : Digits.plain(value) + " [" + reason + "]";
    }
}
