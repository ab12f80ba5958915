package kawi.readers;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
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
    private long offered;
    private long bytes;
    private String ceiling = "~";

    public Intake(Source source, int atMost, long bytesAtMost, Progress progress) {
        this.source = source;
        this.atMost = atMost;
        this.bytesAtMost = bytesAtMost;
        this.progress = progress;
        progress.begin(source.title(), -1);
    }

    /** Takes one document; a blank one is set aside. */
    public void take(Document document) {
        if (document.text().isBlank()) {
            skipped(document.url(), "empty");
            return;
        }
        offered++;
        if (document.id().compareTo(ceiling) < 0) {
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

    public void skipped(String where, String reason) {
        aside.add(new Skipped(where, reason));
    }

    /** Says that some bytes were not what the encoding promised. */
    public void repaired(String where, Decoded decoded) {
        if (decoded.note() != null) {
            repaired.add(new Skipped(where, decoded.note()));
        }
    }

    public Reading reading() {
        List<Document> documents = kept.stream()
                .sorted(Comparator.comparingLong(Numbered::number))
                .map(Numbered::document)
                .toList();
        progress.end(documents.size() + " of " + offered + " documents");
        return new Reading(source, documents, offered, List.copyOf(repaired), List.copyOf(aside));
    }
}
