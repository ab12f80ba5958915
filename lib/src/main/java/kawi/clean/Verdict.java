package kawi.clean;

import kawi.corpus.Document;
import kawi.evidence.KitException;

/**
 * What a step says of a document: {@link #keep}, {@link #change} or {@link #drop}. There is no third thing that a step
 * could say, which is why the interface is sealed; a step of one's own says it with these methods.
 */
public sealed interface Verdict {

    /**
     * {@return the document goes on as it is}
     *
     * @param document the document
     */
    static Verdict keep(Document document) {
        return new Keep(document);
    }

    /**
     * {@return the document goes on with another text and the same id}
     *
     * @param document the document as it came
     * @param text its text from now on
     */
    static Verdict change(Document document, String text) {
        return new Keep(text.equals(document.text()) ? document : document.withText(text));
    }

    /**
     * {@return the document is dropped, since a value lies outside its bounds}
     *
     * @param measure what was measured, for example {@code mean word length}
     * @param value the value found, in the measure's own unit
     * @param low smallest value allowed, or null
     * @param high largest value allowed, or null
     * @param note more about the reason, or null
     * @throws KitException where the value lies within the bounds, which would be no reason
     */
    static Verdict drop(String measure, double value, Double low, Double high, String note) {
        return new Drop(measure, value, low, high, note);
    }

    /**
     * {@return the document is dropped for a reason that is no number}
     *
     * @param reason what is wrong with it, for example {@code is a test file}
     */
    static Verdict drop(String reason) {
        return new Drop(reason, 1, null, 0.0, null);
    }

    /**
     * The document goes on, perhaps with another text.
     *
     * @param document the document as it goes on
     */
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
    record Drop(String measure, double value, Double low, Double high, String note) implements Verdict {
        /**
         * Refuses a drop that its own bounds would not lead to.
         *
         * @param measure what was measured; not blank
         * @param value the value found, which lies outside the bounds
         * @param low smallest value allowed, or null
         * @param high largest value allowed, or null
         * @param note more about the reason, or null
         * @throws KitException where the value lies within the bounds
         */
        public Drop {
            if (measure == null || measure.isBlank()) {
                throw new KitException("A document is dropped for no reason: name what was measured.");
            }
            if ((low == null || value >= low) && (high == null || value <= high)) {
                throw new KitException("A document is dropped for '" + measure + "' of " + value
                        + ", which lies within its bounds (" + low + " to " + high
                        + "): give the bound that it breaks, so that the decision can be replayed.");
            }
        }
    }
}
