package kawi.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.stats.Interval;
import kawi.stats.PValues;
import kawi.text.TokenFile;
import kawi.torch.Torch;
import kawi.train.Fit;
import tech.tablesaw.api.Table;

/**
 * Trains recipes of which each differs from the one before in one thing, each from several seeds, and says what every
 * change brought: an ablation in cumulative steps. A change that brings nothing, or harms, keeps its rung and its
 * number.
 *
 * <p>Seeds are paired: a seed draws the same windows and the same start for every rung, so the difference of two rungs
 * is taken seed by seed. Verdicts are corrected for the number of changes. {@link Recipe#ladder} is the kit's own way
 * from GPT-2.
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
    public record Run(String rung, long seed, double loss, double seconds, long divergedAt) implements SeededLoss {
        /** {@return whether its loss ran away, so that it has none} */
        @Override
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
        return SeededLoss.losses(own(rung));
    }

    private List<Run> own(String rung) {
        return runs.stream().filter(run -> run.rung().equals(rung)).toList();
    }

    /** The trainings of the rung below; none for the first. */
    private List<Run> before(String rung) {
        int at = names().indexOf(rung);
        return at < 1 ? List.of() : own(names().get(at - 1));
    }

    /**
     * {@return a rung's mean training time, seconds, of the trainings that did not diverge; NaN where there is none}
     *
     * @param rung a recipe's name
     */
    public double seconds(String rung) {
        return own(rung).stream()
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
        return SeededLoss.difference(own(rung), before(rung));
    }

    /**
     * {@return a rung's mean loss over the seeds with its interval, nats per token; undefined, and without a value,
     * where a training diverged, which has none to take a mean of}
     *
     * @param rung a recipe's name
     */
    public Interval loss(String rung) {
        return SeededLoss.mean(own(rung));
    }

    /**
     * {@return the mean of {@link #change} with its interval (one for this change alone), nats per token; undefined,
     * and without a value, for the first rung and where a training of the rung or the one before diverged}
     *
     * @param rung a recipe's name
     */
    public Interval changed(String rung) {
        return SeededLoss.meanDifference(own(rung), before(rung));
    }

    /**
     * {@return the p value of a rung's change, two-sided by Student's paired test and corrected by Holm for all changes
     * that could be compared: of several rungs one seems to bring something by chance; NaN where nothing was compared}
     *
     * @param rung a recipe's name
     */
    public double p(String rung) {
        double[] corrected = PValues.holm(names().stream()
                .mapToDouble(each -> changed(each).defined() ? PValues.studentT(change(each)) : Double.NaN)
                .toArray());
        return corrected[names().indexOf(rung)];
    }

    /**
     * {@return "helped" or "harmed" where the corrected {@linkplain #p p value} of a rung's change is below 0.05, "no
     * difference" where every seed lost the same, else "no detectable difference"; "" for the first; "diverged" with
     * the steps and seeds where a training did, and that nothing can be compared where one of the rung before did or
     * fewer than two seeds were trained}
     *
     * @param rung a recipe's name
     */
    public String verdict(String rung) {
        String diverged = SeededLoss.diverged(own(rung));
        if (!diverged.isEmpty()) {
            return diverged;
        }
        if (names().indexOf(rung) < 1) {
            return "";
        }
        if (before(rung).stream().anyMatch(Run::diverged)) {
            return "not compared: the rung before diverged";
        }
        if (change(rung).length > 1 && Arrays.stream(change(rung)).allMatch(each -> each == 0)) {
            return "no difference";
        }
        Interval change = changed(rung);
        return !change.defined()
                ? "not compared: " + change.reason()
                : p(rung) >= PValues.LEVEL ? "no detectable difference" : change.value() < 0 ? "helped" : "harmed";
    }

    /**
     * {@return a row for each rung: every seed's loss, their mean and the change from the rung before with their 95 %
     * intervals, seconds, the change's corrected p value, and the verdict; a cell is empty where there is no number}
     */
    public Table table() {
        ResultTable table = new ResultTable("ladder");
        for (Recipe rung : rungs.values()) {
            List<Run> own = own(rung.name());
            if (!own.isEmpty()) {
                Interval change = changed(rung.name());
                table.put("rung", rung.name())
                        .put("windows in a step", rung.batch())
                        .put(
                                "loss of each seed",
                                own.stream()
                                        .map(run -> run.diverged()
                                                ? "diverged at step " + run.divergedAt()
                                                : String.format(Locale.ROOT, "%.3f", run.loss()))
                                        .collect(Collectors.joining(", ")))
                        .put("loss (nats per token)", loss(rung.name()).toString())
                        .put("seconds", seconds(rung.name()))
                        .put("change", change.defined() ? change.toString() : "")
                        .put("p, corrected", PValues.cell(p(rung.name())))
                        .put("verdict", verdict(rung.name()));
            }
        }
        return table.table();
    }
}
