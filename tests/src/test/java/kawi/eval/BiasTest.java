package kawi.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import kawi.audit.Pronouns;
import kawi.evidence.KitException;
import kawi.stats.Metric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

class BiasTest {

    private static final Path HOME = Path.of(System.getProperty("kawi.home", ".."));
    private static final Counterfactuals SET =
            Counterfactuals.read(HOME.resolve("datasets/counterfactuals/swaps.json"));

    @Test
    void swapsDifferInThePersonOnlyAndEveryAxisHasItsShare() {
        List<Counterfactuals.Swap> swaps = SET.swaps(60, 1);
        assertEquals(60, swaps.size());
        assertEquals(
                6, swaps.stream().map(Counterfactuals.Swap::axis).distinct().count());
        for (Counterfactuals.Swap swap : swaps) {
            assertNotEquals(swap.first(), swap.second());
            assertTrue(!swap.first().contains("{") && !swap.second().contains("{"));
        }
        assertEquals(swaps, SET.swaps(60, 1));
        assertNotEquals(swaps, SET.swaps(60, 2));
    }

    @Test
    void templatesAndPersonsOccurEquallyOftenAndNoPairTwice() {
        for (int most : new int[] {6 * 16, 6 * 72, 6 * 1000}) {
            List<Counterfactuals.Swap> age = SET.swaps(most, 3).stream()
                    .filter(swap -> swap.axis().equals("age"))
                    .toList();
            assertEquals(Math.min(8 * 18, most / 6), age.size());
            assertEquals(age.size(), age.stream().distinct().count());
            Map<String, Long> persons =
                    age.stream().collect(Collectors.groupingBy(Counterfactuals.Swap::persons, Collectors.counting()));
            Map<String, Long> templates =
                    age.stream().collect(Collectors.groupingBy(Counterfactuals.Swap::template, Collectors.counting()));
            assertEquals(8, persons.size());
            for (Map<String, Long> counts : List.of(persons, templates)) {
                assertTrue(Collections.max(counts.values()) - Collections.min(counts.values()) <= 1, counts.toString());
            }
        }
    }

    @Test
    void aFavouredGroupIsFoundAndAnEvenHandedScoreIsNot() {
        List<Counterfactuals.Swap> swaps = SET.swaps(120, 1);
        double[] first = new double[swaps.size()];
        double[] second = new double[swaps.size()];
        for (int i = 0; i < first.length; i++) {
            boolean gender = swaps.get(i).axis().equals("gender");
            first[i] = 0.45 + (gender ? 0.1 : 0) + 0.001 * (i % 3 - 1);
            second[i] = 0.45;
        }
        Table table = Bias.swaps(swaps, first, second, 1);
        assertEquals(
                "yes",
                table.where(table.stringColumn("axis").isEqualTo("gender"))
                        .stringColumn("differs")
                        .get(0));
        assertEquals(
                "20 of 20",
                table.where(table.stringColumn("axis").isEqualTo("gender"))
                        .stringColumn("decisions flipped")
                        .get(0));
        assertEquals(
                "not detectably",
                table.where(table.stringColumn("axis").isEqualTo("age"))
                        .stringColumn("differs")
                        .get(0));
    }

    @Test
    void genderedWordsAreExchangedWithTheirCase() {
        assertEquals(
                "He lost his way; give him the king's letter, Mr. Smith.",
                SET.exchangeGender("She lost her way; give her the queen's letter, Mrs. Smith."));
        assertEquals("The theatre, a shell and a manor.", SET.exchangeGender("The theatre, a shell and a manor."));
        assertEquals("it was him.", SET.exchangeGender("it was her."));
    }

    @Test
    void sentencesAboutHerAndHimDifferInOnePronounThatTheAuditCounts() {
        for (Counterfactuals.Pronouns each : SET.pronouns()) {
            Pronouns she = Pronouns.in(each.she());
            assertEquals(new Pronouns(she.she() - 1, she.he() + 1, she.they(), she.words()), Pronouns.in(each.he()));
        }
    }

    @Test
    void anOccupationsLeanIsMeasuredAgainstAnybodys() {
        List<Counterfactuals.Pronouns> sentences = SET.pronouns();
        double[] he = new double[sentences.size()];
        double[] she = new double[sentences.size()];
        for (int i = 0; i < he.length; i++) {
            he[i] = 10;
            she[i] = sentences.get(i).occupation().equals("nurse")
                    ? 9
                    : sentences.get(i).occupation().equals("person") ? 11 : 12;
        }
        Map<String, Double> lean = Bias.lean(sentences, she, he);
        assertEquals(2, lean.get("nurse"), 1e-9);
        assertEquals(-1, lean.get("pilot"), 1e-9);
    }

    @Test
    void aModelThatAlwaysPrefersTheStereotypeHasAShareOfOne() {
        List<StereotypePairs.Pair> pairs =
                List.of(new StereotypePairs.Pair("age", "a", "b"), new StereotypePairs.Pair("gender", "a", "b"));
        Table table = Bias.preference(pairs, new double[] {1, 1}, new double[] {2, 2});
        assertEquals(List.of("age", "gender", "all"), table.stringColumn("kind").asList());
        assertEquals(1, table.doubleColumn("stereotype preferred").get(2));
    }

    @Test
    void publishedPairsAreReadAsTheyArePublished(@TempDir Path folder) throws IOException {
        Path csv = folder.resolve("crows.csv");
        Files.writeString(
                csv,
                ",sent_more,sent_less,stereo_antistereo,bias_type,annotations,anon_writer,anon_annotators\n"
                        + "0,\"They said \"\"no\"\", then left.\",\"We said \"\"no\"\", then "
                        + "left.\",stereo,age,\"[['age']]\",a1,\"['a2']\"\n");
        assertEquals(
                List.of(new StereotypePairs.Pair("age", "They said \"no\", then left.", "We said \"no\", then left.")),
                StereotypePairs.crows(csv));
        Path pro = folder.resolve("pro.txt");
        Path anti = folder.resolve("anti.txt");
        Files.writeString(pro, "1 [The cook] saw the guard because [he] looked up.\n");
        Files.writeString(anti, "1 [The cook] saw the guard because [she] looked up.\n");
        assertEquals(
                "The cook saw the guard because she looked up.",
                StereotypePairs.winoBias(pro, anti).get(0).opposite());
        Files.writeString(anti, "");
        assertThrows(KitException.class, () -> StereotypePairs.winoBias(pro, anti));
        Files.writeString(csv, "a,b\n1,2\n");
        assertTrue(assertThrows(KitException.class, () -> StereotypePairs.crows(csv))
                .getMessage()
                .contains("sent_more"));
    }

    @Test
    void theWholePublishedSetsAreReadWhereTheyAreAtHand() {
        String mirror = System.getenv("KAWI_DATA_MIRROR");
        assumeTrue(
                mirror != null && Files.exists(Path.of(mirror, "crows-pairs")),
                "KAWI_DATA_MIRROR names no folder with the published sets");
        assertEquals(
                1508,
                StereotypePairs.crows(Path.of(mirror, "crows-pairs", "crows_pairs_anonymized.csv"))
                        .size());
        assertEquals(
                396,
                StereotypePairs.winoBias(
                                Path.of(mirror, "winobias", "pro_stereotyped_type1.txt.dev"),
                                Path.of(mirror, "winobias", "anti_stereotyped_type1.txt.dev"))
                        .size());
    }

    @Test
    void damagedCounterfactualsAreRefusedInOneSentence(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("swaps.json"), "{\"axes\": [");
        assertTrue(assertThrows(KitException.class, () -> Counterfactuals.read(file))
                .getMessage()
                .contains("swaps.json"));
        Files.writeString(file, "{}");
        assertTrue(assertThrows(KitException.class, () -> Counterfactuals.read(file))
                .getMessage()
                .contains("no 'axes'"));
    }

    @Test
    void slicesCountTheirExamplesAndFindTheWeakOne() {
        String[] texts = new String[60];
        double[] right = new double[60];
        for (int i = 0; i < 60; i++) {
            texts[i] = i % 3 == 0 ? "I did not like it" : "I liked the whole of it";
            right[i] = i % 3 == 0 ? i % 2 : 1;
        }
        Table table = Slices.of(Arrays.asList(texts)).table(Metric.mean("accuracy", right), 1);
        Table negation = table.where(table.stringColumn("slice").isEqualTo("negation"));
        assertEquals(20, negation.intColumn("examples").get(0));
        assertEquals(0.5, negation.doubleColumn("accuracy").get(0), 1e-9);
        assertEquals("yes", negation.stringColumn("differs").get(0));
        assertEquals(List.of(0, 6, 12), Slices.worst(right, 3));
    }
}
