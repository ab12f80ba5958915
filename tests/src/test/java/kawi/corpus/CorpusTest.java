package kawi.corpus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import kawi.evidence.KitException;
import kawi.readers.Packed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusTest {
    @TempDir
    Path folder;

    private static List<Document> documents(int count) {
        Random random = new Random(7);
        List<Document> documents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            documents.add(Document.collected(
                    "s",
                    "p" + i,
                    i % 2 == 0 ? null : "t\u00eft",
                    null,
                    i,
                    "g",
                    "MIT",
                    "u",
                    "text " + random.nextLong() + "\n\u4e2d\ud83d\ude00"));
        }
        return documents;
    }

    private Path write(String name, List<Document> documents) {
        try (CorpusWriter writer = Corpus.writer(folder.resolve(name))) {
            documents.forEach(writer::add);
            writer.finish();
        }
        return folder.resolve(name);
    }

    @Test
    void whatIsWrittenIsReadBack() {
        Corpus corpus = Corpus.open(write("a.jsonl.gz", documents(100)));
        assertEquals(documents(100), corpus.stream().toList());
        assertEquals(100, corpus.size());
        assertEquals(List.of(), corpus.skipped());
        assertEquals(50, corpus.filter(d -> d.title() != null).size());
    }

    @Test
    void equalDocumentsGiveEqualBytesThatEveryGzipReads() throws Exception {
        byte[] first = Files.readAllBytes(write("a.jsonl.gz", documents(50)));
        assertArrayEquals(first, Files.readAllBytes(write("b.jsonl.gz", documents(50))));
        assertArrayEquals(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff}, Arrays.copyOf(first, 10));
        try (InputStream in = new GZIPInputStream(Files.newInputStream(folder.resolve("a.jsonl.gz")))) {
            assertEquals(50, new String(in.readAllBytes(), "UTF-8").lines().count());
        }
    }

    @Test
    void anUnfinishedFileNeverAppears() {
        try (CorpusWriter writer = Corpus.writer(folder.resolve("a.jsonl.gz"))) {
            documents(10).forEach(writer::add);
        }
        assertEquals(0, folder.toFile().list().length);
    }

    @Test
    void aFileCutShortGivesTheDocumentsBeforeTheCutAndSaysSo() throws Exception {
        Path file = write("a.jsonl.gz", documents(5000));
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        Corpus corpus = Corpus.open(file);
        assertTrue(corpus.size() > 1000 && corpus.size() < 4000);
        assertEquals(
                documents(5000).subList(0, (int) corpus.size()), corpus.stream().toList());
        assertTrue(
                corpus.skipped().get(0).reason().contains("cut short or damaged after line"),
                corpus.skipped().toString());
    }

    @Test
    void badLinesAreSetAsideWithTheirNumber() throws Exception {
        Path file = folder.resolve("a.jsonl.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(Packed.utf8("{\"id\":\"1\",\"source\":\"s\",\"text\":\"good\"}\nnot json\n{\"id\":\"2\"}\n"));
            out.write(new byte[] {'{', '"', 'i', 'd', '"', ':', '"', (byte) 0xff, (byte) 0xfe, '"', '}', '\n'});
            out.write(Packed.utf8("{\"id\":\"5\",\"source\":\"s\",\"text\":\"" + "x".repeat(Lines.LONGEST)
                    + "\"}\n{\"id\":\"6\",\"source\":\"s\",\"text\":\"good\"}\n"));
        }
        Corpus corpus = Corpus.open(file);
        assertEquals(List.of("1", "6"), corpus.stream().map(Document::id).toList());
        assertEquals(
                List.of("a.jsonl.gz line 2", "a.jsonl.gz line 3", "a.jsonl.gz line 4", "a.jsonl.gz line 5"),
                corpus.skipped().stream().map(Skipped::where).toList());
    }

    private Path gzip(String... lines) throws Exception {
        Path file = folder.resolve("foreign.jsonl.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(Packed.utf8(String.join("\n", lines)));
        }
        return file;
    }

    @Test
    void aForeignCorpusIsReadUnderTheUsualNamesAndNothingOfItIsLostUnsaid() throws Exception {
        Corpus corpus = Corpus.open(gzip(
                "\ufeff{\"id\":\"1\",\"source\":\"s\",\"content\":\"a\",\"license\":\"MIT\",\"date\":\"1999-01-02\"}",
                "null",
                "",
                "{\"id\":\"2\",\"source\":\"s\",\"text\":\"b\"}{\"id\":\"3\",\"source\":\"s\",\"text\":\"c\"}",
                "{\"id\":\"4\",\"source\":\"s\",\"text\":\"d\",\"year\":\"soon\",\"score\":1}",
                "{\"id\":\"5\",\"text\":\"e\"}",
                "[{\"id\":6,\"source\":\"s\",\"text\":\"f\"},]",
                "{\"id\":\"7\",\"source\":\"s\",\"text\":\"x\\ud800\"}",
                "{\"id\":\"8\",\"source\":\"s\",\"text\":\"y\",\"text\":\"z\"}"));
        assertEquals(
                List.of("1", "2", "3", "4", "6", "7"),
                corpus.stream().map(Document::id).toList());
        assertEquals("MIT", corpus.iterator().next().licence());
        assertEquals(1999, corpus.iterator().next().year());
        assertEquals(
                List.of(
                        "foreign.jsonl.gz line 2: not an object but null",
                        "foreign.jsonl.gz line 5: kept: \"year\" names no year (soon), left out",
                        "foreign.jsonl.gz line 6: no id or no source",
                        "foreign.jsonl.gz line 8: kept: half of a surrogate pair, replaced by U+FFFD",
                        "foreign.jsonl.gz line 9: not JSON: Duplicate field 'text'",
                        "foreign.jsonl.gz: kept: 1 field not read: score"),
                corpus.skipped().stream()
                        .map(each -> each.where() + ": " + each.reason())
                        .toList());
    }

    @Test
    void aCorpusOfWhichALineCouldNotBeWrittenIsNeverPublished() throws Exception {
        Path file = write("a.jsonl.gz", documents(3));
        byte[] before = Files.readAllBytes(file);
        CorpusWriter writer = Corpus.writer(file);
        writer.add(documents(1).get(0));
        KitException unwritable = assertThrows(KitException.class, () -> writer.write(new Object()));
        assertTrue(
                unwritable.getMessage().startsWith("A line (Object) cannot be written to a.jsonl.gz"),
                unwritable.getMessage());
        assertTrue(assertThrows(KitException.class, writer::finish)
                .getMessage()
                .contains("one of its lines could not be"));
        assertArrayEquals(before, Files.readAllBytes(file));
        assertEquals(1, folder.toFile().list().length);
    }

    @Test
    void aWriterThatIsLeftByAnExceptionPublishesNothing() throws Exception {
        Path file = folder.resolve("a.jsonl.gz");
        assertThrows(IllegalStateException.class, () -> {
            try (CorpusWriter writer = Corpus.writer(file)) {
                writer.add(documents(1).get(0));
                throw new IllegalStateException();
            }
        });
        assertEquals(0, folder.toFile().list().length);
    }

    @Test
    void aMissingFileAndOneThatIsNoGzipAreRefusedInASentence() throws Exception {
        assertTrue(assertThrows(KitException.class, () -> Corpus.open(folder.resolve("no")))
                .getMessage()
                .startsWith("There is no corpus at"));
        Corpus plain = Corpus.open(Files.writeString(folder.resolve("plain.jsonl.gz"), "{}"));
        assertTrue(assertThrows(KitException.class, plain::size).getMessage().contains("is not a gzip file"));
        Corpus empty = Corpus.open(Files.write(folder.resolve("empty.jsonl.gz"), new byte[0]));
        assertTrue(assertThrows(KitException.class, empty::size).getMessage().contains("is not a gzip file"));
    }

    @Test
    void ofAHundredDocumentsNinetyAreToLearnFrom() {
        int[] counts = new int[3];
        documents(20_000).forEach(document -> counts[document.split().ordinal()]++);
        assertEquals(0.90, counts[0] / 20_000.0, 0.01);
        assertEquals(0.05, counts[1] / 20_000.0, 0.005);
        assertEquals(0.05, counts[2] / 20_000.0, 0.005);
    }

    @Test
    void cleaningKeepsTheIdAndSoThePart() {
        Document document = documents(1).get(0);
        assertEquals(document.id(), document.withText("other").id());
        assertFalse(document.id()
                .equals(Document.collected("s", "p0", null, null, 0, "g", "MIT", "u", "other")
                        .id()));
        assertEquals(16, document.id().length());
    }
}
