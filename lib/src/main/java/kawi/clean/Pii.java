package kawi.clean;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import kawi.corpus.Document;
import kawi.evidence.KitException;

/**
 * Finds and masks what points at one person: e-mail addresses, bank accounts, payment cards, Internet addresses,
 * telephone numbers.
 *
 * <p>What is found, and what is missed:
 *
 * <ul>
 *   <li>e-mail: {@code name@domain} in any script, with a known top level domain; message ids of the same shape too;
 *       missed: "name at domain", names in quotation marks
 *   <li>iban: numbers of the registry's countries whose length and check digits are right (ISO 13616)
 *   <li>card: 12 to 19 digits of a card network's range that pass the Luhn check (ISO/IEC 7812-1), together or in a
 *       card's groups
 *   <li>ip: IPv4 and IPv6, compressed too (RFC 4291); not what points at nobody (loopback, net masks), and not version
 *       and section numbers, as far as the words before them tell
 *   <li>phone: by libphonenumber; with plus and country code from everywhere, in national form of the given regions
 * </ul>
 *
 * Names, postal addresses, birthdays, hardware addresses, passport and tax numbers are not found.
 */
public final class Pii {
    /**
     * Regions (ISO 3166-1) whose telephone numbers are known in national form where no others are named: the United
     * States with Canada, the United Kingdom, Germany and France, whose numbers begin with a zero or are written in a
     * way of their own. Where they do not, as in Spain, sums of money look like telephone numbers.
     */
    public static final List<String> REGIONS = List.of("US", "GB", "DE", "FR");

    /** A kind of personal data, in the order in which they are looked for. */
    public enum Kind {
        /** An e-mail address. */
        EMAIL,
        /** An international bank account number, whose check digits are right. */
        IBAN,
        /** A payment card's number, whose check digit is right. */
        CARD,
        /** An Internet address of version 4 or 6. */
        IP,
        /** A telephone number. */
        PHONE;

        /** {@return what stands in the text after masking} */
        public String placeholder() {
            return "<" + name().toLowerCase(Locale.ROOT) + ">";
        }
    }

    /** Takes the places where something is found, each character once. */
    static final class Spans {
        private final String text;
        private final BitSet taken = new BitSet();
        private final List<Found> found = new ArrayList<>();
        private Kind kind;

        private Spans(String text) {
            this.text = text;
        }

        /** From the first character's offset to the one after the last. */
        void add(int start, int end) {
            int clash = taken.nextSetBit(start);
            if (clash < 0 || clash >= end) {
                taken.set(start, end);
                found.add(new Found(kind, start, end, text.substring(start, end)));
            }
        }

        /** Whether this character belongs to a find. */
        boolean taken(int at) {
            return taken.get(at);
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
     * Everything found in a text, in its order, without overlaps, telephone numbers of {@link #REGIONS}.
     *
     * @param text a text
     * @return what was found, in the order of the text
     */
    public static List<Found> find(String text) {
        return find(text, REGIONS);
    }

    /**
     * Everything found in a text, in its order, without overlaps.
     *
     * @param text a text
     * @param regions regions whose telephone numbers are found in national form, as ISO 3166-1 writes them: "ES"
     * @return what was found, in the order of the text
     * @throws KitException if there is no such region
     */
    public static List<Found> find(String text, List<String> regions) {
        PhoneNumbers.check(regions);
        Spans spans = new Spans(text);
        for (Kind kind : Kind.values()) {
            spans.kind = kind;
            switch (kind) {
                case EMAIL -> EmailAddresses.find(text, spans);
                case IBAN -> BankAccounts.find(text, spans);
                case CARD -> PaymentCards.find(text, spans);
                case IP -> IpAddresses.find(text, spans);
                default -> PhoneNumbers.find(text, regions, spans);
            }
        }
        spans.found.sort(Comparator.comparingInt(Found::start));
        return spans.found;
    }

    /**
     * {@return the text with a placeholder for everything found, telephone numbers of {@link #REGIONS}}
     *
     * @param text a text
     */
    public static String masked(String text) {
        return masked(text, REGIONS);
    }

    /**
     * {@return the text with a placeholder for everything found}
     *
     * @param text a text
     * @param regions regions whose telephone numbers are found in national form, as ISO 3166-1 writes them: "ES"
     * @throws KitException if there is no such region
     */
    public static String masked(String text, List<String> regions) {
        List<Found> found = find(text, regions);
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
     * Masks text and title of every document, telephone numbers of {@link #REGIONS}.
     *
     * @return the step; it changes texts and drops none
     */
    public static Step mask() {
        return mask(REGIONS);
    }

    /**
     * Masks text and title of every document.
     *
     * @param regions regions whose telephone numbers are found in national form, as ISO 3166-1 writes them: "ES"
     * @return the step; it changes texts and drops none
     * @throws KitException if there is no such region
     */
    public static Step mask(List<String> regions) {
        PhoneNumbers.check(regions);
        return new Step() {
            @Override
            public String name() {
                return "personal data";
            }

            @Override
            public String settings() {
                return String.join(", ", regions);
            }

            @Override
            public boolean independent() {
                return true;
            }

            @Override
            public Pass begin() {
                return document -> {
                    String text = masked(document.text(), regions);
                    String title = document.title() == null ? null : masked(document.title(), regions);
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
