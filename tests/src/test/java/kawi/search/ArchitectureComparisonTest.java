package kawi.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.GptConfig;
import kawi.model.LanguageModel;
import kawi.model.ModelConfig;
import kawi.model.RecurrentConfig;
import kawi.search.RateGrid.RateTrial;
import kawi.train.AdamW;
import kawi.train.DivergedException;
import kawi.train.Schedule;
import kawi.train.Small;
import kawi.train.SmallTexts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What is compared is compared fairly: equal seconds, a rate of its own for each. */
class ArchitectureComparisonTest extends SmallTexts {
    private static Map<String, ModelConfig> entrants() {
        Map<String, ModelConfig> entrants = new LinkedHashMap<>();
        entrants.put("GPT", Small.CONFIG);
        entrants.put(
                "LSTM",
                RecurrentConfig.of(RecurrentConfig.Cell.LSTM, 64).context(16).fit(Small.CONFIG.parameterCount()));
        return entrants;
    }

    private ArchitectureComparison compare(double seconds, int seeds, Map<String, Double> rates) {
        return ArchitectureComparison.run(
                Small.TORCH,
                entrants(),
                train,
                validation,
                new ArchitectureComparison.ComparisonSettings(4, seconds, seeds, 1, rates),
                Progress.NONE);
    }

    @Test
    void eachEntrantRunsFromEachSeedWithARateThatWasFoundForIt() {
        try (ArchitectureComparison contest = compare(0.3, 2, Map.of())) {
            ComparedRuns read = contest.equalSeconds();
            assertEquals(
                    List.of("GPT 1", "LSTM 1", "GPT 2", "LSTM 2"),
                    read.runs().stream()
                            .map(run -> run.name() + " " + run.seed())
                            .toList());
            read.runs().forEach(run -> {
                assertTrue(ArchitectureComparison.RATES.contains(run.rate()), "rate " + run.rate());
                assertEquals(contest.rates().get(run.name()), run.rate());
                assertTrue(run.loss() < Math.log(64), run.name() + " learned nothing: " + run.loss());
                assertEquals(run.steps() * 4 * 16, run.tokens());
            });
            assertEquals(2, read.table().rowCount());
            RateGrid grid = contest.rateGrid();
            for (String name : List.of("GPT", "LSTM")) {
                List<RateTrial> own = grid.trials().stream()
                        .filter(trial -> trial.name().equals(name))
                        .toList();
                assertEquals(
                        ArchitectureComparison.RATES,
                        own.stream().map(RateTrial::rate).toList());
                assertEquals(
                        4, own.stream().map(RateTrial::loss).distinct().count(), "every rate was trained with: " + own);
                double least = own.stream().mapToDouble(RateTrial::loss).min().orElseThrow();
                assertEquals(
                        contest.rates().get(name),
                        own.stream()
                                .filter(trial -> trial.loss() == least)
                                .findFirst()
                                .orElseThrow()
                                .rate());
            }
            assertEquals(
                    List.of("architecture", "loss at 0.003", "loss at 0.01", "loss at 0.03", "loss at 0.1", "taken"),
                    grid.table().columnNames());
        }
    }

    @Test
    void aRateIsTriedForTheSecondsOfTheRunsThatItIsChosenFor() {
        List<Double> toldBy = new ArrayList<>();
        try (EqualSeconds trial = new EqualSeconds(
                        Small.TORCH, List.of(new EqualSeconds.Entrant("GPT", Small.CONFIG, 0.01)), train, 4, 0.4, 3);
                ArchitectureComparison contest = compare(0.4, 1, Map.of())) {
            trial.train(() -> true, (name, seconds, loss) -> toldBy.add(seconds));
            long plateau =
                    toldBy.stream().filter(seconds -> seconds < 0.6 * 0.4).count() + 1;
            long most = Math.max(12, plateau); // on a machine that is busy the fewest steps outlast the seconds
            assertEquals(Math.round(most / 0.6), toldBy.size(), "six tenths of the steps are those of the seconds");
            assertTrue(contest.rateGrid().trials().stream().allMatch(each -> each.steps() >= 20));
        }
    }

    @Test
    void whoStepsNextIsWhoHasComeLeastFar() {
        Map<String, Double> spent = new LinkedHashMap<>();
        Map<String, ModelConfig> unequal = new LinkedHashMap<>();
        unequal.put("small", Small.CONFIG);
        unequal.put("large", Small.CONFIG.layers(4).width(64));
        double seconds = 1;
        double[] furthest = {0};
        double[] longest = {0};
        try (EqualSeconds race = new EqualSeconds(
                Small.TORCH,
                unequal.entrySet().stream()
                        .map(each -> new EqualSeconds.Entrant(each.getKey(), each.getValue(), 0.01))
                        .toList(),
                train,
                4,
                seconds,
                1)) {
            race.train(() -> true, (name, now, loss) -> {
                double step = now - spent.getOrDefault(name, 0.0);
                longest[0] = Math.max(longest[0], step);
                spent.put(name, now);
                if (spent.size() == 2 && now < 0.6 * seconds) {
                    furthest[0] = Math.max(furthest[0], Math.abs(spent.get("small") - spent.get("large")));
                }
            });
            assertTrue(furthest[0] <= longest[0], "never further apart than one step: " + furthest[0]);
        }
    }

    @Test
    void aRunIsRepeatedByItsNumberOfStepsAndNotByTheClock() {
        try (ArchitectureComparison contest = compare(0.3, 1, Map.of("GPT", 0.01, "LSTM", 0.01))) {
            for (ComparedRuns.Run run : contest.equalSeconds().runs()) {
                ComparedRuns.Run again = contest.repeat(run);
                assertEquals(run.steps(), again.steps());
                assertEquals(run.loss(), again.loss(), run.name() + ": the same weights have the same loss");
            }
        }
    }

    @Test
    void equalStepsAndEqualTokensAreReadOfTheSameSeedsAndRates() {
        Map<String, ModelConfig> entrants = entrants();
        entrants.put("short", Small.CONFIG.context(8));
        Map<String, Double> rates = Map.of("GPT", 0.01, "LSTM", 0.02, "short", 0.01);
        try (ArchitectureComparison contest = ArchitectureComparison.run(
                Small.TORCH,
                entrants,
                train,
                validation,
                new ArchitectureComparison.ComparisonSettings(4, 0.3, 2, 1, rates),
                Progress.NONE)) {
            ComparedRuns seconds = contest.equalSeconds();
            ComparedRuns steps = contest.equalSteps(Progress.NONE);
            ComparedRuns tokens = contest.equalTokens(Progress.NONE);
            for (long seed = 1; seed <= 2; seed++) {
                long of = seed;
                List<ComparedRuns.Run> own =
                        steps.runs().stream().filter(run -> run.seed() == of).toList();
                long least = seconds.runs().stream()
                        .filter(run -> run.seed() == of)
                        .mapToLong(ComparedRuns.Run::steps)
                        .min()
                        .orElseThrow();
                assertTrue(own.size() == 3 && own.stream().allMatch(run -> run.steps() == least), own.toString());
                assertTrue(own.stream().anyMatch(seconds.runs()::contains), "who had the fewest is not trained again");
                long[] read = tokens.runs().stream()
                        .filter(run -> run.seed() == of)
                        .mapToLong(ComparedRuns.Run::tokens)
                        .sorted()
                        .toArray();
                assertTrue(read[2] - read[0] < 4 * 16, "less than a step apart: " + read[0] + " and " + read[2]);
            }
            steps.runs().forEach(run -> assertEquals(rates.get(run.name()), run.rate()));
        }
    }

    @Test
    void theRateOfAnEntrantIsTheOneWhoseTrialLostLeast() {
        assertEquals(0.01, trials(3.0, 2.5, 2.7, 4.0).best("GPT"));
        assertEquals(0.003, trials(2.0, 2.5, 2.7, 4.0).best("GPT"));
        assertTrue(trials(2.0, 2.5, 2.7, 4.0).atTheEdge("GPT"));
        assertTrue(trials(3.0, 2.5, 2.7, 2.0).atTheEdge("GPT"));
        RateGrid some = trials(3.0, Double.NaN, 2.7, Double.NaN);
        assertEquals(0.03, some.best("GPT"));
        assertFalse(some.atTheEdge("GPT"));
        assertEquals(
                List.of("GPT", "3.000", "diverged at step 3", "2.700", "diverged at step 3", "0.03"),
                some.table().columns().stream().map(column -> column.get(0)).toList());
        RateGrid none = trials(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
        String refused =
                assertThrows(KitException.class, () -> none.best("GPT")).getMessage();
        assertTrue(refused.startsWith("Every training of 'GPT' in search of a rate diverged"), refused);
        assertEquals("none", none.table().stringColumn("taken").get(0));
    }

    private static RateGrid trials(double... losses) {
        List<RateTrial> trials = new ArrayList<>();
        for (int i = 0; i < losses.length; i++) {
            trials.add(new RateTrial(
                    "GPT", ArchitectureComparison.RATES.get(i), 10, losses[i], Double.isNaN(losses[i]) ? 3 : 0));
        }
        return new RateGrid(trials);
    }

    private static ComparedRuns.Run finished(String name, long seed, double loss) {
        return finished(name, seed, loss, 2);
    }

    private static ComparedRuns.Run finished(String name, long seed, double loss, double seconds) {
        long diverged = Double.isNaN(loss) ? 7 : 0;
        return new ComparedRuns.Run(name, seed, 0.01, 1000, 100, 50, 3200, seconds, loss, loss / 2, diverged);
    }

    @Test
    void entrantsAreComparedSeedBySeedAndTheVerdictSaysNoMoreThanTheSeedsDo() {
        ComparedRuns contest = new ComparedRuns(List.of(
                finished("A", 1, 3.00),
                finished("A", 2, 3.50),
                finished("A", 3, 4.00),
                finished("B", 1, 3.11),
                finished("B", 2, 3.60),
                finished("B", 3, 4.10),
                finished("C", 3, 4.90),
                finished("C", 1, 2.90),
                finished("C", 2, 3.60),
                finished("D", 2, 3.40)));
        assertEquals("D", contest.winner(), "its mean is the lowest, and one seed is all it has");
        ComparedRuns without = new ComparedRuns(contest.runs().subList(0, 9));
        assertEquals("A", without.winner());
        assertEquals("lowest mean loss", without.verdict("A"));
        assertTrue(without.beyondChance("B"), "0.11, 0.10 and 0.10 behind, seed by seed");
        assertEquals("A is better, beyond chance (p = 0.002)", without.verdict("B"));
        assertEquals((0.11 + 0.10 + 0.10) / 3, without.behind("B").value(), 1e-12);
        assertFalse(without.beyondChance("C"));
        assertTrue(without.verdict("C").startsWith("no detectable difference from A (p = "), without.verdict("C"));
        assertEquals((0.90 - 0.10 + 0.10) / 3, without.behind("C").value(), 1e-12, "pairs are of one seed");
        assertEquals("not compared: one value", contest.verdict("A"), "one seed in common with the winner");
        assertEquals(
                "A has the lowest mean loss, beyond chance against B, without a detectable difference from C",
                without.conclusion());
    }

    @Test
    void aSecondComparisonMakesEachOfThemHarderToPass() {
        // 0.10, 0.11 and 0.15 behind: p = 0.015 alone, below 0.05 for one or three comparisons and not for four
        double[] others = {0.10, 0.11, 0.15};
        List<ComparedRuns.Run> runs = new ArrayList<>();
        for (int seed = 1; seed <= 3; seed++) {
            runs.add(finished("A", seed, 3 + 0.1 * seed));
            runs.add(finished("B", seed, 3 + 0.1 * seed + others[seed - 1]));
        }
        assertTrue(new ComparedRuns(runs).beyondChance("B"));
        assertEquals(0.0159, new ComparedRuns(runs).p("B"), 1e-4);
        for (String name : List.of("C", "D", "E")) {
            for (int seed = 1; seed <= 3; seed++) {
                runs.add(finished(name, seed, 3 + 0.1 * seed + others[seed - 1]));
            }
        }
        assertTrue(new ComparedRuns(runs).behind("B").excludes(0), "its own interval is that of one comparison");
        assertFalse(new ComparedRuns(runs).beyondChance("B"));
        assertEquals(4 * 0.0159, new ComparedRuns(runs).p("B"), 4e-4);
    }

    @Test
    void secondsAreCalledEqualOnlyWithinFivePerCentOfEachSeed() {
        ComparedRuns equal = new ComparedRuns(List.of(
                finished("A", 1, 3, 6.0),
                finished("B", 1, 3, 6.2),
                finished("A", 2, 3, 8.0),
                finished("B", 2, 3, 8.3)));
        assertTrue(equal.lastedEquallyLong());
        assertEquals("6.00 to 8.30", equal.seconds());
        ComparedRuns unequal = new ComparedRuns(List.of(finished("A", 1, 3, 6.76), finished("B", 1, 3, 8.34)));
        assertFalse(unequal.lastedEquallyLong());
        assertEquals(
                "6.76 to 8.34",
                unequal.table().stringColumn("seconds").get(0)
                        + unequal.table().stringColumn("seconds").get(1).replaceFirst("^", " to "));
    }

    @Test
    void parametersOutsideTheVocabularyAreThoseOfNoTableOfTokens() {
        GptConfig gpt = GptConfig.gpt2().get("gpt2");
        assertEquals(gpt.parameterCount() - 50257L * 768, ComparedRuns.outsideVocabulary(gpt));
        RecurrentConfig square =
                RecurrentConfig.of(RecurrentConfig.Cell.LSTM, 128).width(32);
        assertEquals(
                square.parameterCount() - 128L * 32,
                ComparedRuns.outsideVocabulary(square),
                "its gates are a matrix of 128 rows as well");
    }

    @Test
    void aDivergedRunIsNamedAsSuchAndNeverAveragedCalledEqualOrHandedOut() {
        ComparedRuns contest = new ComparedRuns(List.of(
                finished("A", 1, 3.0), finished("A", 2, 3.2),
                finished("B", 1, 2.0), finished("B", 2, Double.NaN)));
        assertEquals("A", contest.winner(), "B's other loss would be the lowest");
        assertEquals("diverged at step 7 (seed 2)", contest.verdict("B"));
        assertTrue(Double.isNaN(contest.loss("B").value()) && !contest.loss("B").defined());
        assertTrue(Double.isNaN(contest.behind("B").value()));
        assertTrue(assertThrows(KitException.class, () -> contest.beyondChance("B"))
                .getMessage()
                .contains("diverged at step 7 (seed 2)"));
        assertEquals("A has the lowest mean loss; B diverged at step 7 (seed 2)", contest.conclusion());
        assertEquals(
                List.of("lowest mean loss", "diverged at step 7 (seed 2)"),
                contest.table().stringColumn("verdict").asList());
        assertEquals(
                "\u2014 [diverged at step 7 (seed 2)]",
                contest.table().stringColumn("loss (nats per token)").get(1));
        ComparedRuns none = new ComparedRuns(List.of(finished("B", 1, Double.NaN)));
        assertThrows(KitException.class, none::winner);
        assertEquals(
                "diverged at step 7 (seed 1)",
                none.table().stringColumn("verdict").get(0));
    }

    @Test
    void aRunThatDivergesLeavesTheOthersAndHasNoModel() {
        StringBuilder said = new StringBuilder();
        try (ArchitectureComparison contest = ArchitectureComparison.run(
                Small.TORCH,
                entrants(),
                train,
                validation,
                new ArchitectureComparison.ComparisonSettings(4, 0.3, 2, 1, Map.of("GPT", 0.01, "LSTM", 1e30)),
                ended(said))) {
            ComparedRuns read = contest.equalSeconds();
            assertEquals("GPT", read.winner());
            assertTrue(
                    read.verdict("LSTM").matches("diverged at step \\d+ \\(seed 1\\), at step \\d+ \\(seed 2\\)"),
                    read.verdict("LSTM"));
            assertTrue(contest.model("GPT").parameterCount() > 0);
            assertThrows(KitException.class, () -> contest.model("LSTM"));
            assertEquals("4 runs, of which 2 diverged", said.toString());
            StringBuilder anew = new StringBuilder();
            assertEquals(read.runs(), contest.equalSteps(ended(anew)).runs(), "and shortens no other run");
            assertEquals("4 runs, of which 0 were trained for it", anew.toString(), "none is counted as trained");
        }
    }

    @Test
    void aBadInputEndsASearchAndIsNoDivergence() {
        GptConfig tooFew = new GptConfig(32, 16, 1, 2, 32); // the text has 64 tokens
        for (Executable search : List.<Executable>of(
                () -> ArchitectureComparison.run(
                        Small.TORCH,
                        Map.of("few", tooFew),
                        train,
                        validation,
                        new ArchitectureComparison.ComparisonSettings(4, 0.2, 1, 1, Map.of("few", 0.01)),
                        Progress.NONE),
                () -> SuccessiveHalving.run(
                        Small.TORCH,
                        List.of(
                                new SuccessiveHalving.Candidate(Small.CONFIG, 0.01),
                                new SuccessiveHalving.Candidate(tooFew, 0.01)),
                        train,
                        validation,
                        4,
                        0.2,
                        1,
                        Progress.NONE),
                () -> CumulativeAblation.run(
                        Small.TORCH,
                        List.of(new Recipe("few", tooFew, AdamW.defaults(), Schedule.constant(5), 4)),
                        train,
                        validation,
                        new CumulativeAblation.AblationSettings(1, 1, 8, 16),
                        Progress.NONE),
                () -> {
                    try (LanguageModel model = LanguageModel.create(Small.TORCH, tooFew, 1)) {
                        RateFinder.run(model, train, 4, AdamW.defaults(), 1e-4, 1, 10, 1, Progress.NONE);
                    }
                })) {
            KitException failure = assertThrows(KitException.class, search);
            assertFalse(failure instanceof DivergedException, failure.getMessage());
            assertTrue(failure.getMessage().contains("vocabulary of 32"), failure.getMessage());
        }
    }

    @Test
    void aCandidateThatDivergesIsOutAndNamedAndASearchOfSuchAloneIsRefused() {
        List<SuccessiveHalving.Candidate> candidates = List.of(
                new SuccessiveHalving.Candidate(Small.CONFIG, 1e30),
                new SuccessiveHalving.Candidate(Small.CONFIG.layers(1), 1e30),
                new SuccessiveHalving.Candidate(Small.CONFIG, 0.01),
                new SuccessiveHalving.Candidate(Small.CONFIG.heads(4), 1e30));
        List<Double> drawn = new ArrayList<>();
        StringBuilder told = new StringBuilder();
        SuccessiveHalving.SearchResult outcome =
                SuccessiveHalving.run(Small.TORCH, candidates, train, validation, 4, 0.2, 1, new Progress() {
                    @Override
                    public void begin(String what, long total) {}

                    @Override
                    public void update(long done, String note) {}

                    @Override
                    public void end(String note) {}

                    @Override
                    public void point(String series, double x, double y) {
                        drawn.add(y);
                    }

                    @Override
                    public void sample(String text) {
                        told.append(text).append('\n');
                    }
                });
        assertEquals(candidates.get(2), outcome.best());
        assertEquals(4, outcome.standings().size(), "one sound candidate is left after the first rung");
        outcome.standings().stream()
                .filter(standing -> standing.candidate().rate() == 1e30)
                .forEach(standing -> {
                    assertTrue(standing.verdict().matches("diverged at step \\d+"), standing.toString());
                    assertTrue(Double.isNaN(standing.loss()) && !standing.goesOn());
                });
        assertEquals("kept", outcome.table().stringColumn("verdict").get(0));
        assertTrue(outcome.table().stringColumn("verdict").get(3).startsWith("diverged at step "));
        assertTrue(outcome.table().doubleColumn("loss (nats per token)").isMissing(3));
        assertEquals(1, drawn.size(), "a chart has no point for what has no loss");
        assertEquals(
                3,
                told.toString()
                        .lines()
                        .filter(line -> line.contains("diverged at step"))
                        .count());
        assertTrue(assertThrows(
                        KitException.class,
                        () -> SuccessiveHalving.run(
                                Small.TORCH, candidates.subList(0, 2), train, validation, 4, 0.1, 1, Progress.NONE))
                .getMessage()
                .startsWith("Every candidate that was left in rung 1 diverged"));
    }

    @Test
    void candidatesAreDrawnOnceEachFromThoseThatFitAndBySeed() {
        GptConfig base = GptConfig.of(64);
        List<SuccessiveHalving.Candidate> all = SuccessiveHalving.draw(
                base, new int[] {1, 2}, new int[] {2, 3}, new int[] {32, 48}, new double[] {0.1, 0.2}, 100, 1);
        assertEquals(12, all.size(), "3 heads do not divide a width of 32");
        assertEquals(12, all.stream().distinct().count());
        assertTrue(all.stream().allMatch(each -> each.config().width() % ((GptConfig) each.config()).heads() == 0));
        List<SuccessiveHalving.Candidate> few = SuccessiveHalving.draw(
                base, new int[] {1, 2}, new int[] {2, 3}, new int[] {32, 48}, new double[] {0.1, 0.2}, 5, 1);
        assertEquals(all.subList(0, 5), few);
        assertNotEquals(
                few,
                SuccessiveHalving.draw(
                        base, new int[] {1, 2}, new int[] {2, 3}, new int[] {32, 48}, new double[] {0.1, 0.2}, 5, 2));
    }

    @Test
    void aRungTrainsTwiceAsLongAsTheOneBefore() {
        List<SuccessiveHalving.Candidate> candidates = List.of(
                new SuccessiveHalving.Candidate(Small.CONFIG, 0.01),
                new SuccessiveHalving.Candidate(Small.CONFIG.layers(1), 0.01),
                new SuccessiveHalving.Candidate(Small.CONFIG.heads(1), 0.01),
                new SuccessiveHalving.Candidate(Small.CONFIG.heads(4), 0.01));
        SuccessiveHalving.SearchResult outcome =
                SuccessiveHalving.run(Small.TORCH, candidates, train, validation, 4, 0.1, 1, Progress.NONE);
        assertEquals(
                List.of(1, 1, 1, 1, 2, 2),
                outcome.standings().stream()
                        .map(SuccessiveHalving.Standing::rung)
                        .toList());
        outcome.standings()
                .forEach(each -> assertTrue(each.seconds() >= (each.rung() == 1 ? 0.1 : 0.1 + 0.2), each.toString()));
        assertEquals(outcome.standings().get(4).candidate(), outcome.best());
        assertEquals(outcome.standings().get(4).loss(), outcome.loss());
        assertTrue(
                outcome.standings().get(4).loss() <= outcome.standings().get(5).loss());
    }

    @Test
    void ratesOfAContestBeforeAreTakenAsTheyAre() {
        Map<String, Double> rates = Map.of("GPT", 0.0042, "LSTM", 0.0077);
        try (ArchitectureComparison contest = compare(0.2, 1, rates)) {
            assertEquals(rates, contest.rates());
            assertTrue(contest.rateGrid().trials().isEmpty());
            contest.equalSeconds().runs().forEach(run -> assertEquals(rates.get(run.name()), run.rate()));
        }
    }

    @Test
    void aSearchTakesCandidatesOfAnyFamily() {
        List<SuccessiveHalving.Candidate> candidates = entrants().values().stream()
                .map(config -> new SuccessiveHalving.Candidate(config, 0.01))
                .toList();
        SuccessiveHalving.SearchResult outcome =
                SuccessiveHalving.run(Small.TORCH, candidates, train, validation, 4, 0.1, 1, Progress.NONE);
        assertEquals(2, outcome.standings().size());
        assertEquals(
                List.of("kept", "stops"),
                outcome.table().stringColumn("verdict").asList());
        assertEquals(
                outcome.best().config().describe(),
                outcome.table().stringColumn("model").get(0));
    }

    @Test
    void halvingKeepsTheBetterHalfOfEachRungAndTheBestOfTheLast() {
        List<SuccessiveHalving.Candidate> candidates = List.of(
                new SuccessiveHalving.Candidate(Small.CONFIG, 1e-6),
                new SuccessiveHalving.Candidate(Small.CONFIG, 0.01),
                new SuccessiveHalving.Candidate(Small.CONFIG.layers(1), 1e-6),
                new SuccessiveHalving.Candidate(Small.CONFIG.layers(1), 0.01));
        SuccessiveHalving.SearchResult outcome =
                SuccessiveHalving.run(Small.TORCH, candidates, train, validation, 4, 0.2, 1, Progress.NONE);
        assertEquals(0.01, outcome.best().rate());
        for (int rung = 1; rung <= 2; rung++) {
            int number = rung;
            List<SuccessiveHalving.Standing> standings = outcome.standings().stream()
                    .filter(each -> each.rung() == number)
                    .toList();
            assertEquals(4 / (1 << (rung - 1)), standings.size());
            double worstKept = standings.stream()
                    .filter(SuccessiveHalving.Standing::goesOn)
                    .mapToDouble(SuccessiveHalving.Standing::loss)
                    .max()
                    .orElseThrow();
            assertTrue(standings.stream().filter(each -> !each.goesOn()).allMatch(each -> each.loss() >= worstKept));
        }
    }
}
