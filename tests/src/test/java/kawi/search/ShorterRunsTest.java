package kawi.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import kawi.evidence.Progress;
import kawi.model.ModelConfig;
import kawi.search.ComparedRuns.Run;
import kawi.search.Trials.Asked;
import kawi.search.Trials.Outcome;
import kawi.train.Muon;
import kawi.train.Small;
import org.junit.jupiter.api.Test;

/** Which runs are trained again with how many steps, with trainings whose outcome is written. */
class ShorterRunsTest {
    private static final Map<String, ModelConfig> ENTRANTS =
            Map.of("long", Small.CONFIG, "short", Small.CONFIG.context(8));
    private static final ToLongFunction<String> TOKENS =
            name -> 4L * ENTRANTS.get(name).context();

    private static Run run(String name, long seed, long steps, long divergedAt) {
        double loss = divergedAt > 0 ? Double.NaN : 3 + seed;
        return Run.of(name, ENTRANTS.get(name), seed, 0.02, 4, new Trial(steps, 9, loss, loss / 2, divergedAt));
    }

    private static WrittenTrials trials() {
        return new WrittenTrials(asked ->
                new Outcome(asked.until(), 5, 1.0 / asked.until() + asked.seed(), 0.5, asked.until() == 13 ? 12 : 0));
    }

    private static ShorterRuns shorter() {
        return new ShorterRuns(ENTRANTS, 4, null, null);
    }

    private static Asked asked(String name, long seed, long steps) {
        ModelConfig config = ENTRANTS.get(name);
        Recipe recipe = new Recipe(name, config, Muon.defaults().withRate(0.02), EqualSeconds.schedule(steps), 4);
        return new Asked(recipe, 1, seed, steps, config.context(), 96, 4);
    }

    private static List<String> steps(List<Run> runs) {
        return runs.stream()
                .map(run -> run.name() + " " + run.seed() + " " + run.steps())
                .toList();
    }

    @Test
    void afterEqualStepsEachHasAsManyAsTheOneOfItsSeedThatHadTheFewest() {
        List<Run> runs =
                List.of(run("long", 1, 50, 0), run("short", 1, 70, 0), run("long", 2, 60, 0), run("short", 2, 40, 0));
        WrittenTrials trials = trials();
        Told told = new Told();
        ShorterRuns shorter = shorter();
        List<Run> read = shorter.read(runs, trials, "steps", name -> 1, told);
        assertEquals(List.of(asked("short", 1, 50), asked("long", 2, 40)), trials.asked);
        assertEquals(trials.asked, trials.dropped);
        assertTrue(trials.closed);
        assertEquals(List.of("long 1 50", "short 1 50", "long 2 40", "short 2 40"), steps(read));
        assertEquals(runs.get(0), read.get(0), "who had the fewest is not trained again");
        assertEquals(runs.get(3), read.get(3));
        assertEquals(Run.of("short", ENTRANTS.get("short"), 1, 0.02, 4, new Trial(50, 5, 1.02, 0.5, 0)), read.get(1));
        assertEquals(List.of("training for equal steps, 4"), told.of("begin"));
        assertEquals(List.of("3 short, seed 1", "4 long, seed 2"), told.of("update"));
        assertEquals(List.of("4 runs, of which 2 were trained for it"), told.of("end"));
        Told again = new Told();
        WrittenTrials none = trials();
        assertEquals(read, shorter.read(runs, none, "steps", name -> 1, again));
        assertEquals(List.of(), none.asked, "they are remembered");
        assertEquals(List.of("4 runs, of which 0 were trained for it"), again.of("end"));
    }

    @Test
    void afterEqualTokensAStepOfFewerTokensCountsForFewer() {
        List<Run> runs = List.of(run("long", 1, 30, 0), run("short", 1, 50, 0));
        WrittenTrials trials = trials();
        assertEquals(
                List.of("long 1 25", "short 1 50"),
                steps(shorter().read(runs, trials, "tokens", TOKENS, Progress.NONE)));
        List<Run> few = List.of(run("long", 1, 30, 0), run("short", 1, 1, 0));
        assertEquals(
                List.of("long 1 1", "short 1 1"),
                steps(shorter().read(few, trials(), "tokens", TOKENS, Progress.NONE)),
                "one step at least");
    }

    @Test
    void oneThatDivergedStaysAsItIsAndShortensNoOther() {
        List<Run> runs = List.of(run("long", 1, 50, 0), run("short", 1, 7, 8), run("short", 2, 9, 10));
        WrittenTrials trials = trials();
        assertEquals(runs, shorter().read(runs, trials, "steps", name -> 1, Progress.NONE));
        assertEquals(List.of(), trials.asked);
    }

    @Test
    void oneThatDivergesWithFewerStepsIsRememberedAsTheAnswer() {
        List<Run> runs = List.of(run("long", 1, 13, 0), run("short", 1, 70, 0));
        ShorterRuns shorter = shorter();
        List<Run> read = shorter.read(runs, trials(), "steps", name -> 1, Progress.NONE);
        assertEquals(12, read.get(1).divergedAt());
        WrittenTrials none = trials();
        assertEquals(read, shorter.read(runs, none, "steps", name -> 1, Progress.NONE));
        assertEquals(List.of(), none.asked);
    }

    @Test
    void interruptedItGivesTheRunsBeforeTheFirstThatIsMissing() {
        List<Run> runs =
                List.of(run("long", 1, 50, 0), run("short", 1, 70, 0), run("long", 2, 60, 0), run("short", 2, 40, 0));
        WrittenTrials cut = trials();
        cut.interruptedAfter = 1;
        Told told = new Told();
        ShorterRuns shorter = shorter();
        assertEquals(List.of("long 1 50", "short 1 50"), steps(shorter.read(runs, cut, "steps", name -> 1, told)));
        assertEquals(List.of("2 runs, of which 1 were trained for it"), told.of("end"));
        WrittenTrials rest = trials();
        assertEquals(
                4, shorter.read(runs, rest, "steps", name -> 1, Progress.NONE).size());
        assertEquals(List.of(asked("long", 2, 40)), rest.asked);
    }
}
