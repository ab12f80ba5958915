package kawi.clean;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.ArrayList;
import java.util.List;
import kawi.corpus.Document;
import kawi.corpus.JsonLines;

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
        /** As it will be written; null where that fails, which the writer says. */
        byte[] line;

        Object result() {
            return rejected == null ? document : rejected;
        }
    }

    final List<Item> items = new ArrayList<>();
    final Tally[] tallies;
    private long letters;

    /** @param steps how many the pipeline has */
    Batch(int steps) {
        tallies = new Tally[steps];
        for (int i = 0; i < steps; i++) {
            tallies[i] = new Tally();
        }
    }

    void add(Document document) {
        Item item = new Item();
        item.document = document;
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
        Tally tally = tallies[step];
        tally.documents++;
        tally.bytes += item.bytes;
        if (verdict instanceof Verdict.Drop drop) {
            tally.dropped++;
            tally.droppedBytes += item.bytes;
            item.rejected = new Rejected(
                    name, drop.measure(), drop.value(), drop.low(), drop.high(), drop.note(), item.document);
            return;
        }
        Document after = ((Verdict.Keep) verdict).document();
        if (after != item.document) {
            long before = item.bytes;
            item.document = after;
            item.bytes = after.bytes();
            tally.changed++;
            tally.grown += item.bytes - before;
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

    /** What one step did. */
    static final class Tally {
        private long documents;
        private long bytes;
        private long dropped;
        private long droppedBytes;
        private long changed;
        private long grown;

        void add(Tally other) {
            documents += other.documents;
            bytes += other.bytes;
            dropped += other.dropped;
            droppedBytes += other.droppedBytes;
            changed += other.changed;
            grown += other.grown;
        }

        Pipeline.Count count(String step) {
            return new Pipeline.Count(step, documents, bytes, dropped, droppedBytes, changed, grown);
        }
    }
}
