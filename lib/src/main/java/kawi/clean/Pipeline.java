package kawi.clean;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import kawi.corpus.Corpus;
import kawi.corpus.CorpusWriter;
import kawi.corpus.Document;
import kawi.evidence.Draft;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import tech.tablesaw.api.Table;

/**
 * Cleaning as a list of nouns: every document goes through the steps in order until one drops it. What stays is written
 * to {@code documents.jsonl.gz}, what goes to {@code rejected.jsonl.gz} with its reason; nothing vanishes.
 *
 * <p>Documents go from file to file, a few at a time on all cores ({@link Step#independent} says which steps take
 * several at once): memory does not grow with the corpus, and the bytes are those of one core. A long run keeps what it
 * has done with {@link #checkpoints}, and goes on from there where it was killed.
 */
public final class Pipeline {
    private final List<Step> steps;
    private final DoneParts.Place checkpoints; // null where a run begins at the beginning

    private Pipeline(List<Step> steps, DoneParts.Place checkpoints) {
        this.steps = List.copyOf(steps);
        this.checkpoints = checkpoints;
    }

    /**
     * {@return a pipeline of these steps, in this order}
     *
     * @param steps the steps, in the order in which a document meets them
     */
    public static Pipeline of(Step... steps) {
        return new Pipeline(List.of(steps), null);
    }

    /**
     * {@return the same pipeline, which keeps what it has done so far in a folder} A run that was killed, or failed,
     * and is begun again goes on behind the last part that was done and ends with the bytes of one that was never
     * killed. What was done is used only where the steps' settings, the library, and all documents up to there are the
     * same; else it is removed. The folder takes as much text as the run has read, compressed, is for one pipeline, and
     * is empty but for its lock when a run has ended well. A second run in it is refused while the first is at work.
     *
     * @param folder for the parts that are done, made where needed
     * @throws KitException where a step does not say its {@link Step#settings}
     */
    public Pipeline checkpoints(Path folder) {
        return checkpoints(folder, null);
    }

    /**
     * {@return the same, with steps among them that are functions of one's own}
     *
     * @param folder for the parts that are done, made where needed
     * @param own what these functions do, in words, for a run goes on only where they are the same: say something else
     *     when they change
     * @throws KitException where it is null and a step does not say its {@link Step#settings}
     */
    public Pipeline checkpoints(Path folder, String own) {
        return checkpoints(folder, own, DoneParts.LETTERS);
    }

    /** @param letters of the documents in a part */
    Pipeline checkpoints(Path folder, String own, long letters) {
        return new Pipeline(steps, new DoneParts.Place(folder, CleaningSettings.of(steps, own), letters));
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
        try (DoneParts parts = checkpoints == null ? null : checkpoints.open();
                CorpusWriter keeper = Corpus.writer(kept);
                CorpusWriter bin = Corpus.writer(rejected)) {
            Tally tally = new CleaningRun(steps, keeper, bin, parts).through(corpus, progress);
            bin.complete();
            keeper.complete();
            if (parts != null) {
                parts.finish();
            }
            return new CleaningResult(
                    Corpus.open(kept), new Rejections(rejected), tally.counts(steps), tally.bySource(steps));
        }
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
                                        || !keep.document().id().equals(document.id())
                                        || !Objects.equals(keep.document().source(), document.source()))
                        ? "put another document in the place of"
                        : null;
        if (fault != null) {
            throw new KitException("The step '" + step.name() + "' " + fault + " document " + document.id() + " of "
                    + document.source() + ": it must keep it, change its text or drop it (see kawi.clean.Verdict).");
        }
        return verdict;
    }

    @Override
    public String toString() {
        String names = String.join(", ", steps.stream().map(Step::name).toList());
        return "pipeline of " + steps.size() + " steps: " + names
                + (checkpoints == null
                        ? ""
                        : "; keeps what is done in " + checkpoints.folder().getFileName());
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

        /** {@return bytes that the step took away, of dropped and of changed documents; below zero where it added} */
        public long takenBytes() {
            return bytes - keptBytes();
        }
    }

    /**
     * What a run made.
     *
     * @param corpus the documents kept
     * @param rejected the documents dropped, with their reasons
     * @param counts what each step did
     * @param bySource what each step did with the documents of each source, by the source's id
     */
    public record CleaningResult(
            Corpus corpus, Rejections rejected, List<Count> counts, Map<String, List<Count>> bySource) {
        /** {@return a row a step: documents and bytes in, dropped, changed and kept} */
        public Table table() {
            return CleaningTables.steps(counts);
        }

        /**
         * {@return the bytes of each source's text: what was collected, what each step took of it, and what is left}
         * The sources stand side by side, the largest first; where there are more than six, the smaller ones together.
         * A step that took nothing of any source has no row; a number below zero is of a step that added text.
         */
        public Table bytesBySource() {
            return CleaningTables.bytes(counts, bySource);
        }
    }
}
