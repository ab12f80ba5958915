package kawi.crawl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A robots.txt counts however it is spelled and whichever success it answers with; so do the sitemaps that it names.
 */
class WhatRobotsTxtSaysIsHeardTest {
    private static final String SITE = "http://h.example";

    private final List<String> notes = new ArrayList<>();

    private static Fetcher.Answer answer(int status, String body, String... location) {
        return new Fetcher.Answer(
                status,
                HttpHeaders.of(
                        location.length == 0 ? Map.of() : Map.of("location", List.of(location)), (name, value) -> true),
                body.getBytes(StandardCharsets.UTF_8),
                false,
                null);
    }

    private static Robots robots(int status, String text) throws Exception {
        return Robots.of(SITE, address -> answer(status, text), 30_000);
    }

    private List<String> listed(Map<String, Fetcher.Answer> site, String robots) throws Exception {
        notes.clear();
        return robots(200, robots)
                .listed(
                        SITE,
                        100,
                        url -> site.getOrDefault(url.getPath(), answer(404, "")),
                        (url, outcome, status, bytes, reason) -> notes.add(url + ": " + outcome + " " + reason));
    }

    @Test
    void aGroupThatNamesThisCrawlerIsHeardAlone() throws Exception {
        String all = "User-agent: *\nContent-Signal: ai-train=no\nDisallow: /\n\n";
        for (String name : List.of("kawi", "Kawi/1.0", "KAWI", "kawi bot", "kawi\t# ours")) {
            Robots own = robots(200, all + "User-agent:\t" + name + "\nContent-Signal: ai-train=yes\nAllow: /\n");
            assertNull(own.reservation(), name);
            assertTrue(own.rules().isAllowed(SITE + "/a"), name);
            Robots silent = robots(200, all + "User-agent: " + name + "\nAllow: /\n");
            assertNull(silent.reservation(), name);
            Robots refusing = robots(
                    200,
                    "User-agent: *\nAllow: /\n\nUser-agent: " + name + "\nContent-Signal: ai-train=no\nDisallow: /a\n");
            assertNotNull(refusing.reservation(), name);
            assertFalse(refusing.rules().isAllowed(SITE + "/a"), name);
        }
        for (String other : List.of("kawibot", "other/kawi", "kawi-images")) {
            Robots others = robots(200, "User-agent: " + other + "\nContent-Signal: ai-train=no\nDisallow: /\n");
            assertNull(others.reservation(), other);
            assertTrue(others.rules().isAllowed(SITE + "/a"), other);
        }
    }

    @Test
    void signalsAreReadHoweverTheyAreSpacedAndWhereverTheyStand() throws Exception {
        for (String line : List.of(
                "Content-Signal:\tai-train\t=\tno",
                "content-signal : search=yes ,\tAI-Train = No",
                "Content-Signal: ai-train=yes\nContent-Signal: ai-train=no",
                "Content-Usage: train-ai=n",
                "Content-Usage: bots=y, train-ai=n")) {
            assertNotNull(robots(200, "User-agent: *\n" + line + "\n").reservation(), line);
            assertNotNull(robots(200, line + "\n").reservation(), "outside of all groups: " + line);
            assertNotNull(
                    robots(200, "User-agent: a\nSitemap: /s.xml\nUser-agent: *\n" + line + "\n")
                            .reservation(),
                    line);
        }
        for (String line : List.of(
                "Content-Signal: xai-train=no",
                "Content-Signal: ai-train=nope",
                "# Content-Signal: ai-train=no",
                "Content-Signal: search=no, ai-input=no")) {
            assertNull(robots(200, "User-agent: *\n" + line + "\n").reservation(), line);
        }
    }

    @Test
    void aPathIsReservedAloneOrLeftOpenAlone() throws Exception {
        Robots some = robots(200, "User-agent: *\nContent-Usage: /private/ train-ai=n\n");
        assertNull(some.reservation());
        assertNotNull(some.reservation(SITE + "/private/a"));
        assertNull(some.reservation(SITE + "/open"));
        Robots most = robots(200, "User-agent: *\nContent-Usage: train-ai=n\nContent-Usage: /open/*.txt$ train-ai=y\n");
        assertNull(most.reservation());
        assertNotNull(most.reservation(SITE + "/"));
        assertNull(most.reservation(SITE + "/open/a.txt"));
        assertNotNull(most.reservation(SITE + "/open/a.txt?x"));
    }

    @Test
    void aPageMaySayItInItsHeader() {
        Wishes wishes = Wishes.of("", List.of(), "", Instant.EPOCH);
        wishes.usage("train-ai=y, search=n");
        assertNull(wishes.reservation());
        wishes.usage("search=y;\ttrain-ai = n");
        assertNotNull(wishes.reservation());
    }

    @Test
    void everySuccessOfRobotsTxtCounts() throws Exception {
        for (int status : new int[] {200, 203, 206, 226}) {
            assertFalse(robots(status, "User-agent: *\nDisallow: /a\n").rules().isAllowed(SITE + "/a"), "" + status);
        }
        assertTrue(robots(204, "").rules().isAllowed(SITE + "/a"));
        assertTrue(robots(404, "User-agent: *\nDisallow: /a\n").rules().isAllowed(SITE + "/a"));
    }

    @Test
    void sitemapsAreReadAsPeopleWriteThem() throws Exception {
        Map<String, Fetcher.Answer> site = Map.of(
                "/map.txt",
                        answer(200, "\ufeffhttp://h.example/t1\n\n /t2\r\nhttp://h.example/t3?a=b&c=d\nno address\n"),
                "/moved.xml", answer(301, "", "/maps/map.xml"),
                "/maps/map.xml",
                        answer(
                                200,
                                "<?xml version='1.0'?><urlset><url><loc>/x1?a=b&c=d&amp;e=f</loc><image:loc>/pic</image:loc>"
                                        + "</url><url><loc>\n x2 \n</loc></url><!-- <url><loc>/old</loc></url> --><url>"
                                        + "<loc><![CDATA[http://h.example/x3?a&b]]></loc></url>"),
                "/index.xml",
                        answer(203, "<sm:sitemapindex xmlns:sm='x'><sm:sitemap><sm:loc>feed.xml</sm:loc></sm:sitemap>"),
                "/feed.xml", answer(200, "<rss><channel><item><link>http://h.example/f1</link></item>"),
                "/atom.xml", answer(200, "<feed><entry><link rel='alternate' href='/f2?a=b&amp;c'/></entry></feed>"),
                "/page.xml", answer(200, "<!DOCTYPE html><html><body>Not found</body></html>"));
        List<String> found = listed(
                site,
                "Sitemap: http://h.example/map.txt\nSitemap: /moved.xml\nSitemap: http://h.example/index.xml\nSitemap:"
                        + " http://h.example/atom.xml\nSitemap: http://h.example/page.xml\nSitemap: http://h.example/none.xml\n");
        assertEquals(
                List.of("/t1", "/t2", "/t3?a=b&c=d", "/x1?a=b&c=d&e=f", "/maps/x2", "/x3?a&b", "/f2?a=b&c", "/f1"),
                found.stream().map(each -> each.substring(SITE.length())).toList(),
                notes.toString());
        assertEquals(
                List.of(
                        SITE + "/map.txt: NOT_TEXT a sitemap: 1 of its lines are no addresses",
                        SITE + "/page.xml: NOT_TEXT a sitemap: no sitemap but something else, such as a page",
                        SITE + "/none.xml: REFUSED a sitemap: answers 404"),
                notes);
    }

    @Test
    void oddSpellingsOfRulesCountAsCrawlersForgiveThem() throws Exception {
        Robots some = robots(
                200, "Crawl-delay: 1\n\nUseragent: *\nContent-Signal: ai-train=no\nDisallow: /*s=\nDisallow: /p%20q\n");
        assertNotNull(some.reservation());
        assertFalse(some.rules().isAllowed(SITE + "/?s=asd"));
        assertFalse(some.rules().isAllowed(SITE + "/p%20q/r"));
        assertTrue(some.rules().isAllowed(SITE + "/s/"));
    }
}
