package kawi.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.text.TokenFile;
import kawi.torch.Torch;
import kawi.train.Batches;
import kawi.train.Evaluation;
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
     * @param loss nats per token on validation text
     * @param seconds of training, evaluation left out
     */
    public record Climb(String rung, long seed, double loss, double seconds) {}

    /**
     * What is held equal. @param seeds trainings of each rung @param windows most validation windows scored @param
     * context tokens in a window
     */
    public record AblationSettings(int seeds, long firstSeed, int windows, int context) {}

    private static final int SCORED_AT_ONCE = 64;

    private final Map<String, Recipe> rungs = new LinkedHashMap<>();
    private final List<Climb> climbs = new ArrayList<>();

    private CumulativeAblation(List<Recipe> rungs) {
        rungs.forEach(rung -> this.rungs.put(rung.name(), rung));
    }

    /**
     * Climbs the ladder once for each seed, so that a machine that slows down meanwhile slows all rungs. Interrupted,
     * it returns the trainings that were finished. A rung whose loss explodes is given the loss NaN, and the climb goes
     * on.
     *
     * @param progress is given the loss of each rung by its number, a series for each seed
     */
    public static CumulativeAblation run(
            Torch torch,
            List<Recipe> rungs,
            TokenFile train,
            TokenFile validation,
            AblationSettings settings,
            Progress progress) {
        CumulativeAblation ladder = new CumulativeAblation(rungs);
        return Fit.alone(() -> {
            progress.begin("climbing " + rungs.size() + " rungs", (long) rungs.size() * settings.seeds());
            progress.axes("rung", "validation loss (nats per token)");
            for (int i = 0; i < settings.seeds(); i++) {
                for (Recipe rung : rungs) {
                    long seed = settings.firstSeed() + i;
                    progress.update(ladder.climbs.size(), rung.name() + ", seed " + seed);
                    Climb climb = train(torch, rung, train, validation, settings, seed);
                    if (Thread.currentThread().isInterrupted()) {
                        progress.end("interrupted");
                        return ladder;
                    }
                    ladder.climbs.add(climb);
                    progress.point("seed " + seed, 1 + rungs.indexOf(rung), climb.loss());
                }
            }
            progress.end(ladder.climbs.size() + " trainings");
            return ladder;
        });
    }

    /** One training from its beginning to the end of its schedule, then the score. */
    static Climb train(
            Torch torch, Recipe rung, TokenFile train, TokenFile validation, AblationSettings settings, long seed) {
        try (LanguageModel model = LanguageModel.create(torch, rung.config(), seed);
                Fit fit = Fit.of(torch, model.parameters(), rung.optimizer(), rung.schedule())) {
            Batches batches = new Batches(train, rung.batch(), settings.context(), seed);
            long start = System.nanoTime();
            boolean sound = true;
            while (sound && !fit.done() && !Thread.currentThread().isInterrupted()) {
                sound = Double.isFinite(RateFinder.stepOrInfinity(fit, model, batches.next()));
            }
            double seconds = (System.nanoTime() - start) * 1e-9;
            double loss = sound
                    ? Evaluation.of(model, validation, settings.context(), settings.windows(), SCORED_AT_ONCE)
                            .nats()
                    : Double.NaN;
            return new Climb(rung.name(), seed, loss, seconds);
        }
    }

    public List<Climb> climbs() {
        return List.copyOf(climbs);
    }

    /** {@return the names of the rungs, from the ground up} */
    public List<String> names() {
        return List.copyOf(rungs.keySet());
    }

    /** {@return a rung's validation losses in the order of the seeds, nats per token} */
    public double[] losses(String rung) {
        return climbs.stream()
                .filter(climb -> climb.rung().equals(rung))
                .mapToDouble(Climb::loss)
                .toArray();
    }

    /** {@return a rung's mean training time, seconds} */
    public double seconds(String rung) {
        return climbs.stream()
                .filter(climb -> climb.rung().equals(rung))
                .mapToDouble(Climb::seconds)
                .average()
                .orElse(Double.NaN);
    }

    /** {@return what a rung changed seed by seed: its losses less those of the rung before; empty for the first} */
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
     * "helped", "harmed", or "no detectable difference" where the interval of a rung's change holds 0; "" for the
     * first.
     */
    public String verdict(String rung) {
        double[] change = change(rung);
        if (change.length == 0) {
            return "";
        }
        double mean = ArchitectureComparison.mean(change);
        return !(Math.abs(mean) > ArchitectureComparison.halfWidth(change))
                ? "no detectable difference"
                : mean < 0 ? "helped" : "harmed";
    }

    /**
     * {@return a row for each rung: every seed's loss, their mean with its interval, seconds, and the change from the
     * rung before with its own}
     */
    public Table table() {
        StringColumn names = StringColumn.create("rung");
        StringColumn seeds = StringColumn.create("loss of each seed");
        IntColumn steps = IntColumn.create("steps");
        IntColumn batch = IntColumn.create("windows in a step");
        List<DoubleColumn> numbers = new ArrayList<>();
        for (String column : new String[] {
            "loss (nats per token)", "95 % interval, half", "seconds", "ms a step", "change", "half interval of that"
        }) {
            numbers.add(DoubleColumn.create(column));
        }
        StringColumn verdicts = StringColumn.create("verdict");
        for (Recipe rung : rungs.values()) {
            double[] losses = losses(rung.name());
            if (losses.length > 0) {
                names.append(rung.name());
                steps.append((int) rung.schedule().steps());
                batch.append(rung.batch());
                seeds.append(Arrays.stream(losses)
                        .mapToObj(loss -> String.format(Locale.ROOT, "%.3f", loss))
                        .reduce((a, b) -> a + ", " + b)
                        .orElseThrow());
                double[] change = change(rung.name());
                double[] row = {
                    ArchitectureComparison.mean(losses),
                    ArchitectureComparison.halfWidth(losses),
                    seconds(rung.name()),
                    1000 * seconds(rung.name()) / rung.schedule().steps(),
                    ArchitectureComparison.mean(change),
                    ArchitectureComparison.halfWidth(change)
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
