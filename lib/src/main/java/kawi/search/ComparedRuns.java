package kawi.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import kawi.evidence.KitException;
import kawi.model.ModelConfig;
import kawi.model.ParameterRole;
import kawi.stats.Interval;
import kawi.stats.IntervalColumn;
import kawi.stats.PValues;
import tech.tablesaw.api.Table;

/**
 * What finished trainings say of the architectures that were trained: which lost least, and which of the others lost
 * more than by chance. Differences are taken seed by seed, their p values corrected by Holm for all that are compared
 * with the best.
 */
public final class ComparedRuns {
    /** Up to so many times the least, seconds are called equal. */
    private static final double EQUAL = 1.05;

    /**
     * One finished training.
     *
     * @param name the architecture's name
     * @param seed of the model's first weights and of the windows that are drawn
     * @param rate peak learning rate
     * @param parameters of the model
     * @param outsideVocabulary those of them that are not in the tables of the vocabulary
     * @param steps optimizer steps taken
     * @param tokens learned from in them
     * @param seconds of training, evaluation left out
     * @param loss nats per token on validation text; NaN where it diverged
     * @param bitsPerByte the same in bits per byte; NaN where it diverged
     * @param divergedAt the step at which it diverged; 0 where it did not
     */
    public record Run(
            String name,
            long seed,
            double rate,
            long parameters,
            long outsideVocabulary,
            long steps,
            long tokens,
            double seconds,
            double loss,
            double bitsPerByte,
            long divergedAt)
            implements SeededLoss {

        static Run of(String name, ModelConfig config, long seed, double rate, int batch, Trial trial) {
            return new Run(
                    name,
                    seed,
                    rate,
                    config.parameterCount(),
                    ComparedRuns.outsideVocabulary(config),
                    trial.steps(),
                    trial.steps() * batch * config.context(),
                    trial.seconds(),
                    trial.loss(),
                    trial.bitsPerByte(),
                    trial.divergedAt());
        }

        /** {@return whether its loss ran away, so that it has none} */
        @Override
        public boolean diverged() {
            return divergedAt > 0;
        }
    }

    private final List<Run> runs;

    ComparedRuns(List<Run> runs) {
        this.runs = List.copyOf(runs);
    }

    /**
     * {@return parameters that are not in a table with a row for each token of the vocabulary: what is left to compute
     * with}
     *
     * @param config a model; nothing is allocated
     */
    public static long outsideVocabulary(ModelConfig config) {
        long tables = config.shapes().entrySet().stream()
                .filter(each ->
                        each.getValue().dimension() == 2 && each.getValue().get(0) == config.vocabularySize())
                .filter(each -> {
                    ParameterRole role = config.roles().get(each.getKey());
                    return role == null || role == ParameterRole.EMBEDDING || role == ParameterRole.HEAD;
                })
                .mapToLong(each -> each.getValue().size())
                .sum();
        return config.parameterCount() - tables;
    }

    /** {@return the finished trainings in the order in which they were made} */
    public List<Run> runs() {
        return runs;
    }

    /** {@return the architectures with a finished training, in the order in which they were given} */
    public List<String> names() {
        return runs.stream().map(Run::name).distinct().toList();
    }

    private List<Run> own(String name) {
        return runs.stream().filter(run -> run.name().equals(name)).toList();
    }

    /**
     * {@return validation losses of an architecture in the order of the seeds, nats per token; NaN where a run
     * diverged, so that no mean is taken over the rest unnoticed}
     *
     * @param name the name that it was given
     */
    public double[] losses(String name) {
        return SeededLoss.losses(own(name));
    }

    /**
     * {@return an architecture's mean loss over the seeds with its interval, nats per token; undefined, and without a
     * value, where a run diverged, which has none to take a mean of}
     *
     * @param name the name that it was given
     */
    public Interval loss(String name) {
        return SeededLoss.mean(own(name));
    }

    /**
     * {@return what an architecture lost more than the winner, seed by seed, with its interval (one for this difference
     * alone), nats per token; undefined, and without a value, where a run diverged}
     *
     * @param name the name that it was given
     * @throws KitException if there is no winner
     */
    public Interval behind(String name) {
        return SeededLoss.meanDifference(own(name), own(winner()));
    }

    /**
     * {@return the architecture whose mean loss is lowest, among those of which no run diverged}
     *
     * @throws KitException if there is none
     */
    public String winner() {
        return names().stream()
                .filter(name -> own(name).stream().noneMatch(Run::diverged))
                .min(Comparator.comparingDouble(name -> loss(name).value()))
                .orElseThrow(() -> new KitException(
                        runs.isEmpty()
                                ? "No run of the comparison was finished, so there is no winner: run it again."
                                : "Of every entrant a run diverged, so there is no winner: lower the rates."));
    }

    /**
     * {@return the p value of an architecture's difference to the winner, two-sided by Student's paired test and
     * corrected by Holm for all that are compared with the winner; NaN for the winner, and where nothing can be
     * compared}
     *
     * @param name the name that it was given
     * @throws KitException if there is no winner
     */
    public double p(String name) {
        List<String> others = names().stream()
                .filter(each -> !each.equals(winner()) && own(each).stream().noneMatch(Run::diverged))
                .toList();
        double[] corrected = PValues.holm(others.stream()
                .mapToDouble(each -> PValues.studentT(SeededLoss.difference(own(each), own(winner()))))
                .toArray());
        return others.contains(name) ? corrected[others.indexOf(name)] : Double.NaN;
    }

    /**
     * {@return whether the winner is better than an architecture beyond chance: its corrected {@linkplain #p p value}
     * is below 0.05}
     *
     * @param other the name that it was given
     * @throws KitException if a run of it diverged, which is not a difference of losses; {@link #verdict} says it
     */
    public boolean beyondChance(String other) {
        String diverged = SeededLoss.diverged(own(other));
        if (!diverged.isEmpty()) {
            throw new KitException("'" + other + "' cannot be compared: " + diverged + ".");
        }
        return p(other) < PValues.LEVEL;
    }

    /**
     * {@return what the runs of an architecture say of it, in words: its place against the winner, or that it diverged}
     *
     * @param name the name that it was given
     */
    public String verdict(String name) {
        String diverged = SeededLoss.diverged(own(name));
        if (!diverged.isEmpty()) {
            return diverged;
        }
        if (name.equals(winner())) {
            return "lowest mean loss";
        }
        Interval behind = behind(name);
        return !behind.defined()
                ? "not compared: " + behind.reason()
                : (beyondChance(name)
                                ? winner() + " is better, beyond chance"
                                : "no detectable difference from " + winner())
                        + " (" + PValues.text(p(name)) + ")";
    }

    /**
     * {@return one sentence without its full stop: which architecture lost least, and against which of the others that
     * is more than chance}
     *
     * @throws KitException if there is no winner
     */
    public String conclusion() {
        List<String> ahead = new ArrayList<>();
        List<String> open = new ArrayList<>();
        List<String> out = new ArrayList<>();
        for (String name : names()) {
            if (!SeededLoss.diverged(own(name)).isEmpty()) {
                out.add(name + " " + SeededLoss.diverged(own(name)));
            } else if (!name.equals(winner())) {
                (beyondChance(name) ? ahead : open).add(name);
            }
        }
        return winner() + " has the lowest mean loss"
                + (ahead.isEmpty() ? "" : ", beyond chance against " + String.join(" and ", ahead))
                + (open.isEmpty() ? "" : ", without a detectable difference from " + String.join(" and ", open))
                + (out.isEmpty() ? "" : "; " + String.join("; ", out));
    }

    private Stream<Run> sound() {
        return runs.stream().filter(run -> !run.diverged());
    }

    /** {@return the seconds that the trainings lasted, those that diverged left out: "6.00 to 6.03"} */
    public String seconds() {
        return range(sound().mapToDouble(Run::seconds).toArray(), "%.2f");
    }

    /**
     * {@return whether of each seed's trainings the longest lasted at most 5 % longer than the shortest, those that
     * diverged left out}
     */
    public boolean lastedEquallyLong() {
        return runs.stream().map(Run::seed).distinct().allMatch(seed -> {
            double[] own = sound().filter(run -> run.seed() == seed)
                    .mapToDouble(Run::seconds)
                    .sorted()
                    .toArray();
            return own.length == 0 || own[own.length - 1] <= EQUAL * own[0];
        });
    }

    private static String range(double[] values, String format) {
        double[] sorted = Arrays.stream(values).sorted().toArray();
        if (sorted.length == 0) {
            return Interval.NONE;
        }
        String least = String.format(Locale.ROOT, format, sorted[0]);
        String most = String.format(Locale.ROOT, format, sorted[sorted.length - 1]);
        return least.equals(most) ? least : least + " to " + most;
    }

    /**
     * {@return a row for each architecture: rate, steps and seconds of its runs from the least to the most, the mean
     * loss and the difference to the winner with their 95 % intervals over seeds, and the verdict}
     */
    public Table table() {
        ResultTable table = new ResultTable("comparison");
        boolean compared =
                names().stream().anyMatch(name -> SeededLoss.diverged(own(name)).isEmpty());
        Iterator<String> losses =
                IntervalColumn.of(names().stream().map(this::loss).toList()).iterator();
        for (String name : names()) {
            List<Run> own = own(name);
            table.put("architecture", name)
                    .put("outside the vocabulary", own.get(0).outsideVocabulary())
                    .put("rate", own.get(0).rate())
                    .put("steps", range(own.stream().mapToDouble(Run::steps).toArray(), "%.0f"))
                    .put("seconds", range(own.stream().mapToDouble(Run::seconds).toArray(), "%.2f"))
                    .put("loss (nats per token)", losses.next())
                    .put(
                            "bits per byte",
                            own.stream().mapToDouble(Run::bitsPerByte).average().orElseThrow())
                    .put(
                            "behind the best",
                            !compared || name.equals(winner())
                                    ? ""
                                    : behind(name).toString())
                    .put("verdict", verdict(name));
        }
        return table.table();
    }

    /** {@return a row for each run, with what it takes to {@linkplain ArchitectureComparison#repeat repeat} it} */
    public Table runTable() {
        ResultTable table = new ResultTable("runs");
        for (Run run : runs) {
            table.put("architecture", run.name())
                    .put("seed", run.seed())
                    .put("rate", run.rate())
                    .put("steps", run.steps())
                    .put("tokens", run.tokens())
                    .put("seconds", run.seconds())
                    .put("loss (nats per token)", run.loss())
                    .put("diverged", run.diverged() ? "at step " + run.divergedAt() : "");
        }
        return table.table();
    }
}
