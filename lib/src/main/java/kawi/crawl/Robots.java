package kawi.crawl;

import crawlercommons.robots.BaseRobotRules;
import crawlercommons.robots.SimpleRobotRulesParser;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The robots.txt of a site: read as RFC 9309 says, through up to five redirects, up to 500 KiB of it. A site that
 * answers it with 401, 403, 429 or an error of its own is left alone.
 *
 * @param rules what may be asked, or null where the site is left alone
 * @param refusal why it is, as the end of a sentence that begins with the site; null where it is not
 * @param signals what it says of learning from the site's text, or null
 */
record Robots(BaseRobotRules rules, String refusal, Signals signals) {
    /** What of the file counts (RFC 9309, 2.5). */
    static final int LONGEST = 500 * 1024;

    private static final int MOST_REDIRECTS = 5;

    /** Fetches one address. */
    interface Get {
        Fetcher.Answer of(URI address) throws InterruptedException;
    }

    static Robots of(String site, Get get, long patience) throws InterruptedException {
        Fetcher.Answer answer = find(URI.create(site + "/robots.txt"), get).answer();
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
        if (status < 200 || status > 299) {
            return new Robots(parser.failedFetch(404), null, null); // none, or redirects without an end
        }
        byte[] text = text(answer);
        BaseRobotRules rules = parser.parseContent(site + "/robots.txt", text, "text/plain", List.of(Fetcher.NAME));
        return new Robots(rules, null, Signals.of(new String(text, StandardCharsets.UTF_8)));
    }

    /** What was answered, and where in the end. */
    record Found(URI address, Fetcher.Answer answer) {}

    /** {@return what an address answers, behind up to five redirects} */
    static Found find(URI first, Get get) throws InterruptedException {
        URI address = first;
        Fetcher.Answer answer = get.of(address);
        for (int i = 0; i < MOST_REDIRECTS && isRedirect(answer); i++) {
            String next = Addresses.normal(address.toString(), answer.header("location"));
            if (next == null) {
                break;
            }
            answer = get.of(URI.create(next));
            address = URI.create(next);
        }
        return new Found(address, answer);
    }

    private static boolean isRedirect(Fetcher.Answer answer) {
        return answer.status() >= 300
                && answer.status() < 400
                && !answer.header("location").isEmpty();
    }

    /** The file without a byte-order mark, and without a line that the limit cut. */
    static byte[] text(Fetcher.Answer answer) {
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

    /** {@return in a clause, why nothing of the site is to be learned from; null where something may be} */
    String reservation() {
        return signals == null ? null : signals.ofTheSite();
    }

    /** {@return in a clause, why this address is not to be learned from; null where it may be} */
    String reservation(String url) {
        return signals == null ? null : signals.ofAddress(url);
    }

    /**
     * {@return the addresses that the site's sitemaps list, of indexes too, at most so many}
     *
     * @param unused hears of sitemaps that could not be used, or not wholly
     */
    List<String> listed(String site, int most, Get get, Sitemaps.Unused unused) throws InterruptedException {
        return Sitemaps.listed(rules.getSitemaps(), site, most, get, unused);
    }
}
