package kawi.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import kawi.evidence.Progress;
import kawi.model.ModernConfig;
import kawi.text.TokenFile;
import kawi.train.AdamW;
import kawi.train.Schedule;
import kawi.train.Small;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CumulativeAblationTest {
    private static final CumulativeAblation.AblationSettings RULES =
            new CumulativeAblation.AblationSettings(2, 1, 20, 16);

    @TempDir
    Path folder;

    private CumulativeAblation climb(List<Recipe> rungs) {
        return climb(rungs, Progress.NONE);
    }

    private CumulativeAblation climb(List<Recipe> rungs, Progress progress) {
        try (TokenFile train = Small.text(folder.resolve("train.bin"), 2000, 1);
                TokenFile validation = Small.text(folder.resolve("validation.bin"), 500, 2)) {
            return CumulativeAblation.run(Small.TORCH, rungs, train, validation, RULES, progress);
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
        assertEquals("no detectable difference", ladder.verdict("+ nothing"));
        assertTrue(
                ArchitectureComparison.mean(ladder.change("+ ten times the steps")) < -0.3,
                ladder.table().print());
        assertEquals(3, ladder.table().rowCount());
        assertEquals("", ladder.verdict("start"));
        assertEquals(6, ladder.climbs().size());
    }

    @Test
    void aRungWhoseLossExplodesIsReportedAndTheClimbGoesOn() {
        CumulativeAblation ladder = climb(List.of(recipe("wild", 1e30, 10), recipe("sound", 1e-3, 10)));
        assertTrue(Double.isNaN(ladder.losses("wild")[0]));
        assertTrue(Double.isFinite(ladder.losses("sound")[1]));
        assertEquals(2, ladder.table().rowCount());
    }

    @Test
    void anInterruptedClimbKeepsTheTrainingsThatWereFinished() {
        Progress impatient = new Progress() {
            @Override
            public void begin(String what, long total) {}

            @Override
            public void update(long done, String note) {}

            @Override
            public void end(String note) {}

            @Override
            public void point(String series, double x, double y) {
                Thread.currentThread().interrupt();
            }
        };
        try {
            assertEquals(
                    1,
                    climb(List.of(recipe("start", 1e-3, 10), recipe("never finished", 1e-3, 10)), impatient)
                            .climbs()
                            .size());
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
