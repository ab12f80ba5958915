package kawi.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import tech.tablesaw.api.Row;
import tech.tablesaw.api.Table;

/**
 * An artifact in the making. Its files are written in a hidden folder beside the place where they will lie;
 * {@link #commit()} hashes them, writes the manifest, flushes all to the disk and moves the folder into place, so that
 * a killed run leaves either the whole new artifact or the whole old one.
 */
public final class Draft implements AutoCloseable {
    /**
     * What a draft is told by the run: who makes it, with what.
     *
     * @param stage the notebook that makes it, such as "02-preprocessing"
     * @param run the run's name
     * @param budget the budget's name
     * @param seed what every random draw of the run is seeded with
     * @param code SHA-256 of the code by what it is of: the library, the notebook's code cells
     * @param environment names and values that tell the machine: Java, system, processor, cores, memory, PyTorch
     */
    public record Origin(
            String stage,
            String run,
            String budget,
            long seed,
            Map<String, String> code,
            Map<String, String> environment) {}

    private static final int MOST_ROWS = 100;

    private final Path place;
    private final AtomicFolder folder;
    private final Origin origin;
    private final AtomicLong since;
    private final Map<String, String> inputs = new TreeMap<>();
    private final Map<String, Manifest.Source> sources = new TreeMap<>();
    private final Map<String, Object> parameters = new TreeMap<>();
    private final Map<String, Manifest.Metric> metrics = new TreeMap<>();
    private final List<Manifest.Figure> figures = new ArrayList<>();
    private final List<Manifest.Grid> tables = new ArrayList<>();
    private final List<Manifest.Passage> texts = new ArrayList<>();

    /**
     * Begins an artifact of the run; what an earlier, unfinished attempt left is removed.
     *
     * @param run the run that it belongs to
     * @param name the artifact's name, such as "tokens"
     * @param origin who makes it, with what
     * @throws KitException where the name is no name of a folder, or the run's folder cannot be written to
     */
    public Draft(Run run, String name, Origin origin) {
        this(run, name, origin, new AtomicLong(System.nanoTime()));
    }

    /**
     * The same for one who makes several artifacts.
     *
     * @param run the run that it belongs to
     * @param name the artifact's name, such as "tokens"
     * @param origin who makes it, with what
     * @param since {@link System#nanoTime} at which the work for this one began; set to its end by {@link #commit}
     * @throws KitException where the name is no name of a folder, or the run's folder cannot be written to
     */
    public Draft(Run run, String name, Origin origin, AtomicLong since) {
        if (name.isBlank() || name.startsWith(".") || name.contains("/") || name.contains("\\")) {
            throw new KitException("An artifact cannot be called '" + name
                    + "': give a name without slashes that does not begin with a dot, such as tokens.");
        }
        this.since = since;
        this.place = run.folder().resolve(origin.stage()).resolve(name);
        this.origin = origin;
        this.folder = AtomicFolder.begin(place, "making artifact '" + name + "'");
    }

    /**
     * {@return where a file of the artifact is to be written; folders on the way are made}
     *
     * @param path path in the artifact's folder
     * @throws KitException where the draft is finished, closed or given up, or the folder cannot be made
     */
    public Path file(String path) {
        Path file = folder().resolve(path).normalize();
        if (!file.startsWith(folder()) || file.equals(folder()) || path.equals(Manifest.FILE)) {
            throw new IllegalArgumentException("'" + path + "' is not a file of an artifact");
        }
        try {
            Files.createDirectories(file.getParent());
        } catch (IOException e) {
            throw KitException.of(e, "making a folder of artifact '" + name() + "'", file);
        }
        return file;
    }

    /** {@return the folder in which the files are written} */
    public Path folder() {
        return folder.path();
    }
    /** {@return the artifact's name} */
    public String name() {
        return place.getFileName().toString();
    }

    /**
     * Records that the artifact is made from another.
     *
     * @param artifact the artifact it is made from
     * @return this draft
     * @throws KitException where another artifact of the same name was recorded before
     */
    public Draft input(Artifact artifact) {
        folder();
        String before = inputs.put(artifact.name(), artifact.hash());
        if (before != null && !before.equals(artifact.hash())) {
            throw new KitException("Artifact '" + name() + "' was made from two different artifacts '"
                    + artifact.name() + "' (" + before.substring(0, 12) + " and "
                    + artifact.hash().substring(0, 12) + "): run notebook " + origin.stage() + " from its beginning.");
        }
        return this;
    }

    /**
     * Records that the artifact is made from something that no notebook made, such as a data set or a pretrained model.
     * The same source recorded twice stands once.
     *
     * @param source what it is made from
     * @return this draft
     */
    public Draft source(Manifest.Source source) {
        folder();
        sources.put(source.name(), source);
        return this;
    }

    /**
     * Records a choice: a number, a text, a list or a map of these.
     *
     * @param name what was chosen
     * @param value the choice
     * @return this draft
     * @throws KitException where JSON cannot hold the value
     */
    public Draft parameter(String name, Object value) {
        folder();
        Manifest.check(name(), name, value);
        parameters.put(name, value);
        return this;
    }
    /**
     * Records a score without an interval.
     *
     * @param name the score's name, with its unit where it has one
     * @param value the score
     * @return this draft
     */
    public Draft metric(String name, double value) {
        folder();
        metrics.put(name, new Manifest.Metric(value, null, null));
        return this;
    }

    /**
     * Records a score with its 95 % interval; without one where an end is not a number, as for a single example.
     *
     * @param name the score's name, with its unit where it has one
     * @param value the score
     * @param low lower end of its interval, in the score's unit
     * @param high upper end
     * @return this draft
     */
    public Draft metric(String name, double value, double low, double high) {
        folder();
        boolean interval = Double.isFinite(low) && Double.isFinite(high);
        metrics.put(name, new Manifest.Metric(value, interval ? low : null, interval ? high : null));
        return this;
    }

    /**
     * Keeps a picture for the report.
     *
     * @param title what stands above it
     * @param png the picture as a PNG file
     * @param alt what it shows, in a sentence, for those who cannot see it
     * @return this draft
     */
    public Draft figure(String title, byte[] png, String alt) {
        String path = "figures/%02d.png".formatted(figures.size() + 1);
        AtomicFile.write(file(path), "keeping the figure '" + title + "'", png);
        figures.add(new Manifest.Figure(title, path, alt));
        return this;
    }

    /**
     * Keeps a table for the report, as text; of a longer one the first 100 rows, which its title then says.
     *
     * @param table the table
     * @param title what stands above it
     * @return this draft
     */
    public Draft table(String title, Table table) {
        folder();
        List<List<String>> rows = new ArrayList<>();
        for (Row row : table) {
            if (rows.size() == MOST_ROWS) {
                break;
            }
            List<String> cells = new ArrayList<>();
            for (int i = 0; i < table.columnCount(); i++) {
                cells.add(
                        table.column(i).isMissing(row.getRowNumber())
                                ? ""
                                : table.column(i).getString(row.getRowNumber()));
            }
            rows.add(cells);
        }
        String said = table.rowCount() <= MOST_ROWS
                ? title
                : title + " (first " + MOST_ROWS + " of " + table.rowCount() + " rows)";
        tables.add(new Manifest.Grid(said, table.columnNames(), rows));
        return this;
    }

    /**
     * Keeps a passage for the report, such as what a model wrote.
     *
     * @param text the passage
     * @param title what stands above it
     * @return this draft
     */
    public Draft text(String title, String text) {
        folder();
        texts.add(new Manifest.Passage(title, text));
        return this;
    }

    /**
     * {@return the finished artifact, put in the place of the one before it}
     *
     * @throws KitException where the disk is full, a file is still being written, or another draft of the artifact was
     *     begun since; the artifact before it is then untouched
     */
    public Artifact commit() {
        long now = System.nanoTime();
        folder.flush();
        try {
            Map<String, Manifest.Output> outputs = outputs();
            Manifest manifest = new Manifest(
                    name(),
                    origin.stage(),
                    origin.run(),
                    origin.budget(),
                    origin.seed(),
                    inputs,
                    List.copyOf(sources.values()),
                    parameters,
                    outputs,
                    metrics,
                    figures,
                    tables,
                    texts,
                    origin.code(),
                    origin.environment(),
                    (now - since.get()) / 1e9,
                    Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
            AtomicFile.write(
                    folder().resolve(Manifest.FILE), "writing the manifest of '" + name() + "'", manifest.json());
            folder.move();
            since.set(now);
            return new Artifact(place, manifest);
        } catch (IOException e) {
            throw folder.failure(e);
        }
    }

    /** Throws an unfinished draft away; nothing happens after {@link #commit()}. */
    @Override
    public void close() {
        folder.close();
    }

    private Map<String, Manifest.Output> outputs() throws IOException {
        Map<String, Manifest.Output> outputs = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                outputs.put(
                        folder().relativize(file).toString().replace('\\', '/'),
                        new Manifest.Output(Files.size(file), Hash.of(file)));
            }
        }
        return outputs;
    }
}
