package kawi.crawl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import kawi.corpus.Document;
import kawi.corpus.Skipped;
import kawi.evidence.Progress;
import kawi.readers.Reading;
import kawi.readers.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A record that cannot be read costs itself alone, and what is no page is said. */
class WarcReadingTest {
    private static final Source SOURCE =
            new Source("site", null, null, null, null, null, "web", null, false, null, null, null, null);

    @TempDir
    Path folder;

    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    private boolean compressed = true;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String record(String type, String contentType, String target, byte[] block) {
        return "WARC/1.0\r\nWARC-Type: " + type + "\r\nWARC-Target-URI: " + target
                + "\r\nWARC-Date: 2026-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
                + "Content-Type: " + contentType + "\r\nContent-Length: " + block.length + "\r\n\r\n"
                + new String(block, StandardCharsets.ISO_8859_1) + "\r\n\r\n";
    }

    private void raw(String record) throws Exception {
        ByteArrayOutputStream member = new ByteArrayOutputStream();
        if (compressed) {
            try (GZIPOutputStream gzip = new GZIPOutputStream(member)) {
                gzip.write(bytes(record));
            }
        } else {
            member.write(bytes(record));
        }
        file.write(member.toByteArray());
    }

    private void http(String path, String response) throws Exception {
        raw(record("response", "application/http; msgtype=response", "http://h.example" + path, bytes(response)));
    }

    private void page(String path, String text) throws Exception {
        http(path, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>" + text + "</p>");
    }

    private Reading read() throws Exception {
        return Warc.read(Files.write(folder.resolve("a.warc.gz"), file.toByteArray()), SOURCE, Progress.NONE);
    }

    private static List<String> texts(Reading reading) {
        return reading.documents().stream().map(Document::text).toList();
    }

    private static List<String> reasons(Reading reading) {
        return reading.skipped().stream().map(Skipped::reason).toList();
    }

    @Test
    void anOddRecordCostsItselfAloneCompressedOrNot() throws Exception {
        for (boolean each : new boolean[] {true, false}) {
            compressed = each;
            file.reset();
            raw(record("warcinfo", "application/warc-fields", "http://h.example/", bytes("software: x\r\n")));
            page("/1", "one");
            raw(record(
                    "response", "text/dns", "dns:h.example", bytes("20260101000000\nh.example. 1 IN A 127.0.0.1\n")));
            page("/2", "two");
            http("/bad", "HTTP/9 what\r\n\r\nbody");
            page("/3", "three");
            raw("WARC/1.0\r\nWARC-Type response without a colon\r\n\r\nbody\r\n\r\n");
            page("/4", "four");
            raw(record("response", "application/http", "http://h.example/short", bytes("HTTP/1.1 200 OK\r\n\r\nx"))
                    .replaceFirst("Content-Length: \\d+", "Content-Length: 5"));
            page("/5", "five");
            Reading reading = read();
            assertEquals(
                    List.of("one", "two", "three", "four", "five"),
                    texts(reading),
                    reading.skipped().toString());
            assertEquals(5, reading.skipped().size(), reading.skipped().toString());
            assertEquals(
                    "a response of the type text/dns, not a page",
                    reasons(reading).get(0));
            assertTrue(
                    reasons(reading).get(1).startsWith("a response that is not HTTP"),
                    reasons(reading).get(1));
            assertTrue(
                    reasons(reading).get(2).startsWith("a damaged record, left out"),
                    reasons(reading).get(2));
            assertEquals("a response without a status", reasons(reading).get(3));
            assertTrue(reasons(reading).get(4).startsWith("what follows this record cannot be read"));
        }
    }

    @Test
    void bytesThatAreFlippedInOneMemberLoseThatPageAlone() throws Exception {
        page("/1", "one");
        int from = file.size();
        page("/2", "two");
        int to = file.size();
        page("/3", "three");
        byte[] all = file.toByteArray();
        for (int at = from + 12; at < to - 8; at += 7) {
            byte[] damaged = all.clone();
            damaged[at] ^= 0x5a;
            Reading reading = Warc.read(Files.write(folder.resolve("a.warc.gz"), damaged), SOURCE, Progress.NONE);
            assertEquals("one", texts(reading).get(0));
            assertEquals("three", texts(reading).get(reading.documents().size() - 1), "byte " + at);
            assertTrue(
                    reading.documents().size() == 3 || !reading.skipped().isEmpty(),
                    "byte " + at + " " + reading.documents());
        }
    }

    @Test
    void whatIsNoPageIsSetAsideWithItsReason() throws Exception {
        http("/gone", "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<p>Not here.</p>");
        http("/moved", "HTTP/1.1 301 Moved\r\nLocation: /x\r\nContent-Type: text/html\r\n\r\n<p>Moved.</p>");
        http("/a.png", "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\u0089PNG");
        http("/data", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}");
        http("/zeros", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n\0\0\0\1\2\3 x");
        raw(record("conversion", "text/plain", "http://h.example/wet", bytes("text")));
        raw(record("conversion", "text/plain", "http://h.example/wet2", bytes("text")));
        raw(record(
                "request", "application/http; msgtype=request", "http://h.example/", bytes("GET / HTTP/1.1\r\n\r\n")));
        page("/ok", "good");
        Reading reading = read();
        assertEquals(List.of("text", "text", "good"), texts(reading));
        assertEquals(
                List.of("answers 404", "answers 301", "not text: image/png", "not text: application/json", "not text"),
                reasons(reading));
    }

    @Test
    void aCompressedBodyIsUnpackedAndAnUnknownOneSaid() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes("<p>packed</p>"));
        }
        http(
                "/gzip",
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"
                        + packed.toString(StandardCharsets.ISO_8859_1));
        http("/odd", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: zip9\r\n\r\nxyz");
        page("/ok", "good");
        Reading reading = read();
        assertEquals("packed", texts(reading).get(0));
        assertEquals("good", texts(reading).get(reading.documents().size() - 1));
        assertEquals(1, reading.skipped().size(), reading.skipped().toString());
    }

    @Test
    void aCompressedBodyThatIsCutEndsAndCostsItselfAlone() throws Exception {
        for (String encoding : List.of("gzip", "deflate")) {
            file.reset();
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (java.io.OutputStream out = encoding.equals("gzip")
                    ? new GZIPOutputStream(packed)
                    : new java.util.zip.DeflaterOutputStream(packed)) {
                out.write(bytes("<p>packed packed packed</p>"));
            }
            String whole = packed.toString(StandardCharsets.ISO_8859_1);
            http(
                    "/cut",
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: " + encoding + "\r\n\r\n"
                            + whole.substring(0, whole.length() / 2));
            page("/ok", "good");
            Reading reading = read();
            assertEquals("good", texts(reading).get(reading.documents().size() - 1));
            assertTrue(reading.documents().size() + reading.skipped().size() >= 2, reading.toString());
        }
    }

    @Test
    void aFileThatIsNoArchiveIsSaid() throws Exception {
        for (byte[] content : new byte[][] {new byte[0], bytes("no archive at all"), new byte[5000]}) {
            file.reset();
            file.write(content);
            Reading reading = read();
            assertEquals(0, reading.documents().size());
            assertEquals(1, reading.skipped().size(), reading.skipped().toString());
        }
    }

    private void coded(String path, String headers, byte[] body) throws Exception {
        http(
                path,
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + headers + "\r\n\r\n"
                        + new String(body, StandardCharsets.ISO_8859_1));
    }

    @Test
    void bodiesAreReadInEveryCodingAndAsTheyAreWhereTheHeadersAreWrong() throws Exception {
        byte[] plain = bytes("<p>packed</p>");
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write(plain);
        }
        coded("/gzip", "Content-Encoding: x-gzip", gzip.toByteArray());
        ByteArrayOutputStream zlib = new ByteArrayOutputStream();
        try (var out = new java.util.zip.DeflaterOutputStream(zlib)) {
            out.write(plain);
        }
        coded("/zlib", "Content-Encoding: deflate", zlib.toByteArray());
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        try (var out = new java.util.zip.DeflaterOutputStream(raw, new java.util.zip.Deflater(9, true))) {
            out.write(plain);
        }
        coded("/raw", "Content-Encoding: deflate", raw.toByteArray());
        coded(
                "/br",
                "Content-Encoding: br",
                java.util.HexFormat.of().parseHex("0b0b803c703e7061636b65642062792062726f746c693c2f703e03"));
        coded("/zstd", "Content-Encoding: zstd", com.github.luben.zstd.Zstd.compress(plain));
        coded("/not", "Content-Encoding: gzip", plain);
        coded("/not-br", "Content-Encoding: br", plain);
        coded("/chunked", "Transfer-Encoding: chunked", bytes("8;x=y\r\n<p>packe\r\n5\r\nd</p>\r\n0\r\n\r\n"));
        coded("/unended", "Transfer-Encoding: chunked", bytes("8\r\n<p>packe\r\n50\r\nd</p>"));
        coded("/joined", "Transfer-Encoding: chunked", plain);
        page("/ok", "good");
        Reading reading = read();
        assertEquals(
                List.of(
                        "packed",
                        "packed",
                        "packed",
                        "packed by brotli",
                        "packed",
                        "packed",
                        "packed",
                        "packed",
                        "packed",
                        "packed",
                        "good"),
                texts(reading),
                reading.skipped().toString());
        assertEquals(
                List.of(new Skipped("http://h.example/unended", "its last chunk does not end")), reading.repaired());
    }

    @Test
    void convertedTextResourcesAndRevisitsAreReadAsWhatTheyAre() throws Exception {
        raw(record(
                "conversion", "text/plain", "http://h.example/wet", "caf\u00e9 <b>".getBytes(StandardCharsets.UTF_8)));
        raw(record("resource", "text/html", "http://h.example/page", bytes("<p>stored</p>")));
        raw(record("resource", "image/png", "http://h.example/a.png", bytes("PNG")));
        raw(record("resource", "text/plain", "metadata://crawler/log", bytes("a log")));
        raw(record("revisit", "application/http", "http://h.example/page", bytes("HTTP/1.1 200 OK\r\n\r\n"))
                .replace(
                        "WARC-Date",
                        "WARC-Profile: http://netpreserve.org/warc/1.0/revisit/identical-payload-digest\r\nWARC-Date"));
        Reading reading = read();
        assertEquals(
                List.of("caf\u00e9 <b>", "stored"),
                texts(reading),
                reading.skipped().toString());
        assertEquals(
                List.of(
                        "not text: image/png",
                        "1 visit that found a page unchanged; it lies where it was kept first",
                        "1 record of the type resource, not read"),
                reasons(reading));
    }

    @Test
    void aFileOfRecordsAboutPagesSaysThatItHasNoText() throws Exception {
        raw(record("metadata", "application/json", "http://h.example/", bytes("{}")));
        assertEquals(List.of("1 record about pages that are not in it (metadata), no text"), reasons(read()));
    }
}
