package kawi.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.search.SuccessiveHalving.Candidate;
import kawi.search.SuccessiveHalving.SearchResult;
import kawi.search.SuccessiveHalving.Standing;
import kawi.train.Small;
import kawi.train.SmallTexts;
import org.junit.jupiter.api.Test;

/** A search by seconds, with a clock by which each step takes one. */
class SuccessiveHalvingBySecondsTest extends SmallTexts {
    private static List<Candidate> candidates() {
        return List.of(
                new Candidate(Small.CONFIG, 1e-6),
                new Candidate(Small.CONFIG, 0.01),
                new Candidate(Small.CONFIG.layers(1), 1e30),
                new Candidate(Small.CONFIG.layers(1), 0.01));
    }

    private SearchResult search(List<Candidate> candidates, double seconds, Progress progress) {
        return SuccessiveHalving.run(Small.TORCH, candidates, train, validation, 4, seconds, 3, progress, Ticks.each());
    }

    private static Standing timeless(Standing each) {
        return new Standing(
                each.rung(), each.candidate(), each.steps(), 0, each.loss(), each.goesOn(), each.divergedAt());
    }

    @Test
    void whereAStepTakesASecondTheSearchBySecondsIsThatBySteps() {
        Told told = new Told();
        Told bySteps = new Told();
        SearchResult found = search(candidates(), 5, told);
        SearchResult same =
                SuccessiveHalving.run(Trials.here(Small.TORCH), candidates(), train, validation, 4, 5L, 3, bySteps);
        assertEquals(
                same.standings().stream()
                        .map(SuccessiveHalvingBySecondsTest::timeless)
                        .toList(),
                found.standings().stream()
                        .map(SuccessiveHalvingBySecondsTest::timeless)
                        .toList());
        assertEquals(same.best(), found.best());
        assertEquals(same.loss(), found.loss());
        assertEquals(
                List.of(5.0, 5.0, 5.0, 15.0, 15.0),
                found.standings().stream()
                        .filter(each -> each.divergedAt() == 0)
                        .map(Standing::seconds)
                        .toList());
        assertEquals(
                List.of(5L, 5L, 5L, 15L, 15L),
                found.standings().stream()
                        .filter(each -> each.divergedAt() == 0)
                        .map(Standing::steps)
                        .toList());
        assertEquals(bySteps.of("begin"), told.of("begin"));
        assertEquals(bySteps.of("axes"), told.of("axes"));
        assertEquals(bySteps.of("point"), told.of("point"));
        assertEquals(bySteps.of("sample"), told.of("sample"));
        assertEquals(1, told.of("sample").size());
        assertEquals(bySteps.of("end"), told.of("end"));
        assertEquals(6, told.of("update").size());
        assertEquals(
                "1 rung 1 of at most 2: " + Small.CONFIG.describe(),
                told.of("update").get(0));
        assertTrue(told.of("update").get(5).startsWith("6 rung 2 of at most 2: "), told.lines.toString());
    }

    @Test
    void oneThatDivergesOnlyWhenItIsScoredIsOutAsWell() {
        SearchResult found = search(candidates().subList(1, 3), 1, Progress.NONE);
        Standing out = found.standings().get(1);
        assertEquals(1e30, out.candidate().rate());
        assertEquals(1, out.steps(), "the step went well, and left weights that no text can be scored with");
        assertTrue(out.divergedAt() > 0 && Double.isNaN(out.loss()) && !out.goesOn(), out.toString());
    }

    @Test
    void interruptedItEndsTheRungWithoutAStepMoreAndGivesTheBestSoFar() {
        Told told = new Told() {
            @Override
            public void update(long done, String note) {
                super.update(done, note);
                if (done == 6) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        List<Candidate> four = List.of(
                candidates().get(1),
                candidates().get(3),
                new Candidate(Small.CONFIG, 0.02),
                candidates().get(0));
        SearchResult found = search(four, 2, told);
        assertTrue(Thread.interrupted());
        assertEquals(
                List.of(2L, 2L, 2L, 2L, 6L, 2L),
                found.standings().stream().map(Standing::steps).toList());
        assertEquals(found.standings().get(4).candidate(), found.best());
        assertEquals(1, told.of("end").size());
        Told atOnce = new Told() {
            @Override
            public void update(long done, String note) {
                Thread.currentThread().interrupt();
            }
        };
        SearchResult first = search(four, 2, atOnce);
        assertTrue(Thread.interrupted());
        assertEquals(4, first.standings().size(), "no further rung is begun");
        assertEquals(first.standings().get(0).candidate(), first.best());
        assertEquals(first.standings().get(0).loss(), first.loss());
    }

    @Test
    void whereAllDivergeOrThereIsNoneTheSearchIsRefused() {
        List<Candidate> wild = List.of(candidates().get(2), new Candidate(Small.CONFIG, 1e30));
        assertEquals(
                "Every candidate that was left in rung 1 diverged: give lower rates.",
                assertThrows(KitException.class, () -> search(wild, 3, Progress.NONE))
                        .getMessage());
        assertEquals(
                "A search needs at least one candidate: widen the layers, heads, widths or rates.",
                assertThrows(KitException.class, () -> search(List.of(), 3, Progress.NONE))
                        .getMessage());
    }
}
