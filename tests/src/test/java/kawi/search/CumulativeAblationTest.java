package kawi.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.ModernConfig;
import kawi.text.TokenFile;
import kawi.train.AdamW;
import kawi.train.Schedule;
import kawi.train.Small;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CumulativeAblationTest {
    private static CumulativeAblation.AblationSettings rules() {
        return new CumulativeAblation.AblationSettings(2, 1, 20, 16);
    }

    @TempDir
    Path folder;

    private CumulativeAblation climb(List<Recipe> rungs) {
        return climb(rungs, Progress.NONE);
    }

    private CumulativeAblation climb(List<Recipe> rungs, Progress progress) {
        try (TokenFile train = Small.text(folder.resolve("train.bin"), 2000, 1);
                TokenFile validation = Small.text(folder.resolve("validation.bin"), 500, 2)) {
            return CumulativeAblation.run(Small.TORCH, rungs, train, validation, rules(), progress);
        }
    }

    private static Recipe recipe(String name, double rate, long steps) {
        return new Recipe(name, Small.CONFIG, AdamW.defaults().withRate(rate), Schedule.constant(steps), 4);
    }

    @Test
    void aRungThatBringsNothingStaysWithItsNumber() {
        CumulativeAblation ladder = climb(List.of(
                recipe("start", 1e-3, 10), recipe("+ nothing", 1e-3, 10), recipe("+ ten times the steps", 1e-3, 100)));
        assertArrayEquals(new double[] {0, 0}, ladder.change("+ nothing"), "the same seeds, windows and settings");
        assertEquals("no difference", ladder.verdict("+ nothing"));
        assertTrue(
                ladder.changed("+ ten times the steps").value() < -0.3,
                ladder.table().print());
        assertEquals(3, ladder.table().rowCount());
        assertEquals("", ladder.verdict("start"));
        assertEquals(6, ladder.runs().size());
    }

    @Test
    void aListenerIsToldOfEachTrainingByItsRungAndSeed() {
        Told told = new Told();
        CumulativeAblation ladder = climb(List.of(recipe("start", 1e-3, 2), recipe("next", 1e-3, 3)), told);
        assertEquals(List.of("training 2 recipes, 4"), told.of("begin"));
        assertEquals(List.of("rung | validation loss (nats per token)"), told.of("axes"));
        assertEquals(
                List.of("1 'start', seed 1", "2 'next', seed 1", "3 'start', seed 2", "4 'next', seed 2"),
                told.of("update"));
        assertEquals(
                List.of("seed 1 1.0 ", "seed 1 2.0 ", "seed 2 1.0 ", "seed 2 2.0 "),
                told.of("point").stream()
                        .map(line -> line.replaceFirst("[^ ]+$", ""))
                        .toList());
        assertEquals(List.of("4 trainings"), told.of("end"));
        assertTrue(ladder.runs().stream().allMatch(run -> run.seconds() > 0));
    }

    @Test
    void aRungThatDivergesIsNamedAsSuchAndTheClimbGoesOn() {
        Told told = new Told();
        CumulativeAblation ladder =
                climb(List.of(recipe("start", 1e-3, 10), recipe("wild", 1e30, 10), recipe("sound", 1e-3, 10)), told);
        String where = "at step \\d+ \\(seed ";
        assertTrue(
                ladder.verdict("wild").matches("diverged " + where + "1\\), " + where + "2\\)"),
                ladder.verdict("wild"));
        assertEquals("not compared: the rung before diverged", ladder.verdict("sound"));
        assertTrue(Double.isNaN(ladder.losses("wild")[0])
                && Double.isNaN(ladder.loss("wild").value()));
        assertTrue(Double.isFinite(ladder.losses("sound")[1])
                && ladder.loss("sound").defined());
        assertTrue(ladder.runs().get(1).diverged() && ladder.runs().get(1).divergedAt() > 1);
        assertTrue(ladder.table()
                .stringColumn("loss of each seed")
                .get(1)
                .matches("diverged at step \\d+, diverged at step \\d+"));
        assertTrue(ladder.table().stringColumn("loss (nats per token)").get(1).startsWith("\u2014 [diverged"));
        assertTrue(ladder.table().stringColumn("change").get(2).isEmpty()
                && ladder.table().doubleColumn("seconds").isMissing(1));
        List<String> drawn = told.of("point");
        assertEquals(4, drawn.size(), "a chart has no point for what has no loss");
        assertTrue(drawn.stream()
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .mapToDouble(Double::parseDouble)
                .allMatch(Double::isFinite));
        assertTrue(
                told.of("sample").stream().anyMatch(text -> text.contains("'wild', seed 2: diverged at step ")),
                told.lines.toString());
        assertEquals(List.of("6 trainings, of which 2 diverged"), told.of("end"));
    }

    @Test
    void aVerdictSaysNoMoreThanTheSeedsDo() {
        List<Recipe> rungs = List.of(
                recipe("start", 1e-3, 10),
                recipe("down", 1e-3, 10),
                recipe("up", 1e-3, 10),
                recipe("about", 1e-3, 10),
                recipe("part", 1e-3, 10),
                recipe("after", 1e-3, 10));
        double nan = Double.NaN;
        double[][] losses = {
            {3, 4, 5}, {2.5, 3.51, 4.5}, {2.8, 3.8, 4.81}, {2.9, 3.6, 4.91}, {2.9, nan, 4.91}, {2.9, 3.6, 4.91}
        };
        List<CumulativeAblation.Run> runs = new ArrayList<>();
        for (int rung = 0; rung < losses.length; rung++) {
            for (int seed = 0; seed < 3; seed++) {
                double loss = losses[rung][seed];
                runs.add(new CumulativeAblation.Run(
                        rungs.get(rung).name(), seed + 1, loss, 1 + seed, Double.isNaN(loss) ? 9 : 0));
            }
        }
        CumulativeAblation ladder = CumulativeAblation.of(rungs, runs);
        assertEquals(
                List.of(
                        "",
                        "helped",
                        "harmed",
                        "no detectable difference",
                        "diverged at step 9 (seed 2)",
                        "not compared: the rung before diverged"),
                ladder.names().stream().map(ladder::verdict).toList());
        assertEquals(4, ladder.loss("start").value(), 1e-12);
        assertEquals((-0.5 - 0.49 - 0.5) / 3, ladder.changed("down").value(), 1e-12);
        assertEquals(2, ladder.seconds("start"), 1e-12);
        assertEquals(2, ladder.seconds("part"), 1e-12, "of the two that came to an end");
        CumulativeAblation one = CumulativeAblation.of(rungs.subList(0, 2), List.of(runs.get(0), runs.get(3)));
        assertEquals("not compared: one value", one.verdict("down"));
        CumulativeAblation.Run same =
                new CumulativeAblation.Run("down", 1, runs.get(0).loss(), 1, 0);
        assertEquals(
                "not compared: one value",
                CumulativeAblation.of(rungs.subList(0, 2), List.of(runs.get(0), same))
                        .verdict("down"));
        assertThrows(KitException.class, () -> climb(List.of(recipe("twice", 1e-3, 1), recipe("twice", 1e-3, 1))));
        assertThrows(KitException.class, () -> climb(List.of()));
    }

    @Test
    void oneHelpfulRungAmongManyIsCorrectedForTheirNumber() {
        List<Recipe> rungs = new ArrayList<>();
        List<CumulativeAblation.Run> runs = new ArrayList<>();
        double[] helped = {-0.15, -0.11, -0.10}; // p = 0.016 by itself
        double[] nothing = {0.1, -0.2, 0.1};
        double[] loss = {3, 4, 5};
        for (int rung = 0; rung < 6; rung++) {
            rungs.add(recipe("rung " + rung, 1e-3, 10));
            for (int seed = 0; seed < 3; seed++) {
                loss[seed] += rung == 0 ? 0 : rung == 1 ? helped[seed] : nothing[seed];
                runs.add(new CumulativeAblation.Run("rung " + rung, seed + 1, loss[seed], 1, 0));
            }
        }
        CumulativeAblation alone = CumulativeAblation.of(rungs.subList(0, 2), runs.subList(0, 6));
        assertEquals("helped", alone.verdict("rung 1"));
        assertEquals(0.0159, alone.p("rung 1"), 1e-4);
        CumulativeAblation ladder = CumulativeAblation.of(rungs, runs);
        assertTrue(ladder.changed("rung 1").excludes(0));
        assertEquals(5 * 0.0159, ladder.p("rung 1"), 5e-4);
        assertEquals("no detectable difference", ladder.verdict("rung 1"));
        assertTrue(Double.isNaN(ladder.p("rung 0")), "the first has nothing before it");
        assertEquals("0.079", ladder.table().stringColumn("p, corrected").get(1));
    }

    @Test
    void anInterruptedClimbKeepsTheTrainingsThatWereFinished() {
        StringBuilder said = new StringBuilder();
        Progress impatient = new Progress() {
            @Override
            public void begin(String what, long total) {}

            @Override
            public void update(long done, String note) {}

            @Override
            public void end(String note) {
                said.append(note);
            }

            @Override
            public void point(String series, double x, double y) {
                Thread.currentThread().interrupt();
            }
        };
        try {
            assertEquals(
                    1,
                    climb(List.of(recipe("start", 1e-3, 10), recipe("never finished", 1e-3, 10)), impatient)
                            .runs()
                            .size());
            assertEquals("interrupted", said.toString());
        } finally {
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void eachRungOfTheKitsLadderChangesOneThing() {
        List<Recipe> rungs = Recipe.ladder(Small.CONFIG, 100);
        assertEquals(Recipe.nanoGpt(Small.CONFIG, 100), rungs.get(0));
        assertEquals(Recipe.fastest(Small.CONFIG, 100), rungs.get(rungs.size() - 2));
        for (int i = 1; i < rungs.size(); i++) {
            Recipe before = rungs.get(i - 1);
            Recipe here = rungs.get(i);
            boolean sameBatch =
                    before.batch() == here.batch(); // another batch has other steps, for the same windows in all
            assertEquals(
                    before.batch() * before.schedule().steps(),
                    here.batch() * here.schedule().steps(),
                    here.name());
            long changes = Stream.of(
                            Objects.equals(before.optimizer(), here.optimizer()),
                            !sameBatch || Objects.equals(before.schedule(), here.schedule()),
                            sameBatch,
                            before.config().equals(here.config()))
                    .filter(same -> !same)
                    .count();
            assertEquals(1, changes, here.name());
            int parts = here.config() instanceof ModernConfig modern
                    ? modern.parts().size()
                    : 0;
            int partsBefore = before.config() instanceof ModernConfig modern
                    ? modern.parts().size()
                    : 0;
            assertTrue(Math.abs(parts - partsBefore) <= 1, here.name());
        }
    }
}
