package kawi.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import kawi.corpus.Corpus;
import kawi.corpus.CorpusWriter;
import kawi.corpus.Document;
import kawi.corpus.Skipped;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reader's own files, however bad, never stop a reading and never vanish. */
class OwnDataTest {
    @TempDir
    Path folder;

    private Path mine;

    @BeforeEach
    void aFolder() throws Exception {
        mine = Files.createDirectories(folder.resolve("mine"));
    }

    private Reading read() throws Exception {
        return Packed.read(Packed.catalog(folder, "{\"id\": \"mine\", \"path\": \"mine\"}"), "mine");
    }

    @Test
    void aLineOfFiftyMegabytesIsSetAsideWithItsLengthAndTheRestIsRead() throws Exception {
        try (OutputStream out = Files.newOutputStream(mine.resolve("a.txt"))) {
            out.write(Packed.utf8("before\n"));
            byte[] million = "x".repeat(1_000_000).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 50; i++) {
                out.write(million);
            }
            out.write(Packed.utf8("\nafter\n"));
        }
        Reading reading = read();
        assertEquals("before\nafter\n", reading.documents().get(0).text());
        assertEquals(
                List.of(new Skipped("a.txt line 2", "a line of 50000000 bytes, more than 10000000")),
                reading.skipped());
    }

    @Test
    void anEmptyFileABlankOneAPictureAndAnotherKindOfFileAreSetAside() throws Exception {
        Files.write(mine.resolve("a.txt"), new byte[0]);
        Files.writeString(mine.resolve("b.txt"), " \n \n");
        Files.write(mine.resolve("c.txt"), new byte[] {(byte) 0x89, 'P', 'N', 'G', 0, 0, 1, 2, 3, 4, 0});
        Files.writeString(mine.resolve("d.docx"), "zip");
        Reading reading = read();
        assertEquals(0, reading.documents().size());
        assertEquals(
                List.of(
                        "empty",
                        "empty",
                        "not text",
                        "of no kind that is read (.txt, .md, .html, .json, .jsonl, .csv, .tsv, .parquet, .mbox, .eml,"
                                + " .warc, .wet, .epub, .pdf, .xml of a wiki); save it as .txt or .html"),
                reading.skipped().stream().map(Skipped::reason).toList());
    }

    @Test
    void bytesThatAreNotUtf8AreReadAsWindows1252AndCounted() throws Exception {
        Files.write(
                mine.resolve("a.txt"), new byte[] {'c', 'a', 'f', (byte) 0xe9, ' ', (byte) 0x96, ' ', 'y', 'e', 's'});
        Reading reading = read();
        assertEquals("caf\u00e9 \u2013 yes\n", reading.documents().get(0).text());
        assertEquals(List.of(new Skipped("a.txt", "not UTF-8, read as Windows-1252")), reading.repaired());
    }

    @Test
    void badLinesOfAJsonlFileAreNamedByTheirNumber() throws Exception {
        Files.writeString(
                mine.resolve("a.jsonl"),
                "{\"text\": \"one\"}\nnot json\n\n{\"title\": \"no text\"}\n{\"text\": \"five\", \"year\": "
                        + "\"soon\"}\n{\"text\": \"six\"}");
        Reading reading = read();
        assertEquals(
                List.of("one", "five", "six"),
                reading.documents().stream().map(Document::text).toList());
        assertEquals(
                List.of("a.jsonl line 2", "a.jsonl line 4"),
                reading.skipped().stream().map(Skipped::where).toList());
        assertEquals(
                List.of(new Skipped("a.jsonl line 5", "\"year\" names no year (soon), left out")), reading.repaired());
    }

    private List<String> texts(Reading reading) {
        return reading.documents().stream().map(Document::text).toList();
    }

    private Reading lines(String... lines) throws Exception {
        Files.writeString(mine.resolve("a.jsonl"), String.join("\n", lines));
        return read();
    }

    @Test
    void aFieldCountsUnderItsOtherNames() throws Exception {
        Reading reading = lines(
                "{\"content\": \"one\", \"license\": \"MIT\", \"headline\": \"T\", \"creator\": \"A\", \"date\": \"1999-05-01\","
                        + " \"category\": \"news\", \"link\": \"http://x\"}",
                "{\"body\": \"two\", \"License\": \"MIT\", \"SUBJECT\": \"T\", \"authors\": [\"A\"], \"published\": 1999,"
                        + " \"genre\": \"news\", \"URI\": \"http://x\"}",
                "{\"text\": \"three\", \"licence\": \"MIT\", \"title\": \"T\", \"author\": \"A\", \"date_published\":"
                        + " \"1 May 1999\", \"genre\": \"news\", \"url\": \"http://x\"}",
                "{\"text\": \"four\", \"licence\": \"MIT\", \"title\": \"T\", \"byline\": \"A\", \"timestamp\": 925516800,"
                        + " \"genre\": \"news\", \"permalink\": \"http://x\"}");
        assertEquals(List.of("one", "two", "three", "four"), texts(reading));
        assertEquals(List.of(), reading.repaired());
        for (Document document : reading.documents()) {
            assertEquals(
                    List.of("MIT", "T", "A", "1999", "news", "http://x"),
                    List.of(
                            document.licence(),
                            document.title(),
                            document.author(),
                            String.valueOf(document.year()),
                            document.genre(),
                            document.url()));
        }
    }

    @Test
    void anOptionalFieldThatDoesNotFitIsSaidAndTheDocumentStays() throws Exception {
        Reading reading = lines(
                "{\"text\": \"1\", \"year\": \"soon\"}",
                "{\"text\": \"2\", \"author\": {\"name\": \"A\", \"age\": 3}}",
                "{\"text\": \"3\", \"author\": [\"A\", \"B\"]}",
                "{\"text\": \"4\", \"author\": [1]}",
                "{\"text\": \"5\", \"title\": {}}",
                "{\"text\": \"6\", \"url\": [], \"year\": [1999]}",
                "{\"text\": \"7\", \"title\": 7, \"year\": 1999.0, \"author\": null, \"url\": \"\"}",
                "{\"text\": \"8\", \"year\": 1e30}",
                "{\"text\": \"9\", \"year\": NaN}");
        assertEquals(List.of("1", "2", "3", "4", "5", "6", "7", "8", "9"), texts(reading));
        assertEquals(
                List.of(
                        "a.jsonl line 1: \"year\" names no year (soon), left out",
                        "a.jsonl line 2: \"author\" is an object, of which the name was read",
                        "a.jsonl line 3: \"author\" is a list, joined",
                        "a.jsonl line 4: \"author\" is a list of numbers, left out",
                        "a.jsonl line 5: \"title\" is an object, left out",
                        "a.jsonl line 6: \"year\" names no year (a list), left out",
                        "a.jsonl line 6: \"url\" is an empty list, left out",
                        "a.jsonl line 8: \"year\" names no year (1.0E30), left out",
                        "a.jsonl line 9: \"year\" names no year (NaN), left out"),
                reading.repaired().stream()
                        .map(note -> note.where() + ": " + note.reason())
                        .toList());
        assertEquals("A", reading.documents().get(1).author());
        assertEquals("A, B", reading.documents().get(2).author());
        assertEquals(1999, reading.documents().get(6).year());
        assertEquals("7", reading.documents().get(6).title());
    }

    @Test
    void aLicenceThatCannotBeReadOrIsContradictedNeverBecomesThatOfTheSource() throws Exception {
        Reading reading = lines(
                "{\"text\": \"1\", \"license\": {\"terms\": 1}}",
                "{\"text\": \"2\", \"license\": \"MIT\", \"licence\": \"CC-BY-NC-4.0\"}",
                "{\"text\": \"3\", \"license\": [\"MIT\", \"CC0-1.0\"]}",
                "{\"text\": \"4\", \"license\": {\"spdx_id\": \"MIT\"}, \"licence\": \"MIT\"}",
                "{\"text\": \"5\", \"rights\": \"All rights reserved\"}",
                "{\"text\": \"6\", \"license\": 4, \"licence\": \"MIT\"}",
                "{\"text\": \"7\", \"license\": null}");
        assertEquals(
                List.of(
                        "LicenseRef-unread",
                        "CC-BY-NC-4.0 AND MIT",
                        "MIT AND CC0-1.0",
                        "MIT",
                        "All rights reserved",
                        "LicenseRef-unread",
                        "LicenseRef-unstated"),
                reading.documents().stream().map(Document::licence).toList());
        assertEquals(4, reading.repaired().size(), reading.repaired().toString());
    }

    @Test
    void recordsAreReadHoweverTheyStandOnTheirLines() throws Exception {
        Reading reading = lines(
                "\ufeff{\"text\": \"1\"}",
                "",
                "   \t",
                "{\"text\": \"2\"} {\"text\": \"3\"}",
                "{\"text\": \"4\",}",
                "{\"text\": \"5\"},",
                "[{\"text\": \"6\"}, {\"text\": \"7\"}]",
                "[",
                "{\"text\": \"8\"},",
                "{\"text\": \"9\"}",
                "]",
                "{\"text\": \"10\"},{\"text\": \"11\"}",
                "\u001e{\"text\": \"12\"}\r",
                "[{\"text\": \"13\"},",
                "{\"text\": \"14\"}]",
                "{\"text\": \"15\ttab\"}",
                "{\"text\": [\"16\", \"16\"]}");
        assertEquals(List.of(), reading.skipped());
        assertEquals(
                List.of(
                        "1",
                        "2",
                        "3",
                        "4",
                        "5",
                        "6",
                        "7",
                        "8",
                        "9",
                        "10",
                        "11",
                        "12",
                        "13",
                        "14",
                        "15\ttab",
                        "16\n\n16"),
                texts(reading));
        assertEquals("a.jsonl line 4 object 2", reading.documents().get(2).url());
        assertEquals(1, reading.repaired().size(), reading.repaired().toString());
    }

    @Test
    void whatIsNoRecordIsSetAsideWithItsLineAndReason() throws Exception {
        Reading reading = lines(
                "null",
                "3",
                "\"text\"",
                "[]",
                "{}",
                "{\"text\": null, \"data\": {\"text\": \"x\"}}",
                "{\"text\": {\"value\": \"x\"}}",
                "{\"text\": 5}",
                "{\"text\": \" \"}",
                "{\"text\": \"a\", \"text\": \"b\"}",
                "{\"text\": \"good\"} {\"text\": ",
                "{'text': 'python'}",
                "[{\"text\": \"good\"}, null, 4]",
                "[".repeat(5000),
                "{\"text\": \"cut");
        assertEquals(List.of("good", "good"), texts(reading));
        assertEquals(
                List.of(
                        "a.jsonl line 1: not an object but null",
                        "a.jsonl line 2: not an object but 3",
                        "a.jsonl line 3: not an object but \"text\"",
                        "a.jsonl line 4: an empty list",
                        "a.jsonl line 5: no text: an object without fields",
                        "a.jsonl line 6: no text, only text, data",
                        "a.jsonl line 7: no text: \"text\" is an object",
                        "a.jsonl line 8: no text: \"text\" is a number",
                        "a.jsonl line 9: empty"),
                reading.skipped().stream()
                        .limit(9)
                        .map(each -> each.where() + ": " + each.reason())
                        .toList());
        assertEquals(
                List.of(
                        "a.jsonl line 10",
                        "a.jsonl line 11 after object 1",
                        "a.jsonl line 12",
                        "a.jsonl line 13 object 2",
                        "a.jsonl line 13 object 3",
                        "a.jsonl line 14",
                        "a.jsonl line 15"),
                reading.skipped().stream().skip(9).map(Skipped::where).toList());
    }

    @Test
    void fieldsThatNobodyReadsAreSaidOncePerFile() throws Exception {
        Reading reading = lines(
                "{\"text\": \"1\", \"id\": 7, \"score\": 3, \"lang\": \"de\", \"empty\": null}",
                "{\"text\": \"2\", \"content\": \"other\", \"score\": 3, \"date\": \"1999\", \"year\": 2000}");
        assertEquals(
                List.of(new Skipped("a.jsonl", "4 fields not read: content, date, lang, score")), reading.repaired());
        assertEquals(2000, reading.documents().get(1).year());
    }

    @Test
    void fieldsWithoutEndAreNotAllRemembered() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 10_500; i++) {
            lines.append("{\"text\": \"t\", \"f").append(1_020_500 - i).append("\": 1}\n");
        }
        Files.writeString(mine.resolve("a.jsonl"), lines);
        Reading reading = read();
        assertEquals(10_500, reading.documents().size());
        assertTrue(
                reading.repaired().get(0).reason().startsWith("more than 10000 fields not read: f1010001, f1010002, "),
                reading.repaired().toString());
    }

    @Test
    void halfASurrogatePairIsReplacedAndSaidAndTheCorpusCanBeWritten() throws Exception {
        Reading reading = lines("{\"text\": \"a\\ud800b\", \"title\": \"\\udc00\"}", "{\"text\": \"\\ud83d\\ude00\"}");
        assertEquals(List.of("a\ufffdb", "\ud83d\ude00"), texts(reading));
        assertTrue(reading.repaired().get(0).reason().startsWith("half of a surrogate pair"));
        try (CorpusWriter writer = Corpus.writer(folder.resolve("out.jsonl.gz"))) {
            reading.documents().forEach(writer::add);
            assertEquals(reading.documents(), writer.finish().stream().toList());
        }
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheTextAndUtf16IsRead() throws Exception {
        Files.write(mine.resolve("a.txt"), Packed.utf8("\ufeffcaf\u00e9"));
        Files.write(mine.resolve("b.txt"), "\ufeffcaf\u00e9 \u0a0a".getBytes(StandardCharsets.UTF_16LE));
        Files.write(mine.resolve("c.JSONL"), "\ufeff{\"text\": \"caf\u00e9\"}".getBytes(StandardCharsets.UTF_16BE));
        Reading reading = read();
        assertEquals(List.of("caf\u00e9\n", "caf\u00e9 \u0a0a\n", "caf\u00e9"), texts(reading));
        assertEquals(List.of(), reading.skipped());
    }

    @Test
    void whatOfAFolderIsNotFollowedIsSaid() throws Exception {
        Path other = Files.createDirectories(folder.resolve("other"));
        Files.writeString(other.resolve("x.txt"), "elsewhere");
        Files.writeString(mine.resolve("a.txt"), "one");
        Files.createDirectories(mine.resolve(".hidden"));
        Files.writeString(mine.resolve(".hidden/b.txt"), "two");
        Files.createSymbolicLink(mine.resolve("linked"), other);
        Files.createSymbolicLink(mine.resolve("nowhere.txt"), folder.resolve("gone"));
        Reading reading = read();
        assertEquals(List.of("one\n"), texts(reading));
        assertEquals(
                List.of(
                        new Skipped(".hidden", "a hidden folder"),
                        new Skipped("linked", "a link to a folder, not followed"),
                        new Skipped("nowhere.txt", "a link to nothing")),
                reading.skipped().stream()
                        .sorted(java.util.Comparator.comparing(Skipped::where))
                        .toList());
        Files.createSymbolicLink(folder.resolve("named"), other);
        Reading named = Packed.read(Packed.catalog(folder, "{\"id\": \"n\", \"path\": \"named\"}"), "n");
        assertEquals(List.of("elsewhere\n"), texts(named));
        Files.createDirectories(folder.resolve("bare"));
        Reading bare = Packed.read(Packed.catalog(folder, "{\"id\": \"b\", \"path\": \"bare\"}"), "b");
        assertEquals(List.of(new Skipped("bare", "a folder without files")), bare.skipped());
    }

    @Test
    void aLongTextIsCutAtBlankLinesAndNothingIsLost() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 2000; i++) {
            text.append("Paragraph ").append(i).append(" says something of middling length.\n\n");
        }
        Files.writeString(mine.resolve("a.md"), text);
        Reading reading = read();
        assertTrue(reading.documents().size() > 4);
        assertTrue(reading.documents().stream().allMatch(d -> d.bytes() < 17_000));
        StringBuilder again = new StringBuilder();
        reading.documents().forEach(d -> again.append(d.text()));
        assertEquals(text.toString(), again.toString());
    }

    @Test
    void anInterruptedReadingKeepsWhatItHas() throws Exception {
        Files.writeString(mine.resolve("a.jsonl"), "{\"text\": \"one\"}\n{\"text\": \"two\"}\n");
        Thread.currentThread().interrupt();
        Reading reading = read();
        assertTrue(Thread.interrupted());
        assertEquals(1, reading.documents().size());
        assertEquals("interrupted after 1 documents", reading.skipped().get(0).reason());
    }
}
