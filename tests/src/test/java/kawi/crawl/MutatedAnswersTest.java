package kawi.crawl;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import kawi.readers.Mutations;
import org.junit.jupiter.api.Test;

/** Whatever a server sends as robots.txt, sitemap, link or header, the crawler goes on. */
class MutatedAnswersTest {
    private static Fetcher.Answer answer(byte[] body) {
        return new Fetcher.Answer(200, HttpHeaders.of(Map.of(), (a, b) -> true), body, false, null);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static final String ROBOTS = "\ufeffUser-agent: kawi\nDisallow: /a*b$\nCrawl-delay: 0.5\nContent-Signal:"
            + " ai-train=no\nSitemap: http://h.example/s.xml\n\nUser-agent: *\nAllow: /\n";
    private static final String SITEMAP =
            "<?xml version='1.0' encoding='UTF-8'?><!DOCTYPE urlset [<!ENTITY a 'b'>]><urlset"
                    + " xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>http://h.example/a?b=c&amp;d=e</loc>"
                    + "<lastmod>2024-01-01</lastmod></url></urlset>";

    private static final Sitemaps.Unused UNUSED = (url, outcome, status, bytes, reason) -> {};

    @Test
    void robotsAndSitemaps() throws Exception {
        Random random = new Random(1);
        for (int i = 0; i < Mutations.INPUTS; i++) {
            byte[] robots = Mutations.of(bytes(ROBOTS), random);
            Robots read = Robots.of("http://h.example", url -> answer(robots), 30_000);
            read.rules().isAllowed("http://h.example/a/b");
            byte[] map = Mutations.of(bytes(SITEMAP), random);
            Robots site = Robots.of("http://h.example", url -> answer(bytes(ROBOTS)), 30_000);
            assertTrue(site.listed("http://h.example", 100, url -> answer(map), UNUSED)
                            .size()
                    <= 100);
        }
    }

    @Test
    void anEntityThatGrowsWithoutEndIsNoSitemap() throws Exception {
        StringBuilder bomb = new StringBuilder("<?xml version='1.0'?><!DOCTYPE urlset [<!ENTITY a0 'aaaaaaaaaa'>");
        for (int i = 1; i < 12; i++) {
            bomb.append("<!ENTITY a")
                    .append(i)
                    .append(" '")
                    .append(("&a" + (i - 1) + ";").repeat(10))
                    .append("'>");
        }
        bomb.append("]><urlset><url><loc>http://h.example/&a11;</loc></url></urlset>");
        Robots site = Robots.of("http://h.example", url -> answer(bytes(ROBOTS)), 30_000);
        assertTrue(site.listed("http://h.example", 100, url -> answer(bytes(bomb.toString())), UNUSED)
                .isEmpty());
    }

    @Test
    void linksAndWishes() {
        Random random = new Random(2);
        byte[] link = bytes("//me@M\u00fcnchen.example:8080/a b/../c?d=%e&f#g");
        byte[] header = bytes("kawi: noindex, max-snippet: 3, unavailable_after: Mon, 01 Jan 2018 10:00:00 GMT");
        for (int i = 0; i < Mutations.INPUTS; i++) {
            String written = new String(Mutations.of(link, random), StandardCharsets.UTF_8);
            String normal = Addresses.normal("http://h.example/x", written);
            if (normal != null) {
                assertTrue(URI.create(normal).getHost() != null, normal);
                assertTrue(normal.equals(Addresses.normal(null, normal)), written + " became " + normal);
            }
            String wish = new String(Mutations.of(header, random), StandardCharsets.UTF_8);
            Wishes.of(wish, List.of(wish), wish, Instant.EPOCH).keep();
        }
    }
}
