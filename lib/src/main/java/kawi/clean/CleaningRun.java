package kawi.clean;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import kawi.corpus.Corpus;
import kawi.corpus.CorpusWriter;
import kawi.corpus.Document;
import kawi.evidence.KitException;
import kawi.evidence.Progress;

/** One run of a pipeline: documents in, the lines of the two files out, and what was counted. */
final class CleaningRun {
    private final List<Step> steps;
    private final CorpusWriter keeper;
    private final CorpusWriter bin;
    private final DoneParts parts; // null where nothing is kept to go on from
    private final Tally tally;
    private long done;

    CleaningRun(List<Step> steps, CorpusWriter keeper, CorpusWriter bin, DoneParts parts) {
        this.steps = steps;
        this.keeper = keeper;
        this.bin = bin;
        this.parts = parts;
        this.tally = new Tally(steps.size());
    }

    Tally through(Corpus corpus, Progress progress) {
        Flow flow = new Flow(steps, batch -> {
            for (Batch.Item item : batch.items) {
                if (item.rejected == null) {
                    keeper.add(item.document, item.line);
                } else {
                    bin.write(item.rejected, item.line);
                }
                progress.update(++done, "");
            }
            tally.add(batch.tally);
            if (parts != null) {
                parts.add(batch);
            }
        });
        try {
            progress.begin("cleaning", corpus.size());
            Iterator<Document> documents = parts == null ? corpus.iterator() : goOn(corpus, flow, progress);
            long read = done;
            Batch batch = new Batch(steps.size(), parts != null);
            while (documents.hasNext()) {
                batch.add(documents.next());
                read++;
                if (batch.full()) {
                    flow.put(batch);
                    batch = new Batch(steps.size(), parts != null);
                }
                if (Thread.interrupted()) {
                    throw interrupted(read);
                }
            }
            flow.put(batch);
            flow.finish();
            progress.end(keeper.documents() + " of " + read + " documents kept");
        } finally {
            flow.stop();
        }
        return tally;
    }

    private KitException interrupted(long read) {
        return new KitException("Cleaning was interrupted after " + read + " documents and wrote nothing: run the cell"
                + " again"
                + (parts == null || parts.done() == 0 ? "." : "; it will go on behind document " + parts.done() + "."));
    }

    /** What an earlier run did is written as it was, and the steps that remember are told of it. */
    private Iterator<Document> goOn(Corpus corpus, Flow flow, Progress progress) {
        boolean any = parts.any();
        Iterator<Document> left = parts.goOn(corpus, new DoneParts.Taker() {
            @Override
            public void line(boolean kept, byte[] line) {
                if (kept) {
                    keeper.add(null, line);
                } else {
                    bin.write(null, line);
                }
            }

            @Override
            public void remembered(String id, byte[][] seen) {
                flow.remember(id, Arrays.asList(seen));
                progress.update(++done, "");
                if (Thread.interrupted()) {
                    throw new KitException("Cleaning was interrupted before it went on, and wrote nothing: run the cell"
                            + " again; what was done is kept.");
                }
            }

            @Override
            public void tally(Map<String, long[][]> numbers) {
                tally.add(Tally.of(steps.size(), numbers));
            }
        });
        if (any) {
            progress.update(
                    done,
                    done == 0
                            ? "begins anew: what was kept is damaged, or of other settings or documents"
                            : "goes on behind document " + done);
        }
        return left;
    }
}
