package kawi.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import kawi.evidence.KitException;
import kawi.model.GptConfig;
import kawi.model.RecurrentConfig;
import kawi.search.RateGrid.RateTrial;
import org.junit.jupiter.api.Test;

/** What finished runs say of each other, and the rates that trials found: arithmetic that needs no training. */
class ComparedRunsTest {
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
}
