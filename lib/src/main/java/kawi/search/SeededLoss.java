package kawi.search;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import kawi.stats.Interval;

/**
 * What one training from one seed came to. Trainings that are compared are paired by their seeds: a seed draws the same
 * windows for all of them, so that a difference is taken seed by seed.
 */
interface SeededLoss {

    /** {@return the seed of the model's first weights and of the windows that are drawn} */
    long seed();

    /** {@return nats per token on validation text; NaN where the training diverged} */
    double loss();

    /** {@return the step at which the training diverged; 0 where it did not} */
    long divergedAt();

    /** {@return whether its loss ran away, so that it has none} */
    default boolean diverged() {
        return divergedAt() > 0;
    }

    /** Where trainings diverged: "diverged at step 7 (seed 2)"; "" where none did. */
    static String diverged(List<? extends SeededLoss> runs) {
        String where = runs.stream()
                .filter(SeededLoss::diverged)
                .map(run -> "at step " + run.divergedAt() + " (seed " + run.seed() + ")")
                .collect(Collectors.joining(", "));
        return where.isEmpty() ? "" : "diverged " + where;
    }

    /**
     * Losses in the order of the trainings; NaN where one diverged, so that no mean is taken over the rest unnoticed.
     */
    static double[] losses(List<? extends SeededLoss> runs) {
        return runs.stream().mapToDouble(SeededLoss::loss).toArray();
    }

    /** The mean loss with its interval; undefined, and without a value, where a training diverged. */
    static Interval mean(List<? extends SeededLoss> runs) {
        String diverged = diverged(runs);
        return diverged.isEmpty() ? Interval.studentT(losses(runs)) : Interval.undefined(Double.NaN, diverged);
    }

    /** What the first lost more than the second, for each seed that both were trained from. */
    static double[] difference(List<? extends SeededLoss> first, List<? extends SeededLoss> second) {
        Map<Long, Double> other = second.stream().collect(Collectors.toMap(SeededLoss::seed, SeededLoss::loss));
        return first.stream()
                .filter(run -> other.containsKey(run.seed()))
                .mapToDouble(run -> run.loss() - other.get(run.seed()))
                .toArray();
    }

    /** The mean of {@link #difference} with its interval; undefined, and without a value, where a training diverged. */
    static Interval meanDifference(List<? extends SeededLoss> first, List<? extends SeededLoss> second) {
        String diverged = diverged(first).isEmpty() ? diverged(second) : diverged(first);
        return diverged.isEmpty()
                ? Interval.studentT(difference(first, second))
                : Interval.undefined(Double.NaN, diverged);
    }
}
