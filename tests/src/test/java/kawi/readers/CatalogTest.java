package kawi.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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
                .startsWith("The catalog names for s the format scrolls; the kit reads chapters, "));
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
    void aKeyThatTheCatalogDoesNotKnowIsRefusedByItsNameAndLine() throws Exception {
        for (String entry : List.of(
                "{\"id\": \"a\",\n \"gerne\": \"news\"}",
                "{\"id\": \"a\", \"files\": [\n{\"file\": \"x\", \"gerne\": \"\"}]}",
                "{\"id\": \"a\"}],\n \"gerne\": [{}")) {
            String sentence = sentence(() -> Packed.catalog(folder, entry));
            assertTrue(
                    sentence.contains(
                            "catalog.json has at line 2 the key \"gerne\", which the kit does not know; it knows "),
                    sentence);
        }
    }

    @Test
    void whatDoesNotFitInTheCatalogIsRefusedByItsNameAndLine() throws Exception {
        String sentence = sentence(() -> Packed.catalog(folder, "{\"id\": \"a\",\n \"default\": \"soon\"}"));
        assertTrue(sentence.contains("catalog.json has at line 2 a value that does not fit for \"default\""), sentence);
        assertTrue(sentence(() -> Packed.catalog(folder, "{\"id\": \"a\",\n\"id\": \"b\"}"))
                .contains("at line 2"));
        assertTrue(sentence(() -> Packed.catalog(folder, "null")).contains("entry (number 1 of 1) that is null"));
        assertTrue(sentence(() -> Packed.catalog(folder, "{\"id\": \"../up\"}")).contains("cannot name a folder"));
        assertTrue(sentence(() -> Packed.catalog(folder, "{\"id\": \"a\", \"use\": \"corpsu\"}"))
                .contains("the use \"corpsu\"; it is one of corpus, task, test, model"));
        assertTrue(sentence(() -> Packed.catalog(folder, "{\"id\": \"a\", \"files\": [{\"file\": \"x\"}]}"))
                .contains("without a SHA-256"));
        assertTrue(sentence(() -> Packed.catalog(
                        folder,
                        "{\"id\": \"a\", \"path\": \"p\", \"files\": [{\"file\": \"x\", \"sha256\": \"" + "0".repeat(64)
                                + "\"}]}"))
                .contains("both a path and packages or files"));
        assertTrue(sentence(() -> Catalog.open(
                        Files.writeString(folder.resolve("catalog.json"), "{\"sources\": []}\n{\"sources\": []}")))
                .contains("at line 2"));
    }

    @Test
    void licenseIsLicence() throws Exception {
        assertEquals(
                "MIT",
                Packed.catalog(folder, "{\"id\": \"a\", \"license\": \"MIT\"}")
                        .source("a")
                        .licence());
    }

    /** A package with two tables of rated sentences in an archive inside it. */
    private String tables(String entry) throws Exception {
        Path inner = Packed.tgz(
                folder.resolve("inner.tar.gz"),
                new LinkedHashMap<>(Map.of(
                        "sets/films.txt", Packed.utf8("1\t2.0\tA joy.\n"),
                        "sets/news.txt", Packed.utf8("1\t0.1\tRates rose.\n"))));
        Path outer = Packed.tgz(
                folder.resolve("cache/rated-1.tgz"), Map.of("rated-1/more/sets.tar.gz", Files.readAllBytes(inner)));
        return "{\"id\": \"s\", %s, \"format\": \"rated-sentences\", \"packages\": [{\"file\": \"rated-1.tgz\", \"sha256\": \"%s\"}]}"
                .formatted(entry, Hash.of(outer));
    }

    @Test
    void theGenreSaysNothingOfWhatIsReadAndThePartSaysAll() throws Exception {
        for (String genre : List.of("newspaper", "film reviews", "tweets", "anything")) {
            Catalog catalog = Packed.catalog(
                    folder, tables("\"genre\": \"" + genre + "\", \"part\": \"more/sets.tar.gz!/sets/news.txt\""));
            List<Document> documents = Packed.read(catalog, "s").documents();
            assertEquals(
                    List.of("Rates rose."),
                    documents.stream().map(Document::text).toList());
            assertEquals(genre, documents.get(0).genre());
        }
    }

    @Test
    void aPartThatIsNotThereIsSaidAndOneThatIsNeededOrNotUnderstoodIsRefused() throws Exception {
        Reading reading =
                Packed.read(Packed.catalog(folder, tables("\"part\": \"sets.tar.gz!/sets/tweets.txt\"")), "s");
        assertEquals(
                List.of("nothing in it lies at sets/tweets.txt"),
                reading.skipped().stream().map(skipped -> skipped.reason()).toList());
        Catalog without = Packed.catalog(folder, tables("\"title\": \"t\""));
        assertTrue(sentence(() -> Packed.read(without, "s")).contains("needs a \"part\""));
        Files.writeString(folder.resolve("a.txt"), "a");
        Catalog text = Packed.catalog(folder, "{\"id\": \"s\", \"path\": \"a.txt\", \"part\": \"b\"}");
        assertTrue(sentence(() -> Packed.read(text, "s")).contains("the format text has no parts"));
    }

    @Test
    void aSourceOfOnesOwnMayHaveAnyFormatAndItsFolderIsReadAsAnArchiveIs() throws Exception {
        Files.createDirectories(folder.resolve("mine/src"));
        Files.writeString(folder.resolve("mine/src/A.java"), "/** Says a. */ class A {}");
        Files.writeString(folder.resolve("mine/notes.txt"), "no Java");
        Packed.zip(folder.resolve("mine/b.jar"), Map.of("b/B.java", Packed.utf8("/** Says b. */ class B {}")));
        Reading reading = Packed.read(
                Packed.catalog(folder, "{\"id\": \"mine\", \"path\": \"mine\", \"format\": \"javadoc\"}"), "mine");
        assertEquals(
                List.of("class B\nSays b.\n", "class A\nSays a.\n"),
                reading.documents().stream().map(Document::text).toList());
        assertEquals(
                List.of("not of the kind that javadoc reads"),
                reading.skipped().stream().map(skipped -> skipped.reason()).toList());
    }

    @Test
    void whatASourceIsReadFromIsKnownByItsHashes() throws Exception {
        Path file = chapter();
        Catalog packages = Packed.catalog(folder, "chapters", file);
        assertEquals(Map.of("n-1.tgz", Hash.of(file)), packages.hashes("s"));
        assertEquals("CC0-1.0", packages.evidence("s").licence());
        Files.createDirectories(folder.resolve("mine/deep"));
        Path first = Files.writeString(folder.resolve("mine/a.txt"), "First.");
        Path second = Files.writeString(folder.resolve("mine/deep/b.txt"), "Second.");
        Catalog own = Packed.catalog(folder, "{\"id\": \"mine\", \"path\": \"mine\"}");
        Map<String, String> before = own.hashes("mine");
        assertEquals(Map.of("a.txt", Hash.of(first), "deep/b.txt", Hash.of(second)), before);
        Files.writeString(second, "Changed.");
        assertFalse(before.equals(own.hashes("mine")));
    }

    @Test
    void aNamedSourceThatIsNoTextToLearnFromIsRefused() throws Exception {
        Catalog catalog = Packed.catalog(folder, "{\"id\": \"a\", \"use\": \"test\"}, {\"id\": \"b\"}");
        assertEquals(List.of("b"), catalog.corpora("b").stream().map(Source::id).toList());
        assertTrue(sentence(() -> catalog.corpora("a")).contains("not text to learn from"));
        assertTrue(sentence(() -> catalog.corpora("c")).contains("has no source c"));
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
            if (source.licence().equals("LicenseRef-unstated")) { // its authors name none: to be measured on, no more
                assertEquals("test", source.use(), source.id());
                assertTrue(source.note().contains("Evaluate only"), source.id());
            }
            assertTrue(List.of("corpus", "task", "test", "model").contains(source.use()), source.id());
            assertTrue(
                    source.parcels().stream().allMatch(parcel -> parcel.sha256().matches("[0-9a-f]{64}")), source.id());
            if (source.use().equals("corpus")) {
                assertTrue(catalog.formats().contains(source.format()), source.id());
            }
        }
    }
}
