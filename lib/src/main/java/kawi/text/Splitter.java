package kawi.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a text into the pieces that byte-pair encoding never merges across: roughly words with the space before them.
 *
 * <p>{@link #GPT2} is the pattern published with GPT-2,
 *
 * <pre>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</pre>
 *
 * scanned by hand over UTF-8 bytes, because a regular expression would take most of the time of encoding.
 * {@link #SMOLLM} first sets every digit apart and then splits what lies between as GPT-2 does, so that 2024 is always
 * four pieces and arithmetic has a chance.
 */
public enum Splitter {
    /** GPT-2's pattern. */
    GPT2(false),
    /** SmolLM's: every digit apart, and GPT-2's pattern for the rest. */
    SMOLLM(true);
    private static final int LETTER = 0, NUMBER = 1, SPACE = 2, OTHER = 3, END = 4;
    private static final byte[] ASCII = new byte[128];

    static {
        for (int c = 0; c < 128; c++) ASCII[c] = (byte) kindOf(c);
    }

    private final boolean digitsAlone;

    Splitter(boolean digitsAlone) {
        this.digitsAlone = digitsAlone;
    }

    /**
     * {@return the pieces of a text; joined, they are the text again}
     *
     * @param text a text
     */
    public List<String> split(String text) {
        byte[] utf8 = Utf8.bytes(text);
        List<String> pieces = new ArrayList<>();
        for (int from = 0, next; from < utf8.length; from = next) {
            next = next(utf8, from, utf8.length);
            pieces.add(new String(utf8, from, next - from, StandardCharsets.UTF_8));
        }
        return pieces;
    }

    /**
     * Where the piece that begins at byte {@code from} ends (exclusive); {@code utf8[from, to)} is well-formed and not
     * empty.
     */
    int next(byte[] utf8, int from, int to) {
        byte first = utf8[from];
        if (first == '\'') {
            int contraction = contraction(utf8, from + 1, to);
            if (contraction > 0) return from + 1 + contraction;
        }
        int kind = kind(utf8, from, to);
        int at = from + Utf8.length(first);
        if (digitsAlone && kind == NUMBER) return at;
        if (first == ' ') {
            int following = kindBeforeDigit(utf8, at, to);
            if (following == SPACE || following == END) return space(utf8, from, to);
            kind = following;
        } else if (kind == SPACE) {
            return space(utf8, from, to);
        }
        while (kindBeforeDigit(utf8, at, to) == kind) at += Utf8.length(utf8[at]);
        return at;
    }

    /** A run of white space leaves its last character to the word that follows, unless that is all there is. */
    private int space(byte[] utf8, int from, int to) {
        int last = from;
        int at = from + Utf8.length(utf8[from]);
        int kind;
        while ((kind = kindBeforeDigit(utf8, at, to)) == SPACE) {
            last = at;
            at += Utf8.length(utf8[at]);
        }
        return kind == END || last == from ? at : last;
    }

    /** Bytes of the contraction's letters after an apostrophe, 0 if there is none. */
    private static int contraction(byte[] utf8, int at, int to) {
        if (at >= to) return 0;
        switch (utf8[at]) {
            case 's':
            case 't':
            case 'm':
            case 'd':
                return 1;
            case 'r':
            case 'v':
                return at + 1 < to && utf8[at + 1] == 'e' ? 2 : 0;
            case 'l':
                return at + 1 < to && utf8[at + 1] == 'l' ? 2 : 0;
            default:
                return 0;
        }
    }

    /** Where digits stand alone, the text between them ends at each digit. */
    private int kindBeforeDigit(byte[] utf8, int at, int to) {
        int kind = kind(utf8, at, to);
        return digitsAlone && kind == NUMBER ? END : kind;
    }

    private static int kind(byte[] utf8, int at, int to) {
        if (at >= to) return END;
        return utf8[at] >= 0 ? ASCII[utf8[at]] : kindOf(Utf8.codePoint(utf8, at));
    }

    /** Letter, number and white space in Unicode's sense (categories L and N, property White_Space). */
    private static int kindOf(int codePoint) {
        switch (Character.getType(codePoint)) {
            case Character.UPPERCASE_LETTER:
            case Character.LOWERCASE_LETTER:
            case Character.TITLECASE_LETTER:
            case Character.MODIFIER_LETTER:
            case Character.OTHER_LETTER:
                return LETTER;
            case Character.DECIMAL_DIGIT_NUMBER:
            case Character.LETTER_NUMBER:
            case Character.OTHER_NUMBER:
                return NUMBER;
            case Character.SPACE_SEPARATOR:
            case Character.LINE_SEPARATOR:
            case Character.PARAGRAPH_SEPARATOR:
                return SPACE;
            default:
                return codePoint >= 9 && codePoint <= 13 || codePoint == 0x85 ? SPACE : OTHER;
        }
    }
}
