package kawi.train;

import java.util.Locale;
import java.util.function.LongSupplier;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;

/**
 * A training that ends by the clock: as many steps as the seconds hold, at whatever speed the machine has meanwhile, so
 * that two models can be compared after equal seconds although nobody knew how many steps these would be.
 *
 * <p>The course of the rate follows the seconds too: after half of them it is half-way. Therefore no number of steps
 * repeats such a training to the last bit; what must be repeated is trained by a {@link Trainer}.
 *
 * @param steps optimizer steps that were taken
 * @param tokens learned from
 * @param seconds of the steps together; longer than was asked for by less than the last step, or shorter where the
 *     training was interrupted
 */
public record TimedTraining(long steps, long tokens, double seconds) {

    private static final int REPORTS = 100;

    /**
     * Trains a model for so many seconds of steps. Interrupted, it ends with the steps taken so far.
     *
     * @param model is changed in place
     * @param optimizer the rule, with its peak rate
     * @param course of the rate, stretched over the seconds: its number of steps stands for all of them
     * @param batches where each pass draws the next
     * @param passes of a step, whose gradients are added up, at least 1
     * @param seconds of training, above 0
     * @param progress is told of the loss against the seconds
     * @return what was done
     * @throws DivergedException if the loss or the gradient is no number
     * @throws KitException where the seconds are not above 0
     */
    public static TimedTraining run(
            LanguageModel model,
            Optimizer optimizer,
            Schedule course,
            Batches batches,
            int passes,
            double seconds,
            Progress progress) {
        return Fit.alone(() -> run(model, optimizer, course, batches, passes, seconds, progress, System::nanoTime));
    }

    static TimedTraining run(
            LanguageModel model,
            Optimizer optimizer,
            Schedule course,
            Batches batches,
            int passes,
            double seconds,
            Progress progress,
            LongSupplier nanoseconds) {
        if (!(seconds > 0) || Double.isInfinite(seconds)) {
            throw new KitException("A training cannot last " + seconds + " seconds: give a number above 0.");
        }
        Clocked clocked = new Clocked(course, seconds);
        progress.begin(String.format(Locale.ROOT, "training for %.0f s", seconds), REPORTS);
        progress.axes("seconds", "loss (nats per token)");
        long[] tokens = {0};
        long taken = 0;
        try (Fit fit = Fit.of(model, optimizer, clocked)) {
            double sum = 0;
            int summed = 0;
            long reported = 0;
            while (clocked.spent < seconds && !Thread.currentThread().isInterrupted()) {
                long start = nanoseconds.getAsLong();
                sum += fit.step(passes, step -> {
                            Batch batch = batches.next();
                            tokens[0] += batch.ids().length;
                            return model.loss(batch.ids(step), batch.targets(step));
                        })
                        .loss();
                summed++;
                clocked.spent += (nanoseconds.getAsLong() - start) * 1e-9;
                long due = (long) Math.min(REPORTS, REPORTS * clocked.share());
                if (due > reported) {
                    progress.point("train loss", clocked.spent, sum / summed);
                    progress.update(due, String.format(Locale.ROOT, "step %d, loss %.3f", fit.taken(), sum / summed));
                    reported = due;
                    sum = 0;
                    summed = 0;
                }
            }
            taken = fit.taken();
        }
        progress.end(taken + " steps" + (clocked.spent < seconds ? ", interrupted" : ""));
        return new TimedTraining(taken, tokens[0], clocked.spent);
    }

    /** A course that is gone through by the seconds spent, whatever the number of the step. */
    private static final class Clocked implements Schedule {
        private final Schedule course;
        private final double seconds;
        private double spent;

        Clocked(Schedule course, double seconds) {
            this.course = course;
            this.seconds = seconds;
        }

        double share() {
            return spent / seconds;
        }

        @Override
        public long steps() {
            return Long.MAX_VALUE;
        }

        @Override
        public double factor(long step) {
            return course.factor(Math.min(course.steps() - 1, (long) (share() * course.steps())));
        }
    }
}
