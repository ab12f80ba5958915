package kawi.clean;

import com.fasterxml.jackson.annotation.JsonInclude;
import kawi.corpus.Document;

/**
 * A document that a pipeline dropped, as it was when it came to the step that dropped it, with the reason. A line of
 * {@code rejected.jsonl.gz}.
 *
 * @param step name of the step
 * @param measure what it measured
 * @param value the value found
 * @param low smallest value allowed, or null
 * @param high largest value allowed, or null
 * @param note more about the reason, or null
 * @param document the document, as it came to the step
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Rejected(
        String step, String measure, double value, Double low, Double high, String note, Document document) {

    /**
     * {@return whether the step would keep the document were these its bounds; null is no bound}
     *
     * @param newLow smallest value allowed, or null
     * @param newHigh largest value allowed, or null
     */
    public boolean passes(Double newLow, Double newHigh) {
        return (newLow == null || value >= newLow) && (newHigh == null || value <= newHigh);
    }

    /** {@return the reason in a clause: the measure, its value, and the bound it broke} */
    public String reason() {
        String bound = low != null && value < low
                ? " is below " + low
                : high != null && value > high ? " is above " + high : "";
        return measure
                + (bound.isEmpty() ? "" : " " + Math.round(value * 1000) / 1000.0 + bound)
                + (note == null ? "" : " (" + note + ")");
    }
}
