package kawi.clean;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import kawi.corpus.Corpus;
import kawi.corpus.CorpusWriter;
import kawi.corpus.Document;
import kawi.evidence.Draft;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Cleaning as a list of nouns: every document goes through the steps in order until one drops it. What stays is written
 * to {@code documents.jsonl.gz}, what goes to {@code rejected.jsonl.gz} with its reason; nothing vanishes.
 *
 * <p>Documents go from file to file, a few at a time on all cores ({@link Step#independent} says which steps take
 * several at once): memory does not grow with the corpus, and the bytes are those of one core.
 */
public final class Pipeline {
    private final List<Step> steps;

    private Pipeline(List<Step> steps) {
        this.steps = List.copyOf(steps);
    }

    /**
     * {@return a pipeline of these steps, in this order}
     *
     * @param steps the steps, in the order in which a document meets them
     */
    public static Pipeline of(Step... steps) {
        return new Pipeline(List.of(steps));
    }

    /** {@return the steps} */
    public List<Step> steps() {
        return steps;
    }

    /**
     * Runs into a draft in silence.
     *
     * @param corpus the documents
     * @param draft the draft whose folder the two files go into
     * @return what it made
     * @throws KitException where it is interrupted or a step fails; then no file was written
     */
    public CleaningResult run(Corpus corpus, Draft draft) {
        return run(corpus, draft.folder(), Progress.NONE);
    }

    /**
     * Runs into a draft, with progress. After the draft is committed, open its corpus from the artifact.
     *
     * @param corpus the documents
     * @param draft the draft whose folder the two files go into
     * @param progress is told of each document
     * @return what it made
     * @throws KitException where it is interrupted or a step fails; then no file was written
     */
    public CleaningResult run(Corpus corpus, Draft draft, Progress progress) {
        return run(corpus, draft.folder(), progress);
    }

    /**
     * Runs into a folder.
     *
     * @param corpus the documents
     * @param folder an existing folder for {@code documents.jsonl.gz} and {@code rejected.jsonl.gz}
     * @param progress is told of each document
     * @return what it made
     * @throws KitException where it is interrupted or a step fails; then no file was written
     */
    public CleaningResult run(Corpus corpus, Path folder, Progress progress) {
        Path kept = folder.resolve("documents.jsonl.gz");
        Path rejected = folder.resolve("rejected.jsonl.gz");
        try (CorpusWriter keeper = Corpus.writer(kept);
                CorpusWriter bin = Corpus.writer(rejected)) {
            List<Count> counts = through(corpus, keeper, bin, progress);
            bin.complete();
            keeper.complete();
            return new CleaningResult(Corpus.open(kept), new Rejections(rejected), counts);
        }
    }

    private List<Count> through(Corpus corpus, CorpusWriter keeper, CorpusWriter bin, Progress progress) {
        Batch.Tally[] tallies = new Batch(steps.size()).tallies;
        long[] done = {0};
        Flow flow = new Flow(steps, batch -> {
            for (Batch.Item item : batch.items) {
                if (item.rejected == null) {
                    keeper.add(item.document, item.line);
                } else {
                    bin.write(item.rejected, item.line);
                }
                progress.update(++done[0], "");
            }
            for (int i = 0; i < tallies.length; i++) {
                tallies[i].add(batch.tallies[i]);
            }
        });
        try {
            progress.begin("cleaning", corpus.size());
            long read = 0;
            Batch batch = new Batch(steps.size());
            for (Document document : corpus) {
                batch.add(document);
                read++;
                if (batch.full()) {
                    flow.put(batch);
                    batch = new Batch(steps.size());
                }
                if (Thread.interrupted()) {
                    throw new KitException("Cleaning was interrupted after " + read
                            + " documents and wrote nothing: run the cell again.");
                }
            }
            flow.put(batch);
            flow.finish();
            progress.end(keeper.documents() + " of " + read + " documents kept");
        } finally {
            flow.stop();
        }
        List<Count> counts = new ArrayList<>();
        for (int i = 0; i < tallies.length; i++) {
            counts.add(tallies[i].count(steps.get(i).name()));
        }
        return counts;
    }

    /**
     * {@return what a step says, which may be one that somebody else wrote: it is held to what a pipeline relies on}
     *
     * @param step whose it is
     * @param pass of the step
     * @param document as it comes to the step
     * @throws KitException where the step fails, says nothing, or puts another document in the place of this one
     */
    public static Verdict judge(Step step, Step.Pass pass, Document document) {
        Verdict verdict;
        try {
            verdict = pass.judge(document);
        } catch (KitException e) {
            throw e;
        } catch (RuntimeException e) {
            throw failed(step, document, e);
        }
        String fault = verdict == null
                ? "said nothing of"
                : verdict instanceof Verdict.Keep keep
                                && (keep.document() == null
                                        || !keep.document().id().equals(document.id()))
                        ? "put another document in the place of"
                        : null;
        if (fault != null) {
            throw new KitException("The step '" + step.name() + "' " + fault + " document " + document.id() + " of "
                    + document.source() + ": it must keep it, change its text or drop it (see kawi.clean.Verdict).");
        }
        return verdict;
    }

    static KitException failed(Step step, Document document, RuntimeException failure) {
        return new KitException(
                "The step '" + step.name() + "' failed on document " + document.id() + " of " + document.source() + " ("
                        + failure + "): mend the step and run the pipeline again.",
                failure);
    }

    /**
     * What one step did.
     *
     * @param step the step's name
     * @param documents documents that came to it
     * @param bytes their bytes
     * @param dropped documents dropped
     * @param droppedBytes their bytes
     * @param changed documents kept with another text
     * @param grown bytes by which the changed documents grew; negative where they shrank
     */
    public record Count(
            String step, long documents, long bytes, long dropped, long droppedBytes, long changed, long grown) {
        /** {@return bytes that left the step} */
        public long keptBytes() {
            return bytes - droppedBytes + grown;
        }
    }

    /**
     * What a run made.
     *
     * @param corpus the documents kept
     * @param rejected the documents dropped, with their reasons
     * @param counts what each step did
     */
    public record CleaningResult(Corpus corpus, Rejections rejected, List<Count> counts) {
        /** {@return a row a step: documents and bytes in, dropped, changed and kept} */
        public Table table() {
            return Table.create(
                    "cleaning",
                    StringColumn.create("step", counts.stream().map(Count::step)),
                    IntColumn.create(
                            "documents in",
                            counts.stream().mapToInt(c -> (int) c.documents()).toArray()),
                    IntColumn.create(
                            "dropped",
                            counts.stream().mapToInt(c -> (int) c.dropped()).toArray()),
                    IntColumn.create(
                            "changed",
                            counts.stream().mapToInt(c -> (int) c.changed()).toArray()),
                    IntColumn.create(
                            "kept",
                            counts.stream()
                                    .mapToInt(c -> (int) (c.documents() - c.dropped()))
                                    .toArray()),
                    LongColumn.create(
                            "bytes in", counts.stream().mapToLong(Count::bytes).toArray()),
                    LongColumn.create(
                            "bytes dropped",
                            counts.stream().mapToLong(Count::droppedBytes).toArray()),
                    LongColumn.create(
                            "bytes kept",
                            counts.stream().mapToLong(Count::keptBytes).toArray()));
        }
    }
}
