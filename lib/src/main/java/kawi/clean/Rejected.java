package kawi.clean;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.math.RoundingMode;
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

    /**
     * {@return the reason in a clause: the measure, its value, and the bound it broke, as in "words 46 is below 50"}
     * Value and bound have three decimals at most, and more where they would look alike. What holds though nothing of
     * the kind may, a 1 where 0 is the most, is said by the measure alone: "equal to an earlier text".
     */
    public String reason() {
        boolean below = low != null && value < low;
        boolean above = high != null && value > high;
        String said = measure;
        if (below) {
            said += apart(" is below ", low);
        } else if (above && !(value == 1 && high == 0)) {
            said += apart(" is above ", high);
        }
        return said + (note == null ? "" : " (" + note + ")");
    }

    private String apart(String how, double bound) {
        for (int decimals = 3; decimals < 15; decimals++) {
            String found = rounded(value, decimals);
            String allowed = rounded(bound, decimals);
            if (!found.equals(allowed)) {
                return " " + found + how + allowed;
            }
        }
        return " " + value + how + bound;
    }

    private static String rounded(double number, int decimals) {
        return Double.isFinite(number)
                ? BigDecimal.valueOf(number)
                        .setScale(decimals, RoundingMode.HALF_UP)
                        .stripTrailingZeros()
                        .toPlainString()
                : String.valueOf(number);
    }
}
