package kawi.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class IntervalsTest {
    @Test
    void theAlternativeTextSaysEveryEstimateWithBothArmsAndLeavesOutWhatIsNoNumber() {
        Chart chart = Intervals.chart(
                "Shares",
                "",
                "share",
                List.of(
                        new Intervals.Estimate("a", 0, 0, 0.3),
                        new Intervals.Estimate("b", 0.5, 0.25, 0.6),
                        new Intervals.Estimate("c", Double.NaN, 0, 1)),
                0.5);
        assertEquals(
                "Shares. share with intervals: a 0 (0 to 0.3), b 0.5 (0.25 to 0.6); for comparison 0.5.", chart.alt());
    }

    @Test
    void nothingToShowIsStillAPicture() {
        assertTrue(Intervals.chart("Empty", "", "share", List.of(), Double.NaN).png().length > 1000);
    }
}
