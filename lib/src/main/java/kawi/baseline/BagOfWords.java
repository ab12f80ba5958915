package kawi.baseline;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import kawi.evidence.KitException;
import kawi.stats.LogisticRegression;
import kawi.tune.Example;
import kawi.tune.NearDuplicates;
import kawi.tune.Predictor;

/**
 * The classic text classifier: which words and word pairs occur, weighed by {@link LogisticRegression}; two labels. It
 * keeps a dictionary of what it learned from, so that a sentence can be asked for what is new in it; the filters of
 * {@code kawi.clean.NgramClassifier}, which see whole corpora, hash words and pairs instead and keep none.
 */
public final class BagOfWords implements Predictor {
    private static final int ROUNDS = 20;

    private final List<String> labels;
    private final Map<String, Integer> features;
    private final LogisticRegression weights;

    private BagOfWords(List<String> labels, Map<String, Integer> features, LogisticRegression weights) {
        this.labels = labels;
        this.features = features;
        this.weights = weights;
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
        List<LogisticRegression.Sample> samples = examples.stream()
                .map(e -> new LogisticRegression.Sample(
                        indices(features, e.input()), 1, e.answer().equals(labels.get(1))))
                .toList();
        return new BagOfWords(
                List.copyOf(labels), features, LogisticRegression.train(samples, features.size(), ROUNDS, seed));
    }

    /**
     * {@return the probability, in [0, 1], of the second label}
     *
     * @param text any text; words that were never seen say nothing
     */
    public double probability(String text) {
        return weights.probability(indices(features, text), 1);
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

    private static int[] indices(Map<String, Integer> features, String text) {
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
