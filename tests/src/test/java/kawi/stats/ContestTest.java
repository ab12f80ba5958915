package kawi.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;

class ContestTest {
    private static final double[] OURS = noise(1, 0);

    private static double[] noise(long seed, double above) {
        return new Random(seed).doubles(100, above, above + 1).toArray();
    }

    private static Metric mean(double[] values) {
        return Metric.mean("score", values);
    }

    private static double[] moved(double by) {
        double[] jitter = noise(7, -0.5);
        double[] moved = new double[OURS.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = OURS[i] + by + jitter[i] / 10;
        }
        return moved;
    }

    @Test
    void aWinnerIsDetectablyAboveEveryRivalAndTheClosestIsNamed() {
        Map<String, Metric> rivals = new LinkedHashMap<>();
        rivals.put("far", mean(moved(-0.9)));
        rivals.put("close", mean(moved(-0.2)));
        Contest contest = Contest.of("ours", mean(OURS), rivals, 1);
        assertTrue(contest.won());
        assertTrue(contest.verdict().matches("In score, ours \\(.*\\) wins: .*each of its 2 rivals, closest close .*"));
    }

    @Test
    void oneRivalThatIsAboveOrCannotBeToldApartDeniesTheVictory() {
        Map<String, Metric> rivals = new LinkedHashMap<>();
        rivals.put("better", mean(moved(0.3)));
        rivals.put("worse", mean(moved(-0.3)));
        rivals.put("equal", mean(noise(9, 0)));
        Contest contest = Contest.of("ours", mean(OURS), rivals, 1);
        assertFalse(contest.won());
        String said = contest.verdict();
        assertTrue(said.matches("In score, ours \\(.*\\) does not win: it is detectably below better \\(.*"), said);
        assertTrue(said.contains("it cannot be told from equal (") && said.contains("detectably above worse ("), said);
        assertFalse(said.contains("cannot be compared"), said);
        for (String rival : rivals.keySet()) {
            assertEquals(2, said.split(rival + " \\(", -1).length, rival + " is named once: " + said);
        }
        rivals.remove("better");
        assertFalse(Contest.of("ours", mean(OURS), rivals, 1).won());
    }

    @Test
    void thePValuesAreCorrectedForTheNumberOfRivals() {
        Map<String, Metric> rivals = new LinkedHashMap<>();
        for (int i = 0; i < 5; i++) {
            rivals.put("rival " + i, mean(noise(20 + i, -0.05)));
        }
        Contest contest = Contest.of("ours", mean(OURS), rivals, 1);
        double least = rivals.values().stream()
                .mapToDouble(rival ->
                        PairedComparison.bootstrap(rival, mean(OURS), 1).p())
                .min()
                .orElseThrow();
        double corrected = contest.against().values().stream()
                .mapToDouble(PairedComparison::p)
                .min()
                .orElseThrow();
        assertEquals(Math.min(1, 5 * least), corrected, 1e-12);
        assertEquals(
                rivals.keySet().stream().toList(),
                contest.against().keySet().stream().toList());
    }

    @Test
    void withTooFewExamplesNothingIsWonAndTheSentenceSaysSo() {
        Contest contest = Contest.of("ours", mean(new double[] {3, 3}), Map.of("rival", mean(new double[] {1, 1})), 1);
        assertFalse(contest.won());
        assertTrue(contest.verdict().contains("cannot be compared with rival"), contest.verdict());
    }

    @Test
    void aContestWithoutRivalsIsRefused() {
        assertThrows(KitException.class, () -> Contest.of("ours", mean(OURS), Map.of(), 1));
    }
}
