package kawi.tune;

import java.util.Arrays;
import kawi.evidence.KitException;

/**
 * A sequence of tokens to learn from: a prompt, and the answer whose tokens are to become likely.
 *
 * @param ids token ids of the prompt and the answer
 * @param answer index of the answer's first token, at least 1
 */
public record Encoded(int[] ids, int answer) {

    /**
     * Checks that there is a prompt and an answer.
     *
     * @param ids token ids of the prompt and the answer
     * @param answer index of the answer's first token, at least 1
     * @throws KitException if one of them is empty
     */
    public Encoded {
        if (answer < 1 || answer >= ids.length) {
            throw new KitException("An example of " + ids.length + " tokens says that its answer begins at token "
                    + answer + "; give a prompt and an answer of at least one token each.");
        }
    }

    /**
     * {@return a prompt and its answer}
     *
     * @param prompt token ids, at least one
     * @param answer token ids, at least one
     */
    public static Encoded of(int[] prompt, int[] answer) {
        int[] ids = Arrays.copyOf(prompt, prompt.length + answer.length);
        System.arraycopy(answer, 0, ids, prompt.length, answer.length);
        return new Encoded(ids, prompt.length);
    }

    /** What the model reads: all but the last token. */
    int[] input() {
        return Arrays.copyOf(ids, ids.length - 1);
    }

    /** Tokens of the answer. */
    int answerLength() {
        return ids.length - answer;
    }
}
