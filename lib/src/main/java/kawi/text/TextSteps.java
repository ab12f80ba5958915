package kawi.text;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UCharacterCategory;
import com.ibm.icu.text.Normalizer2;
import com.ibm.icu.util.ULocale;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;

/**
 * Steps that a tokenizer takes before its model: what changes a text, and what cuts it into pieces. Each is as Hugging
 * Face's {@code tokenizers} computes it; classes of characters and normal forms are those of ICU's Unicode,
 * {@link com.ibm.icu.lang.UCharacter#getUnicodeVersion}.
 */
final class TextSteps {

    /** Cuts a part of a text into pieces. */
    interface Cut {
        /** @param first whether the text begins with this part */
        List<String> apply(String part, boolean first);
    }

    private TextSteps() {}

    static UnaryOperator<String> form(Normalizer2 form) {
        return form::normalize;
    }

    static String lowercase(String text) {
        StringBuilder lower = new StringBuilder(text.length());
        text.codePoints()
                .forEach(c -> lower.append(
                        c < 128
                                ? Character.toString(Character.toLowerCase(c))
                                : UCharacter.toLowerCase(ULocale.ROOT, Character.toString(c))));
        return lower.toString();
    }

    static String without(String text, IntPredicate left) {
        StringBuilder kept = new StringBuilder(text.length());
        text.codePoints().filter(left.negate()).forEach(kept::appendCodePoint);
        return kept.toString();
    }

    static boolean mark(int c) {
        int type = UCharacter.getType(c);
        return type == UCharacterCategory.NON_SPACING_MARK
                || type == UCharacterCategory.ENCLOSING_MARK
                || type == UCharacterCategory.COMBINING_SPACING_MARK;
    }

    /** BERT's own: control characters go, white space becomes a space, Chinese characters stand alone. */
    static String bert(String text, boolean clean, boolean chinese, boolean accents, boolean lower) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (clean && (c == 0 || c == 0xfffd || control(c))) {
                return;
            }
            if (clean && whitespace(c)) {
                out.append(' ');
            } else if (chinese && ideograph(c)) {
                out.append(' ').appendCodePoint(c).append(' ');
            } else {
                out.appendCodePoint(c);
            }
        });
        String result = out.toString();
        if (accents) {
            result = without(
                    Normalizer2.getNFDInstance().normalize(result),
                    c -> UCharacter.getType(c) == UCharacterCategory.NON_SPACING_MARK);
        }
        return lower ? lowercase(result) : result;
    }

    private static boolean whitespace(int c) {
        return c == '\t' || c == '\n' || c == '\r' || AddedTokens.space(c);
    }

    private static boolean control(int c) {
        int type = UCharacter.getType(c);
        return c != '\t'
                && c != '\n'
                && c != '\r'
                && (type == UCharacterCategory.CONTROL
                        || type == UCharacterCategory.FORMAT
                        || type == UCharacterCategory.PRIVATE_USE
                        || type == UCharacterCategory.UNASSIGNED
                        || type == UCharacterCategory.SURROGATE);
    }

    private static boolean ideograph(int c) {
        return c >= 0x4E00 && c <= 0x9FFF
                || c >= 0x3400 && c <= 0x4DBF
                || c >= 0x20000 && c <= 0x2A6DF
                || c >= 0x2A700 && c <= 0x2B73F
                || c >= 0x2B740 && c <= 0x2B81F
                || c >= 0x2B920 && c <= 0x2CEAF
                || c >= 0xF900 && c <= 0xFAFF
                || c >= 0x2F800 && c <= 0x2FA1F;
    }

    /** Pieces at white space, which is left out, and each punctuation mark alone. */
    static List<String> bertPieces(String part) {
        List<String> pieces = new ArrayList<>();
        for (String word : spaced(part)) {
            pieces.addAll(alone(word, TextSteps::punctuation));
        }
        return pieces;
    }

    static boolean punctuation(int c) {
        int type = UCharacter.getType(c);
        return c > 32 && c < 127 && !Character.isLetterOrDigit(c)
                || type == UCharacterCategory.CONNECTOR_PUNCTUATION
                || type == UCharacterCategory.DASH_PUNCTUATION
                || type == UCharacterCategory.START_PUNCTUATION
                || type == UCharacterCategory.END_PUNCTUATION
                || type == UCharacterCategory.INITIAL_PUNCTUATION
                || type == UCharacterCategory.FINAL_PUNCTUATION
                || type == UCharacterCategory.OTHER_PUNCTUATION;
    }

    static boolean number(int c) {
        int type = UCharacter.getType(c);
        return type == UCharacterCategory.DECIMAL_DIGIT_NUMBER
                || type == UCharacterCategory.LETTER_NUMBER
                || type == UCharacterCategory.OTHER_NUMBER;
    }

    /** Runs between white space, which is left out. */
    static List<String> spaced(String part) {
        return runs(part, c -> AddedTokens.space(c) ? 0 : 1);
    }

    /** Words, and runs of what is neither a word nor white space: {@code \w+|[^\w\s]+}. */
    static List<String> words(String part) {
        return runs(part, c -> AddedTokens.word(c) ? 1 : AddedTokens.space(c) ? 0 : 2);
    }

    /** Runs of numbers and runs of others. */
    static List<String> numbersApart(String part) {
        return runs(part, c -> number(c) ? 1 : 2);
    }

    private static List<String> runs(String part, java.util.function.IntUnaryOperator kind) {
        List<String> runs = new ArrayList<>();
        int from = 0;
        int before = 0;
        for (int at = 0; at < part.length(); at += Character.charCount(part.codePointAt(at))) {
            int now = kind.applyAsInt(part.codePointAt(at));
            if (now != before) {
                if (before != 0) {
                    runs.add(part.substring(from, at));
                }
                from = at;
                before = now;
            }
        }
        if (before != 0) {
            runs.add(part.substring(from));
        }
        return runs;
    }

    /** Each character of a kind alone. */
    static List<String> alone(String part, IntPredicate kind) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        for (int at = 0; at < part.length(); ) {
            int next = at + Character.charCount(part.codePointAt(at));
            if (kind.test(part.codePointAt(at))) {
                if (at > from) {
                    pieces.add(part.substring(from, at));
                }
                pieces.add(part.substring(at, next));
                from = next;
            }
            at = next;
        }
        if (from < part.length()) {
            pieces.add(part.substring(from));
        }
        return pieces;
    }

    /** Cuts at every place where a text stands: it ends the piece before it, begins the next, stands alone, or goes. */
    static List<String> at(String part, String text, String behavior) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        for (int at = part.indexOf(text); at >= 0; at = part.indexOf(text, at + text.length())) {
            int behind = at + text.length();
            switch (behavior) {
                case "MergedWithPrevious" -> {
                    pieces.add(part.substring(from, behind));
                    from = behind;
                }
                case "MergedWithNext" -> {
                    if (at > from) {
                        pieces.add(part.substring(from, at));
                    }
                    from = at;
                }
                default -> {
                    if (at > from) {
                        pieces.add(part.substring(from, at));
                    }
                    if (behavior.equals("Isolated")) {
                        pieces.add(text);
                    }
                    from = behind;
                }
            }
        }
        if (from < part.length()) {
            pieces.add(part.substring(from));
        }
        return pieces;
    }

    /** SentencePiece's way with spaces: each becomes {@code mark}, which begins a piece. */
    static Cut metaspace(String mark, String scheme, boolean split) {
        return (part, first) -> {
            String written = part.replace(" ", mark);
            boolean before = scheme.equals("always") || scheme.equals("first") && first;
            if (before && !written.startsWith(mark) && !written.isEmpty()) {
                written = mark + written;
            }
            return split ? at(written, mark, "MergedWithNext") : List.of(written);
        };
    }
}
