package kawi.baseline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import kawi.evidence.KitException;
import kawi.tune.Example;
import kawi.tune.NearDuplicates;
import kawi.tune.Predictor;

/**
 * The classic text classifier: which words and word pairs occur, weighed by logistic regression. Stochastic gradient
 * descent with AdaGrad (Duchi, Hazan and Singer, 2011) and L2 shrinkage; two labels.
 */
public final class BagOfWords implements Predictor {
    private static final int EPOCHS = 20;
    private static final double RATE = 0.3;
    private static final double SHRINKAGE = 1e-3;

    private final List<String> labels;
    private final Map<String, Integer> features;
    private final double[] weights;
    private double bias;

    private BagOfWords(List<String> labels, Map<String, Integer> features) {
        this.labels = labels;
        this.features = features;
        this.weights = new double[features.size()];
    }

    /**
     * Learns from the examples' inputs and first answers, in 20 rounds.
     *
     * @param examples texts and their labels; at least one
     * @param labels the two answers; the second is the one whose probability is modelled
     * @param seed of the order of the examples
     * @return the learned classifier
     * @throws KitException for no examples, more or fewer than two labels, or an example with another answer
     */
    public static BagOfWords train(List<Example> examples, List<String> labels, long seed) {
        if (examples.isEmpty() || labels.size() != 2) {
            throw new KitException("A bag of words cannot learn " + labels.size() + " labels from " + examples.size()
                    + " examples: give two labels and at least one example.");
        }
        Map<String, Integer> features = new HashMap<>();
        for (Example example : examples) {
            if (!labels.contains(example.answer())) {
                throw new KitException("The answer '" + example.answer() + "' is none of the labels " + labels
                        + ": a bag of words tells these two apart only.");
            }
            terms(example.input()).forEach(t -> features.putIfAbsent(t, features.size()));
        }
        BagOfWords model = new BagOfWords(List.copyOf(labels), features);
        model.descend(examples, new Random(seed));
        return model;
    }

    private void descend(List<Example> examples, Random random) {
        int[][] terms = examples.stream().map(e -> indices(e.input())).toArray(int[][]::new);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < terms.length; i++) {
            order.add(i);
        }
        double[] squares = new double[weights.length];
        Arrays.fill(squares, 1e-8);
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            Collections.shuffle(order, random);
            for (int i : order) {
                double target = examples.get(i).answer().equals(labels.get(1)) ? 1 : 0;
                double error = probability(terms[i]) - target;
                for (int term : terms[i]) {
                    double gradient = error + SHRINKAGE * weights[term];
                    squares[term] += gradient * gradient;
                    weights[term] -= RATE * gradient / Math.sqrt(squares[term]);
                }
                bias -= RATE * error / terms.length;
            }
        }
    }

    /**
     * {@return the probability, in [0, 1], of the second label}
     *
     * @param text any text; words that were never seen say nothing
     */
    public double probability(String text) {
        return probability(indices(text));
    }

    /**
     * {@return the share of a text's words, in [0, 1], that stood in nothing it learned from; 0 of a text without
     * words}
     *
     * @param text any text
     */
    public double unknown(String text) {
        List<String> words = NearDuplicates.words(text);
        long unknown =
                words.stream().filter(word -> !features.containsKey(word)).count();
        return words.isEmpty() ? 0 : (double) unknown / words.size();
    }

    @Override
    public List<String> predict(List<Example> examples) {
        return examples.stream()
                .map(e -> labels.get(probability(e.input()) >= 0.5 ? 1 : 0))
                .toList();
    }

    private double probability(int[] terms) {
        double score = bias;
        for (int term : terms) {
            score += weights[term];
        }
        return 1 / (1 + Math.exp(-score));
    }

    private int[] indices(String text) {
        return terms(text).stream()
                .map(features::get)
                .filter(Objects::nonNull)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static Set<String> terms(String text) {
        Set<String> terms = new LinkedHashSet<>();
        String before = "";
        for (String word : NearDuplicates.words(text)) {
            terms.add(word);
            terms.add(before + " " + word);
            before = word;
        }
        return terms;
    }
}
