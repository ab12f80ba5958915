package kawi.crawl;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import kawi.evidence.KitException;
import kawi.evidence.Progress;

/**
 * A polite crawler of one site: one page at a time, with a pause, as its robots.txt allows (RFC 9309), leaving out what
 * asks to be left out or reserves itself from learning machines, and never for ever. It goes on more slowly where the
 * site answers 429, also asks what the site's sitemaps list, and connects to no private address but one that the start
 * names.
 *
 * @param start address of the first page; other hosts are not visited
 * @param server where to connect instead of asking the network for the host, or null; a site on loopback can so have a
 *     name
 * @param pages most pages fetched
 * @param depth most links between the first page and any other
 * @param alike most pages whose addresses differ in numbers only, as those of a calendar without end; more are asked
 *     where nine of ten of these had a text of their own, as the chapters of a book have
 * @param redirects most redirects in a row
 * @param bytes most bytes of a page
 * @param timeout longest wait for a page
 * @param pause least pause between pages; robots.txt may ask for a longer one
 * @param patience longest pause robots.txt may ask for; a site that asks for more is left alone
 * @param clock tells the times written into the WARC file
 * @param earlier the WARC file of an earlier crawl of the site, or null
 */
public record Crawler(
        URI start,
        InetSocketAddress server,
        int pages,
        int depth,
        int alike,
        int redirects,
        int bytes,
        Duration timeout,
        Duration pause,
        Duration patience,
        Clock clock,
        Path earlier) {

    /**
     * {@return a crawler with modest limits: 100 pages, 10 links deep, 2 MB and 10 s a page, at least half a second
     * between pages}
     *
     * @param start address of the first page; where it has no scheme, {@code http} is meant
     * @throws KitException where it is no address of the web
     */
    public static Crawler from(String start) {
        return new Crawler(
                start(start),
                null,
                100,
                10,
                20,
                5,
                2_000_000,
                Duration.ofSeconds(10),
                Duration.ofMillis(500),
                Duration.ofSeconds(30),
                Clock.systemUTC(),
                null);
    }

    /** The first address in the spelling that links get, too. */
    private static URI start(String written) {
        String normal = Addresses.ofStart(written);
        if (normal == null) {
            throw new KitException("\"" + written + "\" is no address of the web to crawl from; give one such as"
                    + " https://example.org/.");
        }
        return URI.create(normal);
    }

    /**
     * {@return the same, connecting to this server whatever the host's name, as for a site that is not public yet}
     *
     * @param address the server
     */
    public Crawler at(InetSocketAddress address) {
        return new Crawler(
                start, address, pages, depth, alike, redirects, bytes, timeout, pause, patience, clock, earlier);
    }

    /**
     * {@return the same, fetching at most so many pages}
     *
     * @param most pages
     */
    public Crawler pages(int most) {
        return new Crawler(
                start, server, most, depth, alike, redirects, bytes, timeout, pause, patience, clock, earlier);
    }

    /**
     * {@return the same with other limits of depth}
     *
     * @param links most links between the first page and any other
     * @param pagesAlike most pages whose addresses differ in numbers only
     */
    public Crawler depth(int links, int pagesAlike) {
        return new Crawler(
                start, server, pages, links, pagesAlike, redirects, bytes, timeout, pause, patience, clock, earlier);
    }

    /**
     * {@return the same with other limits for a page}
     *
     * @param mostBytes most bytes
     * @param longest longest wait
     */
    public Crawler page(int mostBytes, Duration longest) {
        return new Crawler(
                start, server, pages, depth, alike, redirects, mostBytes, longest, pause, patience, clock, earlier);
    }

    /**
     * {@return the same, pausing at least so long between pages}
     *
     * @param least the pause
     */
    public Crawler pause(Duration least) {
        return new Crawler(
                start, server, pages, depth, alike, redirects, bytes, timeout, least, patience, clock, earlier);
    }

    /**
     * {@return the same, taking the times in the WARC file from another clock} A fixed one makes two crawls of an
     * unchanged site equal byte for byte.
     *
     * @param other the clock
     */
    public Crawler clock(Clock other) {
        return new Crawler(
                start, server, pages, depth, alike, redirects, bytes, timeout, pause, patience, other, earlier);
    }

    /**
     * {@return the same, asking of each page of an earlier crawl only whether it has changed} The page's {@code ETag}
     * and {@code Last-Modified} are sent back (RFC 9110, 13.1); where the site answers 304, the earlier page is kept,
     * with the date at which it came. A page without them, or whose date cannot be read, is asked for as a new one.
     *
     * @param warcGz the earlier crawl's file; it may be the one that the new crawl will replace
     */
    public Crawler since(Path warcGz) {
        return new Crawler(
                start, server, pages, depth, alike, redirects, bytes, timeout, pause, patience, clock, warcGz);
    }

    /**
     * Crawls. Interrupted, it stops and keeps what it has.
     *
     * @param warcGz the file for the pages it keeps
     * @param progress hears of the pages fetched
     * @return what it brought
     * @throws KitException where the file cannot be written, or that of the earlier crawl cannot be read
     */
    public Crawl run(Path warcGz, Progress progress) {
        Earlier before = earlier == null ? Earlier.NOTHING : Earlier.of(earlier);
        try (Warc.Writer warc = Warc.writer(warcGz, clock)) {
            CrawlRun run = new CrawlRun(this, before, warc, progress);
            run.crawl();
            warc.finish();
            return new Crawl(warcGz, run.visits(), run.ending());
        }
    }
}
