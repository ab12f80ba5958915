package kawi.evidence;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
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

    /** {@return what it was made from besides; none in a manifest of an earlier kit} */
    public List<Source> sources() {
        return sources == null ? List.of() : sources;
    }

    /** Refuses a manifest of which more is missing than an earlier kit did not write. */
    private void whole() {
        present("name", name);
        present("stage", stage);
        present("run", run);
        present("budget", budget);
        present("inputs", inputs);
        present("parameters", parameters);
        present("outputs", outputs);
        present("metrics", metrics);
        present("figures", figures);
        present("tables", tables);
        present("texts", texts);
        present("code", code);
        present("environment", environment);
        present("finished", finished);
        sources().forEach(source -> present("sources", source));
        metrics.forEach((metric, value) -> present("metrics." + metric, value));
        figures.forEach(figure -> present("figures.file", figure == null ? null : figure.file()));
        tables.forEach(table -> {
            present("tables.columns", table == null ? null : table.columns());
            present("tables.rows", table.rows());
            table.rows().forEach(row -> present("tables.rows", row));
        });
        texts.forEach(text -> present("texts.text", text == null ? null : text.text()));
        inputs.forEach((input, hash) -> sha256("inputs." + input, hash));
        outputs.forEach((path, output) -> {
            present("outputs." + path, output);
            sha256("outputs." + path, output.sha256());
            Path plain = Path.of(path).normalize();
            if (output.bytes() < 0
                    || plain.isAbsolute()
                    || plain.startsWith("..")
                    || !plain.toString().replace('\\', '/').equals(path)) {
                throw new IllegalArgumentException("outputs." + path + " is no file of an artifact");
            }
        });
    }

    private static void present(String key, Object value) {
        if (value == null) {
            throw new IllegalArgumentException("the key '" + key + "' is missing");
        }
    }

    private static void sha256(String key, String hash) {
        if (hash == null || !hash.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(key + " has no SHA-256");
        }
    }

    /** Refuses a value that the manifest could not hold, where it is given and not when all is done. */
    static void check(String artifact, String parameter, Object value) {
        try {
            JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new KitException(
                    "The parameter '" + parameter + "' of artifact '" + artifact + "' is a "
                            + value.getClass().getName() + ", which JSON cannot hold ("
                            + e.getOriginalMessage().lines().findFirst().orElse("")
                            + "): give a number, a text, a list or a map of these.",
                    e);
        }
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
        /** {@return SHA-256 of each file, in order of name; none in a manifest of an earlier kit} */
        public Map<String, String> files() {
            return files == null ? Map.of() : new TreeMap<>(files);
        }

        /** {@return one hash for all files: SHA-256 over their names and hashes} */
        public String hash() {
            StringBuilder all = new StringBuilder();
            files().forEach((file, hash) ->
                    all.append(file).append('\0').append(hash).append('\n'));
            return Hash.of(all.toString());
        }
    }

    /**
     * A file of the artifact.
     *
     * @param bytes its length in bytes
     * @param sha256 its SHA-256, 64 hexadecimal digits
     */
    public record Output(long bytes, String sha256) {}

    /**
     * A score.
     *
     * @param value the score
     * @param low low end of its 95 % interval, in the unit of the value; null where none was computed
     * @param high high end, in the same way
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Metric(double value, Double low, Double high) {}

    /**
     * A picture.
     *
     * @param title its title
     * @param file its path in the artifact's folder
     * @param alt what it shows, in words
     */
    public record Figure(String title, String file, String alt) {}

    /**
     * A table as text.
     *
     * @param title its title; may be empty
     * @param columns the headings, from left to right
     * @param rows the rows, from top to bottom, each with a cell for each column
     */
    public record Grid(String title, List<String> columns, List<List<String>> rows) {}

    /**
     * A passage of text.
     *
     * @param title its title
     * @param text the passage
     */
    public record Passage(String title, String text) {}

    static final String FILE = "manifest.json";

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature());

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

    /**
     * {@return the manifest of an artifact's folder}
     *
     * @param folder the artifact's folder
     * @throws KitException where there is none, it is cut short or altered, has a key that this kit does not know or
     *     lacks one, or speaks of another artifact
     */
    public static Manifest read(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            Manifest manifest = JSON.readValue(WholeFile.text(file, WholeFile.SETTINGS), Manifest.class);
            if (manifest == null) {
                throw damaged(folder, "holds nothing", null);
            }
            manifest.whole();
            if (!manifest.name().equals(String.valueOf(folder.getFileName()))) {
                throw damaged(folder, "is that of an artifact '" + manifest.name() + "'", null);
            }
            return manifest;
        } catch (UnrecognizedPropertyException e) {
            throw damaged(
                    folder,
                    "has the key '" + e.getPropertyName() + "' (line " + WholeFile.line(e)
                            + "), which this version of the kit does not know",
                    e);
        } catch (IllegalArgumentException e) {
            throw damaged(folder, "is not whole: " + e.getMessage(), e);
        } catch (JsonProcessingException e) {
            throw damaged(
                    folder,
                    "is damaged (line "
                            + WholeFile.line(e) + " of " + FILE + ": "
                            + e.getOriginalMessage().lines().findFirst().orElse("") + ")",
                    e);
        } catch (MalformedInputException e) {
            throw damaged(folder, "is damaged (it is not UTF-8)", e);
        } catch (IOException e) {
            throw KitException.of(e, "reading the manifest of artifact '" + folder.getFileName() + "'", file);
        }
    }

    private static KitException damaged(Path folder, String how, Exception cause) {
        return new KitException(
                "The manifest of artifact '" + folder.getFileName() + "' " + how + " (" + folder.resolve(FILE)
                        + "): run its notebook again.",
                cause);
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
