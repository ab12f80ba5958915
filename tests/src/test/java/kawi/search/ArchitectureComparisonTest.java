package kawi.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.Progress;
import kawi.model.ModelConfig;
import kawi.model.RecurrentConfig;
import kawi.train.Small;
import kawi.train.SmallTexts;
import org.junit.jupiter.api.Test;

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
