package kawi.stats;

import kawi.evidence.KitException;

/**
 * A ratio of two sums that are gathered over clusters, such as the words of some kind over all words, document by
 * document.
 *
 * <p>The words of one document are not independent of each other: a text about a queen says "she" a hundred times. So
 * the interval comes from how the clusters differ, not from how many words there are: the standard error of R = sum y /
 * sum x is sqrt(n / (n - 1) sum (y - R x)^2) / sum x, the linearised variance of a ratio over n clusters (Cochran 1977,
 * "Sampling Techniques", section 6.4), and the interval is R plus and minus t times that, t with n - 1 degrees of
 * freedom. Sums are kept, not clusters: any number of them can be added. Not for several threads at once.
 */
public final class RatioOfSums {

    private double above;
    private double below;
    private double aboveSquared;
    private double belowSquared;
    private double products;
    private int clusters;

    /**
     * Adds a cluster; one whose denominator is 0 says nothing of the ratio and is not counted.
     *
     * @param numerator finite
     * @param denominator finite and not negative; 0 only where the numerator is 0 too
     * @return this
     * @throws KitException for numbers that are not so
     */
    public RatioOfSums add(double numerator, double denominator) {
        if (!Double.isFinite(numerator)
                || !(denominator >= 0)
                || Double.isInfinite(denominator)
                || denominator == 0 && numerator != 0) {
            throw new KitException("A ratio cannot take " + numerator + " of " + denominator
                    + ": give finite numbers, the second above 0, or 0 of 0.");
        }
        if (denominator > 0) {
            above += numerator;
            below += denominator;
            aboveSquared += numerator * numerator;
            belowSquared += denominator * denominator;
            products += numerator * denominator;
            clusters++;
        }
        return this;
    }

    /** {@return how many clusters had anything to count} */
    public int clusters() {
        return clusters;
    }

    /** {@return the ratio of the sums; NaN where nothing was counted} */
    public double value() {
        return clusters == 0 ? Double.NaN : above / below;
    }

    /**
     * {@return the ratio with its interval; undefined for fewer than two clusters and where all have the same ratio}
     */
    public Interval interval() {
        if (clusters < 2) {
            return Interval.undefined(value(), Interval.few(clusters).replace("example", "cluster"));
        }
        double half = Interval.t(clusters - 1) * error();
        if (half == 0) {
            return Interval.undefined(value(), "no spread in " + clusters + " clusters");
        }
        return new Interval(value(), value() - half, value() + half);
    }

    /**
     * {@return the same for a share, whose numerators are parts of the denominators: the interval stays within [0, 1]}
     * Where nothing or everything was a part, the clusters do not differ; the interval then reaches as far as the share
     * of clusters with anything else could be with a chance of 5 % to have been missed, 1 - 0.05^(1 / n) (the "rule of
     * three", Hanley and Lippman-Hand 1983).
     *
     * @throws KitException where the sum of the parts is below 0 or above that of the wholes
     */
    public Interval share() {
        if (above < 0 || above > below) {
            throw new KitException(
                    "A share of " + above + " of " + below + " is not one: give parts between 0 and their wholes.");
        }
        double unseen = 1 - Math.pow(0.05, 1.0 / clusters);
        if (clusters > 1 && above == 0) {
            return new Interval(0, 0, unseen);
        }
        if (clusters > 1 && above == below) {
            return new Interval(1, 1 - unseen, 1);
        }
        Interval free = interval();
        return free.defined() ? new Interval(free.value(), Math.max(0, free.low()), Math.min(1, free.high())) : free;
    }

    private double error() {
        double ratio = value();
        double residuals = aboveSquared - 2 * ratio * products + ratio * ratio * belowSquared;
        return Math.sqrt(Math.max(0, residuals) * clusters / (clusters - 1)) / below;
    }
}
