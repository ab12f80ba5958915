package kawi.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import kawi.audit.Pronouns;
import kawi.evidence.KitException;
import kawi.stats.Metric;
import kawi.tune.Example;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

class BiasTest {

    private static final Path HOME = Path.of(System.getProperty("kawi.home", ".."));
    private static final Counterfactuals SET =
            Counterfactuals.read(HOME.resolve("datasets/counterfactuals/swaps.json"));

    @Test
    void swapsDifferInThePersonOnlyAndEveryAxisHasItsShare() {
        List<Counterfactuals.Swap> swaps = SET.swaps(70, 1);
        assertEquals(70, swaps.size());
        assertEquals(
                7, swaps.stream().map(Counterfactuals.Swap::axis).distinct().count());
        for (Counterfactuals.Swap swap : swaps) {
            assertNotEquals(swap.first(), swap.second());
            assertTrue(!swap.first().contains("{") && !swap.second().contains("{"));
        }
        assertEquals(swaps, SET.swaps(70, 1));
        assertNotEquals(swaps, SET.swaps(70, 2));
    }

    @Test
    void templatesAndPersonsOccurEquallyOftenAndNoPairTwice() {
        for (int most : new int[] {7 * 16, 7 * 72, 7 * 1000}) {
            List<Counterfactuals.Swap> age = SET.swaps(most, 3).stream()
                    .filter(swap -> swap.axis().equals("age"))
                    .toList();
            assertEquals(Math.min(12 * 12, most / 7), age.size());
            assertEquals(age.size(), age.stream().distinct().count());
            Map<String, Long> persons =
                    age.stream().collect(Collectors.groupingBy(Counterfactuals.Swap::persons, Collectors.counting()));
            Map<String, Long> templates =
                    age.stream().collect(Collectors.groupingBy(Counterfactuals.Swap::template, Collectors.counting()));
            assertEquals(12, persons.size());
            for (Map<String, Long> counts : List.of(persons, templates)) {
                assertTrue(Collections.max(counts.values()) - Collections.min(counts.values()) <= 1, counts.toString());
            }
        }
    }

    @Test
    void aFavouredGroupIsFoundAndAnEvenHandedScoreIsNot() {
        List<Counterfactuals.Swap> swaps = SET.swaps(7 * 20, 1);
        double[] first = new double[swaps.size()];
        double[] second = new double[swaps.size()];
        for (int i = 0; i < first.length; i++) {
            boolean gender = swaps.get(i).axis().equals("gender");
            first[i] = 0.45 + (gender ? 0.1 : 0) + 0.001 * (i % 3 - 1);
            second[i] = 0.45;
        }
        Table table = Bias.swaps(swaps, first, second);
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
    void muslimsAndJewsAreTwoAxesAndEveryAxisIsCrossedInFull() {
        List<Counterfactuals.Swap> all = SET.swaps(Integer.MAX_VALUE, 1);
        assertTrue(SET.axes().containsAll(List.of("Muslim faith", "Jewish faith")));
        for (String axis : SET.axes()) {
            List<Counterfactuals.Swap> own =
                    all.stream().filter(swap -> swap.axis().equals(axis)).toList();
            assertEquals(12 * 12, own.size(), axis);
            assertEquals(
                    1,
                    own.stream()
                            .map(Counterfactuals.Swap::firstGroup)
                            .distinct()
                            .count());
        }
    }

    @Test
    void whatARemedyLearnsFromIsNotWhatItIsJudgedBy() {
        List<Counterfactuals.Swap> all = SET.swaps(Integer.MAX_VALUE, 1);
        for (String axis : SET.axes()) {
            List<Counterfactuals.Swap> taught = SET.taught(axis);
            assertEquals(36, taught.size(), axis);
            for (Counterfactuals.Swap swap : taught) {
                assertTrue(all.stream().noneMatch(s -> s.template().equals(swap.template())));
                assertTrue(all.stream().noneMatch(s -> s.persons().equals(swap.persons())), swap.persons());
            }
            if (axis.endsWith("names")) {
                all.stream()
                        .filter(swap -> swap.axis().equals(axis))
                        .forEach(swap -> assertEquals(swap.first(), SET.exchange(axis, swap.first())));
            }
        }
        assertEquals("The old king and Young love.", SET.exchange("age", "The young king and Old love."));
        assertEquals("He met Hannah.", SET.exchange("gender", "She met Hannah."));
        assertEquals("Hannah met Emily.", SET.exchange("Arabic names", "Zainab met Emily."));
        assertTrue(assertThrows(KitException.class, () -> SET.taught("height"))
                .getMessage()
                .contains("gender"));
    }

    @Test
    void augmentationAddsBothMembersOfAPairWithTheSameLabel() {
        List<Example> films = List.of(
                Example.of("film", "", "Fine work.", List.of("positive")),
                Example.of("film", "", "Poor work.", List.of("negative")));
        List<String> axes = List.of("age", "Chinese names");
        List<Example> more = Debiasing.augmented(SET, axes, films, 100, 1);
        assertEquals(films, more.subList(0, 2));
        assertEquals(102, more.size());
        List<Counterfactuals.Swap> judged = SET.swaps(Integer.MAX_VALUE, 1);
        for (int i = 2; i < more.size(); i += 2) {
            assertEquals(more.get(i).answer(), more.get(i + 1).answer());
            assertNotEquals(more.get(i).input(), more.get(i + 1).input());
            String text = more.get(i).input();
            assertTrue(judged.stream().noneMatch(s -> text.startsWith(s.first())), text);
        }
        assertEquals(more, Debiasing.augmented(SET, axes, films, 100, 1));
    }

    @Test
    void reweighingMakesAGroupsLabelsWhatTheyAreOverall() {
        List<Example> films = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            boolean old = i < 40;
            String label = old ? i < 30 ? "negative" : "positive" : i % 2 == 0 ? "positive" : "negative";
            films.add(Example.of("film", "", (old ? "An old man " : "A man ") + i, List.of(label)));
        }
        List<Example> fair = Debiasing.reweighed(SET, List.of("age"), films, 1);
        List<Example> old = fair.stream().filter(e -> e.input().contains("old")).toList();
        double positive =
                old.stream().filter(e -> e.answer().equals("positive")).count() / (double) old.size();
        assertEquals(190.0 / 400, positive, 0.06);
        assertEquals(360, fair.size() - old.size());
        List<String> texts = films.stream().map(Example::input).toList();
        assertEquals(40, Debiasing.speaking(SET, List.of("age"), texts));
        assertEquals(films, Debiasing.reweighed(SET, List.of("Chinese names"), films, 1), "nobody is spoken of");
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
