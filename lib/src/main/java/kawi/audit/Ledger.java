package kawi.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import kawi.clean.Licences;
import kawi.corpus.Document;
import kawi.corpus.JsonLines;
import kawi.corpus.Skipped;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;
import kawi.readers.Account;
import kawi.readers.Omission;
import kawi.readers.Reading;
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
 * @param repaired what was kept but read otherwise than it was written, or in part, by source
 * @param omitted what stood on pages and not in their text, by source and reason
 * @param further how much else was set aside or kept with a note, by source: empty unless there was so much that it is
 *     not listed in {@code skipped} and {@code repaired}
 */
public record Ledger(
        List<Entry> entries,
        List<Skipped> missing,
        Map<String, List<Skipped>> skipped,
        Map<String, List<Skipped>> repaired,
        Map<String, Map<String, Omission>> omitted,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, List<Further>> further) {
    /** What became of what could not be used. */
    static final String ASIDE = "set aside";
    /** What became of what was read otherwise than it was written, or in part. */
    static final String KEPT = "kept";

    /**
     * A ledger in which everything that was set aside is listed.
     *
     * @param entries a line for each source and licence
     * @param missing sources of the catalog that were not at hand, with the reason
     * @param skipped what could not be used, by source
     * @param repaired what was kept but read otherwise than it was written, or in part, by source
     * @param omitted what stood on pages and not in their text, by source and reason
     */
    public Ledger(
            List<Entry> entries,
            List<Skipped> missing,
            Map<String, List<Skipped>> skipped,
            Map<String, List<Skipped>> repaired,
            Map<String, Map<String, Omission>> omitted) {
        this(entries, missing, skipped, repaired, omitted, Map.of());
    }

    /**
     * What is counted and not listed.
     *
     * @param what became of it: {@code set aside} or {@code kept}
     * @param reason why, in a clause
     * @param count how often
     */
    public record Further(String what, String reason, long count) {}

    /**
     * One line.
     *
     * @param source id of the source
     * @param title title of the source
     * @param licence the licence of these documents
     * @param note the catalog's note on the licence
     * @param taken whether the policy allows it
     * @param offered documents the source had, under whatever licence
     * @param documents documents under this licence in the sample
     * @param bytes length of their texts in UTF-8 bytes
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

    /**
     * {@return the ledger of these readings under a policy}
     *
     * @param readings what was read
     * @param missing sources that were not at hand, with the reason
     * @param policy which licences are taken
     */
    public static Ledger of(List<Reading> readings, List<Skipped> missing, Licences policy) {
        Bookkeeper books = new Bookkeeper(policy, Integer.MAX_VALUE);
        for (Reading reading : readings) {
            reading.documents().forEach(books::document);
            reading.skipped().forEach(books::skipped);
            reading.repaired().forEach(books::repaired);
            books.end(new Account(
                    reading.source(),
                    reading.offered(),
                    reading.skipped().size(),
                    reading.repaired().size(),
                    reading.omitted()));
        }
        return books.ledger(missing);
    }

    /**
     * {@return the documents the policy allows, in the order of the readings}
     *
     * @param readings what was read
     * @param policy which licences are taken
     */
    public static Stream<Document> allowed(List<Reading> readings, Licences policy) {
        return readings.stream()
                .flatMap(reading -> reading.documents().stream())
                .filter(document -> policy.allows(document.licence()));
    }

    /**
     * {@return a ledger as {@link #write} wrote it}
     *
     * @param json the file
     * @throws KitException where it is missing or damaged
     */
    public static Ledger read(Path json) {
        try {
            Ledger ledger = JsonLines.JSON.readValue(json.toFile(), Ledger.class);
            if (ledger == null || ledger.entries == null || ledger.missing == null) {
                throw new KitException("The licence ledger " + json + " is not whole: run notebook 01 again.");
            }
            return new Ledger(
                    ledger.entries,
                    ledger.missing,
                    ledger.skipped == null ? Map.of() : ledger.skipped,
                    ledger.repaired == null ? Map.of() : ledger.repaired,
                    ledger.omitted == null ? Map.of() : ledger.omitted,
                    ledger.further == null ? Map.of() : ledger.further);
        } catch (JsonProcessingException e) {
            throw new KitException("The licence ledger " + json + " is damaged: run notebook 01 again.", e);
        } catch (IOException e) {
            throw KitException.of(e, "reading the licence ledger", json);
        }
    }

    /**
     * {@return this ledger without a source: of all that is said of it, one row among the missing is left}
     *
     * @param source the source's id
     * @param why when and why it was removed, in a sentence
     */
    public Ledger without(String source, String why) {
        List<Skipped> gone = new ArrayList<>(missing);
        gone.removeIf(each -> each.where().equals(source));
        gone.add(new Skipped(source, why));
        return new Ledger(
                entries.stream().filter(each -> !source.equals(each.source())).toList(),
                gone,
                rest(skipped, source),
                rest(repaired, source),
                rest(omitted, source),
                rest(further, source));
    }

    private static <T> Map<String, T> rest(Map<String, T> of, String source) {
        Map<String, T> rest = new LinkedHashMap<>(of);
        rest.remove(source);
        return rest;
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

    /**
     * {@return what was set aside, what was kept but read another way, and what pages held beside their text, counted
     * by source and reason}
     */
    public Table imperfections() {
        record Kind(String source, String what, String reason) {}
        Map<Kind, Long> counts = new LinkedHashMap<>();
        skipped.forEach((source, all) ->
                all.forEach(each -> counts.merge(new Kind(source, ASIDE, each.reason()), 1L, Long::sum)));
        repaired.forEach((source, all) ->
                all.forEach(each -> counts.merge(new Kind(source, KEPT, each.reason()), 1L, Long::sum)));
        further.forEach((source, all) -> all.forEach(
                each -> counts.merge(new Kind(source, each.what(), each.reason()), each.count(), Long::sum)));
        omitted.forEach((source, all) -> all.forEach((reason, each) -> counts.merge(
                new Kind(
                        source,
                        "left out of pages",
                        String.format(Locale.ROOT, "%s (%,d characters)", reason, each.characters())),
                each.pages(),
                Long::sum)));
        return Table.create(
                        "imperfections",
                        StringColumn.create("source", counts.keySet().stream().map(Kind::source)),
                        StringColumn.create(
                                "what became of it", counts.keySet().stream().map(Kind::what)),
                        StringColumn.create("reason", counts.keySet().stream().map(Kind::reason)),
                        LongColumn.create(
                                "count",
                                counts.values().stream()
                                        .mapToLong(Long::longValue)
                                        .toArray()))
                .sortDescendingOn("count");
    }

    /**
     * Writes everything as JSON, whole or not at all.
     *
     * @param json the file
     * @throws KitException where it cannot be written
     */
    public void write(Path json) {
        AtomicFile.write(
                json,
                "writing the licence ledger",
                out -> JsonLines.JSON.writer(SerializationFeature.INDENT_OUTPUT).writeValue(out, this));
    }
}
