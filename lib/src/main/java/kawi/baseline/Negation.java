package kawi.baseline;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Marks what a negation reaches, so that a {@link BagOfWords} can tell "good" from "not good": every word from a
 * negation to the next sign of punctuation gets "not_" before it (Das and Chen 2001; Pang, Lee and Vaithyanathan 2002).
 */
public final class Negation {
    private static final Set<String> WORDS =
            Set.of("not", "no", "never", "nothing", "nobody", "none", "neither", "nor", "cannot", "without", "hardly");

    private Negation() {}

    /**
     * {@return the text with "not_" before each word that a negation reaches}
     *
     * @param text English text
     */
    public static String marked(String text) {
        List<String> words = new ArrayList<>();
        boolean reached = false;
        for (String word : text.strip().split("\\s+")) {
            String plain = word.toLowerCase(Locale.ROOT).replace('\u2019', '\'').replaceAll("[^a-z']", "");
            words.add(reached && !plain.isEmpty() ? "not_" + word : word);
            reached |= WORDS.contains(plain) || plain.endsWith("n't");
            if (word.matches(".*[.,;:!?)]+[\"')]*")) {
                reached = false;
            }
        }
        return String.join(" ", words);
    }
}
