package kawi.search;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.model.ModelConfig;
import kawi.search.ComparedRuns.Run;
import kawi.search.EqualSeconds.Entrant;
import kawi.search.RateGrid.RateTrial;
import kawi.text.TokenFile;
import kawi.torch.Torch;
import kawi.train.Fit;
import kawi.train.Muon;

/**
 * Trains several architectures on the same text, each from several seeds, and reads the experiment in three ways: after
 * equal seconds, after equal steps, and after equal tokens.
 *
 * <p>What is equal: the windows drawn for a seed, the optimizer ({@link Muon}, the one that the chosen model will be
 * trained with), the shape of the schedule. What each has for itself: its learning rate, because one rate for all would
 * favour whom it suits. The rate is the one of {@link #RATES} that leaves the lowest validation loss, each tried for
 * the same seconds on the same schedule as the runs that are compared, from a seed that is none of theirs.
 *
 * <p>The models of one seed are trained at the same time, a step of one after a step of another, and end together; how
 * many steps that were is found on the way and kept with each run. {@link #repeat} takes that number, not the clock,
 * and comes to the same weights.
 */
public final class ArchitectureComparison implements AutoCloseable {
    /** Peak rates of which each architecture gets the best; neighbours differ by a factor of about three. */
    public static final List<Double> RATES = List.of(0.003, 0.01, 0.03, 0.1);

    /**
     * What is held equal, and the rates where they are known from a comparison before.
     *
     * @param batch windows in a step
     * @param seconds of training for each run
     * @param seeds runs of each architecture
     * @param firstSeed the first of them; the others follow by one, and the one after the last draws the trainings in
     *     search of a rate
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
    private final Map<String, ModelConfig> entrants;
    private final TokenFile train;
    private final TokenFile validation;
    private final ComparisonSettings settings;
    private final LongSupplier clock;
    private final Map<String, Double> rates = new LinkedHashMap<>();
    private final List<RateTrial> trials = new ArrayList<>();
    private final List<Run> runs = new ArrayList<>(); // on equal seconds
    private final ShorterRuns shorter; // with fewer steps, for the other readings
    private final Map<String, LanguageModel> firsts = new LinkedHashMap<>();

    private ArchitectureComparison(
            Torch torch,
            Map<String, ? extends ModelConfig> entrants,
            TokenFile train,
            TokenFile validation,
            ComparisonSettings settings,
            LongSupplier clock) {
        this.torch = torch;
        this.entrants = new LinkedHashMap<>(entrants);
        this.train = train;
        this.validation = validation;
        this.settings = settings;
        this.clock = clock;
        this.shorter = new ShorterRuns(this.entrants, settings.batch(), train, validation);
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
        return run(torch, entrants, train, validation, settings, progress, System::nanoTime);
    }

    /** The same by a clock of one's own, in nanoseconds: with one that goes by steps it ends alike each time. */
    static ArchitectureComparison run(
            Torch torch,
            Map<String, ? extends ModelConfig> entrants,
            TokenFile train,
            TokenFile validation,
            ComparisonSettings settings,
            Progress progress,
            LongSupplier clock) {
        ArchitectureComparison comparison =
                new ArchitectureComparison(torch, entrants, train, validation, settings, clock);
        Fit.alone(() -> {
            try {
                comparison.runAll(progress);
            } catch (RuntimeException e) {
                comparison.close();
                throw e;
            }
            return null;
        });
        return comparison;
    }

    private void runAll(Progress progress) {
        List<String> sought = entrants.keySet().stream()
                .filter(name -> !settings.rates().containsKey(name))
                .toList();
        int before = sought.isEmpty() ? 0 : RATES.size();
        progress.begin("training " + String.join(", ", entrants.keySet()), before + settings.seeds());
        progress.axes("seconds", "training loss, smoothed (nats per token)");
        long spare = settings.firstSeed() + settings.seeds();
        for (int i = 0; i < before && !Thread.currentThread().isInterrupted(); i++) {
            double rate = RATES.get(i);
            progress.update(i, "at the rate of " + rate);
            List<Entrant> side =
                    sought.stream().map(name -> entrant(name, rate)).toList();
            together(side, spare, false, Progress.NONE)
                    .forEach(run ->
                            trials.add(new RateTrial(run.name(), rate, run.steps(), run.loss(), run.divergedAt())));
        }
        for (int i = 0; i < settings.seeds() && !Thread.currentThread().isInterrupted(); i++) {
            entrants.keySet()
                    .forEach(name -> rates.computeIfAbsent(
                            name,
                            each -> sought.contains(each)
                                    ? rateGrid().best(each)
                                    : settings.rates().get(each)));
            List<Entrant> side = entrants.keySet().stream()
                    .map(name -> entrant(name, rates.get(name)))
                    .toList();
            long seed = settings.firstSeed() + i;
            progress.update(before + i, "seed " + seed);
            List<Run> ended = together(side, seed, true, i == 0 ? progress : Progress.NONE);
            ended.stream()
                    .filter(Run::diverged)
                    .forEach(run ->
                            progress.sample(run.name() + ", seed " + seed + ": diverged at step " + run.divergedAt()));
            runs.addAll(ended);
        }
        long diverged = runs.stream().filter(Run::diverged).count();
        progress.end(runs.size() + " runs"
                + (trials.isEmpty() ? "" : " behind " + trials.size() + " trials of a rate")
                + (diverged == 0 ? "" : ", of which " + diverged + " diverged"));
    }

    private Entrant entrant(String name, double rate) {
        return new Entrant(name, entrants.get(name), rate);
    }

    /**
     * Trains models of one seed side by side.
     *
     * @param kept whether the first sound model of each name is kept
     * @param progress is given the losses
     * @return nothing where it was interrupted
     */
    private List<Run> together(List<Entrant> side, long seed, boolean kept, Progress progress) {
        List<Run> ended = new ArrayList<>();
        Map<String, Double> smooth = new LinkedHashMap<>();
        try (EqualSeconds lanes =
                new EqualSeconds(torch, side, train, settings.batch(), settings.seconds(), seed, clock)) {
            lanes.train(() -> !Thread.currentThread().isInterrupted(), (name, seconds, loss) -> {
                smooth.merge(name, loss, (old, next) -> 0.9 * old + 0.1 * next);
                progress.point(name, seconds, smooth.get(name));
            });
            if (Thread.currentThread().isInterrupted()) {
                return List.of();
            }
            for (Entrant each : side) {
                Trial trial = lanes.trial(each.name(), validation, ShorterRuns.WINDOWS, settings.batch());
                ended.add(Run.of(each.name(), each.config(), seed, each.rate(), settings.batch(), trial));
                if (kept && !trial.diverged() && !firsts.containsKey(each.name())) {
                    firsts.put(each.name(), lanes.take(each.name()));
                }
            }
        }
        return ended;
    }

    /** {@return the trainings in search of rates; none for an entrant whose rate was given} */
    public RateGrid rateGrid() {
        return new RateGrid(trials);
    }

    /** {@return the peak rate of each entrant, found or given, in the order of the entrants} */
    public Map<String, Double> rates() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(rates));
    }

    /** {@return the comparison after equal seconds} */
    public ComparedRuns equalSeconds() {
        return new ComparedRuns(runs);
    }

    /**
     * {@return the comparison after equal steps: of each seed as many as the entrant took that had the fewest} The
     * others are trained again with a schedule of so many steps and the same rate. Interrupted, it returns the runs
     * that were finished.
     *
     * @param progress is told of each run
     * @throws KitException if a training fails otherwise than by diverging
     */
    public ComparedRuns equalSteps(Progress progress) {
        return equalSteps(Trials.here(torch), progress);
    }

    /**
     * {@return the same where the others are trained elsewhere, many at once, with the same losses} What is trained for
     * equal seconds cannot be: its models must share one machine's clock.
     *
     * @param trials where they are trained
     * @param progress is told of each run
     * @throws KitException if a training fails otherwise than by diverging
     */
    public ComparedRuns equalSteps(Trials trials, Progress progress) {
        return reading(trials, "steps", name -> 1, progress);
    }

    /**
     * {@return the comparison after equal tokens, in the same way; it is that after equal steps where a step of each
     * entrant reads as many tokens}
     *
     * @param progress is told of each run
     * @throws KitException if a training fails otherwise than by diverging
     */
    public ComparedRuns equalTokens(Progress progress) {
        return equalTokens(Trials.here(torch), progress);
    }

    /**
     * {@return the same where the others are trained elsewhere, many at once, with the same losses}
     *
     * @param trials where they are trained
     * @param progress is told of each run
     * @throws KitException if a training fails otherwise than by diverging
     */
    public ComparedRuns equalTokens(Trials trials, Progress progress) {
        return reading(
                trials,
                "tokens",
                name -> (long) settings.batch() * entrants.get(name).context(),
                progress);
    }

    private ComparedRuns reading(Trials trials, String what, ToLongFunction<String> inAStep, Progress progress) {
        return Fit.alone(() -> new ComparedRuns(shorter.read(runs, trials, what, inAStep, progress)));
    }

    /**
     * Trains a finished run again by what is recorded of it: its seed, its rate and its number of steps. On the same
     * machine it comes to the same loss.
     *
     * @param run one of this comparison's, which did not diverge
     * @return the new run; where it was interrupted, with fewer steps
     */
    public Run repeat(Run run) {
        return Fit.alone(() -> train(run, run.steps()));
    }

    private Run train(Run run, long steps) {
        Trials.Asked asked = shorter.asked(run, steps);
        try (LanguageModel model = LanguageModel.create(torch, asked.recipe().config(), run.seed())) {
            Trial trial = Trial.run(
                    model,
                    asked.recipe(),
                    asked.passes(),
                    train,
                    new Trial.Judge(validation, asked.context(), asked.windows(), asked.atOnce()),
                    asked.seed(),
                    () -> !Thread.currentThread().isInterrupted());
            return shorter.run(run, trial);
        }
    }

    /**
     * {@return the model of an entrant's first seed that did not diverge, as it was trained for equal seconds; the
     * comparison owns it}
     *
     * @param name the name that the entrant was given
     * @throws KitException if there is none
     */
    public LanguageModel model(String name) {
        LanguageModel model = firsts.get(name);
        if (model == null) {
            throw new KitException("There is no trained model of '" + name + "': "
                    + (equalSeconds().names().contains(name) ? "all of its runs diverged" : "no run of it was finished")
                    + ".");
        }
        return model;
    }

    /** Frees the models. */
    @Override
    public void close() {
        firsts.values().forEach(LanguageModel::close);
        firsts.clear();
    }
}
