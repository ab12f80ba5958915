package kawi.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import kawi.evidence.KitException;
import kawi.model.GptConfig;
import kawi.model.ModelConfig;
import kawi.model.ModernConfig;
import kawi.search.SuccessiveHalving.Candidate;
import kawi.search.SuccessiveHalving.Standing;
import kawi.stats.Interval;
import kawi.train.AdamW;
import kawi.train.Muon;
import kawi.train.Schedule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

/** Every number of a finished search stands in its table and its sentences as it was; nothing is trained here. */
class WhatASearchFoundIsTabledTest {
    private static final GptConfig CONFIG =
            GptConfig.of(64).context(16).layers(2).heads(2).width(32);

    @TempDir
    Path folder;

    private static ComparedRuns.Run run(String name, long seed, double seconds, double loss) {
        long diverged = Double.isNaN(loss) ? 7 : 0;
        return new ComparedRuns.Run(name, seed, 0.01, 1000, 900, 50 + seed, 3200, seconds, loss, loss / 2, diverged);
    }

    private static List<String> row(Table table, int row) {
        return table.columns().stream().map(column -> column.getString(row)).toList();
    }

    @Test
    void aComparisonHasARowForEachArchitectureWithTheRangesOfItsRuns() {
        ComparedRuns compared = new ComparedRuns(
                List.of(run("A", 1, 6.0, 3.0), run("B", 1, 6.1, 3.1), run("A", 2, 6.2, 3.2), run("B", 2, 6.1, 3.4)));
        Table table = compared.table();
        assertEquals(
                List.of(
                        "architecture",
                        "outside the vocabulary",
                        "rate",
                        "steps",
                        "seconds",
                        "loss (nats per token)",
                        "bits per byte",
                        "behind the best",
                        "verdict"),
                table.columnNames());
        assertEquals(2, table.rowCount());
        assertEquals(
                List.of(
                        "A",
                        "900",
                        "0.01",
                        "51 to 52",
                        "6.00 to 6.20",
                        compared.loss("A").toString(),
                        "1.55",
                        "",
                        "lowest mean loss"),
                row(table, 0));
        assertEquals("6.10", table.stringColumn("seconds").get(1), "one number where there is but one");
        assertEquals(
                compared.behind("B").toString(),
                table.stringColumn("behind the best").get(1));
        assertEquals(compared.verdict("B"), table.stringColumn("verdict").get(1));
        assertTrue(Double.isNaN(compared.p("A")));
        assertEquals(List.of("A", "B"), compared.names());
    }

    @Test
    void aRowOfARunHoldsWhatItTakesToRepeatIt() {
        Table table = new ComparedRuns(List.of(run("A", 1, 6, 3), run("B", 2, 5, Double.NaN))).runTable();
        assertEquals(List.of("A", "1", "0.01", "51", "3200", "6", "3", ""), plain(row(table, 0)));
        assertEquals(List.of("B", "2", "0.01", "52", "3200", "5", "", "at step 7"), plain(row(table, 1)));
        assertEquals(
                List.of(
                        "architecture",
                        "seed",
                        "rate",
                        "steps",
                        "tokens",
                        "seconds",
                        "loss (nats per token)",
                        "diverged"),
                table.columnNames());
    }

    private static List<String> plain(List<String> cells) {
        return cells.stream().map(cell -> cell.replaceFirst("\\.0$", "")).toList();
    }

    @Test
    void whereNoRunIsSoundThereAreNeitherSecondsNorAWinnerAndNothingWasUnequal() {
        ComparedRuns none = new ComparedRuns(List.of());
        assertEquals(Interval.NONE, none.seconds());
        assertTrue(none.lastedEquallyLong());
        assertEquals(
                "No run of the comparison was finished, so there is no winner: run it again.",
                assertThrows(KitException.class, none::winner).getMessage());
        ComparedRuns diverged = new ComparedRuns(List.of(run("A", 1, 6, Double.NaN), run("A", 2, 60, Double.NaN)));
        assertEquals(Interval.NONE, diverged.seconds());
        assertTrue(diverged.lastedEquallyLong());
        assertEquals(
                "Of every entrant a run diverged, so there is no winner: lower the rates.",
                assertThrows(KitException.class, diverged::winner).getMessage());
    }

    @Test
    void fivePerCentLongerIsStillEqualAndOneOfAnotherSeedIsNotCompared() {
        assertTrue(new ComparedRuns(List.of(run("A", 1, 100, 3), run("B", 1, 105, 3))).lastedEquallyLong());
        assertFalse(new ComparedRuns(List.of(run("A", 1, 100, 3), run("B", 1, 105.01, 3))).lastedEquallyLong());
        assertTrue(new ComparedRuns(List.of(run("A", 1, 100, 3), run("B", 2, 200, 3))).lastedEquallyLong());
        assertTrue(new ComparedRuns(List.of(run("A", 1, 100, 3), run("B", 1, 200, Double.NaN))).lastedEquallyLong());
    }

    @Test
    void aConclusionNamesWhomTheWinnerIsAheadOfWhomItIsNotAndWhoDiverged() {
        ComparedRuns compared = new ComparedRuns(List.of(
                run("A", 1, 6, 3.00),
                run("A", 2, 6, 3.50),
                run("A", 3, 6, 4.00),
                run("B", 1, 6, 3.10),
                run("B", 2, 6, 3.601),
                run("B", 3, 6, 4.10),
                run("C", 1, 6, 3.2),
                run("C", 2, 6, 3.701),
                run("C", 3, 6, 4.2),
                run("D", 1, 6, 2.9),
                run("D", 2, 6, 3.6),
                run("D", 3, 6, 4.9),
                run("E", 1, 6, Double.NaN)));
        assertEquals(
                "A has the lowest mean loss, beyond chance against B and C, without a detectable difference from D; "
                        + "E diverged at step 7 (seed 1)",
                compared.conclusion());
        assertTrue(compared.runs().get(12).diverged() && !compared.runs().get(0).diverged());
        assertEquals(3, compared.losses("A").length);
    }

    @Test
    void aChoiceComesBackAsItWasWrittenOrIsRefused() throws Exception {
        Path file = folder.resolve("choice.json");
        Choice choice = new Choice(CONFIG, 0.01, 1, "it lost least");
        choice.write(file);
        assertEquals(choice, Choice.read(file));
        String written = Files.readString(file);
        String[][] wrong = {
            {"\"rate\" : 0.01", "\"rate\" : 0"},
            {"\"rate\" : 0.01", "\"rate\" : \"fast\""},
            {"\"batch\" : 1", "\"batch\" : 0"},
            {"\"batch\" : 1", "\"batches\" : 1"}
        };
        for (String[] each : wrong) {
            assertTrue(written.contains(each[0]), written);
            Files.writeString(file, written.replace(each[0], each[1]));
            assertEquals(
                    "The file choice.json lacks a rate or a batch, or has one that is none: run notebook 03-architecture again.",
                    assertThrows(KitException.class, () -> Choice.read(file)).getMessage());
        }
        Files.writeString(file, written.replace("\"why\"", "\"because\""));
        assertTrue(assertThrows(KitException.class, () -> Choice.read(file))
                .getMessage()
                .contains("'because'"));
        Files.writeString(file, written.replaceFirst(",\\s*\"why\" : \"[^\"]*\"", ""));
        assertEquals("", Choice.read(file).why());
        Files.writeString(file, "{ cut sho");
        assertTrue(assertThrows(KitException.class, () -> Choice.read(file))
                .getMessage()
                .startsWith("The file choice.json is not valid JSON"));
        assertTrue(assertThrows(KitException.class, () -> Choice.read(folder.resolve("none.json")))
                .getMessage()
                .contains("none.json"));
    }

    @Test
    void theSizeOfAModelIsEstimatedByItsFormula() {
        ScalingLaw.Band band = new ScalingLaw.Band(2.5, 3, 3.5);
        Sizing sizing = Sizing.of(CONFIG, 5000, 2000, 8, band);
        double activations = 8 * 16 * (2 * 18.0 * 32 + 3.0 * 64) * 4;
        assertEquals((16.0 * CONFIG.parameterCount() + activations) / 1048576, sizing.estimatedMegabytes(), 1e-12);
        assertEquals(2.5, sizing.epochs());
        assertEquals(5000, sizing.tokens());
        assertEquals("2 layers, width 32", Sizing.name(CONFIG));
        assertEquals("1 layer, width 32", Sizing.name(CONFIG.layers(1)));
        assertEquals(2, Sizing.within(List.of(size(CONFIG, 3), size(CONFIG, 3.5), size(CONFIG, 3.51)), 0.5));
    }

    private static Sizing size(ModelConfig config, double loss) {
        return new Sizing(config, 1000, 0.5, 12.5, new ScalingLaw.Band(loss - 0.25, loss, loss + 0.5));
    }

    @Test
    void sizesStandInOrderOfTheirSizeAndTheFirstIsTheOneTaken() {
        GptConfig small = CONFIG.layers(1);
        Table table = Sizing.table(List.of(size(CONFIG, 3), size(small, 3.5)));
        assertEquals(
                List.of(
                        "model",
                        "parameters",
                        "tokens",
                        "epochs",
                        "estimated tensor memory MB",
                        "predicted loss, nats",
                        "low",
                        "high",
                        ""),
                table.columnNames());
        String count = Long.toString(small.parameterCount());
        assertEquals(
                List.of("1 layer, width 32", count, "1000", "0.5", "12.5", "3.5", "3.25", "4", ""),
                plain(row(table, 0)));
        assertEquals("taken", table.stringColumn("").get(1));
    }

    @Test
    void aRateAtTheEdgeOfTheGridIsMarkedAndARefusalNamesTheLowestThatDiverged() {
        RateGrid grid = new RateGrid(List.of(
                new RateGrid.RateTrial("A", 0.01, 10, 3.0, 0),
                new RateGrid.RateTrial("B", 0.01, 10, Double.NaN, 1),
                new RateGrid.RateTrial("A", 0.03, 10, 2.0, 0),
                new RateGrid.RateTrial("B", 0.03, 10, Double.NaN, 3)));
        assertEquals(List.of("A", "3.000", "2.000", "0.03, at the edge"), row(grid.table(), 0));
        assertEquals(List.of("B", "diverged at step 1", "diverged at step 3", "none"), row(grid.table(), 1));
        assertEquals(
                "Every training of 'B' in search of a rate diverged, the one at the rate of 0.01 too: give a lower rate "
                        + "in the settings.",
                assertThrows(KitException.class, () -> grid.best("B")).getMessage());
        assertTrue(assertThrows(KitException.class, () -> grid.best("C"))
                .getMessage()
                .contains("at the rate of NaN"));
    }

    @Test
    void aHalvingHasARowForEachStandingAndMarksTheOneThatWasKept() {
        Candidate kept = new Candidate(CONFIG, 0.01);
        Candidate other = new Candidate(CONFIG.layers(1), 0.02);
        List<Standing> standings = List.of(
                new Standing(1, kept, 10, 1.5, 3.0, true, 0),
                new Standing(1, other, 11, 1.5, 3.1, true, 0),
                new Standing(2, kept, 30, 4.5, 2.5, true, 0),
                new Standing(2, other, 31, 4.5, 2.6, false, 0),
                new Standing(2, other, 1, 4.5, Double.NaN, false, 1));
        Table table = new SuccessiveHalving.SearchResult(kept, 2.5, standings).table();
        assertEquals(
                List.of("goes on", "goes on", "kept", "stops", "diverged at step 1"),
                table.stringColumn("verdict").asList());
        assertEquals(
                List.of("rung", "model", "parameters", "rate", "steps", "seconds", "loss (nats per token)", "verdict"),
                table.columnNames());
        assertEquals(
                List.of(
                        "2",
                        CONFIG.describe(),
                        Long.toString(CONFIG.parameterCount()),
                        "0.01",
                        "30",
                        "4.5",
                        "2.5",
                        "kept"),
                row(table, 2));
    }

    @Test
    void anAblationHasARowForEachRungThatWasTrained() {
        List<Recipe> rungs = List.of(recipe("start"), recipe("more"), recipe("never trained"));
        CumulativeAblation ladder = CumulativeAblation.of(
                rungs,
                List.of(
                        new CumulativeAblation.Run("start", 1, 3, 2, 0),
                        new CumulativeAblation.Run("start", 2, 4, 4, 0),
                        new CumulativeAblation.Run("more", 1, 2.5, 2, 0),
                        new CumulativeAblation.Run("more", 2, 3.25, 3, 0)));
        Table table = ladder.table();
        assertEquals(
                List.of(
                        "rung",
                        "windows in a step",
                        "loss of each seed",
                        "loss (nats per token)",
                        "seconds",
                        "change",
                        "p, corrected",
                        "verdict"),
                table.columnNames());
        assertEquals(2, table.rowCount());
        assertEquals(
                List.of("start", "4", "3.000, 4.000", ladder.loss("start").toString(), "3", "", Interval.NONE, ""),
                plain(row(table, 0)));
        assertEquals("2.500, 3.250", table.stringColumn("loss of each seed").get(1));
        assertEquals(
                ladder.changed("more").toString(), table.stringColumn("change").get(1));
        assertEquals(List.of("start", "more", "never trained"), ladder.names());
        assertTrue(Double.isNaN(ladder.seconds("never trained")));
    }

    private static Recipe recipe(String name) {
        return new Recipe(name, CONFIG, AdamW.defaults(), Schedule.constant(10), 4);
    }

    @Test
    void recipesAreWrittenDownWithTheirNumbers() {
        assertEquals(
                new Recipe("GPT-2, AdamW", CONFIG, new AdamW(1e-3, 0.9, 0.99, 1e-8, 0.1), Schedule.cosine(10, 200), 12),
                Recipe.nanoGpt(CONFIG, 200));
        List<Recipe> ladder = Recipe.ladder(CONFIG, 200);
        Recipe fastest = ladder.get(ladder.size() - 2);
        assertEquals(fastest, Recipe.fastest(CONFIG, 200));
        assertEquals(Schedule.warmupStableDecay(0, 200, 0.6), fastest.schedule());
        assertFalse(((ModernConfig) fastest.config()).parts().contains(ModernConfig.Part.RMS_NORM));
        Recipe last = ladder.get(ladder.size() - 1);
        assertEquals(8, last.batch());
        assertEquals(Schedule.warmupStableDecay(0, 300, 0.6), last.schedule());
        assertTrue(last.optimizer() instanceof Muon);
        assertEquals(14, ladder.stream().map(Recipe::name).distinct().count(), "a rung has a name of its own");
    }

    @Test
    void aRunIsWhatItsTrainingCameTo() {
        ComparedRuns.Run run = ComparedRuns.Run.of("A", CONFIG, 3, 0.01, 4, new Trial(10, 2.5, 3.5, 1.5, 0));
        assertEquals(
                new ComparedRuns.Run(
                        "A",
                        3,
                        0.01,
                        CONFIG.parameterCount(),
                        ComparedRuns.outsideVocabulary(CONFIG),
                        10,
                        10 * 4 * 16,
                        2.5,
                        3.5,
                        1.5,
                        0),
                run);
    }

    @Test
    void aTrainingDivergedWhereItHasAStepAtWhichItDid() {
        for (long step : new long[] {0, 1}) {
            SeededLoss loss = new SeededLoss() {
                @Override
                public long seed() {
                    return 1;
                }

                @Override
                public double loss() {
                    return 3;
                }

                @Override
                public long divergedAt() {
                    return step;
                }
            };
            assertEquals(step == 1, loss.diverged());
        }
    }

    @Test
    void aTrainingThatIsAskedForIsNamedByItsRecipeAndSeed() {
        assertEquals("'start', seed 3", new Trials.Asked(recipe("start"), 1, 3, 10, 16, 8, 8).name());
        assertTrue(new Trials.Outcome(1, 1, Double.NaN, Double.NaN, 1).diverged());
        assertFalse(new Trials.Outcome(1, 1, 3, 2, 0).diverged());
    }
}
