package kawi.clean;

import java.util.ArrayList;
import java.util.List;

/**
 * Rules against text that repeats itself, after Rae et al. (2021), table A1: lines and paragraphs seen before, the most
 * frequent 2- to 4-gram, and 5- to 10-grams seen before, as shares of lines or of characters, 0 to 1.
 */
public final class Repetition {
    private Repetition() {}

    /** {@return the paper's rules with the paper's thresholds} */
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
        double[] top = {0.20, 0.18, 0.16};
        for (int n = 2; n <= 4; n++) {
            int size = n;
            rules.add(new RuleFilter.Rule(
                    "characters in the top " + n + "-gram", null, top[n - 2], features -> features.topNGram(size)));
        }
        double[] seen = {0.15, 0.14, 0.13, 0.12, 0.11, 0.10};
        for (int n = 5; n <= 10; n++) {
            int size = n;
            rules.add(new RuleFilter.Rule(
                    "characters in " + n + "-grams seen before",
                    null,
                    seen[n - 5],
                    features -> features.repeatedNGrams(size)));
        }
        return new RuleFilter("repetition", rules);
    }
}
