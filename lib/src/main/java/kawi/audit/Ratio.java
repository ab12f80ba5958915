package kawi.audit;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import kawi.stats.Interval;
import kawi.stats.RatioOfSums;

/**
 * A share of two counts gathered over documents, with its 95 % interval over documents, as {@link RatioOfSums#share()}
 * computes it. Where nothing was counted there is no share, and where it was counted in one document only, no interval.
 *
 * @param interval the share, 0 to 1, with its interval
 * @param documents documents that had anything to count
 */
@JsonPropertyOrder({"value", "low", "high", "documents", "reason"})
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Ratio(@JsonIgnore Interval interval, int documents) {

    static Ratio of(RatioOfSums counts) {
        return new Ratio(counts.share(), counts.clusters());
    }

    /** {@return the share, 0 to 1; NaN where nothing was counted} */
    public double value() {
        return interval.value();
    }

    /** {@return lower end of the interval; NaN where there is none} */
    public double low() {
        return interval.low();
    }

    /** {@return upper end of the interval; NaN where there is none} */
    public double high() {
        return interval.high();
    }

    // JSON knows no NaN: a number that does not exist is not written, and the reason is.

    @JsonProperty("value")
    private Double writtenValue() {
        return existing(value());
    }

    @JsonProperty("low")
    private Double writtenLow() {
        return existing(low());
    }

    @JsonProperty("high")
    private Double writtenHigh() {
        return existing(high());
    }

    @JsonProperty("reason")
    private String writtenReason() {
        return interval.reason();
    }

    private static Double existing(double number) {
        return Double.isNaN(number) ? null : (Double) number;
    }
}
