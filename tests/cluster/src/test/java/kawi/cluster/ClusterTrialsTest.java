package kawi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleFunction;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.GptConfig;
import kawi.search.ArchitectureComparison;
import kawi.search.ComparedRuns;
import kawi.search.CumulativeAblation;
import kawi.search.PilotRuns;
import kawi.search.Recipe;
import kawi.search.SuccessiveHalving;
import kawi.search.SuccessiveHalving.Candidate;
import kawi.search.SuccessiveHalving.SearchResult;
import kawi.search.Trials;
import kawi.text.TokenFile;
import kawi.torch.Torch;
import kawi.train.AdamW;
import kawi.train.Schedule;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterTrialsTest {
    private static final GptConfig CONFIG = SmallTraining.CONFIG;
    private static final CumulativeAblation.AblationSettings SETTINGS =
            new CumulativeAblation.AblationSettings(2, 5, 16, 16);
    private static Torch torch;
    private static TokenFile train;
    private static TokenFile validation;

    @TempDir
    static Path folder;

    @BeforeAll
    static void open() {
        torch = SmallTraining.engine();
        train = SmallTraining.text(folder.resolve("train.tokens"), 5000, 1);
        validation = SmallTraining.text(folder.resolve("validation.tokens"), 1000, 2);
    }

    private static ClusterTrials onWorkers() {
        return ClusterTrials.on(Cluster.local(2, "512m"), torch);
    }

    /** Of the kit's own ladder both families, both optimizers and all schedules, and a rung that diverges. */
    private static List<Recipe> rungs() {
        List<Recipe> ladder = Recipe.ladder(CONFIG, 6);
        List<Recipe> rungs =
                new ArrayList<>(List.of(ladder.get(0), ladder.get(2), ladder.get(6), ladder.get(ladder.size() - 1)));
        rungs.add(new Recipe(
                "+ a rate that is far too high", CONFIG, AdamW.defaults().withRate(90), Schedule.constant(12), 8));
        return rungs;
    }

    private static List<String> said(CumulativeAblation ladder) {
        return ladder.runs().stream()
                .map(each -> each.rung() + " " + each.seed() + " " + each.loss() + " " + each.divergedAt())
                .toList();
    }

    private static final class Told implements Progress {
        final List<String> said = new ArrayList<>();

        @Override
        public void begin(String what, long total) {}

        @Override
        public void update(long done, String note) {}

        @Override
        public void end(String note) {}

        @Override
        public void sample(String text) {
            said.add(text);
        }
    }

    @Test
    void anAblationOnWorkersHasTheNumbersOfOneProcessInTheirOrderAlsoWhereAnExecutorIsKilled() {
        CumulativeAblation alone = CumulativeAblation.run(torch, rungs(), train, validation, SETTINGS, Progress.NONE);
        ClusterTrials trials = onWorkers();
        CompletableFuture<Long> killed = Cluster.running().orElseThrow().killAtWork(1);
        Told told = new Told();
        CumulativeAblation together = CumulativeAblation.run(trials, rungs(), train, validation, SETTINGS, told);
        assertTrue(killed.join() > 0);
        assertEquals(said(alone), said(together));
        assertTrue(
                alone.runs().stream().anyMatch(CumulativeAblation.Run::diverged),
                said(alone).toString());
        assertTrue(
                told.said.get(0).contains("'+ a rate that is far too high', seed 5: diverged at step"),
                told.said.toString());
    }

    private static List<String> said(SearchResult result) {
        List<String> said = new ArrayList<>(List.of(result.best() + " " + result.loss()));
        result.standings()
                .forEach(each -> said.add(each.rung() + " " + each.candidate() + " " + each.steps() + " " + each.loss()
                        + " " + each.verdict()));
        return said;
    }

    @Test
    void aSearchOnWorkersGoesOnFromRungToRungWithTheNumbersOfOneProcess() {
        List<Candidate> candidates = SuccessiveHalving.draw(
                CONFIG, new int[] {1, 2}, new int[] {2}, new int[] {16, 32}, new double[] {0.003, 0.02, 60}, 8, 3);
        SearchResult alone =
                SuccessiveHalving.run(Trials.here(torch), candidates, train, validation, 4, 4, 9, Progress.NONE);
        SearchResult together =
                SuccessiveHalving.run(onWorkers(), candidates, train, validation, 4, 4, 9, Progress.NONE);
        assertEquals(said(alone), said(together));
        assertTrue(
                alone.standings().stream().anyMatch(each -> each.rung() == 3 && each.steps() == 4 + 8 + 16),
                said(alone).toString());
    }

    @Test
    void pilotsOnWorkersHaveTheLossesOfOneProcessInTheirOrderAndAreKept() {
        PilotRuns.PilotSettings settings = new PilotRuns.PilotSettings(AdamW.defaults(), 64, 2, 8, 1);
        Path kept = folder.resolve("pilots");
        DoubleFunction<GptConfig> sizes = factor -> CONFIG.width((int) (32 * factor));
        PilotRuns alone = PilotRuns.run(torch, sizes, train, validation, settings, null, Progress.NONE);
        ClusterTrials workers = onWorkers();
        PilotRuns together = PilotRuns.run(workers, torch, sizes, train, validation, settings, kept, Progress.NONE);
        assertEquals(8, together.all().size());
        assertEquals(said(alone), said(together));
        PilotRuns again = PilotRuns.run(workers, torch, sizes, train, validation, settings, kept, Progress.NONE);
        assertEquals(together.all(), again.all(), "none is trained again, for each has its seconds");
    }

    private static List<String> said(PilotRuns pilots) {
        return pilots.all().stream()
                .map(each -> each.config().describe() + " " + each.steps() + " " + each.tokens() + " " + each.seed()
                        + " " + each.loss())
                .toList();
    }

    private static List<String> said(ComparedRuns compared) {
        return compared.runs().stream()
                .map(each -> each.name() + " " + each.seed() + " " + each.steps() + " " + each.loss() + " "
                        + each.divergedAt())
                .toList();
    }

    @Test
    void architecturesAreReadAfterEqualStepsAndTokensOnWorkersWithTheLossesOfOneProcess() {
        Map<String, GptConfig> entrants = new LinkedHashMap<>();
        entrants.put("small", CONFIG.layers(1).width(16));
        entrants.put("large", CONFIG.layers(4).width(64));
        var settings =
                new ArchitectureComparison.ComparisonSettings(4, 0.2, 2, 1, Map.of("small", 0.01, "large", 0.01));
        try (ArchitectureComparison comparison =
                ArchitectureComparison.run(torch, entrants, train, validation, settings, Progress.NONE)) {
            List<String> steps = said(comparison.equalSteps(onWorkers(), Progress.NONE));
            List<String> expected = new ArrayList<>();
            for (ComparedRuns.Run each :
                    comparison.equalSteps(onWorkers(), Progress.NONE).runs()) {
                long own = comparison.equalSeconds().runs().stream()
                        .filter(run -> run.seed() == each.seed())
                        .mapToLong(ComparedRuns.Run::steps)
                        .min()
                        .orElseThrow();
                assertEquals(own, each.steps(), each.toString());
                ComparedRuns.Run here = comparison.repeat(each);
                expected.add(here.name() + " " + here.seed() + " " + own + " " + here.loss() + " 0");
            }
            assertEquals(expected, steps);
            assertEquals(steps, said(comparison.equalTokens(onWorkers(), Progress.NONE)), "each step reads as many");
        }
    }

    @Test
    void aSearchOverNothingIsRefusedInASentence() {
        String why = assertThrows(
                        KitException.class,
                        () -> SuccessiveHalving.run(
                                Trials.here(torch), List.of(), train, validation, 4, 4, 9, Progress.NONE))
                .getMessage();
        assertTrue(why.contains("0 candidates"), why);
    }
}
