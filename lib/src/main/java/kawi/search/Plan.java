package kawi.search;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.train.Batch;
import kawi.train.Batches;
import kawi.train.Evaluation;
import kawi.train.Fit;
import kawi.train.FolderLock;
import kawi.train.Memory;
import kawi.train.RunSettings;
import kawi.train.Schedule;
import kawi.train.Trainer;

/**
 * How a number of minutes is best spent on this machine: the batch that is fastest within the memory, and as many steps
 * as there is time for. It is measured with a few steps of the real training, after which the weights are put back.
 *
 * <p>A plan that is kept belongs to the run: one that goes on, on whatever machine, follows the plan that it began
 * with.
 *
 * @param request what was asked
 * @param batch windows in one forward pass
 * @param accumulate passes for one step
 * @param steps steps that fit into the time, rounded down to two digits so that a slightly faster second changes
 *     nothing
 * @param secondsPerStep measured
 * @param secondsPerEvaluation measured
 * @param residentMegabytes the process's resident memory while the chosen batch was in work, in units of 2^20 bytes
 * @param size the model that {@link PilotRuns} chose for the time, with the band of its predicted loss; null where the
 *     model was given
 */
public record Plan(
        Request request,
        int batch,
        int accumulate,
        long steps,
        double secondsPerStep,
        double secondsPerEvaluation,
        double residentMegabytes,
        Sizing size) {
    private static final int MOST_WINDOWS = 32;
    private static final int EVALUATIONS = 21;
    private static final int SETTLING_STEPS = 40;

    /**
     * What a plan was asked for.
     *
     * @param what the model and the rule that trains it, in words
     * @param minutes time for the whole training, evaluations included
     * @param megabytes most resident memory, in units of 2^20 bytes
     * @param context tokens in a window
     * @param tokensPerStep tokens that one step should learn from
     */
    public record Request(String what, double minutes, double megabytes, int context, int tokensPerStep) {
        /**
         * Checks the numbers.
         *
         * @param what the model and the rule that trains it, in words
         * @param minutes time for the whole training
         * @param megabytes most resident memory
         * @param context tokens in a window
         * @param tokensPerStep tokens that one step should learn from
         * @throws KitException if the minutes or the megabytes are not positive
         */
        public Request {
            if (!(minutes > 0) || Double.isInfinite(minutes) || !(megabytes > 0)) {
                throw new KitException("A training of " + minutes + " minutes in " + megabytes
                        + " MB cannot be planned: give positive numbers.");
            }
        }
    }

    /** {@return tokens learned from in one step} */
    public long tokensPerStep() {
        return (long) batch * accumulate * request.context;
    }

    /** {@return tokens of the whole training} */
    public long tokens() {
        return tokensPerStep() * steps;
    }

    /** {@return the speed that was measured, without evaluations} */
    public double tokensPerSecond() {
        return tokensPerStep() / secondsPerStep;
    }

    /** {@return what the training should take, evaluations included} */
    public double predictedSeconds() {
        return steps * secondsPerStep + EVALUATIONS * secondsPerEvaluation;
    }

    /** The same plan for a model of a size that was chosen for it. */
    Plan with(Sizing chosen) {
        return new Plan(
                request, batch, accumulate, steps, secondsPerStep, secondsPerEvaluation, residentMegabytes, chosen);
    }

    /**
     * Measures how fast this machine trains the model, and sets the trainer to the batch and the accumulation that suit
     * it best; the schedule is the caller's to choose, from the plan's number of steps. With a folder for checkpoints
     * the plan is kept there, so that a run that goes on follows the plan that it began with.
     *
     * @param trainer is set to the plan's batch and accumulation
     * @param minutes time for the whole training, evaluations included
     * @param megabytes most resident memory, in units of 2^20 bytes
     * @param tokensPerStep tokens that one step should learn from
     * @param progress is told of each batch that is timed
     * @return the plan
     * @throws kawi.train.DivergedException if the steps that are timed diverge
     * @throws KitException if not even a single window fits into the memory, if interrupted, or if another run has the
     *     folder
     */
    public static Plan of(Trainer trainer, double minutes, double megabytes, int tokensPerStep, Progress progress) {
        Plan plan = measure(trainer, minutes, megabytes, tokensPerStep, progress);
        plan.applyTo(trainer);
        return plan;
    }

    /**
     * Sets a trainer to the plan's batch and accumulation, and returns it.
     *
     * @param trainer is set
     * @return the trainer
     */
    public Trainer applyTo(Trainer trainer) {
        return trainer.batch(batch).accumulate(accumulate);
    }

    private static Plan measure(
            Trainer trainer, double minutes, double megabytes, int tokensPerStep, Progress progress) {
        Request request = new Request(
                trainer.model().parameterCount() + " parameters, " + trainer.optimizer(),
                minutes,
                megabytes,
                trainer.context(),
                tokensPerStep);
        Path file = trainer.checkpoints() == null ? null : trainer.checkpoints().resolve("plan.json");
        FolderLock lock = file == null ? null : FolderLock.acquire(trainer.checkpoints());
        try (lock) {
            Map<String, String> asked = asked(trainer, request);
            Optional<Plan> kept = MeasurementCache.read(file, asked, Plan.class);
            if (kept.isPresent()) {
                return kept.get();
            }
            Plan plan = fastest(trainer, request, progress);
            MeasurementCache.write(file, asked, plan, "keeping the plan");
            return plan;
        }
    }

    /** Everything that a plan depends on, the machine excepted. */
    private static Map<String, String> asked(Trainer trainer, Request request) {
        Map<String, String> asked =
                new LinkedHashMap<>(RunSettings.of(trainer.model().config()));
        asked.putAll(RunSettings.of(trainer.optimizer()));
        asked.put("train text", RunSettings.of(trainer.train()));
        asked.put("validation text", RunSettings.of(trainer.validation()));
        asked.put("evaluation windows", Integer.toString(trainer.evaluationWindows()));
        asked.put("minutes", Double.toString(request.minutes));
        asked.put("megabytes", Double.toString(request.megabytes));
        asked.put("context, tokens", Integer.toString(request.context));
        asked.put("tokens per step", Integer.toString(request.tokensPerStep));
        return asked;
    }

    private static Plan fastest(Trainer trainer, Request request, Progress progress) {
        double allowed = Math.max(2, 0.04 * request.minutes * 60); // measuring must not eat the time it plans
        long start = System.nanoTime();
        Plan best = null;
        progress.begin("timing a few steps", 1 + Integer.numberOfTrailingZeros(MOST_WINDOWS));
        try (NDManager copies = trainer.model().torch().manager().newSubManager()) {
            var before = RateFinder.copy(
                    trainer.model().parameters(), copies, trainer.model().torch());
            try (Fit fit = Fit.of(trainer.model(), trainer.optimizer(), Schedule.constant(Integer.MAX_VALUE))) {
                int most = largest(request, batch -> peak(trainer, fit, request, batch));
                int timed = 0;
                for (int batch = most;
                        batch >= 1 && (best == null || (System.nanoTime() - start) / 1e9 <= allowed);
                        batch /= 2) {
                    Plan plan = time(trainer, fit, request, batch);
                    if (best == null || plan.secondsPerStep < 0.97 * best.secondsPerStep) {
                        best = plan;
                    }
                    progress.update(
                            ++timed,
                            "batch " + batch + String.format(Locale.ROOT, ": %.0f tokens/s", plan.tokensPerSecond()));
                }
                best = settled(trainer, fit, best, allowed / 2);
            } finally {
                before.forEach((name, value) -> trainer.model()
                        .torch()
                        .ops()
                        .assign(trainer.model().parameters().get(name), value));
            }
        }
        progress.end(best.steps + " steps of " + best.tokensPerStep() + " tokens");
        return best;
    }

    /**
     * The largest batch that a step needs and that fits into the memory. Tried from one window up, for memory once
     * taken stays with the process; a batch that by the growth so far would not fit is not tried.
     *
     * @param peaks the most resident megabytes while a batch of so many windows is in work
     * @throws KitException if not even one window fits
     */
    static int largest(Request request, IntToDoubleFunction peaks) {
        double last = peaks.applyAsDouble(1);
        if (last > request.megabytes) {
            throw new KitException(String.format(
                    Locale.ROOT,
                    "A training in %.0f MB was asked for, and with a single window in a pass this process holds "
                            + "%.0f MB: allow more"
                            + " memory, or take a smaller model.",
                    request.megabytes,
                    last));
        }
        double growth = 0;
        int fits = 1;
        while (2 * fits <= MOST_WINDOWS
                && 2 * fits * request.context <= request.tokensPerStep
                && last + 2 * growth <= request.megabytes) {
            double next = peaks.applyAsDouble(2 * fits);
            if (next > request.megabytes) {
                break;
            }
            growth = next - last;
            last = next;
            fits *= 2;
        }
        return fits;
    }

    /**
     * The most resident megabytes during a step; where a step has several passes it has two here, for the second adds
     * to the gradients of the first.
     */
    private static double peak(Trainer trainer, Fit fit, Request request, int batch) {
        double[] peak = {Memory.megabytes()};
        step(
                trainer,
                fit,
                new Batches(trainer.train(), batch, request.context, trainer.seed()),
                2 * batch * request.context <= request.tokensPerStep ? 2 : 1,
                peak);
        return peak[0];
    }

    /**
     * One step to warm up, then the faster of two: what disturbs a step only lengthens it, so the choice between
     * batches goes by the least.
     */
    private static Plan time(Trainer trainer, Fit fit, Request request, int batch) {
        int accumulate = Math.max(1, Math.round(request.tokensPerStep / (float) (batch * request.context)));
        Batches batches = new Batches(trainer.train(), batch, request.context, trainer.seed());
        double[] peak = {0};
        step(trainer, fit, batches, accumulate, peak);
        double seconds =
                Math.min(step(trainer, fit, batches, accumulate, peak), step(trainer, fit, batches, accumulate, peak));
        double evaluation = 0;
        if (trainer.validation() != null) {
            long start = System.nanoTime();
            Evaluation.of(trainer.model(), trainer.validation(), request.context, trainer.evaluationWindows(), batch);
            evaluation = (System.nanoTime() - start) / 1e9;
        }
        return new Plan(
                request, batch, accumulate, steps(request, seconds, evaluation), seconds, evaluation, peak[0], null);
    }

    /**
     * The chosen plan with the mean over some more steps: a long training meets all the disturbances that the least
     * leaves out.
     */
    private static Plan settled(Trainer trainer, Fit fit, Plan plan, double allowed) {
        Batches batches = new Batches(trainer.train(), plan.batch, plan.request.context, trainer.seed());
        double[] peak = {plan.residentMegabytes};
        double sum = 0;
        int count = 0;
        while (count < SETTLING_STEPS && (count == 0 || sum < allowed)) {
            sum += step(trainer, fit, batches, plan.accumulate, peak);
            count++;
        }
        return new Plan(
                plan.request,
                plan.batch,
                plan.accumulate,
                steps(plan.request, sum / count, plan.secondsPerEvaluation),
                sum / count,
                plan.secondsPerEvaluation,
                peak[0],
                null);
    }

    /** Seconds that one step takes; the most memory seen meanwhile goes into {@code peak}. */
    private static double step(Trainer trainer, Fit fit, Batches batches, int accumulate, double[] peak) {
        long start = System.nanoTime();
        fit.step(accumulate, work -> {
            if (Thread.currentThread().isInterrupted()) {
                throw new KitException("The plan was interrupted before it was measured: run the cell again.");
            }
            Batch each = batches.next();
            var loss = trainer.model().loss(each.ids(work), each.targets(work));
            peak[0] = Math.max(peak[0], Memory.megabytes());
            return loss;
        });
        return (System.nanoTime() - start) / 1e9;
    }

    private static long steps(Request request, double secondsPerStep, double secondsPerEvaluation) {
        return twoDigits(
                (long) Math.max(10, (request.minutes * 60 - EVALUATIONS * secondsPerEvaluation) / secondsPerStep));
    }

    private static long twoDigits(long steps) {
        long unit = 1;
        while (steps / unit >= 100) {
            unit *= 10;
        }
        return steps / unit * unit;
    }
}
