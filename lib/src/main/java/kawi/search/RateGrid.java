package kawi.search;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import kawi.evidence.KitException;
import tech.tablesaw.api.Table;

/**
 * Trainings of each architecture at each rate, on the schedule that the comparison runs, and the rate that each takes
 * from them: the one whose training ended with the lowest validation loss.
 *
 * @param trials the trainings, in the order in which they were run
 */
public record RateGrid(List<RateTrial> trials) {

    /**
     * One training.
     *
     * @param name the architecture's name
     * @param rate peak learning rate
     * @param steps optimizer steps taken
     * @param loss nats per token on validation text; NaN where it diverged
     * @param divergedAt the step at which it diverged; 0 where it did not
     */
    public record RateTrial(String name, double rate, long steps, double loss, long divergedAt) {
        private String result() {
            return divergedAt > 0 ? "diverged at step " + divergedAt : String.format(Locale.ROOT, "%.3f", loss);
        }
    }

    /**
     * A grid of finished trainings.
     *
     * @param trials the trainings, in the order in which they were run
     */
    public RateGrid(List<RateTrial> trials) {
        this.trials = List.copyOf(trials);
    }

    private List<RateTrial> own(String name) {
        return trials.stream().filter(trial -> trial.name.equals(name)).toList();
    }

    /**
     * {@return the rate whose training ended with the lowest loss}
     *
     * @param name the architecture's name
     * @throws KitException if all of them diverged, or none was run
     */
    public double best(String name) {
        List<RateTrial> own = own(name);
        return own.stream()
                .filter(trial -> trial.divergedAt == 0)
                .min(Comparator.comparingDouble(RateTrial::loss))
                .orElseThrow(() -> new KitException("Every training of '" + name
                        + "' in search of a rate diverged, the one at the rate of "
                        + own.stream().mapToDouble(RateTrial::rate).min().orElse(Double.NaN)
                        + " too: give a lower rate in the settings."))
                .rate();
    }

    /**
     * {@return whether the rate that an architecture takes is the lowest or the highest that was tried, so that one
     * beyond it might be better}
     *
     * @param name the architecture's name
     * @throws KitException if all of its trainings diverged, or none was run
     */
    public boolean atTheEdge(String name) {
        double best = best(name);
        return own(name).stream().allMatch(trial -> trial.rate >= best)
                || own(name).stream().allMatch(trial -> trial.rate <= best);
    }

    /**
     * {@return a row for each architecture: the validation loss at each rate (nats per token), or where it diverged,
     * and the rate that is taken}
     */
    public Table table() {
        ResultTable table = new ResultTable("rates");
        for (String name : trials.stream().map(RateTrial::name).distinct().toList()) {
            table.put("architecture", name);
            own(name).forEach(trial -> table.put("loss at " + trial.rate, trial.result()));
            boolean none = own(name).stream().allMatch(trial -> trial.divergedAt > 0);
            table.put("taken", none ? "none" : best(name) + (atTheEdge(name) ? ", at the edge" : ""));
        }
        return table.table();
    }
}
