package kawi.crawl;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import kawi.corpus.Decoded;
import kawi.readers.HttpBody;
import org.jsoup.parser.Parser;

/**
 * What a site's sitemaps list (sitemaps.org): as XML, with indexes, as plain text, as an RSS or Atom feed, each also
 * packed by gzip. Addresses are taken as people write them: relative, in CDATA, with an {@code &} that is not escaped.
 */
final class Sitemaps {
    /** As sitemaps.org says, in bytes. */
    static final int LARGEST = 50 << 20;

    private static final int MOST = 20;
    private static final Pattern ADDRESS =
            Pattern.compile("<(?!image:|video:|news:|xhtml:)(?:[\\w.-]{1,30}:)?loc(?:\\s[^<>]{0,200})?>\\s{0,99}"
                    + "(?:<!\\[CDATA\\[([^\\]]{0,4000})\\]\\]>|([^<]{0,4000}))");
    private static final Pattern FEED_ADDRESS =
            Pattern.compile("<link>\\s{0,99}(?:<!\\[CDATA\\[([^\\]]{0,4000})\\]\\]>|([^<]{0,4000}))"
                    + "|<link\\s[^<>]{0,400}?href\\s*=\\s*[\"']([^\"'<>]{0,4000})");
    private static final Pattern INDEX = Pattern.compile("<(?:[\\w.-]{1,30}:)?sitemapindex[\\s>]");
    private static final Pattern MAP = Pattern.compile("<(?:[\\w.-]{1,30}:)?urlset[\\s>]");
    private static final Pattern FEED = Pattern.compile("<(?:rss|feed|rdf:RDF)[\\s>]");
    /** Of a text, what shows its kind. */
    private static final int HEAD = 4096;

    /** Hears of a sitemap that could not be used. */
    interface Unused {
        void note(String url, Visit.Disposition outcome, int status, long bytes, String reason);
    }

    private final String site;
    private final int most;
    private final Robots.Get get;
    private final Unused unused;
    private final List<String> found = new ArrayList<>();
    private final Deque<String> maps = new ArrayDeque<>();

    private Sitemaps(String site, int most, Robots.Get get, Unused unused) {
        this.site = site;
        this.most = most;
        this.get = get;
        this.unused = unused;
    }

    /** {@return the addresses that these sitemaps list, of indexes too, at most so many} */
    static List<String> listed(Collection<String> named, String site, int most, Robots.Get get, Unused unused)
            throws InterruptedException {
        Sitemaps sitemaps = new Sitemaps(site, most, get, unused);
        named.forEach(each -> sitemaps.maps.add(String.valueOf(Addresses.normal(site, each))));
        sitemaps.read();
        return sitemaps.found;
    }

    private void read() throws InterruptedException {
        Set<String> seen = new HashSet<>();
        while (!maps.isEmpty() && found.size() < most) {
            String url = maps.poll();
            if (url.equals("null") || !Addresses.isSameHouse(site, url) || !seen.add(url)) {
                continue;
            }
            if (seen.size() > MOST) {
                unused.note(url, Visit.Disposition.TRAP, 0, 0, "more than " + MOST + " sitemaps");
                return;
            }
            Robots.Found there = Robots.find(URI.create(url), get);
            Fetcher.Answer answer = there.answer();
            int bytes = answer.body().length;
            if (answer.failure() != null) {
                unused.note(url, Visit.Disposition.NO_ANSWER, 0, 0, "a sitemap: " + answer.failure());
            } else if (answer.status() < 200 || answer.status() > 299) {
                unused.note(
                        url,
                        Visit.Disposition.REFUSED,
                        answer.status(),
                        bytes,
                        "a sitemap: answers " + answer.status());
            } else if (answer.truncated()) {
                unused.note(
                        url,
                        Visit.Disposition.TOO_LARGE,
                        answer.status(),
                        bytes,
                        "a sitemap of more than " + LARGEST + " bytes");
            } else {
                String problem = read(there.address().toString(), answer.body());
                if (problem != null) {
                    unused.note(url, Visit.Disposition.NOT_TEXT, answer.status(), bytes, "a sitemap: " + problem);
                }
            }
        }
    }

    /** Takes what a file lists. {@return what was wrong with it, or null} */
    private String read(String url, byte[] sent) {
        byte[] body;
        try {
            body = HttpBody.decoded(sent, "gzip").bytes();
        } catch (IOException e) {
            return "damaged (" + e.getMessage() + ")";
        }
        if (body.length > LARGEST) {
            return "more than " + LARGEST + " bytes unpacked";
        }
        String text = withoutComments(Decoded.of(body).text().strip());
        String head = text.substring(0, Math.min(text.length(), HEAD));
        if (text.contains("<!ENTITY")) {
            return "declares names for text, as no sitemap does";
        }
        if (!text.startsWith("<")) {
            return lines(url, text);
        }
        if (INDEX.matcher(head).find()) {
            return take(url, ADDRESS.matcher(text), true);
        }
        if (MAP.matcher(head).find()) {
            return take(url, ADDRESS.matcher(text), false);
        }
        return FEED.matcher(head).find()
                ? take(url, FEED_ADDRESS.matcher(text), false)
                : "no sitemap but something else, such as a page";
    }

    private String take(String url, Matcher matcher, boolean index) {
        int none = 0;
        while (matcher.find()) {
            String written = IntStream.rangeClosed(1, matcher.groupCount())
                    .mapToObj(matcher::group)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse("");
            String address = written.isBlank() ? null : Addresses.normal(url, Parser.unescapeEntities(written, false));
            if (address == null) {
                none++;
            } else if (index) {
                maps.add(address);
            } else if (found.size() < most) {
                found.add(address);
            } else {
                return "more than " + most + " addresses, of which the further were not taken";
            }
        }
        return none == 0 ? null : none + " of what it lists are no addresses";
    }

    /** A sitemap of plain text has an address a line. */
    private String lines(String url, String text) {
        List<String> lines =
                text.lines().map(String::strip).filter(each -> !each.isEmpty()).toList();
        int none = 0;
        for (String line : lines) {
            String address = line.matches("(?i)(https?://|/)\\S+") ? Addresses.normal(url, line) : null;
            if (address == null) {
                none++;
            } else if (found.size() < most) {
                found.add(address);
            } else {
                return "more than " + most + " addresses, of which the further were not taken";
            }
        }
        return lines.isEmpty() ? "empty" : none == 0 ? null : none + " of its lines are no addresses";
    }

    private static String withoutComments(String text) {
        StringBuilder kept = new StringBuilder(text.length());
        int at = 0;
        for (int from; (from = text.indexOf("<!--", at)) >= 0; ) {
            kept.append(text, at, from);
            int end = text.indexOf("-->", from);
            at = end < 0 ? text.length() : end + 3;
        }
        return kept.append(text, at, text.length()).toString().strip();
    }
}
