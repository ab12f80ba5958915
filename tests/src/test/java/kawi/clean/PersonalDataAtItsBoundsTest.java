package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
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
        assertMasked(Map.of("a@例.没有", "a@例.没有", "a@例.公司没有", "<email>没有", "a@b.org.没有", "<email>.没有"));
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

    @Test
    void aFindMayEndWhereTheNextBegins() {
        assertMasked(Map.of("+44 20 7946 0958用户@例子.公司", "<phone><email>"));
    }

    @Test
    void whatBeginsWithTheTextIsFoundOnce() {
        assertEquals(1, Pii.find("8.8.8.8@mail.org").size());
    }

    @Test
    void aRegionThatThereIsNotIsRefusedByWhoeverIsGivenIt() {
        assertThrows(KitException.class, () -> Pii.find("020 7946 0958", List.of("UK")));
    }

    @Test
    void oneTextIsMaskedWithoutAnyOther() {
        assertTrue(Pii.mask().independent());
        assertTrue(Language.keep("en").independent());
        assertTrue(Licences.permissive().independent());
        assertTrue(Normalize.unicode().independent());
    }

    @Test
    void scoresAreThoseOfTheTextbook() {
        LabelledPii.Score score = new LabelledPii.Score("all", 4, 2, 1);
        assertEquals(0.5, score.precision());
        assertEquals(0.25, score.recall());
        assertEquals(1 / 3.0, score.f1(), 1e-15);
        assertEquals(0.75, new LabelledPii.Score("all", 4, 4, 3).f1());
    }
}
