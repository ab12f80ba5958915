package kawi.eval;

import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import kawi.evidence.KitException;

/**
 * A model that was trained until its loss equals another's. Two trainings are compared in what they remember only where
 * both learned the language equally well: of two that were stopped at the same step, the one whose text is shorter has
 * read it more often.
 *
 * @param model the model whose loss came closest
 * @param steps how long it was trained
 * @param loss its loss, nats per token
 * @param trainings how often a model was trained for it
 * @param <M> its kind
 */
public record EqualLoss<M>(M model, int steps, double loss, int trainings) {

    /**
     * Trains models anew, longer or shorter, until the loss of one is near enough. It takes the loss for a straight
     * line in the logarithm of the steps, first by one nat for each factor of four, then through the last two.
     *
     * @param <M> the kind of model
     * @param train trains a new model for so many steps
     * @param loss of a model, nats per token, less for longer training
     * @param close frees a model that is not kept
     * @param target the loss to be reached, finite
     * @param tolerance how far from it is near enough, above 0
     * @param first steps of the first try, at least 1
     * @param most tries at most, at least 1
     * @return the model whose loss came closest
     * @throws KitException for numbers outside their ranges
     */
    public static <M> EqualLoss<M> of(
            IntFunction<M> train,
            ToDoubleFunction<M> loss,
            Consumer<M> close,
            double target,
            double tolerance,
            int first,
            int most) {
        if (!Double.isFinite(target) || !(tolerance > 0) || first < 1 || most < 1) {
            throw new KitException("A loss of " + target + " to within " + tolerance + " cannot be reached from "
                    + first + " steps in " + most
                    + " tries: give a finite loss, a tolerance above 0 and 1 or more of each.");
        }
        EqualLoss<M> best = null;
        double slope = -1 / Math.log(4);
        double lastSteps = 0;
        double lastLoss = 0;
        int steps = first;
        for (int tried = 1; tried <= most; tried++) {
            M model = train.apply(steps);
            double now = loss.applyAsDouble(model);
            if (best == null || Math.abs(now - target) < Math.abs(best.loss - target)) {
                if (best != null) {
                    close.accept(best.model);
                }
                best = new EqualLoss<>(model, steps, now, tried);
            } else {
                close.accept(model);
                best = new EqualLoss<>(best.model, best.steps, best.loss, tried);
            }
            if (Math.abs(best.loss - target) <= tolerance) {
                return best;
            }
            double through = (now - lastLoss) / (Math.log(steps) - lastSteps);
            slope = tried > 1 && through < -0.05 && Double.isFinite(through) ? through : slope;
            lastSteps = Math.log(steps);
            lastLoss = now;
            double factor = Math.exp((target - now) / slope);
            steps = (int) Math.max(1, Math.round(steps * Math.max(0.25, Math.min(4, factor))));
        }
        return best;
    }
}
