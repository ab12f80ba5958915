package kawi.readers;

import kawi.corpus.Document;
import kawi.corpus.Skipped;

/**
 * Takes what the reading of a source gives, a document at a time and in the source's order, on the thread that reads.
 * Nothing of it is held for a taker: what is wanted later it keeps, or writes, itself.
 *
 * <p>A taker that fails ends the reading, and its failure is that of {@link Catalog#stream}. One that wants no more
 * throws {@link Intake.Enough}.
 */
@FunctionalInterface
public interface Taker {
    /**
     * Takes a document.
     *
     * @param document the document
     */
    void document(Document document);

    /**
     * Hears of something that could not be used.
     *
     * @param what where it stands, and why
     */
    default void skipped(Skipped what) {}

    /**
     * Hears of something that was kept, but read otherwise than it was written, or in part.
     *
     * @param what where it stands, and what was done
     */
    default void repaired(Skipped what) {}
}
