package kawi.clean;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kawi.corpus.Document;

/**
 * Finds and masks what points at one person: e-mail addresses, telephone numbers, IP addresses, payment-card numbers.
 *
 * <p>The patterns, and what they miss:
 *
 * <ul>
 *   <li>e-mail: {@code local@domain.tld}; message ids of the same shape are masked too; "name at domain" is missed
 *   <li>phone: groups of digits with a country code, parentheses or separators, 9 to 15 digits together (ITU-T E.164);
 *       seven-digit local numbers are missed
 *   <li>ip: IPv4 with each part at most 255, and IPv6 written in full; a four-part version number looks the same
 *   <li>card: 13 to 19 digits that begin with 3 to 6 and pass the Luhn check (ISO/IEC 7812-1)
 * </ul>
 *
 * Names and postal addresses are not found: a pattern cannot tell them from other words.
 */
public final class Pii {
    /** A kind of personal data, in the order in which they are looked for. */
    public enum Kind {
        /** An e-mail address. */
        EMAIL("[A-Za-z0-9._%+$=-]{1,64}@(?:[A-Za-z0-9-]{1,63}\\.)+[A-Za-z]{2,18}\\b"),
        /** A payment card's number, whose check digit is right. */
        CARD("[3-6](?<![\\d.-].)\\d{3}(?:[ -]?\\d{2,6}){2,4}(?![\\d-])"),
        /** An Internet address of version 4. */
        IP("(?<![\\d.])(?=\\d)(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(?:25[0-5]|2[0-4]\\d|"
                + "1?\\d?\\d)(?![\\d]|\\.\\d)"
                + "|[0-9A-Fa-f](?<![0-9A-Fa-f:].)[0-9A-Fa-f]{0,3}+:(?:[0-9A-Fa-f]{1,"
                + "4}:){6}[0-9A-Fa-f]{1,4}(?![0-9A-Fa-f:])"),
        /** A telephone number. */
        PHONE("(?<![\\w.+-])(?<!\\d[ .-])(?:\\+?\\d{1,3}[ .-]?)?(?:\\(0?\\d{1,4}\\)[ .-]?|\\d{2,4}[ "
                + ".-])\\d{3,4}[ .-]\\d{3,4}(?![\\w-]|[ .]\\d)");

        private final Pattern pattern;

        Kind(String pattern) {
            this.pattern = Pattern.compile(pattern);
        }

        /** {@return what stands in the text after masking} */
        public String placeholder() {
            return "<" + name().toLowerCase(Locale.ROOT) + ">";
        }

        /** Where the next match can begin at the earliest, or -1; saves trying the pattern at every letter. */
        private int next(String text, int from) {
            if (this == EMAIL) {
                int at = text.indexOf('@', from);
                while (at >= 0
                        && (at == 0
                                || at + 1 == text.length()
                                || Character.isWhitespace(text.charAt(at - 1))
                                || !Character.isLetterOrDigit(text.charAt(at + 1)))) {
                    at = text.indexOf('@', at + 1);
                }
                return at < 0 ? -1 : Math.max(from, at - 64);
            }
            return from;
        }

        private boolean accepts(String match) {
            String digits = match.replaceAll("\\D", "");
            return switch (this) {
                case CARD -> digits.length() >= 13 && digits.length() <= 19 && luhn(digits);
                case PHONE -> digits.length() >= 9 && digits.length() <= 15;
                default -> true;
            };
        }
    }

    /**
     * One find.
     *
     * @param kind what it is
     * @param start offset of its first character in the text
     * @param end offset after its last character
     * @param text the find itself, as it stands in the text
     */
    public record Found(Kind kind, int start, int end, String text) {
        /** {@return the find with most characters hidden, fit to be shown: {@code j***@e******.***}} */
        public String masked() {
            StringBuilder shown = new StringBuilder();
            boolean first = true;
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                boolean letter = Character.isLetterOrDigit(c);
                shown.append(!letter ? c : first ? c : '*');
                first = !letter && (c == '@' || c == '+');
            }
            return shown.toString();
        }
    }

    private Pii() {}

    /**
     * Everything found in a text, in its order, without overlaps.
     *
     * @param text a text
     * @return what was found, in the order of the text
     */
    public static List<Found> find(String text) {
        List<Found> found = new ArrayList<>();
        BitSet taken = new BitSet();
        for (Kind kind : Kind.values()) {
            Matcher matcher = kind.pattern.matcher(text);
            for (int from = 0;
                    from < text.length() && (from = kind.next(text, from)) >= 0 && matcher.find(from);
                    from = matcher.end()) {
                Found next = new Found(kind, matcher.start(), matcher.end(), matcher.group());
                int clash = taken.nextSetBit(next.start());
                if ((clash < 0 || clash >= next.end()) && kind.accepts(next.text())) {
                    taken.set(next.start(), next.end());
                    found.add(next);
                }
            }
        }
        found.sort(Comparator.comparingInt(Found::start));
        return found;
    }

    /**
     * {@return the text with a placeholder for everything found}
     *
     * @param text a text
     */
    public static String masked(String text) {
        List<Found> found = find(text);
        if (found.isEmpty()) {
            return text;
        }
        StringBuilder masked = new StringBuilder();
        int at = 0;
        for (Found each : found) {
            masked.append(text, at, each.start()).append(each.kind().placeholder());
            at = each.end();
        }
        return masked.append(text, at, text.length()).toString();
    }

    /**
     * Masks text and title of every document.
     *
     * @return the step; it changes texts and drops none
     */
    public static Step mask() {
        return new Step() {
            @Override
            public String name() {
                return "personal data";
            }

            @Override
            public boolean independent() {
                return true;
            }

            @Override
            public Pass begin() {
                return document -> {
                    String text = masked(document.text());
                    String title = document.title() == null ? null : masked(document.title());
                    boolean same = text.equals(document.text()) && (title == null || title.equals(document.title()));
                    return new Verdict.Keep(
                            same
                                    ? document
                                    : new Document(
                                            document.id(),
                                            document.source(),
                                            title,
                                            document.author(),
                                            document.year(),
                                            document.genre(),
                                            document.licence(),
                                            document.url(),
                                            text));
                };
            }
        };
    }

    /**
     * {@return whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)}
     *
     * @param number decimal digits, with or without spaces and hyphens between them
     */
    public static boolean luhn(String number) {
        String digits = number.replaceAll("[ -]", "");
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            int counted = i % 2 == 0 ? digit : digit * 2;
            sum += counted > 9 ? counted - 9 : counted;
        }
        return sum % 10 == 0;
    }
}
