package kawi.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import kawi.eval.Calibration;
import kawi.eval.Fixtures;
import org.junit.jupiter.api.Test;

class IntervalsAndTestsAgreeWithScipyTest {

    private static final JsonNode FIGURES = Fixtures.read("intervals.json");
    private static final JsonNode MORE = Fixtures.read("statistics.json");

    /** Resampled figures agree but for their noise: within a fiftieth of the interval's width. */
    private static void near(JsonNode expected, Interval ours) {
        double low = expected.get("low").asDouble();
        double high = expected.get("high").asDouble();
        assertEquals(low, ours.low(), (high - low) / 50, ours.toString());
        assertEquals(high, ours.high(), (high - low) / 50, ours.toString());
    }

    @Test
    void studentsTAndTheStandardError() {
        for (JsonNode figure : MORE.get("studentT")) {
            double[] values = Fixtures.numbers(figure.get("values"));
            Interval ours = Interval.studentT(values);
            assertEquals(figure.get("low").asDouble(), ours.low(), 1e-9);
            assertEquals(figure.get("high").asDouble(), ours.high(), 1e-9);
            assertEquals(Arrays.stream(values).average().orElseThrow(), ours.value(), 1e-12);
            assertEquals(figure.get("deviation").asDouble(), SampleStatistics.deviation(values), 1e-12);
            assertEquals(figure.get("error").asDouble(), SampleStatistics.error(values), 1e-12);
        }
        assertTrue(Double.isNaN(SampleStatistics.deviation(new double[1])), "one value does not deviate");
        assertTrue(Double.isNaN(SampleStatistics.mean(new double[0])));
    }

    @Test
    void holmsCorrection() {
        for (JsonNode figure : MORE.get("holm")) {
            assertArrayEquals(
                    Fixtures.numbers(figure.get("corrected")), PValues.holm(Fixtures.numbers(figure.get("p"))), 1e-12);
        }
    }

    @Test
    void theBinomialTest() {
        for (JsonNode figure : MORE.get("binomial")) {
            assertEquals(
                    figure.get("p").asDouble(),
                    PValues.binomial(
                            figure.get("successes").asInt(),
                            figure.get("trials").asInt(),
                            figure.get("share").asDouble()),
                    1e-9);
        }
        assertTrue(Double.isNaN(PValues.binomial(0, 0, 0.5)));
    }

    @Test
    void theBootstrapOfFew() {
        double[] values = Fixtures.numbers(MORE.get("few").get("values"));
        near(MORE.get("few"), Metric.mean("mean", values).interval(20000, 3));
        near(
                MORE.get("few"),
                Metric.mean("mean", values)
                        .part(new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
                        .interval(20000, 3));
    }

    @Test
    void aRatioOfSums() {
        JsonNode figure = MORE.get("ratio");
        RatioOfSums ratio = new RatioOfSums();
        for (int i = 0; i < figure.get("parts").size(); i++) {
            ratio.add(
                    figure.get("parts").get(i).asDouble(),
                    figure.get("wholes").get(i).asDouble());
        }
        for (Interval ours : List.of(ratio.interval(), ratio.share())) {
            assertEquals(figure.get("value").asDouble(), ours.value(), 1e-12);
            assertEquals(figure.get("low").asDouble(), ours.low(), 1e-9);
            assertEquals(figure.get("high").asDouble(), ours.high(), 1e-9);
        }
        assertEquals(9, ratio.clusters());
    }

    @Test
    void aShareStaysBetweenNothingAndAllAndIsNeverCertain() {
        RatioOfSums none = new RatioOfSums();
        RatioOfSums all = new RatioOfSums();
        for (int i = 1; i <= 10; i++) {
            none.add(0, i);
            all.add(i, i);
        }
        double unseen = 1 - Math.pow(0.05, 0.1);
        assertEquals(new Interval(0, 0, unseen), none.share());
        assertEquals(new Interval(1, 1 - unseen, 1), all.share());
        Interval nearly = new RatioOfSums().add(0, 10).add(0, 10).add(2, 10).share();
        assertEquals(0, nearly.low());
        assertTrue(nearly.high() > 0.2 && nearly.high() < 1);
        Interval most = new RatioOfSums().add(10, 10).add(10, 10).add(8, 10).share();
        assertEquals(1, most.high());
        assertEquals(1 - nearly.high(), most.low(), 1e-12);
    }

    @Test
    void pairedGroupedAndClusteredBootstraps() {
        JsonNode figure = MORE.get("paired");
        double[] before = Fixtures.numbers(figure.get("before"));
        PairedComparison paired = PairedComparison.bootstrap(
                Metric.mean("score", before), Metric.mean("score", Fixtures.numbers(figure.get("after"))), 5);
        near(figure, paired.difference());
        assertEquals(figure.get("p").asDouble(), paired.p(), 0.005);
        figure = MORE.get("groups");
        GroupComparison groups = GroupComparison.bootstrap(
                Metric.mean("score", before), Metric.mean("score", Fixtures.numbers(figure.get("second"))), 5);
        near(figure, groups.difference());
        assertEquals(figure.get("p").asDouble(), groups.p(), 0.005);
        assertEquals(15, groups.examples());
        int of = 0;
        List<Integer> clusters = new ArrayList<>();
        List<Double> values = new ArrayList<>();
        for (JsonNode cluster : MORE.get("clustered").get("clusters")) {
            for (double value : Fixtures.numbers(cluster)) {
                clusters.add(of);
                values.add(value);
            }
            of++;
        }
        near(
                MORE.get("clustered"),
                Metric.mean(
                                "score",
                                values.stream().mapToDouble(Double::doubleValue).toArray())
                        .byCluster(clusters)
                        .interval(20000, 5));
    }

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
        // of 200 examples the plain percentile interval is all but that of few
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
