package elsewhere;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import kawi.eval.Scorecard;
import kawi.eval.Slices;
import kawi.stats.Interval;
import kawi.stats.Metric;
import kawi.stats.PairedComparison;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

/** A metric that the library does not know is written outside it, and has all that the library's metrics have. */
class OwnMetricTest {

    /**
     * Matthews' correlation coefficient of yes-or-no answers (1975), in [-1, 1]; NaN where a row or column is empty.
     */
    private record Matthews(boolean[] gold, boolean[] said) implements Metric {
        @Override
        public String name() {
            return "MCC";
        }

        @Override
        public int size() {
            return gold.length;
        }

        @Override
        public double score(int[] sample) {
            double[][] counts = new double[2][2];
            for (int i : sample) {
                counts[gold[i] ? 1 : 0][said[i] ? 1 : 0]++;
            }
            double sides = (counts[0][0] + counts[0][1])
                    * (counts[1][0] + counts[1][1])
                    * (counts[0][0] + counts[1][0])
                    * (counts[0][1] + counts[1][1]);
            return (counts[1][1] * counts[0][0] - counts[0][1] * counts[1][0]) / Math.sqrt(sides);
        }
    }

    private static final boolean[] GOLD = new boolean[200];

    private static Matthews answers(double right, long seed) {
        Random random = new Random(seed);
        boolean[] said = new boolean[GOLD.length];
        for (int i = 0; i < said.length; i++) {
            GOLD[i] = i % 3 == 0;
            said[i] = random.nextDouble() < right == GOLD[i];
        }
        return new Matthews(GOLD, said);
    }

    @Test
    void itHasAnIntervalAndIsComparedInPairs() {
        Matthews weak = answers(0.6, 1);
        Matthews strong = answers(0.9, 2);
        Interval interval = strong.interval(1);
        assertTrue(interval.defined() && interval.contains(strong.score()), interval.toString());
        assertTrue(interval.low() > 0.6 && interval.high() < 0.95, interval.toString());
        assertEquals(interval, strong.interval(1));
        PairedComparison comparison = PairedComparison.bootstrap(weak, strong, 1);
        assertTrue(comparison.verdict().startsWith("MCC rose by 0."), comparison.verdict());
        assertFalse(PairedComparison.bootstrap(weak, answers(0.6, 3), 1).detectable());
    }

    @Test
    void itIsClusteredSlicedAndTakenDownLikeAnyOther() {
        Matthews metric = answers(0.9, 2);
        List<String> documents = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < metric.size(); i++) {
            documents.add("document " + i / 10);
            texts.add(i < 100 ? "one" : "another one of more words");
        }
        assertEquals(20, metric.byCluster(documents).size());
        assertEquals(metric.score(), metric.byCluster(documents).score(), 1e-12);
        Table slices = Slices.of(texts).table(metric, 1);
        assertEquals("MCC", slices.column(2).name());
        Scorecard card = new Scorecard(200, 1);
        assertTrue(card.add("own", metric).defined());
        assertEquals("MCC", card.table().stringColumn("score").get(0));
    }
}
