package kawi.crawl;

import crawlercommons.robots.BaseRobotRules;
import crawlercommons.robots.SimpleRobotRulesParser;
import crawlercommons.sitemaps.AbstractSiteMap;
import crawlercommons.sitemaps.SiteMap;
import crawlercommons.sitemaps.SiteMapIndex;
import crawlercommons.sitemaps.SiteMapParser;
import crawlercommons.sitemaps.UnknownFormatException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import kawi.readers.HttpBody;

/**
 * The robots.txt of a site: read as RFC 9309 says, through up to five redirects, up to 500 KiB of it. A site that
 * answers it with 401, 403, 429 or an error of its own is left alone.
 *
 * @param rules what may be asked, or null where the site is left alone
 * @param refusal why it is, as the end of a sentence that begins with the site; null where it is not
 * @param reservation why the site's text is not to be learned from, in a clause, or null
 */
record Robots(BaseRobotRules rules, String refusal, String reservation) {
    /** What of the file counts (RFC 9309, 2.5). */
    static final int LONGEST = 500 * 1024;

    private static final int MOST_REDIRECTS = 5;
    private static final int MOST_SITEMAPS = 20;
    /** As sitemaps.org says. */
    static final int LARGEST_SITEMAP = 50 << 20;

    /** Fetches one address. */
    interface Get {
        Fetcher.Answer of(URI address) throws InterruptedException;
    }

    static Robots of(String site, Get get, long patience) throws InterruptedException {
        URI address = URI.create(site + "/robots.txt");
        Fetcher.Answer answer = get.of(address);
        for (int i = 0; i < MOST_REDIRECTS && isRedirect(answer); i++) {
            String next = Addresses.normal(address.toString(), answer.header("location"));
            if (next == null) {
                break;
            }
            answer = get.of(URI.create(next));
            address = URI.create(next);
        }
        SimpleRobotRulesParser parser = new SimpleRobotRulesParser(patience, 0);
        int status = answer.status();
        if (answer.failure() != null) {
            return new Robots(
                    null, answer.failure() + "; nothing was fetched, try again later or check the address.", null);
        }
        if (status == 429) {
            String until = answer.header("retry-after");
            return new Robots(
                    null,
                    "asks to be left alone for now (robots.txt answers 429"
                            + (until.isEmpty() ? "" : ", Retry-After: " + until) + "); nothing was fetched, try later.",
                    null);
        }
        if (status == 401 || status == 403 || status >= 500) {
            return new Robots(
                    null, "refuses (robots.txt answers " + status + "); nothing was fetched, ask its owner.", null);
        }
        if (status != 200) {
            return new Robots(parser.failedFetch(404), null, null); // none, or redirects without an end
        }
        byte[] text = text(answer);
        BaseRobotRules rules = parser.parseContent(address.toString(), text, "text/plain", List.of(Fetcher.NAME));
        return new Robots(rules, null, reservation(new String(text, StandardCharsets.UTF_8)));
    }

    private static boolean isRedirect(Fetcher.Answer answer) {
        return answer.status() >= 300
                && answer.status() < 400
                && !answer.header("location").isEmpty();
    }

    /** The file without a byte-order mark, and without a line that the limit cut. */
    private static byte[] text(Fetcher.Answer answer) {
        byte[] body = answer.body();
        int from =
                body.length > 2 && body[0] == (byte) 0xef && body[1] == (byte) 0xbb && body[2] == (byte) 0xbf ? 3 : 0;
        int end = Math.min(body.length, LONGEST);
        if (answer.truncated() || end < body.length) {
            while (end > from && body[end - 1] != '\n') {
                end--;
            }
        }
        return Arrays.copyOfRange(body, from, end);
    }

    /**
     * What Content-Signal lines say of training (contentsignals.org), in the groups that speak to everybody or to this
     * crawler.
     */
    private static String reservation(String text) {
        boolean naming = false; // inside the lines that name a group's crawlers
        boolean ours = true;
        String reserved = null;
        for (String line : text.split("\\R")) {
            String[] field = line.replaceFirst("#.*", "").split(":", 2);
            if (field.length < 2) {
                continue;
            }
            String name = field[0].strip().toLowerCase(Locale.ROOT);
            String value = field[1].strip().toLowerCase(Locale.ROOT);
            if (name.equals("user-agent")) {
                ours = naming && ours || value.equals("*") || value.equals(Fetcher.NAME);
                naming = true;
            } else {
                naming = false;
                if (name.equals("content-signal")
                        && ours
                        && value.replace(" ", "").contains("ai-train=no")) {
                    reserved = "asks in its robots.txt not to be learned from (Content-Signal: ai-train=no)";
                }
            }
        }
        return reserved;
    }

    /** {@return the addresses that the site's sitemaps list, of indexes too, at most so many} */
    List<String> listed(String site, int most, Get get) throws InterruptedException {
        List<String> found = new ArrayList<>();
        Deque<String> maps = new ArrayDeque<>(rules.getSitemaps());
        Set<String> seen = new HashSet<>();
        SiteMapParser parser = new SiteMapParser(false, true);
        while (!maps.isEmpty() && seen.size() < MOST_SITEMAPS && found.size() < most) {
            String url = Addresses.normal(site, maps.poll());
            if (url == null || !Addresses.isSameHouse(site, url) || !seen.add(url)) {
                continue;
            }
            Fetcher.Answer answer = get.of(URI.create(url));
            if (answer.status() != 200 || answer.truncated()) {
                continue;
            }
            try {
                byte[] body = HttpBody.decoded(answer.body(), "gzip").bytes();
                if (body.length > LARGEST_SITEMAP) {
                    continue;
                }
                AbstractSiteMap map =
                        parser.parseSiteMap("text/xml", body, URI.create(url).toURL());
                if (map instanceof SiteMapIndex index) {
                    index.getSitemaps().forEach(each -> maps.add(each.getUrl().toString()));
                } else if (map instanceof SiteMap pages) {
                    pages.getSiteMapUrls().stream()
                            .limit(most)
                            .forEach(each -> found.add(each.getUrl().toString()));
                }
            } catch (UnknownFormatException | IOException | RuntimeException e) {
                // No sitemap after all; the links of the pages remain.
            }
        }
        return found;
    }
}
