package kawi.readers;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import kawi.corpus.JsonLines;
import kawi.evidence.Hash;
import kawi.evidence.KitException;
import kawi.evidence.Manifest;
import kawi.evidence.Progress;
import tech.tablesaw.api.BooleanColumn;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Every source of data the kit knows, and which of them are at hand.
 *
 * <p>A file of a source is looked for in the cache folder, then in the mirror folder ({@code KAWI_DATA_MIRROR}) by name
 * or by source and name. It is used only when its SHA-256 is the catalog's.
 */
public final class Catalog {
    private final Path file;
    private final List<Path> shelves;
    private final List<Source> sources;
    private final Set<Path> verified = new HashSet<>();

    private Catalog(Path file, List<Path> shelves, List<Source> sources) {
        this.file = file;
        this.shelves = shelves;
        this.sources = sources;
    }

    /** {@return the catalog beside its cache folder, with the mirror of {@code KAWI_DATA_MIRROR} where that is set} */
    public static Catalog open(Path catalogJson) {
        String mirror = System.getenv("KAWI_DATA_MIRROR");
        Path cache = catalogJson.resolveSibling("cache");
        return open(catalogJson, mirror == null || mirror.isBlank() ? List.of(cache) : List.of(cache, Path.of(mirror)));
    }

    /** {@return the catalog with the folders in which to look for files, first match wins} */
    public static Catalog open(Path catalogJson, List<Path> shelves) {
        try {
            return new Catalog(catalogJson, List.copyOf(shelves), parse(catalogJson));
        } catch (JsonProcessingException e) {
            throw new KitException(
                    "The catalog " + catalogJson + " is not valid JSON at line "
                            + e.getLocation().getLineNr() + ": "
                            + e.getOriginalMessage().replaceAll("\\s+", " ") + "; correct that line.",
                    e);
        } catch (IOException e) {
            throw new KitException(
                    "There is no catalog at " + catalogJson + ": start from the kit's folder, or clone it again.", e);
        }
    }

    private static List<Source> parse(Path file) throws IOException {
        record Entries(List<Source> sources) {}
        Entries entries = JsonLines.JSON.readValue(file.toFile(), Entries.class);
        if (entries.sources() == null) {
            throw new KitException("The catalog " + file + " has no list of sources; restore it from the repository.");
        }
        Set<String> ids = new HashSet<>();
        for (Source source : entries.sources()) {
            if (source.id() == null || !ids.add(source.id())) {
                throw new KitException("The catalog " + file + " has an entry "
                        + (source.id() == null ? "without an id" : "twice under the id " + source.id())
                        + "; give each its own id.");
            }
        }
        return List.copyOf(entries.sources());
    }

    /** {@return all sources, in the catalog's order} */
    public List<Source> sources() {
        return sources;
    }

    /** Sources of text to learn from: those taken by default, and the optional ones named here. */
    public List<Source> corpora(String... alsoOptional) {
        Set<String> wanted = Set.of(alsoOptional);
        return sources.stream()
                .filter(source -> source.use().equals("corpus") && (source.byDefault() || wanted.contains(source.id())))
                .toList();
    }

    /** {@return the source with this id} */
    public Source source(String id) {
        return sources.stream()
                .filter(source -> source.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new KitException("The catalog has no source " + id + "; it has "
                        + String.join(", ", sources.stream().map(Source::id).toList()) + "."));
    }

    /** {@return whether every file of the source is on this machine; hashes are checked when it is opened} */
    public boolean atHand(String id) {
        Source source = source(id);
        return source.path() != null
                ? Files.exists(own(source))
                : !source.parcels().isEmpty()
                        && source.parcels().stream()
                                .allMatch(parcel -> find(source, parcel).isPresent());
    }

    /**
     * {@return the files of a source, each verified}
     *
     * @throws KitException where a file is missing or its hash is wrong, naming the file and what to do
     */
    public List<Path> files(String id) {
        Source source = source(id);
        if (source.path() != null) {
            if (!Files.exists(own(source))) {
                throw new KitException("Source " + id + " names " + own(source)
                        + ", which is not there; correct its path in " + file + ".");
            }
            return List.of(own(source));
        }
        List<Path> files = new ArrayList<>();
        for (Source.Parcel parcel : source.parcels()) {
            Path found = find(source, parcel)
                    .orElseThrow(() -> new KitException("Source " + id + " is not at hand: " + parcel.file()
                            + " is missing; run environment/setup, or set KAWI_DATA_MIRROR to a folder that has it."));
            verify(id, parcel, found);
            files.add(found);
        }
        return files;
    }

    /**
     * What a manifest records of a source: its name, licence and use, and the hash of each of its files.
     *
     * @throws KitException where a file is missing or its hash is wrong
     */
    public Manifest.Source evidence(String id) {
        Source source = source(id);
        List<Path> files = files(id);
        Map<String, String> hashes = new TreeMap<>();
        if (source.path() == null) {
            source.parcels().forEach(parcel -> hashes.put(parcel.file(), parcel.sha256()));
        } else {
            Path own = files.get(0);
            try (Stream<Path> all = Files.walk(own)) {
                for (Path each : all.filter(Files::isRegularFile).toList()) {
                    String name = each.equals(own)
                            ? own.getFileName().toString()
                            : own.relativize(each).toString().replace('\\', '/');
                    hashes.put(name, Hash.of(each));
                }
            } catch (IOException e) {
                throw KitException.of(e, "hashing source " + id, own);
            }
        }
        return new Manifest.Source(source.id(), source.licence(), source.use(), hashes);
    }

    /**
     * Reads a source into documents.
     *
     * @param atMost most documents wanted; where the source has more, a fixed sample spread over all of it is taken
     * @param bytesAtMost most bytes of text wanted, in the same way
     * @param progress hears of the documents read
     * @return the documents, and what was set aside or repaired
     */
    public Reading read(String id, int atMost, long bytesAtMost, Progress progress) {
        Source source = source(id);
        List<Path> files = files(id);
        if (source.format() == null) {
            throw new KitException(
                    "Source " + id + " has no reader: it is data for a " + source.use() + ", not text to collect.");
        }
        Intake intake = new Intake(source, atMost, bytesAtMost, progress);
        try {
            Reader.of(source.format()).read(source, files, intake);
        } catch (Intake.Enough e) {
            // Interrupted: what was read until then is kept.
        } catch (IOException e) {
            intake.skipped(id, "could not be read further: " + e.getMessage());
        }
        return intake.reading();
    }

    /** {@return the catalog as a table: id, title, genre, language, licence, use, default, megabytes, at hand} */
    public Table table() {
        Table table = Table.create("catalog");
        table.addColumns(
                StringColumn.create("source", sources.stream().map(Source::id)),
                StringColumn.create("title", sources.stream().map(Source::title)),
                StringColumn.create("genre", sources.stream().map(Source::genre)),
                StringColumn.create("language", sources.stream().map(Source::language)),
                StringColumn.create("licence", sources.stream().map(Source::licence)),
                StringColumn.create("use", sources.stream().map(Source::use)),
                BooleanColumn.create(
                        "by default", sources.stream().map(Source::byDefault).toList()),
                DoubleColumn.create(
                        "MB",
                        sources.stream()
                                .mapToDouble(source -> Math.round(source.bytes() / 1e5) / 10.0)
                                .toArray()),
                BooleanColumn.create(
                        "at hand",
                        sources.stream().map(source -> atHand(source.id())).toList()));
        return table;
    }

    private Path own(Source source) {
        return file.toAbsolutePath().getParent().resolve(source.path()).normalize();
    }

    private Optional<Path> find(Source source, Source.Parcel parcel) {
        return shelves.stream()
                .flatMap(shelf ->
                        Stream.of(shelf.resolve(source.id()).resolve(parcel.file()), shelf.resolve(parcel.file())))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    private void verify(String id, Source.Parcel parcel, Path found) {
        if (verified.contains(found)) {
            return;
        }
        try {
            String actual = Hash.of(found);
            if (!actual.equals(parcel.sha256())) {
                throw new KitException(
                        "The file " + found + " of source " + id + " has SHA-256 " + actual + ", not the catalog's "
                                + parcel.sha256() + ": remove it and run environment/setup to fetch it again.");
            }
            verified.add(found);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
