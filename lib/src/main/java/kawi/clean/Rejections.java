package kawi.clean;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import kawi.corpus.JsonLines;
import kawi.corpus.Lines;
import kawi.corpus.Skipped;
import kawi.evidence.KitException;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * The documents a pipeline dropped, read from {@code rejected.jsonl.gz}, and what would come back at another threshold.
 */
public final class Rejections implements Iterable<Rejected> {
    private static final ObjectReader LINE = JsonLines.JSON
            .readerFor(Rejected.class)
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

    private final Path file;

    /**
     * The rejected documents of a file.
     *
     * @param rejectedJsonlGz the file
     */
    public Rejections(Path rejectedJsonlGz) {
        this.file = rejectedJsonlGz;
    }

    /**
     * {@return all of them in order; they are few beside the corpus and held in memory} Lines that cannot be read are
     * left out, and {@link #skipped()} names them.
     *
     * @throws KitException where the file is not there or is no gzip file
     */
    public List<Rejected> all() {
        List<Rejected> all = new ArrayList<>();
        read(all, new ArrayList<>());
        return all;
    }

    /** {@return lines that could not be read as rejected documents, with the reason} */
    public List<Skipped> skipped() {
        List<Skipped> skipped = new ArrayList<>();
        read(new ArrayList<>(), skipped);
        return skipped;
    }

    private void read(List<Rejected> all, List<Skipped> skipped) {
        String name = file.getFileName().toString();
        try (InputStream in = new GZIPInputStream(new BufferedInputStream(Files.newInputStream(file)), 1 << 16)) {
            Lines lines = new Lines(in);
            for (byte[] line; (line = lines.next()) != null; ) {
                String problem = lines.skippedBytes() > 0
                        ? "a line of " + lines.skippedBytes() + " bytes, more than " + Lines.LONGEST
                        : new String(line, StandardCharsets.UTF_8).isBlank() ? null : read(line, all);
                if (problem != null) {
                    skipped.add(new Skipped(name + " line " + lines.number(), problem));
                }
            }
            if (lines.broken() != null) {
                skipped.add(new Skipped(name, lines.broken() + "; what came before it was read"));
            }
        } catch (NoSuchFileException e) {
            throw new KitException("There are no rejected documents at " + file + ": run the pipeline again.", e);
        } catch (EOFException | ZipException e) {
            throw new KitException(name + " is not a gzip file (" + file + "): run the pipeline again.", e);
        } catch (IOException e) {
            throw KitException.of(e, "reading the rejected documents", file);
        }
    }

    /** Reads one line. {@return why it is no rejected document, or null} */
    private static String read(byte[] line, List<Rejected> all) {
        try {
            Rejected rejected = LINE.readValue(line);
            if (rejected == null || rejected.step() == null || rejected.measure() == null) {
                return "no step or no measure";
            }
            if (rejected.document() == null || rejected.document().text() == null) {
                return "no document";
            }
            all.add(rejected);
            return null;
        } catch (JsonProcessingException e) {
            return "not a rejected document: "
                    + String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
        } catch (IOException e) {
            return "not UTF-8: " + e.getMessage();
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
     * @param measure what was measured
     * @param low smallest value allowed, or null
     * @param high largest value allowed, or null
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
