package kawi.evidence;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The record that lies beside an artifact's files: what it was made from, by which code, on which machine, and what
 * came out.
 *
 * @param name the artifact's name, such as "tokens"
 * @param stage the notebook that made it, such as "02-preprocessing"
 * @param run the run's name
 * @param budget the budget's name
 * @param seed the run's seed
 * @param inputs hash of each input artifact when it was read, by its name
 * @param sources what it was made from besides, that no notebook made: data sets and pretrained models
 * @param parameters what was chosen, by name
 * @param outputs size and SHA-256 of each file, by its path in the artifact's folder, in lexical order
 * @param metrics scores, by name
 * @param figures pictures, in the order of making
 * @param tables tables, in the order of making
 * @param texts passages, in the order of making
 * @param code hashes of the library and of the notebook's code cells
 * @param environment versions and machine, by name
 * @param seconds wall-clock seconds of the work for it: since the notebook's artifact before it, or since the notebook
 *     began
 * @param finished when it was finished, ISO 8601 in UTC
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Manifest(
        String name,
        String stage,
        String run,
        String budget,
        long seed,
        Map<String, String> inputs,
        List<Source> sources,
        Map<String, Object> parameters,
        Map<String, Output> outputs,
        Map<String, Metric> metrics,
        List<Figure> figures,
        List<Grid> tables,
        List<Passage> texts,
        Map<String, String> code,
        Map<String, String> environment,
        double seconds,
        String finished) {

    /** Manifests of an earlier kit record no sources. */
    public Manifest {
        sources = sources == null ? List.of() : List.copyOf(sources);
    }

    /**
     * Something that came from outside the run.
     *
     * @param name its name in the catalog, such as "java-docs"
     * @param licence SPDX identifier, or {@code public-domain}, or {@code LicenseRef-...}
     * @param use what it is: {@code corpus}, {@code task}, {@code test} or {@code model}
     * @param files SHA-256 of each of its files that was read, by the file's name
     */
    public record Source(String name, String licence, String use, Map<String, String> files) {
        public Source {
            files = new TreeMap<>(files == null ? Map.of() : files);
        }

        /** One hash for all files: SHA-256 over their names and hashes. */
        public String hash() {
            StringBuilder all = new StringBuilder();
            files.forEach(
                    (file, hash) -> all.append(file).append('\0').append(hash).append('\n'));
            return Hash.of(all.toString());
        }
    }

    /** A file: its length in bytes and its SHA-256. */
    public record Output(long bytes, String sha256) {}

    /** A score; {@code low} and {@code high} bound its 95 % interval, and are absent where none was computed. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Metric(double value, Double low, Double high) {}

    /** A picture: its title, its file in the artifact's folder, and what it shows in words. */
    public record Figure(String title, String file, String alt) {}

    /** A table as text. */
    public record Grid(String title, List<String> columns, List<List<String>> rows) {}

    /** A passage of text with a title. */
    public record Passage(String title, String text) {}

    static final String FILE = "manifest.json";

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    /**
     * {@return the artifact's identity: a hash over its files' names and hashes} Figures are left out, for a chart
     * drawn anew with another time on its axis does not make the data another.
     */
    public String hash() {
        StringBuilder all = new StringBuilder();
        new TreeMap<>(outputs).forEach((path, output) -> {
            if (!path.startsWith("figures/")) {
                all.append(path).append('\0').append(output.sha256()).append('\n');
            }
        });
        return Hash.of(all.toString());
    }

    /** Reads the manifest of an artifact's folder; one that cannot be read is refused in a sentence. */
    public static Manifest read(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            return JSON.readValue(Files.readString(file), Manifest.class);
        } catch (JsonProcessingException e) {
            throw new KitException(
                    "The manifest of artifact '" + folder.getFileName() + "' is damaged (line "
                            + (e.getLocation() == null ? "?" : e.getLocation().getLineNr()) + " of " + FILE
                            + "): run its notebook again.",
                    e);
        } catch (IOException e) {
            throw KitException.of(e, "reading the manifest of artifact '" + folder.getFileName() + "'", file);
        }
    }

    String json() {
        try {
            return JSON.writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new KitException(
                    "The manifest of '" + name + "' holds a parameter that JSON cannot: " + e.getOriginalMessage(), e);
        }
    }
}
