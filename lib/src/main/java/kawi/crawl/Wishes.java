package kawi.crawl;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a page asks of crawlers, all its robots metas and {@code X-Robots-Tag} headers together: of rules that differ
 * the stricter holds. A header that names another crawler says nothing to this one.
 */
final class Wishes {
    /** Rules that carry a value; anything else before a colon is a crawler's name. */
    private static final Set<String> VALUED =
            Set.of("max-snippet", "max-image-preview", "max-video-preview", "unavailable_after");

    private static final Pattern SEVERAL = Pattern.compile("[,\\s]+");
    private static final Set<String> RESERVED = Set.of("noai", "notrain", "noml", "tdm-reservation", "ai-train=no");

    private final Set<String> rules = new HashSet<>();
    private boolean expired;

    /**
     * The wishes of a page.
     *
     * @param metas content of its robots metas, between commas
     * @param headers values of its X-Robots-Tag headers
     * @param reservation value of its header tdm-reservation, or empty
     * @param now the time, for rules that begin at one
     */
    static Wishes of(String metas, List<String> headers, String reservation, Instant now) {
        Wishes wishes = new Wishes();
        wishes.add(metas, now);
        for (String header : headers) {
            String rules = header;
            int colon = header.indexOf(':');
            String name = colon < 0 ? "" : header.substring(0, colon).strip().toLowerCase(Locale.ROOT);
            if (name.matches("[a-z0-9_.-]+") && !VALUED.contains(name)) {
                if (!name.equals(Fetcher.NAME) && !name.equals("robots")) {
                    continue;
                }
                rules = header.substring(colon + 1);
            }
            wishes.add(rules, now);
        }
        if (reservation.strip().startsWith("1")) {
            wishes.rules.add("tdm-reservation");
        }
        return wishes;
    }

    /** Adds the preferences of a header Content-Usage or Content-Signal. */
    void usage(String preferences) {
        if (Boolean.FALSE.equals(Signals.allows(preferences))) {
            rules.add("ai-train=no");
        }
    }

    private void add(String text, Instant now) {
        String lower = text.toLowerCase(Locale.ROOT);
        rules.addAll(List.of(SEVERAL.split(lower)));
        int until = lower.indexOf("unavailable_after:");
        if (until >= 0) {
            String date = text.substring(until + "unavailable_after:".length()).strip();
            try {
                expired |= (date.matches("\\d{4}-\\d{2}-\\d{2}.*")
                                ? Instant.parse(date.substring(0, 10) + "T23:59:59Z")
                                : ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                                        .toInstant())
                        .isBefore(now);
            } catch (DateTimeException e) {
                // A date in no known form: the page's other rules hold.
            }
        }
    }

    boolean keep() {
        return !rules.contains("noindex") && !rules.contains("none") && !expired;
    }

    boolean follow() {
        return !rules.contains("nofollow") && !rules.contains("none");
    }

    /** {@return in a clause, what the page reserves its text from; null where it does not} */
    String reservation() {
        return rules.stream()
                .filter(RESERVED::contains)
                .sorted()
                .findFirst()
                .map(rule -> "reserves its text from learning machines (" + rule + ")")
                .orElse(null);
    }
}
