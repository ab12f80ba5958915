package kawi.crawl;

import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The addresses that a crawl has found and not asked yet, each once, in the order in which they were found. What smells
 * of a trap does not come in: paths that repeat themselves, links too deep, and of addresses that differ in numbers
 * only all beyond a limit, unless those before them were pages of their own (a book's chapters, and not a calendar's
 * months).
 */
final class Frontier {
    /**
     * An address.
     *
     * @param url its normal form
     * @param depth links from the first page
     * @param redirects how many in a row led to it
     */
    record Target(String url, int depth, int redirects) {}

    /** Takes note of what does not come in. */
    interface Traps {
        void note(Target target, String reason);
    }

    /** Text that tells a chapter from a page of a calendar, in characters. */
    private static final int CHAPTER = 400;
    /** The share of texts of their own from which addresses that differ in numbers only are taken for chapters. */
    private static final double BOOK = 0.9;

    private final int alike;
    private final int depth;
    private final Traps traps;
    private final Deque<Target> queue = new ArrayDeque<>();
    private final Set<String> known = new HashSet<>();
    /** How many addresses there are that differ in numbers only. */
    private final Map<String, Integer> shapes = new HashMap<>();
    /** The texts that came from such addresses. */
    private final Map<String, Set<String>> texts = new HashMap<>();
    /** Those beyond the limit, until it shows what they are. */
    private final Map<String, List<Target>> waiting = new TreeMap<>();

    /**
     * @param alike the most addresses that differ in numbers only
     * @param depth the most links from the first page
     */
    Frontier(int alike, int depth, Traps traps) {
        this.alike = alike;
        this.depth = depth;
        this.traps = traps;
    }

    /** Takes an address of the site, once; one of another site is passed over. */
    void offer(String site, String link, int links, int redirects) {
        String url = Addresses.normal(site, link);
        if (url == null || !site.equals(Addresses.site(url)) || !known.add(url)) {
            return;
        }
        String shape = shape(url);
        int same = shape.contains("#") || shape.endsWith("?") ? shapes.merge(shape, 1, Integer::sum) : 0;
        Target target = new Target(url, links, redirects);
        if (same > alike) {
            waiting.computeIfAbsent(shape, each -> new ArrayList<>()).add(target);
        } else if (repeats(url)) {
            traps.note(target, "its path repeats itself");
        } else if (links > depth) {
            traps.note(target, "more than " + depth + " links from the first page");
        } else {
            queue.add(target);
        }
    }

    /** Whether there is a next address: those that waited come in where those like them were pages of their own. */
    boolean any() {
        if (queue.isEmpty()) {
            waiting.forEach((shape, targets) -> {
                boolean book = texts.getOrDefault(shape, Set.of()).size() >= BOOK * alike;
                for (Target target : targets) {
                    if (book) {
                        queue.add(target);
                    } else {
                        traps.note(target, "more than " + alike + " addresses like " + shape);
                    }
                }
                if (book) {
                    shapes.put(shape, Integer.MIN_VALUE);
                }
            });
            waiting.clear();
        }
        return !queue.isEmpty();
    }

    Target next() {
        return queue.remove();
    }

    /** Puts an address that was asked in vain before all others. */
    void again(Target target) {
        queue.addFirst(target);
    }

    /** Remembers what a page says, for it shows whether pages with addresses like its own are worth asking for. */
    void came(Target target, String text) {
        String plain = text.replaceAll("\\d+", "#");
        if (plain.length() >= CHAPTER) {
            texts.computeIfAbsent(shape(target.url()), each -> new HashSet<>()).add(plain);
        }
    }

    boolean knows(String url) {
        return known.contains(url);
    }

    /** Remembers a link that leads nowhere. {@return whether it is met for the first time} */
    boolean isNew(String link) {
        return known.add(link);
    }

    /** How many addresses were found and not asked. */
    int left() {
        return queue.size() + waiting.values().stream().mapToInt(List::size).sum();
    }

    private static String shape(String url) {
        return url.replaceAll("[?].*", "?").replaceAll("\\d+", "#");
    }

    private static boolean repeats(String url) {
        List<String> parts = Arrays.stream(URI.create(url).getRawPath().split("/"))
                .filter(part -> !part.isEmpty())
                .toList();
        return parts.stream().anyMatch(part -> Collections.frequency(parts, part) >= 3);
    }
}
