package kawi.text;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UCharacterCategory;
import com.ibm.icu.lang.UProperty;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Tokens that are found in a text before it is cut into pieces: leftmost first and of those the longest, with the rules
 * of Hugging Face's {@code tokenizers} ({@code added_vocabulary.rs}).
 */
final class AddedTokens {

    /**
     * One such token.
     *
     * @param content what stands in the text
     * @param id its id
     * @param special whether it is one that no ordinary text becomes
     * @param normalized whether it is looked for in the normalised text
     * @param lstrip whether it takes the white space before it
     * @param rstrip whether it takes the white space behind it
     * @param singleWord whether it counts only where no word goes on before or behind it
     */
    record Token(
            String content,
            int id,
            boolean special,
            boolean normalized,
            boolean lstrip,
            boolean rstrip,
            boolean singleWord) {
        /** Whether it is taken just as it stands. */
        boolean plain() {
            return special && !lstrip && !rstrip && !singleWord;
        }
    }

    /**
     * A part of a text.
     *
     * @param from index of its first character
     * @param to index behind its last
     * @param token the token that it is, or null
     */
    record Part(int from, int to, Token token) {}

    private final Map<Character, List<Token>> byFirst = new HashMap<>(); // the longest first

    AddedTokens(List<Token> tokens) {
        for (Token token : tokens) {
            byFirst.computeIfAbsent(token.content.charAt(0), first -> new ArrayList<>())
                    .add(token);
        }
        byFirst.values()
                .forEach(list -> list.sort(
                        Comparator.comparing((Token t) -> t.content.length()).reversed()));
    }

    /**
     * Cuts a text at its tokens.
     *
     * @param special whether the character at an index may be part of a special token
     */
    List<Part> split(String text, IntPredicate special) {
        List<Part> parts = new ArrayList<>();
        int done = 0;
        for (int at = 0; at < text.length(); at++) {
            Token token = at(text, at, special);
            if (token == null) {
                continue;
            }
            int start = at;
            int stop = at + token.content.length();
            at = stop - 1;
            if (token.singleWord && (wordBefore(text, start) || word(text, stop))) {
                continue;
            }
            if (token.lstrip) {
                while (start > done && space(text.codePointBefore(start))) {
                    start -= Character.charCount(text.codePointBefore(start));
                }
            }
            if (token.rstrip) {
                while (stop < text.length() && space(text.codePointAt(stop))) {
                    stop += Character.charCount(text.codePointAt(stop));
                }
            }
            start = Math.max(start, done);
            if (start > done) {
                parts.add(new Part(done, start, null));
            }
            parts.add(new Part(start, stop, token));
            done = stop;
        }
        if (done < text.length()) {
            parts.add(new Part(done, text.length(), null));
        }
        return parts;
    }

    private Token at(String text, int at, IntPredicate special) {
        for (Token token : byFirst.getOrDefault(text.charAt(at), List.of())) {
            boolean there = text.startsWith(token.content, at);
            for (int i = at; there && token.special && i < at + token.content.length(); i++) {
                there = special.test(i);
            }
            if (there) {
                return token;
            }
        }
        return null;
    }

    private static boolean wordBefore(String text, int at) {
        return at > 0 && word(text.codePointBefore(at));
    }

    private static boolean word(String text, int at) {
        return at < text.length() && word(text.codePointAt(at));
    }

    /** What a regular expression calls a word's character: letters, marks, digits and what joins them. */
    static boolean word(int c) {
        int type = UCharacter.getType(c);
        return UCharacter.hasBinaryProperty(c, UProperty.ALPHABETIC)
                || type == UCharacterCategory.NON_SPACING_MARK
                || type == UCharacterCategory.ENCLOSING_MARK
                || type == UCharacterCategory.COMBINING_SPACING_MARK
                || type == UCharacterCategory.DECIMAL_DIGIT_NUMBER
                || type == UCharacterCategory.CONNECTOR_PUNCTUATION
                || UCharacter.hasBinaryProperty(c, UProperty.JOIN_CONTROL);
    }

    static boolean space(int c) {
        return UCharacter.hasBinaryProperty(c, UProperty.WHITE_SPACE);
    }
}
