package kawi.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;

/** Where the data do not suffice there is no interval, no p value and no verdict, and it is said why. */
class NumbersThatDoNotExistTest {

    private static double[] steps(int n) {
        double[] values = new double[n];
        Arrays.setAll(values, i -> 2 + i % 5);
        return values;
    }

    @Test
    void tooFewExamplesHaveNoInterval() {
        for (int n = 0; n < Interval.FEWEST; n++) {
            Interval interval = Metric.mean("score", steps(n)).interval(1);
            assertFalse(interval.defined());
            assertTrue(Double.isNaN(interval.low()) && Double.isNaN(interval.high()));
            assertEquals(n == 0, Double.isNaN(interval.value()));
            assertFalse(interval.contains(4) || interval.excludes(4), "nothing lies in or out of it");
            assertEquals(Interval.NONE, interval.range());
        }
        assertEquals(
                "\u2014 [no examples]",
                Metric.mean("score", steps(0)).interval(1).toString());
        assertEquals(
                "3.000 [one example]",
                Metric.mean("score", new double[] {3}).interval(1).toString());
        assertEquals(
                "3.500 [too few examples (4)]",
                Metric.mean("score", steps(4)).interval(1).toString());
        assertTrue(Metric.mean("score", steps(Interval.FEWEST)).interval(1).defined());
    }

    @Test
    void oneExampleOfAShareHasNoIntervalAndTwoHaveWilsons() {
        assertFalse(Metric.share("accuracy", new boolean[] {true}).interval(1).defined());
        assertEquals(
                Interval.wilson(1, 2),
                Metric.share("accuracy", new boolean[] {true, false}).interval(1));
        assertEquals("no trials", Interval.wilson(0, 0).reason());
    }

    @Test
    void oneSeedHasNoInterval() {
        assertEquals("one value", Interval.studentT(new double[] {3.9}).reason());
        assertEquals("no values", Interval.studentT(new double[0]).reason());
        assertEquals(
                "no spread in 3 values",
                Interval.studentT(new double[] {2, 2, 2}).reason());
        assertTrue(Interval.studentT(new double[] {3.9, 4.0}).defined());
    }

    @Test
    void oneDocumentHasNoInterval() {
        assertEquals("no clusters", new RatioOfSums().share().reason());
        assertEquals("no clusters", new RatioOfSums().add(0, 0).interval().reason());
        RatioOfSums one = new RatioOfSums().add(3, 10).add(0, 0);
        assertEquals("one cluster", one.share().reason());
        assertEquals(0.3, one.share().value(), 1e-12);
        assertEquals(1, one.clusters());
        assertEquals("one cluster", new RatioOfSums().add(0, 10).share().reason());
        assertEquals("one cluster", new RatioOfSums().add(10, 10).share().reason());
        assertEquals(
                "no spread in 2 clusters",
                new RatioOfSums().add(1, 2).add(2, 4).interval().reason());
    }

    @Test
    void examplesThatAreAllAlikeHaveNoInterval() {
        double[] alike = new double[30];
        Arrays.fill(alike, 0.4);
        assertEquals(
                "no spread in 30 examples", Metric.mean("F1", alike).interval(1).reason());
    }

    @Test
    void aScoreThatASampleDoesNotHaveHasNoInterval() {
        double[] tokens = new double[10];
        tokens[3] = 7;
        Metric ratio = Metric.ratio("nats per token", tokens, tokens);
        assertEquals(1, ratio.score());
        assertEquals("not defined on every sample", ratio.interval(1).reason());
        PairedComparison comparison = PairedComparison.bootstrap(ratio, ratio, 1);
        assertTrue(Double.isNaN(comparison.p()));
        assertEquals("nats per token: not to be compared: not defined on every sample", comparison.verdict());
    }

    @Test
    void tooFewExamplesAreNotCompared() {
        for (int n = 0; n < Interval.FEWEST; n++) {
            boolean[] none = new boolean[n];
            boolean[] all = new boolean[n];
            Arrays.fill(all, true);
            PairedComparison paired = PairedComparison.mcnemar("accuracy", none, all, 1);
            GroupComparison groups =
                    GroupComparison.bootstrap(Metric.mean("F1", steps(n)), Metric.mean("F1", steps(50)), 1);
            String said = n == 0 ? "no examples to compare" : "too few examples (" + n + ") to compare";
            assertEquals("accuracy: " + said, paired.verdict());
            assertEquals(said, paired.outcome());
            assertEquals(said, groups.outcome());
            assertTrue(Double.isNaN(paired.p()) && Double.isNaN(groups.p()));
            assertFalse(paired.detectable() || groups.detectable());
            assertFalse(paired.difference().defined() || groups.difference().defined());
        }
    }

    @Test
    void aPValueIsNeverNought() {
        assertEquals("p < 0.001", PValues.text(0));
        assertEquals("p < 0.001", PValues.text(0.00099));
        assertEquals("p = 0.001", PValues.text(0.001));
        assertEquals("p = 0.0499", PValues.text(0.04999));
        assertEquals("p = 0.0495", PValues.text(0.0495));
        assertEquals("p = 0.049", PValues.text(0.04949));
        assertEquals("p = 0.050", PValues.text(0.05));
        assertEquals("no p value", PValues.text(Double.NaN));
        assertEquals("< 0.001", PValues.cell(1e-9));
        assertEquals("0.001", PValues.cell(0.001));
        assertEquals("0.0495", PValues.cell(0.0495));
        assertEquals("\u2014", PValues.cell(Double.NaN));
        boolean[] none = new boolean[60];
        boolean[] all = new boolean[60];
        Arrays.fill(all, true);
        PairedComparison sure = PairedComparison.mcnemar("accuracy", none, all, 1);
        assertTrue(sure.verdict().contains("p < 0.001") && !sure.verdict().contains("0.000,"), sure.verdict());
        assertTrue(PairedComparison.bootstrap(Metric.mean("F1", steps(60)), Metric.mean("F1", all(60, 7)), 1)
                        .p()
                > 0);
    }

    private static double[] all(int n, double value) {
        double[] values = new double[n];
        Arrays.fill(values, value);
        return values;
    }

    @Test
    void aComparisonThatCouldNotBeMadeDoesNotCountAmongMany() {
        assertEquals("[0.02, NaN, 0.03]", Arrays.toString(PValues.holm(0.01, Double.NaN, 0.03)));
        PairedComparison few = PairedComparison.mcnemar("accuracy", new boolean[2], new boolean[2], 1);
        assertEquals(few.outcome(), PairedComparison.holm(List.of(few)).get(0).outcome());
    }

    @Test
    void whatIsNoNumberIsRefusedByItsPlace() {
        for (double wrong : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            double[] values = {1, wrong};
            double[] ones = {1, 1};
            for (var refused : List.<org.junit.jupiter.api.function.Executable>of(
                    () -> Metric.mean("F1", values),
                    () -> Metric.ratio("F1", values, ones),
                    () -> Metric.ratio("F1", ones, values))) {
                KitException e = assertThrows(KitException.class, refused);
                assertTrue(e.getMessage().startsWith("The F1 of example 2 is " + wrong), e.getMessage());
            }
            assertThrows(KitException.class, () -> Interval.studentT(values));
            assertThrows(KitException.class, () -> new RatioOfSums().add(wrong, 1));
            assertThrows(KitException.class, () -> new RatioOfSums().add(1, wrong));
            assertThrows(KitException.class, () -> new Interval(0, wrong, wrong));
        }
        assertThrows(KitException.class, () -> new Interval(0, 1, -1));
        assertThrows(KitException.class, () -> new Interval(0, -1, 1, "one example"));
        assertThrows(KitException.class, () -> new RatioOfSums().add(1, 0));
        assertThrows(KitException.class, () -> new RatioOfSums().add(1, -1));
        assertThrows(KitException.class, () -> new RatioOfSums().add(3, 2).share());
        assertThrows(KitException.class, () -> Interval.wilson(3, 2));
        assertThrows(KitException.class, () -> Interval.wilson(-1, 2));
        assertThrows(KitException.class, () -> PValues.holm(0.5, 1.5));
        assertThrows(KitException.class, () -> PValues.holm(-0.5));
        assertThrows(KitException.class, () -> PValues.binomial(3, 2, 0.5));
        assertThrows(KitException.class, () -> PValues.binomial(1, 2, 1.5));
        assertThrows(KitException.class, () -> Metric.ratio("F1", new double[1], new double[2]));
        assertThrows(KitException.class, () -> Metric.mean("F1", steps(9)).interval(0, 1));
        assertThrows(KitException.class, () -> Metric.mean("F1", steps(9)).byCluster(List.of("a")));
        assertThrows(
                KitException.class,
                () -> PairedComparison.bootstrap(Metric.mean("F1", steps(9)), Metric.mean("F1", steps(8)), 1));
    }

    @Test
    void theEndsBelongToTheInterval() {
        Interval interval = new Interval(2, 1, 3);
        assertTrue(interval.contains(1) && interval.contains(3));
        assertFalse(interval.excludes(1) || interval.excludes(3));
        assertTrue(interval.excludes(0.99) && interval.excludes(3.01));
        assertThrows(KitException.class, () -> interval.times(0));
        assertThrows(KitException.class, () -> new Interval(0, Double.NaN, 1, "one example"));
        assertThrows(KitException.class, () -> new Interval(0, 1, Double.NaN, "one example"));
        assertEquals(
                "no spread in 9 examples",
                Metric.mean("F1", steps(9)).interval(1, 1).reason());
    }

    @Test
    void noughtAndOneArePValuesAndShares() {
        assertEquals("[0.0, 1.0]", Arrays.toString(PValues.holm(0, 1)));
        GroupComparison any = new GroupComparison("F1", 1, 2, new Interval(1, 0, 2), 0.5, 9);
        assertEquals(0, any.corrected(0).p());
        assertEquals(1, any.corrected(1).p());
        assertThrows(KitException.class, () -> any.corrected(-0.1));
        assertThrows(KitException.class, () -> any.corrected(1.1));
        assertEquals(1, PValues.binomial(0, 3, 0));
        assertEquals(1, PValues.binomial(3, 3, 1));
        assertEquals(0.25, PValues.binomial(3, 3, 0.5), 1e-12);
    }

    @Test
    void endsThatContradictTheirReasonAreRefusedWithIt() {
        String said = assertThrows(KitException.class, () -> new Interval(0, -1, 1, "one example"))
                .getMessage();
        assertTrue(said.contains("around 0.0, which has none (one example), is not one"), said);
        said = assertThrows(KitException.class, () -> new Interval(0, 1, -1)).getMessage();
        assertTrue(said.contains("around 0.0 is not one"), said);
    }

    /** NIST's certified data NumAcc3 and NumAcc4: numbers around a million and ten million that deviate by 0.1. */
    @Test
    void aSmallDeviationOfLargeNumbersIsNotLost() {
        for (double large : new double[] {1e6, 1e7}) {
            double[] values = new double[1001];
            Arrays.setAll(values, i -> large + (i == 0 ? 0.2 : i % 2 == 1 ? 0.1 : 0.3));
            assertEquals(0.1, SampleStatistics.deviation(values), 1e-8);
        }
    }

    @Test
    void theFewestExamplesThatAreTestedHaveADifferenceWhereTheyDiffer() {
        boolean[] same = new boolean[Interval.FEWEST];
        PairedComparison equal = PairedComparison.mcnemar("accuracy", same, same, 1);
        assertEquals(1, equal.p());
        assertEquals("right on the same examples", equal.difference().reason());
    }

    @Test
    void groupsInWhichNothingDiffersHaveAPOfOne() {
        boolean[] second = new boolean[60];
        Arrays.fill(second, 25, 60, true);
        assertEquals(
                1,
                GroupComparison.permutation(Metric.mean("score", new double[60]), second, 1)
                        .p());
    }

    @Test
    void twentyExamplesOfAGroupAreEnoughAndNineteenAreNot() {
        for (int few : new int[] {GroupComparison.FEWEST - 1, GroupComparison.FEWEST}) {
            boolean[] second = new boolean[60];
            Arrays.fill(second, 60 - few, 60, true);
            double p = GroupComparison.permutation(Metric.mean("score", new double[60]), second, 1)
                    .p();
            assertEquals(few < GroupComparison.FEWEST, Double.isNaN(p), few + " examples");
        }
    }

    @Test
    void aRatioSaysWhatItIsOf() {
        assertEquals(
                "3.0 / 14.0 from 2 clusters",
                new RatioOfSums().add(1, 4).add(2, 10).toString());
    }
}
