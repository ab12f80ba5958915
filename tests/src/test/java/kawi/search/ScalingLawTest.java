package kawi.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import kawi.evidence.KitException;
import kawi.search.ScalingLaw.Point;
import org.junit.jupiter.api.Test;

/** The law of Hoffmann et al. (2022) and its fit, with the figures of their approach 3. */
class ScalingLawTest {
    private static ScalingLaw chinchilla() {
        return new ScalingLaw(1.69, 406.4, 0.34, 410.7, 0.28, 0, 1);
    }

    private static List<Point> points(ScalingLaw law) {
        List<Point> points = new ArrayList<>();
        for (double n : new double[] {1e6, 4e6, 16e6}) {
            for (double d : new double[] {1e7, 4e7, 16e7}) {
                points.add(new Point(n, d, law.loss(n, d)));
            }
        }
        return points;
    }

    @Test
    void aSmallerModelOfMoreTokensBeatsGopherByTheLaw() {
        // Chinchilla, 70e9 parameters and 1.4e12 tokens: 1.69 + 0.083 + 0.163; Gopher, 280e9 and 300e9: 1.69 + 0.052 +
        // 0.251
        assertEquals(1.936, chinchilla().loss(70e9, 1.4e12), 1e-3);
        assertEquals(1.993, chinchilla().loss(280e9, 300e9), 1e-3);
    }

    @Test
    void aLawIsFoundAgainFromItsOwnPoints() {
        ScalingLaw best = ScalingLaw.fit(points(chinchilla()), 0.001).get(0);
        assertEquals(0.34, best.sizePower(), 1e-9);
        assertEquals(0.28, best.dataPower(), 1e-9);
        assertEquals(1.69, best.entropy(), 1e-6);
        assertEquals(406.4, best.sizeFactor(), 1e-3);
        assertEquals(410.7, best.dataFactor(), 1e-3);
        assertEquals(0, best.squares(), 1e-12);
        assertEquals(1, best.weight());
    }

    @Test
    void aTermThatIsNotThereIsNought() {
        ScalingLaw noSize = new ScalingLaw(2, 0, 0.5, 100, 0.3, 0, 1);
        ScalingLaw best = ScalingLaw.fit(points(noSize), 0.001).get(0);
        assertEquals(0, best.sizeFactor(), 1e-6);
        assertEquals(2, best.entropy(), 1e-6);
        assertEquals(100, best.dataFactor(), 1e-3);
        // a loss that rises with size would need a negative price of it
        List<Point> rising = new ArrayList<>();
        points(noSize)
                .forEach(p -> rising.add(new Point(p.parameters(), p.tokens(), p.loss() + p.parameters() * 1e-9)));
        ScalingLaw.fit(rising, 0.001)
                .forEach(law -> assertTrue(
                        law.entropy() >= 0 && law.sizeFactor() >= 0 && law.dataFactor() >= 0, law.toString()));
    }

    @Test
    void lawsThatThePointsDoNotContradictAreKeptWithTheirLikelihood() {
        double noise = 0.1;
        List<ScalingLaw> laws = ScalingLaw.fit(points(chinchilla()), noise);
        assertTrue(laws.size() > 1);
        double before = 0;
        for (ScalingLaw law : laws) {
            assertTrue(law.squares() >= before, "the best first");
            before = law.squares();
            assertTrue(law.squares() <= laws.get(0).squares() + 3.84 * noise * noise);
            double worse = law.squares() - laws.get(0).squares();
            assertEquals(Math.exp(-worse / (2 * noise * noise)), law.weight(), 1e-9);
        }
        assertTrue(ScalingLaw.fit(points(chinchilla()), 0.2).size() > laws.size(), "noisier points contradict fewer");
    }

    @Test
    void whereTheBestLawMissesThePointsByMoreThanTheNoiseThatCounts() {
        List<Point> bent = new ArrayList<>();
        points(chinchilla())
                .forEach(p -> bent.add(
                        new Point(p.parameters(), p.tokens(), p.loss() + (bent.size() % 2 == 0 ? 0.05 : -0.05))));
        List<ScalingLaw> laws = ScalingLaw.fit(bent, 1e-6);
        double variance = laws.get(0).squares() / (bent.size() - 5);
        assertEquals(laws, ScalingLaw.fit(bent, 0), "no noise given is no noise");
        ScalingLaw last = laws.get(laws.size() - 1);
        assertTrue(laws.size() > 1 && last.squares() <= laws.get(0).squares() + 3.84 * variance);
        assertEquals(Math.exp((laws.get(0).squares() - last.squares()) / (2 * variance)), last.weight(), 1e-9);
    }

    @Test
    void aBandIsTheLeastTheWeightedMeanAndTheMost() {
        ScalingLaw one = new ScalingLaw(2, 0, 1, 0, 1, 0, 1);
        ScalingLaw half = new ScalingLaw(5, 0, 1, 0, 1, 0, 0.5);
        ScalingLaw.Band band = ScalingLaw.band(List.of(half, one), 1e6, 1e6);
        assertEquals(new ScalingLaw.Band(2, 3, 5), band);
    }

    @Test
    void tooFewTrainingsOrThoseThatDivergedAreRefused() {
        List<Point> all = points(chinchilla());
        assertEquals(6, all.subList(0, 6).size());
        ScalingLaw.fit(all.subList(0, 6), 0.01);
        ScalingLaw.fit(all.stream().filter(p -> p.tokens() < 1e8).toList(), 0.01); // three sizes of two lengths
        assertThrows(KitException.class, () -> ScalingLaw.fit(all.subList(1, 6), 0.01));
        List<Point> oneSize = new ArrayList<>();
        List<Point> oneLength = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            oneSize.add(new Point(1e6, i * 1e6, 4));
            oneLength.add(new Point(i * 1e6, 1e6, 4));
        }
        assertThrows(KitException.class, () -> ScalingLaw.fit(oneSize, 0.01));
        assertThrows(KitException.class, () -> ScalingLaw.fit(oneLength, 0.01));
        for (Point wrong : List.of(
                new Point(1e6, 1e7, Double.NaN),
                new Point(1e6, 1e7, Double.POSITIVE_INFINITY),
                new Point(0, 1e7, 4),
                new Point(1e6, 0, 4),
                new Point(Double.NaN, 1e7, 4))) {
            List<Point> with = new ArrayList<>(all);
            with.add(wrong);
            assertTrue(assertThrows(KitException.class, () -> ScalingLaw.fit(with, 0.01))
                    .getMessage()
                    .contains("diverged"));
        }
    }
}
