package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** The longest and the shortest that is still personal data, and what stands right beside it. */
class PersonalDataAtItsBoundsTest {

    private static void assertMasked(Map<String, String> table) {
        table.forEach((text, masked) -> assertEquals(masked, Pii.masked(text), text));
    }

    @Test
    void aNameBeforeTheAtSignHasAtMost64Characters() {
        assertMasked(Map.of(
                "a".repeat(64) + "@b.org", "<email>",
                "x" + "a".repeat(64) + "@b.org", "x<email>"));
    }

    @Test
    void aLabelOfADomainHasAtMost63Characters() {
        String longer = "a@" + "b".repeat(64) + ".org";
        assertMasked(Map.of("a@" + "b".repeat(63) + ".org", "<email>", longer, longer));
    }

    @Test
    void anApostropheBelongsToANameBetweenLettersOnly() {
        assertMasked(Map.of(
                "o'brien@b.org", "<email>",
                "x.'a@b.org", "x.'<email>",
                "'a@b.org", "'<email>"));
    }

    @Test
    void wordsOfAScriptWithoutSpacesAreNoDomainUnlessOneBeginsWithATopLevelDomain() {
        assertMasked(Map.of("a@例.没有", "a@例.没有", "a@例.公司没有", "<email>没有"));
    }

    @Test
    void aNumberThatBeginsALineBeforeAWordInUpperCaseIsASectionsAndNoAddress() {
        assertMasked(Map.of(
                "8.4.2.1 Signatures", "8.4.2.1 Signatures",
                "See\n8.4.2.1 Signatures", "See\n8.4.2.1 Signatures",
                "from 8.4.2.1 Signatures", "from <ip> Signatures"));
    }

    @Test
    void twoColonsMayStandForOneGroupOfZeros() {
        assertMasked(Map.of("2001:db8::1:2:3:4:5", "<ip>", "2001:db8:1:2:3:4:5::", "<ip>"));
    }

    @Test
    void aNumberWithAPlusInOneRunOfFewDigitsMustBeOneOfItsCountry() {
        assertMasked(Map.of("+4930901820", "<phone>", "+4910000000", "+4910000000"));
    }

    @Test
    void whatATextCallsATelephoneNumberHasAtMost15Digits() {
        assertMasked(Map.of(
                "phone: 123456789012345", "phone: <phone>",
                "phone: 1234567890123456", "phone: 1234567890123456"));
    }

    @Test
    void aNumberBehindOtherDigitsIsReadToItsOwnEnd() {
        String longer = "1234567+44 20 7946 0958 0958 0958";
        assertMasked(Map.of("1234567+44 20 7946 0958", "1234567<phone>", longer, longer));
    }
}
