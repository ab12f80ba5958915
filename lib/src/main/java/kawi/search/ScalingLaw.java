package kawi.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import kawi.evidence.KitException;

/**
 * The loss that a model of N parameters reaches after learning from D tokens: E + A / N^a + B / D^b (Hoffmann et al.
 * 2022, equation 2). E is what even an endless training leaves, the other two are the price of a small model and of a
 * short training.
 *
 * <p>Short trainings do not settle five numbers. So no single law is fitted: for every pair of exponents on a grid the
 * best E, A and B are found by least squares, and a law is kept while the trainings do not contradict it. The least and
 * the most that the kept laws say of a longer training is the band of the prediction, their mean, each weighted by its
 * likelihood, the prediction.
 *
 * @param entropy E, nats per token
 * @param sizeFactor A
 * @param sizePower a
 * @param dataFactor B
 * @param dataPower b
 * @param squares sum of the squared differences from the trainings' losses, nats squared
 * @param weight its likelihood relative to the best law's, 0 to 1
 */
public record ScalingLaw(
        double entropy,
        double sizeFactor,
        double sizePower,
        double dataFactor,
        double dataPower,
        double squares,
        double weight) {

    private static final double LEAST_POWER = 0.1;
    private static final double MOST_POWER = 1;
    private static final double POWER_STEP = 0.02;
    private static final int UNKNOWN = 5;
    /** The 95 % quantile of chi squared with one degree of freedom: how much worse than the best a law may fit. */
    private static final double CONTRADICTED = 3.84;

    /**
     * One training.
     *
     * @param parameters N, of the model
     * @param tokens D, learned from
     * @param loss the validation loss it ended with, nats per token
     */
    public record Point(double parameters, double tokens, double loss) {}

    /**
     * What the laws expect, nats per token.
     *
     * @param low the least that one of the kept laws says
     * @param value the weighted mean of the laws that are kept
     * @param high the most that one of them says
     */
    public record Band(double low, double value, double high) {}

    /**
     * {@return the loss that the law expects, nats per token}
     *
     * @param parameters N, of the model
     * @param tokens D, learned from
     */
    public double loss(double parameters, double tokens) {
        return entropy + sizeFactor / Math.pow(parameters, sizePower) + dataFactor / Math.pow(tokens, dataPower);
    }

    /**
     * {@return the laws that the trainings do not contradict, the best first}
     *
     * @param points trainings of at least two sizes and two lengths, at least six in all; each to the end of its
     *     schedule
     * @param noise standard deviation of a training's loss from seed to seed, nats per token; where the best law misses
     *     the points by more, that counts
     */
    public static List<ScalingLaw> fit(List<Point> points, double noise) {
        long sizes = points.stream().mapToDouble(Point::parameters).distinct().count();
        long lengths = points.stream().mapToDouble(Point::tokens).distinct().count();
        if (points.size() <= UNKNOWN || sizes < 2 || lengths < 2) {
            throw new KitException("A scaling law cannot be fitted to " + points.size() + " trainings of " + sizes
                    + " sizes and " + lengths + " lengths: give at least " + (UNKNOWN + 1)
                    + ", of at least 2 sizes and 2 lengths.");
        }
        if (points.stream().anyMatch(p -> !Double.isFinite(p.loss) || !(p.parameters > 0) || !(p.tokens > 0))) {
            throw new KitException(
                    "A scaling law cannot be fitted to a training that diverged: lower the learning rate.");
        }
        List<ScalingLaw> laws = new ArrayList<>();
        for (double a = LEAST_POWER; a <= MOST_POWER; a += POWER_STEP) {
            for (double b = LEAST_POWER; b <= MOST_POWER; b += POWER_STEP) {
                laws.add(leastSquares(points, a, b));
            }
        }
        laws.sort((one, other) -> Double.compare(one.squares, other.squares));
        double least = laws.get(0).squares;
        double variance = Math.max(1e-12, Math.max(noise > 0 ? noise * noise : 0, least / (points.size() - UNKNOWN)));
        return laws.stream()
                .filter(law -> law.squares <= least + CONTRADICTED * variance)
                .map(law -> law.weighted(Math.exp((least - law.squares) / (2 * variance))))
                .toList();
    }

    private ScalingLaw weighted(double likelihood) {
        return new ScalingLaw(entropy, sizeFactor, sizePower, dataFactor, dataPower, squares, likelihood);
    }

    /**
     * {@return what the laws that were kept say of a training}
     *
     * @param laws at least one
     * @param parameters N, of the model
     * @param tokens D, learned from
     */
    public static Band band(List<ScalingLaw> laws, double parameters, double tokens) {
        double[] losses =
                laws.stream().mapToDouble(law -> law.loss(parameters, tokens)).toArray();
        double weights = laws.stream().mapToDouble(ScalingLaw::weight).sum();
        double mean = laws.stream()
                        .mapToDouble(law -> law.weight * law.loss(parameters, tokens))
                        .sum()
                / weights;
        return new Band(
                Arrays.stream(losses).min().orElseThrow(),
                mean,
                Arrays.stream(losses).max().orElseThrow());
    }

    /**
     * E, A and B for given exponents. None may be negative, so every choice of those that are not zero is solved, and
     * the best feasible one wins.
     */
    private static ScalingLaw leastSquares(List<Point> points, double a, double b) {
        ScalingLaw best = null;
        for (int mask = 1; mask < 8; mask++) {
            double[] x = solve(points, a, b, mask);
            if (x != null && Arrays.stream(x).allMatch(v -> v >= 0)) {
                ScalingLaw law = new ScalingLaw(x[0], x[1], a, x[2], b, 0, 0);
                double squares = points.stream()
                        .mapToDouble(p -> p.loss - law.loss(p.parameters, p.tokens))
                        .map(d -> d * d)
                        .sum();
                if (best == null || squares < best.squares) {
                    best = new ScalingLaw(x[0], x[1], a, x[2], b, squares, 0);
                }
            }
        }
        return best;
    }

    /** The normal equations of the terms in {@code mask}, by elimination; null where they do not determine them. */
    private static double[] solve(List<Point> points, double a, double b, int mask) {
        double[][] rows = new double[3][4];
        double n = points.get(0).parameters;
        double d = points.get(0).tokens;
        for (Point p : points) {
            double[] terms = {1, Math.pow(p.parameters / n, -a), Math.pow(p.tokens / d, -b)
            }; // scaled, so that the equations are of one size
            for (int i = 0; i < 3; i++) {
                boolean used = (mask >> i & 1) == 1;
                for (int j = 0; used && j < 3; j++) {
                    rows[i][j] += (mask >> j & 1) == 1 ? terms[i] * terms[j] : 0;
                }
                rows[i][3] += used ? terms[i] * p.loss : 0;
            }
        }
        for (int i = 0; i < 3; i++) {
            rows[i][i] = (mask >> i & 1) == 1 ? rows[i][i] : 1;
        }
        for (int i = 0; i < 3; i++) {
            if (rows[i][i] < 1e-12) {
                return null;
            }
            for (int k = 0; k < 3; k++) {
                double factor = k == i ? 0 : rows[k][i] / rows[i][i];
                for (int j = i; j < 4; j++) {
                    rows[k][j] -= factor * rows[i][j];
                }
            }
        }
        return new double[] {
            rows[0][3] / rows[0][0], rows[1][3] / rows[1][1] * Math.pow(n, a), rows[2][3] / rows[2][2] * Math.pow(d, b)
        };
    }
}
