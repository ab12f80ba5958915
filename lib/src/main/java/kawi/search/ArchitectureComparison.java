package kawi.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.model.ModelConfig;
import kawi.stats.SampleStatistics;
import kawi.text.TokenFile;
import kawi.torch.Torch;
import kawi.train.Batch;
import kawi.train.Batches;
import kawi.train.Evaluation;
import kawi.train.Fit;
import kawi.train.Muon;
import kawi.train.Schedule;
import org.apache.commons.statistics.distribution.TDistribution;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Trains several architectures for equal seconds on the same text, each from several seeds, and says how they compare.
 *
 * <p>What is equal: the seconds, the windows drawn for a seed, the optimizer ({@link Muon}, the one that the chosen
 * model will be trained with), the shape of the schedule. What each has for itself: its learning rate, because one rate
 * for all would favour whom it suits. The rate is the one of {@link #RATES} that leaves the lowest validation loss
 * after a whole schedule in a quarter of the seconds. How many steps fit into the seconds is measured first, so that a
 * run ends its schedule; where the machine slows down meanwhile, a run is cut off at half as much again.
 */
public final class ArchitectureComparison implements AutoCloseable {
    private static final int WARM_UP = 4;
    private static final int TIMED_STEPS = 6;
    /** Peak rates of which each architecture gets the best; neighbours differ by a factor of about three. */
    public static final List<Double> RATES = List.of(0.003, 0.01, 0.03, 0.1);

    private static final double TRIAL = 0.25;
    private static final double PATIENCE = 1.5;
    private static final int SCORED_WINDOWS = 96;

    /** One finished run. @param loss nats per token on validation text @param seconds of training */
    public record Run(
            String name,
            long seed,
            double rate,
            long parameters,
            long steps,
            double seconds,
            double loss,
            double bitsPerByte) {}

    /**
     * What is held equal, and the rates where they are known from a contest before.
     *
     * @param batch windows in a step
     * @param seconds of training for each run
     * @param seeds runs of each architecture
     * @param rates peak learning rate by entrant; sought for those that are missing
     */
    public record ComparisonSettings(int batch, double seconds, int seeds, long firstSeed, Map<String, Double> rates) {
        public ComparisonSettings(int batch, double seconds, int seeds, long firstSeed) {
            this(batch, seconds, seeds, firstSeed, Map.of());
        }
    }

    private final Torch torch;
    private final TokenFile train;
    private final TokenFile validation;
    private final ComparisonSettings settings;
    private final List<Run> runs = new ArrayList<>();
    private final Map<String, LanguageModel> firsts = new LinkedHashMap<>();
    private final Map<String, Double> rates = new LinkedHashMap<>();

    private ArchitectureComparison(Torch torch, TokenFile train, TokenFile validation, ComparisonSettings settings) {
        this.torch = torch;
        this.train = train;
        this.validation = validation;
        this.settings = settings;
    }

    /**
     * Runs the contest. Interrupted, it stops at a step and returns the runs that were finished.
     *
     * @param entrants configurations by the name to show
     * @param progress is given one series for each entrant: its smoothed training loss against seconds, first seed only
     */
    public static ArchitectureComparison run(
            Torch torch,
            Map<String, ? extends ModelConfig> entrants,
            TokenFile train,
            TokenFile validation,
            ComparisonSettings settings,
            Progress progress) {
        ArchitectureComparison contest = new ArchitectureComparison(torch, train, validation, settings);
        Fit.alone(() -> {
            progress.begin(
                    "training " + String.join(", ", entrants.keySet()), (long) entrants.size() * settings.seeds());
            progress.axes("seconds", "training loss, smoothed (nats per token)");
            contest.runAll(entrants, progress);
            progress.end(contest.runs.size() + " runs");
            return null;
        });
        return contest;
    }

    private void runAll(Map<String, ? extends ModelConfig> entrants, Progress progress) {
        Map<String, Long> steps = new LinkedHashMap<>();
        entrants.forEach((name, config) -> {
            progress.update(runs.size(), "finding a rate for " + name);
            double secondsPerStep = secondsPerStep(config);
            steps.put(name, Math.max(10, Math.round(settings.seconds() / secondsPerStep)));
            rates.put(
                    name,
                    settings.rates().containsKey(name)
                            ? settings.rates().get(name)
                            : rate(config, Math.max(10, Math.round(TRIAL * settings.seconds() / secondsPerStep))));
        });
        for (int i = 0; i < settings.seeds(); i++) {
            for (String name : entrants.keySet()) {
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
                progress.update(runs.size(), name + ", seed " + (settings.firstSeed() + i));
                runOne(
                        name,
                        entrants.get(name),
                        settings.firstSeed() + i,
                        rates.get(name),
                        steps.get(name),
                        i == 0 ? progress : Progress.NONE);
            }
        }
    }

    private void runOne(String name, ModelConfig config, long seed, double rate, long steps, Progress progress) {
        LanguageModel model = LanguageModel.create(torch, config, seed);
        long start = System.nanoTime();
        double smooth = Double.NaN;
        try (Fit fit =
                Fit.of(torch, model.parameters(), Muon.defaults().withRate(rate), Schedule.cosine(steps / 10, steps))) {
            Batches batches = new Batches(train, settings.batch(), config.context(), seed);
            double latest = start + PATIENCE * settings.seconds() * 1e9;
            while (!fit.done()
                    && System.nanoTime() < latest
                    && !Thread.currentThread().isInterrupted()) {
                double loss = step(fit, model, batches);
                smooth = Double.isNaN(smooth) ? loss : 0.9 * smooth + 0.1 * loss;
                progress.point(name, (System.nanoTime() - start) * 1e-9, smooth);
            }
            double seconds = (System.nanoTime() - start) * 1e-9;
            if (!Thread.currentThread().isInterrupted()) {
                Evaluation score = Evaluation.of(model, validation, config.context(), SCORED_WINDOWS, settings.batch());
                runs.add(new Run(
                        name,
                        seed,
                        rate,
                        config.parameterCount(),
                        fit.taken(),
                        seconds,
                        score.nats(),
                        score.bitsPerByte()));
            }
        }
        if (firsts.putIfAbsent(name, model) != null) {
            model.close();
        }
    }

    /** The best of a few rates after a short training each; one that diverges is out. */
    private double rate(ModelConfig config, long steps) {
        double best = RATES.get(0);
        double lowest = Double.POSITIVE_INFINITY;
        for (double rate : RATES) {
            Recipe trial = new Recipe(
                    "trial",
                    config,
                    Muon.defaults().withRate(rate),
                    Schedule.cosine(steps / 10, steps),
                    settings.batch());
            double loss = CumulativeAblation.train(
                            torch,
                            trial,
                            train,
                            validation,
                            new CumulativeAblation.AblationSettings(
                                    1, settings.firstSeed(), SCORED_WINDOWS, config.context()),
                            settings.firstSeed())
                    .loss();
            if (loss < lowest) {
                lowest = loss;
                best = rate;
            }
        }
        return best;
    }

    /** The median over a while, the first steps left out: in those the machine is still getting ready. */
    private double secondsPerStep(ModelConfig config) {
        List<Double> times = new ArrayList<>();
        try (LanguageModel model = LanguageModel.create(torch, config, settings.firstSeed());
                Fit fit = Fit.of(torch, model.parameters(), Muon.defaults(), Schedule.constant(Integer.MAX_VALUE))) {
            Batches batches = new Batches(train, settings.batch(), model.context(), settings.firstSeed());
            long end = System.nanoTime() + (long) (TRIAL * settings.seconds() * 1e9);
            while (times.size() < WARM_UP + TIMED_STEPS || System.nanoTime() < end) {
                long start = System.nanoTime();
                step(fit, model, batches);
                times.add((System.nanoTime() - start) * 1e-9);
            }
        }
        List<Double> warm =
                times.subList(WARM_UP, times.size()).stream().sorted().toList();
        return warm.get(warm.size() / 2);
    }

    static double step(Fit fit, LanguageModel model, Batches batches) {
        Batch batch = batches.next();
        return fit.step(1, work -> model.loss(batch.ids(work), batch.targets(work)))
                .loss();
    }

    public List<Run> runs() {
        return List.copyOf(runs);
    }

    /** {@return the peak rate of each entrant, found or given} */
    public Map<String, Double> rates() {
        return Map.copyOf(rates);
    }

    /** {@return the model of an entrant's first seed as it was trained; the contest owns it} */
    public LanguageModel model(String name) {
        return firsts.get(name);
    }

    /** Validation losses of an entrant in the order of the seeds. */
    public double[] losses(String name) {
        return runs.stream()
                .filter(run -> run.name().equals(name))
                .mapToDouble(Run::loss)
                .toArray();
    }

    /** {@return the entrant whose mean loss is lowest} */
    public String winner() {
        return firsts.keySet().stream()
                .min((a, b) -> Double.compare(mean(losses(a)), mean(losses(b))))
                .orElseThrow();
    }

    /**
     * {@return whether the winner is better than an entrant beyond chance: the interval of the difference, seed by
     * seed, does not hold 0}
     */
    public boolean beyondChance(String other) {
        double[] difference = difference(other);
        return Math.abs(mean(difference)) > halfWidth(difference);
    }

    private double[] difference(String other) {
        double[] ours = losses(winner());
        double[] theirs = losses(other);
        double[] difference = new double[Math.min(ours.length, theirs.length)];
        Arrays.setAll(difference, i -> theirs[i] - ours[i]);
        return difference;
    }

    /**
     * {@return a row for each entrant: parameters, rate, steps, tokens a second, loss with its interval over seeds, and
     * the difference to the winner with its own}
     */
    public Table table() {
        StringColumn names = StringColumn.create("architecture");
        LongColumn parameters = LongColumn.create("parameters");
        LongColumn steps = LongColumn.create("steps");
        List<DoubleColumn> numbers = new ArrayList<>();
        for (String column : new String[] {
            "rate",
            "seconds",
            "loss (nats per token)",
            "95 % interval, half",
            "bits per byte",
            "behind the best",
            "half interval of that"
        }) {
            numbers.add(DoubleColumn.create(column));
        }
        for (String name : firsts.keySet()) {
            List<Run> own = runs.stream().filter(run -> run.name().equals(name)).toList();
            if (!own.isEmpty()) {
                names.append(name);
                parameters.append(own.get(0).parameters());
                steps.append(own.get(0).steps());
                double[] row = {
                    own.get(0).rate(),
                    own.stream().mapToDouble(Run::seconds).average().orElseThrow(),
                    mean(losses(name)),
                    halfWidth(losses(name)),
                    own.stream().mapToDouble(Run::bitsPerByte).average().orElseThrow(),
                    mean(difference(name)),
                    halfWidth(difference(name))
                };
                for (int i = 0; i < row.length; i++) {
                    numbers.get(i).append(row[i]);
                }
            }
        }
        Table table = Table.create("contest", names, parameters, steps);
        numbers.forEach(table::addColumns);
        return table;
    }

    /** {@return the mean of some values; NaN for none} */
    public static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }

    /** Half the width of the 95 % interval of a mean of few values, by Student's t; infinite for fewer than two. */
    public static double halfWidth(double[] values) {
        if (values.length < 2) {
            return Double.POSITIVE_INFINITY;
        }
        return TDistribution.of(values.length - 1).inverseSurvivalProbability(0.025) * SampleStatistics.error(values);
    }

    /** Frees the models. */
    @Override
    public void close() {
        firsts.values().forEach(LanguageModel::close);
        firsts.clear();
    }
}
