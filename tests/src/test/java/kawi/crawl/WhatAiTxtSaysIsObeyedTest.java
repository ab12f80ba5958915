package kawi.crawl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ai.txt is obeyed as other reservations are, llms.txt is noted, and what is neither says nothing. */
class WhatAiTxtSaysIsObeyedTest {
    private static final String PLAIN = "Content-Type: text/plain";

    @TempDir
    Path folder;

    private OwnSite site;

    @BeforeEach
    void open() throws Exception {
        site = new OwnSite()
                .put("/", "<p>x</p><a href='/a.html'>a</a><a href='/notes.txt'>n</a><a href='/art/b'>b</a>")
                .put("/a.html", "<p>a</p>")
                .put("/notes.txt", "notes", PLAIN)
                .put("/art/b", "<p>b</p>");
    }

    @AfterEach
    void close() {
        site.close();
    }

    private Crawl crawl() {
        site.asked.clear();
        return site.crawl(folder.resolve("c.warc.gz"));
    }

    private String outcomes(Crawl crawl) {
        StringBuilder all = new StringBuilder();
        for (String page : List.of("example/", "/a.html", "/notes.txt", "/art/b")) {
            all.append(OwnSite.visit(crawl, page).outcome().name().charAt(0));
        }
        return all.toString();
    }

    @Test
    void aSiteThatReservesAllOfItselfIsLeftBeforeAPageIsAsked() {
        for (String rules : List.of(
                "User-Agent: *\nDisallow: /\nDisallow: *\n",
                "\ufeffUser-Agent: *\r\nDisallow: *.jpg\r\nDisallow: /\r\n",
                "Disallow: /",
                "user-agent: other\nAllow: /\n\nuser-agent: kawi\ndisallow: /  # all\n",
                "User-agent: *\nContent-Usage: train-ai=n\nDisallow: /")) {
            site.put("/ai.txt", rules, PLAIN);
            Crawl crawl = crawl();
            assertTrue(crawl.ending().contains("asks in its ai.txt not to be learned from ("), crawl.ending());
            assertTrue(crawl.ending().contains("no page was fetched"), crawl.ending());
            assertEquals(List.of("/robots.txt", "/ai.txt", "/llms.txt"), site.asked, rules);
            assertEquals(
                    Visit.Disposition.NOTED, OwnSite.visit(crawl, "/ai.txt").outcome());
        }
    }

    @Test
    void rulesForTypesAndPathsHoldForTheirPagesAlone() {
        site.put("/ai.txt", "User-Agent: *\nDisallow: *.txt\nDisallow: /art/\nAllow: /\n", PLAIN);
        Crawl crawl = crawl();
        assertEquals("KKRR", outcomes(crawl));
        assertEquals(
                "asks in its ai.txt not to be learned from (Disallow: *.txt)",
                OwnSite.visit(crawl, "/notes.txt").reason());
        assertEquals(0, OwnSite.visit(crawl, "/art/b").status());
        assertFalse(site.asked.contains("/notes.txt") || site.asked.contains("/art/b"), site.asked.toString());
        assertEquals(
                "rules of learning, which are obeyed",
                OwnSite.visit(crawl, "/ai.txt").reason());
        site.put("/ai.txt", "User-Agent: *\nDisallow: .html\n", PLAIN);
        assertEquals(
                Visit.Disposition.RESERVED, OwnSite.visit(crawl(), "example/").outcome());
        site.put("/ai.txt", "User-Agent: *\nDisallow: art\nDisallow: /notes\nDisallow:\n", PLAIN);
        assertEquals("KKRR", outcomes(crawl()));
        site.put("/ai.txt", "User-Agent: *\nAllow: *.html\nDisallow: /\nDisallow: *.h\n", PLAIN);
        assertEquals("KKRK", outcomes(crawl()));
        site.put("/ai.txt", "User-Agent: other\nDisallow: /\n", PLAIN);
        assertEquals("KKKK", outcomes(crawl()));
    }

    @Test
    void aTypeIsTheEndingOfTheNameAndAPageWithoutOneIsHtml() {
        Signals html = Signals.ofAiTxt("User-agent: *\nDisallow: *.HTML\nAllow: /open/all/\n");
        for (String reserved : List.of("/", "/about", "/a.html?x=1.txt", "/A.Html", "/v1.2/about", "/index.php")) {
            assertNotNull(html.ofAddress("http://h.example" + reserved), reserved);
        }
        for (String free : List.of("/a.txt", "/b.md", "/open/all/c.html", "/a.html/b.txt")) {
            assertNull(html.ofAddress("http://h.example" + free), free);
        }
        assertNull(html.ofTheSite());
        Signals header = Signals.ofAiTxt("User-agent: *\nDisallow: *.h\n");
        assertNull(header.ofAddress("http://h.example/a.html"));
        assertNotNull(header.ofAddress("http://h.example/a.h"));
        Signals tie = Signals.ofAiTxt("User-agent: *\nAllow: /\nDisallow: *\n");
        assertNotNull(tie.ofAddress("http://h.example/a"), "of rules as long as each other the stricter holds");
    }

    @Test
    void whatIsNoAiTxtSaysNothingAndIsNoted() {
        for (String[] none : new String[][] {
            {
                "<!DOCTYPE html><p>Not found: User-agent: *\nDisallow: /",
                PLAIN,
                "a page of HTML, not the file of that name"
            },
            {"User-agent: *\nDisallow: /", "Content-Type: text/html", "a page of HTML, not the file of that name"},
            {" \r\n\t", PLAIN, "empty"},
            {"User-agent: *\0\nDisallow: /", PLAIN, "no text"},
            {"# Kawi\n\n> A site about boats.\n", PLAIN, "no rules for this crawler"},
        }) {
            site.put("/ai.txt", none[0], none[1]);
            Crawl crawl = crawl();
            assertEquals("KKKK", outcomes(crawl), none[0]);
            assertEquals(none[2], OwnSite.visit(crawl, "/ai.txt").reason());
            assertEquals(
                    Visit.Disposition.NOTED, OwnSite.visit(crawl, "/ai.txt").outcome());
        }
        site.put("/ai.txt", 404);
        assertTrue(crawl().visits().stream().noneMatch(visit -> visit.url().endsWith("ai.txt")));
    }

    @Test
    void aLongOneIsReadToItsLimitAndOneInUtf16IsRead() {
        String filler = "# " + "x".repeat(98) + "\n";
        site.put("/ai.txt", "User-agent: *\nDisallow: /art/\n" + filler.repeat(105_000) + "Disallow: /", PLAIN);
        Crawl crawl = crawl();
        assertEquals("KKKR", outcomes(crawl));
        assertEquals(
                "rules of learning, which are obeyed; of more than 512000 bytes these were read",
                OwnSite.visit(crawl, "/ai.txt").reason());
        String rules = "\ufeffUser-agent: *\r\nDisallow: /art/\r\n";
        for (var charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE, StandardCharsets.UTF_8)) {
            site.put("/ai.txt", rules.getBytes(charset), PLAIN);
            assertEquals("KKKR", outcomes(crawl()), charset.name());
        }
    }

    @Test
    void oneThatCannotBeHadLeavesARowAndTheCrawlGoesOn() {
        for (int status : new int[] {401, 403, 429, 500, 503}) {
            site.put("/ai.txt", status);
            Crawl crawl = crawl();
            assertEquals("KKKK", outcomes(crawl));
            assertEquals(
                    Visit.Disposition.REFUSED, OwnSite.visit(crawl, "/ai.txt").outcome());
            assertEquals(
                    "answers " + status + "; what it says is not known",
                    OwnSite.visit(crawl, "/ai.txt").reason());
        }
        site.put("/robots.txt", "User-agent: *\nDisallow: /ai.txt\n");
        site.put("/ai.txt", "Disallow: /", PLAIN);
        Crawl crawl = crawl();
        assertEquals("KKKK", outcomes(crawl));
        assertEquals(
                Visit.Disposition.DISALLOWED, OwnSite.visit(crawl, "/ai.txt").outcome());
        assertFalse(site.asked.contains("/ai.txt"));
    }

    @Test
    void oneBehindARedirectIsRead() {
        site.put("/ai.txt", 301, "Location: /rules").put("/rules", "User-agent: *\nDisallow: /\n", PLAIN);
        assertTrue(crawl().ending().contains("asks in its ai.txt"));
    }

    @Test
    void aGuideForLanguageModelsIsNotedAndChangesNothing() {
        site.put("/llms.txt", "\ufeff# Boats\u0007 of the harbour\r\n> Disallow: /\r\n", "Content-Type: text/markdown");
        Crawl crawl = crawl();
        assertEquals("KKKK", outcomes(crawl));
        assertEquals(
                "a guide for language models (Boats  of the harbour); it grants and refuses nothing",
                OwnSite.visit(crawl, "/llms.txt").reason());
        assertEquals(Visit.Disposition.NOTED, OwnSite.visit(crawl, "/llms.txt").outcome());
        site.put("/llms.txt", "User-agent: *\nDisallow: /\n", PLAIN);
        assertEquals(
                "a guide for language models; it grants and refuses nothing",
                OwnSite.visit(crawl(), "/llms.txt").reason());
        site.put("/llms.txt", "# " + "y".repeat(500), PLAIN);
        assertTrue(OwnSite.visit(crawl(), "/llms.txt").reason().contains("(" + "y".repeat(80) + "...)"));
    }

    @Test
    void oneThatLeadsWhereRobotsMayNotGoIsNotAskedFor() {
        site.put("/robots.txt", "User-agent: *\nDisallow: /rules\n", PLAIN)
                .put("/ai.txt", 301, "Location: /rules")
                .put("/rules", "User-agent: *\nDisallow: /\n", PLAIN);
        crawl();
        assertFalse(site.asked.contains("/rules"), site.asked.toString());
    }
}
