package kawi.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * The exchanges of one round, and what rounding did to the first of them: every 61st number, a prime so that no row of
 * a matrix is left out, is added up once more as float32, and the two sums are compared. What that takes is a thirtieth
 * of one exchange, once a round.
 */
final class RoundingError {
    private static final int EVERY = 61;

    private final SliceExchange exchange;
    private final WireFormat sent;
    private long compared;
    private double error = Double.NaN;
    private boolean measured;

    RoundingError(SliceExchange exchange, WireFormat sent) {
        this.exchange = exchange;
        this.sent = sent;
    }

    /**
     * {@return the sum of the vectors of all workers, as {@link SliceExchange#sum} gives it}
     *
     * @param vectors of this worker
     */
    float[] sum(List<float[]> vectors) {
        if (measured || sent == WireFormat.FLOAT32) {
            return exchange.sum(vectors, sent);
        }
        List<float[]> some = new ArrayList<>();
        vectors.forEach(each -> some.add(sample(each)));
        float[] sum = exchange.sum(vectors, sent);
        long before = exchange.sent();
        float[] exact = exchange.sum(some, WireFormat.FLOAT32);
        compared = exchange.sent() - before;
        error = relative(sample(sum), exact);
        measured = true;
        return sum;
    }

    private static float[] sample(float[] vector) {
        float[] some = new float[(vector.length + EVERY - 1) / EVERY];
        for (int i = 0; i < some.length; i++) {
            some[i] = vector[i * EVERY];
        }
        return some;
    }

    /** The length of the difference over that of the exact sum. */
    static double relative(float[] rounded, float[] exact) {
        double difference = 0;
        double length = 0;
        for (int i = 0; i < exact.length; i++) {
            difference += Math.pow((double) rounded[i] - exact[i], 2);
            length += Math.pow(exact[i], 2);
        }
        return Math.sqrt(difference / length);
    }

    /** {@return bytes that were sent to know the error} */
    long compared() {
        return compared;
    }

    /** {@return the error of the first sum; NaN where nothing was rounded} */
    double error() {
        return error;
    }
}
