package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import kawi.corpus.Document;
import kawi.evidence.KitException;
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
                Map.entry("call 020 7946 0958 or a@b.org", "call <phone> or <email>"),
                // cards have 13 to 19 digits and their check digit
                Map.entry("4111 1111 1111 1111", "<card>"),
                Map.entry("4111 1111 1111 1112", "4111 1111 1111 1112"),
                Map.entry("4222222222222", "<card>"),
                Map.entry("422222222222", "422222222222"),
                Map.entry("6304000000000000000", "<card>"),
                Map.entry("63040000000000000000", "63040000000000000000"),
                // telephone numbers in national form are valid and stand in groups, or begin with a zero
                Map.entry("020 7946 0958", "<phone>"),
                Map.entry("2125550187", "2125550187"),
                Map.entry(
                        "0212345678 0.830322 2026-11-28 14 05. 01. 2006 04",
                        "<phone> 0.830322 2026-11-28 14 05. 01. 2006 04"),
                Map.entry("phone: 2125550187", "phone: <phone>"),
                Map.entry("phone: 555-0187", "phone: <phone>"),
                Map.entry("phone: 1234567890123456", "phone: 1234567890123456"),
                Map.entry("ISBN 020 7946 0958", "ISBN 020 7946 0958"),
                Map.entry("port-020 7946 0958", "port-020 7946 0958"),
                Map.entry("020 7946 0958-host", "020 7946 0958-host"),
                // those with a plus are from anywhere, in groups or long
                Map.entry("(+49(0) 835805647)", "(<phone>)"),
                Map.entry("+441154960406", "<phone>"),
                Map.entry("+1234567890", "+1234567890"),
                Map.entry("x+44 20 7946 0958", "x<phone>"),
                Map.entry("(192.0.2.1) or +44 20 7946 0958", "(<ip>) or <phone>"),
                // bank accounts have their country's length and check digits
                Map.entry("DE89 3704 0044 0532 0130 00", "<iban>"),
                Map.entry("de89370400440532013000,", "<iban>,"),
                Map.entry("DE88 3704 0044 0532 0130 00", "DE88 3704 0044 0532 0130 00"),
                Map.entry("ZZ89 3704 0044 0532 0130 00", "ZZ89 3704 0044 0532 0130 00"),
                Map.entry("DE89 3704 0044 0532 0130 001", "DE89 3704 0044 0532 0130 001"),
                Map.entry("xDE89370400440532013000", "xDE89370400440532013000"),
                // addresses of version 6, compressed or with one of version 4
                Map.entry("2001:db8::1: up", "<ip>: up"),
                Map.entry("fe80::1%eth0", "<ip>"),
                Map.entry("::ffff:192.0.2.1", "<ip>"),
                Map.entry("1:2:3:4:5:6:7:8", "<ip>"),
                Map.entry("2001:db8::1::2", "2001:db8::1::2"),
                Map.entry("2001:1:2:3:4:5:6:7::8", "2001:1:2:3:4:5:6:7::8"),
                Map.entry("00:11:22:33:44:55:66:77", "00:11:22:33:44:55:66:77"),
                Map.entry("12:36:23 ::1 :: a::b cafe::babe", "12:36:23 ::1 :: a::b cafe::babe"),
                Map.entry("version 10.2.0.4, Chrome/120.0.0.0", "version 10.2.0.4, Chrome/120.0.0.0"),
                Map.entry("host/10.2.0.4", "host/<ip>"),
                Map.entry("8.4.2.1 Signatures", "8.4.2.1 Signatures"),
                Map.entry("8.4.2.1 - -", "<ip> - -"),
                // e-mail in any script
                Map.entry("連絡先はsato@example.jpまで", "連絡先は<email>まで"),
                Map.entry("用户@例子.公司请联系", "<email>请联系"),
                Map.entry("o'brien@quay.ie, 'a@b.org'", "<email>, '<email>'"),
                Map.entry("wait..bob@x.org", "wait..<email>"),
                Map.entry("icon@2x.png lodash@4.17.21", "icon@2x.png lodash@4.17.21"),
                Map.entry("git@github.com:a/b", "git@github.com:a/b"),
                Map.entry("a@b.org.Then", "<email>.Then"),
                Map.entry("a.@b.org", "a.@b.org"));
        table.forEach((text, masked) -> assertEquals(masked, Pii.masked(text), text));
        assertEquals(1, Pii.find("x+192.168.1.1@mail.org").size());
    }

    @Test
    void telephoneNumbersInNationalFormAreThoseOfTheNamedRegions() {
        assertEquals("912 34 56 78", Pii.masked("912 34 56 78"));
        assertEquals("<phone>", Pii.masked("912 34 56 78", List.of("ES")));
        assertEquals(
                "020 7946 0958 +44 20 7946 0958".replace("+44 20 7946 0958", "<phone>"),
                Pii.masked("020 7946 0958 +44 20 7946 0958", List.of()));
        for (String region : List.of("UK", "es")) {
            String message = assertThrows(KitException.class, () -> Pii.mask(List.of(region)))
                    .getMessage();
            assertTrue(message.contains("\"" + region + "\""), message);
        }
    }

    @Test
    void aFindIsShownWithItsFirstLetterAndThatOfItsDomain() {
        assertEquals("j***.*@e******.***", Pii.find("jane.d@example.org").get(0).masked());
        assertEquals(
                "+4* ** **** ****", Pii.find("+44 20 7946 0958").get(0).masked().replaceFirst("\\+4\\d", "+4*"));
        assertEquals("0** **** ****", Pii.find("020 7946 0958").get(0).masked());
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
