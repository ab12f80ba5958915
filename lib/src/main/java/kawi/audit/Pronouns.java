package kawi.audit;

import java.util.Locale;
import java.util.Map;

/**
 * How often a text speaks of her, of him and of them. Pronouns are a crude measure of who is spoken of: ships are
 * "she", "they" may be things, and a text about nobody has none; but they can be counted in any text, and the count can
 * be checked by hand. What {@code Counterfactuals.Pronouns} of the room {@code eval} holds is something else: not a
 * count but two sentences that a model is asked about, in which this counts one "she" and one "he".
 *
 * @param she she, her, hers, herself
 * @param he he, him, his, himself
 * @param they they, them, their, theirs, themselves
 * @param words all words
 */
public record Pronouns(long she, long he, long they, long words) {
    private static final Map<String, Integer> FORMS = Map.ofEntries(
            Map.entry("she", 0),
            Map.entry("her", 0),
            Map.entry("hers", 0),
            Map.entry("herself", 0),
            Map.entry("he", 1),
            Map.entry("him", 1),
            Map.entry("his", 1),
            Map.entry("himself", 1),
            Map.entry("they", 2),
            Map.entry("them", 2),
            Map.entry("their", 2),
            Map.entry("theirs", 2),
            Map.entry("themselves", 2));

    /**
     * {@return the counts of one text; a word is a run of letters, case does not matter}
     *
     * @param text the text
     */
    public static Pronouns in(String text) {
        long[] counts = new long[4];
        for (int i = 0; i < text.length(); ) {
            int from = i;
            while (i < text.length() && Character.isLetter(text.charAt(i))) {
                i++;
            }
            if (i > from) {
                counts[3]++;
                Integer kind = i - from > 10 || i - from < 2
                        ? null
                        : FORMS.get(text.substring(from, i).toLowerCase(Locale.ROOT));
                if (kind != null) {
                    counts[kind]++;
                }
            } else {
                i++;
            }
        }
        return new Pronouns(counts[0], counts[1], counts[2], counts[3]);
    }

    /**
     * {@return both counts together}
     *
     * @param other the other counts
     */
    public Pronouns plus(Pronouns other) {
        return new Pronouns(she + other.she, he + other.he, they + other.they, words + other.words);
    }
}
