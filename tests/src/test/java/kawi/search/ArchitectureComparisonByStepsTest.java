package kawi.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.model.ModelConfig;
import kawi.search.ArchitectureComparison.ComparisonSettings;
import kawi.search.ComparedRuns.Run;
import kawi.search.EqualSeconds.Entrant;
import kawi.search.RateGrid.RateTrial;
import kawi.text.TokenFile;
import kawi.train.Small;
import kawi.train.SmallTexts;
import org.junit.jupiter.api.Test;

/** A comparison by a clock by which each step takes a second, so that each run has just as many steps. */
class ArchitectureComparisonByStepsTest extends SmallTexts {
    private static final Map<String, ModelConfig> ENTRANTS = new LinkedHashMap<>();

    static {
        ENTRANTS.put("two", Small.CONFIG);
        ENTRANTS.put("one", Small.CONFIG.layers(1).context(8));
    }

    private ArchitectureComparison compare(int seeds, Map<String, Double> rates, Progress progress) {
        ComparisonSettings settings = new ComparisonSettings(4, 20, seeds, 5, rates);
        return ArchitectureComparison.run(Small.TORCH, ENTRANTS, train, validation, settings, progress, Ticks.each());
    }

    /** A listener that interrupts the thread where a note begins so. */
    private static Told interrupting(String note) {
        return new Told() {
            @Override
            public void update(long done, String said) {
                super.update(done, said);
                if (said.startsWith(note)) {
                    Thread.currentThread().interrupt();
                }
            }
        };
    }

    @Test
    void eachGetsTheBestRateOfThoseTriedFromASeedOfTheirOwnAndRunsFromEachSeed() {
        Told told = new Told();
        try (ArchitectureComparison contest = compare(2, Map.of("one", 0.0123), told)) {
            List<RateTrial> trials = contest.rateGrid().trials();
            assertEquals(
                    ArchitectureComparison.RATES,
                    trials.stream().map(RateTrial::rate).toList());
            assertTrue(trials.stream().allMatch(each -> each.name().equals("two") && each.steps() == 20));
            RateTrial best = trials.stream()
                    .min((a, b) -> Double.compare(a.loss(), b.loss()))
                    .orElseThrow();
            assertEquals(Map.of("two", best.rate(), "one", 0.0123), contest.rates());
            Run like = new Run("two", 7, best.rate(), 0, 0, 20, 0, 0, 0, 0, 0);
            assertEquals(best.loss(), contest.repeat(like).loss(), "seeds 5 and 6 run, and 7 seeks");
            List<Run> runs = contest.equalSeconds().runs();
            assertEquals(
                    List.of("two 5", "one 5", "two 6", "one 6"),
                    runs.stream().map(run -> run.name() + " " + run.seed()).toList());
            for (Run run : runs) {
                Run again = contest.repeat(run);
                assertEquals(20, run.steps());
                assertEquals(20, run.seconds(), 1e-9);
                assertEquals(contest.rates().get(run.name()), run.rate());
                assertEquals(run.loss(), again.loss(), "the same weights have the same loss");
                assertEquals(run.bitsPerByte(), again.bitsPerByte());
                assertEquals(run.steps(), again.steps());
                assertEquals(20 * 4 * (run.name().equals("two") ? 16 : 8), run.tokens());
            }
            assertEquals(List.of("training two, one, 6"), told.of("begin"));
            assertEquals(List.of("seconds | training loss, smoothed (nats per token)"), told.of("axes"));
            assertEquals(
                    List.of(
                            "0 at the rate of 0.003",
                            "1 at the rate of 0.01",
                            "2 at the rate of 0.03",
                            "3 at the rate of 0.1",
                            "4 seed 5",
                            "5 seed 6"),
                    told.of("update"));
            assertEquals(List.of("4 runs behind 4 trials of a rate"), told.of("end"));
            assertEquals(points(best.rate()), told.of("point"), "of the first seed alone");
        }
    }

    /** The smoothed losses of both from seed 5. */
    private List<String> points(double rate) {
        List<String> points = new ArrayList<>();
        Map<String, Double> smooth = new LinkedHashMap<>();
        List<Entrant> side =
                List.of(new Entrant("two", ENTRANTS.get("two"), rate), new Entrant("one", ENTRANTS.get("one"), 0.0123));
        try (EqualSeconds race = new EqualSeconds(Small.TORCH, side, train, 4, 20, 5, Ticks.each())) {
            race.train(() -> true, (name, seconds, loss) -> {
                smooth.put(name, smooth.containsKey(name) ? 0.9 * smooth.get(name) + 0.1 * loss : loss);
                points.add(name + " " + seconds + " " + smooth.get(name));
            });
        }
        return points;
    }

    @Test
    void theModelOfTheFirstSeedIsKept() {
        Map<String, Double> rates = Map.of("two", 0.01, "one", 0.01);
        List<Entrant> side =
                List.of(new Entrant("two", ENTRANTS.get("two"), 0.01), new Entrant("one", ENTRANTS.get("one"), 0.01));
        Told told = new Told();
        try (ArchitectureComparison contest = compare(2, rates, told);
                EqualSeconds race = new EqualSeconds(Small.TORCH, side, train, 4, 20, 5, Ticks.each())) {
            race.train(() -> true, (name, seconds, loss) -> {});
            for (String name : ENTRANTS.keySet()) {
                try (LanguageModel same = race.take(name)) {
                    assertEquals(same.fingerprint(), contest.model(name).fingerprint());
                }
            }
            assertTrue(contest.rateGrid().trials().isEmpty());
            assertEquals(List.of("training two, one, 2"), told.of("begin"));
            contest.close();
            assertThrows(KitException.class, () -> contest.model("two"), "a model that is closed is not handed out");
            assertEquals(List.of("0 seed 5", "1 seed 6"), told.of("update"));
            assertEquals(List.of("4 runs"), told.of("end"));
        }
    }

    @Test
    void theReadingsOfEqualStepsAndTokensAreTrainedWhereTheyAreAskedToBe() {
        try (ArchitectureComparison contest = compare(1, Map.of("two", 0.01, "one", 0.01), Progress.NONE)) {
            Told told = new Told();
            assertEquals(
                    contest.equalSeconds().runs(), contest.equalSteps(told).runs(), "each has had 20 steps already");
            assertEquals(List.of("training for equal steps, 2"), told.of("begin"));
            List<Trials.Asked> asked = new ArrayList<>();
            ComparedRuns tokens = contest.equalTokens(
                    new Trials() {
                        @Override
                        public String where() {
                            return "there";
                        }

                        @Override
                        public Session begin(TokenFile text, TokenFile judge) {
                            Session here = Trials.here(Small.TORCH).begin(text, judge);
                            return new Session() {
                                @Override
                                public List<Outcome> run(List<Asked> all, BiConsumer<Asked, Outcome> done) {
                                    asked.addAll(all);
                                    return here.run(all, done);
                                }

                                @Override
                                public void drop(List<Asked> all) {
                                    here.drop(all);
                                }

                                @Override
                                public void close() {
                                    here.close();
                                }
                            };
                        }
                    },
                    told);
            assertEquals(1, asked.size());
            assertEquals(10, asked.get(0).until(), "steps of twice as many tokens");
            assertEquals(
                    List.of(640L, 640L), tokens.runs().stream().map(Run::tokens).toList());
            assertEquals("training for equal tokens, 2", told.of("begin").get(1));
            Told here = new Told();
            assertEquals(tokens.runs(), contest.equalTokens(here).runs());
            assertEquals(
                    "2 runs, of which 0 were trained for it", here.of("end").get(0), "they are remembered");
        }
    }

    @Test
    void runsThatDivergedAreToldCountedAndHaveNoModel() {
        Told told = new Told();
        try (ArchitectureComparison contest = compare(2, Map.of("two", 0.01, "one", 1e30), told)) {
            assertEquals(List.of("4 runs, of which 2 diverged"), told.of("end"));
            List<Run> wild =
                    contest.equalSeconds().runs().stream().filter(Run::diverged).toList();
            assertEquals(
                    wild.stream()
                            .map(run -> "one, seed " + run.seed() + ": diverged at step " + run.divergedAt())
                            .toList(),
                    told.of("sample"));
            assertEquals(2, wild.size());
            assertEquals(
                    "There is no trained model of 'one': all of its runs diverged.",
                    assertThrows(KitException.class, () -> contest.model("one")).getMessage());
            assertEquals(
                    "There is no trained model of 'three': no run of it was finished.",
                    assertThrows(KitException.class, () -> contest.model("three"))
                            .getMessage());
        }
    }

    @Test
    void interruptedItGivesTheRunsThatWereFinished() {
        Told seed6 = interrupting("seed 6");
        try (ArchitectureComparison contest = compare(3, Map.of("two", 0.01, "one", 0.01), seed6)) {
            assertTrue(Thread.interrupted());
            assertEquals(
                    List.of(5L, 5L),
                    contest.equalSeconds().runs().stream().map(Run::seed).toList());
            assertEquals(List.of("2 runs"), seed6.of("end"));
            assertEquals(List.of("0 seed 5", "1 seed 6"), seed6.of("update"), "no seed more is begun");
        }
        Told atOnce = interrupting("seed 5");
        try (ArchitectureComparison contest = compare(1, Map.of("two", 0.01, "one", 0.01), atOnce)) {
            assertTrue(Thread.interrupted());
            assertEquals(List.of(), contest.equalSeconds().runs());
            assertEquals(List.of(), atOnce.of("point"), "not a step is taken");
        }
        Told rate = interrupting("at the rate of 0.01");
        try (ArchitectureComparison contest = compare(1, Map.of(), rate)) {
            assertTrue(Thread.interrupted());
            assertEquals(List.of("0 at the rate of 0.003", "1 at the rate of 0.01"), rate.of("update"));
            assertEquals(2, contest.rateGrid().trials().size(), "those of the first rate");
            assertEquals(Map.of(), contest.rates());
            assertEquals(List.of("0 runs behind 2 trials of a rate"), rate.of("end"));
        }
    }

    @Test
    void aRunThatIsRepeatedAndInterruptedHasFewerSteps() {
        try (ArchitectureComparison contest = compare(1, Map.of("two", 0.01, "one", 0.01), Progress.NONE)) {
            Thread.currentThread().interrupt();
            Run cut = contest.repeat(contest.equalSeconds().runs().get(0));
            assertTrue(Thread.interrupted());
            assertEquals(0, cut.steps());
        }
    }

    @Test
    void byTheMachinesOwnClockEachRunHasTheFewestStepsAtLeast() {
        ComparisonSettings settings = new ComparisonSettings(4, 0.001, 1, 5, Map.of("two", 0.01, "one", 0.01));
        try (ArchitectureComparison contest =
                ArchitectureComparison.run(Small.TORCH, ENTRANTS, train, validation, settings, Progress.NONE)) {
            assertEquals(
                    List.of(20L, 20L),
                    contest.equalSeconds().runs().stream().map(Run::steps).toList());
        }
    }

    @Test
    void aBadInputEndsTheComparisonInASentence() {
        Map<String, ModelConfig> few = Map.of("few", Small.CONFIG.context(8000));
        ComparisonSettings settings = new ComparisonSettings(4, 20, 1, 5, Map.of("few", 0.01));
        assertThrows(
                KitException.class,
                () -> ArchitectureComparison.run(Small.TORCH, few, train, validation, settings, Progress.NONE));
    }
}
