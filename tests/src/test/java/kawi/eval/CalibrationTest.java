package kawi.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import kawi.evidence.KitException;
import kawi.stats.Interval;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    private static final int TRIALS = 300;

    private record Drawn(double[] confidences, boolean[] right, double truth) {}

    /** Answers of a model that is right with a chance that hangs on its confidence. */
    private static Drawn drawn(int n, DoubleUnaryOperator chance, Random random) {
        double[] confidences = new double[n];
        boolean[] right = new boolean[n];
        double[] distance = new double[10];
        for (int i = 0; i < n; i++) {
            confidences[i] = 0.5 + 0.5 * Math.sqrt(random.nextDouble());
            double p = Math.min(1, chance.applyAsDouble(confidences[i]));
            right[i] = random.nextDouble() < p;
            distance[Calibration.bin(confidences[i], 10)] += p - confidences[i];
        }
        double truth = 0;
        for (double each : distance) {
            truth += Math.abs(each) / n;
        }
        return new Drawn(confidences, right, truth);
    }

    private static double[] covered(int n, DoubleUnaryOperator chance) {
        Random random = new Random(n);
        double held = 0;
        double above = 0;
        for (int t = 0; t < TRIALS; t++) {
            Drawn drawn = drawn(n, chance, random);
            Interval interval =
                    Calibration.of(drawn.confidences, drawn.right, 10).error().interval(400, random.nextLong());
            held += interval.low() - 1e-9 <= drawn.truth && drawn.truth <= interval.high() + 1e-9 ? 1 : 0;
            above += interval.low() > 0 ? 1 : 0;
        }
        return new double[] {held / TRIALS, above / TRIALS};
    }

    @Test
    void aPerfectlyCalibratedModelIsNotToldToBeMiscalibrated() {
        for (int n : new int[] {100, 300}) {
            double[] shares = covered(n, c -> c);
            assertTrue(shares[1] >= 0.02 && shares[1] <= 0.08, n + ": " + shares[1]);
            assertEquals(1, shares[0] + shares[1], 1e-9, "the interval begins at 0, or above");
        }
    }

    @Test
    void theIntervalHoldsTheErrorOfAModelThatIsMiscalibrated() {
        for (int n : new int[] {100, 300}) {
            for (DoubleUnaryOperator chance :
                    new DoubleUnaryOperator[] {c -> c - 0.12, c -> c - 0.04, c -> c > 0.75 ? c - 0.1 : c + 0.1}) {
                double[] shares = covered(n, chance);
                assertTrue(shares[0] >= 0.92 && shares[0] <= 0.98, n + ": " + shares[0]);
            }
        }
        assertTrue(covered(300, c -> c - 0.12)[1] > 0.9, "and it is found");
    }

    @Test
    void theBootstrapOfTheErrorWouldCondemnEveryModel() {
        Random random = new Random(1);
        int above = 0;
        for (int t = 0; t < 60; t++) {
            Drawn drawn = drawn(200, c -> c, random);
            Interval naive = Interval.bootstrap(
                    Calibration.of(drawn.confidences, drawn.right, 10).error(), 200, t);
            above += naive.low() > 0 ? 1 : 0;
        }
        assertEquals(60, above);
    }

    @Test
    void overconfidenceHasASignAndTheTestAPValue() {
        Drawn sure = drawn(400, c -> c - 0.15, new Random(3));
        Calibration calibration = Calibration.of(sure.confidences, sure.right, 10);
        assertTrue(calibration.overconfidence().interval(1).low() > 0);
        assertTrue(calibration.p(1000, 1) < 0.05);
        Drawn fair = drawn(400, c -> c, new Random(4));
        assertFalse(Calibration.of(fair.confidences, fair.right, 10).p(1000, 1) < 0.05);
        assertThrows(KitException.class, () -> calibration.p(0, 1));
        assertFalse(Calibration.of(new double[] {0.9}, new boolean[] {true}, 10)
                .error()
                .interval(1)
                .defined());
    }
}
