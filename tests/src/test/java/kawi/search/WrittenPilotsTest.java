package kawi.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.stream.Stream;
import kawi.evidence.FolderLock;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.GptConfig;
import kawi.model.ModelConfig;
import kawi.search.PilotRuns.Pilot;
import kawi.search.PilotRuns.PilotSettings;
import kawi.search.Trials.Asked;
import kawi.search.Trials.Outcome;
import kawi.train.DivergedException;
import kawi.train.Flops;
import kawi.train.Muon;
import kawi.train.Schedule;
import kawi.train.Small;
import kawi.train.SmallTexts;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

/** Which pilots are asked for and what follows from them, with trainings whose outcome is written. */
class WrittenPilotsTest extends SmallTexts {
    private static ScalingLaw law() {
        return new ScalingLaw(2, 300, 0.4, 60, 0.3, 0, 0);
    }

    private static PilotSettings settings() {
        return new PilotSettings(Muon.defaults(), 128, 40, 8, 5);
    }

    private static final DoubleFunction<GptConfig> WIDTHS =
            factor -> GptConfig.of(64).context(16).layers(2).heads(2).width(2 * (int) Math.round(16 * factor));

    /**
     * The law's loss, half a hundredth more or less from other seeds; an hour for each teraflop, or two in a short one.
     */
    private static Outcome outcome(Asked asked) {
        ModelConfig config = asked.recipe().config();
        long tokens = asked.until() * asked.passes() * asked.recipe().batch() * asked.context();
        double loss = law().loss(config.parameterCount(), tokens) + (asked.seed() - 5) * 0.01;
        double seconds = tokens * Flops.perToken(config) / speed(config);
        boolean longest = config.width() > 32 || asked.until() == (config.width() == 32 ? 120 : 360);
        return new Outcome(asked.until(), longest ? seconds : 2 * seconds, loss, loss / 2, 0);
    }

    private static double speed(ModelConfig config) {
        return config.width() < 32 ? 1e6 : config.width() == 32 ? 2e6 : 3e6;
    }

    private PilotRuns run(WrittenTrials trials, PilotSettings settings, Path kept, Progress progress) {
        return PilotRuns.run(trials, Small.TORCH, WIDTHS, train, validation, settings, kept, progress);
    }

    private static WrittenTrials trials() {
        return new WrittenTrials(WrittenPilotsTest::outcome);
    }

    private static Asked asked(double size, long steps, long seed, int windows, int passes) {
        ModelConfig config = WIDTHS.apply(size);
        Recipe recipe = new Recipe(
                "2 layers, width " + config.width() + " for " + steps + " steps",
                config,
                Muon.defaults(),
                Schedule.warmupStableDecay(Math.max(1, steps / 20), steps, 0.5),
                windows);
        return new Asked(recipe, passes, seed, steps, 16, 8, 8);
    }

    @Test
    void theLargerTheFewerAreAskedForAndTheShortestFromThreeSeeds() {
        WrittenTrials trials = trials();
        Told told = new Told();
        PilotRuns pilots = run(trials, settings(), null, told);
        List<Asked> all = List.of(
                asked(0.5, 40, 5, 8, 1),
                asked(0.5, 40, 6, 8, 1),
                asked(0.5, 40, 7, 8, 1),
                asked(0.5, 120, 5, 8, 1),
                asked(0.5, 360, 5, 8, 1),
                asked(1, 40, 5, 8, 1),
                asked(1, 120, 5, 8, 1),
                asked(1.5, 40, 5, 8, 1));
        assertEquals(all, trials.asked);
        assertEquals(all, trials.dropped, "each is let go of when it is done");
        assertTrue(trials.closed);
        List<Pilot> expected = new ArrayList<>();
        for (Asked each : all) {
            expected.add(new Pilot(
                    each.recipe().config(),
                    each.until(),
                    each.until() * 128,
                    each.seed(),
                    outcome(each).loss(),
                    outcome(each).seconds()));
        }
        assertEquals(expected, pilots.all());
        assertEquals(0.01, pilots.noise(), 1e-9, "of 0, 0.01 and 0.02 above the law");
        assertEquals(List.of("short trainings of three sizes, 8"), told.of("begin"));
        assertEquals(8, told.of("update").size());
        assertEquals(
                String.format(
                        Locale.ROOT,
                        "8 2 layers, width 48, 40 steps: loss %.3f",
                        expected.get(7).loss()),
                told.of("update").get(7));
        assertEquals(List.of("8 trainings, spread between seeds 0.010 nats"), told.of("end"));
    }

    @Test
    void aStepOfMoreTokensThanAPassHoldsHasSeveral() {
        for (int[] each : new int[][] {{320, 8, 3}, {300, 8, 2}, {40, 2, 1}, {16, 1, 1}, {31, 1, 2}}) {
            WrittenTrials trials = trials();
            PilotRuns pilots = run(trials, new PilotSettings(Muon.defaults(), each[0], 10, 8, 5), null, Progress.NONE);
            assertEquals(asked(0.5, 10, 5, each[1], each[2]), trials.asked.get(0));
            assertEquals(10 * each[1] * each[2] * 16, pilots.all().get(0).tokens());
        }
    }

    @Test
    void fewerThanOneStepOfOneWindowAreRefused() {
        assertEquals(
                "Short trainings of 0 steps of 128 tokens cannot be trained: give at least one step of one window, 16 "
                        + "tokens.",
                refused(new PilotSettings(Muon.defaults(), 128, 0, 8, 5)));
        assertTrue(refused(new PilotSettings(Muon.defaults(), 15, 10, 8, 5)).startsWith("Short trainings of 10 steps"));
        assertEquals(
                8,
                run(trials(), new PilotSettings(Muon.defaults(), 16, 1, 8, 5), null, Progress.NONE)
                        .all()
                        .size());
    }

    private String refused(PilotSettings settings) {
        return assertThrows(KitException.class, () -> run(trials(), settings, null, Progress.NONE))
                .getMessage();
    }

    @Test
    void thoseThatAreDoneAreKeptAndOnlyTheRestIsTrained() throws IOException {
        Path kept = folder.resolve("run");
        WrittenTrials cut = trials();
        cut.interruptedAfter = 3;
        assertEquals(
                "The short trainings were interrupted: run the cell again; those that are done are kept.",
                assertThrows(KitException.class, () -> run(cut, settings(), kept, Progress.NONE))
                        .getMessage());
        WrittenTrials rest = trials();
        Told told = new Told();
        PilotRuns pilots = run(rest, settings(), kept, told);
        assertEquals(5, rest.asked.size());
        assertEquals(asked(0.5, 120, 5, 8, 1), rest.asked.get(0));
        assertEquals(6, told.of("update").size(), "that there are three, and each of the others");
        assertTrue(told.of("update").get(0).startsWith("3 2 layers, width 16, 40 steps: loss "));
        assertEquals(run(trials(), settings(), null, Progress.NONE).all(), pilots.all());
        WrittenTrials none = trials();
        Told again = new Told();
        assertEquals(pilots.all(), run(none, settings(), kept, again).all());
        assertEquals(List.of(), none.asked);
        assertEquals(List.of("8 trainings, spread between seeds 0.010 nats"), again.of("end"));
        String own = Small.TORCH.arithmetic().device();
        Path file = kept.resolve("pilots.json");
        Files.writeString(file, Files.readString(file).replace("\"device\" : \"" + own, "\"device\" : \"other " + own));
        Told elsewhere = new Told();
        run(none, settings(), kept, elsewhere);
        assertTrue(
                elsewhere
                        .of("end")
                        .get(0)
                        .matches("8 trainings, .*; the first of them were done by .*other " + own + ".*"),
                elsewhere.lines.toString());
    }

    @Test
    void anythingThatPilotsDependOnAsksForThemAnew() {
        Path kept = folder.resolve("run");
        run(trials(), settings(), kept, Progress.NONE);
        for (PilotSettings other : List.of(
                new PilotSettings(Muon.defaults().withRate(0.5), 128, 40, 8, 5),
                new PilotSettings(Muon.defaults(), 256, 40, 8, 5),
                new PilotSettings(Muon.defaults(), 128, 41, 8, 5),
                new PilotSettings(Muon.defaults(), 128, 40, 9, 5),
                new PilotSettings(Muon.defaults(), 128, 40, 8, 6))) {
            WrittenTrials trials = trials();
            run(trials, other, kept, Progress.NONE);
            assertEquals(8, trials.asked.size(), "as if there were none: " + other);
        }
        for (double size : new double[] {0.5, 1, 1.5}) {
            WrittenTrials trials = trials();
            DoubleFunction<GptConfig> other = factor -> WIDTHS.apply(factor).layers(factor == size ? 3 : 2);
            PilotRuns.run(trials, Small.TORCH, other, train, validation, settings(), kept, Progress.NONE);
            assertEquals(8, trials.asked.size(), "another model of size " + size);
        }
    }

    @Test
    void twoRunsDoNotShareAFolder() throws IOException {
        Path kept = Files.createDirectories(folder.resolve("run"));
        try (FolderLock lock = FolderLock.acquire(kept)) {
            assertNotEquals(null, lock);
            assertThrows(KitException.class, () -> run(trials(), settings(), kept, Progress.NONE));
        }
        run(trials(), settings(), kept, Progress.NONE);
        run(trials(), settings(), kept, Progress.NONE);
    }

    @Test
    void onePilotThatDivergedEndsThemAndIsNamed() {
        WrittenTrials trials = new WrittenTrials(
                asked -> asked.until() < 360 ? outcome(asked) : new Outcome(11, 1, Double.NaN, Double.NaN, 12));
        DivergedException diverged =
                assertThrows(DivergedException.class, () -> run(trials, settings(), null, Progress.NONE));
        assertEquals(12, diverged.step());
        assertEquals(
                "The short training of 2 layers, width 16 for 360 steps (seed 5) diverged at step 12, so nothing can be "
                        + "predicted from it: lower the learning rate of "
                        + (float) Muon.defaults().rate() + ".",
                diverged.getMessage());
        assertTrue(trials.closed);
    }

    @Test
    void theLawIsFittedToAllAndTextBeyondFourEpochsTeachesNothing() {
        PilotRuns pilots = run(trials(), settings(), null, Progress.NONE);
        List<ScalingLaw> laws = ScalingLaw.fit(
                pilots.all().stream()
                        .map(p -> new ScalingLaw.Point(p.config().parameterCount(), p.tokens(), p.loss()))
                        .toList(),
                pilots.noise());
        assertEquals(laws, pilots.laws());
        assertTrue(pilots.laws() == pilots.laws(), "fitted once");
        long parameters = Small.CONFIG.parameterCount();
        assertEquals(ScalingLaw.band(laws, parameters, 15_000), pilots.loss(Small.CONFIG, 15_000));
        assertEquals(ScalingLaw.band(laws, parameters, 16_000), pilots.loss(Small.CONFIG, 1_000_000));
    }

    @Test
    void sizesAreForetoldBySpeedOfTheNearestPilotTheBestFirst() {
        PilotRuns pilots = run(trials(), settings(), null, Progress.NONE);
        List<Sizing> all = pilots.sizes(7, 1000);
        assertEquals(6, all.size());
        for (double factor : new double[] {0.5, 0.75, 1, 1.25, 1.5, 2}) {
            ModelConfig config = WIDTHS.apply(factor);
            double flops = Flops.perToken(config);
            double speed = Stream.of(0.5, 1.0, 1.5)
                    .map(WIDTHS::apply)
                    .min((a, b) -> Double.compare(
                            Math.abs(Math.log(flops / Flops.perToken(a))),
                            Math.abs(Math.log(flops / Flops.perToken(b)))))
                    .map(WrittenPilotsTest::speed)
                    .orElseThrow();
            long tokens = (long) (7 * speed / flops);
            Sizing size = all.stream()
                    .filter(each -> each.config().equals(config))
                    .findFirst()
                    .orElseThrow();
            assertEquals(tokens, size.tokens(), 1);
            assertEquals(Sizing.of(config, size.tokens(), 4000, 8, pilots.loss(config, size.tokens())), size);
        }
        for (int i = 1; i < all.size(); i++) {
            assertTrue(all.get(i - 1).loss().value() <= all.get(i).loss().value(), all.toString());
        }
    }

    @Test
    void onlySizesThatFitAreOfferedAndEachOnce() {
        PilotRuns pilots = run(trials(), settings(), null, Progress.NONE);
        double largest = pilots.sizes(7, 1000).stream()
                .mapToDouble(Sizing::estimatedMegabytes)
                .max()
                .orElseThrow();
        assertEquals(6, pilots.sizes(7, largest).size(), "what just fits fits");
        assertEquals(5, pilots.sizes(7, Math.nextDown(largest)).size());
        assertEquals(
                "No model fits into 0.001 MB, not even " + WIDTHS.apply(0.5).describe()
                        + ": give more memory or a smaller choice.",
                assertThrows(KitException.class, () -> pilots.sizes(7, 0.001)).getMessage());
        DoubleFunction<GptConfig> few = factor -> WIDTHS.apply(Math.max(0.5, Math.floor(2 * factor) / 2));
        PilotRuns coarse =
                PilotRuns.run(trials(), Small.TORCH, few, train, validation, settings(), null, Progress.NONE);
        assertEquals(4, coarse.sizes(7, 1000).size(), "of 0.5, 1, 1.5 and 2");
    }

    @Test
    void aPlanIsThatOfTheBestSizeAndTellsItsTokens() {
        Path kept = folder.resolve("run");
        PilotRuns pilots = run(trials(), settings(), kept, Progress.NONE);
        double[] now = {77e9};
        PlanTiming.Gauges gauges = new PlanTiming.Gauges(() -> (long) (now[0] += 1e9), () -> 300);
        Plan plan = pilots.plan(0.5, 1000, Progress.NONE, gauges);
        ModelConfig best = pilots.sizes(30, 1000).get(0).config();
        assertEquals(Sizing.of(best, plan.tokens(), 4000, plan.batch(), pilots.loss(best, plan.tokens())), plan.size());
        assertEquals(128, plan.request().tokensPerStep());
        assertEquals(0.5, plan.request().minutes());
        assertEquals(
                best.parameterCount() + " parameters, " + Muon.defaults(),
                plan.request().what());
        assertEquals(plan, pilots.plan(0.5, 1000, Progress.NONE, gauges), "kept beside the pilots");
        assertTrue(Files.exists(kept.resolve("plan.json")));
    }

    @Test
    void byTheMachinesOwnClockPilotsAreTrainedAndAPlanIsMade() {
        PilotSettings least = new PilotSettings(Muon.defaults(), 16, 1, 4, 1);
        PilotRuns pilots = PilotRuns.run(Small.TORCH, Small.CONFIG, train, validation, least, null, Progress.NONE);
        assertEquals(
                List.of(1, 1, 1, 1, 1, 2, 2, 3),
                pilots.all().stream().map(each -> each.config().layers()).toList());
        assertTrue(pilots.all().stream().allMatch(each -> each.loss() > 0 && each.seconds() > 0));
        Plan plan = pilots.plan(0.001, 4000, Progress.NONE);
        assertEquals(16, plan.tokensPerStep());
        assertTrue(plan.secondsPerStep() > 0 && plan.residentMegabytes() > 1, plan.toString());
    }

    @Test
    void aGptIsScaledInLayersWidthAndHeads() {
        assertEquals(List.of("1 1 16", "2 2 32", "3 3 48"), shapes(Small.CONFIG));
        assertEquals(
                List.of("1 1 1", "1 1 1", "2 2 2"),
                shapes(Small.CONFIG.layers(1).heads(1).width(1)));
        assertEquals(
                List.of("3 2 50", "5 4 100", "8 6 150"),
                shapes(Small.CONFIG.layers(5).heads(4).width(100)));
    }

    private static List<String> shapes(GptConfig middle) {
        return Stream.of(0.5, 1.0, 1.5)
                .map(factor -> PilotRuns.scaled(middle, factor))
                .map(config -> config.layers() + " " + config.heads() + " " + config.width())
                .toList();
    }

    @Test
    void aRowOfAPilotHasWhatTheBestLawSaysOfItAndItsSpeed() {
        PilotRuns pilots = run(trials(), settings(), null, Progress.NONE);
        Table table = pilots.table();
        assertEquals(
                List.of("model", "parameters", "steps", "tokens", "seed", "loss, nats", "by the best law", "tokens/s"),
                table.columnNames());
        assertEquals(8, table.rowCount());
        Pilot last = pilots.all().get(7);
        assertEquals("2 layers, width 48", table.stringColumn("model").get(7));
        assertEquals(last.loss(), table.doubleColumn("loss, nats").get(7));
        assertEquals(
                pilots.laws().get(0).loss(last.config().parameterCount(), last.tokens()),
                table.doubleColumn("by the best law").get(7));
        assertEquals(
                last.tokens() / last.seconds(), table.doubleColumn("tokens/s").get(7));
    }
}
