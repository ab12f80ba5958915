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

    @Test
    void eachEntrantRunsFromEachSeedWithARateThatWasFoundForIt() {
        try (ArchitectureComparison contest = ArchitectureComparison.run(
                Small.TORCH,
                entrants(),
                train,
                validation,
                new ArchitectureComparison.ComparisonSettings(4, 0.4, 2, 1),
                Progress.NONE)) {
            assertEquals(
                    List.of("GPT", "LSTM", "GPT", "LSTM"),
                    contest.runs().stream()
                            .map(ArchitectureComparison.Run::name)
                            .toList());
            assertEquals(
                    List.of(1L, 1L, 2L, 2L),
                    contest.runs().stream()
                            .map(ArchitectureComparison.Run::seed)
                            .toList());
            contest.runs().forEach(run -> {
                assertTrue(ArchitectureComparison.RATES.contains(run.rate()), "rate " + run.rate());
                assertEquals(contest.rates().get(run.name()), run.rate());
                assertTrue(run.loss() < Math.log(64), run.name() + " learned nothing: " + run.loss());
            });
            assertEquals(2, contest.table().rowCount());
            assertEquals(
                    0,
                    contest.table()
                            .where(t -> t.stringColumn("architecture").isEqualTo(contest.winner()))
                            .doubleColumn("behind the best")
                            .get(0));
        }
    }

    @Test
    void theRateOfAnEntrantIsTheOneWhoseTrialLostLeast() {
        assertEquals(0.01, ArchitectureComparison.lowest(trials(3.0, 2.5, 2.7, 4.0)));
        assertEquals(0.003, ArchitectureComparison.lowest(trials(2.0, 2.5, 2.7, 4.0)));
        assertEquals(0.1, ArchitectureComparison.lowest(trials(3.0, 2.5, 2.7, 2.0)));
        assertEquals(0.03, ArchitectureComparison.lowest(trials(3.0, Double.NaN, 2.7, Double.NaN)));
        String none = assertThrows(
                        KitException.class,
                        () -> ArchitectureComparison.lowest(trials(Double.NaN, Double.NaN, Double.NaN, Double.NaN)))
                .getMessage();
        assertTrue(none.startsWith("Every training of 'GPT' in search of a rate diverged"), none);
        try (ArchitectureComparison contest = ArchitectureComparison.run(
                Small.TORCH,
                entrants(),
                train,
                validation,
                new ArchitectureComparison.ComparisonSettings(4, 0.4, 1, 1),
                Progress.NONE)) {
            for (String name : List.of("GPT", "LSTM")) {
                List<ArchitectureComparison.RateTrial> own = contest.rateTrials().stream()
                        .filter(trial -> trial.name().equals(name))
                        .toList();
                assertEquals(
                        ArchitectureComparison.RATES,
                        own.stream().map(ArchitectureComparison.RateTrial::rate).toList());
                assertEquals(
                        4,
                        own.stream()
                                .map(ArchitectureComparison.RateTrial::loss)
                                .distinct()
                                .count(),
                        "every rate was trained with: " + own);
                double least = own.stream()
                        .mapToDouble(ArchitectureComparison.RateTrial::loss)
                        .min()
                        .orElseThrow();
                ArchitectureComparison.RateTrial chosen = own.stream()
                        .filter(trial -> trial.rate() == contest.rates().get(name))
                        .findFirst()
                        .orElseThrow();
                assertEquals(least, chosen.loss(), own.toString());
            }
        }
    }

    private static List<ArchitectureComparison.RateTrial> trials(double... losses) {
        List<ArchitectureComparison.RateTrial> trials = new ArrayList<>();
        for (int i = 0; i < losses.length; i++) {
            trials.add(new ArchitectureComparison.RateTrial(
                    "GPT", ArchitectureComparison.RATES.get(i), 10, losses[i], Double.isNaN(losses[i]) ? 3 : 0));
        }
        return trials;
    }

    private static ArchitectureComparison.Run finished(String name, long seed, double loss) {
        boolean diverged = Double.isNaN(loss);
        return new ArchitectureComparison.Run(name, seed, 0.01, 1000, 50, 2, loss, loss / 2, diverged ? 7 : 0, false);
    }

    @Test
    void entrantsAreComparedSeedBySeedAndTheVerdictSaysNoMoreThanTheInterval() {
        ArchitectureComparison contest = ArchitectureComparison.of(List.of(
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
        ArchitectureComparison without =
                ArchitectureComparison.of(contest.runs().subList(0, 9));
        assertEquals("A", without.winner());
        assertEquals("lowest mean loss", without.verdict("A"));
        assertTrue(without.beyondChance("B"), "0.11, 0.10 and 0.10 behind, seed by seed");
        assertEquals("A is better, beyond chance", without.verdict("B"));
        assertEquals((0.11 + 0.10 + 0.10) / 3, without.behind("B").value(), 1e-12);
        assertFalse(without.beyondChance("C"));
        assertEquals("no detectable difference from A", without.verdict("C"));
        assertEquals((0.90 - 0.10 + 0.10) / 3, without.behind("C").value(), 1e-12, "pairs are of one seed");
        assertEquals("not compared: one value", contest.verdict("A"), "one seed in common with the winner");
        assertTrue(contest.table().doubleColumn("behind, low").isMissing(0));
    }

    @Test
    void aDivergedRunIsNamedAsSuchAndNeverAveragedCalledEqualOrHandedOut() {
        ArchitectureComparison contest = ArchitectureComparison.of(List.of(
                finished("A", 1, 3.0), finished("A", 2, 3.2),
                finished("B", 1, 2.0), finished("B", 2, Double.NaN)));
        assertEquals("A", contest.winner(), "B's other loss would be the lowest");
        assertEquals("diverged at step 7 (seed 2)", contest.verdict("B"));
        assertTrue(Double.isNaN(contest.loss("B").value()) && !contest.loss("B").defined());
        assertTrue(Double.isNaN(contest.behind("B").value()));
        assertTrue(assertThrows(KitException.class, () -> contest.beyondChance("B"))
                .getMessage()
                .contains("diverged at step 7 (seed 2)"));
        assertEquals(
                List.of("lowest mean loss", "diverged at step 7 (seed 2)"),
                contest.table().stringColumn("verdict").asList());
        assertTrue(contest.table().doubleColumn("loss (nats per token)").isMissing(1));
        ArchitectureComparison none = ArchitectureComparison.of(List.of(finished("B", 1, Double.NaN)));
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
            assertEquals("GPT", contest.winner());
            assertTrue(
                    contest.verdict("LSTM").matches("diverged at step \\d+ \\(seed 1\\), at step \\d+ \\(seed 2\\)"),
                    contest.verdict("LSTM"));
            assertTrue(contest.runs().stream().noneMatch(run -> run.diverged() && run.cutOff()));
            assertTrue(contest.model("GPT").parameterCount() > 0);
            assertThrows(KitException.class, () -> contest.model("LSTM"));
            assertEquals("4 runs, of which 2 diverged", said.toString());
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
        assertEquals("goes on", outcome.table().stringColumn("verdict").get(0));
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
        assertTrue(all.stream()
                .allMatch(each -> each.config().width() % each.config().heads() == 0));
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
        try (ArchitectureComparison contest = ArchitectureComparison.run(
                Small.TORCH,
                entrants(),
                train,
                validation,
                new ArchitectureComparison.ComparisonSettings(4, 0.2, 1, 1, rates),
                Progress.NONE)) {
            assertEquals(rates, contest.rates());
            contest.runs().forEach(run -> assertEquals(rates.get(run.name()), run.rate()));
        }
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
