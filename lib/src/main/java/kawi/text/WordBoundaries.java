package kawi.text;

import java.util.ArrayList;
import java.util.List;

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
 *       published;
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
