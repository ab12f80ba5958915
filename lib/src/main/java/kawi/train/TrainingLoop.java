package kawi.train;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import kawi.evidence.FolderLock;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.torch.Arithmetic;
import kawi.torch.Torch;
import kawi.torch.Weights;

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
    private final FolderLock lock; // null where no checkpoints are kept
    private final Map<String, String> settings;
    private final String weights; // SHA-256 of those that the model holds before the run
    private final Torch torch;
    private final Batches batches;
    private final long every;
    private final long reportEvery;
    private final StepTotals interval;
    private final List<Training.Point> history = new ArrayList<>();

    private Batch current;
    private Evaluation latest;
    private Evaluation best;
    private long bestStep;
    private String bestWeights; // SHA-256 of those kept as the best
    private int withoutGain;
    private double earlierSeconds;
    private double trainingSeconds;
    private long saved = -1;
    private long resumed;
    private String began; // SHA-256 of the weights before the first step
    private final List<Training.Computed> computed = new ArrayList<>();
    private long evaluated = -1; // the step after which the validation text was scored last
    private final long start;

    TrainingLoop(Trainer set, Progress progress, FolderLock lock, Map<String, String> settings, String weights) {
        this.set = set;
        this.progress = progress;
        this.lock = lock;
        this.settings = settings;
        this.weights = weights;
        this.torch = set.model.torch();
        this.batches = new Batches(set.train, set.batch, set.context, set.seed);
        this.every = set.evaluationInterval();
        this.reportEvery = Math.max(1, every / 5);
        this.interval = new StepTotals(set);
        if (set.validation != null) {
            Batches.checkLength(set.validation, set.context);
        }
        this.start = System.nanoTime();
    }

    Training run() {
        long total = set.schedule.steps();
        progress.begin("training", total);
        progress.axes("step", "loss (nats per token)");
        Arithmetic before = torch.arithmetic();
        try (Fit fit = Fit.of(set.model, set.optimizer, set.schedule)) {
            fit.clip(set.clip)
                    .dropout(set.dropout, set.seed)
                    .limit(2 * Math.log(set.model.vocabularySize()))
                    .advice(this::wayBack);
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
                Checkpoint.weights(torch, set.checkpoints.resolve("best"), set.model.parameters(), bestWeights);
                latest = best;
            }
            Training training = result(fit, end);
            progress.end(note(training));
            return training;
        } finally {
            torch.threads(before.threads());
            torch.keepTo(before);
        }
    }

    private Training.End steps(Fit fit) {
        while (!fit.done() && withoutGain < set.patience) {
            if (fit.taken() >= set.pauseAt) {
                return Training.End.PAUSED;
            }
            long roundStart = System.nanoTime();
            List<Fit.Step> steps = set.rounds == null ? step(fit) : round(fit);
            if (steps.isEmpty()) {
                batches.position(fit.taken() * set.batch * set.accumulate);
                return Training.End.INTERRUPTED;
            }
            double seconds = (System.nanoTime() - roundStart) / 1e9;
            trainingSeconds += seconds;
            for (Fit.Step step : steps) {
                interval.add(step.loss(), seconds / steps.size());
                look(fit, step);
            }
        }
        return fit.done() ? Training.End.COMPLETE : Training.End.STOPPED_EARLY;
    }

    /** One step, taken here; none where the thread was interrupted. */
    private List<Fit.Step> step(Fit fit) {
        try {
            torch.generator(Batches.generatorSeed(set.seed, fit.taken()));
            return List.of(fit.step(set.accumulate, work -> {
                if (Thread.currentThread().isInterrupted()) {
                    ending();
                    Thread.interrupted();
                    throw new Interrupted();
                }
                current = batches.next();
                return set.model.loss(current.ids(work), current.targets(work));
            }));
        } catch (Interrupted e) {
            return List.of();
        }
    }

    /** The steps up to where the loop next has something to do with the weights, taken elsewhere. */
    private List<Fit.Step> round(Fit fit) {
        long until = Math.min(set.schedule.steps(), set.pauseAt);
        until = Math.min(until, (fit.taken() / every + 1) * every);
        if (set.sample != null) {
            until = Math.min(until, (fit.taken() / set.sampleEvery + 1) * set.sampleEvery);
        }
        List<Fit.Step> steps = set.rounds.take(fit, until);
        if (steps.isEmpty()) {
            ending();
        }
        batches.position(fit.taken() * set.batch * set.accumulate);
        return steps;
    }

    /** What is done after a step: report, evaluate, show a sample, keep a checkpoint, each at its interval. */
    private void look(Fit fit, Fit.Step step) {
        boolean last = step.number() >= set.schedule.steps();
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
                ownFolder();
                undisturbed(() -> Checkpoint.saveModel(set.checkpoints.resolve("best"), set.model));
                bestWeights = Weights.sha256(set.model.parameters());
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
        Evaluation now = fit.score(set.model, set.validation, set.context, set.evaluationWindows, set.batch);
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
                settings,
                began,
                bestStep,
                best,
                latest,
                withoutGain,
                seconds(),
                trainingSeconds,
                interval.peakResidentMegabytes(),
                List.copyOf(history),
                List.copyOf(computed),
                Weights.sha256(set.model.parameters()),
                Weights.sha256(fit.averages()),
                bestWeights);
        ownFolder();
        undisturbed(() -> Checkpoint.save(set.checkpoints.resolve("last"), set.model, fit.averages(), state));
        saved = fit.taken();
    }

    /** Nothing is written into a folder that was taken from under the run. */
    private void ownFolder() {
        if (lock != null) {
            lock.check();
        }
    }

    /** Says that the run was told to stop, so that one begun again in its folder waits for it. */
    private void ending() {
        if (lock != null) {
            lock.ending();
        }
    }

    /**
     * Saves although the reader interrupts, for Java closes a file under an interrupted thread; the interrupt is then
     * noticed at the next step.
     */
    private void undisturbed(Runnable saving) {
        boolean interrupted = Thread.currentThread().isInterrupted();
        if (interrupted) {
            ending();
            Thread.interrupted();
        }
        try {
            saving.run();
        } catch (KitException e) {
            if (!Thread.currentThread().isInterrupted()) {
                throw e;
            }
            ending();
            Thread.interrupted();
            interrupted = true;
            saving.run();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void resume(Fit fit) {
        Optional<Checkpoint> found =
                set.checkpoints == null ? Optional.empty() : Checkpoint.find(set.checkpoints.resolve("last"));
        if (found.isEmpty()) {
            began = weights;
            set.beganFrom = began;
            computed.add(new Training.Computed(1, torch.arithmetic()));
            return;
        }
        Checkpoint.State state = found.get().state();
        String missing = state.settings() == null || state.began() == null || state.computed() == null
                ? "what they began from"
                : state.weights() == null
                                || state.averages() == null
                                || state.bestStep() > 0 && state.bestWeights() == null
                        ? "the hashes of what they hold"
                        : null;
        if (missing != null) {
            throw new KitException("The checkpoints in '" + set.checkpoints.getFileName() + "' do not say " + missing
                    + ", as those of an earlier version of the kit: give this run another folder, or remove that one"
                    + " (Checkpoint.discard) to begin anew; the model in it can still be read, by LanguageModel.load.");
        }
        RunSettings.refuseOther(set.checkpoints, state.settings(), settings);
        began = state.began();
        if (!belongs(found.get())) {
            throw RunSettings.other(set.checkpoints, "weights at the beginning", brief(began), brief(weights));
        }
        set.beganFrom = began;
        keepTo(state);
        found.get().restore(set.model, fit);
        batches.position(state.drawn());
        history.addAll(state.history());
        bestStep = state.bestStep();
        bestWeights = state.bestWeights();
        best = state.best();
        latest = state.latest();
        withoutGain = state.withoutGain();
        earlierSeconds = state.seconds();
        trainingSeconds = state.trainingSeconds();
        interval.peakResidentMegabytes(state.peakResidentMegabytes());
        saved = state.step();
        resumed = state.step();
        for (Training.Point point : history) {
            progress.point("train loss", point.step(), point.loss());
            if (point.validation() != null) {
                progress.point("validation loss", point.step(), point.validation());
            }
        }
        if (resumed > 0) {
            progress.update(resumed, "going on from step " + resumed + otherwise());
        }
    }

    /** Whether the model holds weights of the run: those of its beginning, or some that it left. */
    private boolean belongs(Checkpoint last) {
        return weights.equals(began)
                || began.equals(set.beganFrom)
                || weights.equals(Checkpoint.hash(set.model, last.folder()))
                || bestStep(last) && weights.equals(Checkpoint.hash(set.model, set.checkpoints.resolve("best")));
    }

    private boolean bestStep(Checkpoint last) {
        return last.state().bestStep() > 0 && Files.exists(set.checkpoints.resolve("best"));
    }

    private static String brief(String hash) {
        return "SHA-256 " + hash.substring(0, 12) + "...";
    }

    /** Lets the engine compute as the steps before were computed. */
    private void keepTo(Checkpoint.State state) {
        computed.addAll(state.computed());
        Arithmetic wanted = computed.get(computed.size() - 1).by();
        Arithmetic here = torch.arithmetic();
        try {
            torch.threads(wanted.threads());
            torch.keepTo(wanted);
        } catch (KitException e) {
            torch.threads(here.threads());
            if (!set.otherArithmetic) {
                throw new KitException(
                        "The run in '" + set.checkpoints.getFileName() + "' was computed otherwise than here, in "
                                + wanted.differenceFrom(here)
                                + ": go on where it was begun, or call allowOtherArithmetic() on the trainer, and "
                                + "other "
                                + "weights will come of it.",
                        e);
            }
            computed.add(new Training.Computed(state.step() + 1, here));
        }
    }

    /** Where the steps were not all computed alike, a few words on that. */
    private String otherwise() {
        StringBuilder parts = new StringBuilder();
        for (int i = 0; i + 1 < computed.size(); i++) {
            parts.append(parts.isEmpty() ? " (" : "; ")
                    .append("steps before ")
                    .append(computed.get(i + 1).from())
                    .append(" were computed with other ")
                    .append(computed.get(i)
                            .by()
                            .differenceFrom(computed.get(i + 1).by()));
        }
        return parts.append(parts.isEmpty() ? "" : ")").toString();
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
                interval.peakResidentMegabytes(),
                List.copyOf(history),
                List.copyOf(computed));
    }

    /** The end of the sentence about a diverged run. */
    private String wayBack() {
        String batch = current == null ? "" : "its batch holds the windows at tokens " + current.where() + "; ";
        String good = saved > 0
                ? "the last good checkpoint is that of step " + saved + " in '" + set.checkpoints.getFileName()
                        + "/last'"
                : "no checkpoint was kept before it";
        return batch + good + "; lower the learning rate of " + (float) set.optimizer.rate() + " and begin anew"
                + (set.checkpoints == null ? "" : " in another folder");
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
                + (resumed == 0 ? "" : ", going on from step " + resumed)
                + otherwise()
                + loss
                + (interval.energyReadable() ? "" : "; no energy counter can be read here");
    }

    private double seconds() {
        return earlierSeconds + (System.nanoTime() - start) / 1e9;
    }
}
