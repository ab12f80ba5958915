package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Telephone numbers in national form that are not grouped as their country's tables have it, and what is like them. */
class TelephoneNumbersAsPeopleWriteThemTest {

    private static void assertMasked(Map<String, String> table) {
        table.forEach((text, masked) -> assertEquals(masked, Pii.masked(text), text));
    }

    @Test
    void whatANumberIsForTellsATelephoneBehindItToo() {
        assertMasked(Map.of(
                "4930901820", "4930901820",
                "at 2125550187 office", "at <phone> office",
                "at 2125550187 (mobile)", "at <phone> (mobile)",
                "2125550187x12-Fax, 020 7946 0958-Office.", "<phone>-Fax, <phone>-Office.",
                "+44 20 7946 0958-Handy", "<phone>-Handy",
                "2125550187 office doors were sold", "2125550187 office doors were sold",
                "1 000 000 mobile phones", "1 000 000 mobile phones",
                "020 7946 0958-officer", "020 7946 0958-officer"));
    }

    @Test
    void behindTheZeroOfLongDistanceGroupsAreOfAnySize() {
        assertMasked(Map.ofEntries(
                Map.entry("0254 997 811", "<phone>"),
                Map.entry("ring (01632) 960289", "ring <phone>"),
                Map.entry("(01632)960 289", "<phone>"),
                Map.entry("0734-04 98 07", "<phone>"),
                Map.entry("at 0314-383 336.", "at <phone>."),
                // fewer digits than nine, groups of two alone, a place of too many digits, and no zero
                Map.entry("08-63 00 48", "08-63 00 48"),
                Map.entry("01 02 03 04 05 06", "01 02 03 04 05 06"),
                Map.entry("096400-0920", "096400-0920"),
                Map.entry("2254 997 811", "2254 997 811"),
                // dates, American numbers of social security and postal codes, parts of a longer number, and orders
                Map.entry("01-02-2003 0405", "01-02-2003 0405"),
                Map.entry("024-32-8792", "024-32-8792"),
                Map.entry("MA 01234-5678", "MA 01234-5678"),
                Map.entry("h162-039-201-002.ip.example", "h162-039-201-002.ip.example"),
                Map.entry("order 0254 997 811", "order 0254 997 811"),
                Map.entry("0.254 997 811", "0.254 997 811")));
        assertEquals("0254 997 811", Pii.masked("0254 997 811", List.of("US")));
        assertEquals("<phone>", Pii.masked("0254 997 811", List.of("US", "DE")));
    }

    @Test
    void inNorthAmericasGroupsAnAreaNeedNotBeInTheTables() {
        assertMasked(Map.ofEntries(
                Map.entry("call (397)550-4984", "call <phone>"),
                Map.entry("is (397) 550 4984", "is <phone>"),
                Map.entry("758.229.7606x8872 and 511-600-1023 ext. 6", "<phone> and <phone>"),
                Map.entry("001-348-455-7293", "<phone>"),
                Map.entry("1-397-550-4984", "<phone>"),
                // areas and exchanges begin with 2 to 9, one sign stands between all groups, and four digits end it
                Map.entry("197-550-4984", "197-550-4984"),
                Map.entry("397-150-4984", "397-150-4984"),
                Map.entry("397-550.4984", "397-550.4984"),
                Map.entry("397-550-49845", "397-550-49845"),
                Map.entry("397-550-4984-1", "397-550-4984-1"),
                Map.entry("12-397-550-4984", "12-397-550-4984"),
                Map.entry("id 397-550-4984", "id 397-550-4984")));
        assertEquals("<phone>", Pii.masked("397-550-4984", List.of("FR", "CA")));
        assertEquals("397-550-4984", Pii.masked("397-550-4984", List.of("FR")));
    }

    @Test
    void twoZerosStandForThePlus() {
        assertEquals("at <phone>!", Pii.masked("at 0046 8 123 456 78!", List.of()));
        assertEquals("<phone>", Pii.masked("0046 8 123 456 78", List.of()));
        assertEquals("0042-27 72 92", Pii.masked("0042-27 72 92", List.of()));
        assertEquals("046 8 123 456 78", Pii.masked("046 8 123 456 78", List.of()));
    }
}
