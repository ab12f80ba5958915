package kawi.readers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import kawi.corpus.Decoded;
import kawi.corpus.Document;
import kawi.corpus.Skipped;
import kawi.evidence.KitException;
import kawi.evidence.Progress;

/**
 * Where a reader puts what it finds. It is handed on at once, in the source's order: to a {@link Taker}, or to a sample
 * that is held. Of more documents or bytes than wanted the sample has those with the smallest ids: ids are hashes, so
 * it is uniform, the same in every run, and a larger one contains a smaller one.
 */
public final class Intake {
    /** Thrown to leave a reader: the work was interrupted, or who takes the documents wants no more. */
    public static final class Enough extends RuntimeException {
        private static final long serialVersionUID = 1;

        /** For a taker that wants no more. */
        public Enough() {
            super(null, null, false, false);
        }
    }

    /** Works in one task for a core: fewer, and handing them over would cost more than they do. */
    private static final int MOST_TOGETHER = 64;

    private static final long HEAVIEST_TOGETHER = 1 << 18;

    private final Source source;
    private final Taker taker;
    private final Progress progress;
    private final Map<String, Omission> omitted = new TreeMap<>();
    private final List<Consumer<Intake>> heard; // by an intake of work that is done apart; null in the source's own
    private final InOrder<List<Consumer<Intake>>> ahead;
    private List<Consumer<Intake>> together = new ArrayList<>();
    private long weight;
    private long offered;
    private long skipped;
    private long repaired;
    private Throwable failure; // of the taker: nothing is handed to it any more

    /**
     * An intake for one source that holds a sample of its documents: see {@link #reading()}.
     *
     * @param source the source
     * @param atMost most documents kept
     * @param bytesAtMost most bytes of text kept, in UTF-8; one document is kept however long it is
     * @param progress hears of the documents taken
     */
    public Intake(Source source, int atMost, long bytesAtMost, Progress progress) {
        this(source, new Sample(atMost, bytesAtMost), progress);
    }

    /**
     * An intake for one source that holds nothing.
     *
     * @param source the source
     * @param taker takes every document, and what is said of others
     * @param progress hears of the documents taken
     */
    public Intake(Source source, Taker taker, Progress progress) {
        this.source = source;
        this.taker = taker;
        this.progress = progress;
        this.heard = null;
        this.ahead = new InOrder<>(all -> all.forEach(each -> each.accept(this)));
        progress.begin(source.title(), -1);
    }

    /** An intake of work that is done apart: what comes to it is told to the source's own when its turn has come. */
    private Intake(Intake own) {
        this.source = own.source;
        this.taker = null;
        this.progress = null;
        this.heard = new ArrayList<>();
        this.ahead = null;
    }

    /**
     * Takes one document; a blank one is set aside.
     *
     * @param document the document
     * @throws Enough where the work was interrupted, or no more is wanted: let it pass
     */
    public void take(Document document) {
        if (document.text() == null || document.text().isBlank()) {
            skipped(document.url() == null ? source.id() : document.url(), "empty");
            return;
        }
        String wellFormed = Decoded.wellFormed(document.text());
        if (wellFormed.equals(document.text())) {
            tell(own -> own.hand(document));
        } else {
            repaired(document.url(), "half of a surrogate pair, replaced by U+FFFD");
            Document mended = document.withText(wellFormed);
            tell(own -> own.hand(mended));
        }
        offered += heard == null ? 0 : 1;
    }

    private void hand(Document document) {
        offered++;
        guarded(() -> taker.document(document));
        if (offered % 100 == 0) {
            progress.update(offered, source.id());
        }
        if (Thread.interrupted()) {
            note(new Skipped(source.id(), "interrupted after " + offered + " documents"));
            Thread.currentThread().interrupt();
            throw new Enough();
        }
    }

    /** A reader may take any exception for damage of what it reads: one of the taker's is kept until it has left. */
    private void guarded(Runnable work) {
        if (failure != null) {
            throw new Enough();
        }
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            throw left(e);
        }
    }

    private Enough left(Throwable why) {
        failure = why;
        if (why instanceof Enough) {
            leave();
        }
        return new Enough();
    }

    private void leave() {
        skipped++;
        try {
            taker.skipped(new Skipped(source.id(), "left after " + offered + " documents, as no more were wanted"));
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    private void note(Skipped what) {
        skipped++;
        guarded(() -> taker.skipped(what));
    }

    private void noteRepaired(Skipped what) {
        repaired++;
        guarded(() -> taker.repaired(what));
    }

    /**
     * Sets something aside.
     *
     * @param where file and line, entry of an archive, or address
     * @param reason why it could not be used, in a clause
     */
    public void skipped(String where, String reason) {
        skipped += heard == null ? 0 : 1;
        tell(own -> own.note(new Skipped(where, reason)));
    }

    /**
     * Says that some bytes were not what the encoding promised, where that is so.
     *
     * @param where file and line, entry of an archive, or address
     * @param decoded the bytes as they were decoded
     */
    public void repaired(String where, Decoded decoded) {
        if (decoded.note() != null) {
            repaired(where, decoded.note());
        }
    }

    /**
     * Says that something was kept, but read otherwise than it was written, or in part.
     *
     * @param where file and line, entry of an archive, or address
     * @param note what was done, in a clause
     */
    public void repaired(String where, String note) {
        tell(own -> own.noteRepaired(new Skipped(where, note)));
    }

    /**
     * Counts what stands on a page and not in its text.
     *
     * @param characters by reason, as {@link Page#left()} gives them
     */
    public void omitted(Map<String, Integer> characters) {
        tell(own -> characters.forEach((reason, n) -> own.omitted.merge(reason, new Omission(1, n), Omission::plus)));
    }

    /**
     * Changes what a reader keeps: at once in the intake that it was given, in another when its turn has come there.
     */
    void then(Intake readers, Runnable what) {
        if (this == readers) {
            what.run();
        } else {
            tell(own -> what.run());
        }
    }

    private void tell(Consumer<Intake> what) {
        if (heard != null) {
            heard.add(what);
            return;
        }
        begin();
        if (ahead.isEmpty()) {
            what.accept(this);
        } else {
            ahead.put(List.of(what));
        }
    }

    /**
     * Leaves a part of the reading to another core: what it finds is taken in its place among what is said before and
     * behind. It must not look at what the reader goes on to change. One that fails is set aside.
     *
     * @param where what it reads, for what is said of a failure
     * @param needed about as many bytes as it needs
     * @param work puts what it finds into the intake that it is given
     */
    void apart(String where, long needed, Consumer<Intake> work) {
        Consumer<Intake> safe = own -> {
            try {
                work.accept(own);
            } catch (Enough | KitException e) {
                throw e;
            } catch (RuntimeException e) {
                own.skipped(where, "damaged, not read: " + PlainText.reason(e));
            }
        };
        if (heard != null) {
            safe.accept(this);
            return;
        }
        together.add(safe);
        weight += needed;
        if (together.size() >= MOST_TOGETHER || weight >= HEAVIEST_TOGETHER) {
            begin();
        }
    }

    /** Gives what was left to another core to it. */
    private void begin() {
        if (together.isEmpty()) {
            return;
        }
        List<Consumer<Intake>> works = together;
        long needed = weight;
        together = new ArrayList<>();
        weight = 0;
        ahead.put(needed, () -> {
            Intake apart = new Intake(this);
            works.forEach(work -> work.accept(apart));
            return apart.heard;
        });
    }

    /** Waits for all that was left to other cores. */
    void finish() {
        if (heard == null) {
            begin();
            ahead.finish();
        }
    }

    /** {@return how many documents were offered and things set aside: where it does not grow, nothing was said} */
    long said() {
        finish();
        return offered + skipped;
    }

    /** Throws what the taker failed with, where it did. */
    void left() {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException thrown && !(thrown instanceof Enough)) {
            throw thrown;
        }
    }

    /**
     * {@return what was read, in numbers}
     *
     * @throws RuntimeException that of the taker, where it failed
     */
    public Account account() {
        try {
            finish();
        } catch (Enough e) {
            // What was taken until then counts.
        }
        left();
        progress.end((taker instanceof Sample sample ? sample.size() + " of " : "") + offered + " documents");
        return new Account(source, offered, skipped, repaired, new TreeMap<>(omitted));
    }

    /**
     * {@return what was taken: the sample in the source's order, and everything that was noted}
     *
     * @throws KitException where a taker was given all
     */
    public Reading reading() {
        if (taker instanceof Sample sample) {
            return sample.reading(account());
        }
        throw new KitException("This intake of source " + source.id() + " hands on what it takes and holds nothing:"
                + " ask it for its account, or make it with a number of documents.");
    }
}
