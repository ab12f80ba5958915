package kawi.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import kawi.evidence.KitException;
import kawi.stats.Metric;
import kawi.stats.PairedComparison;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

class ScorecardTest {

    @Test
    void aCellRunTwiceTakesItsScoreDownOnce(@TempDir Path folder) throws IOException {
        Scorecard card = new Scorecard(100, 1);
        for (int run = 0; run < 2; run++) {
            card.add("sentiment", Metric.mean("accuracy", new double[] {1, 0, 1, 1}));
            card.compare(
                    "sentiment",
                    PairedComparison.mcnemar("accuracy", new boolean[] {true, false}, new boolean[] {true, true}, 1));
            card.decide(new Scorecard.Decision("too rosy", "threshold", "no detectable difference", false));
        }
        assertEquals(1, card.table().rowCount());
        assertEquals(1, card.comparisons().rowCount());
        assertEquals(1, card.decisions().rowCount());
        card.write(folder.resolve("scores.json"));
        JsonNode written =
                new ObjectMapper().readTree(folder.resolve("scores.json").toFile());
        assertEquals(
                0.75, written.get("scores").get(0).get("interval").get("value").asDouble());
        assertEquals(
                "no detectable difference",
                written.get("decisions").get(0).get("verdict").asText());
    }

    @Test
    void aVerdictOnOneComparisonKnowsHowManyWereMade() {
        Scorecard card = new Scorecard(100, 1);
        boolean[] before = new boolean[20];
        boolean[] after = new boolean[20];
        for (int i = 0; i < 6; i++) {
            after[i] = true;
        }
        card.compare("the change", PairedComparison.mcnemar("accuracy", before, after, 1));
        assertTrue(card.corrected("the change").detectable());
        card.compare("another", PairedComparison.mcnemar("accuracy", before, before, 1));
        assertEquals("no detectable difference", card.corrected("the change").outcome());
        assertTrue(card.corrected("another").verdict().contains("0.000 [right on the same examples]"));
        assertThrows(KitException.class, () -> card.corrected("a third"));
    }

    @Test
    void scoresHaveTheDecimalsOfTheirDifference() {
        double[] before = new double[60];
        double[] after = new double[60];
        for (int i = 0; i < 60; i++) {
            before[i] = 20 + i % 7;
            after[i] = before[i] + 8 + i % 5;
        }
        Scorecard card = new Scorecard(100, 1);
        card.compare("BLEU", PairedComparison.bootstrap(Metric.mean("a", before), Metric.mean("a", after), 1));
        Table table = card.comparisons();
        String range = table.stringColumn("difference, 95 % interval").get(0);
        int decimals = range.split(" to ")[0].split("\\.")[1].length();
        for (String column : List.of("before", "after")) {
            assertEquals(
                    decimals, table.stringColumn(column).get(0).split("\\.")[1].length(), range);
        }
    }

    @Test
    void documentsAreReadFromTheirBeginningAndLongOnesGetWhatShortOnesLeave() {
        String letters = "alpha beta gamma delta ".repeat(60);
        List<String> texts = List.of("short one", "  ", letters, "x" + letters);
        List<String> begun = Excerpts.beginnings(texts, 409, 9);
        assertEquals(3, begun.size());
        assertEquals("short one", begun.get(0));
        for (int i = 1; i < 3; i++) {
            assertTrue(texts.get(i + 1).startsWith(begun.get(i)));
            assertEquals(200, begun.get(i).length(), 10);
        }
        assertEquals(2, Excerpts.beginnings(texts, 409, 2).size());
        assertEquals(List.of(), Excerpts.beginnings(List.of(), 10, 2));
        assertThrows(KitException.class, () -> Excerpts.beginnings(texts, 0, 1));
    }

    @Test
    void excerptsAreSpreadOverAllTextsAndCutBetweenWords() {
        String words = "alpha beta gamma delta ".repeat(40);
        List<String> excerpts = Excerpts.of(List.of(words, "short one", words + words), 100, 9);
        assertTrue(excerpts.size() >= 8 && excerpts.size() <= 9, excerpts.toString());
        for (String excerpt : excerpts) {
            assertTrue(excerpt.length() <= 100);
            for (String word : excerpt.split(" ")) {
                assertTrue(
                        List.of("alpha", "beta", "gamma", "delta", "short", "one")
                                .contains(word),
                        word);
            }
        }
        assertEquals(excerpts, Excerpts.of(List.of(words, "short one", words + words), 100, 9));
        assertEquals(List.of(), Excerpts.of(List.of(), 100, 9));
    }
}
