package kawi.stats;

import java.util.Arrays;

/** How far the values of a sample lie apart. */
public final class SampleStatistics {

    private SampleStatistics() {}

    /**
     * {@return the mean; NaN of no values}
     *
     * @param values of one unit, which is the result's
     */
    public static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }

    /**
     * {@return the standard deviation, sqrt(sum (x - mean)^2 / (n - 1)); NaN of fewer than two values, which do not lie
     * apart}
     *
     * @param values of one unit, which is the result's
     */
    public static double deviation(double[] values) {
        if (values.length < 2) {
            return Double.NaN;
        }
        double mean = mean(values);
        double squares = Arrays.stream(values).map(x -> (x - mean) * (x - mean)).sum();
        return Math.sqrt(squares / (values.length - 1));
    }

    /**
     * {@return the standard error of the mean, deviation / sqrt(n): what the means of such samples deviate by; NaN of
     * fewer than two values}
     *
     * @param values of one unit, which is the result's
     */
    public static double error(double[] values) {
        return deviation(values) / Math.sqrt(values.length);
    }
}
