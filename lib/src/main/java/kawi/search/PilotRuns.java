package kawi.search;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import kawi.evidence.FolderLock;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.GptConfig;
import kawi.model.LanguageModel;
import kawi.model.LlamaConfig;
import kawi.model.ModelConfig;
import kawi.stats.SampleStatistics;
import kawi.text.TokenFile;
import kawi.torch.Arithmetic;
import kawi.torch.Torch;
import kawi.train.DivergedException;
import kawi.train.Fit;
import kawi.train.Flops;
import kawi.train.Optimizer;
import kawi.train.Trainer;
import tech.tablesaw.api.Table;

/**
 * Short trainings of a small, a middle and a large model, from which the loss of a long one is predicted. The larger
 * the model, the fewer of them: the small one takes n, 3 n and 9 n steps, the middle one n and 3 n, the large one n.
 * The shortest is taken from three seeds, which shows how much a loss owes to chance. Every pilot goes to the end of
 * its own schedule, because a training cut off before its rate has fallen ends too high.
 */
public final class PilotRuns {

    /** Sizes that a plan may choose from, as multiples of the middle one. */
    private static final double[] OFFERED = {0.5, 0.75, 1, 1.25, 1.5, 2};

    static final int WINDOWS_AT_ONCE = 8;

    /**
     * What a pilot shares with the long training.
     *
     * @param optimizer the rule of the long training, with its rate
     * @param tokensPerStep tokens that one step learns from, as in the long training
     * @param steps of the shortest pilot
     * @param windows windows of the validation text that a pilot is scored on; a prediction holds for these
     * @param seed of the first weights and of the windows that are drawn; two more follow it by one
     */
    public record PilotSettings(Optimizer optimizer, int tokensPerStep, int steps, int windows, long seed) {}

    /**
     * One pilot.
     *
     * @param config the model's shape
     * @param steps of its schedule, all taken
     * @param tokens learned from
     * @param seed of the first weights and of the windows that were drawn
     * @param loss on the validation windows, nats per token
     * @param seconds of training
     */
    public record Pilot(ModelConfig config, long steps, long tokens, long seed, double loss, double seconds) {}

    private final Torch torch;
    private final Trials trials;
    private final DoubleFunction<? extends ModelConfig> sizes;
    private final TokenFile train;
    private final TokenFile validation;
    private final PilotSettings settings;
    private final Path folder;
    private final List<Pilot> done = new ArrayList<>();
    private List<ScalingLaw> laws; // fitted once, when first asked for

    private PilotRuns(
            Torch torch,
            Trials trials,
            DoubleFunction<? extends ModelConfig> sizes,
            TokenFile train,
            TokenFile validation,
            PilotSettings settings,
            Path folder) {
        this.torch = torch;
        this.trials = trials;
        this.sizes = sizes;
        this.train = train;
        this.validation = validation;
        this.settings = settings;
        this.folder = folder;
    }

    /**
     * Trains the pilots of a GPT, whose sizes have so many times its layers and its width.
     *
     * @param torch the engine to train on
     * @param middle the middle size; the others have half and one and a half times its layers and width
     * @param train text to learn from
     * @param validation text to be judged on
     * @param settings what the pilots share with the long training
     * @param folder where pilots and plan are kept; null keeps none
     * @param progress is told of each pilot
     * @return the pilots
     * @throws DivergedException if a pilot diverges, naming it
     * @throws KitException if interrupted, or if another run has the folder
     */
    public static PilotRuns run(
            Torch torch,
            GptConfig middle,
            TokenFile train,
            TokenFile validation,
            PilotSettings settings,
            Path folder,
            Progress progress) {
        return run(
                torch,
                (DoubleFunction<GptConfig>) factor -> scaled(middle, factor),
                train,
                validation,
                settings,
                folder,
                progress);
    }

    /**
     * Trains the pilots of a model family. Each is kept in the folder when it is done, so that a call after an
     * interruption trains only the rest.
     *
     * @param torch the engine to train on
     * @param sizes the family's models by their size, where 1 is the middle one: 0.5, 1 and 1.5 are trained, 0.5 to 2
     *     can be chosen
     * @param train text to learn from
     * @param validation text to be judged on
     * @param settings what the pilots share with the long training
     * @param folder where pilots and plan are kept; null keeps none
     * @param progress is told of each pilot
     * @return the pilots
     * @throws DivergedException if a pilot diverges, naming it
     * @throws KitException if interrupted, or if another run has the folder
     */
    public static PilotRuns run(
            Torch torch,
            DoubleFunction<? extends ModelConfig> sizes,
            TokenFile train,
            TokenFile validation,
            PilotSettings settings,
            Path folder,
            Progress progress) {
        return run(Trials.here(torch), torch, sizes, train, validation, settings, folder, progress);
    }

    /**
     * The same where the pilots are trained elsewhere, many at once: the same losses in the same order. Their seconds
     * are those of the machines that trained them, where several share a processor more than one alone would take: a
     * plan for one machine is best made of pilots that it trained by itself.
     *
     * @param trials where they are trained, with the arithmetic of {@code torch}
     * @param torch the engine of the long training
     * @param sizes the family's models by their size
     * @param train text to learn from
     * @param validation text to be judged on
     * @param settings what the pilots share with the long training
     * @param folder where pilots and plan are kept; null keeps none
     * @param progress is told of each pilot
     * @return the pilots
     * @throws DivergedException if a pilot diverges, naming it
     * @throws KitException if interrupted, or if another run has the folder
     */
    public static PilotRuns run(
            Trials trials,
            Torch torch,
            DoubleFunction<? extends ModelConfig> sizes,
            TokenFile train,
            TokenFile validation,
            PilotSettings settings,
            Path folder,
            Progress progress) {
        if (settings.steps < 1 || settings.tokensPerStep < sizes.apply(1).context()) {
            throw new KitException("Short trainings of " + settings.steps + " steps of " + settings.tokensPerStep
                    + " tokens cannot be trained: give at least one step of one window, "
                    + sizes.apply(1).context()
                    + " tokens.");
        }
        PilotRuns pilots = new PilotRuns(torch, trials, sizes, train, validation, settings, folder);
        return Fit.alone(() -> {
            FolderLock lock = folder == null ? null : FolderLock.acquire(folder);
            try (lock) {
                return pilots.train(progress);
            }
        });
    }

    private PilotRuns train(Progress progress) {
        PilotTraining training = new PilotTraining(torch, trials, sizes, train, validation, settings, folder);
        training.all(progress);
        done.addAll(training.done());
        Arithmetic by = training.by();
        progress.end(String.format(Locale.ROOT, "%d trainings, spread between seeds %.3f nats", done.size(), noise())
                + (by.equals(torch.arithmetic()) ? "" : "; the first of them were done by " + by));
        return this;
    }

    /**
     * {@return Llamas by their size, as {@link #run} asks for them: so many times the layers and the width of a middle
     * one, with heads of about the same, even size}
     *
     * @param middle vocabulary, context, layers, heads and width of the middle one
     */
    public static DoubleFunction<LlamaConfig> llamas(GptConfig middle) {
        return factor -> {
            GptConfig config = scaled(middle, factor);
            int pairs = Math.max(1, Math.round(config.width() / (2f * config.heads())));
            return Recipe.llama(config.width(2 * pairs * config.heads()));
        };
    }

    /** A shape of so many times the layers and the width, with heads of about the same size. */
    static GptConfig scaled(GptConfig config, double factor) {
        int heads = (int) Math.max(1, Math.round(factor * config.heads()));
        int width = heads * (int) Math.max(1, Math.round(factor * config.width() / heads));
        return config.layers((int) Math.max(1, Math.round(factor * config.layers())))
                .heads(heads)
                .width(width);
    }

    /** {@return the short trainings that are done, in the order in which they were run} */
    public List<Pilot> all() {
        return List.copyOf(done);
    }

    /** {@return the standard deviation from seed to seed of the shortest pilot's loss, nats per token} */
    public double noise() {
        return SampleStatistics.deviation(done.stream()
                .filter(p -> p.config.equals(done.get(0).config) && p.steps == settings.steps)
                .mapToDouble(Pilot::loss)
                .toArray());
    }

    /** {@return the laws that the pilots do not contradict, the best first} */
    public List<ScalingLaw> laws() {
        if (laws == null) {
            laws = ScalingLaw.fit(
                    done.stream()
                            .map(p -> new ScalingLaw.Point(p.config.parameterCount(), p.tokens, p.loss))
                            .toList(),
                    noise());
        }
        return laws;
    }

    /**
     * {@return what the laws expect of a training, on the pilots' validation windows} Text seen more than four times
     * counts as four (Muennighoff et al. 2023).
     *
     * @param config the model's shape
     * @param tokens learned from
     */
    public ScalingLaw.Band loss(ModelConfig config, long tokens) {
        return ScalingLaw.band(laws(), config.parameterCount(), Math.min(tokens, Sizing.MOST_EPOCHS * train.length()));
    }

    /**
     * Sizes that fit into the memory, that with the lowest predicted loss first.
     *
     * @param seconds of training
     * @param megabytes most memory of weights, gradients, averages and activations, in units of 2^20 bytes
     * @return at least one size
     * @throws KitException if none fits
     */
    public List<Sizing> sizes(double seconds, double megabytes) {
        List<Sizing> fitting = new ArrayList<>();
        for (double factor : OFFERED) {
            ModelConfig config = sizes.apply(factor);
            long tokens = (long) (seconds * tokensPerSecond(config));
            Sizing size = Sizing.of(config, tokens, train.length(), WINDOWS_AT_ONCE, loss(config, tokens));
            if (size.estimatedMegabytes() <= megabytes
                    && fitting.stream().noneMatch(s -> s.config().equals(config))) {
                fitting.add(size);
            }
        }
        if (fitting.isEmpty()) {
            throw new KitException("No model fits into " + megabytes + " MB, not even "
                    + sizes.apply(OFFERED[0]).describe() + ": give more memory or a smaller choice.");
        }
        fitting.sort(Comparator.comparingDouble(size -> size.loss().value()));
        return fitting;
    }

    /** From the operations a second that the longest pilot of the nearest size reached. */
    private double tokensPerSecond(ModelConfig config) {
        double flops = Flops.perToken(config);
        Pilot nearest = done.stream()
                .min(Comparator.<Pilot>comparingDouble(p -> Math.abs(Math.log(flops / Flops.perToken(p.config))))
                        .thenComparing(p -> -p.steps))
                .orElseThrow();
        return nearest.tokens / nearest.seconds * Flops.perToken(nearest.config) / flops;
    }

    /**
     * {@return the plan: the size with the lowest predicted loss, timed with a few of its own steps}
     *
     * @param minutes time for the whole training, evaluations included
     * @param megabytes most memory: estimated for the choice of the size, resident while it is timed
     * @param progress is told of the timing
     * @throws KitException if no size fits, or if interrupted
     */
    public Plan plan(double minutes, double megabytes, Progress progress) {
        return plan(minutes, megabytes, progress, PlanTiming.Gauges.MACHINE);
    }

    Plan plan(double minutes, double megabytes, Progress progress, PlanTiming.Gauges gauges) {
        ModelConfig config = sizes(minutes * 60, megabytes).get(0).config();
        try (LanguageModel model = LanguageModel.create(torch, config, settings.seed)) {
            Trainer trainer = Trainer.of(model, train, validation)
                    .optimizer(settings.optimizer)
                    .seed(settings.seed)
                    .checkpoints(folder);
            Plan timed = Plan.of(trainer, minutes, megabytes, settings.tokensPerStep, progress, gauges);
            return timed.with(
                    Sizing.of(config, timed.tokens(), train.length(), timed.batch(), loss(config, timed.tokens())));
        }
    }

    /** {@return a row for each pilot, with what the best law says of it} */
    public Table table() {
        ResultTable table = new ResultTable("pilots");
        ScalingLaw best = laws().get(0);
        for (Pilot each : done) {
            table.put("model", Sizing.name(each.config))
                    .put("parameters", each.config.parameterCount())
                    .put("steps", each.steps)
                    .put("tokens", each.tokens)
                    .put("seed", each.seed)
                    .put("loss, nats", each.loss)
                    .put("by the best law", best.loss(each.config.parameterCount(), each.tokens))
                    .put("tokens/s", each.tokens / each.seconds);
        }
        return table.table();
    }
}
