package kawi.audit;

import com.fasterxml.jackson.databind.SerializationFeature;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import kawi.clean.Pii;
import kawi.corpus.Corpus;
import kawi.corpus.Document;
import kawi.corpus.JsonLines;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.stats.RatioOfSums;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Who is in the data, and whose privacy it touches: counts by source, genre and decade.
 *
 * @param bySource documents, bytes, pronouns and personal data of each source
 * @param byGenre the same of each genre; documents without one under "unknown"
 * @param byDecade the same of each decade; documents without a year under "unknown"
 */
public record DataCard(Map<String, Group> bySource, Map<String, Group> byGenre, Map<String, Group> byDecade) {

    /**
     * One group of documents.
     *
     * @param documents documents in it
     * @param bytes length of their texts in UTF-8 bytes
     * @param pronouns pronouns in all of them
     * @param she share of she among she and he, with its interval over documents
     * @param personal finds of each kind of personal data
     * @param examples one find of each kind, masked
     */
    public record Group(
            long documents,
            long bytes,
            Pronouns pronouns,
            Ratio she,
            Map<Pii.Kind, Long> personal,
            Map<Pii.Kind, String> examples) {}

    /**
     * Reads a corpus once and counts.
     *
     * @param corpus the documents
     * @param progress hears of the documents counted
     * @return the counts
     * @throws KitException where it is interrupted
     */
    public static DataCard of(Corpus corpus, Progress progress) {
        Map<String, Counting> sources = new LinkedHashMap<>();
        Map<String, Counting> genres = new LinkedHashMap<>();
        Map<String, Counting> decades = new TreeMap<>();
        progress.begin("counting", corpus.size());
        long done = 0;
        for (Document document : corpus) {
            Pronouns pronouns = Pronouns.in(document.text());
            List<Pii.Found> personal = Pii.find(document.text());
            String decade = document.decade() == null ? "unknown" : document.decade() + "s";
            for (Counting counting : List.of(
                    sources.computeIfAbsent(document.source(), key -> new Counting()),
                    genres.computeIfAbsent(
                            document.genre() == null ? "unknown" : document.genre(), key -> new Counting()),
                    decades.computeIfAbsent(decade, key -> new Counting()))) {
                counting.add(document, pronouns, personal);
            }
            progress.update(++done, "");
            if (Thread.interrupted()) {
                throw new KitException("Counting was interrupted after " + done + " documents: run the cell again.");
            }
        }
        progress.end(done + " documents");
        return new DataCard(groups(sources), groups(genres), groups(decades));
    }

    /**
     * {@return documents, megabytes and share of the bytes, a row a group}
     *
     * @param by what the groups are, as the first column's name
     * @param groups the groups by name
     */
    public static Table sizes(String by, Map<String, Group> groups) {
        double all = groups.values().stream().mapToLong(Group::bytes).sum();
        return named(by, groups)
                .addColumns(
                        LongColumn.create("documents", longs(groups, Group::documents)),
                        DoubleColumn.create(
                                "MB",
                                groups.values().stream()
                                        .mapToDouble(group -> group.bytes() / 1e6)
                                        .toArray()),
                        DoubleColumn.create(
                                "share of bytes",
                                groups.values().stream()
                                        .mapToDouble(group -> group.bytes() / all)
                                        .toArray()));
    }

    /**
     * {@return pronouns and the share of she among she and he, with its 95 % interval over documents; a row a group}
     * What does not exist is a missing value.
     *
     * @param by what the groups are, as the first column's name
     * @param groups the groups by name
     */
    public static Table pronouns(String by, Map<String, Group> groups) {
        return named(by, groups)
                .addColumns(
                        LongColumn.create(
                                "she", longs(groups, group -> group.pronouns().she())),
                        LongColumn.create(
                                "he", longs(groups, group -> group.pronouns().he())),
                        LongColumn.create(
                                "they", longs(groups, group -> group.pronouns().they())),
                        DoubleColumn.create(
                                "share of she",
                                groups.values().stream()
                                        .mapToDouble(group -> group.she().value())
                                        .toArray()),
                        DoubleColumn.create(
                                "low",
                                groups.values().stream()
                                        .mapToDouble(group -> group.she().low())
                                        .toArray()),
                        DoubleColumn.create(
                                "high",
                                groups.values().stream()
                                        .mapToDouble(group -> group.she().high())
                                        .toArray()));
    }

    /**
     * {@return personal data by source: finds of each kind, finds a hundred documents, and an example with its middle
     * hidden}
     */
    public Table privacy() {
        Table table = Table.create("personal data");
        StringColumn source = StringColumn.create("source");
        StringColumn kind = StringColumn.create("kind");
        LongColumn finds = LongColumn.create("finds");
        DoubleColumn rate = DoubleColumn.create("in 100 documents");
        StringColumn example = StringColumn.create("looks like");
        bySource.forEach((name, group) -> group.personal().forEach((each, count) -> {
            source.append(name);
            kind.append(each.name().toLowerCase(Locale.ROOT));
            finds.append(count);
            rate.append(100.0 * count / group.documents());
            example.append(group.examples().get(each));
        }));
        return table.addColumns(source, kind, finds, rate, example);
    }

    /**
     * Writes the card as JSON, whole or not at all.
     *
     * @param json the file
     * @throws KitException where it cannot be written
     */
    public void write(Path json) {
        AtomicFile.write(
                json,
                "writing the data card",
                out -> JsonLines.JSON.writer(SerializationFeature.INDENT_OUTPUT).writeValue(out, this));
    }

    private static Table named(String by, Map<String, Group> groups) {
        return Table.create(StringColumn.create(by, groups.keySet()));
    }

    private static long[] longs(Map<String, Group> groups, Function<Group, Long> of) {
        return groups.values().stream().mapToLong(of::apply).toArray();
    }

    private static Map<String, Group> groups(Map<String, Counting> countings) {
        Map<String, Group> groups = new LinkedHashMap<>();
        countings.forEach((name, counting) -> groups.put(name, counting.group()));
        return groups;
    }

    private static final class Counting {
        private long documents;
        private long bytes;
        private Pronouns pronouns = new Pronouns(0, 0, 0, 0);
        private final RatioOfSums she = new RatioOfSums();
        private final Map<Pii.Kind, Long> personal = new TreeMap<>();
        private final Map<Pii.Kind, String> examples = new TreeMap<>();

        void add(Document document, Pronouns found, List<Pii.Found> people) {
            documents++;
            bytes += document.bytes();
            pronouns = pronouns.plus(found);
            she.add(found.she(), found.she() + found.he());
            for (Pii.Found each : people) {
                personal.merge(each.kind(), 1L, Long::sum);
                examples.putIfAbsent(each.kind(), each.masked());
            }
        }

        Group group() {
            return new Group(documents, bytes, pronouns, Ratio.of(she), personal, examples);
        }
    }
}
