package kawi.search;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import kawi.evidence.FolderLock;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.train.RunSettings;
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
    private static final int EVALUATIONS = 21;

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
        return of(trainer, minutes, megabytes, tokensPerStep, progress, PlanTiming.Gauges.MACHINE);
    }

    static Plan of(
            Trainer trainer,
            double minutes,
            double megabytes,
            int tokensPerStep,
            Progress progress,
            PlanTiming.Gauges gauges) {
        Plan plan = measure(trainer, minutes, megabytes, tokensPerStep, progress, gauges);
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
            Trainer trainer,
            double minutes,
            double megabytes,
            int tokensPerStep,
            Progress progress,
            PlanTiming.Gauges gauges) {
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
            Plan plan = new PlanTiming(trainer, request, gauges).fastest(progress);
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

    /** As many steps as there is time for beside the evaluations, ten at least. */
    static long steps(Request request, double secondsPerStep, double secondsPerEvaluation) {
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
