package kawi.text;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UCharacterCategory;
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
    SMOLLM(true),
    /** Llama 3's: a word with whatever one character stands before it, numbers of at most three digits. */
    LLAMA3(3),
    /** Qwen2's: the same with every digit apart. */
    QWEN2(1),
    /** OpenAI's cl100k_base: as Llama 3's, but white space that ends a text is one piece, whatever lines it holds. */
    CL100K(3),
    /**
     * OpenAI's o200k_base: words end where capitals follow small letters, and take marks and contractions with them.
     */
    O200K(3);
    private static final String NEWER = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}DIGITS"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    static final int LETTER = 0, NUMBER = 1, SPACE = 2, OTHER = 3, END = 4;
    private static final byte[] ASCII = new byte[128];

    static {
        for (int c = 0; c < 128; c++) ASCII[c] = (byte) kindOf(c);
    }

    private final boolean digitsAlone;
    private final int mostDigits; // of the newer pattern; 0 for GPT-2's

    Splitter(boolean digitsAlone) {
        this.digitsAlone = digitsAlone;
        this.mostDigits = 0;
    }

    Splitter(int mostDigits) {
        this.digitsAlone = false;
        this.mostDigits = mostDigits;
    }

    /**
     * The published regular expression of a pattern, as a {@code tokenizer.json} has it. That of cl100k_base is written
     * otherwise than in tiktoken, for the library that reads such a file knows {@code $} as the end of a line and
     * {@code {1,3}+} as a repetition.
     */
    String regex() {
        return switch (this) {
            case LLAMA3 -> NEWER.replace("DIGITS", "{1,3}");
            case CL100K -> NEWER.replace("DIGITS", "{1,3}").replace("|\\s*[", "|\\s+\\z|\\s*[");
            case O200K ->
                CasedWords.REGEX + "|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
            case QWEN2 -> NEWER.replace("DIGITS", "");
            default -> "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
        };
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
        if (mostDigits > 0) {
            return newer(utf8, from, to);
        }
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

    /** The newer patterns, whose alternatives are tried in their order. */
    private int newer(byte[] utf8, int from, int to) {
        int kind = kind(utf8, from, to);
        int at = from + Utf8.length(utf8[from]);
        int word = this == O200K ? CasedWords.end(utf8, from, to) : word(utf8, from, to, kind);
        if (word > from) return this == O200K ? word + contracted(utf8, word, to) : word;
        if (kind == NUMBER) return run(utf8, at, to, NUMBER, mostDigits - 1);
        if (kind == OTHER || utf8[from] == ' ' && kind(utf8, at, to) == OTHER) {
            at = run(utf8, at, to, OTHER, Integer.MAX_VALUE);
            while (at < to && (line(utf8, at) || this == O200K && utf8[at] == '/')) at++;
            return at;
        }
        int end = run(utf8, at, to, SPACE, Integer.MAX_VALUE);
        if (end == to && this == CL100K) return end;
        for (int i = end - 1; i >= from; i--) {
            if (line(utf8, i)) return i + 1;
        }
        return space(utf8, from, to);
    }

    /**
     * Where a contraction ends, or letters with whatever one character stands before them; {@code from} for neither.
     */
    private static int word(byte[] utf8, int from, int to, int kind) {
        int contracted = contracted(utf8, from, to);
        if (contracted > 0) return from + contracted;
        int at = from + Utf8.length(utf8[from]);
        boolean before = kind != NUMBER && !line(utf8, from) && kind(utf8, at, to) == LETTER;
        return kind == LETTER || before ? run(utf8, at, to, LETTER, Integer.MAX_VALUE) : from;
    }

    static boolean line(byte[] utf8, int at) {
        return utf8[at] == '\n' || utf8[at] == '\r';
    }

    private static int run(byte[] utf8, int at, int to, int kind, int most) {
        for (int i = 0; i < most && kind(utf8, at, to) == kind; i++) at += Utf8.length(utf8[at]);
        return at;
    }

    /** Bytes of an apostrophe and a contraction in any case, 0 if there is none; the long s is an s as well. */
    private static int contracted(byte[] utf8, int from, int to) {
        if (from >= to || utf8[from] != '\'') return 0;
        int at = from + 1;
        if (at + 1 < to && (utf8[at] & 0xff) == 0xC5 && (utf8[at + 1] & 0xff) == 0xBF) return 3;
        byte[] lower = new byte[Math.min(2, to - at)];
        for (int i = 0; i < lower.length; i++) {
            byte b = utf8[at + i];
            lower[i] = b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
        }
        int letters = contraction(lower, 0, lower.length);
        return letters == 0 ? 0 : 1 + letters;
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

    static int kind(byte[] utf8, int at, int to) {
        if (at >= to) return END;
        return utf8[at] >= 0 ? ASCII[utf8[at]] : kindOf(Utf8.codePoint(utf8, at));
    }

    /**
     * Letter, number and white space in Unicode's sense (categories L and N, property White_Space), of ICU's version:
     * the JDK's is older.
     */
    private static int kindOf(int codePoint) {
        switch (UCharacter.getType(codePoint)) {
            case UCharacterCategory.UPPERCASE_LETTER:
            case UCharacterCategory.LOWERCASE_LETTER:
            case UCharacterCategory.TITLECASE_LETTER:
            case UCharacterCategory.MODIFIER_LETTER:
            case UCharacterCategory.OTHER_LETTER:
                return LETTER;
            case UCharacterCategory.DECIMAL_DIGIT_NUMBER:
            case UCharacterCategory.LETTER_NUMBER:
            case UCharacterCategory.OTHER_NUMBER:
                return NUMBER;
            case UCharacterCategory.SPACE_SEPARATOR:
            case UCharacterCategory.LINE_SEPARATOR:
            case UCharacterCategory.PARAGRAPH_SEPARATOR:
                return SPACE;
            default:
                return codePoint >= 9 && codePoint <= 13 || codePoint == 0x85 ? SPACE : OTHER;
        }
    }
}
