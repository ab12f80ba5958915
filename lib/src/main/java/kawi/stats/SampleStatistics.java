package kawi.stats;

import java.util.Arrays;

/** How far the values of a sample lie apart. */
public final class SampleStatistics {

    private SampleStatistics() {}

    /** {@return the standard deviation, by n - 1; 0 for fewer than two values} */
    public static double deviation(double[] values) {
        double mean = Arrays.stream(values).average().orElse(0);
        double squares = Arrays.stream(values).map(x -> (x - mean) * (x - mean)).sum();
        return Math.sqrt(squares / Math.max(1, values.length - 1));
    }

    /** {@return the standard error of the mean: what the means of such samples deviate by} */
    public static double error(double[] values) {
        return deviation(values) / Math.sqrt(Math.max(1, values.length));
    }
}
