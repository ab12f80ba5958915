package kawi.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import kawi.clean.Decontamination;
import kawi.clean.Pipeline;
import kawi.clean.Rejected;
import kawi.clean.RememberingStep;
import kawi.clean.RepeatedParagraphs;
import kawi.clean.Step;
import kawi.clean.Verdict;
import kawi.corpus.Corpus;
import kawi.corpus.CorpusWriter;
import kawi.corpus.Document;
import kawi.evidence.Draft;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.notebook.Tables;
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
 * step that must remember what came before works out its keys there (for near duplicates the signatures, which are the
 * work) and decides here, in the documents' order, from the keys alone: 128 bytes a document, and never the text.
 *
 * <p>Parts lie in a folder that every worker reads and writes: on one machine any, on several a shared one. A worker
 * holds one document at a time.
 */
public final class ClusterPipeline {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_TRIES = 5;

    private final List<Recipe> recipes;
    private final List<Step> steps;

    private ClusterPipeline(List<Recipe> recipes) {
        this.recipes = List.copyOf(recipes);
        this.steps = recipes.stream().map(each -> each.make(Step.class)).toList();
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i) instanceof RepeatedParagraphs || steps.get(i) instanceof Decontamination) {
                throw new KitException("The step '" + steps.get(i).name() + "' (" + recipes.get(i)
                        + ") decides by what came before and cannot yet be shared out: run it by kawi.clean.Pipeline, "
                        + "before or after.");
            }
        }
    }

    /**
     * {@return a pipeline of these steps, in this order}
     *
     * @param steps each by its name and arguments: {@code Recipe.call(Quality.class, "gopher")}
     * @throws KitException if one of them makes no step, or one that cannot be shared out
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
     * @param kept how many they are
     * @param dropped how many documents each step dropped
     */
    public record Cleaned(Corpus corpus, long kept, Map<String, Long> dropped) {
        /** {@return a row a step} */
        public Table table() {
            Tables.Rows rows = Tables.columns("step", "dropped");
            dropped.forEach(rows::row);
            return rows.table();
        }
    }

    /**
     * Runs into a draft, whose folder every worker must reach.
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
        return run(corpus, parts, draft.folder(), cluster, progress);
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
        if (parts < 1) {
            throw new KitException("Documents cannot be parted into " + parts + " parts: give at least 1.");
        }
        Path scratch = folder.toAbsolutePath().resolve(".parts-" + UUID.randomUUID());
        try {
            Files.createDirectories(scratch);
            return run(corpus, parts, folder, scratch, cluster, progress);
        } catch (IOException e) {
            throw KitException.of(e, "cleaning on workers", folder);
        } catch (Cluster.InterruptedJob e) {
            Thread.interrupted();
            throw new KitException("Cleaning was interrupted and wrote nothing: run the cell again.", e);
        } finally {
            remove(scratch);
        }
    }

    private Cleaned run(Corpus corpus, int parts, Path folder, Path scratch, Cluster cluster, Progress progress)
            throws IOException {
        int waits =
                (int) steps.stream().filter(RememberingStep.class::isInstance).count();
        progress.begin("cleaning on " + cluster.size() + " workers", waits + 2L);
        part(corpus, parts, scratch);
        progress.update(1, corpus.size() + " documents in " + parts + " parts");
        long done = 1;
        for (int from = 0; ; ) {
            int to = from;
            while (to < steps.size() && !(steps.get(to) instanceof RememberingStep)) {
                to++;
            }
            boolean more = to < steps.size();
            List<Order> orders = new ArrayList<>();
            for (int i = 0; i < parts; i++) {
                orders.add(new Order(scratch.resolve("part-" + i).toString(), from, to, more));
            }
            String upTo = more ? "up to " + steps.get(to).name() : "up to the end";
            List<byte[]> keys = lasting(cluster, "cleaning " + upTo, orders);
            if (more) {
                judge((RememberingStep) steps.get(to), scratch, keys);
            }
            progress.update(++done, upTo);
            if (!more) {
                break;
            }
            from = to + 1;
        }
        Cleaned cleaned = gather(parts, folder, scratch);
        progress.end(cleaned.kept() + " documents kept");
        return cleaned;
    }

    /** One line a document: its fate, and itself or what it was rejected as. */
    private static final char KEPT = '+';

    private static final char REJECTED = '-';

    private static void part(Corpus corpus, int parts, Path scratch) throws IOException {
        long size = corpus.size();
        var documents = corpus.iterator();
        for (int i = 0; i < parts; i++) {
            long until = size * (i + 1) / parts - size * i / parts;
            try (BufferedWriter out = Files.newBufferedWriter(scratch.resolve("part-" + i))) {
                for (long n = 0; (n < until || i == parts - 1) && documents.hasNext(); n++) {
                    line(out, KEPT, documents.next());
                }
            }
        }
    }

    private static void line(BufferedWriter out, char fate, Object what) throws IOException {
        out.write(fate);
        out.write(JSON.writeValueAsString(what));
        out.write('\n');
    }

    private List<byte[]> lasting(Cluster cluster, String what, List<Order> orders) {
        for (int tries = 1; ; tries++) {
            try {
                cluster.await();
                return cluster.run(what, orders, new Part(new ArrayList<>(recipes)), false);
            } catch (Cluster.FailedJob e) {
                String refused = Part.refusal(e);
                if (refused != null) {
                    throw new KitException(refused, e);
                }
                if (tries == MOST_TRIES) {
                    throw new KitException(
                            "Cleaning was begun " + tries + " times and never ended: "
                                    + String.valueOf(e.getMessage())
                                            .lines()
                                            .findFirst()
                                            .orElse("") + " The last words of worker 0 are:\n"
                                    + cluster.executorLog(0),
                            e);
                }
            }
        }
    }

    /** Decides in the documents' order, and leaves beside each part what was decided. */
    private static void judge(RememberingStep step, Path scratch, List<byte[]> keys) throws IOException {
        RememberingStep.Memory memory = step.remember();
        for (int i = 0; i < keys.size(); i++) {
            Path verdicts = scratch.resolve("part-" + i + ".verdicts");
            try (BufferedWriter out = Files.newBufferedWriter(verdicts)) {
                for (Key each : JSON.readValue(keys.get(i), Key[].class)) {
                    out.write(JSON.writeValueAsString(memory.judge(each.id(), each.key())));
                    out.write('\n');
                }
            }
        }
    }

    private Cleaned gather(int parts, Path folder, Path scratch) throws IOException {
        Map<String, Long> dropped = new LinkedHashMap<>();
        steps.forEach(each -> dropped.put(each.name(), 0L));
        try (CorpusWriter keeper = Corpus.writer(folder.resolve("documents.jsonl.gz"));
                CorpusWriter bin = Corpus.writer(folder.resolve("rejected.jsonl.gz"))) {
            for (int i = 0; i < parts; i++) {
                try (BufferedReader in = Files.newBufferedReader(scratch.resolve("part-" + i + ".done"))) {
                    for (String line = in.readLine(); line != null; line = in.readLine()) {
                        if (line.charAt(0) == KEPT) {
                            keeper.add(JSON.readValue(line.substring(1), Document.class));
                        } else {
                            Rejected rejected = JSON.readValue(line.substring(1), Rejected.class);
                            dropped.merge(rejected.step(), 1L, Long::sum);
                            bin.write(rejected);
                        }
                    }
                }
            }
            long kept = keeper.documents();
            bin.complete();
            keeper.complete();
            return new Cleaned(Corpus.open(folder.resolve("documents.jsonl.gz")), kept, dropped);
        }
    }

    private static void remove(Path scratch) {
        try (Stream<Path> all = Files.walk(scratch)) {
            all.sorted(Comparator.reverseOrder()).forEach(each -> each.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            // parts that stay behind are in nobody's way
        }
    }

    /** What a step that remembers is told of a document. */
    record Key(String id, byte[] key) {}

    /** Which part of the documents goes through which of the steps. */
    private record Order(String place, int from, int to, boolean keys) implements Serializable {}

    /** A part of the documents on a worker. */
    private static final class Part implements Task<Order, byte[]> {
        private static final long serialVersionUID = 1;
        private static final String REFUSED = "kawi refused: ";
        private final List<Recipe> recipes;

        Part(List<Recipe> recipes) {
            this.recipes = recipes;
        }

        static String refusal(Throwable failure) {
            String text = String.valueOf(failure.getMessage());
            int at = text.indexOf(REFUSED);
            return at < 0
                    ? null
                    : text.substring(at + REFUSED.length()).lines().findFirst().orElse("");
        }

        @Override
        public byte[] run(Order order) throws IOException {
            try {
                return through(order);
            } catch (KitException e) {
                throw new IllegalStateException(REFUSED + e.getMessage(), e);
            } catch (RuntimeException e) {
                throw new IllegalStateException(REFUSED + "A cleaning step failed on a worker: " + e + ".", e);
            }
        }

        /**
         * Reads the part as the step before left it, and writes another file, which appears when it is whole: done
         * again after a worker was lost, it reads and writes the same.
         */
        private byte[] through(Order order) throws IOException {
            List<Step> steps =
                    recipes.stream().map(each -> each.make(Step.class)).toList();
            List<Step.Pass> passes = new ArrayList<>();
            for (int i = order.from; i < order.to; i++) {
                passes.add(steps.get(i).begin());
            }
            RememberingStep waiting = order.keys ? (RememberingStep) steps.get(order.to) : null;
            Path place = Path.of(order.place);
            Path source = order.from == 0 ? place : Path.of(order.place + "." + (order.from - 1));
            Path target = order.keys ? Path.of(order.place + "." + order.to) : Path.of(order.place + ".done");
            Path verdicts = Path.of(order.place + ".verdicts");
            Path fresh = Path.of(order.place + "." + UUID.randomUUID());
            List<Key> keys = new ArrayList<>();
            try (BufferedReader in = Files.newBufferedReader(source);
                    BufferedReader judged = order.from == 0 ? null : Files.newBufferedReader(verdicts);
                    BufferedWriter out = Files.newBufferedWriter(fresh)) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    if (line.charAt(0) == REJECTED) {
                        out.write(line);
                        out.write('\n');
                        continue;
                    }
                    Document document = JSON.readValue(line.substring(1), Document.class);
                    Verdict.Drop drop = judged == null ? null : JSON.readValue(judged.readLine(), Verdict.Drop.class);
                    String by = drop == null ? null : steps.get(order.from - 1).name();
                    for (int i = 0; drop == null && i < passes.size(); i++) {
                        Verdict verdict = passes.get(i).judge(document);
                        if (verdict instanceof Verdict.Drop dropped) {
                            drop = dropped;
                            by = steps.get(order.from + i).name();
                        } else {
                            document = ((Verdict.Keep) verdict).document();
                        }
                    }
                    if (drop != null) {
                        line(
                                out,
                                REJECTED,
                                new Rejected(
                                        by,
                                        drop.measure(),
                                        drop.value(),
                                        drop.low(),
                                        drop.high(),
                                        drop.note(),
                                        document));
                    } else {
                        line(out, KEPT, document);
                        if (waiting != null) {
                            keys.add(new Key(document.id(), waiting.key(document)));
                        }
                    }
                }
            }
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return JSON.writeValueAsBytes(keys);
        }
    }
}
