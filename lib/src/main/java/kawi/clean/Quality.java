package kawi.clean;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UProperty;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import kawi.evidence.KitException;
import kawi.text.LanguageCode;
import kawi.text.StopWords;

/**
 * Rules of thumb for prose of the web, as they were published with three corpora: those of Gopher (Rae et al., "Scaling
 * Language Models: Methods, Analysis and Insights from Training Gopher", 2021, appendix A.1.1), of C4 (Raffel et al.,
 * "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer", JMLR 21(140), 2020, section 2.2)
 * and of FineWeb (Penedo et al., "The FineWeb Datasets: Decanting the Web for the Finest Text Data at Scale", 2024,
 * section 3.6). They know nothing of meaning: lists, tables and code fall through them as well as spam. Genres that are
 * not prose are spared by {@link RuleFilter#except}.
 */
public final class Quality {
    private static final Set<String> STOP_WORDS = Set.of("the", "be", "to", "of", "and", "that", "have", "with");

    private Quality() {}

    /** {@return the rules of Rae et al. (2021), appendix A.1.1, with the paper's thresholds, which are for English} */
    public static RuleFilter gopher() {
        return gopher(3.0, 10.0, 0.8, STOP_WORDS);
    }

    /**
     * {@return the same rules for a language} The paper's own for English. For others the bounds of word length and of
     * words with a letter are those that Penedo et al., "FineWeb2" (2025), published for the language, and two
     * different words of {@link StopWords#of} must occur. Words are cut as {@link TextFeatures} says, while FineWeb2
     * has a tokenizer for each language; the other bounds, 50 to 100,000 words among them, are the paper's. The rules
     * do not tell languages apart, for neighbours share short words: that is what {@link Language#keep} is for.
     *
     * @param language ISO 639-1 or 639-3 code, such as {@code de} or {@code deu}
     * @throws KitException where nothing was published for the language or the kit has no stop words of it
     */
    public static RuleFilter gopher(String language) {
        if (english(language)) {
            return gopher();
        }
        FineWeb2 published = FineWeb2.of(language);
        return gopher(published.shortest(), published.longest(), published.letters(), StopWords.of(language))
                .in(language);
    }

    private static RuleFilter gopher(Double shortest, Double longest, Double letters, Set<String> stopWords) {
        return RuleFilter.published(
                "quality",
                "Gopher for words such as " + String.join(", ", new TreeSet<>(stopWords)),
                List.of(
                        new RuleFilter.Rule("words", 50.0, 100_000.0, features -> features.words().length),
                        new RuleFilter.Rule("mean word length", shortest, longest, TextFeatures::meanWordLength),
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
                                "words with a letter",
                                letters,
                                null,
                                features -> features.wordShare(Quality::hasLetter)),
                        new RuleFilter.Rule(
                                "different stop words", 2.0, null, features -> stopWords(features, stopWords))));
    }

    /**
     * {@return C4's rules for pages in English, after Raffel et al. (2020), section 2.2} A page is dropped that has
     *
     * <ul>
     *   <li>fewer than 3 sentences in the lines that {@link #c4Lines} leaves of it (5 in the first version of the
     *       paper, where a line had at least 3 words),
     *   <li>the phrase "lorem ipsum" in any case,
     *   <li>or an opening curly bracket.
     * </ul>
     *
     * The paper's other rules are not here: its list of bad words, three sentences seen elsewhere (see
     * {@link Duplicates}), marks of citations, and the language (see {@link Language}).
     */
    public static RuleFilter c4() {
        return RuleFilter.published(
                "C4",
                "C4",
                List.of(
                        new RuleFilter.Rule("sentences in lines that C4 keeps", 3.0, null, C4::sentences),
                        new RuleFilter.Rule(
                                "\"lorem ipsum\"",
                                null,
                                0.0,
                                features -> count(features.text().toLowerCase(Locale.ROOT), "lorem ipsum")),
                        new RuleFilter.Rule("curly brackets", null, 0.0, features -> count(features.text(), "{"))));
    }

    /**
     * {@return the step that leaves of a page the lines that C4 keeps, after Raffel et al. (2020), section 2.2: those
     * that end in a period, exclamation mark, question mark or closing quotation mark, have at least 5 words, and hold
     * neither "javascript" nor "terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies" or
     * "use cookies" in any case} As in the authors' program (c4_utils.py in TensorFlow Datasets) a line that ends in
     * three dots goes too. A page may have no line left; {@link #c4} after this step drops it.
     */
    public static Step c4Lines() {
        return new C4();
    }

    /**
     * {@return FineWeb's own rules for English, after Penedo et al. (2024), section 3.6} A page is dropped where at
     * most 0.12 of its lines end in one of {@code . ! ? ' "}, where at least 0.1 of its characters are in lines seen
     * before, or where at least 0.67 of its lines are shorter than 30 characters. A bound in the table is the next
     * number on the inner side, since a filter keeps what lies at its bounds. Their program has 0.01 for the second.
     */
    public static RuleFilter fineWeb() {
        return RuleFilter.published(
                "FineWeb",
                "FineWeb",
                List.of(
                        new RuleFilter.Rule(
                                "lines that end in punctuation",
                                Math.nextUp(0.12),
                                null,
                                features -> features.lines(line -> ".!?'\"".indexOf(last(line)) >= 0)),
                        new RuleFilter.Rule(
                                "characters in lines seen before",
                                null,
                                Math.nextDown(0.1),
                                features -> features.repeatedLines(true)),
                        new RuleFilter.Rule(
                                "lines shorter than 30 characters",
                                null,
                                Math.nextDown(0.67),
                                features -> features.lines(line -> line.codePointCount(0, line.length()) < 30))));
    }

    /**
     * {@return FineWeb's rules for a language, with the thresholds of Penedo et al., "FineWeb2" (2025)} Those of
     * {@link #fineWeb()} for English. For others a page is dropped where fewer lines than the language's share end in
     * punctuation (a sentence terminal of the Unicode standard or a closing quotation mark; no bound for German and
     * Thai), where more than 0.1 of its characters are in lines seen before, or where it has more line breaks a word
     * than the language's bound. FineWeb2 has no rule for short lines.
     *
     * @param language ISO 639-1 or 639-3 code, such as {@code de} or {@code deu}
     * @throws KitException where nothing was published for the language
     */
    public static RuleFilter fineWeb(String language) {
        if (english(language)) {
            return fineWeb();
        }
        FineWeb2 published = FineWeb2.of(language);
        return RuleFilter.published(
                        "FineWeb",
                        "FineWeb2",
                        List.of(
                                new RuleFilter.Rule(
                                        "lines that end in punctuation",
                                        published.punctuated(),
                                        null,
                                        features -> features.lines(Quality::terminal)),
                                new RuleFilter.Rule(
                                        "characters in lines seen before",
                                        null,
                                        0.1,
                                        features -> features.repeatedLines(true)),
                                new RuleFilter.Rule(
                                        "line breaks a word",
                                        null,
                                        published.newLines(),
                                        features -> share(count(features.text(), "\n"), features.words().length))))
                .in(language);
    }

    private static boolean english(String language) {
        return LanguageCode.of(language).equals("en");
    }

    private static boolean terminal(String line) {
        int last = last(line);
        return UCharacter.hasBinaryProperty(last, UProperty.S_TERM)
                || "'\"\u2019\u201D\u00BB\u300D\u300F".indexOf(last) >= 0;
    }

    private static int last(String line) {
        return line.codePointBefore(line.length());
    }

    private static long count(String text, String phrase) {
        long count = 0;
        for (int at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + phrase.length())) {
            count++;
        }
        return count;
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

    private static double stopWords(TextFeatures features, Set<String> stopWords) {
        HashSet<String> found = new HashSet<>();
        for (String word : features.words()) {
            String lower = word.toLowerCase(Locale.ROOT);
            if (stopWords.contains(lower) && found.add(lower) && found.size() == 2) {
                break;
            }
        }
        return found.size();
    }
}
