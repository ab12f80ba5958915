package kawi.train;

import kawi.evidence.KitException;

/**
 * How the learning rate moves over a run, as a factor in [0, 1] of the optimizer's own (peak) rate.
 *
 * <p>A factor rather than a rate, because two optimizers of one model (Muon for the matrices, AdamW for the rest) have
 * different rates but the same course. Every schedule starts with a linear warm-up: the first steps follow gradients of
 * a model that knows nothing, measured by an optimizer whose averages are still empty.
 *
 * <p>One of your own is two methods. It must be a function of the step alone: a run that is resumed asks for the
 * factors from where it stopped.
 */
public interface Schedule {
    /** {@return the number of optimizer steps of the whole run} */
    long steps();

    /**
     * The factor for a step.
     *
     * @param step the step about to be taken, 0 for the first
     * @return the factor in [0, 1]; steps past the end keep the last factor
     */
    double factor(long step);

    /**
     * {@return the peak rate from the first step to the last, with no warm-up}
     *
     * @param steps optimizer steps of the whole run, at least 1
     */
    static Schedule constant(long steps) {
        return new Constant(0, steps);
    }

    /**
     * Warm-up, then half a cosine down to a tenth of the peak (Loshchilov and Hutter 2017; the floor as in GPT-3).
     *
     * @param warmup steps in which the factor rises from nearly 0 to 1, between 0 and {@code steps}
     * @param steps optimizer steps of the whole run, at least 1
     * @return a {@link Cosine} with a floor of a tenth
     */
    static Schedule cosine(long warmup, long steps) {
        return new Cosine(warmup, steps, 0.1);
    }

    /**
     * Warm-up, the peak rate for most of the run, then a straight line to zero over the last {@code decay} share of the
     * steps (Hu et al. 2024).
     *
     * @param warmup steps in which the factor rises from nearly 0 to 1, between 0 and {@code steps}
     * @param steps optimizer steps of the whole run, at least 1
     * @param decay share of the steps in which the factor falls to 0, in [0, 1]
     * @return a {@link WarmupStableDecay}
     */
    static Schedule warmupStableDecay(long warmup, long steps, double decay) {
        return new WarmupStableDecay(warmup, steps, decay);
    }

    /**
     * From {@code first} times the peak up to the peak, each step by the same ratio: not for training but for finding
     * the rate.
     *
     * @param first the first factor, in [0, 1]
     * @param steps optimizer steps of the whole run, at least 1
     * @return a {@link Rising}
     */
    static Schedule rising(double first, long steps) {
        return new Rising(first, steps);
    }

    /**
     * The peak rate throughout, after a warm-up of {@code warmup} steps.
     *
     * @param warmup steps in which the factor rises
     * @param steps of the whole run
     */
    record Constant(long warmup, long steps) implements Schedule {
        /**
         * Checks the numbers.
         *
         * @param warmup steps in which the factor rises
         * @param steps of the whole run
         * @throws KitException for fewer than one step, or a warm-up of more steps than there are
         */
        public Constant {
            check(warmup, steps);
        }

        @Override
        public double factor(long step) {
            return rising(step, warmup);
        }
    }

    /**
     * Half a cosine from the peak to {@code floor} times the peak.
     *
     * @param warmup steps in which the factor rises
     * @param steps of the whole run
     * @param floor the last factor, in [0, 1]
     */
    record Cosine(long warmup, long steps, double floor) implements Schedule {
        /**
         * Checks the numbers.
         *
         * @param warmup steps in which the factor rises
         * @param steps of the whole run
         * @param floor the last factor
         * @throws KitException for fewer than one step, or a warm-up of more steps than there are, or a floor outside
         *     [0, 1]
         */
        public Cosine {
            check(warmup, steps);
            share("floor", floor);
        }

        @Override
        public double factor(long step) {
            if (step < warmup) {
                return rising(step, warmup);
            }
            double done = Math.min(1.0, (step - warmup) / (double) Math.max(1, steps - warmup));
            return floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * done));
        }
    }

    /**
     * A plateau, then a straight line to zero over the last {@code decay} share of the steps.
     *
     * @param warmup steps in which the factor rises
     * @param steps of the whole run
     * @param decay share of the steps in which it falls, in [0, 1]
     */
    record WarmupStableDecay(long warmup, long steps, double decay) implements Schedule {
        /**
         * Checks the numbers.
         *
         * @param warmup steps in which the factor rises
         * @param steps of the whole run
         * @param decay share of the steps in which it falls
         * @throws KitException for fewer than one step, or a warm-up of more steps than there are, or a decay outside
         *     [0, 1]
         */
        public WarmupStableDecay {
            check(warmup, steps);
            share("decay", decay);
        }

        @Override
        public double factor(long step) {
            if (step < warmup) {
                return rising(step, warmup);
            }
            double falling = Math.max(1, decay * steps);
            return Math.max(0, Math.min(1.0, (steps - step) / falling));
        }
    }

    /**
     * A geometric series that ends at the peak.
     *
     * @param first the first factor, in [0, 1]
     * @param steps of the whole run
     */
    record Rising(double first, long steps) implements Schedule {
        /**
         * Checks the numbers.
         *
         * @param first the first factor
         * @param steps of the whole run
         * @throws KitException for fewer than one step, or a first factor outside [0, 1]
         */
        public Rising {
            check(0, steps);
            share("first", first);
        }

        @Override
        public double factor(long step) {
            return Math.pow(first, 1 - Math.min(1.0, step / (double) Math.max(1, steps - 1)));
        }
    }

    private static double rising(long step, long warmup) {
        return step < warmup ? (step + 1) / (double) (warmup + 1) : 1.0;
    }

    private static void check(long warmup, long steps) {
        if (steps < 1 || warmup < 0 || warmup > steps) {
            throw new KitException("A schedule of " + steps + " steps with " + warmup
                    + " of warm-up cannot be followed: give at least one step, and a warm-up between 0 "
                    + "and the number of steps.");
        }
    }

    private static void share(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new KitException("The schedule's " + name + " is " + value + ": give a share between 0 and 1.");
        }
    }
}
