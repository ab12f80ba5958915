package kawi.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import kawi.corpus.Document;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Anything a person drops into a folder is read, or named with its reason; nothing throws. */
class EveryKindOfOwnFileTest {
    @TempDir
    Path folder;

    private Path mine;

    @BeforeEach
    void aFolder() throws Exception {
        mine = Files.createDirectories(folder.resolve("mine"));
    }

    private Reading read(String... more) throws Exception {
        return Packed.read(
                Packed.catalog(folder, "{\"id\": \"mine\", \"path\": \"mine\"" + String.join("", more) + "}"), "mine");
    }

    private static List<String> texts(Reading reading) {
        return reading.documents().stream().map(each -> each.text().strip()).toList();
    }

    private static Map<String, String> skipped(Reading reading) {
        return reading.skipped().stream()
                .collect(Collectors.toMap(each -> each.where(), each -> each.reason(), (a, b) -> a + "; " + b));
    }

    private static byte[] gzip(byte[] bytes) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    /** One file of every kind, whose text is the name of its kind. */
    private static Map<String, byte[]> kinds() throws Exception {
        Map<String, String> kinds = new LinkedHashMap<>();
        kinds.put("a.txt", "a txt");
        kinds.put("b.TXT", "b txt");
        kinds.put("c.md", "c md");
        kinds.put("d.html", "<html><body><p>d html</p></body></html>");
        kinds.put("e.xhtml", "<?xml version=\"1.0\"?><html><head><title/></head><body><p>e xhtml</p></body></html>");
        kinds.put("f.json", "[{\"text\": \"f json\"},\n {\"text\": \"f json 2\"}]");
        kinds.put("g.json", "{\"version\": 1, \"data\": [{\"text\": \"g json\"}]}");
        kinds.put("h.json", "{\n \"text\": \"h json\",\n \"title\": \"T\"\n}\n{\"text\": \"h json 2\"}");
        kinds.put("i.jsonl", "{\"text\": \"i jsonl\"}\n");
        kinds.put("j.ndjson", "{\"text\": \"j ndjson\"}\n");
        kinds.put("k.csv", "title,text,year\nT,\"k, csv\",1999\nU,\"k \"\"two\"\"\nlines\",\n");
        kinds.put("l.csv", "text;title\nl semicolons;T\n");
        kinds.put("m.tsv", "title\ttext\nT\tm tsv\n");
        kinds.put(
                "n.warc",
                "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://h.example/n\r\nWARC-Date:"
                        + " 2026-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
                        + "Content-Type: application/http\r\nContent-Length: 57\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type:"
                        + " text/html\r\n\r\n<p>n warc</p>\r\n\r\n");
        kinds.put(
                "o.wet",
                "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: http://h.example/o\r\nWARC-Date:"
                        + " 2026-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000002>\r\n"
                        + "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\no wet\r\n\r\n");
        kinds.put(
                "p.mbox",
                "From a@b.example Mon Jan  1 10:00:00 2024\nSubject: S\nFrom: a@b.example\n\np mbox\n>From here\n\nFrom"
                        + " a@b.example Mon Jan  1 10:00:00 2024\nSubject: S2\n\np mbox 2\n");
        kinds.put("q.eml", "Subject: S\nContent-Type: text/plain; charset=utf-8\n\nq eml\n");
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        kinds.forEach((name, text) -> bytes.put(name, text.getBytes(StandardCharsets.UTF_8)));
        ByteArrayOutputStream book = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(book)) {
            zip.putNextEntry(new ZipEntry("r.xhtml"));
            zip.write(kinds.get("e.xhtml").replace("e xhtml", "r epub").getBytes(StandardCharsets.UTF_8));
        }
        bytes.put("r.epub", book.toByteArray());
        ByteArrayOutputStream print = new ByteArrayOutputStream();
        try (PDDocument document = new PDDocument()) {
            APdfIsReadAsParagraphsTest.page(document, "s pdf");
            document.save(print);
        }
        bytes.put("s.pdf", print.toByteArray());
        bytes.put(
                "t.parquet",
                Files.readAllBytes(Path.of(System.getProperty("kawi.home"))
                        .resolve("tests/src/test/resources/kawi/readers/parquet/fixed.parquet")));
        bytes.put(
                "u.xml",
                Packed.utf8("<mediawiki><page><title>T</title><ns>0</ns><revision><text>u wiki</text></revision></page>"
                        + "</mediawiki>"));
        return bytes;
    }

    private static final List<String> TEXTS = List.of(
            "a txt",
            "b txt",
            "c md",
            "d html",
            "e xhtml",
            "f json",
            "f json 2",
            "g json",
            "h json",
            "h json 2",
            "i jsonl",
            "j ndjson",
            "k, csv",
            "k \"two\"\nlines",
            "l semicolons",
            "m tsv",
            "n warc",
            "o wet",
            "p mbox\nFrom here",
            "p mbox 2",
            "q eml",
            "r epub",
            "s pdf",
            "four",
            "five",
            "u wiki");

    @Test
    void everyKindIsReadBareAndCompressedAndInArchives() throws Exception {
        for (Map.Entry<String, byte[]> each : kinds().entrySet()) {
            Files.write(mine.resolve(each.getKey()), each.getValue());
        }
        Reading bare = read();
        assertEquals(TEXTS, texts(bare), bare.skipped().toString());
        assertEquals(List.of(), bare.skipped());
        clear();
        for (Map.Entry<String, byte[]> each : kinds().entrySet()) {
            Files.write(mine.resolve(each.getKey() + ".gz"), gzip(each.getValue()));
        }
        Reading gzip = read();
        assertEquals(TEXTS, texts(gzip), gzip.skipped().toString());
        clear();
        for (Map.Entry<String, byte[]> each : kinds().entrySet()) {
            Files.write(mine.resolve(each.getKey() + ".zst"), Zstd.compress(each.getValue()));
        }
        Reading zstd = read();
        assertEquals(TEXTS, texts(zstd), zstd.skipped().toString());
        clear();
        for (Map.Entry<String, byte[]> each : kinds().entrySet()) {
            try (OutputStream out =
                    new BZip2CompressorOutputStream(Files.newOutputStream(mine.resolve(each.getKey() + ".bz2")))) {
                out.write(each.getValue());
            }
        }
        Reading bzip2 = read();
        assertEquals(TEXTS, texts(bzip2), bzip2.skipped().toString());
        clear();
        Packed.zip(mine.resolve("all.zip"), kinds());
        Reading zip = read();
        assertEquals(TEXTS, texts(zip), zip.skipped().toString());
        assertEquals("all.zip!/a.txt", zip.documents().get(0).url());
        clear();
        Packed.tgz(mine.resolve("all.tar.gz"), kinds());
        Reading tar = read();
        assertEquals(TEXTS, texts(tar), tar.skipped().toString());
    }

    private void clear() throws Exception {
        try (var all = Files.list(mine)) {
            for (Path each : all.toList()) {
                Files.delete(each);
            }
        }
    }

    @Test
    void whatIsOfNoKindIsNamedWithItsReason() throws Exception {
        Files.writeString(mine.resolve("a.docx"), "words");
        Files.write(mine.resolve("b.txt.xz"), new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0, 0});
        Files.writeString(mine.resolve("README"), "words");
        Files.writeString(mine.resolve("c.csv"), "name,age\nA,3\n");
        Files.writeString(mine.resolve("d.json"), "{\"text\": \"cut");
        Files.writeString(mine.resolve("e.zip"), "no zip");
        Files.write(mine.resolve("f.txt.gz"), java.util.Arrays.copyOf(gzip(Packed.utf8("words\n".repeat(9000))), 60));
        Reading reading = read();
        Map<String, String> reasons = skipped(reading);
        assertTrue(reasons.get("a.docx").endsWith("save it as .txt or .html"), reasons.toString());
        assertTrue(reasons.get("README").startsWith("of no kind that is read"), reasons.toString());
        assertTrue(reasons.get("b.txt.xz").endsWith("pack it as .gz or .zip"), reasons.toString());
        assertTrue(reasons.get("c.csv row 2").contains("no text, only name, age"), reasons.toString());
        assertTrue(reasons.get("d.json after object 0").startsWith("not JSON"), reasons.toString());
        assertEquals("neither a zip nor a tar archive", reasons.get("e.zip"));
        assertTrue(reasons.get("f.txt.gz").startsWith("cut short or damaged"), reasons.toString());
    }

    @Test
    void theTextFieldIsChosen() throws Exception {
        Files.writeString(mine.resolve("a.jsonl"), "{\"message\": {\"content\": \"one\"}, \"text\": \"other\"}");
        assertEquals(List.of("one"), texts(read(", \"textField\": \"message.content\"")));
        Files.writeString(mine.resolve("a.jsonl"), "{\"review\": \"two\", \"text\": \"other\"}");
        assertEquals(List.of("two"), texts(read(", \"textField\": \"review\"")));
        Files.delete(mine.resolve("a.jsonl"));
        Files.writeString(mine.resolve("b.csv"), "text,Review\nother,three\n");
        assertEquals(List.of("three"), texts(read(", \"textField\": \"Review\"")));
    }

    @Test
    void oneBadByteOfALongFileCostsOneCharacterAndTheEncodingIsTheFiles() throws Exception {
        ByteArrayOutputStream long1 = new ByteArrayOutputStream();
        for (int i = 0; i < 3000; i++) {
            long1.writeBytes(Packed.utf8("A caf\u00e9 in line " + i + ".\n\n"));
            if (i == 2990) {
                long1.write(0xff);
            }
        }
        Files.write(mine.resolve("a.txt"), long1.toByteArray());
        Files.write(mine.resolve("b.csv"), "text\nna\u00efve caf\u00e9\n".getBytes(Charset.forName("windows-1252")));
        Files.write(mine.resolve("c.json"), "\ufeff{\"text\": \"\u4e2d\u6587\"}".getBytes(StandardCharsets.UTF_16LE));
        Reading reading = read();
        String all = String.join("", texts(reading));
        assertEquals(1, all.chars().filter(c -> c == '\ufffd').count());
        assertEquals(3001, all.split("caf\u00e9", -1).length - 1);
        assertTrue(all.endsWith("na\u00efve caf\u00e9\u4e2d\u6587"), all.substring(all.length() - 60) + reading);
        assertEquals(2, reading.repaired().size(), reading.repaired().toString());
    }

    @Test
    void aMailOfSeveralPartsGivesItsPlainTextAndNoSender() throws Exception {
        Files.writeString(
                mine.resolve("a.eml"),
                "From: Jane <jane@h.example>\r\nSubject: =?utf-8?Q?Caf=C3=A9?=\r\nDate: Mon, 1 Jan 2024 10:00:00 +0000\r\n"
                        + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type:"
                        + " multipart/alternative; boundary=y\r\n\r\n--y\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
                        + "Content-Transfer-Encoding: quoted-printable\r\n\r\ndon=92t\r\n--y\r\nContent-Type: text/html\r\n\r\n"
                        + "<p>other</p>\r\n--y--\r\n--x\r\nContent-Type: application/pdf\r\nContent-Disposition:"
                        + " attachment\r\n\r\n%PDF\r\n--x--\r\n");
        Reading reading = read();
        Document mail = reading.documents().get(0);
        assertEquals(List.of("don\u2019t"), texts(reading));
        assertEquals("Caf\u00e9", mail.title());
        assertEquals(2024, mail.year());
        assertEquals(null, mail.author());
        assertEquals("attachments left out: 1", reading.repaired().get(0).reason());
    }

    @Test
    void bombsAndPathsThatLeadOutAreNoHarm() throws Exception {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(mine.resolve("a.zip")))) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 3; i++) {
                zip.putNextEntry(new ZipEntry("zeros" + i + ".txt"));
                for (int j = 0; j < 100; j++) {
                    zip.write(zeros);
                }
                zip.closeEntry();
            }
            zip.putNextEntry(new ZipEntry("../../outside.txt"));
            zip.write(Packed.utf8("words"));
            zip.closeEntry();
        }
        try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(mine.resolve("b.txt.gz")))) {
            byte[] lines = "\n".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
            for (int j = 0; j < 200; j++) {
                gzip.write(lines);
            }
        }
        Reading reading = read();
        assertTrue(reading.documents().size() <= 1, texts(reading).toString());
        assertTrue(
                reading.skipped().stream().anyMatch(each -> each.reason().contains("200 times its size")),
                reading.skipped().toString());
        assertTrue(Files.notExists(folder.resolve("outside.txt")) && Files.notExists(folder.resolve("../outside.txt")));
    }

    @Test
    void aLinkToAFileOutsideAndAHiddenFileAreLeftOutAndSaid() throws Exception {
        Files.writeString(folder.resolve("secret.txt"), "not mine");
        Files.createSymbolicLink(mine.resolve("link.txt"), folder.resolve("secret.txt"));
        Files.writeString(mine.resolve("a.txt"), "mine");
        Files.createSymbolicLink(mine.resolve("again.txt"), mine.resolve("a.txt"));
        Files.writeString(mine.resolve(".hidden.txt"), "hidden");
        Reading reading = read();
        assertEquals(List.of("mine", "mine"), texts(reading));
        assertEquals(
                Map.of(
                        ".hidden.txt",
                        "a hidden file",
                        "link.txt",
                        "a link that leads outside the folder, not followed"),
                skipped(reading));
    }
}
