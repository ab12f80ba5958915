package kawi.search;

import java.util.function.BooleanSupplier;
import kawi.model.LanguageModel;
import kawi.text.TokenFile;
import kawi.train.Batches;
import kawi.train.DivergedException;
import kawi.train.Evaluation;
import kawi.train.Fit;
import kawi.train.Optimizer;
import kawi.train.Schedule;

/**
 * A training of a search that stands somewhere and can go on: {@link Trials} are made of it, in this process and on
 * workers, so that both take the same steps. Its weights and its optimizer's averages are what it goes on from.
 */
public final class OpenTrial implements AutoCloseable {
    /**
     * Where its windows come from.
     *
     * @param text to learn from
     * @param batch windows of a forward pass
     * @param passes of a step
     * @param context tokens in a window
     * @param seed of the windows that are drawn
     */
    public record Feed(TokenFile text, int batch, int passes, int context, long seed) {}

    private final LanguageModel model;
    private final Fit fit;
    private final Batches batches;
    private final Feed feed;
    private double seconds;
    private long divergedAt;

    /**
     * Begins, or goes on: the caller of one that goes on writes its weights and averages, and {@link #at} says where.
     *
     * @param model is trained, and closed with this
     * @param optimizer what takes the steps
     * @param schedule the course of its rate
     * @param feed where its windows come from
     */
    public OpenTrial(LanguageModel model, Optimizer optimizer, Schedule schedule, Feed feed) {
        this.model = model;
        this.fit = Fit.of(model, optimizer, schedule);
        this.batches = new Batches(feed.text, feed.batch, feed.context, feed.seed);
        this.feed = feed;
    }

    /**
     * Goes on from elsewhere.
     *
     * @param steps taken there
     * @param secondsBefore spent there
     * @return this
     */
    public OpenTrial at(long steps, double secondsBefore) {
        fit.taken(steps);
        batches.position(steps * feed.passes * feed.batch);
        seconds = secondsBefore;
        return this;
    }

    /**
     * Takes steps until there are so many; none once it diverged.
     *
     * @param until steps in all
     * @param stop is asked before each
     */
    public void train(long until, BooleanSupplier stop) {
        long start = System.nanoTime();
        try {
            while (divergedAt == 0 && fit.taken() < until && !fit.done() && !stop.getAsBoolean()) {
                Trial.step(fit, feed.passes, model, batches);
            }
        } catch (DivergedException e) {
            divergedAt = e.step();
        }
        seconds += (System.nanoTime() - start) * 1e-9;
    }

    /**
     * {@return how it stands}
     *
     * @param validation text to be judged on
     * @param windows most windows scored
     * @param atOnce windows in a pass
     */
    public Trials.Outcome score(TokenFile validation, int windows, int atOnce) {
        if (divergedAt == 0) {
            try {
                Evaluation score = fit.score(model, validation, feed.context, windows, atOnce);
                return new Trials.Outcome(fit.taken(), seconds, score.nats(), score.bitsPerByte(), 0);
            } catch (DivergedException e) {
                divergedAt = e.step();
            }
        }
        return new Trials.Outcome(fit.taken(), seconds, Double.NaN, Double.NaN, divergedAt);
    }

    /** {@return the model in training} */
    public LanguageModel model() {
        return model;
    }

    /** {@return the steps in the taking} */
    public Fit fit() {
        return fit;
    }

    @Override
    public void close() {
        fit.close();
        model.close();
    }

    @Override
    public String toString() {
        return model.config().describe() + " after " + fit.taken() + " steps";
    }
}
