package kawi.crawl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A crawler is a guest: what a site asks, in whichever of the usual ways, is done. */
class MannersTest {
    /** An answer, and headers of the form "Name: value". */
    private record Answer(int status, byte[] body, List<String> headers) {}

    @TempDir
    Path folder;

    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Answer> site = new HashMap<>();
    private final Map<String, Integer> putOff = new HashMap<>();
    private HttpServer server;

    @BeforeEach
    void serve() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String host = exchange.getRequestHeaders().getFirst("Host");
            String path = exchange.getRequestURI().getPath();
            if (!path.matches("/(ai|llms)\\.txt")) { // each site is asked for these, NoticesTest looks at them
                asked.add(path);
            }
            Answer answer =
                    site.getOrDefault(host + path, site.getOrDefault(path, new Answer(404, new byte[0], List.of())));
            if (putOff.merge(path, -1, Integer::sum) >= 0) {
                answer = new Answer(429, new byte[0], List.of("Retry-After: 0"));
            }
            exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
            for (String header : answer.headers()) {
                exchange.getResponseHeaders().add(header.split(": ")[0], header.split(": ", 2)[1]);
            }
            exchange.sendResponseHeaders(answer.status(), answer.body().length == 0 ? -1 : answer.body().length);
            exchange.getResponseBody().write(answer.body());
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private void put(String path, String body, String... headers) {
        site.put(path, new Answer(200, body.getBytes(StandardCharsets.UTF_8), List.of(headers)));
    }

    private void put(String path, int status, String... headers) {
        site.put(path, new Answer(status, new byte[0], List.of(headers)));
    }

    private Crawl crawl(String start) {
        return Crawler.from(start)
                .at(server.getAddress())
                .pause(Duration.ZERO)
                .run(folder.resolve("c.warc.gz"), Progress.NONE);
    }

    private Crawl crawl() {
        return crawl("http://h.example/");
    }

    private static Visit.Disposition outcome(Crawl crawl, String end) {
        return crawl.visits().stream()
                .filter(visit -> visit.url().endsWith(end))
                .reduce((a, b) -> b)
                .orElseThrow(() -> new AssertionError(end + " in " + crawl.visits()))
                .outcome();
    }

    private static String links(String... to) {
        return "<p>words</p><a href='" + String.join("'>x</a><a href='", to) + "'>x</a>";
    }

    @Test
    void robotsTxtIsReadBehindRedirectsWithAMarkAndInSeveralGroups() {
        put("/robots.txt", 301, "Location: http://other.example/r1");
        put("/r1", 302, "Location: /r2");
        put(
                "/r2",
                "\ufeffUser-agent: kawi\nDisallow: /a\n\nUser-agent: other\nDisallow: /\n\nUser-agent: kawi\nDisallow: /b\n");
        put("/", links("/a", "/b", "/c"));
        put("/c", "<p>c</p>");
        Crawl crawl = crawl();
        assertEquals(Visit.Disposition.DISALLOWED, outcome(crawl, "/a"));
        assertEquals(Visit.Disposition.DISALLOWED, outcome(crawl, "/b"));
        assertEquals(Visit.Disposition.KEPT, outcome(crawl, "/c"));
    }

    @Test
    void theFirstFiveHundredKilobytesOfRobotsTxtCount() {
        String filler = ("# " + "x".repeat(997) + "\n").repeat(505);
        put("/robots.txt", "User-agent: *\nDisallow: /a\n" + filler + "\n" + filler + "Disallow: /\n");
        put("/", links("/a", "/c"));
        put("/c", "<p>c</p>");
        Crawl crawl = crawl();
        assertEquals(Visit.Disposition.DISALLOWED, outcome(crawl, "/a"));
        assertEquals(Visit.Disposition.KEPT, outcome(crawl, "/c"));
    }

    @Test
    void aSiteWhoseRobotsTxtAnswers429IsLeft() {
        put("/robots.txt", 429, "Retry-After: 120");
        put("/", "<p>x</p>");
        Crawl crawl = crawl();
        assertTrue(crawl.ending().contains("robots.txt answers 429, Retry-After: 120"), crawl.ending());
        assertEquals(List.of("/robots.txt"), asked);
    }

    @Test
    void allWishesAddUpAndThoseToOthersAreTheirs() {
        put("/", links("/a", "/b", "/c", "/d", "/e"));
        put("/a", "<meta name=robots content='max-snippet:5'><meta name=robots content=noindex><p>a</p>");
        put("/b", "<p>b</p>", "X-Robots-Tag: max-snippet:3", "X-Robots-Tag: noindex, nofollow");
        put("/c", "<p>c</p>", "X-Robots-Tag: otherbot: noindex");
        put("/d", "<p>d</p>", "X-Robots-Tag: kawi: noindex");
        put("/e", "<p>e</p>", "X-Robots-Tag: unavailable_after: Mon, 01 Jan 2018 10:00:00 GMT");
        Crawl crawl = crawl();
        for (String page : List.of("/a", "/b", "/d", "/e")) {
            assertEquals(Visit.Disposition.NOINDEX, outcome(crawl, page), page);
        }
        assertEquals(Visit.Disposition.KEPT, outcome(crawl, "/c"));
    }

    @Test
    void textThatIsReservedFromLearningMachinesIsNotKept() {
        put("/", links("/a", "/b", "/c"));
        put("/a", "<meta name=robots content='index, noai'><p>a</p>");
        put("/b", "<p>b</p>", "tdm-reservation: 1");
        put("/c", "<meta name=tdm-reservation content=1><p>c</p>");
        Crawl crawl = crawl();
        for (String page : List.of("/a", "/b", "/c")) {
            assertEquals(Visit.Disposition.RESERVED, outcome(crawl, page), page);
        }
        assertEquals(1, crawl.outcomes().get(Visit.Disposition.KEPT));
        asked.clear();
        put("/robots.txt", "User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /\n");
        assertTrue(crawl().ending().contains("Content-Signal: ai-train=no"));
        assertEquals(List.of("/robots.txt"), asked);
        put("/robots.txt", "User-agent: other\nContent-Signal: ai-train=no\n\nUser-agent: *\nAllow: /\n");
        assertTrue(crawl().ending().contains("is complete"));
    }

    @Test
    void aSiteThatAsksToWaitIsAskedAgainLaterOrLeft() {
        put("/", links("/a", "/b", "/c", "/d", "/e", "/f", "/g"));
        put("/a", "<p>a</p>");
        putOff.put("/a", 1);
        Crawl once = crawl();
        assertEquals(Visit.Disposition.KEPT, outcome(once, "/a"));
        asked.clear();
        putOff.put("/a", 50);
        Crawl never = crawl();
        assertTrue(never.ending().contains("was left: it answers 429"), never.ending());
        assertEquals(List.of("/robots.txt", "/", "/a", "/a", "/a"), asked);
        asked.clear();
        putOff.clear();
        put("/a", 429, "Retry-After: 4000");
        Crawl late = crawl();
        assertTrue(late.ending().contains("Retry-After: 4000"), late.ending());
        assertEquals(List.of("/robots.txt", "/", "/a"), asked);
        put("/", 429);
        assertTrue(crawl().ending().contains("was left"));
    }

    @Test
    void whatSitemapsListIsAskedPackedAndInIndexes() throws Exception {
        put("/robots.txt", "Sitemap: http://h.example/index.xml\nSitemap: http://other.example/x.xml\n");
        put(
                "/index.xml",
                "<?xml version='1.0'?><sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap>"
                        + "<loc>http://h.example/map.xml.gz</loc></sitemap></sitemapindex>");
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(("<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url>"
                            + "<loc>http://h.example/hidden</loc></url><url><loc>http://other.example/no</loc></url></urlset>")
                    .getBytes(StandardCharsets.UTF_8));
        }
        site.put("/map.xml.gz", new Answer(200, packed.toByteArray(), List.of()));
        put("/", "<p>x</p>");
        put("/hidden", "<p>found</p>");
        Crawl crawl = crawl();
        assertEquals(
                Visit.Disposition.KEPT,
                outcome(crawl, "/hidden"),
                crawl.visits().toString());
        assertTrue(!asked.contains("/no") && !asked.contains("/x.xml"), asked.toString());
    }

    @Test
    void startsAndLinksHaveOneSpelling() {
        assertEquals("http://h.example/", Addresses.ofStart("HTTP://User:Pass@H.Example:80"));
        assertEquals("http://h.example/a", Addresses.ofStart(" h.example/a#part "));
        assertEquals("https://h.example/", Addresses.ofStart("https://h.example:443/"));
        assertEquals("http://xn--mnchen-3ya.example/", Addresses.ofStart("http://M\u00fcnchen.example"));
        assertEquals("http://h.example:8080/", Addresses.ofStart("localhost".replace("localhost", "h.example:8080")));
        for (String none : List.of("", "ftp://h.example/", "http://", "http://h.example:99999/", "http://[::1")) {
            assertNull(Addresses.ofStart(none), none);
            assertThrows(KitException.class, () -> Crawler.from(none), none);
        }
        String base = "http://h.example/d/e";
        assertEquals("http://h.example/d/x%20y", Addresses.normal(base, "x y"));
        assertEquals("http://h.example/caf%C3%A9", Addresses.normal(base, "/caf\u00e9"));
        assertEquals("http://o.example/", Addresses.normal(base, "//user@O.example:80/"));
        assertNotNull(Addresses.normal(base, "?q=a|b%zz"));
        assertTrue(Addresses.isOfAnotherScheme("mailto:a@b") && !Addresses.isOfAnotherScheme("a/b"));
        put("/", links("HTTP://H.EXAMPLE:80/a", "http://me@h.example/a", "/a"));
        put("/a", "<p>a</p>");
        assertEquals(2, crawl("HTTP://me:x@H.Example:80/").outcomes().get(Visit.Disposition.KEPT));
    }

    @Test
    void aStartThatMovesToWwwTakesTheSiteWithItAndItsRobotsTxt() {
        put("h.example/", 301, "Location: http://www.h.example/");
        put("www.h.example/", links("/a", "/b"));
        put("www.h.example/robots.txt", "User-agent: *\nDisallow: /b\n");
        put("www.h.example/a", "<p>a</p>");
        Crawl crawl = crawl();
        assertEquals(
                Visit.Disposition.KEPT,
                outcome(crawl, "www.h.example/a"),
                crawl.visits().toString());
        assertEquals(Visit.Disposition.DISALLOWED, outcome(crawl, "www.h.example/b"));
    }

    @Test
    void aCrawlThatBroughtNothingIsNotComplete() {
        put("/", 404);
        String ending = crawl().ending();
        assertTrue(ending.contains("brought nothing: of 1 addresses none was kept"), ending);
    }

    @Test
    void aLinkThatIsNoAddressLeavesARow() {
        put("/", links("http://exa mple:port/", "mailto:a@b.example", "http://[bad/"));
        Crawl crawl = crawl();
        assertEquals(
                2,
                crawl.visits().stream()
                        .filter(visit -> visit.outcome() == Visit.Disposition.NO_ADDRESS)
                        .count(),
                crawl.visits().toString());
    }

    @Test
    void privateAddressesAreAskedOnlyWhereTheStartNamesThem() throws Exception {
        for (String host : List.of(
                "127.0.0.1",
                "localhost",
                "10.1.2.3",
                "192.168.0.1",
                "172.16.0.1",
                "169.254.169.254",
                "100.64.0.1",
                "0.0.0.0",
                "[::1]",
                "[fe80::1]",
                "[fd00::1]",
                "[::ffff:127.0.0.1]")) {
            assertNotNull(Addresses.refusal(URI.create("http://" + host + "/")), host);
        }
        assertNull(Addresses.refusal(URI.create("http://8.8.8.8/")));
        put("/", "<p>secret</p>");
        URI here = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        Fetcher.Answer refused = new Fetcher(null, Duration.ofSeconds(5), 1000, false).get(here);
        assertTrue(refused.failure().contains("a private address that the start does not name"), refused.failure());
        assertEquals(List.of(), asked);
        assertEquals(
                200,
                new Fetcher(null, Duration.ofSeconds(5), 1000, true).get(here).status());
        assertTrue(Addresses.namesAPrivatePlace("http://127.0.0.1/")
                && !Addresses.namesAPrivatePlace("http://h.example/"));
    }

    @Test
    void aBookOfSixtyChaptersIsReadAndACalendarIsNot() {
        List<String> all = new ArrayList<>();
        for (int i = 1; i <= 60; i++) {
            all.add("/book/" + i);
            all.add("/calendar/" + i);
            String own = "abcdefghij".charAt(i % 10) + "klmnopqrst".substring(i / 10, i / 10 + 2);
            put("/book/" + i, "<p>" + (own + " is what this chapter says. ").repeat(20) + "</p>");
            put("/calendar/" + i, "<p>" + "Nothing is planned. ".repeat(30) + "</p>");
        }
        put("/", links(all.toArray(new String[0])));
        Crawl crawl = Crawler.from("http://h.example/")
                .at(server.getAddress())
                .pause(Duration.ZERO)
                .pages(200)
                .run(folder.resolve("c.warc.gz"), Progress.NONE);
        assertEquals(60, asked.stream().filter(path -> path.startsWith("/book")).count());
        assertEquals(
                20, asked.stream().filter(path -> path.startsWith("/calendar")).count());
        assertEquals(Visit.Disposition.TRAP, outcome(crawl, "/calendar/60"));
    }

    @Test
    void aDateThatCannotBeReadIsNoReasonToStop() {
        assertTrue(Wishes.of("unavailable_after: some day", List.of(), "", Instant.EPOCH)
                .keep());
    }
}
