package kawi.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Ends and p values of samples that are given instead of drawn; the figures are scipy 1.17.1's, norm and t. */
class BootstrapFollowsItsFormulasTest {
    private static final int SIZE = 10;

    /** So many times each value. */
    private static double[] of(double... timesAndValues) {
        double[] values = {};
        for (int i = 0; i < timesAndValues.length; i += 2) {
            int from = values.length;
            values = Arrays.copyOf(values, from + (int) timesAndValues[i]);
            Arrays.fill(values, from, values.length, timesAndValues[i + 1]);
        }
        return values;
    }

    @Test
    void theEndsAreTheExpandedPercentiles() {
        double[] evenly = new double[1001];
        Arrays.setAll(evenly, i -> i / 1000.0);
        // of 0, 0.001 ... 1 the quantile at q is q, and Phi(-t(0.975; 9) / sqrt(0.9)) = 0.00855
        Interval interval = Resampling.interval(0.5, evenly, SIZE);
        assertEquals(0.008550639024406366, interval.low(), 1e-9);
        assertEquals(1 - 0.008550639024406366, interval.high(), 1e-9);
    }

    @Test
    void aQuantileLiesBetweenItsTwoNeighbours() {
        double[] sorted = {1, 2, 4};
        double[][] table = {{0, 1}, {0.25, 1.5}, {0.5, 2}, {0.75, 3}, {0.9, 3.6}, {1, 4}};
        for (double[] row : table) {
            assertEquals(row[1], Resampling.quantile(sorted, row[0]), 1e-12);
        }
    }

    @Test
    void theShareOnTheRarerSideGivesThePValueAndANoughtIsOnBothSides() {
        assertEquals(0.1530870317949354, Resampling.p(1, of(4, -1, 95, 1), SIZE), 1e-9);
        assertEquals(0.1530870317949354, Resampling.p(-1, of(4, 1, 95, -1), SIZE), 1e-9);
        assertEquals(0.1743182247893968, Resampling.p(1, of(2, -1, 3, 0, 94, 1), SIZE), 1e-9);
        assertEquals(0.1743182247893968, Resampling.p(-1, of(2, 1, 3, 0, 94, -1), SIZE), 1e-9);
        assertEquals(1, Resampling.p(0, of(99, 0), SIZE));
        assertEquals(1, Resampling.p(0.1, of(49, -1, 50, 1), SIZE));
    }

    @Test
    void whereAllAreOnOneSideItsDistanceInStandardErrorsCounts() {
        assertEquals(0.01966506745132023, Resampling.p(3, of(50, 2, 49, 4), SIZE), 1e-9);
        assertEquals(0.01966506745132023, Resampling.p(-3, of(50, -2, 49, -4), SIZE), 1e-9);
        assertEquals(5.537727791862324e-06, Resampling.p(30, of(50, 29.9, 49, 30.1), SIZE), 1e-12, "10 at the most");
        assertEquals(0.0547152583334932, Resampling.p(1, of(99, 1), SIZE), 1e-9, "no spread: the share alone");
    }

    @Test
    void whatIsAddedToBothSystemsChangesNoComparisonOfThem() {
        double[] low = new double[12];
        double[] lowAfter = new double[12];
        double[] high = new double[12];
        double[] highAfter = new double[12];
        for (int i = 0; i < 12; i++) {
            low[i] = i % 4 - 2.5; // so that the two means are -1 and 1, and their sum is nothing like their difference
            lowAfter[i] = low[i] + 1 + i % 3;
            high[i] = low[i] + 64;
            highAfter[i] = lowAfter[i] + 64;
        }
        PairedComparison one = PairedComparison.bootstrap(Metric.mean("F1", low), Metric.mean("F1", lowAfter), 3);
        PairedComparison other = PairedComparison.bootstrap(Metric.mean("F1", high), Metric.mean("F1", highAfter), 3);
        assertEquals(2, one.difference().value(), 1e-12);
        assertEquals(one.difference().value(), other.difference().value(), 1e-9);
        assertEquals(one.difference().low(), other.difference().low(), 1e-9);
        assertEquals(one.p(), other.p(), 1e-9);
        for (int i = 0; i < 12; i++) {
            lowAfter[i] += 4;
            highAfter[i] += 4;
        }
        GroupComparison group = GroupComparison.bootstrap(Metric.mean("F1", low), Metric.mean("F1", lowAfter), 3);
        GroupComparison higher = GroupComparison.bootstrap(Metric.mean("F1", high), Metric.mean("F1", highAfter), 3);
        assertEquals(6, group.difference().value(), 1e-12);
        assertEquals(group.difference().value(), higher.difference().value(), 1e-9);
        assertEquals(group.difference().low(), higher.difference().low(), 1e-9);
        assertEquals(group.p(), higher.p(), 1e-9);
    }

    @Test
    void theFewestExamplesSufficeAndOneLessStillHasItsDifference() {
        for (int n : new int[] {Interval.FEWEST - 1, Interval.FEWEST}) {
            boolean[] some = new boolean[n];
            boolean[] others = new boolean[n];
            double[] values = new double[n];
            for (int i = 0; i < n; i++) {
                some[i] = i % 2 == 0;
                others[i] = i % 3 != 0;
                values[i] = i;
            }
            Metric ours = Metric.mean("F1", values);
            Metric theirs =
                    Metric.mean("F1", Arrays.stream(values).map(x -> 2 * x + 1).toArray());
            PairedComparison paired = PairedComparison.bootstrap(ours, theirs, 1);
            GroupComparison groups = GroupComparison.bootstrap(ours, theirs, 1);
            boolean enough = n == Interval.FEWEST;
            assertEquals(
                    enough, paired.difference().defined() && groups.difference().defined());
            assertEquals(enough, !Double.isNaN(paired.p()) && !Double.isNaN(groups.p()));
            assertEquals(
                    enough,
                    !Double.isNaN(PairedComparison.mcnemar("accuracy", some, others, 1)
                            .p()));
            assertEquals(theirs.score() - ours.score(), paired.difference().value(), 1e-12);
            assertEquals(theirs.score() - ours.score(), groups.difference().value(), 1e-12);
        }
    }

    @Test
    void theLevelItselfIsNotBelowTheLevel() {
        Interval difference = new Interval(1, 0, 2);
        assertTrue(new GroupComparison("F1", 1, 2, difference, 0.0499, 9).detectable());
        assertTrue(new PairedComparison("F1", 1, 2, difference, 0.0499, "test", 9).detectable());
        GroupComparison group = new GroupComparison("F1", 1, 2, difference, PValues.LEVEL, 9);
        PairedComparison pair = new PairedComparison("F1", 1, 2, difference, PValues.LEVEL, "test", 9);
        assertFalse(group.detectable() || pair.detectable());
        assertEquals("no detectable difference", group.outcome());
        assertEquals("no detectable difference", pair.outcome());
    }

    @Test
    void theFewestExamplesThatCannotBeComparedAreNotCalledTooFew() {
        Interval none = Interval.undefined(1, "not defined on every sample");
        assertEquals(
                "not to be compared: not defined on every sample",
                new PairedComparison("F1", 1, 2, none, Double.NaN, "test", Interval.FEWEST).outcome());
    }

    @Test
    void aMeanHasTheIntervalOfAThousandSamples() {
        double[] values = {1, 2, 3, 4, 5, 6, 7, 9, 11};
        assertEquals(Interval.bootstrap(Metric.mean("mean", values), 1000, 4), Interval.mean(values, 4));
    }
}
