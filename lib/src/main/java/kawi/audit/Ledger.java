package kawi.audit;

import com.fasterxml.jackson.databind.SerializationFeature;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import kawi.clean.Licences;
import kawi.corpus.Document;
import kawi.corpus.JsonLines;
import kawi.corpus.Skipped;
import kawi.evidence.AtomicFile;
import kawi.readers.Reading;
import kawi.readers.Source;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Whose copyright: every source and licence that was read, what the policy said, and everything that was set aside on
 * the way.
 *
 * @param entries a line for each source and licence
 * @param missing sources of the catalog that were not at hand, with the reason
 * @param skipped what could not be used, by source
 * @param repaired what was decoded another way than declared, by source
 */
public record Ledger(
        List<Entry> entries,
        List<Skipped> missing,
        Map<String, List<Skipped>> skipped,
        Map<String, List<Skipped>> repaired) {

    /**
     * One line.
     *
     * @param note the catalog's note on the licence
     * @param taken whether the policy allows it
     * @param offered documents the source had; {@code documents} of them are in the sample
     */
    public record Entry(
            String source,
            String title,
            String licence,
            String note,
            boolean taken,
            long offered,
            long documents,
            long bytes) {}

    /** {@return the ledger of these readings under a policy} */
    public static Ledger of(List<Reading> readings, List<Skipped> missing, Licences policy) {
        List<Entry> entries = new ArrayList<>();
        Map<String, List<Skipped>> aside = new LinkedHashMap<>();
        Map<String, List<Skipped>> repaired = new LinkedHashMap<>();
        for (Reading reading : readings) {
            Source source = reading.source();
            Map<String, long[]> counts = new LinkedHashMap<>();
            for (Document document : reading.documents()) {
                long[] count = counts.computeIfAbsent(document.licence(), licence -> new long[2]);
                count[0]++;
                count[1] += document.bytes();
            }
            counts.forEach((licence, count) -> entries.add(new Entry(
                    source.id(),
                    source.title(),
                    licence,
                    source.note(),
                    policy.allows(licence),
                    reading.offered(),
                    count[0],
                    count[1])));
            if (!reading.skipped().isEmpty()) {
                aside.put(source.id(), reading.skipped());
            }
            if (!reading.repaired().isEmpty()) {
                repaired.put(source.id(), reading.repaired());
            }
        }
        return new Ledger(entries, missing, aside, repaired);
    }

    /** {@return the documents the policy allows, in the order of the readings} */
    public static Stream<Document> allowed(List<Reading> readings, Licences policy) {
        return readings.stream()
                .flatMap(reading -> reading.documents().stream())
                .filter(document -> policy.allows(document.licence()));
    }

    /** {@return a row a line: source, licence, decision, documents, bytes, note} */
    public Table table() {
        return Table.create(
                "licence ledger",
                StringColumn.create("source", entries.stream().map(Entry::source)),
                StringColumn.create("licence", entries.stream().map(Entry::licence)),
                StringColumn.create("decision", entries.stream().map(entry -> entry.taken() ? "taken" : "refused")),
                LongColumn.create(
                        "documents",
                        entries.stream().mapToLong(Entry::documents).toArray()),
                LongColumn.create(
                        "bytes", entries.stream().mapToLong(Entry::bytes).toArray()),
                StringColumn.create(
                        "what to know", entries.stream().map(entry -> entry.note() == null ? "" : entry.note())));
    }

    /** {@return what was set aside or decoded another way, counted by source and reason} */
    public Table imperfections() {
        Map<String, Long> counts = new LinkedHashMap<>();
        skipped.forEach((source, all) ->
                all.forEach(each -> counts.merge(source + "\tset aside\t" + each.reason(), 1L, Long::sum)));
        repaired.forEach(
                (source, all) -> all.forEach(each -> counts.merge(source + "\tkept\t" + each.reason(), 1L, Long::sum)));
        List<String[]> keys =
                counts.keySet().stream().map(key -> key.split("\t")).toList();
        return Table.create(
                        "imperfections",
                        StringColumn.create("source", keys.stream().map(key -> key[0])),
                        StringColumn.create("what became of it", keys.stream().map(key -> key[1])),
                        StringColumn.create("reason", keys.stream().map(key -> key[2])),
                        LongColumn.create(
                                "count",
                                counts.values().stream()
                                        .mapToLong(Long::longValue)
                                        .toArray()))
                .sortDescendingOn("count");
    }

    /** Writes everything as JSON. */
    public void write(Path json) {
        AtomicFile.write(
                json,
                "writing the licence ledger",
                out -> JsonLines.JSON.writer(SerializationFeature.INDENT_OUTPUT).writeValue(out, this));
    }
}
