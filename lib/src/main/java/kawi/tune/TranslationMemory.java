package kawi.tune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Remembers examples and finds those whose input is most like a new one, by the Jaccard similarity of words and word
 * pairs, as translators' programs do. An example that it remembers itself is never compared with its own
 * near-duplicates ({@link Folds}): what a model that is trained with this memory finds is as far away as it will be for
 * new examples.
 */
public final class TranslationMemory implements Predictor {
    private final Folds remembered;
    private final List<Integer> sizes = new ArrayList<>();
    private final Map<String, List<Integer>> holders = new HashMap<>();
    private final Map<String, Integer> place = new HashMap<>();

    /**
     * A remembered example that is like another.
     *
     * @param example the remembered one
     * @param similarity above 0 and at most 1
     */
    public record Match(Example example, double similarity) {}

    private TranslationMemory(Folds remembered) {
        this.remembered = remembered;
        for (int i = 0; i < remembered.examples().size(); i++) {
            Example example = remembered.examples().get(i);
            Set<String> features = NearDuplicates.features(example.input());
            sizes.add(features.size());
            place.put(example.id(), i);
            for (String feature : features) {
                holders.computeIfAbsent(feature, f -> new ArrayList<>()).add(i);
            }
        }
    }

    /**
     * {@return a memory of examples}
     *
     * @param examples what it remembers; the groups of near-duplicates are used, the parts are not
     */
    public static TranslationMemory of(Folds examples) {
        return new TranslationMemory(examples);
    }

    /**
     * {@return the remembered examples that are most like this one, the nearest first; fewer where fewer share a word}
     *
     * @param example whose input is looked up; its gold answers are not looked at
     * @param most how many at most
     */
    public List<Match> nearest(Example example, int most) {
        Set<String> features = NearDuplicates.features(example.input());
        Integer self = place.get(example.id());
        Map<Integer, Integer> common = new HashMap<>();
        for (String feature : features) {
            for (int i : holders.getOrDefault(feature, List.of())) {
                if (self == null || remembered.group(i) != remembered.group(self)) {
                    common.merge(i, 1, Integer::sum);
                }
            }
        }
        return common.entrySet().stream()
                .map(each -> Map.entry(
                        each.getKey(),
                        (double) each.getValue() / (features.size() + sizes.get(each.getKey()) - each.getValue())))
                .sorted(Map.Entry.<Integer, Double>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(most)
                .map(each -> new Match(remembered.examples().get(each.getKey()), each.getValue()))
                .toList();
    }

    /** {@return the answer of the nearest example; the input itself where none shares a word with it} */
    @Override
    public List<String> predict(List<Example> examples) {
        return examples.stream()
                .map(example -> nearest(example, 1).stream()
                        .findFirst()
                        .map(match -> match.example().answer())
                        .orElse(example.input()))
                .toList();
    }
}
