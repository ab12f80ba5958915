package kawi.clean;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import kawi.corpus.Gunzip;
import kawi.corpus.JsonLines;
import kawi.corpus.Lines;
import kawi.evidence.KitException;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * The documents a pipeline dropped, read from {@code rejected.jsonl.gz}, and what would come back at another threshold.
 *
 * <p>The kit wrote this file for itself, and what is counted in it stands for all that was dropped: it is refused whole
 * where a line of it is bad, and can be made again. What people bring, and a corpus may be theirs, is read by the line,
 * and a bad one is set aside with its reason.
 */
public final class Rejections implements Iterable<Rejected> {
    private final Path file;

    /**
     * The rejected documents of this file.
     *
     * @param rejectedJsonlGz the file, as {@link Pipeline#run} writes it
     */
    public Rejections(Path rejectedJsonlGz) {
        this.file = rejectedJsonlGz;
    }

    /**
     * {@return all of them in order; they are few beside the corpus and held in memory}
     *
     * @throws KitException where there is no such file, or a line of it is no rejected document
     */
    public List<Rejected> all() {
        List<Rejected> all = new ArrayList<>();
        each(all::add);
        return all;
    }

    private void each(Consumer<Rejected> reader) {
        long number = 0;
        try (InputStream in = new Gunzip(Files.newInputStream(file))) {
            Lines lines = new Lines(in);
            for (byte[] line; (line = lines.next()) != null; ) {
                number++;
                Rejected rejected = JsonLines.JSON.readValue(line, Rejected.class);
                if (rejected == null || rejected.step() == null || rejected.measure() == null) {
                    throw new KitException("Line " + number + " of " + file
                            + " is no rejected document, which has a step and a measure: run the pipeline again.");
                }
                reader.accept(rejected);
            }
            if (lines.broken() != null) {
                throw new KitException(
                        "The rejected documents in " + file + " are " + lines.broken() + ": run the pipeline again.");
            }
        } catch (NoSuchFileException e) {
            throw new KitException("There are no rejected documents at " + file + ": run the pipeline again.", e);
        } catch (JsonProcessingException e) {
            throw new KitException(
                    "Line " + number + " of " + file + " is no rejected document ("
                            + e.getOriginalMessage().lines().findFirst().orElse("") + "): run the pipeline again.",
                    e);
        } catch (IOException e) {
            throw KitException.of(e, "reading the rejected documents", file);
        }
    }

    @Override
    public Iterator<Rejected> iterator() {
        return all().iterator();
    }

    /**
     * {@return the documents dropped for this measure that would have been kept were its bounds these; null is no
     * bound}
     *
     * @param measure the measure's name in {@link Rejected#measure}
     * @param low smallest value allowed, or null
     * @param high largest value allowed, or null
     */
    public List<Rejected> replay(String measure, Double low, Double high) {
        List<Rejected> found = new ArrayList<>();
        each(rejected -> {
            if (rejected.measure().equals(measure) && rejected.passes(low, high)) {
                found.add(rejected);
            }
        });
        return found;
    }

    /** {@return documents dropped by step and measure} */
    public Table table() {
        Map<List<String>, Integer> counts = new TreeMap<>(
                Comparator.comparing((List<String> key) -> key.get(0)).thenComparing(key -> key.get(1)));
        each(rejected -> counts.merge(List.of(rejected.step(), rejected.measure()), 1, Integer::sum));
        return Table.create(
                "rejected",
                StringColumn.create("step", counts.keySet().stream().map(key -> key.get(0))),
                StringColumn.create("measure", counts.keySet().stream().map(key -> key.get(1))),
                IntColumn.create(
                        "documents",
                        counts.values().stream().mapToInt(Integer::intValue).toArray()));
    }
}
