package kawi.crawl;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * What a crawl brought.
 *
 * @param warc the file with the pages kept
 * @param visits every address it came upon, in order, with what became of it
 * @param ending how it ended, in one sentence
 */
public record Crawl(Path warc, List<Visit> visits, String ending) {

    /** {@return number of addresses by what became of them} */
    public Map<Visit.Disposition, Integer> outcomes() {
        Map<Visit.Disposition, Integer> counts = new EnumMap<>(Visit.Disposition.class);
        visits.forEach(visit -> counts.merge(visit.outcome(), 1, Integer::sum));
        return counts;
    }

    /** {@return the same with the outcomes in words, for a table or a chart} */
    public Map<String, Integer> counts() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        outcomes().forEach((outcome, count) -> counts.put(words(outcome), count));
        return counts;
    }

    private static String words(Visit.Disposition outcome) {
        return outcome.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** {@return a row an address; under "version" its ETag, or else its Last-Modified} */
    public Table table() {
        return Table.create(
                "crawl",
                StringColumn.create("address", visits.stream().map(Visit::url)),
                IntColumn.create("depth", visits.stream().mapToInt(Visit::depth).toArray()),
                StringColumn.create("outcome", visits.stream().map(visit -> words(visit.outcome()))),
                IntColumn.create(
                        "status", visits.stream().mapToInt(Visit::status).toArray()),
                LongColumn.create(
                        "bytes", visits.stream().mapToLong(Visit::bytes).toArray()),
                StringColumn.create("why", visits.stream().map(visit -> visit.reason() == null ? "" : visit.reason())),
                StringColumn.create("version", visits.stream().map(Crawl::version)));
    }

    /** By what a later crawl asks whether a page has changed. */
    private static String version(Visit visit) {
        String version = visit.etag() != null ? visit.etag() : visit.modified() != null ? visit.modified() : "";
        return version.length() > 40 ? version.substring(0, 40) + "..." : version;
    }
}
