package kawi.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import kawi.stats.Interval;
import kawi.stats.Metric;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

class ClassificationEqualsScikitLearnTest {

    @Test
    void accuracyMacroF1ClassesAndConfusion() {
        for (JsonNode figure : Fixtures.read("classification.json")) {
            Classification ours =
                    Classification.of(Fixtures.texts(figure.get("gold")), Fixtures.texts(figure.get("predicted")));
            assertEquals(Fixtures.texts(figure.get("labels")), ours.labels());
            assertEquals(figure.get("accuracy").asDouble(), ours.accuracy().score(), 1e-12);
            assertEquals(figure.get("macroF1").asDouble(), ours.macroF1().score(), 1e-12);
            Table classes = ours.classes();
            for (int label = 0; label < ours.labels().size(); label++) {
                assertEquals(
                        figure.get("precision").get(label).asDouble(),
                        classes.doubleColumn("precision").get(label),
                        1e-12);
                assertEquals(
                        figure.get("recall").get(label).asDouble(),
                        classes.doubleColumn("recall").get(label),
                        1e-12);
                assertEquals(
                        figure.get("f1").get(label).asDouble(),
                        classes.doubleColumn("F1").get(label),
                        1e-12);
                assertEquals(
                        figure.get("support").get(label).asInt(),
                        classes.intColumn("examples").get(label));
                for (int other = 0; other < ours.labels().size(); other++) {
                    assertEquals(
                            figure.get("confusion").get(label).get(other).asInt(),
                            ours.confusion().intColumn(other + 1).get(label));
                }
            }
        }
    }

    @Test
    void everyScoreLiesInItsOwnInterval() {
        JsonNode figure = Fixtures.read("classification.json").get(1);
        Classification ours =
                Classification.of(Fixtures.texts(figure.get("gold")), Fixtures.texts(figure.get("predicted")));
        for (Metric metric : new Metric[] {ours.accuracy(), ours.macroF1()}) {
            Interval interval = metric.interval(3);
            assertTrue(interval.contains(metric.score()), interval.toString());
            assertEquals(interval, metric.interval(3), "the same seed gives the same interval");
        }
    }
}
