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
import java.util.Random;
import java.util.Set;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.GptConfig;
import kawi.model.ModelConfig;
import kawi.model.RecurrentConfig;
import kawi.search.ScalingLaw.Point;
import kawi.text.TokenFile;
import kawi.train.DivergedException;
import kawi.train.Muon;
import kawi.train.Small;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Short trainings, the laws fitted to them, and the plan that follows. */
class PilotRunsTest {

    private static ScalingLaw truth() {
        return new ScalingLaw(2, 300, 0.4, 60, 0.3, 0, 0);
    }

    @TempDir
    Path folder;

    @Test
    void aLawIsFoundAgainFromItsOwnPoints() {
        List<ScalingLaw> laws = ScalingLaw.fit(points(0), 1e-6);
        assertEquals(0.4, laws.get(0).sizePower(), 1e-9);
        assertEquals(0.3, laws.get(0).dataPower(), 1e-9);
        assertEquals(2, laws.get(0).entropy(), 1e-6);
        assertEquals(truth().loss(1e6, 4e6), ScalingLaw.band(laws, 1e6, 4e6).value(), 1e-3);
    }

    @Test
    void theBandHoldsTheTruthAndWidensWithNoiseAndDistance() {
        int held = 0;
        double quiet = 0;
        double loud = 0;
        for (int seed = 0; seed < 20; seed++) {
            List<ScalingLaw> laws = ScalingLaw.fit(points(0.01, seed), 0.01);
            ScalingLaw.Band far = ScalingLaw.band(laws, 1e6, 4e6);
            ScalingLaw.Band near = ScalingLaw.band(laws, 1e6, 4e5);
            assertTrue(far.low() <= far.value() && far.value() <= far.high(), far.toString());
            assertTrue(far.high() - far.low() > near.high() - near.low(), far + " is not wider than " + near);
            held += far.low() <= truth().loss(1e6, 4e6) && truth().loss(1e6, 4e6) <= far.high() ? 1 : 0;
            quiet += far.high() - far.low();
            ScalingLaw.Band uncertain = ScalingLaw.band(ScalingLaw.fit(points(0.05, seed), 0.05), 1e6, 4e6);
            loud += uncertain.high() - uncertain.low();
        }
        assertTrue(held >= 16, "the band held the truth " + held + " times of 20");
        assertTrue(loud > quiet, loud + " against " + quiet);
    }

    @Test
    void tooFewTrainingsAndDivergedOnesAreRefusedInASentence() {
        assertTrue(assertThrows(
                        KitException.class, () -> ScalingLaw.fit(points(0).subList(0, 5), 0.01))
                .getMessage()
                .contains("at least 6"));
        List<Point> oneSize = List.of(
                new Point(1, 1, 3),
                new Point(1, 2, 3),
                new Point(1, 3, 3),
                new Point(1, 4, 3),
                new Point(1, 5, 3),
                new Point(1, 6, 3));
        assertTrue(assertThrows(KitException.class, () -> ScalingLaw.fit(oneSize, 0.01))
                .getMessage()
                .contains("2 sizes"));
        List<Point> diverged = new ArrayList<>(points(0));
        diverged.set(2, new Point(1e6, 1e6, Double.NaN));
        assertTrue(assertThrows(KitException.class, () -> ScalingLaw.fit(diverged, 0.01))
                .getMessage()
                .contains("diverged"));
    }

    @Test
    void pilotsAreKeptAndAPlanChoosesAModelForTimeAndMemory() throws IOException {
        try (TokenFile text = Small.text(folder.resolve("text.bin"), 4000, 1)) {
            GptConfig middle = Small.CONFIG;
            PilotRuns.PilotSettings rules = new PilotRuns.PilotSettings(Muon.defaults(), 128, 3, 8, 1);
            Path kept = folder.resolve("run");
            PilotRuns pilots = PilotRuns.run(Small.TORCH, middle, text, text, rules, kept, Progress.NONE);
            assertEquals(
                    List.of(3L, 3L, 3L, 9L, 27L, 3L, 9L, 3L),
                    pilots.all().stream().map(PilotRuns.Pilot::steps).toList());
            assertEquals(
                    3,
                    pilots.all().stream()
                            .map(p -> p.config().parameterCount())
                            .distinct()
                            .count(),
                    "three sizes");
            assertTrue(pilots.noise() > 0);
            assertEquals(
                    pilots.all(),
                    PilotRuns.run(Small.TORCH, middle, text, text, rules, kept, Progress.NONE)
                            .all(),
                    "read, not trained again");
            Plan plan = pilots.plan(0.05, 4000, Progress.NONE);
            assertEquals(pilots.sizes(3, 4000).get(0).config(), plan.size().config());
            assertEquals(plan.tokens(), plan.size().tokens());
            assertTrue(
                    plan.size().loss().low() <= plan.size().loss().value()
                            && plan.size().loss().value() <= plan.size().loss().high(),
                    plan.toString());
            double largest = pilots.sizes(3, 4000).stream()
                    .mapToDouble(Sizing::estimatedMegabytes)
                    .max()
                    .orElseThrow();
            assertTrue(pilots.sizes(3, 0.9 * largest).stream()
                    .allMatch(size -> size.estimatedMegabytes() <= 0.9 * largest));
            assertTrue(assertThrows(KitException.class, () -> pilots.sizes(3, 0.01))
                    .getMessage()
                    .contains("No model fits"));
            Files.writeString(kept.resolve("pilots.json"), "{ cut sho");
            assertEquals(
                    8,
                    PilotRuns.run(Small.TORCH, middle, text, text, rules, kept, Progress.NONE)
                            .all()
                            .size(),
                    "a damaged file is measured again");
        }
    }

    @Test
    void aFamilyOfAnyKindIsPilotedAndPlannedByItsSizes() {
        try (TokenFile text = Small.text(folder.resolve("text.bin"), 4000, 1)) {
            PilotRuns.PilotSettings rules = new PilotRuns.PilotSettings(Muon.defaults(), 64, 2, 8, 1);
            DoubleFunction<RecurrentConfig> sizes = factor -> RecurrentConfig.of(RecurrentConfig.Cell.LSTM, 64)
                    .context(16)
                    .width((int) (32 * factor));
            Path kept = folder.resolve("lstm");
            PilotRuns pilots = PilotRuns.run(Small.TORCH, sizes, text, text, rules, kept, Progress.NONE);
            assertEquals(
                    Set.of(16, 32, 48),
                    pilots.all().stream().map(p -> p.config().width()).collect(Collectors.toSet()));
            assertEquals(
                    pilots.all(),
                    PilotRuns.run(Small.TORCH, sizes, text, text, rules, kept, Progress.NONE)
                            .all(),
                    "read, not trained again");
            List<Sizing> fitting = pilots.sizes(2, 4000);
            assertEquals(6, fitting.size());
            assertTrue(fitting.get(0).config() instanceof RecurrentConfig);
            ModelConfig planned =
                    pilots.plan(0.04, 4000, Progress.NONE).size().config(); // which one, the machine's speed says
            assertTrue(fitting.stream().anyMatch(each -> each.config().equals(planned)), planned.toString());
            assertEquals(
                    List.of("taken"),
                    Sizing.table(fitting).stringColumn("").asList().stream()
                            .filter(each -> !each.isEmpty())
                            .toList());
        }
    }

    @Test
    void sizesWithinTheNoiseOfTheBestAreCounted() {
        List<Sizing> sizes = Stream.of(3.831, 3.845, 3.864, 3.900, 4.03)
                .map(loss -> new Sizing(Small.CONFIG, 1, 1, 1, new ScalingLaw.Band(loss - 0.4, loss, loss + 0.4)))
                .toList();
        assertEquals(4, Sizing.within(sizes, 0.072));
        assertEquals(1, Sizing.within(sizes, 0.001));
    }

    @Test
    void anInterruptedPilotSaysSoAndTheDoneOnesStay() {
        try (TokenFile text = Small.text(folder.resolve("text.bin"), 4000, 1)) {
            PilotRuns.PilotSettings rules = new PilotRuns.PilotSettings(Muon.defaults(), 128, 2, 8, 1);
            Path kept = folder.resolve("run");
            Progress interrupting = new Progress() {
                @Override
                public void begin(String what, long total) {}

                @Override
                public void update(long done, String message) {
                    if (done == 4) {
                        Thread.currentThread().interrupt();
                    }
                }

                @Override
                public void point(String series, double x, double y) {}

                @Override
                public void end(String message) {}
            };
            assertTrue(assertThrows(
                            KitException.class,
                            () -> PilotRuns.run(Small.TORCH, Small.CONFIG, text, text, rules, kept, interrupting))
                    .getMessage()
                    .contains("run the cell again"));
            assertTrue(Thread.interrupted());
            PilotRuns all = PilotRuns.run(Small.TORCH, Small.CONFIG, text, text, rules, kept, Progress.NONE);
            assertEquals(8, all.all().size());
        }
    }

    @Test
    void pilotsOfOtherTextsOrSettingsAreTrainedAndReplaceNone() {
        try (TokenFile text = Small.text(folder.resolve("text.bin"), 4000, 1);
                TokenFile other = Small.text(folder.resolve("other.bin"), 4000, 9)) {
            Path kept = folder.resolve("run");
            PilotRuns.PilotSettings rules = new PilotRuns.PilotSettings(Muon.defaults(), 64, 1, 4, 1);
            PilotRuns.PilotSettings forgetful = new PilotRuns.PilotSettings(
                    new Muon(5e-3, 0.5, 0.1, Muon.defaults().others()), 64, 1, 4, 1);
            List<PilotRuns.Pilot> first = pilots(text, text, rules, kept);
            assertNotEquals(first, pilots(other, text, rules, kept), "as long, but other words");
            assertNotEquals(first, pilots(text, other, rules, kept));
            assertNotEquals(first, pilots(text, text, forgetful, kept));
            assertEquals(first, pilots(text, text, rules, kept));
        }
    }

    private static List<PilotRuns.Pilot> pilots(
            TokenFile train, TokenFile validation, PilotRuns.PilotSettings rules, Path kept) {
        return PilotRuns.run(Small.TORCH, Small.CONFIG, train, validation, rules, kept, Progress.NONE)
                .all();
    }

    @Test
    void aPilotThatDivergesIsNamed() {
        try (TokenFile text = Small.text(folder.resolve("text.bin"), 4000, 1)) {
            PilotRuns.PilotSettings wild =
                    new PilotRuns.PilotSettings(Muon.defaults().withRate(1e30), 64, 3, 4, 1);
            String said = assertThrows(DivergedException.class, () -> pilots(text, text, wild, null))
                    .getMessage();
            assertTrue(
                    said.matches(
                            "The short training of 1 layer, width 16 for 3 steps \\(seed 1\\) diverged at step \\d, so "
                                    + "nothing can be predicted from it: lower the learning rate of 1.0E30\\."),
                    said);
        }
    }

    private static List<Point> points(double noise) {
        return points(noise, 1);
    }

    private static List<Point> points(double noise, long seed) {
        Random random = new Random(seed);
        List<Point> points = new ArrayList<>();
        for (double n : new double[] {3e5, 1e6, 2e6}) {
            for (double d : new double[] {1e5, 3e5, 9e5}) {
                points.add(new Point(n, d, truth().loss(n, d) + noise * random.nextGaussian()));
            }
        }
        return points;
    }
}
