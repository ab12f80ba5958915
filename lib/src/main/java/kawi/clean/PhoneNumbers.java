package kawi.clean;

import com.google.i18n.phonenumbers.PhoneNumberMatch;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.Leniency;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kawi.evidence.KitException;

/**
 * Telephone numbers by libphonenumber's tables of all numbering plans.
 *
 * <p>A number with a plus and its country code is found wherever it is from. One in national form counts where it is
 * valid in one of the regions and stands in the groups that are usual there, or where a word for telephone stands
 * before it: digits alone may be anything.
 */
final class PhoneNumbers {
    private static final PhoneNumberUtil PLANS = PhoneNumberUtil.getInstance();

    /** Held, so that it stays silent: the library warns, times over, of tables that it lacks for most countries. */
    private static final Logger WARNINGS = Logger.getLogger("com.google.i18n.phonenumbers");

    static {
        WARNINGS.setLevel(Level.SEVERE);
    }

    /** At least seven digits of one line with little between them: the tables are slow, so only these are looked up. */
    private static final Pattern DIGITS =
            Pattern.compile("[+＋(\\p{Nd}](?<![\\p{IsLatin}\\p{Nd}_].)(?<!(?:\\p{IsLatin}-|\\d[.,]).)"
                    + "(?:[ \\t\u00a0\u2000-\u200a\u202f\u3000().\\[\\]/‐-―−~-]{0,4}+\\p{Nd}){6,}+");

    private static final Pattern CUE =
            Pattern.compile("(?iu)(?:\\b(?:tel|tél|phone|telephone|mobile|cell|call|fax|handy|mobil|rufnummer"
                    + "|whatsapp|gsm|tlf)|telefon|téléphone|portable|teléfono|móvil|celular|cellulare"
                    + "|telefoon|телефон|тел|電話|电话|手机|전화)"
                    + "[^\\d\\n,;]{0,12}$");

    private static final Pattern OTHER =
            Pattern.compile("(?iu)\\b(?:isbn|issn|doi|rfc|iso|pp?\\.|pages?|lines?|no\\.|id|order|invoice|version)"
                    + "[^\\d\\n]{0,6}$");

    /** What goes on as a name of a file or of a machine. */
    private static final Pattern NAME = Pattern.compile("[-_]?\\p{IsLatin}");

    /** Digits alone with a plus that are too many for a sum of figures. */
    private static final Pattern LONG = Pattern.compile("[+＋]\\p{Nd}{11,15}");

    /** Digits alone that begin with the zero of long distance. */
    private static final Pattern TRUNK = Pattern.compile("0[1-9]\\d{8,9}");

    private static final Pattern GROUPS = Pattern.compile("\\p{Nd}\\P{Nd}+\\p{Nd}");

    /** Decimals, dates, and the ten digits. */
    private static final Pattern OTHER_NUMBER = Pattern.compile(
            "\\d+\\.\\d+|\\d{4}-\\d\\d-\\d\\d(?:\\D\\d\\d)?|\\d\\d\\. ?\\d\\d\\. ?\\d{4}.*" + "|0123456789");

    private static final int LONGEST_WORD = 24;

    /** Room for an extension behind a number. */
    private static final int EXTENSION = 16;

    private PhoneNumbers() {}

    static void check(List<String> regions) {
        for (String region : regions) {
            if (!PLANS.getSupportedRegions().contains(region)) {
                throw new KitException("No telephone numbers are known of the region \"" + region
                        + "\"; name regions as ISO 3166-1 does, in upper case: \"DE\".");
            }
        }
    }

    static void find(String text, List<String> regions, Pii.Spans spans) {
        for (Matcher digits = DIGITS.matcher(text); digits.find(); ) {
            if (spans.taken(digits.start())) {
                continue;
            }
            String before = text.substring(Math.max(0, digits.start() - LONGEST_WORD), digits.start());
            boolean said = CUE.matcher(before).find();
            boolean national = said || !OTHER.matcher(before).find();
            // The character before tells sums of money; a number that begins behind these digits has its own turn.
            int from = Math.max(0, digits.start() - 1);
            String line = text.substring(from, Math.min(text.length(), digits.end() + EXTENSION));
            List<PhoneNumberMatch> found = new ArrayList<>();
            add(
                    found,
                    line,
                    null,
                    Leniency.POSSIBLE,
                    each -> grouped(each)
                            || LONG.matcher(each.rawString()).matches()
                            || PLANS.isValidNumber(each.number()));
            for (String region : national ? regions : List.<String>of()) {
                add(
                        found,
                        line,
                        region,
                        said ? Leniency.VALID : Leniency.STRICT_GROUPING,
                        each -> said || telephone(each.rawString()));
            }
            found.removeIf(each -> from + each.start() >= digits.end()
                    || NAME.matcher(line.substring(each.end())).lookingAt());
            found.forEach(each -> spans.add(from + each.start() + opened(each.rawString()), from + each.end()));
            if (said
                    && found.isEmpty()
                    && digits.group().replaceAll("\\P{Nd}", "").length() <= 15) {
                spans.add(digits.start(), digits.end());
            }
        }
    }

    private static void add(
            List<PhoneNumberMatch> found,
            String line,
            String region,
            Leniency leniency,
            Predicate<PhoneNumberMatch> which) {
        for (PhoneNumberMatch each : PLANS.findNumbers(line, region, leniency, Long.MAX_VALUE)) {
            if (which.test(each)) {
                found.add(each);
            }
        }
    }

    /** Whether a number in national form is more than digits. */
    private static boolean telephone(String number) {
        return !OTHER_NUMBER.matcher(number).matches()
                && (TRUNK.matcher(number).matches() || GROUPS.matcher(number).find());
    }

    private static boolean grouped(PhoneNumberMatch match) {
        return GROUPS.matcher(match.rawString()).find();
    }

    /** 1 where a parenthesis opens before the number and does not close in it. */
    private static int opened(String number) {
        return number.matches("[(（].*")
                        && number.replaceAll("[^(（]", "").length()
                                > number.replaceAll("[^)）]", "").length()
                ? 1
                : 0;
    }
}
