package kawi.crawl;

import crawlercommons.filters.basic.BasicURLNormalizer;
import crawlercommons.robots.BaseRobotRules;
import crawlercommons.robots.SimpleRobotRulesParser;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import kawi.evidence.Progress;
import kawi.readers.Page;

/** One crawl at work: breadth first, in the order of the links, so that the same site gives the same crawl. */
final class CrawlRun {
    private record Target(String url, int depth, int redirects) {}

    private static final BasicURLNormalizer NORMAL = BasicURLNormalizer.newBuilder()
            .queryParamsToRemove(new TreeSet<>(List.of(
                    "jsessionid",
                    "phpsessid",
                    "sid",
                    "sessionid",
                    "utm_source",
                    "utm_medium",
                    "utm_campaign",
                    "fbclid")))
            .build();

    private final Crawler crawler;
    private final Warc.Writer warc;
    private final Progress progress;
    private final Fetcher fetcher;
    private final Deque<Target> queue = new ArrayDeque<>();
    private final Set<String> known = new HashSet<>();
    private final Map<String, Integer> shapes = new HashMap<>();
    private final List<Visit> visits = new ArrayList<>();
    private BaseRobotRules robots;
    private long pause;
    private int fetched;
    private String ending;

    CrawlRun(Crawler crawler, Warc.Writer warc, Progress progress) {
        this.crawler = crawler;
        this.warc = warc;
        this.progress = progress;
        this.fetcher = new Fetcher(crawler.server(), crawler.timeout(), crawler.bytes());
    }

    List<Visit> visits() {
        return List.copyOf(visits);
    }

    /** How the crawl ended, in one sentence. */
    String ending() {
        return ending;
    }

    void crawl() {
        progress.begin("crawling " + crawler.start().getHost(), crawler.pages());
        try {
            if (welcome()) {
                offer(crawler.start().toString(), 0, 0);
                while (!queue.isEmpty() && fetched < crawler.pages()) {
                    visit(queue.poll());
                    progress.update(fetched, visits.get(visits.size() - 1).url());
                }
                ending = queue.isEmpty()
                        ? "The crawl of " + site() + " is complete: " + kept() + " pages kept of " + fetched
                                + " fetched."
                        : "The crawl of " + site() + " stopped at its limit of " + crawler.pages() + " pages with "
                                + queue.size() + " addresses left; raise the limit to go on.";
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ending = "The crawl of " + site() + " was interrupted after " + fetched + " pages; those are kept.";
        }
        progress.end(kept() + " pages kept");
    }

    /** Reads robots.txt. A site that answers it with 401, 403 or an error of its own does not want us. */
    private boolean welcome() throws InterruptedException {
        URI address = crawler.start().resolve("/robots.txt");
        Fetcher.Answer answer = fetcher.get(address);
        int status = answer.status();
        SimpleRobotRulesParser parser =
                new SimpleRobotRulesParser(crawler.patience().toMillis(), 0);
        if (answer.failure() != null) {
            ending = site() + " " + answer.failure() + "; nothing was fetched, try again later or check the address.";
        } else if (status == 401 || status == 403 || status >= 500) {
            ending = site() + " refuses (robots.txt answers " + status + "); nothing was fetched, ask its owner.";
        } else {
            robots = status == 200
                    ? parser.parseContent(address.toString(), answer.body(), "text/plain", List.of(Fetcher.NAME))
                    : parser.failedFetch(404);
            pause = Math.max(
                    crawler.pause().toMillis(),
                    robots.getCrawlDelay() == BaseRobotRules.UNSET_CRAWL_DELAY ? 0 : robots.getCrawlDelay());
            if (robots.isAllowNone()) {
                ending = site() + " asks in its robots.txt for longer pauses than "
                        + crawler.patience().toSeconds()
                        + " s; nothing was fetched, ask its owner or have more patience.";
            } else if (!robots.isAllowed(crawler.start().toString())) {
                ending = site() + " refuses crawlers like this one: its robots.txt disallows "
                        + crawler.start().getPath() + "; nothing was fetched, ask its owner.";
            }
        }
        return ending == null;
    }

    private void visit(Target target) throws InterruptedException {
        if (!robots.isAllowed(target.url())) {
            note(target, Visit.Disposition.DISALLOWED, 0, 0, "robots.txt disallows it");
            return;
        }
        Thread.sleep(pause);
        Fetcher.Answer answer = fetcher.get(URI.create(target.url()));
        fetched++;
        String type = answer.header("content-type").toLowerCase(Locale.ROOT);
        if (answer.failure() != null) {
            note(target, Visit.Disposition.NO_ANSWER, 0, 0, answer.failure());
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
            page(target, answer);
        }
    }

    private void redirect(Target target, Fetcher.Answer answer) {
        String location = answer.header("location");
        String next = location.isEmpty() ? null : normal(target.url(), location);
        if (next == null) {
            note(target, Visit.Disposition.REFUSED, answer.status(), 0, "a redirect to nowhere");
        } else if (target.redirects() >= crawler.redirects()) {
            note(
                    target,
                    Visit.Disposition.TRAP,
                    answer.status(),
                    0,
                    "more than " + crawler.redirects() + " redirects in a row");
        } else if (next.equals(target.url()) || known.contains(next) && target.redirects() > 0) {
            note(target, Visit.Disposition.TRAP, answer.status(), 0, "a redirect loop by way of " + next);
        } else {
            note(target, Visit.Disposition.REDIRECT, answer.status(), 0, "to " + next);
            offer(next, target.depth(), target.redirects() + 1);
        }
    }

    private void page(Target target, Fetcher.Answer answer) {
        Page page = Page.of(target.url(), answer.header("content-type"), answer.body());
        String rules = (page.robots() + "," + String.join(",", answer.headers().allValues("x-robots-tag")))
                .toLowerCase(Locale.ROOT);
        Set<String> wishes = new HashSet<>(Arrays.asList(rules.split("[,\\s]+")));
        boolean none = wishes.contains("none");
        if (none || wishes.contains("noindex")) {
            note(target, Visit.Disposition.NOINDEX, answer.status(), answer.body().length, "asks not to be kept");
        } else {
            warc.response(target.url(), answer);
            note(target, Visit.Disposition.KEPT, answer.status(), answer.body().length, page.note());
        }
        if (!none && !wishes.contains("nofollow")) {
            page.links().forEach(link -> offer(link, target.depth() + 1, 0));
        }
    }

    /** Puts an address into the queue, once; one that smells of a trap is noted instead. */
    private void offer(String link, int depth, int redirects) {
        String url = normal(crawler.start().toString(), link);
        if (url == null || !site().equals(site(URI.create(url))) || !known.add(url)) {
            return;
        }
        String shape = url.replaceAll("[?].*", "?").replaceAll("\\d+", "#");
        int alike = shape.contains("#") || shape.endsWith("?") ? shapes.merge(shape, 1, Integer::sum) : 0;
        Target target = new Target(url, depth, redirects);
        if (alike > crawler.alike()) {
            note(target, Visit.Disposition.TRAP, 0, 0, "more than " + crawler.alike() + " addresses like " + shape);
        } else if (repeats(url)) {
            note(target, Visit.Disposition.TRAP, 0, 0, "its path repeats itself");
        } else if (depth > crawler.depth()) {
            note(target, Visit.Disposition.TRAP, 0, 0, "more than " + crawler.depth() + " links from the first page");
        } else {
            queue.add(target);
        }
    }

    private static boolean repeats(String url) {
        List<String> parts = Arrays.stream(URI.create(url).getRawPath().split("/"))
                .filter(part -> !part.isEmpty())
                .toList();
        return parts.stream().anyMatch(part -> Collections.frequency(parts, part) >= 3);
    }

    private static String normal(String base, String link) {
        try {
            String url = NORMAL.filter(
                    URI.create(base).resolve(link.strip().replace(" ", "%20")).toString());
            URI uri = url == null ? null : URI.create(url.replaceFirst("#.*", ""));
            return uri == null || uri.getHost() == null || !uri.getScheme().startsWith("http") ? null : uri.toString();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private void note(Target target, Visit.Disposition outcome, int status, long bytes, String reason) {
        visits.add(new Visit(target.url(), target.depth(), outcome, status, bytes, reason));
    }

    private long kept() {
        return visits.stream()
                .filter(visit -> visit.outcome() == Visit.Disposition.KEPT)
                .count();
    }

    private String site() {
        return site(crawler.start());
    }

    private static String site(URI uri) {
        return uri.getScheme() + "://" + uri.getAuthority();
    }
}
