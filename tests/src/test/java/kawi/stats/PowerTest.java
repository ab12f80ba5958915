package kawi.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import kawi.evidence.KitException;
import org.apache.commons.statistics.inference.BinomialTest;
import org.junit.jupiter.api.Test;

class PowerTest {

    /** What McNemar's test finds in drawn answers is what was foretold. */
    @Test
    void theForetoldShareOfComparisonsFindsTheDifference() {
        for (double[] each : new double[][] {
            {200, 0.1, 0.25}, {400, 0.05, 0.2}, {60, 0.3, 0.4}, {200, 0, 0.3}, {30, -0.2, 0.3}, {9, 0.5, 0.5}
        }) {
            int n = (int) each[0];
            double won = 0.5 + each[1] / (2 * each[2]);
            Random random = new Random(n);
            int found = 0;
            int trials = 4000;
            for (int t = 0; t < trials; t++) {
                int gained = 0;
                int lost = 0;
                for (int i = 0; i < n; i++) {
                    if (random.nextDouble() < each[2]) {
                        if (random.nextDouble() < won) {
                            gained++;
                        } else {
                            lost++;
                        }
                    }
                }
                found += gained + lost > 0
                                && BinomialTest.withDefaults()
                                                .test(gained + lost, gained, 0.5)
                                                .getPValue()
                                        < PValues.LEVEL
                        ? 1
                        : 0;
            }
            assertEquals(found / (double) trials, Power.mcnemar(n, each[1], each[2]), 0.025, n + " " + each[1]);
        }
    }

    @Test
    void moreExamplesAndLargerDifferencesAreFoundMoreOften() {
        assertTrue(Power.mcnemar(400, 0.05, 0.2) > Power.mcnemar(200, 0.05, 0.2));
        assertTrue(Power.mcnemar(200, 0.1, 0.2) > Power.mcnemar(200, 0.05, 0.2));
        double smallest = Power.smallest(200, 0.2, 0.8);
        assertTrue(Power.mcnemar(200, smallest, 0.2) >= 0.8);
        assertTrue(Power.mcnemar(200, smallest - 0.001, 0.2) < 0.8);
        assertTrue(Double.isNaN(Power.smallest(5, 0.2, 0.8)));
    }

    @Test
    void whatCannotBeAskedIsRefused() {
        assertThrows(KitException.class, () -> Power.mcnemar(0, 0.1, 0.2));
        assertThrows(KitException.class, () -> Power.mcnemar(10, 0, 0));
        assertThrows(KitException.class, () -> Power.smallest(10, 0.2, 0));
        assertThrows(KitException.class, () -> Power.mcnemar(10, 0.1, 1.1));
        assertThrows(KitException.class, () -> Power.mcnemar(10, 0.3, 0.2));
        assertThrows(KitException.class, () -> Power.mcnemar(10, Double.NaN, 0.2));
        assertThrows(KitException.class, () -> Power.smallest(10, 0.2, 1));
    }

    /** Where all disagree, so many are won or lost that the test calls it a difference: counted by hand. */
    @Test
    void whereAllAnswersDisagreeThePowerIsTheTwoTailsOfABinomial() {
        assertEquals(22 / 1024.0, Power.mcnemar(10, 0, 1), 1e-12, "of 10 at most one is lost, or at most one won");
        double lost = Math.pow(0.75, 10) + 10 * 0.25 * Math.pow(0.75, 9);
        double won = Math.pow(0.25, 10) + 10 * 0.75 * Math.pow(0.25, 9);
        assertEquals(lost + won, Power.mcnemar(10, 0.5, 1), 1e-12);
        assertEquals(lost + won, Power.mcnemar(10, -0.5, 1), 1e-12);
        assertEquals(0, Power.mcnemar(5, 1, 1), 1e-12, "five of five: p is 2 / 32");
        assertEquals(1, Power.mcnemar(6, 1, 1), 1e-12, "six of six: p is 2 / 64");
        assertEquals(0, Power.mcnemar(1, 0.5, 0.5), 1e-12);
    }

    @Test
    void aDifferenceThatIsFoundJustSoOftenIsTheSmallest() {
        assertEquals(0.1, Power.smallest(200, 0.2, Power.mcnemar(200, 0.1, 0.2)));
        assertEquals(0.2, Power.smallest(40, 0.2, Power.mcnemar(40, 0.2, 0.2)), "the largest that there can be");
    }
}
