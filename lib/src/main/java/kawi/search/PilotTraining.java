package kawi.search;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.ModelConfig;
import kawi.search.PilotRuns.Pilot;
import kawi.search.PilotRuns.PilotSettings;
import kawi.text.TokenFile;
import kawi.torch.Arithmetic;
import kawi.torch.Torch;
import kawi.train.DivergedException;
import kawi.train.RunSettings;
import kawi.train.Schedule;

/** Trains the {@linkplain PilotRuns pilots}, and keeps each when it is done. */
final class PilotTraining {
    /** Sizes of the pilots, as multiples of the middle one. */
    private static final double[] PILOTED = {0.5, 1, 1.5};

    private static final int SEEDS = 3;

    /**
     * What is kept of pilots that are done.
     *
     * @param by the arithmetic of the machine that they were done on, for their seconds are that machine's
     */
    private record KeptPilots(List<KeptPilot> done, Arithmetic by) {}

    /** A pilot as it is kept: its shape is that of any family, in the form of its config.json. */
    private record KeptPilot(ObjectNode config, long steps, long tokens, long seed, double loss, double seconds) {
        static KeptPilot of(Pilot pilot) {
            return new KeptPilot(
                    pilot.config().json(), pilot.steps(), pilot.tokens(), pilot.seed(), pilot.loss(), pilot.seconds());
        }

        Pilot pilot() {
            return new Pilot(ModelConfig.of(config), steps, tokens, seed, loss, seconds);
        }
    }

    private final Torch torch;
    private final Trials trials;
    private final DoubleFunction<? extends ModelConfig> sizes;
    private final TokenFile train;
    private final TokenFile validation;
    private final PilotSettings settings;
    private final Path folder;
    private final List<Pilot> done = new ArrayList<>();
    private Arithmetic by;

    PilotTraining(
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

    /** {@return the pilots that are done, in the order in which they were run} */
    List<Pilot> done() {
        return done;
    }

    /** {@return the arithmetic that the first of them were done by} */
    Arithmetic by() {
        return by;
    }

    /**
     * Trains those that are not kept yet.
     *
     * @param progress is told of each; its end is the caller's to tell
     */
    void all(Progress progress) {
        by = torch.arithmetic();
        MeasurementCache.read(file(), asked(), KeptPilots.class).ifPresent(kept -> {
            kept.done.forEach(each -> done.add(each.pilot()));
            by = kept.by;
        });
        int all = PILOTED.length * (PILOTED.length + 1) / 2 + SEEDS - 1;
        progress.begin("short trainings of three sizes", all);
        List<Trials.Asked> rest = new ArrayList<>();
        for (int size = 0; size < PILOTED.length; size++) {
            long steps = settings.steps();
            for (int length = 0; length + size < PILOTED.length; length++, steps *= 3) {
                for (int seed = 0; seed < (size + length == 0 ? SEEDS : 1); seed++) {
                    Trials.Asked asked = asked(sizes.apply(PILOTED[size]), steps, settings.seed() + seed);
                    if (done.stream().noneMatch(pilot -> isOf(pilot, asked))) {
                        rest.add(asked);
                    }
                }
            }
        }
        if (!done.isEmpty()) {
            told(progress);
        }
        try (Trials.Session session = trials.begin(train, validation)) {
            session.run(rest, (asked, outcome) -> {
                session.drop(List.of(asked));
                done(asked, outcome);
                told(progress);
            });
        }
        if (done.size() < all) {
            throw new KitException(
                    "The short trainings were interrupted: run the cell again; those that are done are kept.");
        }
    }

    private void told(Progress progress) {
        Pilot last = done.get(done.size() - 1);
        progress.update(
                done.size(),
                String.format(
                        Locale.ROOT, "%s, %d steps: loss %.3f", Sizing.name(last.config()), last.steps(), last.loss()));
    }

    private static boolean isOf(Pilot pilot, Trials.Asked asked) {
        return pilot.config().equals(asked.recipe().config())
                && pilot.steps() == asked.until()
                && pilot.seed() == asked.seed();
    }

    private Trials.Asked asked(ModelConfig config, long steps, long seed) {
        int windows = Math.max(1, Math.min(PilotRuns.WINDOWS_AT_ONCE, settings.tokensPerStep() / config.context()));
        int passes = Math.max(1, Math.round(settings.tokensPerStep() / (float) (windows * config.context())));
        Schedule schedule = Recipe.settling(steps);
        String name = Sizing.name(config) + " for " + steps + " steps";
        Recipe recipe = new Recipe(name, config, settings.optimizer(), schedule, windows);
        return new Trials.Asked(
                recipe, passes, seed, steps, config.context(), settings.windows(), PilotRuns.WINDOWS_AT_ONCE);
    }

    private void done(Trials.Asked asked, Trials.Outcome outcome) {
        if (outcome.diverged()) {
            throw new DivergedException(
                    outcome.divergedAt(),
                    "The short training of " + asked.recipe().name() + " (seed " + asked.seed()
                            + ") diverged at step " + outcome.divergedAt()
                            + ", so nothing can be predicted from it: lower the learning rate of "
                            + (float) settings.optimizer().rate() + ".");
        }
        long tokens = outcome.steps() * asked.passes() * asked.recipe().batch() * asked.context();
        done.add(new Pilot(
                asked.recipe().config(), outcome.steps(), tokens, asked.seed(), outcome.loss(), outcome.seconds()));
        MeasurementCache.write(
                file(),
                asked(),
                new KeptPilots(done.stream().map(KeptPilot::of).toList(), by),
                "keeping the short trainings");
    }

    /** Everything that the pilots' results depend on, the machine excepted. */
    private Map<String, String> asked() {
        Map<String, String> asked = new LinkedHashMap<>(RunSettings.of(sizes.apply(1)));
        for (double factor : PILOTED) {
            asked.put("size " + factor, sizes.apply(factor).describe());
        }
        asked.putAll(RunSettings.of(settings.optimizer()));
        asked.put("train text", RunSettings.of(train));
        asked.put("validation text", RunSettings.of(validation));
        asked.put("tokens per step", Integer.toString(settings.tokensPerStep()));
        asked.put("steps", Integer.toString(settings.steps()));
        asked.put("evaluation windows", Integer.toString(settings.windows()));
        asked.put("seed", Long.toString(settings.seed()));
        return asked;
    }

    private Path file() {
        return folder == null ? null : folder.resolve("pilots.json");
    }
}
