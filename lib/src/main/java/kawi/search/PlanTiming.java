package kawi.search;

import ai.djl.ndarray.NDManager;
import java.util.Locale;
import java.util.function.DoubleSupplier;
import java.util.function.IntToDoubleFunction;
import java.util.function.LongSupplier;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.search.Plan.Request;
import kawi.train.Batch;
import kawi.train.Batches;
import kawi.train.Evaluation;
import kawi.train.Fit;
import kawi.train.Memory;
import kawi.train.Schedule;
import kawi.train.Trainer;

/** Times a few steps of a training with one batch after another, from which its {@link Plan} follows. */
final class PlanTiming {
    private static final int MOST_WINDOWS = 32;
    private static final int SETTLING_STEPS = 40;

    /**
     * What is measured with.
     *
     * @param nanoseconds a clock
     * @param megabytes resident memory, in units of 2^20 bytes
     */
    record Gauges(LongSupplier nanoseconds, DoubleSupplier megabytes) {
        static final Gauges MACHINE = new Gauges(System::nanoTime, Memory::megabytes);

        double secondsSince(long start) {
            return (nanoseconds.getAsLong() - start) / 1e9;
        }
    }

    private final Trainer trainer;
    private final Request request;
    private final Gauges gauges;

    PlanTiming(Trainer trainer, Request request, Gauges gauges) {
        this.trainer = trainer;
        this.request = request;
        this.gauges = gauges;
    }

    /** {@return the plan with the batch that is fastest} */
    Plan fastest(Progress progress) {
        double allowed = Math.max(2, 0.04 * request.minutes() * 60); // measuring must not eat the time it plans
        long start = gauges.nanoseconds.getAsLong();
        Plan best = null;
        progress.begin("timing a few steps", 1 + Integer.numberOfTrailingZeros(MOST_WINDOWS));
        try (NDManager copies = trainer.model().torch().manager().newSubManager()) {
            var before = RateFinder.copy(
                    trainer.model().parameters(), copies, trainer.model().torch());
            try (Fit fit = Fit.of(trainer.model(), trainer.optimizer(), Schedule.constant(Integer.MAX_VALUE))) {
                int most = largest(request, batch -> peak(fit, batch));
                int timed = 0;
                for (int batch = most;
                        batch >= 1 && (best == null || gauges.secondsSince(start) <= allowed);
                        batch /= 2) {
                    Plan plan = time(fit, batch);
                    if (best == null || plan.secondsPerStep() < 0.97 * best.secondsPerStep()) {
                        best = plan;
                    }
                    progress.update(
                            ++timed,
                            "batch " + batch + String.format(Locale.ROOT, ": %.0f tokens/s", plan.tokensPerSecond()));
                }
                best = settled(fit, best, allowed / 2);
            } finally {
                before.forEach((name, value) -> trainer.model()
                        .torch()
                        .ops()
                        .assign(trainer.model().parameters().get(name), value));
            }
        }
        progress.end(best.steps() + " steps of " + best.tokensPerStep() + " tokens");
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
        if (last > request.megabytes()) {
            throw new KitException(String.format(
                    Locale.ROOT,
                    "A training in %.0f MB was asked for, and with a single window in a pass this process holds "
                            + "%.0f MB: allow more"
                            + " memory, or take a smaller model.",
                    request.megabytes(),
                    last));
        }
        double growth = 0;
        int fits = 1;
        while (2 * fits <= MOST_WINDOWS
                && 2 * fits * request.context() <= request.tokensPerStep()
                && last + 2 * growth <= request.megabytes()) {
            double next = peaks.applyAsDouble(2 * fits);
            if (next > request.megabytes()) {
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
    private double peak(Fit fit, int batch) {
        double[] peak = {gauges.megabytes.getAsDouble()};
        step(
                fit,
                new Batches(trainer.train(), batch, request.context(), trainer.seed()),
                2 * batch * request.context() <= request.tokensPerStep() ? 2 : 1,
                peak);
        return peak[0];
    }

    /**
     * One step to warm up, then the faster of two: what disturbs a step only lengthens it, so the choice between
     * batches goes by the least.
     */
    private Plan time(Fit fit, int batch) {
        int accumulate = Math.max(1, Math.round(request.tokensPerStep() / (float) (batch * request.context())));
        Batches batches = new Batches(trainer.train(), batch, request.context(), trainer.seed());
        double[] peak = {0};
        step(fit, batches, accumulate, peak);
        double seconds = Math.min(step(fit, batches, accumulate, peak), step(fit, batches, accumulate, peak));
        double evaluation = 0;
        if (trainer.validation() != null) {
            long start = gauges.nanoseconds.getAsLong();
            Evaluation.of(trainer.model(), trainer.validation(), request.context(), trainer.evaluationWindows(), batch);
            evaluation = gauges.secondsSince(start);
        }
        return new Plan(
                request,
                batch,
                accumulate,
                Plan.steps(request, seconds, evaluation),
                seconds,
                evaluation,
                peak[0],
                null);
    }

    /**
     * The chosen plan with the mean over some more steps: a long training meets all the disturbances that the least
     * leaves out.
     */
    private Plan settled(Fit fit, Plan plan, double allowed) {
        Batches batches = new Batches(trainer.train(), plan.batch(), request.context(), trainer.seed());
        double[] peak = {plan.residentMegabytes()};
        double sum = 0;
        int count = 0;
        while (count < SETTLING_STEPS && (count == 0 || sum < allowed)) {
            sum += step(fit, batches, plan.accumulate(), peak);
            count++;
        }
        return new Plan(
                request,
                plan.batch(),
                plan.accumulate(),
                Plan.steps(request, sum / count, plan.secondsPerEvaluation()),
                sum / count,
                plan.secondsPerEvaluation(),
                peak[0],
                null);
    }

    /** Seconds that one step takes; the most memory seen meanwhile goes into {@code peak}. */
    private double step(Fit fit, Batches batches, int accumulate, double[] peak) {
        long start = gauges.nanoseconds.getAsLong();
        fit.step(accumulate, work -> {
            if (Thread.currentThread().isInterrupted()) {
                throw new KitException("The plan was interrupted before it was measured: run the cell again.");
            }
            Batch each = batches.next();
            var loss = trainer.model().loss(each.ids(work), each.targets(work));
            peak[0] = Math.max(peak[0], gauges.megabytes.getAsDouble());
            return loss;
        });
        return gauges.secondsSince(start);
    }
}
