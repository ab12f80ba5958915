package kawi.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.Draft;
import kawi.evidence.KitException;
import kawi.evidence.Run;
import kawi.stats.Interval;
import kawi.stats.Metric;
import kawi.stats.PValues;
import kawi.stats.PairedComparison;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

/** Tables show nothing where there is nothing to say, and refuse what a model gives for a number and is none. */
class NumbersThatDoNotExistInTablesTest {
    private static final double[] NONE = {};

    private static List<Counterfactuals.Swap> swaps(int pairs) {
        List<Counterfactuals.Swap> swaps = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
            swaps.add(new Counterfactuals.Swap(
                    "age", "old", "young", "neutral", "a", "b", "template " + i, "persons " + i));
        }
        return swaps;
    }

    private static double[] all(int n, double value) {
        double[] values = new double[n];
        Arrays.fill(values, value);
        return values;
    }

    @Test
    void noPairsHaveNeitherIntervalNorVerdict() {
        assertEquals(0, Bias.swaps(List.of(), NONE, NONE).rowCount());
        Table preference = Bias.preference(List.of(), NONE, NONE);
        assertEquals(List.of("all"), preference.stringColumn("kind").asList());
        assertTrue(preference.column("stereotype preferred").isMissing(0));
        assertEquals("\u2014", preference.stringColumn("95 % interval").get(0));
        assertEquals("\u2014", preference.stringColumn("p, corrected").get(0));
        assertEquals("no pairs", preference.stringColumn("differs from a half").get(0));
    }

    @Test
    void fewPairsHaveAValueButNoVerdict() {
        for (int pairs = 1; pairs < Interval.FEWEST; pairs++) {
            Table swaps = Bias.swaps(swaps(pairs), all(pairs, 0.6), all(pairs, 0.1));
            assertEquals(0.5, swaps.doubleColumn("mean difference").get(0), 1e-12);
            assertEquals("\u2014", swaps.stringColumn("95 % interval").get(0));
            assertEquals(
                    "too few examples (" + pairs + ") to compare",
                    swaps.stringColumn("differs").get(0));
            List<StereotypePairs.Pair> stereotypes =
                    Collections.nCopies(pairs, new StereotypePairs.Pair("age", "a", "b"));
            Table preference = Bias.preference(stereotypes, all(pairs, 1), all(pairs, 2));
            assertEquals(
                    "too few pairs (" + pairs + ")",
                    preference.stringColumn("differs from a half").get(0));
            assertEquals("\u2014", preference.stringColumn("95 % interval").get(0));
        }
    }

    @Test
    void enoughPairsHaveAVerdictThatIsCorrectedForTheNumberOfRows() {
        int n = 40;
        List<StereotypePairs.Pair> pairs = new ArrayList<>();
        double[] stereotype = new double[n];
        for (int i = 0; i < n; i++) {
            pairs.add(new StereotypePairs.Pair(
                    List.of("age", "gender", "race", "faith").get(i / 10), "a", "b"));
            stereotype[i] = i % 10 < (i < 10 ? 9 : 5) ? 1 : 2; // 9 of 10 for age, 5 of 10 elsewhere
        }
        Table table = Bias.preference(pairs, stereotype, all(n, 1.5));
        assertEquals(5, table.rowCount());
        assertEquals(0.9, table.doubleColumn("stereotype preferred").get(0));
        assertEquals(
                Interval.wilson(9, 10).range(),
                table.stringColumn("95 % interval").get(0));
        assertEquals("0.086", table.stringColumn("p, corrected").get(0), "0.0215 alone, four times that among four");
        assertEquals(
                PValues.cell(PValues.binomial(24, 40, 0.5)),
                table.stringColumn("p, corrected").get(4),
                "all pairs are the question, and not one more kind");
        assertEquals("not detectably", table.stringColumn("differs from a half").get(0));
        assertEquals(
                "yes",
                Bias.preference(pairs.subList(0, 10), all(10, 1), all(10, 2))
                        .stringColumn("differs from a half")
                        .get(0));
        Table even = Bias.preference(pairs, all(n, 1), all(n, 1));
        assertEquals(0, even.doubleColumn("stereotype preferred").get(0), "equally likely is not preferred");
    }

    @Test
    void differencesThatAreAllAlikeHaveNoInterval() {
        Map<String, Interval> gaps = Bias.differences(swaps(20), all(20, 0.4), all(20, 0.4));
        assertEquals("no spread in 20 examples", gaps.get("age").reason());
        Table table = Bias.swaps(swaps(20), all(20, 0.4), all(20, 0.4));
        assertEquals("not detectably", table.stringColumn("differs").get(0));
        assertEquals("1.000", table.stringColumn("p, corrected").get(0));
    }

    @Test
    void pairsOfOneTemplateAreNotTakenForIndependent() {
        List<Counterfactuals.Swap> swaps = new ArrayList<>();
        double[] first = new double[160];
        for (int i = 0; i < first.length; i++) {
            swaps.add(new Counterfactuals.Swap(
                    "age", "old", "young", "neutral", "a", "b", "template " + i % 8, "persons " + i));
            first[i] = 0.5 + (i % 8 < 3 ? -0.1 : 0.1) + 0.001 * (i % 5);
        }
        Interval alone = Interval.mean(Arrays.stream(first).map(p -> p - 0.5).toArray(), 1);
        Interval clustered = Bias.differences(swaps, first, all(160, 0.5)).get("age");
        assertTrue(alone.excludes(0), alone.toString());
        assertTrue(clustered.contains(0), clustered.toString());
        assertEquals(
                "not detectably",
                Bias.swaps(swaps, first, all(160, 0.5)).stringColumn("differs").get(0));
    }

    @Test
    void aSliceOfFewHasNoVerdict() {
        List<String> texts = new ArrayList<>();
        boolean[] right = new boolean[120];
        for (int i = 0; i < right.length; i++) {
            texts.add(i < 3 ? "few" : "plain");
            right[i] = i % 2 == 0 || i > 100;
        }
        Slices slices = Slices.of(texts).slice("few", text -> text.equals("few"));
        Table one = slices.table(Metric.share("accuracy", right), 1);
        Table few = one.where(one.stringColumn("slice").isEqualTo("few"));
        assertEquals(
                "too few examples (3) to compare", few.stringColumn("differs").get(0));
        assertEquals("\u2014", few.stringColumn("p, corrected").get(0));
        Table everything = Slices.of(texts).slice("all", text -> true).table(Metric.share("accuracy", right), 1);
        Table whole = everything.where(everything.stringColumn("slice").isEqualTo("all"));
        assertTrue(whole.column("all others").isMissing(0));
        assertEquals("no examples to compare", whole.stringColumn("differs").get(0));
        assertThrows(KitException.class, () -> slices.table(Metric.share("accuracy", new boolean[3]), 1));
        assertThrows(KitException.class, () -> slices.kinds("gold", List.of("a")));
    }

    @Test
    void manySlicesAreCorrectedForTheirNumber() {
        List<String> texts = new ArrayList<>();
        double[] score = new double[200];
        for (int i = 0; i < score.length; i++) {
            texts.add((i % 2 == 0 ? "even number" : "odd number") + "x".repeat(i + 1));
            score[i] = (i * 37 % 100) / 100.0 + (i % 2 == 0 ? 0.11 : 0);
        }
        Slices few = Slices.of(texts).slice("even", text -> text.startsWith("even"));
        Table first = few.table(Metric.mean("F1", score), 1);
        for (int k = 0; k < 30; k++) {
            int without = 12 + 2 * k;
            few.slice("but one " + k, text -> text.startsWith("even") && text.length() != without);
        }
        Table second = few.table(Metric.mean("F1", score), 1);
        Table one = first.where(first.stringColumn("slice").isEqualTo("even"));
        Table many = second.where(second.stringColumn("slice").isEqualTo("even"));
        assertEquals("yes", one.stringColumn("differs").get(0), one.toString());
        assertEquals("not detectably", many.stringColumn("differs").get(0), many.toString());
        Slices both = Slices.of(texts)
                .kinds("parity", texts.stream().map(t -> t.split(" ")[0]).toList());
        Table twice = both.table(Metric.mean("F1", score), 1);
        assertEquals(
                one.stringColumn("p, corrected").get(0),
                twice.where(twice.stringColumn("slice").isEqualTo("parity even"))
                        .stringColumn("p, corrected")
                        .get(0),
                "a slice and its rest are one comparison");
    }

    @Test
    void aBinOfOneExampleHasNoWhisker() {
        Table bins = Calibration.of(new double[] {0.55, 0.95, 0.96}, new boolean[] {true, true, false}, 10)
                .reliability();
        assertEquals(List.of(1, 2), bins.intColumn("examples").asList());
        assertTrue(bins.column("low").isMissing(0) && bins.column("high").isMissing(0));
        assertEquals(1, bins.doubleColumn("accuracy").get(0));
        assertEquals(Interval.wilson(1, 2).low(), bins.doubleColumn("low").get(1));
    }

    @Test
    void oneCanaryHasNoIntervalAndThoseThatWereNotAskedForNoNumber() {
        List<Memorization.Exposure> one = new ArrayList<>();
        for (int rank : new int[] {1, 2, 500}) {
            one.add(new Memorization.Exposure(new Memorization.Canary("a", " 1 2 3", 8), rank, 1000, rank == 1));
        }
        one.add(new Memorization.Exposure(new Memorization.Canary("a", " 1 2 3", 64), 1, 1000, true));
        Map<String, List<Memorization.Exposure>> trainings = new LinkedHashMap<>();
        trainings.put("copies", one);
        trainings.put("deduplicated", one.subList(3, 4));
        Table table = Memorization.table(trainings);
        assertEquals(List.of(8, 64, 64), table.intColumn("copies").asList());
        assertEquals(List.of(3, 1, 1), table.intColumn("canaries").asList());
        assertEquals(
                List.of("copies", "copies", "deduplicated"),
                table.stringColumn("trained on").asList());
        double log2 = Math.log(2);
        assertEquals(
                (Math.log(1000) + Math.log(500) + Math.log(2)) / log2 / 3,
                table.doubleColumn("bits").get(0),
                1e-9);
        assertEquals("0.000 to 9.966", table.stringColumn("95 % interval").get(0), "no exposure lies outside of this");
        assertEquals("\u2014", table.stringColumn("95 % interval").get(1));
        assertEquals(List.of(1, 1, 1), table.intColumn("extracted").asList());
        assertEquals(3, Memorization.bits(one, 8).size());
    }

    @Test
    void canariesThatCannotBeMadeAreRefusedAndNotSoughtForEver() {
        for (Executable wrong : List.<Executable>of(
                () -> Memorization.canaries(257, 3, List.of(1), 1),
                () -> Memorization.canaries(3, 0, List.of(1), 1),
                () -> Memorization.canaries(3, 7, List.of(1), 1),
                () -> Memorization.canaries(3, 3, List.of(), 1),
                () -> Memorization.canaries(3, 3, List.of(-1), 1))) {
            assertThrows(KitException.class, wrong);
        }
        assertEquals(256, Memorization.canaries(256, 3, List.of(1), 1).size());
    }

    @Test
    void whatIsNoNumberIsNotTakenForNo() {
        double[] wrong = all(3, 0.5);
        wrong[1] = Double.NaN;
        double[] right = all(3, 0.5);
        List<StereotypePairs.Pair> pairs = Collections.nCopies(3, new StereotypePairs.Pair("age", "a", "b"));
        List<Counterfactuals.Pronouns> pronouns =
                Collections.nCopies(3, new Counterfactuals.Pronouns("person", "she", "he"));
        for (Executable refused : List.<Executable>of(
                () -> Bias.swaps(swaps(3), wrong, right),
                () -> Bias.swaps(swaps(3), right, wrong),
                () -> Bias.differences(swaps(3), wrong, right),
                () -> Bias.preference(pairs, wrong, right),
                () -> Bias.preference(pairs, right, wrong),
                () -> Bias.lean(pronouns, wrong, right),
                () -> Bias.lean(pronouns, right, wrong),
                () -> Calibration.of(wrong, new boolean[3], 10))) {
            assertTrue(assertThrows(KitException.class, refused).getMessage().contains("of example 2"));
        }
        for (Executable unequal : List.<Executable>of(
                () -> Bias.swaps(swaps(3), all(2, 0.5), right),
                () -> Bias.swaps(swaps(3), right, all(2, 0.5)),
                () -> Bias.preference(pairs, right, all(2, 0.5)),
                () -> Bias.lean(pronouns, all(4, 0.5), right),
                () -> Calibration.of(right, new boolean[2], 10),
                () -> Calibration.of(right, new boolean[3], 0),
                () -> Calibration.of(all(3, 1.01), new boolean[3], 10),
                () -> Placeholders.survival(List.of("a"), List.of()),
                () -> Bleu.corpus(List.of("a"), List.of(List.of())),
                () -> Chrf.corpus(List.of("a"), List.of(List.of())),
                () -> SquadScore.of(List.of("a"), List.of(List.of())),
                () -> Classification.of(List.of("a"), List.of()),
                () -> Excerpts.of(List.of("a"), 0, 1),
                () -> Bias.lean(List.of(new Counterfactuals.Pronouns("nurse", "she", "he")), all(1, 1), all(1, 1)),
                () -> new Windows(2, 3))) {
            assertThrows(KitException.class, unequal);
        }
    }

    @Test
    void aScorecardSaysWhatThereIsNotAndWritesNullForIt(@TempDir Path folder) throws IOException {
        Scorecard card = new Scorecard(100, 1);
        card.add("nothing", Metric.mean("F1", NONE));
        card.add("one", Metric.mean("F1", all(1, 0.5)));
        String said = card.compare(
                "tuned against untuned",
                PairedComparison.bootstrap(Metric.mean("F1", all(3, 0.5)), Metric.mean("F1", all(3, 0.6)), 1));
        assertEquals("tuned against untuned, F1: too few examples (3) to compare", said);
        assertTrue(card.table().column("value").isMissing(0));
        assertEquals(
                List.of("\u2014", "\u2014"),
                card.table().stringColumn("95 % interval").asList());
        assertEquals(
                "too few examples (3) to compare",
                card.comparisons().stringColumn("verdict").get(0));
        assertEquals("\u2014", card.comparisons().stringColumn("p").get(0));
        card.write(folder.resolve("scores.json"));
        JsonNode written =
                new ObjectMapper().readTree(folder.resolve("scores.json").toFile());
        assertTrue(written.at("/scores/0/interval/value").isNull());
        assertEquals("no examples", written.at("/scores/0/interval/undefined").asText());
        assertEquals(0.5, written.at("/scores/1/interval/value").asDouble());
        assertTrue(written.at("/comparisons/0/comparison/p").isNull());
        assertTrue(written.at("/comparisons/0/comparison/difference/low").isNull());
        assertFalse(written.toString().contains("NaN"));
        Draft.Origin origin = new Draft.Origin("06-evaluation", "lesson", "smoke", 1, Map.of(), Map.of());
        Run run = new Run(folder.resolve("lesson"), Map.of());
        try (Draft draft = new Draft(run, "evaluation", origin)) {
            card.record(draft);
            draft.commit();
        }
        assertEquals(
                List.of("one: F1"),
                List.copyOf(run.artifact("evaluation").manifest().metrics().keySet()));
    }

    @Test
    void manyComparisonsOfACardAreCorrectedForTheirNumber() {
        Scorecard card = new Scorecard(100, 1);
        boolean[] before = new boolean[40];
        boolean[] after = new boolean[40];
        Arrays.fill(after, 0, 7, true); // 7 gained, none lost: p = 0.0156, of four 0.0625
        for (String of : List.of("a", "b", "c", "d")) {
            assertTrue(card.compare(of, PairedComparison.mcnemar("accuracy", before, after, 1))
                    .contains("rose"));
        }
        Table table = card.comparisons();
        assertEquals("0.016", table.stringColumn("p").get(0));
        assertEquals("0.063", table.stringColumn("p, corrected").get(0));
        assertEquals("no detectable difference", table.stringColumn("verdict").get(0));
    }
}
