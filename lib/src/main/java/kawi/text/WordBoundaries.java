package kawi.text;

import com.ibm.icu.text.BreakIterator;
import com.ibm.icu.util.ULocale;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What the kit calls a word where it counts words or compares texts by them: a run of letters, marks and digits, with
 * apostrophes and joiners inside it (don't, rock’n’roll, می‌خواهم). An ideograph or a hiragana is a word of its own, as
 * in the Unicode standard's rules (UAX 29); scripts that need a dictionary to be cut into words, such as Thai, stay
 * whole. Punctuation, symbols and spaces belong to no word.
 *
 * <p>Near-duplicates, decontamination and repeated paragraphs compare texts by these words in lower case, and so do the
 * clusters and baselines of tuning, which leave numbers and placeholders out. Other notions of a word are in the kit
 * because somebody else's rule fixes them:
 *
 * <ul>
 *   <li>{@code TextFeatures} of the room {@code clean} cuts at white space, for which Gopher's thresholds were
 *       published, and languages without spaces by a dictionary ({@link #words(String, String)});
 *   <li>{@link Splitter} cuts as GPT-2 and SmolLM do, for their ids are those of these pieces;
 *   <li>the room {@code eval} cuts as sacrebleu and SQuAD's scorer do, for scores are compared with published ones;
 *   <li>{@code Pronouns} of the room {@code audit} counts runs of letters, so that the "she" of "she's" is one.
 * </ul>
 */
public final class WordBoundaries {
    /** Is told of each word, in order: {@code text.substring(from, to)}. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Takes the next word.
         *
         * @param to where it ends (exclusive)
         * @param from where it begins, in UTF-16 units
         */
        void word(int from, int to);
    }

    private static final int ZWNJ = 0x200C, ZWJ = 0x200D;

    /** Languages for which ICU has a dictionary of words, since they are written without spaces between them. */
    private static final Set<String> UNSPACED = Set.of("zh", "ja", "th", "lo", "km", "my");

    private WordBoundaries() {}

    /**
     * {@return the words of a text in order, as they are written}
     *
     * @param text a text
     */
    public static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        visit(text, 0, text.length(), (from, to) -> words.add(text.substring(from, to)));
        return words;
    }

    /**
     * {@return whether a language is written without spaces between its words, and the kit has a dictionary to find
     * them by: Chinese, Japanese, Thai, Lao, Khmer, Burmese}
     *
     * @param language ISO 639-1 or 639-3 code, or null where it is not known
     */
    public static boolean unspaced(String language) {
        return UNSPACED.contains(LanguageCode.of(language));
    }

    /**
     * {@return the words of a text in a language, in order: by ICU's dictionaries where the language is written without
     * spaces, and as {@link #words(String)} has them elsewhere}
     *
     * @param text a text
     * @param language ISO 639-1 or 639-3 code, or null where it is not known
     */
    public static List<String> words(String text, String language) {
        if (!unspaced(language)) return words(text);
        List<String> words = new ArrayList<>();
        BreakIterator cuts = BreakIterator.getWordInstance(ULocale.forLanguageTag(LanguageCode.of(language)));
        cuts.setText(text);
        int from = cuts.first();
        for (int to = cuts.next(); to != BreakIterator.DONE; from = to, to = cuts.next()) {
            // below that limit are spaces, punctuation and symbols
            if (cuts.getRuleStatus() >= BreakIterator.WORD_NONE_LIMIT) words.add(text.substring(from, to));
        }
        return words;
    }

    /**
     * Goes through the words of {@code text[from, to)} without making strings of them.
     *
     * @param text a text
     * @param from where to begin, in UTF-16 units
     * @param to where to end (exclusive); a word is cut there
     * @param visitor is told of each word
     */
    public static void visit(String text, int from, int to, Visitor visitor) {
        int start = -1;
        for (int at = from; at < to; ) {
            int c = text.codePointAt(at);
            int next = at + Character.charCount(c);
            if (ideograph(c)) {
                if (start >= 0) visitor.word(start, at);
                while (next < to && mark(text.codePointAt(next))) {
                    next += Character.charCount(text.codePointAt(next));
                }
                visitor.word(at, next);
                start = -1;
            } else if (inWord(c)) {
                if (start < 0) start = at;
            } else if (start >= 0 && !(inside(c) && next < to && continues(text.codePointAt(next)))) {
                visitor.word(start, at);
                start = -1;
            }
            at = next;
        }
        if (start >= 0) visitor.word(start, to);
    }

    /** Letters, marks and numbers. */
    private static boolean inWord(int c) {
        if (c < 128) return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
        int type = Character.getType(c);
        return Character.isLetterOrDigit(c)
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER
                || mark(c);
    }

    private static boolean continues(int c) {
        return inWord(c) && !ideograph(c);
    }

    /** An apostrophe, plain or typographic, or a joiner. */
    private static boolean inside(int c) {
        return c == '\'' || c == 0x2019 || c == ZWNJ || c == ZWJ;
    }

    private static boolean ideograph(int c) {
        return c >= 0x3000 && (Character.isIdeographic(c) || c >= 0x3041 && c <= 0x3096);
    }

    static boolean mark(int c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }
}
