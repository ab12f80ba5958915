package kawi.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import kawi.corpus.Archive;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import org.apache.pdfbox.pdfwriter.compress.CompressParameters;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every parser of foreign bytes on inputs that were mutated at random: whatever comes, there is a document or a reason,
 * and no exception but {@link KitException}. 2,000 inputs a parser; {@code -Dkawi.fuzz=100000} for as many as one
 * likes.
 */
class MutatedInputsTest {
    /** Text that a small input may become, in characters: no parser makes much of little. */
    private static final long MOST_TEXT = 2_000_000;

    @TempDir
    Path folder;

    private interface Parser {
        void parse(byte[] bytes) throws Exception;
    }

    private void fuzz(String name, byte[] seed, Parser parser) {
        Random random = new Random(name.hashCode());
        List<String> broken = new ArrayList<>();
        for (int i = 0; i < Mutations.INPUTS && broken.size() < 3; i++) {
            byte[] input = Mutations.of(seed, random);
            try {
                parser.parse(input);
            } catch (KitException e) {
                // A sentence.
            } catch (Exception | StackOverflowError | OutOfMemoryError | AssertionError e) {
                broken.add(name + " input " + i + ": " + e + " at " + e.getStackTrace()[0]);
            }
        }
        assertEquals(List.of(), broken);
    }

    /** Reads bytes as a file of the reader's own, and demands a document or a reason. */
    private Parser own(String name) {
        return bytes -> {
            Path mine = Files.createDirectories(folder.resolve("mine"));
            Path file = Files.write(mine.resolve(name), bytes);
            Source source = new Source("s", null, null, "MIT", null, null, null, null, false, null, null, null, "mine");
            Intake intake = new Intake(source, Integer.MAX_VALUE, Long.MAX_VALUE, Progress.NONE);
            new PlainText().read(source, List.of(file), intake);
            Reading reading = intake.reading();
            assertTrue(!reading.documents().isEmpty() || !reading.skipped().isEmpty(), "nothing was said");
            assertTrue(reading.bytes() < MOST_TEXT, "of " + bytes.length + " bytes came " + reading.bytes());
            Files.delete(file);
        };
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] warc() throws IOException {
        String head = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://h.example/n\r\nWARC-Date:"
                + " 2026-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
                + "Content-Type: application/http\r\nContent-Length: ";
        String chunked =
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n<p>packe\r\n"
                        + "5\r\nd</p>\r\n0\r\n\r\n";
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < 3; i++) {
            all.writeBytes(bytes(head + chunked.length() + "\r\n\r\n" + chunked + "\r\n\r\n"));
        }
        return all.toByteArray();
    }

    @Test
    void webArchives() throws IOException {
        fuzz("warc", warc(), own("a.warc"));
        fuzz("warc.gz", gzip(warc()), own("a.warc.gz"));
    }

    @Test
    void pages() throws IOException {
        Path page = Path.of(System.getProperty("kawi.home"), "tests/src/test/resources/pages/07-shop-en.html");
        fuzz("html", Files.readAllBytes(page), own("a.html"));
        fuzz(
                "xhtml",
                bytes("<?xml version='1.0' encoding='utf-8'?><html><head><title/></head><body><p>x</p></body></html>"),
                own("a.xhtml"));
    }

    @Test
    void recordsAndTables() {
        fuzz(
                "jsonl",
                bytes("{\"text\": \"one\", \"year\": 1999}\n{\"text\": [\"a\"], \"license\": {\"id\": \"MIT\"}}\n"),
                own("a.jsonl"));
        fuzz("json", bytes("{\"data\": [{\"text\": \"one\"}, {\"text\": \"\\u00e9\"}]}"), own("a.json"));
        fuzz("csv", bytes("title,text\nT,\"one, \"\"two\"\"\nthree\"\nU,four\n"), own("a.csv"));
        fuzz("txt", bytes("Caf\u00e9 \u65e5\u672c\n\nSecond paragraph.\n"), own("a.txt"));
    }

    @Test
    void mails() {
        fuzz(
                "mbox",
                bytes("From a@b.example Mon Jan  1 10:00:00 2024\nSubject: =?utf-8?Q?Caf=C3=A9?=\nMIME-Version: 1.0\n"
                        + "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain; charset=utf-8\n"
                        + "Content-Transfer-Encoding: base64\n\nd29yZHM=\n--x\nContent-Type: message/rfc822\n\nSubject: S\n\n"
                        + "inner\n--x--\n\nFrom a@b.example Mon Jan  1 10:00:00 2024\n\ntwo\n"),
                own("a.mbox"));
    }

    @Test
    void wikis() {
        fuzz(
                "wiki",
                bytes(
                        "<mediawiki><siteinfo><base>https://w.example/wiki/M</base></siteinfo><page><title>T</title><ns>0</ns>"
                                + "<id>1</id><revision><id>2</id><text>'''A''' [[b|c]] {{d|e=f}}\n== G ==\n* h &lt;ref&gt;i&lt;/ref&gt;\n"
                                + "{| class=x\n! a !! b\n|-\n| c || [[File:x|d]]\n|}\n&lt;!-- x --&gt;&lt;nowiki&gt;y&lt;/nowiki&gt;"
                                + "</text></revision></page></mediawiki>"),
                own("a.xml"));
        fuzz(
                "wikitext",
                bytes(
                        "'''A''' [[b|c]] {{d|e=f}} [http://x y]\n== G ==\n* h<ref>i</ref>\n{|\n! a !! b\n|-\n| c || {{{p|q}}}\n"
                                + "|}\n<!-- x --><pre>y</pre>-{zh:a}-&amp;__TOC__"),
                input -> {
                    String text = new String(input, StandardCharsets.ISO_8859_1);
                    int length =
                            Wikitext.plain(text, "T", new WikiNames()).text().length();
                    assertTrue(length <= 2 * text.length() + 10, text.length() + " became " + length);
                });
    }

    @Test
    void columnsOfParquet() throws IOException {
        Path files = Path.of(System.getProperty("kawi.home"), "tests/src/test/resources/kawi/readers/parquet");
        for (String seed : List.of(
                "arrow-snappy-1",
                "arrow-zstd-2",
                "arrow-none-1",
                "arrow-delta-byte-array",
                "lists",
                "split-int",
                "decimals",
                "sums",
                "encrypted-title",
                "twice")) {
            fuzz("parquet " + seed, Files.readAllBytes(files.resolve(seed + ".parquet")), own("a.parquet"));
        }
    }

    @Test
    void printedPages() throws IOException {
        org.apache.pdfbox.pdmodel.font.FontMappers.set(new PdfFonts());
        for (boolean packed : new boolean[] {true, false}) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (PDDocument document = new PDDocument()) {
                APdfIsReadAsParagraphsTest.page(document, "One line of", "words.", null, "Another.");
                document.save(out, packed ? CompressParameters.DEFAULT_COMPRESSION : CompressParameters.NO_COMPRESSION);
            }
            fuzz("pdf " + packed, out.toByteArray(), own("a.pdf"));
        }
    }

    @Test
    void archives() throws Exception {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("a.txt", bytes("one"));
        files.put("b/c.jsonl", bytes("{\"text\": \"two\"}"));
        byte[] zip = Files.readAllBytes(Packed.zip(folder.resolve("seed.zip"), files));
        byte[] tgz = Files.readAllBytes(Packed.tgz(folder.resolve("seed.tgz"), files));
        byte[] tar = new kawi.corpus.Gunzip(new java.io.ByteArrayInputStream(tgz)).readAllBytes();
        fuzz("zip", zip, own("a.zip"));
        fuzz("tgz", tgz, own("a.tgz"));
        fuzz("epub", book(), own("a.epub"));
        fuzz("tar", tar, own("a.tar"));
        fuzz("zst", Zstd.compress(bytes("words and words\n".repeat(20))), own("a.txt.zst"));
        fuzz(
                "entry",
                zip,
                input ->
                        Archive.read(new Archive.Entry("a.zip", input), path -> true, (where, why) -> {}, entry -> {}));
    }

    private byte[] book() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("META-INF/container.xml", bytes("<container><rootfile full-path=\"a.opf\"/></container>"));
        files.put(
                "a.opf",
                bytes("<package><metadata><dc:date>1911</dc:date></metadata><manifest><item id=\"a\" href=\"a.xml\""
                        + " media-type=\"text/html\"/></manifest><spine><itemref idref=\"a\"/></spine></package>"));
        files.put("a.xml", bytes("<html><body><p>one</p></body></html>"));
        return Files.readAllBytes(Packed.zip(folder.resolve("seed.epub"), files));
    }
}
