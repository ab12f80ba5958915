package kawi.eval;

import java.util.List;
import kawi.evidence.KitException;

/** Refuses what a model gives for a number and is none: a NaN compares with nothing and would pass for "no". */
final class ModelScores {

    private ModelScores() {}

    /** Probabilities, each in [0, 1]. */
    static double[] probabilities(String what, double[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!(values[i] >= 0 && values[i] <= 1)) {
                throw new KitException("The " + what + " of example " + (i + 1) + " is " + values[i]
                        + " and no probability in [0, 1]: look at that example and at the model that gave it.");
            }
        }
        return values;
    }

    /** Nats, each finite. */
    static double[] nats(String what, double[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!Double.isFinite(values[i])) {
                throw new KitException("The " + what + " of example " + (i + 1) + " are " + values[i]
                        + " and no number: look at that example and at the model that gave them.");
            }
        }
        return values;
    }

    /** At least one for each example. */
    static void present(String what, String each, List<List<String>> lists) {
        for (int i = 0; i < lists.size(); i++) {
            if (lists.get(i).isEmpty()) {
                throw new KitException(what + ": example " + (i + 1) + " has no " + each + "; give it one at least.");
            }
        }
    }

    /** One of each per example. */
    static void equal(String what, int expected, int... given) {
        for (int each : given) {
            if (each != expected) {
                throw new KitException(what + ": " + expected + " against " + each
                        + "; give one of each per example, in the same order.");
            }
        }
    }
}
