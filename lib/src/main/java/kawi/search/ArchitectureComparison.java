package kawi.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.model.ModelConfig;
import kawi.stats.Interval;
import kawi.text.TokenFile;
import kawi.torch.Torch;
import kawi.train.Batches;
import kawi.train.Fit;
import kawi.train.Muon;
import kawi.train.Schedule;
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

    /**
     * One finished run.
     *
     * @param name the entrant's
     * @param seed of the model's first weights and of the windows that are drawn
     * @param rate peak learning rate
     * @param parameters of the model
     * @param steps optimizer steps taken
     * @param seconds of training
     * @param loss nats per token on validation text; NaN where the run diverged
     * @param bitsPerByte the same in bits per byte; NaN where the run diverged
     * @param divergedAt the step at which the run diverged; 0 where it did not
     * @param cutOff whether its time was up before the end of its schedule
     */
    public record Run(
            String name,
            long seed,
            double rate,
            long parameters,
            long steps,
            double seconds,
            double loss,
            double bitsPerByte,
            long divergedAt,
            boolean cutOff) {
        /** {@return whether its loss ran away, so that it has none} */
        public boolean diverged() {
            return divergedAt > 0;
        }
    }

    /**
     * One short training in search of a rate.
     *
     * @param name the entrant's
     * @param rate peak learning rate
     * @param steps of its schedule
     * @param loss nats per token on validation text; NaN where it diverged
     * @param divergedAt the step at which it diverged; 0 where it did not
     */
    public record RateTrial(String name, double rate, long steps, double loss, long divergedAt) {}

    /**
     * What is held equal, and the rates where they are known from a comparison before.
     *
     * @param batch windows in a step
     * @param seconds of training for each run
     * @param seeds runs of each architecture
     * @param firstSeed the first of them; the others follow by one
     * @param rates peak learning rate by entrant; sought for those that are missing
     */
    public record ComparisonSettings(int batch, double seconds, int seeds, long firstSeed, Map<String, Double> rates) {
        /**
         * Settings with which every entrant's rate is sought.
         *
         * @param batch windows in a step
         * @param seconds of training for each run
         * @param seeds runs of each architecture
         * @param firstSeed the first of them
         */
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
    private final List<RateTrial> trials = new ArrayList<>();

    private ArchitectureComparison(Torch torch, TokenFile train, TokenFile validation, ComparisonSettings settings) {
        this.torch = torch;
        this.train = train;
        this.validation = validation;
        this.settings = settings;
    }

    /** What finished runs say, wherever they came from; there are no models. */
    static ArchitectureComparison of(List<Run> runs) {
        ArchitectureComparison comparison =
                new ArchitectureComparison(null, null, null, new ComparisonSettings(1, 1, 1, 1));
        comparison.runs.addAll(runs);
        return comparison;
    }

    /**
     * Runs the comparison. Interrupted, it stops at a step and returns the runs that were finished.
     *
     * @param torch the engine to train on
     * @param entrants configurations by the name to show
     * @param train text to learn from
     * @param validation text to be judged on
     * @param settings what is held equal
     * @param progress is given one series for each entrant: its smoothed training loss against seconds, first seed
     *     only; and told of runs that diverge
     * @return the runs; the caller closes it
     * @throws KitException if every rate tried for an entrant diverges, or a training fails otherwise than by diverging
     */
    public static ArchitectureComparison run(
            Torch torch,
            Map<String, ? extends ModelConfig> entrants,
            TokenFile train,
            TokenFile validation,
            ComparisonSettings settings,
            Progress progress) {
        ArchitectureComparison comparison = new ArchitectureComparison(torch, train, validation, settings);
        Fit.alone(() -> {
            progress.begin(
                    "training " + String.join(", ", entrants.keySet()), (long) entrants.size() * settings.seeds());
            progress.axes("seconds", "training loss, smoothed (nats per token)");
            try {
                comparison.runAll(entrants, progress);
            } catch (RuntimeException e) {
                comparison.close();
                throw e;
            }
            long diverged = comparison.runs.stream().filter(Run::diverged).count();
            progress.end(
                    comparison.runs.size() + " runs" + (diverged == 0 ? "" : ", of which " + diverged + " diverged"));
            return null;
        });
        return comparison;
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
                            : rate(
                                    name,
                                    config,
                                    Math.max(10, Math.round(TRIAL * settings.seconds() / secondsPerStep))));
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
        boolean kept = false;
        try {
            long start = System.nanoTime();
            long latest = start + (long) (PATIENCE * settings.seconds() * 1e9);
            double[] smooth = {Double.NaN};
            Recipe recipe = recipe(name, config, rate, steps);
            Trial trial = Trial.run(
                    model,
                    recipe,
                    train,
                    judge(config),
                    seed,
                    () -> System.nanoTime() < latest && !Thread.currentThread().isInterrupted(),
                    loss -> {
                        smooth[0] = Double.isNaN(smooth[0]) ? loss : 0.9 * smooth[0] + 0.1 * loss;
                        progress.point(name, (System.nanoTime() - start) * 1e-9, smooth[0]);
                    });
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            if (trial.diverged()) {
                progress.sample(name + ", seed " + seed + ": diverged at step " + trial.divergedAt());
            }
            runs.add(new Run(
                    name,
                    seed,
                    rate,
                    config.parameterCount(),
                    trial.steps(),
                    trial.seconds(),
                    trial.loss(),
                    trial.bitsPerByte(),
                    trial.divergedAt(),
                    !trial.diverged() && trial.steps() < steps));
            kept = !trial.diverged() && firsts.putIfAbsent(name, model) == null;
        } finally {
            if (!kept) {
                model.close();
            }
        }
    }

    private Recipe recipe(String name, ModelConfig config, double rate, long steps) {
        return new Recipe(
                name, config, Muon.defaults().withRate(rate), Schedule.cosine(steps / 10, steps), settings.batch());
    }

    private Trial.Judge judge(ModelConfig config) {
        return new Trial.Judge(validation, config.context(), SCORED_WINDOWS, settings.batch());
    }

    /** The best of a few rates after a short training each; one that diverges is out. */
    private double rate(String name, ModelConfig config, long steps) {
        List<RateTrial> own = new ArrayList<>();
        for (double rate : RATES) {
            try (LanguageModel model = LanguageModel.create(torch, config, settings.firstSeed())) {
                Trial trial = Trial.run(
                        model,
                        recipe(name, config, rate, steps),
                        train,
                        judge(config),
                        settings.firstSeed(),
                        () -> !Thread.currentThread().isInterrupted(),
                        loss -> {});
                own.add(new RateTrial(name, rate, steps, trial.loss(), trial.divergedAt()));
            }
        }
        trials.addAll(own);
        return lowest(own);
    }

    /**
     * {@return the rate whose training ended with the lowest loss}
     *
     * @throws KitException if all of them diverged
     */
    static double lowest(List<RateTrial> trials) {
        return trials.stream()
                .filter(trial -> trial.divergedAt == 0)
                .min(Comparator.comparingDouble(RateTrial::loss))
                .orElseThrow(() -> new KitException("Every training of "
                        + (trials.isEmpty() ? "the entrant" : "'" + trials.get(0).name + "'")
                        + " in search of a rate diverged, the one at the rate of "
                        + trials.stream().mapToDouble(RateTrial::rate).min().orElse(Double.NaN)
                        + " too: give a lower rate in the settings."))
                .rate();
    }

    /** The median over a while, the first steps left out: in those the machine is still getting ready. */
    private double secondsPerStep(ModelConfig config) {
        List<Double> times = new ArrayList<>();
        try (LanguageModel model = LanguageModel.create(torch, config, settings.firstSeed());
                Fit fit = Fit.of(model, Muon.defaults(), Schedule.constant(Integer.MAX_VALUE))) {
            Batches batches = new Batches(train, settings.batch(), model.context(), settings.firstSeed());
            long end = System.nanoTime() + (long) (TRIAL * settings.seconds() * 1e9);
            while (times.size() < WARM_UP + TIMED_STEPS || System.nanoTime() < end) {
                long start = System.nanoTime();
                Trial.step(fit, model, batches);
                times.add((System.nanoTime() - start) * 1e-9);
            }
        }
        List<Double> warm =
                times.subList(WARM_UP, times.size()).stream().sorted().toList();
        return warm.get(warm.size() / 2);
    }

    /** {@return the finished runs in the order in which they were made} */
    public List<Run> runs() {
        return List.copyOf(runs);
    }

    /** {@return the short trainings in search of rates; none for an entrant whose rate was given} */
    public List<RateTrial> rateTrials() {
        return List.copyOf(trials);
    }

    /** {@return the peak rate of each entrant, found or given} */
    public Map<String, Double> rates() {
        return Map.copyOf(rates);
    }

    /**
     * {@return the model of an entrant's first seed that did not diverge, as it was trained; the comparison owns it}
     *
     * @param name the name that the entrant was given
     * @throws KitException if there is none
     */
    public LanguageModel model(String name) {
        LanguageModel model = firsts.get(name);
        if (model == null) {
            throw new KitException("There is no trained model of '" + name + "': "
                    + (names().contains(name) ? "all of its runs diverged" : "no run of it was finished") + ".");
        }
        return model;
    }

    /** Entrants with a finished run, in the order in which they were given. */
    private List<String> names() {
        return runs.stream().map(Run::name).distinct().toList();
    }

    private Stream<Run> own(String name) {
        return runs.stream().filter(run -> run.name().equals(name));
    }

    /**
     * {@return validation losses of an entrant in the order of the seeds, nats per token; NaN where a run diverged, so
     * that no mean is taken over the rest unnoticed}
     *
     * @param name the name that the entrant was given
     */
    public double[] losses(String name) {
        return own(name).mapToDouble(Run::loss).toArray();
    }

    /**
     * {@return an entrant's mean loss over the seeds with its interval, nats per token; undefined, and without a value,
     * where a run diverged, which has none to take a mean of}
     *
     * @param name the name that the entrant was given
     */
    public Interval loss(String name) {
        String diverged = diverged(name);
        return diverged.isEmpty() ? Interval.studentT(losses(name)) : Interval.undefined(Double.NaN, diverged);
    }

    /**
     * {@return what an entrant lost more than the winner, seed by seed, with its interval, nats per token; undefined,
     * and without a value, where a run diverged}
     *
     * @param name the name that the entrant was given
     */
    public Interval behind(String name) {
        String diverged = diverged(name);
        return diverged.isEmpty() ? Interval.studentT(difference(name)) : Interval.undefined(Double.NaN, diverged);
    }

    /**
     * {@return the entrant whose mean loss is lowest, among those of which no run diverged}
     *
     * @throws KitException if there is none
     */
    public String winner() {
        return names().stream()
                .filter(name -> own(name).noneMatch(Run::diverged))
                .min(Comparator.comparingDouble(name -> loss(name).value()))
                .orElseThrow(() -> new KitException(
                        runs.isEmpty()
                                ? "No run of the comparison was finished, so there is no winner: run it again."
                                : "Of every entrant a run diverged, so there is no winner: lower the rates."));
    }

    /**
     * {@return whether the winner is better than an entrant beyond chance: the interval of the difference, seed by
     * seed, does not hold 0}
     *
     * @param other the name that the entrant was given
     * @throws KitException if a run of the entrant diverged, which is not a difference of losses; {@link #verdict} says
     *     it
     */
    public boolean beyondChance(String other) {
        String diverged = diverged(other);
        if (!diverged.isEmpty()) {
            throw new KitException("'" + other + "' cannot be compared: " + diverged + ".");
        }
        return behind(other).excludes(0);
    }

    /**
     * {@return what the runs of an entrant say of it, in words: its place against the winner, or that it diverged}
     *
     * @param name the name that the entrant was given
     */
    public String verdict(String name) {
        String diverged = diverged(name);
        if (!diverged.isEmpty()) {
            return diverged;
        }
        long cut = own(name).filter(Run::cutOff).count();
        String cutOff = cut == 0 ? "" : "; " + cut + (cut == 1 ? " run was" : " runs were") + " cut off";
        if (name.equals(winner())) {
            return "lowest mean loss" + cutOff;
        }
        Interval behind = behind(name);
        return (behind.excludes(0)
                        ? winner() + " is better, beyond chance"
                        : behind.defined()
                                ? "no detectable difference from " + winner()
                                : "not compared: " + behind.reason())
                + cutOff;
    }

    /** Where runs of an entrant diverged: "diverged at step 7 (seed 2)"; "" where none did. */
    private String diverged(String name) {
        String where = own(name)
                .filter(Run::diverged)
                .map(run -> "at step " + run.divergedAt() + " (seed " + run.seed() + ")")
                .collect(Collectors.joining(", "));
        return where.isEmpty() ? "" : "diverged " + where;
    }

    /** What an entrant lost more than the winner, for each seed that both were run from. */
    private double[] difference(String other) {
        Map<Long, Double> best = own(winner()).collect(Collectors.toMap(Run::seed, Run::loss));
        return own(other)
                .filter(run -> best.containsKey(run.seed()))
                .mapToDouble(run -> run.loss() - best.get(run.seed()))
                .toArray();
    }

    /**
     * {@return a row for each entrant: parameters, rate, steps, tokens a second, loss with its 95 % interval over
     * seeds, the difference to the winner with its own, and the verdict; a cell is empty where there is no number}
     */
    public Table table() {
        StringColumn names = StringColumn.create("architecture");
        LongColumn parameters = LongColumn.create("parameters");
        LongColumn steps = LongColumn.create("steps");
        StringColumn verdicts = StringColumn.create("verdict");
        List<DoubleColumn> numbers = new ArrayList<>();
        for (String column : new String[] {
            "rate",
            "seconds",
            "loss (nats per token)",
            "loss, low",
            "loss, high",
            "bits per byte",
            "behind the best",
            "behind, low",
            "behind, high"
        }) {
            numbers.add(DoubleColumn.create(column));
        }
        boolean compared = names().stream().anyMatch(name -> diverged(name).isEmpty());
        for (String name : names()) {
            List<Run> own = own(name).toList();
            names.append(name);
            parameters.append(own.get(0).parameters());
            steps.append(own.get(0).steps());
            verdicts.append(verdict(name));
            Interval loss = loss(name);
            Interval behind = compared ? behind(name) : loss;
            double[] row = {
                own.get(0).rate(),
                own.stream().mapToDouble(Run::seconds).average().orElseThrow(),
                loss.value(),
                loss.low(),
                loss.high(),
                own.stream().mapToDouble(Run::bitsPerByte).average().orElseThrow(),
                behind.value(),
                behind.low(),
                behind.high()
            };
            for (int i = 0; i < row.length; i++) {
                if (Double.isFinite(row[i])) {
                    numbers.get(i).append(row[i]);
                } else {
                    numbers.get(i).appendMissing();
                }
            }
        }
        Table table = Table.create("comparison", names, parameters, steps);
        numbers.forEach(table::addColumns);
        return table.addColumns(verdicts);
    }

    /** Frees the models. */
    @Override
    public void close() {
        firsts.values().forEach(LanguageModel::close);
        firsts.clear();
    }
}
