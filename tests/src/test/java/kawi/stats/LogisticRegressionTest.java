package kawi.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;

class LogisticRegressionTest {
    private static LogisticRegression.Sample sample(boolean positive, int... features) {
        return new LogisticRegression.Sample(features, 1, positive);
    }

    private static double sigmoid(double score) {
        return 1 / (1 + Math.exp(-score));
    }

    @Test
    void itsFirstTwoStepsAreThoseOfTheFormula() {
        for (boolean positive : new boolean[] {true, false}) {
            double scale = 2;
            double weight = 0;
            double bias = 0;
            double squares = 1e-8;
            for (int round = 1; round <= 2; round++) {
                double error = sigmoid(bias + scale * weight) - (positive ? 1 : 0);
                double gradient = error * scale + 1e-3 * weight;
                squares += gradient * gradient;
                weight -= 0.3 * gradient / Math.sqrt(squares);
                bias -= 0.3 * error;
                LogisticRegression model = LogisticRegression.train(
                        List.of(new LogisticRegression.Sample(new int[] {1}, scale, positive)), 2, round, 1);
                assertEquals(sigmoid(bias + scale * weight), model.probability(new int[] {1}, scale), 1e-12);
                assertEquals(sigmoid(bias + 0.5 * weight), model.probability(new int[] {1}, 0.5), 1e-12);
                assertEquals(sigmoid(bias), model.probability(new int[] {0}, scale), 1e-12, "never seen");
            }
        }
    }

    @Test
    void theBiasMovesByTheMeanOfARound() {
        List<LogisticRegression.Sample> samples = List.of(sample(true), sample(true), sample(true));
        double bias = 0;
        for (int i = 0; i < 3; i++) {
            bias -= 0.3 * (sigmoid(bias) - 1) / 3;
        }
        assertEquals(sigmoid(bias), LogisticRegression.train(samples, 0, 1, 1).probability(new int[0], 1), 1e-12);
    }

    @Test
    void whatTellsTheClassesApartIsFoundAmongWhatDoesNot() {
        Random random = new Random(4);
        List<LogisticRegression.Sample> samples = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            boolean positive = random.nextBoolean();
            samples.add(sample(positive, positive ? 0 : 1, 2 + random.nextInt(20)));
        }
        LogisticRegression model = LogisticRegression.train(samples, 22, 20, 1);
        for (int noise = 2; noise < 22; noise++) {
            assertTrue(model.probability(new int[] {0, noise}, 1) > 0.9, "with " + noise);
            assertTrue(model.probability(new int[] {1, noise}, 1) < 0.1, "with " + noise);
        }
    }

    @Test
    void theSameSeedGivesTheSameBitsAndAnotherSeedOthers() {
        List<LogisticRegression.Sample> samples =
                List.of(sample(true, 0, 1), sample(false, 1, 2), sample(true, 2), sample(false, 0), sample(true, 1));
        int[] asked = {0, 1, 2};
        double once = LogisticRegression.train(samples, 3, 3, 5).probability(asked, 1);
        assertEquals(once, LogisticRegression.train(samples, 3, 3, 5).probability(asked, 1));
        assertNotEquals(once, LogisticRegression.train(samples, 3, 3, 6).probability(asked, 1));
    }

    @Test
    void withoutSamplesOrRoundsNothingIsLearned() {
        assertThrows(KitException.class, () -> LogisticRegression.train(List.of(), 3, 1, 1));
        assertThrows(KitException.class, () -> LogisticRegression.train(List.of(sample(true, 0)), 3, 0, 1));
    }
}
