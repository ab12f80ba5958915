package kawi.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.stats.Interval;
import kawi.text.TokenFile;
import kawi.torch.Torch;
import kawi.train.Fit;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Trains recipes of which each differs from the one before in one thing, each from several seeds, and says what every
 * change brought: an ablation in cumulative steps. A change that brings nothing, or harms, keeps its rung and its
 * number.
 *
 * <p>Seeds are paired: a seed draws the same windows and the same start for every rung, so the difference of two rungs
 * is taken seed by seed. {@link Recipe#ladder} is the kit's own way from GPT-2.
 */
public final class CumulativeAblation {

    /**
     * One finished training.
     *
     * @param rung the recipe's name
     * @param seed of the model's first weights and of the windows that are drawn
     * @param loss nats per token on validation text; NaN where the training diverged
     * @param seconds of training, evaluation left out
     * @param divergedAt the step at which the training diverged; 0 where it did not
     */
    public record Run(String rung, long seed, double loss, double seconds, long divergedAt) {
        /** {@return whether its loss ran away, so that it has none} */
        public boolean diverged() {
            return divergedAt > 0;
        }
    }

    /**
     * What is held equal.
     *
     * @param seeds trainings of each rung
     * @param firstSeed the first of them; the others follow by one
     * @param windows most validation windows scored
     * @param context tokens in a window
     */
    public record AblationSettings(int seeds, long firstSeed, int windows, int context) {}

    private static final int SCORED_AT_ONCE = 64;

    private final Map<String, Recipe> rungs = new LinkedHashMap<>();
    private final List<Run> runs = new ArrayList<>();

    private CumulativeAblation(List<Recipe> rungs) {
        for (Recipe rung : rungs) {
            if (this.rungs.put(rung.name(), rung) != null) {
                throw new KitException("Two rungs are called '" + rung.name() + "': give each a name of its own.");
            }
        }
        if (rungs.isEmpty()) {
            throw new KitException("An ablation needs at least one recipe: give the one to begin with.");
        }
    }

    /** What finished trainings say, wherever they came from. */
    static CumulativeAblation of(List<Recipe> rungs, List<Run> runs) {
        CumulativeAblation ladder = new CumulativeAblation(rungs);
        ladder.runs.addAll(runs);
        return ladder;
    }

    /**
     * Trains every rung once for each seed, so that a machine that slows down meanwhile slows all rungs. Interrupted,
     * it returns the trainings that were finished. A training that diverges is kept as such, and the ablation goes on;
     * it has no loss, and its rung no mean and no comparison.
     *
     * @param torch the engine to train on
     * @param rungs recipes of different names, each with one change from the one before
     * @param train text to learn from
     * @param validation text to be judged on
     * @param settings what is held equal
     * @param progress is given the loss of each rung by its number, a series for each seed, and told of trainings that
     *     diverged
     * @return the trainings
     * @throws KitException if two rungs have one name, or a training fails otherwise than by diverging
     */
    public static CumulativeAblation run(
            Torch torch,
            List<Recipe> rungs,
            TokenFile train,
            TokenFile validation,
            AblationSettings settings,
            Progress progress) {
        return run(Trials.here(torch), rungs, train, validation, settings, progress);
    }

    /**
     * The same where the trainings are run elsewhere, many at once: the same numbers in the same order, but for the
     * seconds.
     *
     * @param trials where they are run
     * @param rungs recipes of different names, each with one change from the one before
     * @param train text to learn from
     * @param validation text to be judged on
     * @param settings what is held equal
     * @param progress as in the other
     * @return the trainings
     * @throws KitException if two rungs have one name, or a training fails otherwise than by diverging
     */
    public static CumulativeAblation run(
            Trials trials,
            List<Recipe> rungs,
            TokenFile train,
            TokenFile validation,
            AblationSettings settings,
            Progress progress) {
        CumulativeAblation ladder = new CumulativeAblation(rungs);
        List<Trials.Asked> asked = new ArrayList<>();
        for (int i = 0; i < settings.seeds(); i++) {
            for (Recipe rung : rungs) {
                long seed = settings.firstSeed() + i;
                long steps = rung.schedule().steps();
                asked.add(
                        new Trials.Asked(rung, 1, seed, steps, settings.context(), settings.windows(), SCORED_AT_ONCE));
            }
        }
        return Fit.alone(() -> {
            progress.begin("training " + rungs.size() + " recipes", asked.size());
            progress.axes("rung", "validation loss (nats per token)");
            try (Trials.Session session = trials.begin(train, validation)) {
                session.run(asked, (each, outcome) -> {
                    String rung = each.recipe().name();
                    session.drop(List.of(each));
                    ladder.runs.add(
                            new Run(rung, each.seed(), outcome.loss(), outcome.seconds(), outcome.divergedAt()));
                    if (outcome.diverged()) {
                        progress.sample(each.name() + ": diverged at step " + outcome.divergedAt());
                    } else {
                        progress.point("seed " + each.seed(), 1 + rungs.indexOf(each.recipe()), outcome.loss());
                    }
                    progress.update(ladder.runs.size(), each.name());
                });
            }
            if (ladder.runs.size() < asked.size()) {
                progress.end("interrupted");
                return ladder;
            }
            long diverged = ladder.runs.stream().filter(Run::diverged).count();
            progress.end(
                    ladder.runs.size() + " trainings" + (diverged == 0 ? "" : ", of which " + diverged + " diverged"));
            return ladder;
        });
    }

    /** {@return the trainings in the order in which they were run} */
    public List<Run> runs() {
        return List.copyOf(runs);
    }

    /** {@return the names of the rungs, from the ground up} */
    public List<String> names() {
        return List.copyOf(rungs.keySet());
    }

    /**
     * {@return a rung's validation losses in the order of the seeds, nats per token; NaN where a training diverged, so
     * that no mean is taken over the rest unnoticed}
     *
     * @param rung a recipe's name
     */
    public double[] losses(String rung) {
        return own(rung).mapToDouble(Run::loss).toArray();
    }

    private Stream<Run> own(String rung) {
        return runs.stream().filter(run -> run.rung().equals(rung));
    }

    /**
     * {@return a rung's mean training time, seconds, of the trainings that did not diverge; NaN where there is none}
     *
     * @param rung a recipe's name
     */
    public double seconds(String rung) {
        return own(rung)
                .filter(run -> !run.diverged())
                .mapToDouble(Run::seconds)
                .average()
                .orElse(Double.NaN);
    }

    /**
     * {@return what a rung changed seed by seed: its losses less those of the rung before; empty for the first}
     *
     * @param rung a recipe's name
     */
    public double[] change(String rung) {
        int at = names().indexOf(rung);
        if (at < 1) {
            return new double[0];
        }
        double[] here = losses(rung);
        double[] before = losses(names().get(at - 1));
        return IntStream.range(0, Math.min(here.length, before.length))
                .mapToDouble(i -> here[i] - before[i])
                .toArray();
    }

    /**
     * {@return a rung's mean loss over the seeds with its interval, nats per token; undefined, and without a value,
     * where a training diverged, which has none to take a mean of}
     *
     * @param rung a recipe's name
     */
    public Interval loss(String rung) {
        String diverged = diverged(rung);
        return diverged.isEmpty() ? Interval.studentT(losses(rung)) : Interval.undefined(Double.NaN, diverged);
    }

    /**
     * {@return the mean of {@link #change} with its interval, nats per token; undefined, and without a value, for the
     * first rung and where a training of the rung or the one before diverged}
     *
     * @param rung a recipe's name
     */
    public Interval changed(String rung) {
        int at = names().indexOf(rung);
        String diverged = diverged(rung).isEmpty() && at > 0 ? diverged(names().get(at - 1)) : diverged(rung);
        return diverged.isEmpty() ? Interval.studentT(change(rung)) : Interval.undefined(Double.NaN, diverged);
    }

    /**
     * {@return "helped", "harmed", "no difference" where every seed lost the same, or "no detectable difference" where
     * the interval of a rung's change holds 0; "" for the first; "diverged" with the steps and seeds where a training
     * did, and that nothing can be compared where one of the rung before did or fewer than two seeds were trained}
     *
     * @param rung a recipe's name
     */
    public String verdict(String rung) {
        String diverged = diverged(rung);
        if (!diverged.isEmpty()) {
            return diverged;
        }
        int at = names().indexOf(rung);
        if (at < 1) {
            return "";
        }
        if (!diverged(names().get(at - 1)).isEmpty()) {
            return "not compared: the rung before diverged";
        }
        if (change(rung).length > 1 && Arrays.stream(change(rung)).allMatch(each -> each == 0)) {
            return "no difference";
        }
        Interval change = changed(rung);
        return !change.defined()
                ? "not compared: " + change.reason()
                : !change.excludes(0) ? "no detectable difference" : change.value() < 0 ? "helped" : "harmed";
    }

    /** Where trainings of a rung diverged: "diverged at step 7 (seed 2)"; "" where none did. */
    private String diverged(String rung) {
        String where = own(rung)
                .filter(Run::diverged)
                .map(run -> "at step " + run.divergedAt() + " (seed " + run.seed() + ")")
                .collect(Collectors.joining(", "));
        return where.isEmpty() ? "" : "diverged " + where;
    }

    /**
     * {@return a row for each rung: every seed's loss, their mean with its 95 % interval, seconds, and the change from
     * the rung before with its own; a cell is empty where there is no number}
     */
    public Table table() {
        StringColumn names = StringColumn.create("rung");
        StringColumn seeds = StringColumn.create("loss of each seed");
        IntColumn steps = IntColumn.create("steps");
        IntColumn batch = IntColumn.create("windows in a step");
        List<DoubleColumn> numbers = new ArrayList<>();
        for (String column : new String[] {
            "loss (nats per token)",
            "loss, low",
            "loss, high",
            "seconds",
            "ms a step",
            "change",
            "change, low",
            "change, high"
        }) {
            numbers.add(DoubleColumn.create(column));
        }
        StringColumn verdicts = StringColumn.create("verdict");
        for (Recipe rung : rungs.values()) {
            if (own(rung.name()).findAny().isPresent()) {
                names.append(rung.name());
                steps.append((int) rung.schedule().steps());
                batch.append(rung.batch());
                seeds.append(own(rung.name())
                        .map(run -> run.diverged()
                                ? "diverged at step " + run.divergedAt()
                                : String.format(Locale.ROOT, "%.3f", run.loss()))
                        .collect(Collectors.joining(", ")));
                Interval loss = loss(rung.name());
                Interval change = changed(rung.name());
                double[] row = {
                    loss.value(),
                    loss.low(),
                    loss.high(),
                    seconds(rung.name()),
                    1000 * seconds(rung.name()) / rung.schedule().steps(),
                    change.value(),
                    change.low(),
                    change.high()
                };
                for (int i = 0; i < row.length; i++) {
                    if (Double.isFinite(row[i])) {
                        numbers.get(i).append(row[i]);
                    } else {
                        numbers.get(i).appendMissing();
                    }
                }
                verdicts.append(verdict(rung.name()));
            }
        }
        Table table = Table.create("ladder", names, steps, batch, seeds);
        numbers.forEach(table::addColumns);
        return table.addColumns(verdicts);
    }
}
