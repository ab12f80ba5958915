package kawi.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.ModelConfig;
import kawi.model.RecurrentConfig;
import kawi.train.Small;
import kawi.train.SmallTexts;
import org.junit.jupiter.api.Test;

/** Candidates that are trained in rungs: the better half goes on, and none that diverged. */
class SuccessiveHalvingTest extends SmallTexts {
    @Test
    void aCandidateThatDivergesIsOutAndNamedAndASearchOfSuchAloneIsRefused() {
        List<SuccessiveHalving.Candidate> candidates = List.of(
                new SuccessiveHalving.Candidate(Small.CONFIG, 1e30),
                new SuccessiveHalving.Candidate(Small.CONFIG.layers(1), 1e30),
                new SuccessiveHalving.Candidate(Small.CONFIG, 0.01),
                new SuccessiveHalving.Candidate(Small.CONFIG.heads(4), 1e30));
        Told told = new Told();
        SuccessiveHalving.SearchResult outcome =
                SuccessiveHalving.run(Small.TORCH, candidates, train, validation, 4, 0.2, 1, told);
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
        assertEquals(1, told.of("point").size(), "a chart has no point for what has no loss");
        assertEquals(
                3,
                told.of("sample").stream()
                        .flatMap(String::lines)
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
    void aSearchTakesCandidatesOfAnyFamily() {
        ModelConfig lstm =
                RecurrentConfig.of(RecurrentConfig.Cell.LSTM, 64).context(16).fit(Small.CONFIG.parameterCount());
        List<SuccessiveHalving.Candidate> candidates = Stream.of(Small.CONFIG, lstm)
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
