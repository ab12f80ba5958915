package kawi.crawl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import kawi.corpus.Document;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.readers.Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What has not changed is not fetched again, and no document is lost by asking. */
class ASecondCrawlAsksWhatHasChangedTest {
    private static final Source SOURCE =
            new Source("site", null, null, null, null, null, "web", null, false, null, null, null, null);
    private static final String LONG_AGO = "Sat, 01 Mar 2025 10:00:00 GMT";

    @TempDir
    Path folder;

    private OwnSite site;
    private Path first;

    @BeforeEach
    void open() throws Exception {
        site = new OwnSite().put("/", "<p>home</p><a href='/a'>a</a><a href='/b'>b</a>");
        first = folder.resolve("first.warc.gz");
    }

    @AfterEach
    void close() {
        site.close();
    }

    private Crawl again(Path file) {
        site.asked.clear();
        site.conditions.clear();
        return site.crawler()
                .clock(Clock.fixed(Instant.parse("2026-06-01T00:00:00Z"), ZoneOffset.UTC))
                .since(first)
                .run(file, Progress.NONE);
    }

    private Crawl again() {
        return again(folder.resolve("second.warc.gz"));
    }

    private List<String> texts(Path file) {
        return Warc.read(file, SOURCE, Progress.NONE).documents().stream()
                .map(Document::text)
                .map(String::strip)
                .sorted()
                .toList();
    }

    @Test
    void whatIsUnchangedIsKeptAsItCameAndItsLinksAreFollowed() throws Exception {
        site.tagged("/", "<p>home</p><a href='/a'>a</a><a href='/b'>b</a>", "\"h1\"");
        site.tagged("/a", "<p>a old</p>", "W/\"a;1\"");
        site.put("/b", "<p>b one</p>", "Last-Modified: " + LONG_AGO);
        Crawl one = site.crawl(first);
        assertEquals("\"h1\"", OwnSite.visit(one, "example/").etag());
        assertEquals(LONG_AGO, OwnSite.visit(one, "/b").modified());
        assertNull(OwnSite.visit(one, "/b").etag());
        assertEquals(
                List.of("\"h1\"", "W/\"a;1\"", LONG_AGO),
                one.table().stringColumn("version").asList());
        assertEquals("[] []", site.conditions.get("/a"), "a first crawl asks for everything");
        site.put("/b", "<p>b two</p>", "Last-Modified: Mon, 02 Mar 2026 10:00:00 GMT");
        Crawl two = again();
        assertEquals(List.of("/robots.txt", "/ai.txt", "/llms.txt", "/", "/a", "/b"), site.asked);
        assertEquals("[\"h1\"] []", site.conditions.get("/"));
        assertEquals("[W/\"a;1\"] []", site.conditions.get("/a"));
        assertEquals("[] [" + LONG_AGO + "]", site.conditions.get("/b"));
        Visit a = OwnSite.visit(two, "/a");
        assertEquals(Visit.Disposition.KEPT, a.outcome());
        assertEquals(304, a.status());
        assertEquals("<p>a old</p>".length(), a.bytes());
        assertEquals("unchanged since 2026-01-01T00:00:00Z; the page of the earlier crawl is kept", a.reason());
        assertEquals("W/\"a;1\"", a.etag());
        assertEquals(200, OwnSite.visit(two, "/b").status());
        assertEquals(
                List.of("a old", "b two", "home ab"),
                texts(folder.resolve("second.warc.gz")).stream()
                        .map(text -> text.replaceAll("\\s+", " "))
                        .toList());
        assertTrue(
                two.ending().endsWith("3 pages kept of 3 fetched, of which 2 had not changed since the earlier crawl."),
                two.ending());
    }

    @Test
    void aThirdCrawlOverItsOwnFileGivesTheSameBytesWhereNothingChanged() throws Exception {
        site.tagged("/", "<p>home</p><a href='/a'>a</a>", "\"h1\"", "ETag: \"h1\"");
        site.tagged("/a", "<p>a</p>", "\"a1\"", "ETag: \"a1\"");
        site.crawl(first);
        byte[] pages = pages(first);
        again(first);
        assertArrayEquals(pages, pages(first));
        Crawl third = again(first);
        assertEquals("[\"a1\"] []", site.conditions.get("/a"));
        assertEquals(304, OwnSite.visit(third, "/a").status());
        assertArrayEquals(pages, pages(first));
    }

    /** Without the record about the file, which has the time of the crawl. */
    private static byte[] pages(Path warc) throws Exception {
        byte[] all = Files.readAllBytes(warc);
        int at = 1;
        while (!(all[at] == 0x1f && all[at + 1] == (byte) 0x8b && all[at + 2] == 8)) {
            at++;
        }
        return Arrays.copyOfRange(all, at, all.length);
    }

    @Test
    void versionsThatCannotBeSentBackAreNotAndThePageIsAskedForAsNew() throws Exception {
        for (String version : List.of(
                "ETag: abc",
                "ETag: w/\"abc\"",
                "ETag: \"a b\"",
                "ETag: \"a\"b\"",
                "ETag: *",
                "ETag: \"" + "x".repeat(2000) + "\"",
                "Last-Modified: yesterday",
                "Last-Modified: 2025-03-01T10:00:00Z",
                "Last-Modified: 0",
                "Last-Modified: Sat, 01 Mar 2036 10:00:00 GMT")) {
            site.put("/a", "<p>a</p>", version);
            site.crawl(first);
            Crawl two = again();
            assertEquals("[] []", site.conditions.get("/a"), version);
            assertEquals(200, OwnSite.visit(two, "/a").status(), version);
        }
        site.put("/a", "<p>a</p>", "ETag: \"one\"", "ETag: \"two\"", "Last-Modified: " + LONG_AGO);
        site.crawl(first);
        again();
        assertEquals("[] [" + LONG_AGO + "]", site.conditions.get("/a"), "of two tags neither is the page's");
        site.put("/a", "<p>a</p>", "ETag: \"" + "x".repeat(998) + "\"", "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT");
        site.crawl(first);
        again();
        assertEquals("[\"" + "x".repeat(998) + "\"] [Thu, 01 Jan 2026 00:00:00 GMT]", site.conditions.get("/a"));
    }

    @Test
    void aSiteThatConditionsMisleadIsAskedAgainWithoutThem() {
        for (int status : new int[] {400, 412, 417, 500, 501}) {
            site.put(
                    "/a",
                    headers -> headers.containsKey("If-None-Match")
                            ? new OwnSite.Answer(status, new byte[0], List.of())
                            : new OwnSite.Answer(200, "<p>a</p>".getBytes(), List.of("ETag: \"a1\"")));
            site.crawl(first);
            Crawl two = again();
            assertEquals(200, OwnSite.visit(two, "/a").status(), "" + status);
            assertEquals(2, site.asked.stream().filter("/a"::equals).count());
        }
        AtomicInteger count = new AtomicInteger();
        site.put(
                "/a",
                headers -> count.incrementAndGet() > 1
                        ? new OwnSite.Answer(404, new byte[0], List.of())
                        : new OwnSite.Answer(200, "<p>a</p>".getBytes(), List.of("ETag: \"a1\"")));
        site.crawl(first);
        assertEquals(404, OwnSite.visit(again(), "/a").status());
        assertEquals(1, site.asked.stream().filter("/a"::equals).count(), "a page that is gone is gone");
    }

    @Test
    void a304ThatNobodyAskedForKeepsTheEarlierPageWhereThereIsOne() {
        site.put("/a", "<p>a</p>");
        site.crawl(first);
        site.put("/a", 304).put("/b", 304);
        Crawl two = again();
        assertEquals(
                "unchanged since 2026-01-01T00:00:00Z; the page of the earlier crawl is kept, though nothing asked whether"
                        + " it has changed",
                OwnSite.visit(two, "/a").reason());
        assertTrue(texts(folder.resolve("second.warc.gz")).contains("a"));
        assertEquals(Visit.Disposition.REFUSED, OwnSite.visit(two, "/b").outcome());
        assertEquals(
                "answers 304 (not changed), and there is no earlier page to keep",
                OwnSite.visit(two, "/b").reason());
        assertEquals(304, OwnSite.visit(site.crawl(first), "/a").status());
    }

    @Test
    void whatAPageAsksNowHoldsForItsEarlierTextToo() {
        site.tagged("/a", "<p>a</p>", "\"a1\"", "X-Robots-Tag: noindex", "Content-Type: image/png");
        site.tagged("/b", "<p>b</p>", "\"b1\"", "tdm-reservation: 1");
        site.crawl(first);
        Crawl two = again();
        assertEquals(Visit.Disposition.NOINDEX, OwnSite.visit(two, "/a").outcome());
        assertEquals(304, OwnSite.visit(two, "/a").status());
        assertEquals(Visit.Disposition.RESERVED, OwnSite.visit(two, "/b").outcome());
        site.tagged("/a", "<p>a</p>", "\"a1\"", "Content-Type: image/png", "Content-Length: 0", "X-Seen: again");
        assertEquals(Visit.Disposition.KEPT, OwnSite.visit(again(), "/a").outcome());
        assertTrue(texts(folder.resolve("second.warc.gz")).contains("a"));
    }

    @Test
    void anEarlierCrawlThatIsDamagedIsUsedAsFarAsItGoesAndOneThatIsNoneIsRefused() throws Exception {
        site.tagged("/", "<p>home</p><a href='/a'>a</a>", "\"h1\"")
                .tagged("/a", "<p>" + "a".repeat(9000) + "</p>", "\"a1\"");
        site.crawl(first);
        byte[] whole = Files.readAllBytes(first);
        Files.write(first, Arrays.copyOf(whole, whole.length - 20));
        Crawl two = again();
        assertEquals(304, OwnSite.visit(two, "example/").status());
        assertEquals(Visit.Disposition.KEPT, OwnSite.visit(two, "/a").outcome());
        assertEquals(200, OwnSite.visit(two, "/a").status(), "what cannot be read again is fetched again");
        assertEquals(2, texts(folder.resolve("second.warc.gz")).size());
        Files.writeString(first, "<p>no archive</p>");
        assertTrue(assertThrows(KitException.class, this::again).getMessage().contains("cannot be read"));
        Files.delete(first);
        assertTrue(assertThrows(KitException.class, this::again)
                .getMessage()
                .endsWith("name the file of one, or crawl without it."));
    }

    @Test
    void aRecordThatIsNoPageDoesNotHideThoseAfterIt() throws Exception {
        site.tagged("/", "<p>home</p>", "\"h1\"");
        site.crawl(first);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(all)) {
            gzip.write(
                    ("WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: dns:h.example\r\nContent-Type: text/dns\r\n"
                                    + "WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
                                    + "WARC-Date: 2026-01-01T00:00:00Z\r\nContent-Length: 4\r\n\r\n1234\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
        }
        all.write(Files.readAllBytes(first));
        Files.write(first, all.toByteArray());
        assertEquals(304, OwnSite.visit(again(), "example/").status());
    }

    @Test
    void aRecordOfAnotherToolThatIsNoWholeTextIsAskedForAsNew() throws Exception {
        for (String header : List.of("Content-Type: image/png", "Content-Encoding: gzip")) {
            site.put("/", "<p>home</p>", "ETag: \"h1\"");
            byte[] http = ("HTTP/1.1 200 OK\r\n"
                            + (header.startsWith("Content-Type") ? "" : "Content-Type: text/html\r\n") + header
                            + "\r\nETag: \"h1\"\r\nContent-Length: 4\r\n\r\n1234")
                    .getBytes(StandardCharsets.US_ASCII);
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(all)) {
                gzip.write(("WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://h.example/\r\n"
                                + "Content-Type: application/http;msgtype=response\r\n"
                                + "WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000002>\r\n"
                                + "WARC-Date: 2026-01-01T00:00:00Z\r\nContent-Length: " + http.length + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                gzip.write(http);
                gzip.write("\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            Files.write(first, all.toByteArray());
            again();
            assertEquals("[] []", site.conditions.get("/"), header);
        }
    }
}
