package kawi.tune;

import java.util.List;
import kawi.evidence.Hash;
import kawi.evidence.KitException;

/**
 * One thing to be answered, with the answers that count as right.
 *
 * @param id first 16 hex digits of the SHA-256 of context, input and answers: the same example has the same id
 *     everywhere
 * @param slice what kind it is (a source, a kind of question), for looking at errors by kind
 * @param context the text that the answer is found in; empty where a task has none
 * @param input the text to classify, translate or answer
 * @param gold acceptable answers, the first of them the one that is learned; never empty
 */
public record Example(String id, String slice, String context, String input, List<String> gold) {

    /**
     * {@return an example whose id is computed from what it says}
     *
     * @param slice what kind it is
     * @param context the text that the answer is found in; empty where a task has none
     * @param input the text to classify, translate or answer
     * @param gold acceptable answers, the first of them the one that is learned
     * @throws KitException for an example without an answer
     */
    public static Example of(String slice, String context, String input, List<String> gold) {
        if (gold.isEmpty()) {
            throw new KitException("An example needs an answer, and '" + input + "' has none: give it one.");
        }
        return new Example(
                hash(context + "\u0000" + input + "\u0000" + String.join("\u0000", gold)),
                slice,
                context,
                input,
                List.copyOf(gold));
    }

    /** {@return the answer that is learned} */
    public String answer() {
        return gold.get(0);
    }

    /** First 16 hex digits of the SHA-256 of the text's UTF-8 bytes. */
    static String hash(String text) {
        return Hash.of(text).substring(0, 16);
    }
}
