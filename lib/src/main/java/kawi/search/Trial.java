package kawi.search;

import java.util.function.BooleanSupplier;
import kawi.model.LanguageModel;
import kawi.text.TokenFile;
import kawi.train.Batches;
import kawi.train.DivergedException;
import kawi.train.Evaluation;
import kawi.train.Fit;

/**
 * What came of a model that was trained with a recipe.
 *
 * @param steps optimizer steps taken
 * @param seconds of training, evaluation left out
 * @param loss nats per token on validation text; NaN where the training diverged
 * @param bitsPerByte the same in bits per byte; NaN where the training diverged
 * @param divergedAt the step at which it diverged; 0 where it did not
 */
record Trial(long steps, double seconds, double loss, double bitsPerByte, long divergedAt) {

    /**
     * Where and how a model is judged.
     *
     * @param context tokens in a window
     * @param windows most windows scored
     * @param atOnce windows in a forward pass
     */
    record Judge(TokenFile validation, int context, int windows, int atOnce) {}

    /**
     * Trains a new model to the end of its schedule and scores it. Only a training that diverged is an answer; whatever
     * else goes wrong is thrown.
     *
     * @param passes that a step takes, each of the recipe's windows
     * @param seed of the windows that are drawn
     * @param goOn is asked before each step
     * @return what came of it; of a training that was stopped, the score where it stood
     */
    static Trial run(
            LanguageModel model,
            Recipe recipe,
            int passes,
            TokenFile train,
            Judge judge,
            long seed,
            BooleanSupplier goOn) {
        long start = System.nanoTime();
        try (Fit fit = Fit.of(model, recipe.optimizer(), recipe.schedule())) {
            Batches batches = new Batches(train, recipe.batch(), judge.context, seed);
            try {
                while (!fit.done() && goOn.getAsBoolean()) {
                    step(fit, passes, model, batches);
                }
                double seconds = (System.nanoTime() - start) * 1e-9;
                Evaluation score = fit.score(model, judge.validation, judge.context, judge.windows, judge.atOnce);
                return new Trial(fit.taken(), seconds, score.nats(), score.bitsPerByte(), 0);
            } catch (DivergedException e) {
                double seconds = (System.nanoTime() - start) * 1e-9;
                return new Trial(fit.taken(), seconds, Double.NaN, Double.NaN, e.step());
            }
        }
    }

    /** {@return the loss before a step that is taken on the next batches, one for each pass, nats per token} */
    static double step(Fit fit, int passes, LanguageModel model, Batches batches) {
        return fit.step(passes, work -> {
                    var batch = batches.next();
                    return model.loss(batch.ids(work), batch.targets(work));
                })
                .loss();
    }

    static Trial of(Trials.Outcome outcome) {
        return new Trial(
                outcome.steps(), outcome.seconds(), outcome.loss(), outcome.bitsPerByte(), outcome.divergedAt());
    }

    boolean diverged() {
        return divergedAt > 0;
    }
}
