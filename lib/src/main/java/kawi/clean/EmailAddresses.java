package kawi.clean;

import crawlercommons.domains.EffectiveTldFinder;
import java.lang.Character.UnicodeScript;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * E-mail addresses, also with letters of other scripts (RFC 6531) and internationalised domains (RFC 5890).
 *
 * <p>An at-sign belongs to an address where a name stands before it and a domain after it whose last label is a top
 * level domain of the public suffix list, or one that RFC 2606, RFC 6762 or usage keeps for examples and local nets. So
 * {@code icon@2x.png} and {@code lodash@4.17.21} are none.
 */
final class EmailAddresses {
    /** The longest name before the at-sign (RFC 5321, 4.5.3.1.1). */
    private static final int LONGEST_NAME = 64;

    private static final Set<String> RESERVED =
            Set.of("example", "test", "invalid", "localhost", "local", "localdomain", "internal", "lan", "home");

    /** Taken once: the finder makes a new table each time it is asked. */
    private static final Set<String> TOP_LEVEL =
            Set.copyOf(EffectiveTldFinder.getEffectiveTLDs().keySet());

    /** Scripts that put no space between words: what stands before an address in them is the sentence. */
    private static final Set<UnicodeScript> UNSPACED = EnumSet.of(
            UnicodeScript.HAN,
            UnicodeScript.HIRAGANA,
            UnicodeScript.KATAKANA,
            UnicodeScript.HANGUL,
            UnicodeScript.THAI,
            UnicodeScript.KHMER,
            UnicodeScript.LAO,
            UnicodeScript.MYANMAR);

    private EmailAddresses() {}

    static void find(String text, Pii.Spans spans) {
        for (int at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
            int start = nameBegins(text, at);
            int end = domainEnds(text, at + 1);
            if (start < at && end > at && !clones(text, start, at, end)) {
                spans.add(start, end);
            }
        }
    }

    /** Git's way to write where a repository lies: {@code git@host:owner/name}. */
    private static boolean clones(String text, int start, int at, int end) {
        return text.substring(start, at).equals("git") && text.startsWith(":", end);
    }

    private static int nameBegins(String text, int at) {
        int start = at;
        while (start > 0 && at - start < LONGEST_NAME && continuesName(text, start - 1)) {
            start--;
        }
        while (start < at && !(letter(text.charAt(start)) || text.charAt(start) == '_')) {
            start++;
        }
        return text.startsWith(".", at - 1) ? at : start;
    }

    private static boolean continuesName(String text, int i) {
        char c = text.charAt(i);
        char next = text.charAt(i + 1);
        if (letter(c)) {
            return unspaced(c) == unspaced(next) || !letter(next);
        }
        return c == '.'
                ? next != '.'
                : c == '\'' ? letter(next) && i > 0 && letter(text.charAt(i - 1)) : "_%+-$=".indexOf(c) >= 0;
    }

    /** Offset after the domain that begins here, or -1 where none does. */
    private static int domainEnds(String text, int from) {
        int end = -1;
        for (int start = from; start < text.length(); ) {
            int stop = start;
            while (stop < text.length() && continuesLabel(text, stop, start)) {
                stop++;
            }
            int known = start == from ? -1 : topLevel(text, start, stop);
            end = known < 0 ? end : known;
            if (stop == start || stop - start > 63 || text.charAt(start) == '-' || text.charAt(stop - 1) == '-') {
                break;
            }
            if (!text.startsWith(".", stop)) {
                break;
            }
            start = stop + 1;
        }
        return end;
    }

    private static boolean continuesLabel(String text, int i, int start) {
        char c = text.charAt(i);
        return c == '-' || letter(c) && (i == start || !unspaced(c) || unspaced(text.charAt(i - 1)));
    }

    /** Where a label ends that is a top level domain, or -1: in a script without spaces the sentence may go on. */
    private static int topLevel(String text, int start, int stop) {
        for (int end = stop; end > start; end--) {
            String label = text.substring(start, end).toLowerCase(Locale.ROOT);
            if (RESERVED.contains(label) || TOP_LEVEL.contains(label)) {
                return end;
            }
            if (!unspaced(text.charAt(start))) {
                return -1;
            }
        }
        return -1;
    }

    private static boolean letter(char c) {
        return Character.isLetterOrDigit(c)
                || Character.getType(c) == Character.NON_SPACING_MARK
                || Character.getType(c) == Character.COMBINING_SPACING_MARK;
    }

    private static boolean unspaced(char c) {
        return UNSPACED.contains(UnicodeScript.of(c));
    }
}
