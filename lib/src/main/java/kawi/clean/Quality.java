package kawi.clean;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Rules of thumb for prose, after Rae et al., "Scaling Language Models: Methods, Analysis and Insights from Training
 * Gopher" (2021), appendix A.1.1. They know nothing of meaning: lists, tables and code fall through them as well as
 * spam.
 */
public final class Quality {
    private static final Set<String> STOP_WORDS = Set.of("the", "be", "to", "of", "and", "that", "have", "with");

    private Quality() {}

    /** {@return the paper's rules with the paper's thresholds} */
    public static RuleFilter gopher() {
        return new RuleFilter(
                "quality",
                List.of(
                        new RuleFilter.Rule("words", 50.0, 100_000.0, features -> features.words().length),
                        new RuleFilter.Rule("mean word length", 3.0, 10.0, TextFeatures::meanWordLength),
                        new RuleFilter.Rule(
                                "symbols a word",
                                null,
                                0.1,
                                features -> share(features.hashes() + features.ellipses(), features.words().length)),
                        new RuleFilter.Rule(
                                "lines that are bullets", null, 0.9, features -> features.lines(Quality::bullet)),
                        new RuleFilter.Rule(
                                "lines that end in an ellipsis",
                                null,
                                0.3,
                                features -> features.lines(Quality::trailsOff)),
                        new RuleFilter.Rule(
                                "words with a letter", 0.8, null, features -> features.wordShare(Quality::hasLetter)),
                        new RuleFilter.Rule("different stop words", 2.0, null, Quality::stopWords)));
    }

    private static double share(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    private static boolean bullet(String line) {
        return line.startsWith("- ") || line.startsWith("* ") || line.startsWith("\u2022");
    }

    private static boolean trailsOff(String line) {
        return line.endsWith("...") || line.endsWith("\u2026");
    }

    private static boolean hasLetter(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (Character.isLetter(word.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private static double stopWords(TextFeatures features) {
        HashSet<String> found = new HashSet<>();
        for (String word : features.words()) {
            String lower = word.toLowerCase(Locale.ROOT);
            if (STOP_WORDS.contains(lower) && found.add(lower) && found.size() == 2) {
                break;
            }
        }
        return found.size();
    }
}
