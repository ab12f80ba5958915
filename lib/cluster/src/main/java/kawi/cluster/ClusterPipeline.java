package kawi.cluster;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import kawi.clean.Pipeline;
import kawi.clean.Rejections;
import kawi.clean.RememberingStep;
import kawi.clean.Step;
import kawi.clean.Tally;
import kawi.corpus.Corpus;
import kawi.corpus.Document;
import kawi.corpus.JsonLines;
import kawi.evidence.AtomicFile;
import kawi.evidence.Draft;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import tech.tablesaw.api.Table;

/**
 * The cleaning of {@link Pipeline} on several workers, with the same bytes as its result for any number of parts.
 *
 * <pre>{@code
 * ClusterPipeline.of(Recipe.call(Normalize.class, "unicode"), Recipe.call(Duplicates.class, "near", 0.8))
 *     .run(corpus, 8, folder, cluster, progress);
 * }</pre>
 *
 * <p>Documents are parted in their order. What a step says of one document alone is worked out where the part is. A
 * step that must remember what came before ({@link RememberingStep}: duplicates, repeated paragraphs, decontamination)
 * works out its keys there, which is the work, and decides here, in the documents' order, from the keys alone and never
 * from the text. The two files are compressed there as well, block by block ({@link kawi.corpus.BlockGzip}); this
 * process writes the first parts and puts the blocks together.
 *
 * <p>Parts lie in a folder that every worker reads and writes: on one machine any, on several a shared one. They are
 * gone when a run ends, and those of one whose process was killed when the next one begins there. Memory: a worker
 * holds one document at a time and, in decontamination, eight bytes for each run of words in held-out text; this
 * process holds what one step remembers, as it does for a pipeline of its own and on disk where it is much, and one
 * document's key.
 */
public final class ClusterPipeline {
    private final List<Recipe> recipes;
    private final List<Step> steps;

    private ClusterPipeline(List<Recipe> recipes) {
        this.recipes = List.copyOf(recipes);
        this.steps = recipes.stream().map(each -> each.make(Step.class)).toList();
    }

    /**
     * {@return a pipeline of these steps, in this order}
     *
     * @param steps each by its name and arguments: {@code Recipe.call(Quality.class, "gopher")}
     * @throws KitException if one of them makes no step
     */
    public static ClusterPipeline of(Recipe... steps) {
        return new ClusterPipeline(List.of(steps));
    }

    /** {@return the same steps for one process} */
    public Pipeline alone() {
        return Pipeline.of(steps.toArray(Step[]::new));
    }

    /**
     * What a run made.
     *
     * @param corpus the documents kept
     * @param rejected the documents dropped, with their reasons
     * @param counts what each step did
     * @param bySource what each step did with the documents of each source, by the source's id
     * @param kept how many documents were kept
     * @param begunAgain jobs that were submitted again because workers were lost; a single task that Spark itself did
     *     again is not counted
     */
    public record Cleaned(
            Corpus corpus,
            Rejections rejected,
            List<Pipeline.Count> counts,
            Map<String, List<Pipeline.Count>> bySource,
            long kept,
            int begunAgain) {
        /** {@return how many documents each step dropped} */
        public Map<String, Long> dropped() {
            Map<String, Long> dropped = new LinkedHashMap<>();
            counts.forEach(each -> dropped.merge(each.step(), each.dropped(), Long::sum));
            return dropped;
        }

        /** {@return a row a step, as {@link Pipeline.CleaningResult#table} has it} */
        public Table table() {
            return result().table();
        }

        /** {@return the bytes of each source, as {@link Pipeline.CleaningResult#bytesBySource} has them} */
        public Table bytesBySource() {
            return result().bytesBySource();
        }

        private Pipeline.CleaningResult result() {
            return new Pipeline.CleaningResult(corpus, rejected, counts, bySource);
        }
    }

    /**
     * Runs into a draft, whose folder every worker must reach, and puts into its manifest the steps, the workers and
     * what each step did. What the documents come from is the caller's to say ({@link Draft#input},
     * {@link Draft#source}), as with {@link Pipeline#run}.
     *
     * @param corpus the documents to clean
     * @param parts into how many the documents are parted; more than there are workers, so that none waits long for the
     *     slowest
     * @param draft the artifact in the making
     * @param cluster whose workers clean them
     * @param progress told of the parts that are done
     * @return what was kept and what was dropped
     * @throws KitException if it is interrupted, a step fails, or workers are lost again and again; then nothing was
     *     written
     */
    public Cleaned run(Corpus corpus, int parts, Draft draft, Cluster cluster, Progress progress) {
        Cleaned cleaned = run(corpus, parts, draft.folder(), cluster, progress);
        draft.parameter("steps", recipes.stream().map(Recipe::toString).toList())
                .parameter("workers", cluster.size())
                .parameter("parts", parts)
                .parameter("jobs begun again", cleaned.begunAgain())
                .metric("documents", cleaned.kept())
                .table("Cleaning, step by step", cleaned.table())
                .table("Bytes that each step took, by source", cleaned.bytesBySource());
        return cleaned;
    }

    /**
     * Runs into a folder: {@code documents.jsonl.gz} and {@code rejected.jsonl.gz}, as {@link Pipeline#run} writes
     * them.
     *
     * @param corpus the documents to clean
     * @param parts into how many the documents are parted; more than there are workers, so that none waits long for the
     *     slowest
     * @param folder that every worker reaches under the same path
     * @param cluster whose workers clean them
     * @param progress told of the parts that are done
     * @return what was kept and what was dropped
     * @throws KitException if it is interrupted, a step fails, or workers are lost again and again; then nothing was
     *     written
     */
    public Cleaned run(Corpus corpus, int parts, Path folder, Cluster cluster, Progress progress) {
        return run(corpus, parts, folder, folder.toAbsolutePath().toString(), cluster, progress);
    }

    /**
     * The same from one folder to another of a file system that Hadoop knows, as Spark reads and writes:
     * {@code hdfs://host/folder}, {@code s3a://bucket/folder} where its jars and keys are on all machines, or
     * {@code file:/folder}, which is what was tried. The two corpus files pass through a temporary folder of this
     * process; the parts lie beside the result while it is made.
     *
     * @param from a {@code documents.jsonl.gz}
     * @param parts into how many the documents are parted
     * @param to the folder of the result
     * @param cluster whose workers clean them
     * @param progress told of the parts that are done
     * @return what was kept and what was dropped, in the temporary folder
     * @throws KitException as the other does, and where one of the addresses cannot be read or written
     */
    public Cleaned run(URI from, int parts, URI to, Cluster cluster, Progress progress) {
        OwnedFolder own = null; // it stays for as long as this process, and the next one removes it
        boolean done = false;
        try {
            own = OwnedFolder.make(
                    Path.of(System.getProperty("java.io.tmpdir")),
                    "kawi-clean-",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path here = own.path();
            Path documents = here.resolve("collected.jsonl.gz");
            var source = new org.apache.hadoop.fs.Path(from);
            FileSystem.get(from, new Configuration())
                    .copyToLocalFile(false, source, new org.apache.hadoop.fs.Path(documents.toUri()), true);
            FileSystem.get(to, new Configuration()).mkdirs(new org.apache.hadoop.fs.Path(to));
            Cleaned cleaned = run(Corpus.open(documents), parts, here, to.toString(), cluster, progress);
            for (String each : List.of("documents.jsonl.gz", "rejected.jsonl.gz")) {
                PartFiles target = new PartFiles(to.toString());
                try (PartFiles.Fresh fresh = target.create(each)) {
                    Files.copy(here.resolve(each), fresh.out());
                    fresh.complete();
                }
            }
            Files.delete(documents);
            done = true;
            return cleaned;
        } catch (KitException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // Hadoop throws one where a file system's class is missing
            throw new KitException(
                    "The documents cannot be cleaned from " + from + " to " + to + " (" + e.getMessage()
                            + "): check the addresses, and that the jars and keys of their file system are here.",
                    e);
        } finally {
            if (!done && own != null) {
                own.close();
            }
        }
    }

    private Cleaned run(Corpus corpus, int parts, Path folder, String shared, Cluster cluster, Progress progress) {
        if (parts < 1) {
            throw new KitException("Documents cannot be parted into " + parts + " parts: give at least 1.");
        }
        try (PartFiles.OfOneRun own = PartFiles.within(shared)) {
            return run(corpus, parts, folder, own.files(), cluster, progress);
        } catch (IOException e) {
            throw KitException.of(e, "cleaning on workers", folder);
        } catch (Cluster.InterruptedJob e) {
            Thread.interrupted();
            throw new KitException("Cleaning was interrupted and wrote nothing: run the cell again.", e);
        }
    }

    private Cleaned run(Corpus corpus, int parts, Path folder, PartFiles files, Cluster cluster, Progress progress)
            throws IOException {
        int waits =
                (int) steps.stream().filter(RememberingStep.class::isInstance).count();
        progress.begin("cleaning on " + cluster.size() + " workers", waits + 3L);
        part(corpus, parts, files);
        progress.update(1, corpus.size() + " documents in " + parts + " parts");
        LastingJob job = new LastingJob(cluster);
        Tally tally = new Tally(steps.size());
        List<long[]> sizes = new ArrayList<>();
        long done = 1;
        for (int from = 0; ; ) {
            int to = from;
            while (to < steps.size() && !(steps.get(to) instanceof RememberingStep)) {
                to++;
            }
            boolean more = to < steps.size();
            int first = from;
            int end = to;
            List<CleaningPart.Order> orders = IntStream.range(0, parts)
                    .mapToObj(i -> new CleaningPart.Order(i, first, end))
                    .toList();
            String upTo = more ? "up to " + steps.get(to).name() : "up to the end";
            for (CleaningPart.Done each : job.run("cleaning " + upTo, orders, new CleaningPart(files, recipes))) {
                tally.add(each.tally());
                if (!more) {
                    sizes.add(new long[] {each.kept(), each.keptBytes(), each.rejectedBytes()});
                }
            }
            for (int i = 0; i < parts; i++) {
                files.delete(CleaningPart.documents(i, from));
            }
            if (more) {
                decide((RememberingStep) steps.get(to), to, parts, files);
            }
            progress.update(++done, upTo);
            if (!more) {
                break;
            }
            from = to + 1;
        }
        Cleaned cleaned = gather(sizes, folder, files, tally, job);
        progress.end(cleaned.kept() + " documents kept");
        return cleaned;
    }

    private static void part(Corpus corpus, int parts, PartFiles files) throws IOException {
        long size = corpus.size();
        var documents = corpus.iterator();
        for (int i = 0; i < parts; i++) {
            long until = size * (i + 1) / parts - size * i / parts;
            try (PartFiles.Fresh fresh = files.create(CleaningPart.documents(i, 0))) {
                for (long n = 0; (n < until || i == parts - 1) && documents.hasNext(); n++) {
                    Document next = documents.next();
                    fresh.out().writeByte(CleaningPart.KEPT);
                    PartFiles.frame(fresh.out(), JsonLines.JSON.writeValueAsBytes(next));
                    stopIfInterrupted();
                }
                fresh.out().writeByte(CleaningPart.END);
                fresh.complete();
            }
        }
    }

    private static void stopIfInterrupted() {
        if (Thread.interrupted()) {
            throw new KitException("Cleaning was interrupted and wrote nothing: run the cell again.");
        }
    }

    /** Decides in the documents' order, and leaves beside each part what was decided. */
    private static void decide(RememberingStep step, int number, int parts, PartFiles files) throws IOException {
        RememberingStep.Memory memory = step.remember();
        for (int i = 0; i < parts; i++) {
            try (DataInputStream keys = files.open(CleaningPart.keys(i, number));
                    PartFiles.Fresh decisions = files.create(CleaningPart.decisions(i, number))) {
                while (keys.readByte() != CleaningPart.END) {
                    PartFiles.frame(decisions.out(), memory.decide(keys.readUTF(), PartFiles.frame(keys)));
                    stopIfInterrupted();
                }
                decisions.complete();
            }
            files.delete(CleaningPart.keys(i, number));
        }
        try (PartFiles.Fresh known = files.create(CleaningPart.known(number))) {
            PartFiles.frame(known.out(), memory.known());
            known.complete();
        }
    }

    private Cleaned gather(List<long[]> sizes, Path folder, PartFiles files, Tally tally, LastingJob job)
            throws IOException {
        Path documents = folder.resolve("documents.jsonl.gz");
        Path rejected = folder.resolve("rejected.jsonl.gz");
        Packing keptLines = new Packing(files, CleaningPart.KEPT_LINES, begins(sizes, 1));
        Packing rejectedLines = new Packing(files, CleaningPart.REJECTED_LINES, begins(sizes, 2));
        List<Integer> parts = IntStream.range(0, sizes.size()).boxed().toList();
        job.run("packing", parts, new Packing.Both(keptLines, rejectedLines));
        stopIfInterrupted();
        Files.createDirectories(folder);
        try (AtomicFile keeper = AtomicFile.begin(documents, "writing a corpus");
                AtomicFile bin = AtomicFile.begin(rejected, "writing a corpus")) {
            keptLines.join(keeper.stream());
            rejectedLines.join(bin.stream());
            bin.commit();
            keeper.commit();
        }
        long kept = sizes.stream().mapToLong(each -> each[0]).sum();
        return new Cleaned(
                Corpus.open(documents),
                new Rejections(rejected),
                tally.counts(steps),
                tally.bySource(steps),
                kept,
                job.begunAgain());
    }

    /** Where each part begins among all, by the sizes that stand at a place, and last where all end. */
    private static long[] begins(List<long[]> sizes, int which) {
        long[] begins = new long[sizes.size() + 1];
        for (int i = 0; i < sizes.size(); i++) {
            begins[i + 1] = begins[i] + sizes.get(i)[which];
        }
        return begins;
    }
}
