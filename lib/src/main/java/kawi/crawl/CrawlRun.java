package kawi.crawl;

import crawlercommons.robots.BaseRobotRules;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import kawi.evidence.Progress;
import kawi.readers.Page;

/** One crawl at work: breadth first, in the order of the links, so that the same site gives the same crawl. */
final class CrawlRun {
    /** Requests that a site may put off in a row before it is left. */
    private static final int MOST_PUT_OFF = 3;

    private final Crawler crawler;
    private final Earlier earlier;
    private final Warc.Writer warc;
    private final Progress progress;
    private final Fetcher fetcher;
    private final Frontier frontier;
    private final List<Visit> visits = new ArrayList<>();
    private final String start;
    private String site;
    private Robots robots;
    private Notices notices;
    private long pause;
    private int putOff;
    private int fetched;
    private int unchanged;
    private String ending;

    CrawlRun(Crawler crawler, Earlier earlier, Warc.Writer warc, Progress progress) {
        this.crawler = crawler;
        this.earlier = earlier;
        this.warc = warc;
        this.progress = progress;
        this.start = Addresses.ofStart(crawler.start().toString());
        this.site = start == null ? null : Addresses.site(start);
        this.frontier = new Frontier(
                crawler.alike(),
                crawler.depth(),
                (target, reason) -> note(target, Visit.Disposition.TRAP, 0, 0, reason));
        this.fetcher = new Fetcher(
                crawler.server(),
                crawler.timeout(),
                crawler.bytes(),
                start == null || Addresses.namesAPrivatePlace(start));
    }

    List<Visit> visits() {
        return List.copyOf(visits);
    }

    /** How the crawl ended, in one sentence. */
    String ending() {
        return ending;
    }

    void crawl() {
        if (start == null) {
            ending = crawler.start() + " is no address of the web; nothing was fetched, correct it.";
            return;
        }
        progress.begin("crawling " + URI.create(start).getHost(), crawler.pages());
        try {
            if (welcome()) {
                frontier.offer(site, start, 0, 0);
                boolean first = true;
                while (ending == null && frontier.any() && fetched < crawler.pages()) {
                    visit(frontier.next());
                    if (first && ending == null) {
                        listed();
                    }
                    first = false;
                    progress.update(
                            fetched,
                            visits.isEmpty()
                                    ? ""
                                    : visits.get(visits.size() - 1).url());
                }
                if (ending == null) {
                    ending = ended();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ending = "The crawl of " + site + " was interrupted after " + fetched + " pages; those are kept.";
        }
        progress.end(kept() + " pages kept");
    }

    private String ended() {
        int left = frontier.left();
        if (left > 0) {
            return "The crawl of " + site + " stopped at its limit of " + crawler.pages() + " pages with " + left
                    + " addresses left; raise the limit to go on.";
        }
        if (kept() == 0) {
            return "The crawl of " + site + " brought nothing: of " + visits.size() + " addresses none was kept; its"
                    + " table says why.";
        }
        return "The crawl of " + site + " is complete: " + kept() + " pages kept of " + fetched + " fetched"
                + (unchanged == 0 ? "." : ", of which " + unchanged + " had not changed since the earlier crawl.");
    }

    /** Reads robots.txt. {@return whether the site may be crawled; if not, the ending says why} */
    private boolean welcome() throws InterruptedException {
        robots = Robots.of(
                site,
                address -> fetcher.get(address, Robots.LONGEST),
                crawler.patience().toMillis());
        if (robots.refusal() != null) {
            ending = site + " " + robots.refusal();
        } else {
            long asked = robots.rules().getCrawlDelay();
            pause = Math.max(crawler.pause().toMillis(), asked == BaseRobotRules.UNSET_CRAWL_DELAY ? 0 : asked);
            if (robots.rules().isAllowNone()) {
                ending = site + " asks in its robots.txt for longer pauses than "
                        + crawler.patience().toSeconds()
                        + " s; nothing was fetched, ask its owner or have more patience.";
            } else if (!robots.rules().isAllowed(site.equals(Addresses.site(start)) ? start : site + "/")) {
                ending = site + " refuses crawlers like this one: its robots.txt disallows "
                        + URI.create(start).getPath() + "; nothing was fetched, ask its owner.";
            } else if (robots.reservation() != null) {
                ending = site + " " + robots.reservation() + "; nothing was fetched, ask its owner.";
            } else {
                heed();
            }
        }
        return ending == null;
    }

    /** Reads what the site says beside robots.txt of machines that learn. */
    private void heed() throws InterruptedException {
        notices = Notices.of(site, robots.rules(), address -> {
            String asked = address.toString();
            if (asked.startsWith(site + "/") && !robots.rules().isAllowed(asked)) {
                return Fetcher.Answer.failed("leads to " + asked + ", which robots.txt disallows");
            }
            Thread.sleep(pause);
            return fetcher.get(address, Robots.LONGEST);
        });
        for (Visit each : notices.rows()) {
            visits.add(each);
            if (each.status() == 429 || each.status() == 503) {
                pause = Math.max(2 * pause, 100);
            }
        }
        if (notices.reservation() != null) {
            ending = site + " " + notices.reservation() + "; no page was fetched, ask its owner.";
        }
    }

    /** Offers what the site's sitemaps list. */
    private void listed() throws InterruptedException {
        Robots.Get get = url -> {
            Thread.sleep(pause);
            return fetcher.get(url, Sitemaps.LARGEST);
        };
        Sitemaps.Unused unused = (url, outcome, status, bytes, reason) ->
                note(new Frontier.Target(url, 1, 0), outcome, status, bytes, reason);
        for (String address : robots.listed(site, 10 * crawler.pages(), get, unused)) {
            frontier.offer(site, address, 1, 0);
        }
    }

    private void visit(Frontier.Target target) throws InterruptedException {
        if (!robots.rules().isAllowed(target.url())) {
            note(target, Visit.Disposition.DISALLOWED, 0, 0, "robots.txt disallows it");
            return;
        }
        String reservation = robots.reservation(target.url());
        if (reservation == null) {
            reservation = notices.reservation(target.url());
        }
        if (reservation != null) {
            note(target, Visit.Disposition.RESERVED, 0, 0, reservation);
            return;
        }
        Map<String, String> conditions = earlier.conditions(target.url());
        Fetcher.Answer answer = ask(target, conditions);
        Earlier.Page kept = answer.status() == 304 ? earlier.page(target.url(), answer.headers()) : null;
        if (!conditions.isEmpty() && (answer.status() == 304 && kept == null || Earlier.isMisled(answer.status()))) {
            answer = ask(target, Map.of());
            kept = answer.status() == 304 ? earlier.page(target.url(), answer.headers()) : null;
            conditions = Map.of();
        }
        if (answer.status() == 429 || answer.status() == 503) {
            putOff(target, answer);
            return;
        }
        putOff = 0;
        fetched++;
        String type = answer.header("content-type").toLowerCase(Locale.ROOT);
        if (answer.failure() != null) {
            note(target, Visit.Disposition.NO_ANSWER, 0, 0, answer.failure());
        } else if (kept != null && kept.answer().body().length > crawler.bytes()) {
            note(
                    target,
                    Visit.Disposition.TOO_LARGE,
                    304,
                    kept.answer().body().length,
                    "more than " + crawler.bytes() + " bytes");
        } else if (kept != null) {
            unchanged++;
            page(
                    target,
                    kept.answer(),
                    kept,
                    "unchanged since " + kept.came() + "; the page of the earlier crawl is kept"
                            + (conditions.isEmpty() ? ", though nothing asked whether it has changed" : ""));
        } else if (answer.status() == 304) {
            note(
                    target,
                    Visit.Disposition.REFUSED,
                    304,
                    0,
                    "answers 304 (not changed), and there is no earlier page to keep");
        } else if (answer.status() >= 300 && answer.status() < 400) {
            redirect(target, answer);
        } else if (answer.status() >= 400) {
            note(
                    target,
                    Visit.Disposition.REFUSED,
                    answer.status(),
                    answer.body().length,
                    "answers " + answer.status());
        } else if (!type.isEmpty()
                && !type.startsWith("text/html")
                && !type.startsWith("text/plain")
                && !type.startsWith("application/xhtml")) {
            note(target, Visit.Disposition.NOT_TEXT, answer.status(), answer.body().length, type);
        } else if (!answer.header("content-encoding").matches("(?i)|identity")) {
            note(
                    target,
                    Visit.Disposition.NOT_TEXT,
                    answer.status(),
                    answer.body().length,
                    "sent as " + answer.header("content-encoding") + ", which was not asked for");
        } else if (answer.truncated()) {
            note(
                    target,
                    Visit.Disposition.TOO_LARGE,
                    answer.status(),
                    answer.body().length,
                    "more than " + crawler.bytes() + " bytes");
        } else {
            page(target, answer, null, null);
        }
    }

    private Fetcher.Answer ask(Frontier.Target target, Map<String, String> conditions) throws InterruptedException {
        Thread.sleep(pause);
        return fetcher.get(URI.create(target.url()), crawler.bytes(), conditions);
    }

    /** A site that is asked too much says so: it is asked more slowly from then on, or left. */
    private void putOff(Frontier.Target target, Fetcher.Answer answer) throws InterruptedException {
        String stated = answer.header("retry-after");
        long wait = Math.max(2 * pause, retryAfter(stated, crawler.clock().instant()));
        putOff++;
        if (putOff >= MOST_PUT_OFF || wait > crawler.patience().toMillis()) {
            fetched++;
            note(
                    target,
                    Visit.Disposition.REFUSED,
                    answer.status(),
                    answer.body().length,
                    "answers " + answer.status() + (stated.isEmpty() ? "" : ", Retry-After: " + stated));
            ending = "The crawl of " + site + " was left: it answers " + answer.status()
                    + (stated.isEmpty() ? "" : " and asks to wait (Retry-After: " + stated + ")") + "; "
                    + kept() + " pages are kept, try later with longer pauses.";
            return;
        }
        pause = Math.max(2 * pause, 100);
        frontier.again(target);
        Thread.sleep(wait);
    }

    /** The wait that a header asks for, in milliseconds: seconds, or a date (RFC 9110, 10.2.3). */
    private static long retryAfter(String stated, Instant now) {
        try {
            return stated.matches("\\d{1,9}")
                    ? Long.parseLong(stated) * 1000
                    : stated.isEmpty()
                            ? 0
                            : Duration.between(
                                            now,
                                            ZonedDateTime.parse(stated, DateTimeFormatter.RFC_1123_DATE_TIME)
                                                    .toInstant())
                                    .toMillis();
        } catch (DateTimeException e) {
            return 0;
        }
    }

    private void redirect(Frontier.Target target, Fetcher.Answer answer) throws InterruptedException {
        String location = answer.header("location");
        String next = location.isEmpty() ? null : Addresses.normal(target.url(), location);
        if (next == null) {
            note(target, Visit.Disposition.REFUSED, answer.status(), 0, "a redirect to nowhere");
        } else if (target.redirects() >= crawler.redirects()) {
            note(
                    target,
                    Visit.Disposition.TRAP,
                    answer.status(),
                    0,
                    "more than " + crawler.redirects() + " redirects in a row");
        } else if (next.equals(target.url()) || frontier.knows(next) && target.redirects() > 0) {
            note(target, Visit.Disposition.TRAP, answer.status(), 0, "a redirect loop by way of " + next);
        } else {
            note(target, Visit.Disposition.REDIRECT, answer.status(), 0, "to " + next);
            if (target.depth() == 0 && !site.equals(Addresses.site(next)) && Addresses.isSameHouse(site, next)) {
                site = Addresses.site(next); // the first page has moved to https or to www, and the site with it
                if (!welcome()) {
                    return;
                }
            }
            frontier.offer(site, next, target.depth(), target.redirects() + 1);
        }
    }

    /** @param kept the earlier page whose content this is, with the sentence for its row, or both null */
    private void page(Frontier.Target target, Fetcher.Answer answer, Earlier.Page kept, String unchanged) {
        int status = kept == null ? answer.status() : 304;
        Page page = Page.of(target.url(), answer.header("content-type"), answer.body());
        Wishes wishes = Wishes.of(
                page.robots(),
                answer.headers().allValues("x-robots-tag"),
                answer.header("tdm-reservation"),
                crawler.clock().instant());
        answer.headers().allValues("content-usage").forEach(wishes::usage);
        answer.headers().allValues("content-signal").forEach(wishes::usage);
        if (!wishes.keep()) {
            note(target, Visit.Disposition.NOINDEX, status, answer.body().length, "asks not to be kept");
        } else if (wishes.reservation() != null) {
            note(target, Visit.Disposition.RESERVED, status, answer.body().length, wishes.reservation());
        } else {
            warc.response(target.url(), answer, kept == null ? crawler.clock().instant() : kept.came());
            String said =
                    unchanged == null ? page.note() : page.note() == null ? unchanged : unchanged + "; " + page.note();
            visits.add(new Visit(
                    target.url(),
                    target.depth(),
                    Visit.Disposition.KEPT,
                    status,
                    answer.body().length,
                    said,
                    answer.headers().firstValue("etag").orElse(null),
                    answer.headers().firstValue("last-modified").orElse(null)));
        }
        frontier.came(target, page.text());
        if (wishes.follow()) {
            page.links().forEach(link -> follow(target, link));
        }
    }

    private void follow(Frontier.Target from, String link) {
        if (Addresses.normal(from.url(), link) != null) {
            frontier.offer(site, Addresses.normal(from.url(), link), from.depth() + 1, 0);
        } else if (!Addresses.isOfAnotherScheme(link) && frontier.isNew(link)) {
            String shown = link.length() > 200 ? link.substring(0, 200) + "..." : link;
            note(
                    new Frontier.Target(shown, from.depth() + 1, 0),
                    Visit.Disposition.NO_ADDRESS,
                    0,
                    0,
                    "no address, on " + from.url());
        }
    }

    private void note(Frontier.Target target, Visit.Disposition outcome, int status, long bytes, String reason) {
        visits.add(new Visit(target.url(), target.depth(), outcome, status, bytes, reason, null, null));
    }

    private long kept() {
        return visits.stream()
                .filter(visit -> visit.outcome() == Visit.Disposition.KEPT)
                .count();
    }
}
