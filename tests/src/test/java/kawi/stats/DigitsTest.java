package kawi.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DigitsTest {

    @Test
    void anIntervalHasTheDigitsThatItsWidthGivesSenseTo() {
        assertEquals("0.864 [0.832, 0.891]", new Interval(0.86412, 0.83234, 0.89111).toString());
        assertEquals("0.8360 [0.8321, 0.8403]", new Interval(0.836, 0.8321, 0.84031).toString());
        assertEquals("16.2 [13.9, 18.9]", new Interval(16.21, 13.94, 18.93).toString());
        assertEquals("153 [120, 180]", new Interval(153.2, 120.1, 180.4).toString());
        assertEquals("0.000 [-0.020, 0.020]", new Interval(-0.00004, -0.02, 0.02).toString());
        assertEquals("-0.020 to 0.020", new Interval(0, -0.02, 0.02).range());
        assertEquals("0.00020 [0.00010, 0.00030]", new Interval(2e-4, 1e-4, 3e-4).toString());
        assertEquals("2.00 to 2.00", new Interval(2, 2, 2).range());
        assertEquals("0.000 to 0.000", new Interval(0, 0, 0).range());
    }

    @Test
    void aNumberAloneHasThreeDigitsThatSaySomething() {
        assertEquals("0.000", Digits.plain(0));
        assertEquals("0.250", Digits.plain(0.25));
        assertEquals("-0.0123", Digits.plain(-0.0123));
        assertEquals("0.000456", Digits.plain(0.0004561));
        assertEquals("9.990", Digits.plain(9.99));
        assertEquals("10.0", Digits.plain(10));
        assertEquals("0.100", Digits.plain(0.1));
    }

    @Test
    void anotherUnitIsAnotherScale() {
        assertEquals(new Interval(50, 40, 60), new Interval(0.5, 0.4, 0.6).times(100));
        assertEquals(
                "50.0 [one example]",
                Interval.undefined(0.5, "one example").times(100).toString());
    }

    @Test
    void anEndThatIsNotZeroDoesNotReadAsZero() {
        assertEquals("-0.0004 to 0.031", new Interval(0.015, -0.0004, 0.0312).range());
        assertEquals("0.0004 to 0.031", new Interval(0.015, 0.0004, 0.0312).range());
        assertEquals("0.015 [-0.0004, 0.031]", new Interval(0.015, -0.0004, 0.0312).toString());
        assertEquals("0.000 to 0.031", new Interval(0.015, 1e-17, 0.0312).range(), "the rounding of a 0");
    }

    @Test
    void aPairedTestIsBelowTheLevelWhereItsIntervalLeavesOutZero() {
        double t = 0.12 / Math.sqrt(0.0014 / 2 / 3); // with two degrees of freedom p is 1 - t / sqrt(t^2 + 2)
        assertEquals(1 - t / Math.sqrt(t * t + 2), PValues.studentT(new double[] {0.10, 0.11, 0.15}), 1e-9);
        for (double shift = -1; shift <= 1; shift += 0.01) {
            double[] differences = {shift, shift + 0.2, shift - 0.3, shift + 0.1};
            assertEquals(
                    Interval.studentT(differences).excludes(0),
                    PValues.studentT(differences) < PValues.LEVEL,
                    "shift " + shift);
        }
        assertEquals(Double.NaN, PValues.studentT(new double[] {1}));
    }

    @Test
    void aBillionthIsNotTakenForARoundingAndLessIs() {
        assertTrue(Digits.signed(1e-9, 2).startsWith("0.000000001"), Digits.signed(1e-9, 2));
        assertEquals("0.00", Digits.signed(0.9e-9, 2));
    }
}
