package kawi.crawl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import kawi.corpus.Document;
import kawi.corpus.Skipped;
import kawi.evidence.Progress;
import kawi.readers.Packed;
import kawi.readers.Reading;
import kawi.readers.Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrawlerTest {
    private static final Source SOURCE =
            new Source("site", null, null, null, null, null, "web", null, false, null, null, null, null);

    @TempDir
    Path folder;

    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final List<Long> times = Collections.synchronizedList(new ArrayList<>());
    private HttpServer server;

    /** A site of pages by path; a page "301 /x" redirects, "403" refuses. */
    private Crawler site(Map<String, String> pages) throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().toString();
            if (!path.matches("/(ai|llms)\\.txt")) { // each site is asked for these, NoticesTest looks at them
                asked.add(path);
            }
            times.add(System.nanoTime());
            String page = pages.getOrDefault(path, "404");
            byte[] body = Packed.utf8(page);
            exchange.getResponseHeaders()
                    .set("Content-Type", path.endsWith(".txt") ? "text/plain" : "text/html; charset=utf-8");
            if (page.startsWith("301 ")) {
                exchange.getResponseHeaders().set("Location", page.substring(4));
            }
            exchange.sendResponseHeaders(
                    page.matches("\\d{3}( .*)?") ? Integer.parseInt(page.substring(0, 3)) : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return Crawler.from("http://127.0.0.1:" + server.getAddress().getPort() + "/")
                .pause(Duration.ZERO);
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.stop(0);
        }
    }

    private Crawl run(Crawler crawler) {
        return crawler.run(folder.resolve("crawl.warc.gz"), Progress.NONE);
    }

    private static Visit.Disposition outcome(Crawl crawl, String end) {
        return crawl.visits().stream()
                .filter(visit -> visit.url().endsWith(end))
                .findFirst()
                .orElseThrow()
                .outcome();
    }

    private static String links(String... paths) {
        StringBuilder page = new StringBuilder("<p>words</p>");
        Arrays.stream(paths)
                .forEach(path -> page.append("<a href='").append(path).append("'>x</a>"));
        return page.toString();
    }

    @Test
    void aSiteThatIsDownIsSaidInOneSentenceAndTheArchiveIsWhole() throws Exception {
        Crawler crawler = site(Map.of());
        server.stop(0);
        Crawl crawl = run(crawler);
        assertTrue(
                crawl.ending()
                        .matches("http://127.0.0.1:\\d+ is down or unknown: nothing answers at its address; "
                                + "nothing was fetched, try again later or check the address."),
                crawl.ending());
        assertEquals(
                0, Warc.read(crawl.warc(), SOURCE, Progress.NONE).documents().size());
    }

    @Test
    void aSiteWhoseRobotsTxtForbidsEverythingIsLeftAlone() throws Exception {
        Crawl crawl = run(site(Map.of("/robots.txt", "User-agent: *\nDisallow: /\n", "/", "<p>hi</p>")));
        assertTrue(
                crawl.ending()
                        .contains(" refuses crawlers like this one: its robots.txt disallows /; nothing was fetched"),
                crawl.ending());
        assertEquals(List.of("/robots.txt"), asked);
    }

    @Test
    void aSiteThatAnswersRobotsTxtWith403OrAnErrorIsLeftAlone() throws Exception {
        assertTrue(run(site(Map.of("/robots.txt", "403", "/", "<p>hi</p>")))
                .ending()
                .contains("refuses (robots.txt answers 403)"));
        close();
        assertTrue(run(site(Map.of("/robots.txt", "503", "/", "<p>hi</p>")))
                .ending()
                .contains("refuses (robots.txt answers 503)"));
        assertEquals(List.of("/robots.txt", "/robots.txt"), asked);
    }

    @Test
    void aSiteThatAsksForLongerPausesThanWeHavePatienceIsLeftAlone() throws Exception {
        Crawl crawl = run(site(Map.of("/robots.txt", "User-agent: *\nCrawl-delay: 900\n", "/", "<p>hi</p>")));
        assertTrue(crawl.ending().contains("asks in its robots.txt for longer pauses than 30 s"), crawl.ending());
    }

    @Test
    void theSiteSetsThePaceAndRulesForUsByNameGoFirst() throws Exception {
        run(site(Map.of(
                "/robots.txt",
                "User-agent: *\nDisallow: /\n\nUser-agent: kawi\nCrawl-delay: 0.3\nDisallow: /secret\n",
                "/",
                links("/a", "/b", "/secret/x"),
                "/a",
                "<p>a</p>",
                "/b",
                "<p>b</p>")));
        assertEquals(List.of("/robots.txt", "/", "/a", "/b"), asked);
        for (int i = 1; i < times.size(); i++) {
            assertTrue(times.get(i) - times.get(i - 1) >= 290_000_000L, "pause " + (times.get(i) - times.get(i - 1)));
        }
    }

    @Test
    void aSiteWithoutRobotsTxtIsOpen() throws Exception {
        assertTrue(run(site(Map.of("/", "<p>hi</p>"))).ending().endsWith("is complete: 1 pages kept of 1 fetched."));
    }

    @Test
    void redirectsAreFollowedOnceAndRingsAreLeft() throws Exception {
        Crawl crawl = run(site(Map.of(
                "/",
                links("/old", "/ring", "/self", "/chain0", "/out"),
                "/old",
                "301 /new",
                "/new",
                "<p>new</p>",
                "/ring",
                "301 /ring2",
                "/ring2",
                "301 /ring",
                "/self",
                "301 /self",
                "/out",
                "301 http://elsewhere.example/")));
        assertEquals(Visit.Disposition.REDIRECT, outcome(crawl, "/old"));
        assertEquals(Visit.Disposition.KEPT, outcome(crawl, "/new"));
        assertEquals(Visit.Disposition.TRAP, outcome(crawl, "/ring2"));
        assertEquals(Visit.Disposition.TRAP, outcome(crawl, "/self"));
        assertEquals(1, Collections.frequency(asked, "/ring"));
        assertTrue(crawl.ending().contains("is complete"));
    }

    @Test
    void aChainOfRedirectsHasAnEnd() throws Exception {
        Map<String, String> pages = new java.util.HashMap<>(Map.of("/", links("/r0")));
        for (int i = 0; i < 50; i++) {
            pages.put("/r" + i, "301 /r" + (i + 1));
        }
        run(site(pages));
        assertEquals(8, asked.size());
    }

    @Test
    void addressesThatDifferInNumbersOnlyRepeatThemselvesOrLieTooDeepAreTraps() throws Exception {
        Map<String, String> pages = new java.util.HashMap<>();
        pages.put("/", links("/cal/1", "/a/a/a/b", "/d"));
        for (int i = 1; i < 100; i++) {
            pages.put("/cal/" + i, links("/cal/" + (i + 1)));
            pages.put("/" + "d".repeat(i), links("/" + "d".repeat(i + 1)));
        }
        Crawl crawl = run(site(pages).depth(4, 3));
        assertEquals(3, asked.stream().filter(path -> path.startsWith("/cal")).count());
        assertEquals(4, asked.stream().filter(path -> path.startsWith("/d")).count());
        assertEquals(Visit.Disposition.TRAP, outcome(crawl, "/a/a/a/b"));
        assertEquals(Visit.Disposition.TRAP, outcome(crawl, "/cal/4"));
        assertEquals(Visit.Disposition.TRAP, outcome(crawl, "/ddddd"));
    }

    @Test
    void oneAddressInManySpellingsIsFetchedOnce() throws Exception {
        run(site(Map.of(
                "/", links("/a", "/a#part", "/./a", "/b/../a", "/a?utm_source=x", "/a?sid=5"), "/a", "<p>a</p>")));
        assertEquals(List.of("/robots.txt", "/", "/a"), asked);
    }

    @Test
    void theLimitOfPagesHoldsAndIsSaid() throws Exception {
        Map<String, String> pages = new java.util.HashMap<>();
        pages.put("/", links("/x", "/y", "/z"));
        Crawl crawl = run(site(pages).pages(2));
        assertTrue(crawl.ending().contains("stopped at its limit of 2 pages with 2 addresses left"), crawl.ending());
        assertEquals(3, asked.size());
    }

    @Test
    void wishesOfPagesAndLinksAreRespected() throws Exception {
        Crawl crawl = run(site(Map.of(
                "/",
                links("/noindex", "/nofollow", "/none") + "<a rel='me nofollow' href='/unwanted'>x</a>",
                "/noindex",
                "<meta name='robots' content='noindex'>" + links("/a"),
                "/nofollow",
                "<meta name='ROBOTS' content='NoFollow'>" + links("/b"),
                "/none",
                "<meta name='robots' content='none'>" + links("/c"),
                "/a",
                "<p>a</p>")));
        assertEquals(List.of("/robots.txt", "/", "/noindex", "/nofollow", "/none", "/a"), asked);
        assertEquals(Visit.Disposition.NOINDEX, outcome(crawl, "/noindex"));
        assertEquals(Visit.Disposition.NOINDEX, outcome(crawl, "/none"));
        assertEquals(
                3, Warc.read(crawl.warc(), SOURCE, Progress.NONE).documents().size());
    }

    @Test
    void anInterruptedCrawlKeepsItsPages() throws Exception {
        Crawler crawler = site(Map.of(
                "/robots.txt",
                "User-agent: *\nCrawl-delay: 0.2",
                "/",
                links("/a", "/b", "/c", "/d"),
                "/a",
                "<p>a</p>"));
        Thread cell = Thread.currentThread();
        Progress stop = new Progress() {
            @Override
            public void begin(String what, long total) {}

            @Override
            public void update(long done, String note) {
                if (done == 2) {
                    cell.interrupt();
                }
            }

            @Override
            public void end(String note) {}
        };
        Crawl crawl = crawler.run(folder.resolve("crawl.warc.gz"), stop);
        assertTrue(Thread.interrupted());
        assertTrue(crawl.ending().endsWith("was interrupted after 2 pages; those are kept."), crawl.ending());
        assertEquals(
                2, Warc.read(crawl.warc(), SOURCE, Progress.NONE).documents().size());
    }

    @Test
    void theSmallSiteOfTheKitIsCrawledTheSameWayTwice() throws Exception {
        byte[] first = null;
        for (int i = 0; i < 2; i++) {
            try (SiteServer site = SiteServer.start(Path.of(System.getProperty("kawi.home"), "datasets/site"))) {
                Crawl crawl = run(Crawler.from("http://harbour.example/")
                        .at(site.address())
                        .page(100_000, Duration.ofMillis(600))
                        .depth(8, 6)
                        .pause(Duration.ZERO)
                        .clock(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC)));
                assertEquals(Visit.Disposition.NO_ANSWER, outcome(crawl, "/slow"));
                assertEquals(Visit.Disposition.TOO_LARGE, outcome(crawl, "/endless"));
                assertEquals(Visit.Disposition.NOINDEX, outcome(crawl, "/people.html"));
                assertEquals(Visit.Disposition.DISALLOWED, outcome(crawl, "/private/ledger.html"));
                assertEquals(Visit.Disposition.REFUSED, outcome(crawl, "/members"));
                assertEquals(Visit.Disposition.NOT_TEXT, outcome(crawl, "/map.svg"));
                assertEquals(Visit.Disposition.TRAP, outcome(crawl, "/loop/b"));
                assertFalse(
                        crawl.visits().stream().anyMatch(visit -> visit.url().endsWith("draft.html")));
                Reading reading = Warc.read(crawl.warc(), SOURCE, Progress.NONE);
                Document cafe = reading.documents().stream()
                        .filter(d -> d.url().endsWith("wrong-charset.html"))
                        .findFirst()
                        .orElseThrow();
                assertTrue(cafe.text().contains("Zo\u00eb")
                        && cafe.text().contains("\u201cThey float,\u201d")
                        && cafe.text().contains("\u00a31"));
                assertEquals(
                        "LicenseRef-all-rights-reserved",
                        reading.documents().stream()
                                .filter(d -> d.url().endsWith("guest.html"))
                                .findFirst()
                                .orElseThrow()
                                .licence());
                byte[] bytes = Files.readAllBytes(crawl.warc());
                if (first != null) {
                    assertArrayEquals(first, bytes);
                }
                first = bytes;
            }
        }
    }

    @Test
    void anArchiveCutShortGivesThePagesBeforeTheCutAndSaysSo() throws Exception {
        Map<String, String> pages = new java.util.HashMap<>(Map.of("/", links("/a", "/b", "/c")));
        new java.util.Random(1)
                .ints(3)
                .forEach(i -> pages.put(
                        "/" + (char) ('a' + pages.size() - 1),
                        "<p>" + new java.util.Random(i).ints(3000).boxed().toList() + "</p>"));
        Crawl crawl = run(site(pages));
        byte[] whole = Files.readAllBytes(crawl.warc());
        Files.write(crawl.warc(), Arrays.copyOf(whole, whole.length * 6 / 10));
        Reading reading = Warc.read(crawl.warc(), SOURCE, Progress.NONE);
        assertEquals(2, reading.documents().size());
        assertEquals(
                List.of("cut short or damaged; the pages before it were read"),
                reading.skipped().stream().map(Skipped::reason).toList());
        assertTrue(reading.skipped().get(0).where().startsWith("crawl.warc.gz at byte "));
    }
}
