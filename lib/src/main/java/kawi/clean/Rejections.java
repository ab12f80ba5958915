package kawi.clean;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import kawi.corpus.JsonLines;
import kawi.corpus.Lines;
import kawi.evidence.KitException;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * The documents a pipeline dropped, read from {@code rejected.jsonl.gz}, and what would come back at another threshold.
 */
public final class Rejections implements Iterable<Rejected> {
    private final Path file;

    /** The rejected documents of this file. */
    public Rejections(Path rejectedJsonlGz) {
        this.file = rejectedJsonlGz;
    }

    /** {@return all of them in order; they are few beside the corpus and held in memory} */
    public List<Rejected> all() {
        List<Rejected> all = new ArrayList<>();
        try (InputStream in = new GZIPInputStream(new BufferedInputStream(Files.newInputStream(file)), 1 << 16)) {
            Lines lines = new Lines(in);
            for (byte[] line; (line = lines.next()) != null; ) {
                all.add(JsonLines.JSON.readValue(line, Rejected.class));
            }
        } catch (java.nio.file.NoSuchFileException e) {
            throw new KitException("There are no rejected documents at " + file + ": run the pipeline again.", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    @Override
    public Iterator<Rejected> iterator() {
        return all().iterator();
    }

    /**
     * {@return the documents dropped for this measure that would have been kept were its bounds these; null is no
     * bound}
     */
    public List<Rejected> replay(String measure, Double low, Double high) {
        return all().stream()
                .filter(r -> r.measure().equals(measure) && r.passes(low, high))
                .toList();
    }

    /** {@return documents dropped by step and measure} */
    public Table table() {
        Map<String, Integer> counts = new TreeMap<>();
        for (Rejected rejected : this) {
            counts.merge(rejected.step() + "\t" + rejected.measure(), 1, Integer::sum);
        }
        return Table.create(
                "rejected",
                StringColumn.create("step", counts.keySet().stream().map(key -> key.split("\t")[0])),
                StringColumn.create("measure", counts.keySet().stream().map(key -> key.split("\t")[1])),
                IntColumn.create(
                        "documents",
                        counts.values().stream().mapToInt(Integer::intValue).toArray()));
    }
}
