package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import kawi.corpus.Document;
import org.junit.jupiter.api.Test;

class PersonalDataTest {

    @Test
    void whatIsMaskedAndWhatIsNot() {
        Map<String, String> table = Map.ofEntries(
                // at-signs that belong to no address, at the beginning and at the end too
                Map.entry("@ noon: a@b.org", "@ noon: <email>"),
                Map.entry("a@b.org", "<email>"),
                Map.entry("me @home, c@d.org, see you@", "me @home, <email>, see you@"),
                Map.entry("a@", "a@"),
                // an address holds what looks like something else
                Map.entry("x+192.168.1.1@mail.org", "<email>"),
                // kinds stand in the order of the text
                Map.entry("call 020 555 0123 or a@b.org", "call <phone> or <email>"),
                // cards have 13 to 19 digits and their check digit
                Map.entry("4111 1111 1111 1111", "<card>"),
                Map.entry("4111 1111 1111 1112", "4111 1111 1111 1112"),
                Map.entry("4222222222222", "<card>"),
                Map.entry("422222222222", "422222222222"),
                Map.entry("6304000000000000000", "<card>"),
                Map.entry("63040000000000000000", "63040000000000000000"),
                // telephone numbers have 9 to 15 digits
                Map.entry("020 555 0123", "<phone>"),
                Map.entry("020 555 012", "<phone>"),
                Map.entry("20 555 012", "20 555 012"),
                Map.entry("+123 (0123) 4567 8901", "<phone>"),
                Map.entry("+123 (01234) 5678 9012", "+123 (01234) 5678 9012"));
        table.forEach((text, masked) -> assertEquals(masked, Pii.masked(text), text));
        assertEquals(1, Pii.find("x+192.168.1.1@mail.org").size());
    }

    @Test
    void aFindIsShownWithItsFirstLetterAndThatOfItsDomain() {
        assertEquals("j***.*@e******.***", Pii.find("jane.d@example.org").get(0).masked());
        assertEquals(
                "+4* ** **** ****", Pii.find("+44 20 7946 0958").get(0).masked().replaceFirst("\\+4\\d", "+4*"));
        assertEquals("0** *** ****", Pii.find("020 555 0123").get(0).masked());
    }

    @Test
    void theCheckDigitIsThatOfTheCardNetworksTestNumbersInAnyGrouping() {
        for (String valid : new String[] {
            "4111111111111111",
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "5555555555554444",
            "378282246310005",
            "6011111111111117"
        }) {
            assertTrue(Pii.luhn(valid), valid);
            String digits = valid.replaceAll("\\D", "");
            for (int i = 0; i < digits.length(); i++) {
                char other = (char) ('0' + (digits.charAt(i) - '0' + 1) % 10);
                assertFalse(Pii.luhn(digits.substring(0, i) + other + digits.substring(i + 1)), valid + " at " + i);
            }
        }
    }

    @Test
    void titleAndTextAreMaskedAndADocumentWithNeitherIsTheSame() {
        Step.Pass pass = Pii.mask().begin();
        assertEquals("personal data", Pii.mask().name());
        Document title = Document.collected("s", "1", "by a@b.org", null, null, null, "MIT", null, "text");
        Document masked = ((Verdict.Keep) pass.judge(title)).document();
        assertEquals("by <email>", masked.title());
        assertEquals("text", masked.text());
        Document text = Document.collected("s", "2", null, null, null, null, "MIT", null, "of a@b.org");
        masked = ((Verdict.Keep) pass.judge(text)).document();
        assertNull(masked.title());
        assertEquals("of <email>", masked.text());
        for (String each : new String[] {null, "title"}) {
            Document none = Document.collected("s", "3", each, null, null, null, "MIT", null, "nobody");
            assertSame(none, ((Verdict.Keep) pass.judge(none)).document());
        }
    }
}
