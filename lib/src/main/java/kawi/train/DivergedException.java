package kawi.train;

import kawi.evidence.KitException;

/**
 * A training whose loss, gradient or weights became NaN, infinite or larger than can be learned from. Nothing else is
 * thrown as this, so a search that tries many settings may count it as an answer about one of them; every other
 * {@link KitException} says that the search itself cannot go on.
 */
public final class DivergedException extends KitException {
    private static final long serialVersionUID = 1;

    private final long step;

    /**
     * @param step the optimizer step at which it was seen, from 1
     * @param sentence what was seen, and what to do
     */
    public DivergedException(long step, String sentence) {
        this(step, sentence, null);
    }

    /**
     * @param step the optimizer step at which it was seen, from 1
     * @param sentence what was seen, and what to do
     * @param cause what is said here in other words; null for none
     */
    public DivergedException(long step, String sentence, Throwable cause) {
        super(sentence, cause);
        this.step = step;
    }

    /** {@return the optimizer step at which it was seen, from 1} */
    public long step() {
        return step;
    }
}
