package kawi.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import kawi.evidence.Artifact;
import kawi.evidence.AtomicFolder;
import kawi.evidence.FolderLock;
import kawi.evidence.KitException;
import kawi.evidence.Manifest;
import kawi.evidence.Progress;
import kawi.evidence.Run;
import kawi.readers.Catalog;
import kawi.readers.Source;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * What it takes to remove a source from a run, and the removal itself. Everything is read from the manifests: an
 * artifact counts if it was made from the source by however long a way, even if cleaning left nothing of it, and also
 * if it was made from an artifact that is no longer there, since of that nobody can tell.
 *
 * <p>{@link #of} changes nothing. {@link #act} writes a row into the run's list of removed sources, from when on the
 * run's catalog does not give the source out and no artifact that was made from it is trusted; it deletes these
 * artifacts, the executed notebooks and the report that show them, and last writes the collected corpus anew without
 * the source's documents. Killed on the way, it goes on when called again.
 */
public final class SourceRemoval {
    private final Run run;
    private final String source;
    private final List<Holder> holders;
    private final EarlierPass earlier;

    private SourceRemoval(Run run, String source, List<Holder> holders) {
        this.run = run;
        this.source = source;
        this.holders = holders;
        this.earlier = EarlierPass.of(run);
    }

    /**
     * {@return what removing a source from a run would take; nothing is changed}
     *
     * @param run the run
     * @param catalog the catalog, which knows sources that the run may not hold
     * @param source the source's id
     * @throws KitException where neither the run nor the catalog knows such a source, or a manifest is damaged
     */
    public static SourceRemoval of(Run run, Catalog catalog, String source) {
        Set<String> known = new TreeSet<>();
        run.all().forEach(artifact -> artifact.manifest().sources().forEach(each -> known.add(each.name())));
        boolean listed = known.contains(source)
                || RemovedSources.of(run.folder()).of(source).isPresent()
                || catalog.sources().stream().map(Source::id).anyMatch(source::equals);
        if (!listed) {
            throw new KitException("There is no source '" + source + "': run '" + run.name() + "' was made from "
                    + (known.isEmpty() ? "none" : String.join(", ", known))
                    + "; name one of these, or one of the catalog.");
        }
        return new SourceRemoval(run, source, Holder.of(run, source));
    }

    /** {@return the row that says when and why the source was removed before, if it was} */
    public Optional<RemovedSources.Removal> before() {
        return RemovedSources.of(run.folder()).of(source);
    }

    /** {@return the names of the artifacts that hold the source, in the order of the run} */
    public List<String> artifacts() {
        return holders.stream().map(each -> each.artifact().name()).toList();
    }

    /** {@return those of {@link #artifacts} that an earlier pass left in the run's folder, see {@link EarlierPass}} */
    public List<String> earlier() {
        return holders.stream()
                .map(Holder::artifact)
                .filter(earlier::has)
                .map(Artifact::name)
                .toList();
    }

    /** {@return documents of the source in the collected corpus} */
    public long documents() {
        return collected()
                .map(each -> each.documents() == null ? 0 : each.documents())
                .orElse(0L);
    }

    /** {@return length in UTF-8 bytes of the texts of these documents} */
    public long textBytes() {
        return collected().map(Holder::bytes).orElse(0L);
    }

    /** {@return bytes of all files of the artifacts that hold it} */
    public long bytes() {
        return holders.stream().mapToLong(Holder::size).sum();
    }

    /**
     * {@return seconds that it took to make these artifacts, as their manifests say: the price of making them again}
     */
    public double seconds() {
        return holders.stream()
                .mapToDouble(each -> each.artifact().manifest().seconds())
                .sum();
    }

    /**
     * {@return the notebooks that read the source themselves beside the one that collects: without it they stop where
     * they ask for it, unless they can do without}
     */
    public List<String> askedBy() {
        return holders.stream()
                .filter(each -> Holder.names(each.artifact(), source) && !isCollected(each.artifact()))
                .map(each -> each.artifact().stage())
                .distinct()
                .toList();
    }

    /**
     * {@return a row an artifact that holds the source: by which way, and whether it is of an earlier pass; its files
     * and bytes, how many documents of the source are in it where it has documents, and the seconds that it took}
     */
    public Table table() {
        LongColumn documents = LongColumn.create("documents of it");
        holders.forEach(each -> {
            if (each.documents() == null) {
                documents.appendMissing();
            } else {
                documents.append(each.documents());
            }
        });
        return Table.create(
                "holders",
                StringColumn.create("artifact", artifacts()),
                StringColumn.create(
                        "notebook", holders.stream().map(each -> each.artifact().stage())),
                StringColumn.create(
                        "how it holds " + source,
                        holders.stream()
                                .map(each ->
                                        each.how() + (earlier.has(each.artifact()) ? "; of an earlier pass" : ""))),
                LongColumn.create(
                        "files",
                        holders.stream()
                                .mapToLong(each ->
                                        each.artifact().manifest().outputs().size())
                                .toArray()),
                LongColumn.create(
                        "bytes", holders.stream().mapToLong(Holder::size).toArray()),
                documents,
                DoubleColumn.create(
                        "seconds to make it again",
                        holders.stream()
                                .mapToDouble(each -> each.artifact().manifest().seconds())
                                .toArray()));
    }

    /** {@return a row a file of these artifacts: what it is, its path in the run's folder, its bytes} */
    public Table files() {
        StringColumn kind = StringColumn.create("what");
        StringColumn file = StringColumn.create("file");
        LongColumn bytes = LongColumn.create("bytes");
        for (Holder each : holders) {
            new TreeMap<>(each.artifact().manifest().outputs()).forEach((path, output) -> {
                kind.append(Holder.kind(path));
                file.append(each.artifact().stage() + "/" + each.artifact().name() + "/" + path);
                bytes.append(output.bytes());
            });
        }
        return Table.create("files", kind, file, bytes);
    }

    /**
     * {@return what else of the run shows what was made from the source or may: executed notebooks, those that were
     * stopped before they made anything too, the report, and checkpoints of a training that was stopped}
     */
    public List<Path> views() {
        List<Path> views = new ArrayList<>();
        if (holders.isEmpty()) {
            return views;
        }
        Set<String> clear = new TreeSet<>();
        run.all().forEach(each -> clear.add(each.stage()));
        holders.forEach(each -> clear.remove(each.artifact().stage()));
        Path notebooks = run.folder().resolve("notebooks");
        if (Files.isDirectory(notebooks)) {
            try (Stream<Path> all = Files.list(notebooks)) { // of one that made nothing nobody can tell what it shows
                all.filter(Files::isRegularFile)
                        .filter(each ->
                                !clear.contains(each.getFileName().toString().replaceFirst("\\..*", "")))
                        .sorted()
                        .forEach(views::add);
            } catch (IOException e) {
                throw KitException.of(e, "looking for executed notebooks", notebooks);
            }
        }
        views.add(run.folder().resolve("report"));
        if (artifacts().contains("tokens")) { // what a training that was stopped keeps, see notebook 04
            views.add(run.folder().resolve("04-training").resolve(".checkpoints"));
        }
        return views.stream().filter(Files::exists).toList();
    }

    /**
     * Removes the source.
     *
     * @param why why, in a few words; it stands in the run's list and in the ledger
     * @param when when
     * @param progress hears of the documents that are counted again
     * @return what was done, in sentences
     * @throws KitException where something cannot be deleted or written; called again, it goes on
     */
    public List<String> act(String why, Instant when, Progress progress) {
        RemovedSources list = RemovedSources.of(run.folder())
                .with(new RemovedSources.Removal(
                        source,
                        when.truncatedTo(ChronoUnit.SECONDS).toString(),
                        why,
                        documents(),
                        textBytes(),
                        artifacts()));
        run.tidy();
        List<String> done = new ArrayList<>();
        for (Path view : views()) {
            delete(view);
            done.add("Deleted: " + run.folder().relativize(view) + ".");
        }
        List<Holder> left = new ArrayList<>(Holder.of(run, source));
        while (!left
                .isEmpty()) { // what was made from others goes before these, so that a kill leaves the rest findable
            Holder next = left.stream()
                    .filter(each -> left.stream()
                            .noneMatch(other -> other.artifact()
                                    .manifest()
                                    .inputs()
                                    .containsKey(each.artifact().name())))
                    .findFirst()
                    .orElse(left.get(0));
            left.remove(next);
            Artifact artifact = next.artifact();
            String rest = isCollected(artifact)
                    ? CollectedWithout.write(run, artifact, source, list.sentences(), progress)
                    : null;
            if (rest == null) {
                AtomicFolder.remove(artifact.folder());
            }
            done.add(rest == null ? "Deleted: artifact " + artifact.name() + "." : rest);
        }
        return done;
    }

    private Optional<Holder> collected() {
        return holders.stream().filter(each -> isCollected(each.artifact())).findFirst();
    }

    private static boolean isCollected(Artifact artifact) {
        Manifest manifest = artifact.manifest();
        return manifest.name().equals(CollectedWithout.NAME)
                && manifest.inputs().isEmpty()
                && manifest.outputs().containsKey(Holder.DOCUMENTS);
    }

    private static void delete(Path view) {
        if (Files.isDirectory(view)) {
            FolderLock idle = FolderLock.exists(view) ? FolderLock.acquire(view) : null; // nobody trains in it
            try {
                AtomicFolder.remove(view);
            } finally {
                if (idle != null) {
                    idle.close();
                }
            }
            return;
        }
        try {
            Files.deleteIfExists(view);
        } catch (IOException e) {
            throw KitException.of(e, "deleting what shows a removed source", view);
        }
    }
}
