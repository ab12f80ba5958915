package kawi.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import kawi.evidence.KitException;
import kawi.evidence.Progress;

/** One run of a {@link Trainer}: step, look, keep, until there is a reason to stop. */
final class TrainingLoop {
    /** Thrown inside a step when the reader interrupts: the step is forgotten, the ones before it are kept. */
    private static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1;

        Interrupted() {
            super(null, null, false, false);
        }
    }

    private final Trainer set;
    private final Progress progress;
    private final Batches batches;
    private final long every;
    private final long reportEvery;
    private final StepTotals interval;
    private final List<Training.Point> history = new ArrayList<>();

    private Batch current;
    private Evaluation latest;
    private Evaluation best;
    private long bestStep;
    private int withoutGain;
    private double earlierSeconds;
    private double trainingSeconds;
    private long saved = -1;
    private long resumed;
    private String change = ""; // how the arithmetic differs from that of the steps before
    private long evaluated = -1; // the step after which the validation text was scored last
    private final long began;

    TrainingLoop(Trainer set, Progress progress) {
        this.set = set;
        this.progress = progress;
        this.batches = new Batches(set.train, set.batch, set.context, set.seed);
        this.every = set.evaluationInterval();
        this.reportEvery = Math.max(1, every / 5);
        this.interval = new StepTotals(set);
        if (set.validation != null) {
            Batches.checkLength(set.validation, set.context);
        }
        this.began = System.nanoTime();
    }

    Training run() {
        long total = set.schedule.steps();
        progress.begin("training", total);
        progress.axes("step", "loss (nats per token)");
        try (Fit fit = Fit.of(set.model.torch(), set.model.parameters(), set.optimizer, set.schedule)) {
            fit.clip(set.clip).limit(2 * Math.log(set.model.vocabularySize())).advice(this::wayBack);
            resume(fit);
            if (fit.taken() == 0 && set.validation != null) {
                evaluate(fit);
            }
            Training.End end = steps(fit);
            keep(fit);
            if ((end == Training.End.COMPLETE || end == Training.End.STOPPED_EARLY)
                    && bestStep > 0
                    && bestStep < fit.taken()
                    && set.checkpoints != null) {
                Checkpoint.weights(set.model.torch(), set.checkpoints.resolve("best"), set.model.parameters());
                latest = best;
            }
            Training training = result(fit, end);
            progress.end(note(training));
            return training;
        }
    }

    private Training.End steps(Fit fit) {
        while (!fit.done() && withoutGain < set.patience) {
            if (fit.taken() >= set.pauseAt) {
                return Training.End.PAUSED;
            }
            long start = System.nanoTime();
            Fit.Step step;
            try {
                step = fit.step(set.accumulate, work -> {
                    if (Thread.interrupted()) {
                        throw new Interrupted();
                    }
                    current = batches.next();
                    return set.model.loss(current.ids(work), current.targets(work));
                });
            } catch (Interrupted e) {
                batches.position(fit.taken() * set.batch * set.accumulate);
                return Training.End.INTERRUPTED;
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            trainingSeconds += seconds;
            interval.add(step.loss(), seconds);
            look(fit, step);
        }
        return fit.done() ? Training.End.COMPLETE : Training.End.STOPPED_EARLY;
    }

    /** What is done after a step: report, evaluate, show a sample, keep a checkpoint, each at its interval. */
    private void look(Fit fit, Fit.Step step) {
        boolean last = fit.done();
        boolean evaluating = step.number() % every == 0 || last;
        if (step.number() % reportEvery == 0 || evaluating) {
            Double nats = null;
            if (evaluating && set.validation != null) {
                nats = evaluate(fit).nats();
            }
            report(step, nats);
        }
        if (evaluating && set.checkpoints != null) {
            if (bestStep == step.number()) {
                undisturbed(() -> Checkpoint.saveModel(set.checkpoints.resolve("best"), set.model));
            }
            keep(fit);
        }
        if (set.sample != null && step.number() % set.sampleEvery == 0) {
            progress.sample(set.sample.get());
        }
        progress.update(
                step.number(),
                String.format(Locale.ROOT, "loss %.3f", step.loss())
                        + (latest == null ? "" : String.format(Locale.ROOT, ", validation %.3f", latest.nats())));
    }

    private void report(Fit.Step step, Double validation) {
        Training.Point point = interval.end(step, validation);
        history.add(point);
        progress.point("train loss", point.step(), point.loss());
    }

    private Evaluation evaluate(Fit fit) {
        long step = fit.taken();
        Evaluation now = set.evaluate(set.validation);
        fit.checkAfter("validation loss", now.nats());
        latest = now;
        evaluated = step;
        progress.point("validation loss", step, latest.nats());
        if (best == null || latest.nats() < best.nats()) {
            best = latest;
            bestStep = step;
            withoutGain = 0;
        } else {
            withoutGain++;
        }
        return latest;
    }

    /**
     * Keeps a checkpoint, but never of weights that lose beyond all measure: what a diverged run can go back to must be
     * sound.
     */
    private void keep(Fit fit) {
        if (set.checkpoints == null || saved == fit.taken()) {
            return;
        }
        if (evaluated != fit.taken() && current != null) {
            fit.checkAfter("loss of its batch, with the weights that it left,", Evaluation.nats(set.model, current));
        }
        Checkpoint.State state = new Checkpoint.State(
                fit.taken(),
                batches.position(),
                set.settings(),
                bestStep,
                best,
                latest,
                withoutGain,
                seconds(),
                trainingSeconds,
                interval.peakMegabytes(),
                List.copyOf(history),
                arithmetic());
        undisturbed(() -> Checkpoint.save(set.checkpoints.resolve("last"), set.model, fit.averages(), state));
        saved = fit.taken();
    }

    /** What decides the last bits of a result beside the settings. */
    private String arithmetic() {
        return set.model.torch().describe();
    }

    /**
     * Saves although the reader interrupts, for Java closes a file under an interrupted thread; the interrupt is then
     * noticed at the next step.
     */
    private static void undisturbed(Runnable saving) {
        boolean interrupted = Thread.interrupted();
        try {
            saving.run();
        } catch (KitException e) {
            if (!Thread.interrupted()) {
                throw e;
            }
            interrupted = true;
            saving.run();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void resume(Fit fit) {
        if (set.checkpoints == null) {
            return;
        }
        Optional<Checkpoint> found = Checkpoint.find(set.checkpoints.resolve("last"));
        if (found.isEmpty()) {
            return;
        }
        Checkpoint.State state = found.get().state();
        if (!state.settings().equals(set.settings())) {
            Checkpoint.skipped(set.checkpoints);
            progress.update(0, "a checkpoint of other settings was set aside");
            return;
        }
        found.get().restore(set.model, fit);
        batches.position(state.drawn());
        history.addAll(state.history());
        bestStep = state.bestStep();
        best = state.best();
        latest = state.latest();
        withoutGain = state.withoutGain();
        earlierSeconds = state.seconds();
        trainingSeconds = state.trainingSeconds();
        interval.peakMegabytes(state.peakMegabytes());
        saved = state.step();
        resumed = state.step();
        for (Training.Point point : history) {
            progress.point("train loss", point.step(), point.loss());
            if (point.validation() != null) {
                progress.point("validation loss", point.step(), point.validation());
            }
        }
        if (resumed > 0) {
            boolean same = state.arithmetic() == null || state.arithmetic().equals(arithmetic());
            change = same ? "" : " (the steps before were computed otherwise, by " + state.arithmetic() + ")";
            progress.update(resumed, "going on from step " + resumed + change);
        }
    }

    private Training result(Fit fit, Training.End end) {
        long tokens = fit.taken() * set.tokensPerStep();
        return new Training(
                end,
                fit.taken(),
                tokens,
                latest,
                bestStep,
                seconds(),
                trainingSeconds > 0 ? tokens / trainingSeconds : 0,
                interval.peakMegabytes(),
                List.copyOf(history));
    }

    /** The end of the sentence about a diverged run. */
    private String wayBack() {
        String batch = current == null ? "" : "its batch holds the windows at tokens " + current.where() + "; ";
        String good = saved > 0
                ? "the last good checkpoint is that of step " + saved + " in '" + set.checkpoints.getFileName()
                        + "/last'"
                : "no checkpoint was kept before it";
        return batch + good + "; lower the learning rate of " + (float) set.optimizer.rate() + " and run again";
    }

    private String note(Training training) {
        String state = switch (training.end()) {
            case COMPLETE -> "all steps done";
            case STOPPED_EARLY -> "stopped early, the validation loss no longer falls";
            case PAUSED -> "paused at step " + training.steps();
            case INTERRUPTED ->
                "interrupted at step " + training.steps()
                        + (set.checkpoints == null ? "" : "; run the cell again to go on");
        };
        String loss = latest == null ? "" : String.format(Locale.ROOT, ", validation loss %.3f", latest.nats());
        return state
                + (resumed == 0 ? "" : ", going on from step " + resumed + change)
                + loss
                + (interval.energyReadable() ? "" : "; no energy counter can be read here");
    }

    private double seconds() {
        return earlierSeconds + (System.nanoTime() - began) / 1e9;
    }
}
