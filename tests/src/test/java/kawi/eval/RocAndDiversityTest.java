package kawi.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.stats.Interval;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;

class RocAndDiversityTest {

    @Test
    void theAreaIsTheShareOfPairsInTheRightOrderWithTiesHalf() {
        double[] scores = {0.9, 0.8, 0.8, 0.4, 0.2};
        boolean[] positive = {true, false, true, true, false};
        // pairs: 0.9 > 0.8, 0.9 > 0.2, 0.8 = 0.8, 0.8 > 0.2, 0.4 < 0.8, 0.4 > 0.2
        assertEquals(4.5 / 6, Roc.of(scores, positive).auc().score(), 1e-12);
        double[][] curve = Roc.of(scores, positive).curve();
        assertArrayEquals(new double[] {0, 0, 0.5, 0.5, 1}, curve[0], 1e-12);
        assertArrayEquals(new double[] {0, 1 / 3.0, 2 / 3.0, 1, 1}, curve[1], 1e-12);
        double area = 0;
        for (int i = 1; i < curve[0].length; i++) {
            area += (curve[0][i] - curve[0][i - 1]) * (curve[1][i] + curve[1][i - 1]) / 2;
        }
        assertEquals(4.5 / 6, area, 1e-12, "the curve's own area");
    }

    @Test
    void theIntervalOfTheAreaHoldsItIn93To97Of100Samples() {
        for (double shift : new double[] {0, 0.8, 1.6}) {
            double truth = NormalDistribution.of(0, 1).cumulativeProbability(shift / Math.sqrt(2));
            for (int n : new int[] {40, 120}) {
                Random random = new Random(n);
                int held = 0;
                int trials = 2000;
                for (int t = 0; t < trials; t++) {
                    double[] scores = new double[n];
                    boolean[] positive = new boolean[n];
                    for (int i = 0; i < n; i++) {
                        positive[i] = i % 5 < 2;
                        scores[i] = random.nextGaussian() + (positive[i] ? shift : 0);
                    }
                    Interval interval = Roc.of(scores, positive).auc().interval(1);
                    held += interval.contains(truth) ? 1 : 0;
                }
                double share = held / (double) trials;
                assertTrue(share >= 0.93 && share <= 0.97, "n = " + n + ", area " + truth + ": " + share);
            }
        }
    }

    @Test
    void aSeparationWithoutFaultHasNoIntervalAndOneKindNoArea() {
        double[] scores = new double[40];
        boolean[] positive = new boolean[40];
        for (int i = 0; i < 40; i++) {
            scores[i] = i;
            positive[i] = i >= 20;
        }
        Interval perfect = Roc.of(scores, positive).auc().interval(1);
        assertEquals(1, perfect.value());
        assertFalse(perfect.defined());
        assertThrows(KitException.class, () -> Roc.of(scores, new boolean[40]));
        assertThrows(KitException.class, () -> Roc.of(new double[] {Double.NaN, 1}, new boolean[] {true, false}));
        assertThrows(KitException.class, () -> Roc.of(scores, new boolean[3]));
    }

    @Test
    void runsOfWordsAreCountedWithinATextAndOverAll() {
        List<String> texts = List.of("a b a b a b", "a b c d");
        assertEquals(4.0 / 10, Diversity.distinct(texts, 1).value(), 1e-12);
        assertEquals(4.0 / 8, Diversity.distinct(texts, 2).value(), 1e-12); // ab ba bc cd
        assertEquals(0.5 * (1 - 2.0 / 5), Diversity.repetition(texts, 2).score(), 1e-12);
        assertTrue(Double.isNaN(Diversity.distinct(List.of("one"), 2).value()));
        assertEquals(0, Diversity.repetition(List.of("one"), 4).score());
        assertThrows(KitException.class, () -> Diversity.distinct(texts, 0));
        assertThrows(KitException.class, () -> Diversity.repetition(texts, 0));
    }

    /** Texts of ten words, drawn as one writes: a few words often and many rarely. */
    private static List<String> texts(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return IntStream.range(0, 60)
                .mapToObj(i -> IntStream.range(0, 10)
                        .mapToObj(j -> "w" + (int) Math.pow(300, random.nextDouble()))
                        .collect(Collectors.joining(" ")))
                .toList();
    }

    @Test
    void theIntervalOfDistinctWordsHoldsTheMeanOfAllCollectionsNineteenTimesInTwenty() {
        List<Interval> all = IntStream.range(0, 300)
                .mapToObj(seed -> Diversity.distinct(texts(seed), 1))
                .toList();
        double mean = all.stream().mapToDouble(Interval::value).average().orElseThrow();
        double held = all.stream().filter(each -> each.contains(mean)).count() / 300.0;
        assertTrue(held > 0.92 && held < 0.995, held + " hold " + mean);
    }

    @Test
    void distinctWordsOfFewTextsOrOfTextsThatAllSayAsMuchHaveNoInterval() {
        assertEquals("no texts", Diversity.distinct(List.of(), 1).reason());
        assertEquals(
                "too few texts (7)",
                Diversity.distinct(Collections.nCopies(7, "a b"), 1).reason());
        assertEquals(
                "no spread in 8 texts",
                Diversity.distinct(Collections.nCopies(8, "a b"), 1).reason());
        List<String> one = new ArrayList<>(Collections.nCopies(8, ""));
        one.set(3, "all the words");
        assertEquals("one text has all runs", Diversity.distinct(one, 1).reason());
        assertEquals(1, Diversity.distinct(one, 1).value());
        assertEquals(
                "no runs of 1 words",
                Diversity.distinct(Collections.nCopies(9, ""), 1).reason());
    }
}
