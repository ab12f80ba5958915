package kawi.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kawi.corpus.JsonLines;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;

/**
 * The sources that were removed from a run, {@code removed.json} in its folder: a row each with when and why. What is
 * listed there is not read again, and no artifact that was made from it is trusted. Who wants a source back takes its
 * row out of the file.
 */
public final class RemovedSources {
    /** The file's name in the run's folder. */
    static final String FILE = "removed.json";

    private static final ObjectReader STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerForListOf(Removal.class);

    /**
     * One row.
     *
     * @param source the source's id
     * @param when when it was removed, ISO 8601 in UTC
     * @param why why, in the words of who removed it
     * @param documents documents of it that were taken out of the collected corpus
     * @param bytes length of their texts in UTF-8 bytes
     * @param artifacts names of the artifacts that held it
     */
    public record Removal(String source, String when, String why, long documents, long bytes, List<String> artifacts) {
        /**
         * {@return the row as a sentence}
         *
         * @param run the run's name
         */
        String sentence(String run) {
            return "Source " + source + " was removed from the run '" + run + "' on " + when + " (" + why
                    + "); to have it back, take its row out of runs/" + run + "/" + FILE + ".";
        }
    }

    private final Path file;
    private final String run;
    private final List<Removal> rows;

    private RemovedSources(Path file, String run, List<Removal> rows) {
        this.file = file;
        this.run = run;
        this.rows = rows;
    }

    /**
     * {@return the list of a run; empty where nothing was ever removed}
     *
     * @param folder the run's folder
     * @throws KitException where the list is there and cannot be read: nothing is collected then, lest it be what was
     *     removed
     */
    public static RemovedSources of(Path folder) {
        Path file = folder.resolve(FILE);
        String run = String.valueOf(folder.getFileName());
        if (!Files.exists(file)) {
            return new RemovedSources(file, run, List.of());
        }
        try {
            List<Removal> rows = STRICT.readValue(file.toFile());
            if (rows == null
                    || rows.stream()
                            .anyMatch(each -> each == null
                                    || each.source() == null
                                    || each.when() == null
                                    || each.why() == null
                                    || each.artifacts() == null)) {
                throw damaged(file, null);
            }
            return new RemovedSources(file, run, rows);
        } catch (JsonProcessingException e) {
            throw damaged(file, e);
        } catch (IOException e) {
            throw KitException.of(e, "reading the list of removed sources", file);
        }
    }

    private static KitException damaged(Path file, Exception cause) {
        return new KitException(
                "The list of removed sources " + file + " is damaged: mend it, or take it away if nothing was removed.",
                cause);
    }

    /** {@return the rows, the earliest first} */
    public List<Removal> all() {
        return List.copyOf(rows);
    }

    /**
     * {@return the row of a source, if it was removed}
     *
     * @param source the source's id
     */
    public Optional<Removal> of(String source) {
        return rows.stream().filter(each -> each.source().equals(source)).findFirst();
    }

    /** {@return of each source that was removed, when and why, in a sentence} */
    public Map<String, String> sentences() {
        Map<String, String> sentences = new LinkedHashMap<>();
        rows.forEach(each -> sentences.putIfAbsent(each.source(), each.sentence(run)));
        return sentences;
    }

    /**
     * {@return the list with a row more, written whole or not at all; a source has one row, its first}
     *
     * @param row the row
     * @throws KitException where it cannot be written
     */
    RemovedSources with(Removal row) {
        if (of(row.source()).isPresent()) {
            return this;
        }
        List<Removal> more = new ArrayList<>(rows);
        more.add(row);
        AtomicFile.write(
                file,
                "writing the list of removed sources",
                out -> JsonLines.JSON.writer(SerializationFeature.INDENT_OUTPUT).writeValue(out, more));
        return new RemovedSources(file, run, more);
    }
}
