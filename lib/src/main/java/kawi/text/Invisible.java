package kawi.text;

import java.lang.Character.UnicodeScript;
import java.util.EnumSet;
import java.util.Set;

/**
 * The one rule for characters that nobody sees. What changes how a word is written or read stays; what only steers a
 * display, or does nothing, goes:
 *
 * <ul>
 *   <li>Line ends of every kind (CR LF, CR, U+0085, U+2028, U+2029, vertical tab, form feed) become {@code \n}; the
 *       information separators U+001C to U+001F become a space. Words on both sides stay apart.
 *   <li>The joiners U+200C and U+200D stay beside letters of scripts that join or stack (Arabic, the Indic scripts and
 *       others; Unicode standard, chapter 23.2), where they make another word of it, and U+200D stays between emoji,
 *       where it makes one picture of several (UTS 51). Elsewhere they go.
 *   <li>The zero-width space U+200B stays between letters of scripts written without spaces (Thai, Lao, Khmer, Myanmar
 *       and others), where it is the border of a word. Elsewhere it goes.
 *   <li>Variation selectors stay after the character that they vary, and go where there is none.
 *   <li>Tag characters stay in a flag of at most six of them (UTS 51, such as Scotland's) and go elsewhere, where they
 *       can hide a text from the reader.
 *   <li>Arabic and Kaithi number signs, the Mongolian vowel separator and the controls of hieroglyphs are format
 *       characters by category, and part of the writing: they stay.
 *   <li>Byte-order marks wherever they are, soft hyphens, word joiners, direction marks, embeddings, overrides and
 *       isolates, invisible operators, all other format and control characters but the tab: they go.
 * </ul>
 */
final class Invisible {
    private static final int ZWSP = 0x200B, ZWNJ = 0x200C, ZWJ = 0x200D;
    private static final int FLAG = 0x1F3F4, LAST_TAG = 0xE007F, LONGEST_FLAG = 6;
    /** Scripts whose letters do not change with their neighbours: a joiner between them does nothing. */
    private static final Set<UnicodeScript> APART = EnumSet.of(
            UnicodeScript.LATIN,
            UnicodeScript.GREEK,
            UnicodeScript.CYRILLIC,
            UnicodeScript.ARMENIAN,
            UnicodeScript.HEBREW,
            UnicodeScript.GEORGIAN,
            UnicodeScript.CHEROKEE,
            UnicodeScript.ETHIOPIC,
            UnicodeScript.HANGUL,
            UnicodeScript.HAN,
            UnicodeScript.HIRAGANA,
            UnicodeScript.KATAKANA,
            UnicodeScript.BOPOMOFO,
            UnicodeScript.COMMON,
            UnicodeScript.INHERITED,
            UnicodeScript.UNKNOWN);
    /** Scripts written without spaces between words. */
    private static final Set<UnicodeScript> UNSPACED = EnumSet.of(
            UnicodeScript.THAI,
            UnicodeScript.LAO,
            UnicodeScript.KHMER,
            UnicodeScript.MYANMAR,
            UnicodeScript.TIBETAN,
            UnicodeScript.TAI_LE,
            UnicodeScript.NEW_TAI_LUE,
            UnicodeScript.TAI_THAM,
            UnicodeScript.TAI_VIET,
            UnicodeScript.BALINESE,
            UnicodeScript.JAVANESE);

    private Invisible() {}

    /** {@return the text by the rule above; applied twice it changes nothing more} */
    static String removed(String text) {
        int at = firstSuspect(text);
        if (at < 0) return text;
        StringBuilder out = new StringBuilder(text.length()).append(text, 0, at);
        while (at < text.length()) {
            int c = text.codePointAt(at);
            int next = at + Character.charCount(c);
            if (c == FLAG) {
                int end = flag(text, next);
                out.append(text, at, end);
                next = end;
            } else if (!suspect(c)) {
                out.appendCodePoint(c);
            } else if (c == '\r' && next < text.length() && text.charAt(next) == '\n') {
                // The line feed that follows is the line's end.
            } else if (c >= '\u000B' && c <= '\r' || c == 0x85 || c == 0x2028 || c == 0x2029) {
                out.append('\n');
            } else if (c >= 0x1C && c <= 0x1F) {
                out.append(' ');
            } else if (stays(c, out, text, next)) {
                out.appendCodePoint(c);
            }
            at = next;
        }
        return out.toString();
    }

    private static boolean stays(int c, StringBuilder out, String text, int next) {
        int before = out.length() == 0 ? -1 : out.codePointBefore(out.length());
        if (c == ZWNJ || c == ZWJ) {
            return before != c && (joins(c, out, text, next) || c == ZWJ && emoji(out, after(text, next)));
        }
        if (c == ZWSP) return unspaced(before) && unspaced(after(text, next));
        if (variation(c)) return before >= 0 && !blank(before) && !passed(before);
        return c == 0x180E && script(before) == UnicodeScript.MONGOLIAN
                || c >= 0x600 && c <= 0x605
                || c == 0x6DD
                || c == 0x70F
                || c == 0x890
                || c == 0x891
                || c == 0x8E2
                || c == 0x110BD
                || c == 0x110CD
                || c >= 0x13430 && c <= 0x1343F;
    }

    /** The next character that is no invisible one itself, -1 at the end. */
    private static int after(String text, int next) {
        int at = next;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            if (!passed(c)) return c;
            at += Character.charCount(c);
        }
        return -1;
    }

    private static boolean passed(int c) {
        return variation(c) || Character.getType(c) == Character.FORMAT && !numberSign(c);
    }

    private static boolean numberSign(int c) {
        return c >= 0x600 && c <= 0x605 || c == 0x6DD || c == 0x70F || c == 0x8E2 || c == 0x110BD || c == 0x110CD;
    }

    /**
     * A joiner beside a letter that can join: within a word, or U+200D at its end, which shows a letter's joined form.
     */
    private static boolean joins(int joiner, StringBuilder out, String text, int next) {
        int before = out.length() == 0 ? -1 : out.codePointBefore(out.length());
        int after = after(text, next);
        boolean left = joiningBefore(out);
        boolean right = joiningAfter(text, next);
        if (left && (inWord(after) || joiner == ZWJ || WordBoundaries.mark(before))) return true;
        return right && (inWord(before) || joiner == ZWJ || before == ZWNJ || before == ZWJ);
    }

    /** Whether the last letter or one of the marks on it joins; marks are looked through, for NFC reorders them. */
    private static boolean joiningBefore(StringBuilder out) {
        for (int at = out.length(); at > 0; ) {
            int c = out.codePointBefore(at);
            if (joining(c)) return true;
            if (!WordBoundaries.mark(c)) return false;
            at -= Character.charCount(c);
        }
        return false;
    }

    private static boolean joiningAfter(String text, int next) {
        for (int at = next; at < text.length(); ) {
            int c = text.codePointAt(at);
            if (joining(c)) return true;
            if (!WordBoundaries.mark(c) && !passed(c)) return false;
            at += Character.charCount(c);
        }
        return false;
    }

    private static boolean joining(int c) {
        return c >= 0
                && (Character.isLetter(c) || WordBoundaries.mark(c))
                && !variation(c)
                && !APART.contains(script(c));
    }

    private static boolean inWord(int c) {
        return c >= 0 && (Character.isLetterOrDigit(c) || WordBoundaries.mark(c));
    }

    private static boolean unspaced(int c) {
        return c >= 0 && UNSPACED.contains(script(c));
    }

    private static UnicodeScript script(int c) {
        return c < 0 ? UnicodeScript.UNKNOWN : UnicodeScript.of(c);
    }

    /** Whether what was written last is an emoji, perhaps with a skin tone or a selector, and so is what comes. */
    private static boolean emoji(StringBuilder out, int after) {
        int at = out.length();
        int before = -1;
        while (at > 0) {
            before = out.codePointBefore(at);
            if (!variation(before) && before != 0x20E3 && !(before >= 0x1F3FB && before <= 0x1F3FF)) break;
            at -= Character.charCount(before);
        }
        return picture(before) && picture(after);
    }

    /** Emoji and what may become one; Java 17 does not know the property Extended_Pictographic itself. */
    private static boolean picture(int c) {
        return c >= 0x203C
                && (Character.getType(c) == Character.OTHER_SYMBOL
                        || c >= 0x2190 && c <= 0x21FF
                        || c >= 0x1F000 && c <= 0x1FAFF);
    }

    /** The end of the flag's tags that begin at {@code from}; {@code from} where none are or they are no flag's. */
    private static int flag(String text, int from) {
        int at = from;
        for (int letters = 0; at < text.length(); letters++) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            if (c == LAST_TAG) return letters > 0 ? at : from;
            boolean letter = c >= 0xE0030 && c <= 0xE0039 || c >= 0xE0061 && c <= 0xE007A;
            if (!letter || letters == LONGEST_FLAG) return from;
        }
        return from;
    }

    private static boolean blank(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    private static boolean variation(int c) {
        return c >= 0xFE00 && c <= 0xFE0F || c >= 0xE0100 && c <= 0xE01EF || c >= 0x180B && c <= 0x180D || c == 0x180F;
    }

    private static int firstSuspect(String text) {
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c < ' ' ? c != '\n' && c != '\t' : c >= 0x7F && (c < 0xA0 || suspect(text.codePointAt(at)))) return at;
        }
        return -1;
    }

    /**
     * Whether a character has to be looked at: controls, format characters and tags, separators of lines, selectors.
     */
    private static boolean suspect(int c) {
        if (c < 0xAD) return c < ' ' ? c != '\n' && c != '\t' : c >= 0x7F && c < 0xA0;
        if (variation(c) || c == FLAG) return true;
        switch (Character.getType(c)) {
            case Character.CONTROL:
            case Character.FORMAT:
            case Character.LINE_SEPARATOR:
            case Character.PARAGRAPH_SEPARATOR:
                return true;
            default:
                return false;
        }
    }
}
