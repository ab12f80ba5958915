package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReasonsAreReadableTest {

    @Test
    void valueAndBoundAreRoundedAndNeverLookAlike() {
        assertEquals("words 46 is below 50", reason("words", 46, 50.0, null, null));
        assertEquals("words 0 is below 1", reason("words", 0, 1.0, null, null));
        assertEquals("share 0.227 is above 0.15", reason("share", 0.22713, null, 0.15, null));
        assertEquals(
                "confidence in en 0.016 is below 0.865 (looks like fin)",
                reason("confidence in en", 0.0159, 0.8646390046956546, null, "looks like fin"));
        assertEquals("share 0.15004 is above 0.15", reason("share", 0.15004, null, 0.15, null));
    }

    @Test
    void whatEitherHoldsOrDoesNotIsSaidInWordsAlone() {
        assertEquals(
                "equal to an earlier text (the same as ab12)",
                reason("equal to an earlier text", 1, null, 0.0, "the same as ab12"));
        Verdict.Drop own = (Verdict.Drop) Verdict.drop("is a test file");
        assertEquals("is a test file", reason(own.measure(), own.value(), own.low(), own.high(), own.note()));
        assertEquals("addresses 3 is above 0", reason("addresses", 3, null, 0.0, null));
    }

    @Test
    void whatDiffersOnlyInItsLastDigitsIsShownWithAllOfThem() {
        assertEquals("share 0.1500000000000012 is above 0.15", reason("share", 0.1500000000000012, null, 0.15, null));
    }

    @Test
    void aValueThatIsJustItsBoundPasses() {
        Rejected dropped = new Rejected("step", "words", 46, 50.0, null, null, null);
        assertTrue(dropped.passes(46.0, 46.0));
        assertFalse(dropped.passes(46.1, null));
        assertFalse(dropped.passes(null, 45.9));
    }

    @Test
    void aFilterSaysHowManyRulesItHas() {
        RuleFilter.Rule rule = new RuleFilter.Rule("low only", 1.0, null, features -> 0);
        assertEquals("filter mine of 1 rules", new RuleFilter("mine", List.of(rule)).toString());
    }

    private static String reason(String measure, double value, Double low, Double high, String note) {
        return new Rejected("step", measure, value, low, high, note, null).reason();
    }
}
