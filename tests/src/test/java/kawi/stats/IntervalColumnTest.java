package kawi.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class IntervalColumnTest {
    @Test
    void allHaveTheDecimalsThatTheNarrowestAsksFor() {
        Interval none = Interval.undefined(1.25, "too few");
        assertEquals(
                List.of("3.500 [3.400, 3.600]", "3.450 [3.440, 3.460]", none.toString()),
                IntervalColumn.of(List.of(new Interval(3.5, 3.4, 3.6), new Interval(3.45, 3.44, 3.46), none)));
        assertEquals(List.of("3.50 [3.40, 3.60]"), IntervalColumn.of(List.of(new Interval(3.5, 3.4, 3.6))));
        assertEquals(
                List.of("-250 [-250, -250]"),
                IntervalColumn.of(List.of(new Interval(-250, -250, -250))),
                "of no width");
    }
}
