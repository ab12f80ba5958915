package kawi.tune;

import java.util.Locale;

/**
 * What an answer is worth by a rule that a program can check, without knowing the right answer. One's own is a lambda,
 * such as {@code (asked, answer) -> Placeholders.kept(asked.input(), answer) ? 1 : 0}.
 */
@FunctionalInterface
public interface Reward {
    /**
     * {@return what the answer is worth; finite, and more is better}
     *
     * @param asked the example; a checkable rule does not look at its gold answers
     * @param answer what was said
     */
    double of(Example asked, String answer);

    /**
     * {@return 1 for an answer that stands in the example's context word for word, 0 for any other and for none} Case,
     * white space and what stands around the answer (a full stop, quotation marks) do not count. That an answer stands
     * in the text does not make it right.
     */
    static Reward inText() {
        return (asked, answer) -> {
            String words = words(answer);
            return !words.isBlank() && words(asked.context()).contains(words) ? 1 : 0;
        };
    }

    private static String words(String text) {
        String plain = text.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}]+", " ")
                .strip();
        return plain.isEmpty() ? "" : " " + plain + " ";
    }
}
