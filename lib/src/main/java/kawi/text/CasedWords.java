package kawi.text;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UCharacterCategory;

/**
 * The words of OpenAI's o200k_base: capitals and then small letters, so that camelCase is two, with whatever one
 * character stands before them. Letters without a case and marks count as both. Scanned by hand as its two regular
 * expressions match, the first of them first, each as much as it can and giving back what it must.
 */
final class CasedWords {

    private static final String BEFORE = "[^\\r\\n\\p{L}\\p{N}]?";
    private static final String CAPITAL = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String SMALL = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?";

    /** The two expressions, as published. */
    static final String REGEX = BEFORE + CAPITAL + "*" + SMALL + "+" + CONTRACTION + "|" + BEFORE + CAPITAL + "+"
            + SMALL + "*" + CONTRACTION;

    private static final int NONE = 0, CAPITALS = 1, SMALLS = 2, BOTH = 3;
    private static final byte[] ASCII = new byte[128];

    static {
        for (int c = 0; c < 128; c++) ASCII[c] = (byte) caseOf(c);
    }

    private CasedWords() {}

    /**
     * Where a word that begins at byte {@code from} ends, without its contraction; {@code from} where none begins
     * there. {@code utf8[from, to)} is well-formed and not empty.
     */
    static int end(byte[] utf8, int from, int to) {
        int behind = from + Utf8.length(utf8[from]);
        boolean before = before(utf8, from);
        int end = before ? withSmall(utf8, behind, to) : behind;
        if (end == behind) end = withSmall(utf8, from, to);
        if (end > from) return end;
        int capitals = before ? run(utf8, behind, to, CAPITALS) : behind;
        return capitals > behind ? capitals : run(utf8, from, to, CAPITALS);
    }

    /** Any capitals and at least one small letter; {@code from} for none. */
    private static int withSmall(byte[] utf8, int from, int to) {
        int last = from; // the end of the last letter or mark that may be a small one
        int at = from;
        int found;
        while (((found = kind(utf8, at, to)) & CAPITALS) != 0) {
            at += Utf8.length(utf8[at]);
            if (found == BOTH) last = at;
        }
        return found == SMALLS ? run(utf8, at, to, SMALLS) : last;
    }

    private static int run(byte[] utf8, int at, int to, int wanted) {
        while ((kind(utf8, at, to) & wanted) != 0) at += Utf8.length(utf8[at]);
        return at;
    }

    /** Whether a character may stand before a word: no letter, no number, no end of a line. */
    private static boolean before(byte[] utf8, int at) {
        if (Splitter.line(utf8, at)) return false;
        int kind = Splitter.kind(utf8, at, utf8.length);
        return kind == Splitter.SPACE || kind == Splitter.OTHER;
    }

    private static int kind(byte[] utf8, int at, int to) {
        if (at >= to) return NONE;
        return utf8[at] >= 0 ? ASCII[utf8[at]] : caseOf(Utf8.codePoint(utf8, at));
    }

    private static int caseOf(int codePoint) {
        switch (UCharacter.getType(codePoint)) {
            case UCharacterCategory.UPPERCASE_LETTER:
            case UCharacterCategory.TITLECASE_LETTER:
                return CAPITALS;
            case UCharacterCategory.LOWERCASE_LETTER:
                return SMALLS;
            case UCharacterCategory.MODIFIER_LETTER:
            case UCharacterCategory.OTHER_LETTER:
            case UCharacterCategory.NON_SPACING_MARK:
            case UCharacterCategory.ENCLOSING_MARK:
            case UCharacterCategory.COMBINING_SPACING_MARK:
                return BOTH;
            default:
                return NONE;
        }
    }
}
