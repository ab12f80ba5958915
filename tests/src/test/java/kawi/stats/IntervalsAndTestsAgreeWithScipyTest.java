package kawi.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Random;
import kawi.eval.Calibration;
import kawi.eval.Fixtures;
import org.junit.jupiter.api.Test;

class IntervalsAndTestsAgreeWithScipyTest {

    private static final JsonNode FIGURES = Fixtures.read("intervals.json");

    @Test
    void wilson() {
        for (JsonNode figure : FIGURES.get("wilson")) {
            Interval ours = Interval.wilson(
                    figure.get("successes").asLong(), figure.get("trials").asLong());
            assertEquals(figure.get("low").asDouble(), ours.low(), 1e-9);
            assertEquals(figure.get("high").asDouble(), ours.high(), 1e-9);
        }
    }

    @Test
    void mcnemar() {
        for (JsonNode figure : FIGURES.get("mcnemar")) {
            boolean[] before = new boolean[200];
            boolean[] after = new boolean[200];
            int gained = figure.get("gained").asInt();
            Arrays.fill(after, 0, gained, true);
            Arrays.fill(before, gained, gained + figure.get("lost").asInt(), true);
            assertEquals(
                    figure.get("p").asDouble(),
                    PairedComparison.mcnemar("accuracy", before, after, 1).p(),
                    1e-9);
        }
    }

    @Test
    void theBootstrapOfAMean() {
        double[] values = Fixtures.numbers(FIGURES.get("values"));
        Interval ours = Interval.bootstrap(Metric.mean("mean", values), 20000, 11);
        assertEquals(FIGURES.get("bootstrapLow").asDouble(), ours.low(), 0.01);
        assertEquals(FIGURES.get("bootstrapHigh").asDouble(), ours.high(), 0.01);
    }

    @Test
    void calibrationErrorAndBrierScore() {
        Calibration ours =
                Calibration.of(Fixtures.numbers(FIGURES.get("confidence")), Fixtures.truths(FIGURES.get("right")), 10);
        assertEquals(FIGURES.get("calibrationError").asDouble(), ours.error().score(), 1e-9);
        assertEquals(FIGURES.get("brier").asDouble(), ours.brier().score(), 1e-9);
        assertEquals(300, (int) ours.reliability().intColumn("examples").sum());
    }

    @Test
    void noDetectableDifferenceIsSaidAndARealOneIsFound() {
        Random random = new Random(4);
        double[] before = random.doubles(300).toArray();
        double[] same = random.doubles(300).toArray();
        double[] better = Arrays.stream(before)
                .map(value -> value + 0.1 + 0.05 * random.nextGaussian())
                .toArray();
        PairedComparison noise =
                PairedComparison.bootstrap(Metric.mean("score", before), Metric.mean("score", same), 1);
        PairedComparison gain =
                PairedComparison.bootstrap(Metric.mean("score", before), Metric.mean("score", better), 1);
        assertFalse(noise.detectable());
        assertTrue(noise.verdict().startsWith("score: no detectable difference"), noise.verdict());
        assertTrue(gain.detectable());
        assertTrue(gain.verdict().startsWith("score rose by 0."), gain.verdict());
    }

    @Test
    void ninetyFiveOfHundredIntervalsHoldTheTruth() {
        Random random = new Random(9);
        int held = 0;
        for (int trial = 0; trial < 400; trial++) {
            double[] values = random.doubles(80).map(u -> u < 0.3 ? 1 : 0).toArray();
            held += Interval.bootstrap(Metric.mean("rate", values), 400, trial).contains(0.3) ? 1 : 0;
        }
        assertTrue(held >= 360 && held <= 396, held + " of 400");
    }

    @Test
    void whereAllAreRightOrNoneTheIntervalIsStillWide() {
        Interval none = Metric.share("exact match", new boolean[60]).interval(1);
        assertEquals(Interval.wilson(0, 60), none);
        assertTrue(none.high() > 0.05);
    }
}
