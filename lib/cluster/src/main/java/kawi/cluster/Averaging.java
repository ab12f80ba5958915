package kawi.cluster;

import java.io.Serializable;
import kawi.evidence.KitException;

/**
 * When workers that train together compare what they have, and as what they send it.
 *
 * @param kind how they do
 * @param steps steps between two averagings
 * @param rate of DiLoCo's outer step; 1 takes the average as it is
 * @param momentum of DiLoCo's outer step
 * @param sent as what numbers travel
 */
public record Averaging(Kind kind, long steps, double rate, double momentum, WireFormat sent) implements Serializable {

    /** The three ways. */
    public enum Kind {
        /** Gradients are averaged in every step. */
        EVERY_STEP,
        /** Weights are averaged every few steps, and the average is taken as it is. */
        LOCAL,
        /** Weights are averaged every few steps, and an outer step follows the way to the average. */
        DILOCO
    }

    /**
     * Checks the numbers.
     *
     * @param kind how they do
     * @param steps steps between two averagings, 1 or more
     * @param rate of DiLoCo's outer step, above 0; 1 takes the average as it is
     * @param momentum of DiLoCo's outer step, in [0, 1)
     * @param sent as what numbers travel
     * @throws KitException if one of them is outside its range
     */
    public Averaging {
        if (steps < 1) {
            throw new KitException(
                    "Weights cannot be averaged every " + steps + " steps: give at least 1, such as 10.");
        }
        if (!(rate > 0) || Double.isInfinite(rate) || !(momentum >= 0 && momentum < 1)) {
            throw new KitException("An outer step of rate " + rate + " and momentum " + momentum
                    + " is none: the rate is positive, the momentum lies in [0, 1).");
        }
    }

    /** {@return gradients averaged in every step: the bytes of one process that accumulates them} */
    public static Averaging everyStep() {
        return new Averaging(Kind.EVERY_STEP, 1, 1, 0, WireFormat.FLOAT32);
    }

    /**
     * {@return weights averaged every so many steps, in between which each worker trains alone (local SGD: Stich 2019)}
     *
     * @param steps between two averagings
     */
    public static Averaging local(long steps) {
        return new Averaging(Kind.LOCAL, steps, 1, 0, WireFormat.FLOAT32);
    }

    /**
     * {@return the same, where the average is not taken as it is: the way to it is a gradient, and an outer step by SGD
     * with Nesterov's momentum follows it (DiLoCo: Douillard et al. 2023, who use a rate of 0.7 and a momentum of 0.9)}
     *
     * @param steps between two averagings
     * @param outerRate of the outer step
     * @param momentum of the outer step, in [0, 1)
     */
    public static Averaging diloco(long steps, double outerRate, double momentum) {
        return new Averaging(Kind.DILOCO, steps, outerRate, momentum, WireFormat.FLOAT32);
    }

    /**
     * {@return the same with half the bytes: gradients travel as {@link WireFormat#BFLOAT16}, and where weights are
     * averaged, what they changed by since the last time does} The weights end elsewhere than with float32, and the
     * error is measured as the run goes on: {@link DistributedTrainer.Done#error}.
     */
    public Averaging bf16() {
        return new Averaging(kind, steps, rate, momentum, WireFormat.BFLOAT16);
    }

    boolean everyStepOnly() {
        return kind == Kind.EVERY_STEP;
    }

    /** {@return a few words, such as "every step, bf16"} */
    String words() {
        return switch (kind) {
                    case EVERY_STEP -> "every step";
                    case LOCAL -> "local SGD, every " + steps + " steps";
                    case DILOCO -> "DiLoCo, every " + steps + " steps, outer rate " + rate + ", momentum " + momentum;
                }
                + ", " + sent;
    }
}
