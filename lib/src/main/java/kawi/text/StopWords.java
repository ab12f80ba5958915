package kawi.text;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * English words so frequent that they tell little about what a text is about: the kit's own short list, function words
 * only.
 *
 * <p>Negations (no, not, never, nor, without) are left off the list on purpose: a review without its "not" says the
 * opposite.
 */
public final class StopWords {

    /** The whole list, in lower case. */
    public static final Set<String> ENGLISH =
            Set.of(("a about above after again all also am an and any are as at be because been before being below "
                            + "between both but by can could did do does doing down during each few for from "
                            + "further had has have having he her here hers herself him "
                            + "himself his how i if in into is it its itself just may me might more most must "
                            + "my myself of off on once only or other our ours ourselves "
                            + "out over own same shall she should so some such than that the their theirs them "
                            + "themselves then there these they this those through to "
                            + "too under until up upon very was we were what when where which while who whom "
                            + "whose why will with would you your yours yourself "
                            + "yourselves")
                    .split(" "));

    private StopWords() {}

    /**
     * {@return whether a word is on the list, whatever its case}
     *
     * @param word a word
     */
    public static boolean contains(String word) {
        return ENGLISH.contains(word.toLowerCase(Locale.ROOT));
    }

    /**
     * {@return the words that are not on the list, in order}
     *
     * @param words words
     */
    public static List<String> without(List<String> words) {
        return words.stream().filter(word -> !contains(word)).toList();
    }
}
