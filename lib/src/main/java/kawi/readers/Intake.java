package kawi.readers;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import kawi.corpus.Decoded;
import kawi.corpus.Document;
import kawi.corpus.Skipped;
import kawi.evidence.Progress;

/**
 * Where a reader puts what it finds. Of more documents or bytes than wanted it keeps those with the smallest ids: ids
 * are hashes, so this is a uniform sample, the same in every run, and a larger sample contains a smaller one.
 */
public final class Intake {
    /** Thrown to leave a reader when the work was interrupted. */
    public static final class Enough extends RuntimeException {
        private static final long serialVersionUID = 1;

        Enough() {
            super(null, null, false, false);
        }
    }

    private record Numbered(long number, Document document) {}

    private final Source source;
    private final int atMost;
    private final long bytesAtMost;
    private final Progress progress;
    private final PriorityQueue<Numbered> kept = new PriorityQueue<>(
            Comparator.comparing((Numbered n) -> n.document().id()).reversed());
    private final List<Skipped> aside = new ArrayList<>();
    private final List<Skipped> repaired = new ArrayList<>();
    private final Map<String, Omission> omitted = new TreeMap<>();
    private long offered;
    private long bytes;
    private String ceiling; // of ids that are still kept; null while all are

    /**
     * An intake for one source.
     *
     * @param source the source
     * @param atMost most documents kept
     * @param bytesAtMost most bytes of text kept, in UTF-8; one document is kept however long it is
     * @param progress hears of the documents taken
     */
    public Intake(Source source, int atMost, long bytesAtMost, Progress progress) {
        this.source = source;
        this.atMost = atMost;
        this.bytesAtMost = bytesAtMost;
        this.progress = progress;
        progress.begin(source.title(), -1);
    }

    /**
     * Takes one document; a blank one is set aside.
     *
     * @param document the document
     * @throws Enough where the work was interrupted: let it pass
     */
    public void take(Document document) {
        if (document.text() == null || document.text().isBlank()) {
            skipped(document.url() == null ? source.id() : document.url(), "empty");
            return;
        }
        String wellFormed = Decoded.wellFormed(document.text());
        if (!wellFormed.equals(document.text())) {
            repaired(document.url(), "half of a surrogate pair, replaced by U+FFFD");
            document = document.withText(wellFormed);
        }
        offered++;
        if (ceiling == null || document.id().compareTo(ceiling) < 0) {
            kept.add(new Numbered(offered, document));
            bytes += document.bytes();
            while (kept.size() > atMost || bytes > bytesAtMost && kept.size() > 1) {
                Document dropped = kept.poll().document();
                bytes -= dropped.bytes();
                ceiling = dropped.id();
            }
        }
        if (offered % 100 == 0) {
            progress.update(offered, source.id());
        }
        if (Thread.interrupted()) {
            skipped(source.id(), "interrupted after " + offered + " documents");
            Thread.currentThread().interrupt();
            throw new Enough();
        }
    }

    /**
     * Sets something aside.
     *
     * @param where file and line, entry of an archive, or address
     * @param reason why it could not be used, in a clause
     */
    public void skipped(String where, String reason) {
        aside.add(new Skipped(where, reason));
    }

    /**
     * Says that some bytes were not what the encoding promised, where that is so.
     *
     * @param where file and line, entry of an archive, or address
     * @param decoded the bytes as they were decoded
     */
    public void repaired(String where, Decoded decoded) {
        if (decoded.note() != null) {
            repaired.add(new Skipped(where, decoded.note()));
        }
    }

    /**
     * Says that something was kept, but read otherwise than it was written, or in part.
     *
     * @param where file and line, entry of an archive, or address
     * @param note what was done, in a clause
     */
    public void repaired(String where, String note) {
        repaired.add(new Skipped(where, note));
    }

    /**
     * Counts what stands on a page and not in its text.
     *
     * @param characters characters by reason, as {@link Page#left()} gives them
     */
    public void omitted(Map<String, Integer> characters) {
        characters.forEach((reason, n) -> omitted.merge(reason, new Omission(1, n), Omission::plus));
    }

    /** {@return how many documents were offered and things set aside: where it does not grow, nothing was said} */
    long said() {
        return offered + aside.size();
    }

    /** {@return what was taken: the sample in the source's order, and everything that was noted} */
    public Reading reading() {
        List<Document> documents = kept.stream()
                .sorted(Comparator.comparingLong(Numbered::number))
                .map(Numbered::document)
                .toList();
        progress.end(documents.size() + " of " + offered + " documents");
        return new Reading(
                source, documents, offered, List.copyOf(repaired), List.copyOf(aside), new TreeMap<>(omitted));
    }
}
