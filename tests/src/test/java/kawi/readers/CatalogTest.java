package kawi.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import kawi.corpus.Document;
import kawi.evidence.Hash;
import kawi.evidence.KitException;
import kawi.evidence.Manifest;
import kawi.evidence.Progress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogTest {
    @TempDir
    Path folder;

    @BeforeEach
    void aCache() throws Exception {
        Files.createDirectories(folder.resolve("cache"));
    }

    private static String sentence(org.junit.jupiter.api.function.Executable work) {
        return assertThrows(KitException.class, work).getMessage();
    }

    private Path chapter() throws Exception {
        return Packed.tgz(
                folder.resolve("cache/n-1.tgz"),
                Map.of("package/data/chapter_1.json", Packed.utf8("{\"title\": \"One\", \"text\": \"Call me.\"}")));
    }

    @Test
    void aFileWithAWrongHashIsNamedWithBothHashesAndWhatToDo() throws Exception {
        Path file = chapter();
        Catalog catalog = Packed.catalog(folder, "chapters", file, "0".repeat(64));
        assertTrue(catalog.atHand("s"));
        String sentence = sentence(() -> Packed.read(catalog, "s"));
        assertTrue(
                sentence.contains("n-1.tgz of source s has SHA-256")
                        && sentence.contains("0".repeat(64))
                        && sentence.endsWith("remove it and run environment/setup to fetch it again."),
                sentence);
        assertTrue(Files.exists(file));
    }

    @Test
    void aMissingFileIsNamed() throws Exception {
        Path file = chapter();
        Catalog catalog = Packed.catalog(folder, "chapters", file);
        Files.delete(file);
        assertFalse(catalog.atHand("s"));
        assertEquals(
                "Source s is not at hand: n-1.tgz is missing; run environment/setup, or set KAWI_DATA_MIRROR to "
                        + "a folder that has it.",
                sentence(() -> Packed.read(catalog, "s")));
    }

    @Test
    void aMirrorFolderServesFilesByName() throws Exception {
        Path file = chapter();
        Packed.catalog(folder, "chapters", file);
        Path mirror = Files.createDirectories(folder.resolve("mirror"));
        Files.move(file, mirror.resolve(file.getFileName()));
        Catalog catalog = Catalog.open(folder.resolve("catalog.json"), List.of(folder.resolve("cache"), mirror));
        assertEquals("Call me.", Packed.read(catalog, "s").documents().get(0).text());
    }

    @Test
    void aBrokenCatalogIsRefusedWithItsLine() throws Exception {
        Path json = Files.writeString(folder.resolve("catalog.json"), "{\"sources\": [\n{\"id\": \"a\",,}]}");
        String sentence = sentence(() -> Catalog.open(json));
        assertTrue(
                sentence.contains("catalog.json is not valid JSON at line 2")
                        && sentence.endsWith("correct that line."),
                sentence);
    }

    @Test
    void anEmptyCatalogAMissingOneAndTwoEqualIdsAreRefused() throws Exception {
        Path json = Files.writeString(folder.resolve("catalog.json"), "{}");
        assertTrue(sentence(() -> Catalog.open(json)).contains("has no list of sources"));
        assertTrue(sentence(() -> Catalog.open(folder.resolve("no.json"))).startsWith("There is no catalog at"));
        assertTrue(sentence(() -> Packed.catalog(folder, "{\"id\": \"a\"}, {\"id\": \"a\"}"))
                .contains("twice under the id a"));
    }

    @Test
    void anUnknownSourceIsAnsweredWithTheKnownOnes() throws Exception {
        Catalog catalog = Packed.catalog(folder, "{\"id\": \"a\"}, {\"id\": \"b\"}");
        assertEquals("The catalog has no source c; it has a, b.", sentence(() -> catalog.source("c")));
    }

    @Test
    void aSourceWithoutReaderSaysWhatItIsFor() throws Exception {
        Path file = chapter();
        Catalog unknown = Packed.catalog(folder, "scrolls", file);
        assertTrue(sentence(() -> Packed.read(unknown, "s"))
                .startsWith("The catalog names the format scrolls; the kit reads chapters, "));
    }

    @Test
    void threeLinesBringAReadersOwnData() throws Exception {
        Files.createDirectories(folder.resolve("mine"));
        Files.writeString(folder.resolve("mine/a.txt"), "First note.");
        Files.writeString(
                folder.resolve("mine/b.jsonl"),
                "{\"text\": \"Second note.\", \"year\": 1999, \"licence\": \"MIT\"}\n{\"text\": \"Third.\"}\n");
        Catalog catalog = Packed.catalog(folder, """
        {"id": "mine", "title": "My notes",
         "licence": "CC0-1.0",
         "path": "mine"}""");
        Reading reading = Packed.read(catalog, "mine");
        assertEquals(
                List.of("First note.\n", "Second note.", "Third."),
                reading.documents().stream().map(Document::text).toList());
        assertEquals(
                List.of("CC0-1.0", "MIT", "CC0-1.0"),
                reading.documents().stream().map(Document::licence).toList());
        assertEquals(1999, reading.documents().get(1).year());
        assertEquals(List.of("mine"), catalog.corpora().stream().map(Source::id).toList());
    }

    @Test
    void theEvidenceOfASourceIsItsLicenceAndTheHashOfEachFile() throws Exception {
        Files.createDirectories(folder.resolve("mine/more"));
        Files.writeString(folder.resolve("mine/a.txt"), "First note.");
        Files.writeString(folder.resolve("mine/more/b.txt"), "Second note.");
        Catalog catalog = Packed.catalog(folder, """
        {"id": "mine", "licence": "CC0-1.0", "path": "mine"}""");
        Manifest.Source before = catalog.evidence("mine");
        assertEquals(Map.of("a.txt", Hash.of("First note."), "more/b.txt", Hash.of("Second note.")), before.files());
        assertEquals("CC0-1.0", before.licence());
        Files.writeString(folder.resolve("mine/a.txt"), "First note!");
        assertNotEquals(before.hash(), catalog.evidence("mine").hash());
    }

    @Test
    void aSmallerSampleIsPartOfALargerOne() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            lines.append("{\"text\": \"note ").append(i).append("\"}\n");
        }
        Files.writeString(folder.resolve("many.jsonl"), lines);
        Catalog catalog = Packed.catalog(folder, "{\"id\": \"many\", \"path\": \"many.jsonl\"}");
        Reading small = catalog.read("many", 20, Long.MAX_VALUE, Progress.NONE);
        Reading large = catalog.read("many", 50, Long.MAX_VALUE, Progress.NONE);
        Reading light = catalog.read("many", 200, 160, Progress.NONE);
        assertEquals(20, small.documents().size());
        assertEquals(200, small.offered());
        assertTrue(large.documents().containsAll(small.documents()));
        assertTrue(large.documents().containsAll(light.documents()) && light.bytes() <= 160 && light.bytes() > 140);
    }

    @Test
    void theKitsOwnCatalogNamesALicenceAUseAndAReaderForEverySourceOfText() {
        Catalog catalog = Catalog.open(Path.of(System.getProperty("kawi.home"), "datasets/catalog.json"));
        for (Source source : catalog.sources()) {
            assertFalse(source.licence().equals("LicenseRef-unstated"), source.id());
            assertTrue(List.of("corpus", "task", "test", "model").contains(source.use()), source.id());
            assertTrue(
                    source.parcels().stream().allMatch(parcel -> parcel.sha256().matches("[0-9a-f]{64}")), source.id());
            if (source.use().equals("corpus")) {
                Reader.of(source.format());
            }
        }
    }
}
