package kawi.clean;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.ArrayList;
import java.util.List;
import kawi.corpus.Document;
import kawi.corpus.JsonLines;
import kawi.evidence.Hash;

/** A few documents on their way through a pipeline, and what was counted of them. */
final class Batch {
    private static final int MOST_DOCUMENTS = 64;
    private static final int MOST_LETTERS = 1 << 17;

    /** One of them: as the last step left it, or why it was dropped. */
    static final class Item {
        Document document;
        long bytes;
        Rejected rejected;
        /** What a step that remembers looks at, and then what it decided. */
        byte[] key;
        /** Hash of the document as it came, where it is recorded; else null. */
        String came;
        /** What each step that sees documents in their order looked at, where it is recorded; else null. */
        List<byte[]> seen;
        /** As it will be written; null where that fails, which the writer says. */
        byte[] line;

        Object result() {
            return rejected == null ? document : rejected;
        }
    }

    final List<Item> items = new ArrayList<>();
    final Tally tally;
    private final boolean recorded;
    private long letters;

    /** @param steps how many the pipeline has */
    Batch(int steps) {
        this(steps, false);
    }

    /** @param recorded whether what is needed to go on behind this batch is kept with each document */
    Batch(int steps, boolean recorded) {
        this.tally = new Tally(steps);
        this.recorded = recorded;
    }

    void add(Document document) {
        Item item = new Item();
        item.document = document;
        if (recorded) {
            item.came = Hash.of(DocumentBytes.of(document));
            item.seen = new ArrayList<>();
        }
        letters += document.text().length();
        items.add(item);
    }

    boolean full() {
        return items.size() >= MOST_DOCUMENTS || letters >= MOST_LETTERS;
    }

    /** {@return length of the texts as they came} */
    long letters() {
        return letters;
    }

    /** Counts the bytes of what came, which is then counted anew only where a step changes it. */
    void begin() {
        items.forEach(item -> item.bytes = item.document.bytes());
    }

    /** Notes what a step said of one that was not dropped so far. */
    void note(int step, String name, Item item, Verdict verdict) {
        item.bytes = tally.count(step, item.document, item.bytes, verdict);
        if (verdict instanceof Verdict.Drop drop) {
            item.rejected = new Rejected(
                    name, drop.measure(), drop.value(), drop.low(), drop.high(), drop.note(), item.document);
        } else {
            item.document = ((Verdict.Keep) verdict).document();
        }
    }

    /** Makes the lines, so that the thread that writes them only copies. */
    void finish() {
        for (Item item : items) {
            try {
                item.line = JsonLines.JSON.writeValueAsBytes(item.result());
            } catch (JsonProcessingException e) {
                item.line = null;
            }
        }
    }
}
