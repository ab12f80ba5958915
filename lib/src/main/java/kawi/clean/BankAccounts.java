package kawi.clean;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** International bank account numbers (ISO 13616): the length of their country and the check of ISO 7064, modulo 97. */
final class BankAccounts {
    /** Countries of the IBAN registry, each with the length of its numbers. */
    private static final String REGISTRY =
            "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27"
                    + " DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21"
                    + " HU28 IE22 IL23 IQ23 IS26"
                    + " IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27"
                    + " MT31 MU30 NI28 NL18 NO15"
                    + " OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23"
                    + " ST25 SV28 TL23 TN24 TR26"
                    + " UA29 VA22 VG24 XK20 YE30";

    private static final Map<String, Pattern> COUNTRIES = new HashMap<>();

    static {
        for (String entry : REGISTRY.split(" ")) {
            int rest = Integer.parseInt(entry.substring(2)) - 4;
            COUNTRIES.put(
                    entry.substring(0, 2),
                    Pattern.compile(
                            "(?i)[A-Z]{2} ?\\d\\d(?:[ \u00a0\u202f-]?[A-Z\\d]){" + rest + "}" + "(?![\\p{L}\\d])"));
        }
    }

    private static final Pattern START =
            Pattern.compile("(?<![\\p{L}\\d])[A-Za-z]{2} ?\\d\\d(?=[ \u00a0\u202f-]?[A-Za-z\\d])");

    private BankAccounts() {}

    static void find(String text, Pii.Spans spans) {
        for (Matcher start = START.matcher(text); start.find(); ) {
            Pattern country = COUNTRIES.get(
                    text.substring(start.start(), start.start() + 2).toUpperCase(Locale.ROOT));
            if (country != null) {
                Matcher number = country.matcher(text)
                        .region(start.start(), text.length())
                        .useTransparentBounds(true);
                if (number.lookingAt() && checks(number.group())) {
                    spans.add(number.start(), number.end());
                }
            }
        }
    }

    /** The first four characters go to the end, letters count 10 to 35, and 1 remains of a division by 97. */
    private static boolean checks(String number) {
        String plain = number.replaceAll("[^A-Za-z\\d]", "");
        StringBuilder digits = new StringBuilder();
        for (char c : (plain.substring(4) + plain.substring(0, 4)).toCharArray()) {
            digits.append(Character.getNumericValue(c));
        }
        return new BigInteger(digits.toString()).mod(BigInteger.valueOf(97)).intValue() == 1;
    }
}
