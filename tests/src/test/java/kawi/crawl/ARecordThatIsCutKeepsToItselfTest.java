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
import kawi.evidence.Progress;
import kawi.readers.Reading;
import kawi.readers.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a record says of its own length costs no other record, and brings nothing of another into its page. */
class ARecordThatIsCutKeepsToItselfTest {
    private static final Source SOURCE =
            new Source("site", null, null, null, null, null, "web", null, false, null, null, null, null);
    private static final String END = "\r\n\r\n";

    @TempDir
    Path folder;

    private static String page(int number, int lengthSaid) {
        String block = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>The words of page " + number + ".</p>";
        return "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://h.example/" + number
                + "\r\nWARC-Date: 2026-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>"
                + "\r\nContent-Type: application/http\r\nContent-Length: "
                + (lengthSaid == 0 ? block.length() : lengthSaid) + END + block;
    }

    private Reading read(boolean compressed, String... records) throws Exception {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        for (String each : records) {
            ByteArrayOutputStream member = new ByteArrayOutputStream();
            if (compressed) {
                try (GZIPOutputStream gzip = new GZIPOutputStream(member)) {
                    gzip.write(each.getBytes(StandardCharsets.ISO_8859_1));
                }
            } else {
                member.writeBytes(each.getBytes(StandardCharsets.ISO_8859_1));
            }
            file.writeBytes(member.toByteArray());
        }
        return Warc.read(Files.write(folder.resolve("a.warc"), file.toByteArray()), SOURCE, Progress.NONE);
    }

    private static List<String> texts(Reading reading) {
        return reading.documents().stream().map(Document::text).toList();
    }

    private static final List<String> FOUR =
            List.of("The words of page 1.", "The words of page 2.", "The words of page 3.", "The words of page 4.");

    @Test
    void aLengthThatReachesIntoTheNextRecordTakesNothingOfIt() throws Exception {
        int whole = page(2, 0).length() - page(2, 0).indexOf("HTTP/1.1");
        for (boolean compressed : new boolean[] {true, false}) {
            for (int more = 5; more < page(3, 0).length() + 40; more += more < 12 ? 1 : 13) {
                if (more >= page(3, 0).length() + 4 && more <= page(3, 0).length() + 8) {
                    continue; // to the end of that record: as a page that shows a record
                }
                Reading reading = read(
                        compressed, page(1, 0) + END, page(2, whole + more) + END, page(3, 0) + END, page(4, 0) + END);
                assertEquals(FOUR, texts(reading), more + " bytes more, compressed " + compressed);
                assertEquals(1, reading.repaired().size() + reading.skipped().size(), reading.toString());
            }
            Reading reading =
                    read(compressed, page(1, 0) + END, page(2, 1_000_000) + END, page(3, 0) + END, page(4, 0) + END);
            assertEquals(FOUR, texts(reading));
            assertEquals(
                    "its record is said to have 1000000 bytes, and another begins after " + whole
                            + "; what came before that is kept",
                    reading.repaired().get(0).reason());
        }
    }

    @Test
    void aRecordThatIsCutCostsItsOwnEnd() throws Exception {
        String two = page(2, 0);
        for (boolean compressed : new boolean[] {true, false}) {
            for (int cut = 5; cut < 24; cut++) {
                Reading reading = read(
                        compressed,
                        page(1, 0) + END,
                        two.substring(0, two.length() - cut),
                        page(3, 0) + END,
                        page(4, 0) + END);
                assertEquals(4, reading.documents().size(), reading.skipped().toString());
                assertTrue(
                        FOUR.get(1).startsWith(texts(reading).get(1).strip()),
                        texts(reading).get(1));
                assertEquals(FOUR.subList(2, 4), texts(reading).subList(2, 4));
                assertEquals(1, reading.repaired().size(), reading.toString());
            }
        }
    }

    @Test
    void aPageThatShowsARecordIsWhole() throws Exception {
        String example = "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 5\r\n\r\nhello";
        String block = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + example;
        String shown = page(1, 0).replaceFirst("Content-Length: \\d+", "Content-Length: " + block.length());
        shown = shown.substring(0, shown.indexOf("HTTP/1.1")) + block;
        Reading reading = read(true, shown + END, page(2, 0) + END);
        assertEquals(List.of(example, FOUR.get(1)), texts(reading));
        assertEquals(
                List.of("what looks like another record stands in it, kept as its text"),
                reading.repaired().stream().map(each -> each.reason()).toList());
    }

    @Test
    void proseUnderTheNameOfAnArchiveIsSaidToBeNone() throws Exception {
        for (boolean compressed : new boolean[] {true, false}) {
            for (String prose : List.of(
                    "Dear all,\n\nthe file could not be fetched.\nWARC/1.0 is a format.\n",
                    "<html><body>404 Not found</body></html>")) {
                Reading reading = read(compressed, prose);
                assertEquals(
                        List.of("not a web archive: no record (WARC/1.0 or later) begins in it"),
                        reading.skipped().stream().map(each -> each.reason()).toList());
            }
            Reading mixed = read(compressed, "fetched by hand\n", page(1, 0) + END);
            assertEquals(FOUR.subList(0, 1), texts(mixed));
            assertTrue(mixed.skipped().get(0).reason().endsWith("bytes before the first record that can be read"));
        }
    }

    @Test
    void aFileCompressedAsAWholeKeepsToItToo() throws Exception {
        Reading reading = read(true, page(1, 0) + END + page(2, 120) + END + page(3, 0) + END);
        assertEquals(FOUR.subList(0, 2), texts(reading));
        assertTrue(reading.skipped().get(0).reason().endsWith("what follows that record cannot be found"));
    }

    @Test
    void aRecordWithoutAnAddressIsNamedByItsPlace() throws Exception {
        String none = page(1, 0).replaceFirst("WARC-Target-URI[^\\n]*\\n", "");
        Reading reading = read(true, none + END, page(2, 0) + END);
        assertEquals(FOUR.subList(1, 2), texts(reading));
        assertEquals("a.warc at byte 0", reading.skipped().get(0).where());
    }
}
