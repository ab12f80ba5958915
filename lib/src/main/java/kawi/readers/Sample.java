package kawi.readers;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import kawi.corpus.Document;
import kawi.corpus.Skipped;

/**
 * Holds what a reading gives. Of more documents or bytes than wanted it holds those with the smallest ids: ids are
 * hashes, so this is a uniform sample, the same in every run, and a larger sample contains a smaller one.
 */
final class Sample implements Taker {
    private record Numbered(long number, Document document) {}

    private final int atMost;
    private final long bytesAtMost;
    private final PriorityQueue<Numbered> kept = new PriorityQueue<>(
            Comparator.comparing((Numbered n) -> n.document().id()).reversed());
    private final List<Skipped> aside = new ArrayList<>();
    private final List<Skipped> repaired = new ArrayList<>();
    private long offered;
    private long bytes;
    private String ceiling; // of ids that are still kept; null while all are

    /**
     * @param atMost most documents kept
     * @param bytesAtMost most bytes of text kept, in UTF-8; one document is kept however long it is
     */
    Sample(int atMost, long bytesAtMost) {
        this.atMost = atMost;
        this.bytesAtMost = bytesAtMost;
    }

    @Override
    public void document(Document document) {
        offered++;
        if (ceiling != null && document.id().compareTo(ceiling) >= 0) {
            return;
        }
        kept.add(new Numbered(offered, document));
        bytes += document.bytes();
        while (kept.size() > atMost || bytes > bytesAtMost && kept.size() > 1) {
            Document dropped = kept.poll().document();
            bytes -= dropped.bytes();
            ceiling = dropped.id();
        }
    }

    @Override
    public void skipped(Skipped what) {
        aside.add(what);
    }

    @Override
    public void repaired(Skipped what) {
        repaired.add(what);
    }

    /** {@return how many documents are held} */
    int size() {
        return kept.size();
    }

    /** {@return what is held: the sample in the source's order, and everything that was noted} */
    Reading reading(Account account) {
        List<Document> documents = kept.stream()
                .sorted(Comparator.comparingLong(Numbered::number))
                .map(Numbered::document)
                .toList();
        return new Reading(
                account.source(),
                documents,
                account.offered(),
                List.copyOf(repaired),
                List.copyOf(aside),
                account.omitted());
    }
}
