package kawi.clean;

import java.util.ArrayList;
import java.util.List;
import kawi.evidence.KitException;
import kawi.text.LanguageCode;

/**
 * Rules against text that repeats itself, after Rae et al. (2021), table A1: lines and paragraphs seen before, the most
 * frequent 2- to 4-gram, and 5- to 10-grams seen before, as shares of lines or of characters, 0 to 1.
 */
public final class Repetition {
    private Repetition() {}

    /** {@return the paper's rules with the paper's thresholds, which are for English} */
    public static RuleFilter gopher() {
        List<RuleFilter.Rule> rules = new ArrayList<>(List.of(
                new RuleFilter.Rule("lines seen before", null, 0.30, features -> features.repeatedLines(false)),
                new RuleFilter.Rule(
                        "characters in lines seen before", null, 0.20, features -> features.repeatedLines(true)),
                new RuleFilter.Rule(
                        "paragraphs seen before", null, 0.30, features -> features.repeatedParagraphs(false)),
                new RuleFilter.Rule(
                        "characters in paragraphs seen before",
                        null,
                        0.20,
                        features -> features.repeatedParagraphs(true))));
        nGrams(rules, List.of(0.20, 0.18, 0.16), List.of(0.15, 0.14, 0.13, 0.12, 0.11, 0.10));
        return RuleFilter.published("repetition", "Gopher", rules);
    }

    /**
     * {@return the same rules for a language, with the thresholds that Penedo et al., "FineWeb2" (2025), published for
     * it} The paper's own for English. For others lines are counted and not weighed by their characters, and paragraphs
     * are left out, as FineWeb2 does it; {@link Quality#fineWeb(String)} weighs repeated lines.
     *
     * @param language ISO 639-1 or 639-3 code, such as {@code de} or {@code deu}
     * @throws KitException where nothing was published for the language
     */
    public static RuleFilter gopher(String language) {
        if (LanguageCode.of(language).equals("en")) {
            return gopher();
        }
        FineWeb2 published = FineWeb2.of(language);
        List<RuleFilter.Rule> rules = new ArrayList<>(List.of(new RuleFilter.Rule(
                "lines seen before", null, published.linesSeen(), features -> features.repeatedLines(false))));
        nGrams(rules, published.top(), published.seen());
        return RuleFilter.published("repetition", "FineWeb2", rules).in(language);
    }

    private static void nGrams(List<RuleFilter.Rule> rules, List<Double> top, List<Double> seen) {
        for (int n = 2; n <= 4; n++) {
            int size = n;
            rules.add(new RuleFilter.Rule(
                    "characters in the top " + n + "-gram", null, top.get(n - 2), features -> features.topNGram(size)));
        }
        for (int n = 5; n <= 10; n++) {
            int size = n;
            rules.add(new RuleFilter.Rule(
                    "characters in " + n + "-grams seen before",
                    null,
                    seen.get(n - 5),
                    features -> features.repeatedNGrams(size)));
        }
    }
}
