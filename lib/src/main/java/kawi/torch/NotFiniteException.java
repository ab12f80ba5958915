package kawi.torch;

import kawi.evidence.KitException;

/**
 * A number that a model computed is NaN or infinite: its weights are damaged, or they were learned at too high a rate.
 * A training that meets it has diverged; elsewhere the model is of no use.
 */
public final class NotFiniteException extends KitException {
    private static final long serialVersionUID = 1;

    /** @param sentence what is not finite, where, and what to do */
    public NotFiniteException(String sentence) {
        super(sentence);
    }

    /**
     * Refuses numbers that are not all finite.
     *
     * @param numbers what a model computed
     * @param what they are and of what, in words that fit before "hold NaN"
     * @return the numbers
     * @throws NotFiniteException if one is NaN or infinite
     */
    public static float[] refuse(float[] numbers, String what) {
        float zero = 0;
        for (float number : numbers) {
            zero += number * 0; // NaN where the number is NaN or infinite
        }
        if (zero != 0) { // also where it is NaN
            throw of(what);
        }
        return numbers;
    }

    /**
     * {@return the exception for something that is not finite, named as for {@link #refuse}}
     *
     * @param what what holds such a number, in words that fit before "hold NaN"
     */
    public static NotFiniteException of(String what) {
        return new NotFiniteException(what + " hold NaN or an infinite number: the model's weights are damaged, or it"
                + " was trained at too high a rate; take other weights, or train again at a lower rate.");
    }
}
