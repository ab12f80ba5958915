package kawi.stats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import kawi.evidence.KitException;

/**
 * Logistic regression on features that a sample has or has not, as words of a text: the probability of one of two
 * classes is 1 / (1 + exp(-s)), where s is a bias and the sample's scale times the sum of its features' weights. It
 * learns by stochastic gradient descent with AdaGrad (Duchi, Hazan and Singer, 2011) and L2 shrinkage of the weights
 * that a sample has. The same samples and seed give the same weights, bit for bit.
 */
public final class LogisticRegression {
    private static final double RATE = 0.3;
    private static final double SHRINKAGE = 1e-3;

    private final double[] weights;
    private double bias;

    private LogisticRegression(int features) {
        weights = new double[features];
    }

    /**
     * What is learned from.
     *
     * @param features numbers of those it has, each once
     * @param scale what each of them counts, above 0: 1 where a long sample may say more than a short one, 1 over the
     *     root of their number where it may not
     * @param positive whether it is of the class whose probability is modelled
     */
    public record Sample(int[] features, double scale, boolean positive) {}

    /**
     * {@return what was learned from the samples, each seen once a round in an order of chance}
     *
     * @param samples what is learned from; at least one
     * @param features how many features there are; a sample has numbers from 0 to below it
     * @param rounds how often all samples are seen, at least once
     * @param seed of the orders
     * @throws KitException for no samples or no rounds
     */
    public static LogisticRegression train(List<Sample> samples, int features, int rounds, long seed) {
        if (samples.isEmpty() || rounds < 1) {
            throw new KitException("A logistic regression cannot learn from " + samples.size() + " samples in " + rounds
                    + " rounds: give at least one of each.");
        }
        LogisticRegression model = new LogisticRegression(features);
        model.descend(samples, rounds, new Random(seed));
        return model;
    }

    private void descend(List<Sample> samples, int rounds, Random random) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < samples.size(); i++) {
            order.add(i);
        }
        double[] squares = new double[weights.length];
        Arrays.fill(squares, 1e-8);
        for (int round = 0; round < rounds; round++) {
            Collections.shuffle(order, random);
            for (int i : order) {
                Sample sample = samples.get(i);
                double error = probability(sample.features(), sample.scale()) - (sample.positive() ? 1 : 0);
                for (int feature : sample.features()) {
                    double gradient = error * sample.scale() + SHRINKAGE * weights[feature];
                    squares[feature] += gradient * gradient;
                    weights[feature] -= RATE * gradient / Math.sqrt(squares[feature]);
                }
                bias -= RATE * error / samples.size();
            }
        }
    }

    /**
     * {@return the probability of the class of the positive samples, in [0, 1]}
     *
     * @param features numbers of those that it has, each once
     * @param scale what each of them counts
     */
    public double probability(int[] features, double scale) {
        double score = bias;
        for (int feature : features) {
            score += scale * weights[feature];
        }
        return 1 / (1 + Math.exp(-score));
    }
}
