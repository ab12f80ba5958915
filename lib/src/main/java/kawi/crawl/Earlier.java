package kawi.crawl;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import kawi.evidence.KitException;
import org.netpreserve.jwarc.WarcReader;
import org.netpreserve.jwarc.WarcRecord;
import org.netpreserve.jwarc.WarcResponse;

/**
 * The pages of an earlier crawl, by their addresses: where each lies in the file, and by what a site can be asked
 * whether it has changed since (RFC 9110, 8.8 and 13.1). The pages themselves stay in the file until they are wanted.
 */
final class Earlier {
    /** No earlier crawl. */
    static final Earlier NOTHING = new Earlier(null, Map.of());

    /** Headers of a 304 that describe its own empty body, not the page's. */
    private static final Set<String> OF_THE_ANSWER = Set.of(
            "connection",
            "content-encoding",
            "content-length",
            "content-range",
            "content-type",
            "date",
            "keep-alive",
            "transfer-encoding");

    private static final int LONGEST_TAG = 1000;

    /**
     * A page as it came.
     *
     * @param answer what was answered then, with the headers that a later 304 brought
     * @param came when
     */
    record Page(Fetcher.Answer answer, Instant came) {}

    private record Place(long at, Map<String, String> conditions) {}

    private final Path file;
    private final Map<String, Place> places;

    private Earlier(Path file, Map<String, Place> places) {
        this.file = file;
        this.places = places;
    }

    /**
     * {@return the pages of a WARC file, as far as it can be read; of an address that stands twice the last}
     *
     * @throws KitException where not even its beginning can be read
     */
    static Earlier of(Path warcGz) {
        Map<String, Place> places = new HashMap<>();
        int records = 0;
        try (WarcReader reader = new WarcReader(warcGz)) {
            for (Optional<WarcRecord> next = reader.next(); next.isPresent(); next = reader.next()) {
                records++;
                long at = reader.position();
                add(next.get(), at, places);
            }
        } catch (IOException | RuntimeException e) {
            if (records == 0) {
                throw new KitException(
                        "The earlier crawl " + warcGz + " cannot be read (" + e.getMessage()
                                + "): name the file of one, or crawl without it.",
                        e);
            }
            // What comes after a damaged record is asked for as new.
        }
        return new Earlier(warcGz, places);
    }

    private static void add(WarcRecord record, long at, Map<String, Place> places) {
        try {
            if (record instanceof WarcResponse response && response.http().status() == 200) {
                Map<String, List<String>> headers = response.http().headers().map();
                if (isWholePage(headers, record)) {
                    places.put(response.target(), new Place(at, conditions(headers, response.date())));
                } else {
                    places.remove(response.target()); // it is asked for as new
                }
            }
        } catch (IOException | RuntimeException e) {
            // No answer of HTTP, as Heritrix keeps those of DNS: the page, if it is one, is asked for as new.
        }
    }

    /** Whether it is what a crawl keeps: text, as it is, to its end. Files of other tools hold pictures too. */
    private static boolean isWholePage(Map<String, List<String>> headers, WarcRecord record) {
        String type = String.valueOf(only(headers, "content-type")).toLowerCase(Locale.ROOT);
        return type.matches("(?s)(null|text/html|text/plain|application/xhtml).*")
                && headers.keySet().stream().noneMatch("content-encoding"::equalsIgnoreCase)
                && record.headers().first("WARC-Truncated").isEmpty();
    }

    /** What to send back of the headers of a page: a tag that is well formed, a date that can be read and is past. */
    private static Map<String, String> conditions(Map<String, List<String>> headers, Instant came) {
        Map<String, String> conditions = new LinkedHashMap<>();
        String tag = only(headers, "etag");
        if (tag != null && tag.length() <= LONGEST_TAG && tag.matches("(W/)?\"[\\x21\\x23-\\x7e]*\"")) {
            conditions.put("If-None-Match", tag);
        }
        String modified = only(headers, "last-modified");
        try {
            if (modified != null
                    && !ZonedDateTime.parse(modified, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant()
                            .isAfter(came)) {
                conditions.put("If-Modified-Since", modified);
            }
        } catch (DateTimeException e) {
            // No date to ask by: the page is asked for as new unless it has a tag.
        }
        return conditions;
    }

    /** The value of a header that stands once. */
    private static String only(Map<String, List<String>> headers, String name) {
        List<String> values = headers.entrySet().stream()
                .filter(each -> each.getKey().equalsIgnoreCase(name))
                .flatMap(each -> each.getValue().stream())
                .map(String::strip)
                .toList();
        return values.size() == 1 ? values.get(0) : null;
    }

    /**
     * {@return the headers by which to ask whether a page has changed; none where it is not known or has no version}
     */
    Map<String, String> conditions(String url) {
        return places.containsKey(url) ? places.get(url).conditions() : Map.of();
    }

    /** {@return whether a site that answers so did not understand the conditions: it is asked once more without} */
    static boolean isMisled(int status) {
        return status == 400 || status == 412 || status == 417 || status == 500 || status == 501;
    }

    /**
     * {@return the earlier page of an address, its headers brought up to date (RFC 9111, 3.2); null where there is none
     * or it can no longer be read}
     *
     * @param fresh the headers of the answer that says that it has not changed
     */
    Page page(String url, HttpHeaders fresh) {
        if (!places.containsKey(url)) {
            return null;
        }
        try (FileChannel channel = FileChannel.open(file)) {
            channel.position(places.get(url).at());
            WarcReader reader = new WarcReader(channel);
            if (!(reader.next().orElse(null) instanceof WarcResponse response) || !url.equals(response.target())) {
                return null;
            }
            Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            headers.putAll(response.http().headers().map());
            List.of("date", "transfer-encoding", "content-length", "connection").forEach(headers::remove);
            fresh.map().forEach((name, values) -> {
                if (!OF_THE_ANSWER.contains(name.toLowerCase(Locale.ROOT))) {
                    headers.put(name, values);
                }
            });
            byte[] body;
            try (InputStream in = response.http().body().stream()) {
                body = in.readAllBytes();
            }
            return new Page(
                    new Fetcher.Answer(200, HttpHeaders.of(headers, (name, value) -> true), body, false, null),
                    response.date());
        } catch (IOException | RuntimeException e) {
            return null; // as if it were not there: it is asked for as new
        }
    }
}
