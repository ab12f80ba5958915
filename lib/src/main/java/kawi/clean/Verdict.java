package kawi.clean;

import kawi.corpus.Document;

/** What a step says of a document. */
public sealed interface Verdict {

    /** The document goes on, perhaps with another text. */
    record Keep(Document document) implements Verdict {}

    /**
     * The document is dropped. Kept with it is what was measured and what would have been allowed, so that a threshold
     * can be moved and the decision replayed.
     *
     * @param measure what was measured, for example {@code mean word length}
     * @param value the value found
     * @param low smallest value allowed, or null
     * @param high largest value allowed, or null
     * @param note more about the reason, such as the document this one repeats, or null
     */
    record Drop(String measure, double value, Double low, Double high, String note) implements Verdict {}
}
