package kawi.baseline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import kawi.tune.Example;
import kawi.tune.Predictor;

/**
 * The classic translator: every word becomes its most probable partner, in the same order. The table is IBM Model 1
 * (Brown et al., "The mathematics of statistical machine translation", 1993), learned by expectation maximisation from
 * the training pairs; a word never seen, a placeholder above all, is copied.
 */
public final class IbmModel1 implements Predictor {
    private static final int ROUNDS = 8;
    private static final String NOTHING = "";

    private final Map<String, String> best;

    private IbmModel1(Map<String, String> best) {
        this.best = best;
    }

    /**
     * Learns which word translates which, in 8 rounds.
     *
     * @param examples texts and their translations, the first answer of each; none gives a copier
     * @return the learned translator
     */
    public static IbmModel1 train(List<Example> examples) {
        Map<String, Map<String, Double>> table = new HashMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            table = estimate(examples, table);
        }
        Map<String, String> best = new HashMap<>();
        table.forEach((source, partners) -> best.put(
                source,
                partners.entrySet().stream()
                        .max(Map.Entry.<String, Double>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                        .orElseThrow()
                        .getKey()));
        return new IbmModel1(best);
    }

    /** One round: shares every target word among the source words (and none) that may have caused it, then counts. */
    private static Map<String, Map<String, Double>> estimate(
            List<Example> examples, Map<String, Map<String, Double>> table) {
        Map<String, Map<String, Double>> counts = new HashMap<>();
        for (Example example : examples) {
            List<String> sources = new ArrayList<>(words(example.input()));
            sources.add(NOTHING);
            for (String target : words(example.answer())) {
                double total = 0;
                for (String source : sources) {
                    total += table.isEmpty() ? 1 : table.get(source).get(target);
                }
                for (String source : new LinkedHashSet<>(sources)) {
                    double share = (table.isEmpty() ? 1 : table.get(source).get(target)) / total;
                    counts.computeIfAbsent(source, s -> new HashMap<>()).merge(target, share, Double::sum);
                }
            }
        }
        counts.values().forEach(partners -> {
            double sum =
                    partners.values().stream().mapToDouble(Double::doubleValue).sum();
            partners.replaceAll((target, count) -> count / sum);
        });
        return counts;
    }

    @Override
    public List<String> predict(List<Example> examples) {
        return examples.stream().map(e -> translate(e.input())).toList();
    }

    /**
     * {@return the text word by word, its first letter a capital where the text's is}
     *
     * @param text in the language that was translated from
     */
    public String translate(String text) {
        StringBuilder translated = new StringBuilder();
        for (String word : text.split(" ")) {
            String ending = word.matches(".*\\w[.,:;!?]+") ? word.replaceFirst(".*\\w", "") : "";
            String stem = word.substring(0, word.length() - ending.length());
            translated
                    .append(translated.length() == 0 ? "" : " ")
                    .append(best.getOrDefault(stem.toLowerCase(Locale.ROOT), stem))
                    .append(ending);
        }
        boolean upper = !text.isEmpty() && Character.isUpperCase(text.charAt(0)) && translated.length() > 0;
        return upper ? Character.toUpperCase(translated.charAt(0)) + translated.substring(1) : translated.toString();
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (String word : text.toLowerCase(Locale.ROOT).split(" ")) {
            String stem = word.replaceFirst("(?<=\\w)[.,:;!?]+$", "");
            if (!stem.isEmpty()) {
                words.add(stem);
            }
        }
        return words;
    }
}
