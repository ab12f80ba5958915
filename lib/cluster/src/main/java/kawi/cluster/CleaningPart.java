package kawi.cluster;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import kawi.clean.Pipeline;
import kawi.clean.Rejected;
import kawi.clean.RememberingStep;
import kawi.clean.Step;
import kawi.clean.Tally;
import kawi.clean.Verdict;
import kawi.corpus.Document;
import kawi.corpus.JsonLines;

/**
 * A part of the documents on a worker: read document by document as the step before left it, and written to another
 * file, which appears when it is whole. Done again after a worker was lost it reads and writes the same. Held in memory
 * are one document and, behind a {@link RememberingStep}, what its judge knows.
 */
final class CleaningPart implements Task<CleaningPart.Order, CleaningPart.Done> {
    private static final long serialVersionUID = 4;

    /** A document's fate in a part's file, before its bytes. */
    static final byte KEPT = '+';

    static final byte REJECTED = '-';
    static final byte END = '.';

    /** What the parts' lines are called at the end. */
    static final String KEPT_LINES = "kept";

    static final String REJECTED_LINES = "rejected";

    private final PartFiles files;
    private final ArrayList<Recipe> recipes;

    /**
     * Which part goes through which of the steps.
     *
     * @param part its number, from 0
     * @param from the first of the steps; where it is not the first of all, the one before it remembers, and its
     *     decisions lie beside the part
     * @param to the step after the last; where it is not the end, it remembers, and its keys are left beside the part
     */
    record Order(int part, int from, int to) implements Serializable {}

    /**
     * What was done with a part.
     *
     * @param tally of the steps that it went through
     * @param kept documents that were kept; 0 before the end, as the next two are
     * @param keptBytes of their lines
     * @param rejectedBytes of the lines of those that were dropped
     */
    record Done(Tally tally, long kept, long keptBytes, long rejectedBytes) implements Serializable {}

    CleaningPart(PartFiles files, List<Recipe> recipes) {
        this.files = files;
        this.recipes = new ArrayList<>(recipes);
    }

    static String documents(int part, int step) {
        return "part-" + part + "." + step;
    }

    static String keys(int part, int step) {
        return "part-" + part + "." + step + ".keys";
    }

    static String decisions(int part, int step) {
        return "part-" + part + "." + step + ".decisions";
    }

    static String known(int step) {
        return "step-" + step + ".known";
    }

    /** {@return what was done with the part} */
    @Override
    public Done run(Order order) throws IOException {
        return Refusal.carried("A cleaning step", () -> through(order));
    }

    private Done through(Order order) throws IOException {
        boolean last = order.to == recipes.size();
        int before = order.from - 1;
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < recipes.size(); i++) {
            boolean needed = i >= before && i <= order.to;
            steps.add(needed ? recipes.get(i).make(Step.class) : null);
        }
        List<Step.Pass> passes = new ArrayList<>();
        for (int i = order.from; i < order.to; i++) {
            passes.add(steps.get(i).begin());
        }
        RememberingStep.Judge judge = null;
        if (before >= 0) {
            try (DataInputStream in = files.open(known(before))) {
                judge = ((RememberingStep) steps.get(before)).judge(PartFiles.frame(in));
            }
        }
        long[] sizes = new long[3];
        Tally tally = new Tally(steps.size());
        try (DataInputStream in = files.open(documents(order.part, order.from));
                DataInputStream decided = before < 0 ? null : files.open(decisions(order.part, before));
                Target target = last
                        ? new Finished(order.part, sizes)
                        : new Going(order, (RememberingStep) steps.get(order.to))) {
            for (byte fate = in.readByte(); fate != END; fate = in.readByte()) {
                byte[] bytes = PartFiles.frame(in);
                if (fate == REJECTED) {
                    target.rejected(bytes);
                    continue;
                }
                Document document = JsonLines.JSON.readValue(bytes, Document.class);
                long size = document.bytes();
                int step = order.from;
                Verdict verdict = new Verdict.Keep(document);
                if (judge != null) {
                    RememberingStep.Judge judging = judge;
                    byte[] decision = PartFiles.frame(decided);
                    step = before;
                    verdict = Pipeline.judge(steps.get(before), each -> judging.of(each, decision), document);
                    size = tally.count(before, document, size, verdict);
                }
                while (verdict instanceof Verdict.Keep keep) {
                    document = keep.document();
                    step = judge != null && step == before ? order.from : step;
                    if (step == order.to) {
                        break;
                    }
                    verdict = Pipeline.judge(steps.get(step), passes.get(step - order.from), document);
                    size = tally.count(step, document, size, verdict);
                    step += verdict instanceof Verdict.Keep ? 1 : 0;
                }
                if (verdict instanceof Verdict.Drop drop) {
                    target.rejected(JsonLines.JSON.writeValueAsBytes(new Rejected(
                            steps.get(step).name(),
                            drop.measure(),
                            drop.value(),
                            drop.low(),
                            drop.high(),
                            drop.note(),
                            document)));
                } else {
                    target.kept(document);
                }
            }
            AtWork.here();
            target.complete();
        }
        return new Done(tally, sizes[0], sizes[1], sizes[2]);
    }

    /** Where a part goes on to. */
    private abstract static class Target implements AutoCloseable {
        abstract void kept(Document document) throws IOException;

        abstract void rejected(byte[] bytes) throws IOException;

        abstract void complete() throws IOException;

        @Override
        public abstract void close() throws IOException;
    }

    /** On to a step that remembers: the documents, and the key of each. */
    private final class Going extends Target {
        private final RememberingStep step;
        private final PartFiles.Fresh documents;
        private final PartFiles.Fresh keys;

        Going(Order order, RememberingStep step) throws IOException {
            this.step = step;
            this.documents = files.create(CleaningPart.documents(order.part, order.to + 1));
            this.keys = files.create(CleaningPart.keys(order.part, order.to));
        }

        @Override
        void kept(Document document) throws IOException {
            documents.out().writeByte(KEPT);
            PartFiles.frame(documents.out(), JsonLines.JSON.writeValueAsBytes(document));
            keys.out().writeByte(KEPT);
            keys.out().writeUTF(document.id());
            PartFiles.frame(keys.out(), step.key(document));
        }

        @Override
        void rejected(byte[] bytes) throws IOException {
            documents.out().writeByte(REJECTED);
            PartFiles.frame(documents.out(), bytes);
        }

        @Override
        void complete() throws IOException {
            documents.out().writeByte(END);
            keys.out().writeByte(END);
            keys.complete();
            documents.complete();
        }

        @Override
        public void close() throws IOException {
            try (documents) {
                keys.close();
            }
        }
    }

    /** At the end: the lines of the two files that the pipeline writes. */
    private final class Finished extends Target {
        private final PartFiles.Fresh kept;
        private final PartFiles.Fresh rejected;
        private final long[] sizes;

        Finished(int part, long[] sizes) throws IOException {
            this.kept = files.create(Packing.lines(KEPT_LINES, part));
            this.rejected = files.create(Packing.lines(REJECTED_LINES, part));
            this.sizes = sizes;
        }

        @Override
        void kept(Document document) throws IOException {
            sizes[0]++;
            sizes[1] += line(kept.out(), JsonLines.JSON.writeValueAsBytes(document));
        }

        @Override
        void rejected(byte[] bytes) throws IOException {
            sizes[2] += line(rejected.out(), bytes);
        }

        private long line(DataOutputStream out, byte[] bytes) throws IOException {
            out.write(bytes);
            out.write('\n');
            return bytes.length + 1L;
        }

        @Override
        void complete() throws IOException {
            rejected.complete();
            kept.complete();
        }

        @Override
        public void close() throws IOException {
            try (kept) {
                rejected.close();
            }
        }
    }
}
