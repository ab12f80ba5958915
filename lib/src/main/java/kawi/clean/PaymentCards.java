package kawi.clean;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers of payment cards: the first digits are a card network's and the length is one it issues (ISO/IEC 7812-1 and
 * the networks' published ranges), the check digit is right, and the digits stand together or in a card's groups.
 */
final class PaymentCards {
    private static final String SPACE = "([ \u00a0\u202f-])";

    private static final Pattern CARD = Pattern.compile("(?=\\d)(?<![\\w.,-])(?:\\d{12,19}+|\\d{4}" + SPACE
            + "(?:\\d{6}\\1\\d{4,5}|\\d{4}\\1(?:\\d{5}|\\d{4}(?:\\1\\d{1,4}){0,2}))|\\d{6}" + SPACE
            + "\\d{6,13})(?![\\w-]|[.,]\\d)");

    /** First digits from and to, and the lengths from and to. */
    private record Range(int from, int to, int shortest, int longest) {
        boolean holds(String digits) {
            String first = digits.substring(0, Integer.toString(from).length());
            int issuer = Integer.parseInt(first);
            return issuer >= from && issuer <= to && digits.length() >= shortest && digits.length() <= longest;
        }
    }

    private static final List<Range> NETWORKS = List.of(
            new Range(4, 4, 13, 13), // Visa
            new Range(4, 4, 16, 16),
            new Range(4, 4, 19, 19),
            new Range(51, 55, 16, 16), // Mastercard
            new Range(2221, 2720, 16, 16),
            new Range(34, 34, 15, 15), // American Express
            new Range(37, 37, 15, 15),
            new Range(300, 305, 14, 19), // Diners Club
            new Range(36, 36, 14, 19),
            new Range(38, 39, 14, 19),
            new Range(3528, 3589, 16, 19), // JCB
            new Range(2131, 2131, 15, 15),
            new Range(1800, 1800, 15, 15),
            new Range(6011, 6011, 16, 19), // Discover
            new Range(644, 659, 16, 19),
            new Range(62, 62, 16, 19), // UnionPay
            new Range(81, 82, 16, 19), // UnionPay, RuPay
            new Range(60, 60, 16, 16), // RuPay
            new Range(2200, 2204, 16, 19), // Mir
            new Range(9792, 9792, 16, 16), // Troy
            new Range(50, 50, 12, 19), // Maestro
            new Range(56, 58, 12, 19),
            new Range(63, 63, 12, 19),
            new Range(67, 67, 12, 19));

    private PaymentCards() {}

    static void find(String text, Pii.Spans spans) {
        for (Matcher card = CARD.matcher(text); card.find(); ) {
            // What follows in a group of its own, as the year of expiry does, is tried as a part and then left.
            for (String number = card.group(); !number.isEmpty(); number = withoutLastGroup(number)) {
                if (issued(number.replaceAll("\\D", ""))) {
                    spans.add(card.start(), card.start() + number.length());
                    break;
                }
            }
        }
    }

    private static String withoutLastGroup(String number) {
        return number.replaceFirst("(?:^|\\D)\\d+$", "");
    }

    private static boolean issued(String digits) {
        return digits.length() >= 12 && Pii.luhn(digits) && NETWORKS.stream().anyMatch(range -> range.holds(digits));
    }
}
