package kawi.readers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
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
    private final Map<String, Reader> readers;
    private final Map<String, String> removed;
    private final Set<Path> verified = new HashSet<>();

    private Catalog(
            Path file,
            List<Path> shelves,
            List<Source> sources,
            Map<String, Reader> readers,
            Map<String, String> removed) {
        this.file = file;
        this.shelves = shelves;
        this.sources = sources;
        this.readers = readers;
        this.removed = removed;
    }

    private static Map<String, Reader> ofTheKit() {
        return new TreeMap<>(Map.of(
                "speeches",
                new Speeches(),
                "plays",
                new Plays(),
                "chapters",
                new Chapters(),
                "javadoc",
                new Javadocs(),
                "emails",
                new Emails(),
                "rated-sentences",
                new RatedSentences(),
                "text",
                new PlainText()));
    }

    /**
     * {@return the catalog beside its cache folder, with the mirror of {@code KAWI_DATA_MIRROR} where that is set}
     *
     * @param catalogJson the file
     * @throws KitException as {@link #open(Path, List)}
     */
    public static Catalog open(Path catalogJson) {
        String mirror = System.getenv("KAWI_DATA_MIRROR");
        Path cache = catalogJson.resolveSibling("cache");
        return open(catalogJson, mirror == null || mirror.isBlank() ? List.of(cache) : List.of(cache, Path.of(mirror)));
    }

    /**
     * {@return the catalog with the folders in which to look for files, first match wins}
     *
     * @param catalogJson the file
     * @param shelves the folders
     * @throws KitException where it is missing, is no JSON, or has an entry or a key that is not understood, named with
     *     its line
     */
    public static Catalog open(Path catalogJson, List<Path> shelves) {
        return new Catalog(catalogJson, List.copyOf(shelves), CatalogFile.sources(catalogJson), ofTheKit(), Map.of());
    }

    /**
     * {@return this catalog with a reader of one's own beside the kit's} An entry whose {@code format} is that name is
     * then read by it.
     *
     * @param format the reader's name, such as {@code my-letters}
     * @param reader the reader
     * @throws KitException where a reader has that name already
     */
    public Catalog with(String format, Reader reader) {
        Objects.requireNonNull(reader, "reader");
        if (readers.containsKey(format)) {
            throw new KitException("The format " + format
                    + " is read by a reader already; give your own another name, such as my-" + format + ".");
        }
        Map<String, Reader> more = new TreeMap<>(readers);
        more.put(format, reader);
        return new Catalog(file, shelves, sources, more, removed);
    }

    /**
     * {@return this catalog without some sources, for a run from which they were removed} They stay in its table, but
     * are not at hand, and whoever asks for their files is refused with the sentence.
     *
     * @param sentences of each source by its id, when and why it was removed, as a sentence
     */
    public Catalog without(Map<String, String> sentences) {
        return new Catalog(file, shelves, sources, readers, Map.copyOf(sentences));
    }

    /**
     * {@return the sentence that says when and why a source was removed; null where it was not}
     *
     * @param id the source's id, which need not be one of the catalog
     */
    public String removed(String id) {
        return removed.get(id);
    }

    /** {@return the names of the formats that can be read, in alphabetical order} */
    public Set<String> formats() {
        return Collections.unmodifiableSet(readers.keySet());
    }

    /** {@return all sources, in the catalog's order} */
    public List<Source> sources() {
        return sources;
    }

    /**
     * {@return sources of text to learn from: those taken by default, and the optional ones named here}
     *
     * @param alsoOptional ids of sources that are not taken by default
     * @throws KitException where one that is named is unknown or is no such source
     */
    public List<Source> corpora(String... alsoOptional) {
        Set<String> wanted = new HashSet<>(List.of(alsoOptional));
        for (String id : wanted) {
            String use = source(id).use();
            if (!use.equals("corpus")) {
                throw new KitException("Source " + id + " is data for a " + use + ", not text to learn from.");
            }
        }
        return sources.stream()
                .filter(source -> source.use().equals("corpus") && (source.byDefault() || wanted.contains(source.id())))
                .toList();
    }

    /**
     * {@return the source with this id}
     *
     * @param id the id
     * @throws KitException where there is none
     */
    public Source source(String id) {
        return sources.stream()
                .filter(source -> source.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new KitException("The catalog has no source " + id + "; it has "
                        + String.join(", ", sources.stream().map(Source::id).toList()) + "."));
    }

    /**
     * {@return whether every file of the source is on this machine and may be used; hashes are checked when it is
     * opened}
     *
     * @param id the source's id
     * @throws KitException where there is no such source
     */
    public boolean atHand(String id) {
        Source source = source(id);
        if (removed.containsKey(id)) {
            return false;
        }
        return source.path() != null
                ? Files.exists(own(source))
                : !source.parcels().isEmpty()
                        && source.parcels().stream()
                                .allMatch(parcel -> find(source, parcel).isPresent());
    }

    /**
     * {@return the files of a source, each verified}
     *
     * @param id the source's id
     * @throws KitException where a file is missing or its hash is wrong, naming the file and what to do; where the
     *     source was {@linkplain #without removed}
     */
    public List<Path> files(String id) {
        Source source = source(id);
        if (removed.containsKey(id)) {
            throw new KitException(removed.get(id));
        }
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
     * Reads a source into documents that are held in memory: see {@link #stream} for one that is larger.
     *
     * @param id the source's id
     * @param atMost most documents wanted; where the source has more, a fixed sample spread over all of it is taken
     * @param bytesAtMost most bytes of text wanted, in the same way
     * @param progress hears of the documents read
     * @return the documents, and what was set aside or repaired
     * @throws KitException where the source is unknown, not at hand or not as the catalog says, where no reader has its
     *     format, or where a reader of one's own fails
     */
    public Reading read(String id, int atMost, long bytesAtMost, Progress progress) {
        Sample sample = new Sample(atMost, bytesAtMost);
        return sample.reading(stream(id, sample, progress));
    }

    /**
     * Reads a source and hands on its documents one at a time, in its order, in memory that does not grow with it. What
     * is handed on is the same for any number of cores.
     *
     * @param id the source's id
     * @param taker is given every document, and what is set aside or repaired
     * @param progress hears of the documents read
     * @return what was read, in numbers; where the thread was interrupted or the taker wanted no more, of what was read
     *     until then, which the taker was told
     * @throws KitException where the source is unknown, not at hand or not as the catalog says, where no reader has its
     *     format, or where a reader of one's own fails
     * @throws RuntimeException that of the taker, where it fails
     */
    public Account stream(String id, Taker taker, Progress progress) {
        Source source = source(id);
        Reader reader = reader(source);
        List<Path> files = files(id);
        Intake intake = new Intake(source, taker, progress);
        try {
            reader.read(source, files, intake);
            if (intake.said() == 0) {
                intake.skipped(id, "the reader of the format " + source.format() + " found nothing in it");
            }
        } catch (Intake.Enough e) {
            // Interrupted, or no more is wanted: what was read until then counts.
        } catch (IOException | UncheckedIOException e) {
            intake.left();
            intake.skipped(id, "could not be read further: " + e.getMessage());
        } catch (KitException e) {
            throw e;
        } catch (RuntimeException e) {
            intake.left();
            throw new KitException(
                    "The reader of the format " + source.format() + " failed on source " + id + " (" + e
                            + "): a reader sets aside what it cannot use; mend it, or leave the source out.",
                    e);
        }
        return intake.account();
    }

    /**
     * Refuses a source that cannot be read, before anything is begun.
     *
     * @param id the source's id
     * @throws KitException where the source is unknown, removed or not at hand, where a file is not as the catalog
     *     says, or where no reader has its format
     */
    public void check(String id) {
        reader(source(id));
        files(id);
    }

    private Reader reader(Source source) {
        if (source.format() == null) {
            throw new KitException("Source " + source.id() + " has no reader: it is data for a " + source.use()
                    + ", not text to collect.");
        }
        Reader reader = readers.get(source.format());
        if (reader == null) {
            throw new KitException("The catalog names for " + source.id() + " the format " + source.format()
                    + "; the kit reads " + String.join(", ", readers.keySet()) + ", and what Catalog.with is given.");
        }
        if (source.part() != null && !reader.readsParts()) {
            throw new KitException("The catalog names for " + source.id() + " the part " + source.part()
                    + ", and the format " + source.format()
                    + " has no parts: leave it out, or put what is meant into a file of its own.");
        }
        return reader;
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
                        "MB to fetch",
                        sources.stream()
                                .mapToDouble(source -> Math.round(source.bytes() / 1e5) / 10.0)
                                .toArray()),
                BooleanColumn.create(
                        "at hand",
                        sources.stream().map(source -> atHand(source.id())).toList()));
        return table;
    }

    /**
     * {@return SHA-256 of each file that a source is read from, by the file's name} This is what a manifest records of
     * it. For data of the reader's own, each file of its folder that can be read, by its path in it, hashed as it is
     * now.
     *
     * @param id the source's id
     * @throws KitException where a file is missing or its hash is not the catalog's
     */
    public SortedMap<String, String> hashes(String id) {
        Source source = source(id);
        SortedMap<String, String> hashes = new TreeMap<>();
        List<Path> files = files(id);
        if (source.path() == null) {
            source.parcels().forEach(parcel -> hashes.put(parcel.file(), parcel.sha256()));
            return hashes;
        }
        return ownHashes(id, files.get(0));
    }

    private static SortedMap<String, String> ownHashes(String id, Path place) {
        SortedMap<String, String> hashes = new TreeMap<>();
        try {
            OwnFiles.each(place, (where, reason) -> {}, item -> {
                if (Files.isReadable(item.file())) {
                    hashes.put(item.name(), HashedFile.hash(item.file()));
                }
            });
        } catch (IOException e) {
            throw KitException.of(e, "hashing source " + id, place);
        }
        return hashes;
    }

    /**
     * {@return in a clause, how the files of a source differ from those that a manifest recorded, or that it was
     * removed; null where they do not, or where that cannot be told: the source is not in this catalog, or none of it
     * is at hand}
     *
     * <p>Files of the reader's own are looked at on the disk, and hashed again only where size or time of change is
     * another than when they were last hashed. Those that the catalog pins are compared with what it pins.
     *
     * @param recorded what the manifest says
     */
    public String changed(Manifest.Source recorded) {
        if (removed.containsKey(recorded.name())) {
            return "it was removed from this run";
        }
        Source source = sources.stream()
                .filter(each -> each.id().equals(recorded.name()))
                .findFirst()
                .orElse(null);
        if (source == null || recorded.files().isEmpty() || source.path() != null && !Files.exists(own(source))) {
            return null;
        }
        SortedMap<String, String> now = new TreeMap<>();
        source.parcels().forEach(parcel -> now.put(parcel.file(), parcel.sha256()));
        if (source.path() != null) {
            now.putAll(ownHashes(source.id(), own(source)));
        }
        for (Map.Entry<String, String> each : recorded.files().entrySet()) {
            if (!now.containsKey(each.getKey())) {
                return "its file " + each.getKey() + " is no longer there";
            }
            if (!now.get(each.getKey()).equals(each.getValue())) {
                return "its file " + each.getKey() + " was changed since";
            }
        }
        now.keySet().removeAll(recorded.files().keySet());
        return now.isEmpty() ? null : "the file " + now.firstKey() + " has come to it since";
    }

    /**
     * {@return what a manifest records of a source: its name, licence and use, and the hash of each of its files}
     *
     * @param id the source's id
     * @throws KitException where a file is missing or its hash is wrong
     */
    public Manifest.Source evidence(String id) {
        Source source = source(id);
        return new Manifest.Source(source.id(), source.licence(), source.use(), hashes(id));
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
            throw KitException.of(e, "reading source " + id, found);
        }
    }

    @Override
    public String toString() {
        return "catalog " + file.getFileName() + " of " + sources.size() + " sources";
    }
}
