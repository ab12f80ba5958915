package kawi.eval;

import java.util.ArrayList;
import java.util.List;
import kawi.evidence.KitException;

/**
 * How a text longer than a model's context is cut up for scoring: every token is scored exactly once.
 *
 * <p>The first window scores all its tokens. Each later one begins {@code stride} tokens further and scores only what
 * no window before it has. A stride equal to the length is quick and hard on the model, for the first tokens of each
 * window have little to go by; a smaller stride gives every later token at least {@code length - stride} tokens of
 * context, and costs {@code length / stride} times the work.
 *
 * @param length tokens the model sees at once
 * @param stride tokens from the beginning of one window to that of the next, in [1, length]
 */
public record Windows(int length, int stride) {

    /**
     * Checks the numbers.
     *
     * @param length tokens the model sees at once
     * @param stride tokens from the beginning of one window to that of the next
     * @throws KitException unless 1 &lt;= stride &lt;= length
     */
    public Windows {
        if (length < 1 || stride < 1 || stride > length) {
            throw new KitException(
                    "Windows of " + length + " tokens with stride " + stride + ": give 1 <= stride <= length.");
        }
    }

    /**
     * {@return windows side by side}
     *
     * @param length tokens the model sees at once, at least 1
     * @throws KitException for a length below 1
     */
    public static Windows apart(int length) {
        return new Windows(length, length);
    }

    /**
     * One window: the model reads tokens [from, to) and predicts tokens [from + 1, to]; those from {@code scored} on
     * count.
     */
    record Window(int sequence, int from, int to, int scored) {
        int size() {
            return to - from;
        }
    }

    /** The windows over a sequence of so many tokens, the first of which is given and never scored. */
    List<Window> over(int sequence, int tokens) {
        List<Window> windows = new ArrayList<>();
        int scored = 1;
        for (int from = 0; scored < tokens; from += stride) {
            int to = Math.min(tokens - 1, from + length);
            windows.add(new Window(sequence, from, to, scored));
            scored = to + 1;
        }
        return windows;
    }
}
