package kawi.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;

/** Intervals over templates and persons hold the truth in 93 to 97 of 100 cases, whichever of the two scatters. */
class TwoWayClustersTest {
    private static final int TRIALS = 3000;

    /** Differences of every row with every column: what the row adds, what the column adds, what is the pair's own. */
    private static double[] crossed(int rows, int columns, double row, double column, double own, Random random) {
        double[] effects = new double[columns];
        for (int c = 0; c < columns; c++) {
            effects[c] = column * random.nextGaussian();
        }
        double[] values = new double[rows * columns];
        for (int r = 0; r < rows; r++) {
            double effect = row * random.nextGaussian();
            for (int c = 0; c < columns; c++) {
                values[r * columns + c] = effect + effects[c] + own * random.nextGaussian();
            }
        }
        return values;
    }

    private static PairedComparison compare(double[] values, int columns) {
        List<Integer> rows = new ArrayList<>();
        List<Integer> across = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            rows.add(i / columns);
            across.add(i % columns);
        }
        return TwoWayClusters.compare("score", new double[values.length], values, rows, across);
    }

    @Test
    void theIntervalHoldsTheTruthWhicheverOfTheTwoScatters() {
        for (int[] size : new int[][] {{12, 12}, {8, 18}}) {
            for (double[] spread : new double[][] {{1, 0, 0.3}, {0, 1, 0.3}, {1, 1, 1}, {0.3, 0.3, 1}, {0.1, 0.1, 1}}) {
                Random random = new Random(7);
                int held = 0;
                int found = 0;
                for (int t = 0; t < TRIALS; t++) {
                    PairedComparison one =
                            compare(crossed(size[0], size[1], spread[0], spread[1], spread[2], random), size[1]);
                    held += one.difference().contains(0) ? 1 : 0;
                    found += one.detectable() ? 1 : 0;
                }
                assertEquals(TRIALS, held + found, "the p value and the interval say the same");
                double share = (double) held / TRIALS;
                assertTrue(
                        share > 0.93 && share < 0.97,
                        size[0] + " by " + size[1] + ", " + spread[0] + ", " + spread[1] + ": " + share);
            }
        }
    }

    @Test
    void clustersOfOneKindAloneWouldNot() {
        Random random = new Random(7);
        int held = 0;
        for (int t = 0; t < 100; t++) {
            double[] values = crossed(12, 12, 0.3, 1, 0.3, random);
            List<Integer> rows = new ArrayList<>();
            for (int i = 0; i < values.length; i++) {
                rows.add(i / 12);
            }
            held += Metric.mean("score", values).byCluster(rows).interval(t).contains(0) ? 1 : 0;
        }
        assertTrue(held < 70, "of 100 " + held);
    }

    @Test
    void theVarianceIsThatOfTheTwoWayAnalysis() {
        // eight rows and eight columns, by hand: a row adds 1 or -1, a column 2 or -2, and nothing is a pair's own
        double[] values = new double[64];
        for (int i = 0; i < 64; i++) {
            values[i] = 5 + (i / 8 % 2 == 0 ? 1 : -1) + (i % 2 == 0 ? 2 : -2);
        }
        PairedComparison one = compare(values, 8);
        assertEquals(5, one.difference().value(), 1e-12);
        // the mean's variance: of the rows 8 / 7 / 8, of the columns four times that
        double error = Math.sqrt(1.0 / 7 + 4.0 / 7);
        double freedom = 25.0 / (1.0 / 7 + 16.0 / 7);
        assertEquals(5 - Interval.t(freedom) * error, one.difference().low(), 1e-9);
        assertTrue(one.detectable());
    }

    @Test
    void thePigeonholeBootstrapGivesAboutTheSameWhereClustersMatter() {
        double[] values = crossed(12, 12, 1, 1, 0.3, new Random(3));
        Random random = new Random(4);
        double[] means = new double[4000];
        for (int s = 0; s < means.length; s++) {
            int[] rows = random.ints(12, 0, 12).toArray();
            int[] columns = random.ints(12, 0, 12).toArray();
            for (int r : rows) {
                for (int c : columns) {
                    means[s] += values[r * 12 + c] / 144;
                }
            }
        }
        double pigeonhole = 2 * 1.96 * SampleStatistics.deviation(means);
        Interval ours = compare(values, 12).difference();
        assertEquals(1, (ours.high() - ours.low()) / pigeonhole, 0.25);
    }

    @Test
    void examplesThatEachHaveATemplateOfTheirOwnAreIndependent() {
        double[] values = crossed(1, 40, 0, 1, 0, new Random(5));
        List<Integer> own = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            own.add(i);
        }
        Interval clustered = TwoWayClusters.compare("score", new double[40], values, own, own)
                .difference();
        Interval student = Interval.studentT(values);
        assertEquals(student.low(), clustered.low(), 1e-9);
        assertEquals(student.high(), clustered.high(), 1e-9);
    }

    @Test
    void tooFewClustersOfEitherKindHaveNoInterval() {
        PairedComparison few = compare(crossed(20, 7, 1, 1, 1, new Random(1)), 7);
        assertEquals("not to be compared: too few clusters (7)", few.outcome());
        assertEquals("too few clusters (7)", few.difference().reason());
        assertTrue(assertThrows(
                        KitException.class,
                        () -> TwoWayClusters.compare("score", new double[2], new double[2], List.of(1), List.of(1, 2)))
                .getMessage()
                .contains("give one of each"));
    }

    @Test
    void theVerdictSaysHowManyExamplesThereWereAndHowManyClusters() {
        String verdict = compare(crossed(20, 9, 1, 1, 1, new Random(1)), 9).verdict();
        assertTrue(verdict.endsWith(", two-way clusters (9 of the scarcer kind), 180 examples)"), verdict);
    }

    /** Figures of the formulas, worked out apart with numpy and scipy. */
    private static void agrees(double[] values, List<Integer> rows, List<Integer> columns, double... lowHighP) {
        PairedComparison one = TwoWayClusters.compare("score", new double[values.length], values, rows, columns);
        assertEquals(lowHighP[0], one.difference().low(), 1e-9);
        assertEquals(lowHighP[1], one.difference().high(), 1e-9);
        assertEquals(lowHighP[2], one.p(), 1e-9);
    }

    @Test
    void itAgreesWithItsFormulasWhereAllCellsAreFilledOnceSomeTwiceAndOneNot() {
        List<Integer> rows = new ArrayList<>();
        List<Integer> columns = new ArrayList<>();
        double[] values = new double[72];
        for (int i = 0; i < 72; i++) {
            int r = i / 9;
            int c = i % 9;
            rows.add(r);
            columns.add(c);
            values[i] = 2 * (r * 5 % 8) + c * 4 % 9 + r * c % 5 - 9;
        }
        agrees(values, rows, columns, -1.5503971963195626, 8.411508307430672, 0.15786030450004387);
        agrees(
                Arrays.copyOf(values, 71),
                rows.subList(0, 71),
                columns.subList(0, 71),
                -1.7114512004082592,
                8.584690637027977,
                0.1584555920302583);
        columns.set(1, 0);
        agrees(values, rows, columns, -1.7519895767049087, 8.613100687816019, 0.16150422766192649);
    }

    @Test
    void whereNeitherKindScattersTheCellsDo() {
        List<Integer> rows = new ArrayList<>();
        List<Integer> columns = new ArrayList<>();
        double[] values = new double[80];
        for (int i = 0; i < 80; i++) {
            rows.add(i / 10);
            columns.add(i % 10);
            values[i] = ((i / 10 + i % 10) % 2 == 0 ? 1 : -1) + (i == 0 ? 0.5 : 0);
        }
        agrees(values, rows, columns, -0.24739358842903644, 0.2598935884290364, 0.960883128465683);
    }

    @Test
    void whereOneKindAloneScattersItsNumberSaysHowWellThatIsKnown() {
        List<Integer> rows = new ArrayList<>();
        List<Integer> columns = new ArrayList<>();
        double[] values = new double[72];
        for (int i = 0; i < 72; i++) {
            rows.add(i / 9);
            columns.add(i % 9);
            values[i] = 20 * (i / 9 * 5 % 8) + (i / 9) * (i % 9) % 5 - 60;
        }
        agrees(values, rows, columns, -30.084958016412656, 52.94606912752377, 0.5358125514938429);
    }

    @Test
    void smallNumbersSpreadAsLargeOnesDo() {
        double[] values = crossed(12, 12, 1, 1, 1, new Random(3));
        Interval plain = compare(values, 12).difference();
        double[] small = Arrays.stream(values).map(each -> each * 1e-9).toArray();
        assertEquals(plain.low(), 1e9 * compare(small, 12).difference().low(), 1e-6);
    }
}
