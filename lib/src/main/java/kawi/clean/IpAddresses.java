package kawi.clean;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Internet addresses of version 4 and 6, the latter also compressed and with an address of version 4 at its end (RFC
 * 4291, 2.2).
 *
 * <p>Left as they are: what points at nobody (loopback, unspecified, net masks), version and section numbers by the
 * word before them, and what colons also separate: times, hardware addresses, fingerprints, names of C++.
 */
final class IpAddresses {
    private static final String PART = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

    private static final Pattern FOUR =
            Pattern.compile("(?=\\d)(?<![\\w.])(?<!\\w-)(?:" + PART + "\\.){3}" + PART + "(?!\\w|\\.\\w|-\\p{L})");

    private static final Pattern SIX = Pattern.compile(
            "(?<![\\w:.])[0-9A-Fa-f]{0,4}+(?::[0-9A-Fa-f]{0,4}+){2,8}+(?:(?<=:\\d{1,3})(?:\\.\\d{1,3}){3})?"
                    + "(?:%\\w+)?(?![\\w:])");

    /** Where addresses of the Internet, of private and local nets and of groups begin: two letters apart are none. */
    private static final Pattern ALLOCATED =
            Pattern.compile("(?i)[23][0-9a-f]{3}|f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]|ff[0-9a-f]{2}|64");

    private static final Pattern NOBODY = Pattern.compile("(?:0|127)\\..*|255\\.255\\..*");

    /** What stands before the number of a version or of a section, or is a product in front of its version. */
    private static final Pattern NUMBERED =
            Pattern.compile("(?:(?iu:\\b(?:v|ver|versions?|releases?|rv|rev|revision|build|firmware"
                    + "|since|updated? to|upgraded? (?:to|from)|jls|jvms|sect?|sections?|chapters?|kapitel"
                    + "|abschnitt|chapitre|cap[ií]tulo|capitolo|версия|clauses?|figures?|tables?|oid)\\.?|§)"
                    + "[\\s:=\"'(]*|\\b\\p{Lu}\\p{L}*/)$");

    private static final int LONGEST_WORD = 24;

    /** A heading begins its line, and a word in upper case follows. */
    private static final Pattern HEADING = Pattern.compile("\\.? \\p{Lu}\\p{Ll}.*", Pattern.DOTALL);

    private IpAddresses() {}

    static void find(String text, Pii.Spans spans) {
        for (Matcher six = SIX.matcher(text); six.find(); ) {
            int end = six.end();
            if (six.group().endsWith(":") && !six.group().endsWith("::")) {
                end--;
            }
            if (six(text.substring(six.start(), end).replaceFirst("%.*", ""))) {
                spans.add(six.start(), end);
            }
        }
        for (Matcher four = FOUR.matcher(text); four.find(); ) {
            if (!NOBODY.matcher(four.group()).matches() && !numbers(text, four.start(), four.end())) {
                spans.add(four.start(), four.end());
            }
        }
    }

    private static boolean numbers(String text, int start, int end) {
        String before = text.substring(Math.max(0, start - LONGEST_WORD), start);
        boolean begins = start == 0 || text.charAt(start - 1) == '\n';
        return NUMBERED.matcher(before).find()
                || begins
                        && HEADING.matcher(text.substring(end, Math.min(text.length(), end + 4)))
                                .matches();
    }

    private static boolean six(String address) {
        int dot = address.indexOf('.');
        int groups = dot < 0 ? 8 : 7;
        int gap = address.indexOf("::");
        String[] parts = address.split(":", -1);
        if (gap < 0) {
            return parts.length == groups && !address.matches(":.*|.*:|(..:){7}..");
        }
        boolean mapped = dot >= 0 && address.matches("(?i)::(ffff:(0:)?)?[^:]+");
        return address.indexOf("::", gap + 1) < 0
                && address.replace("::", ":0:").replaceAll("^:|:$", "").split(":").length <= groups
                && address.matches(".*\\d.*")
                && (mapped || ALLOCATED.matcher(parts[0]).matches());
    }
}
