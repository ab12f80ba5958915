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
 * <p>A number with a plus, or with two zeros for it, and its country code is found wherever it is from. One in national
 * form counts where it is valid in one of the regions and stands in the groups that are usual there, or where a word
 * for telephone stands before or behind it: digits alone may be anything. Groups of any size will do behind the zero of
 * long distance, for they are made as one likes; and in the groups of North America any area will do, for new ones are
 * opened every year, and the tables are of some year.
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

    /** What a number is for, written behind it and its extension, with nothing more behind that. */
    private static final Pattern LABEL = Pattern.compile(
            "(?iu)(?: ?x\\d{1,7})?[ \\t]?[-–,(]?[ \\t]?(?:office|work|home|desk|direct|mobile|cell|fax|phone|tel"
                    + "|mobil|handy|büro|privat|bureau|portable|oficina|móvil)\\b(?![ \\t]*[\\p{L}\\p{Nd}])");

    private static final Pattern OTHER =
            Pattern.compile("(?iu)\\b(?:isbn|issn|doi|rfc|iso|pp?\\.|pages?|lines?|no\\.|id|order|invoice|version)"
                    + "[^\\d\\n]{0,6}$");

    /** What goes on as a name of a file or of a machine. */
    private static final Pattern NAME = Pattern.compile("[-_]?\\p{IsLatin}");

    /** Digits alone with a plus that are too many for a sum of figures. */
    private static final Pattern LONG = Pattern.compile("[+＋]\\p{Nd}{11,15}");

    /** Digits alone that begin with the zero of long distance. */
    private static final Pattern TRUNK = Pattern.compile("0[1-9]\\d{8,9}");

    /** Behind the zero of long distance and a number for a place, digits in groups, not all of them of two. */
    private static final Pattern LONG_DISTANCE = Pattern.compile("(?=(?:\\P{Nd}*\\p{Nd}){9,12}\\P{Nd}*$)(?=.*\\d{3})"
            + "(?:[(（]0[1-9]\\d{0,4}[)）][ -]{0,2}|0[1-9]\\d{0,3}[ \u00a0\u202f/–-]{1,3})"
            + "\\d+(?:[ \u00a0\u202f/–-]{1,3}\\d+)*");

    /** The groups of North America, with its country code or without. */
    private static final Pattern AMERICAN = Pattern.compile("(?<![\\d.-])(?:(?:\\+|00)?1[-. ])?"
            + "(?:\\([2-9]\\d\\d\\) ?[2-9]\\d\\d[- .]|[2-9]\\d\\d([-.])[2-9]\\d\\d\\1)\\d{4}(?![.-]?\\d)"
            + "(?: ?(?i:x|ext\\.?) ?\\d{1,7})?");

    private static final int AMERICA = 1;

    private static final Pattern LONG_DISTANCE_BEGINS = Pattern.compile("[(（]?0[1-9]");

    private static final Pattern GROUPS = Pattern.compile("\\p{Nd}\\P{Nd}+\\p{Nd}");

    /** Decimals, dates, the ten digits, and America's numbers of social security and postal codes. */
    private static final Pattern OTHER_NUMBER =
            Pattern.compile("\\d+\\.\\d+|\\d{4}-\\d\\d-\\d\\d(?:\\D\\d\\d)?|\\d\\d\\. ?\\d\\d\\. ?\\d{4}.*"
                    + "|\\d\\d([-/])\\d\\d\\1\\d{4}.*|0123456789|\\d{3}-\\d\\d-\\d{4}|\\d{5}-\\d{4}");

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
            boolean called = said || labelled(text, digits.end());
            boolean national = called || !OTHER.matcher(before).find();
            // The character before tells sums of money; a number that begins behind these digits has its own turn.
            int from = Math.max(0, digits.start() - 1);
            String line = text.substring(from, Math.min(text.length(), digits.end() + EXTENSION));
            List<Place> found = new ArrayList<>();
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
                        called ? Leniency.VALID : Leniency.STRICT_GROUPING,
                        each -> called || telephone(each.rawString()));
            }
            if (found.isEmpty()) {
                inOtherGroups(found, line, digits.start() - from, national ? regions : List.of());
            }
            found.removeIf(each -> from + each.start() >= digits.end()
                    || NAME.matcher(line.substring(each.end())).lookingAt() && !labelled(text, from + each.end()));
            found.forEach(each -> spans.add(from + each.start() + opened(each.text()), from + each.end()));
            if (said
                    && found.isEmpty()
                    && digits.group().replaceAll("\\P{Nd}", "").length() <= 15) {
                spans.add(digits.start(), digits.end());
            }
        }
    }

    /** A number in a line, from its first character to the one after its last. */
    private record Place(int start, int end, String text) {}

    private static void add(
            List<Place> found, String line, String region, Leniency leniency, Predicate<PhoneNumberMatch> which) {
        for (PhoneNumberMatch each : PLANS.findNumbers(line, region, leniency, Long.MAX_VALUE)) {
            if (which.test(each)) {
                found.add(new Place(each.start(), each.end(), each.rawString()));
            }
        }
    }

    /** Numbers that a country's tables do not group as they stand here; the digits begin at an offset of the line. */
    private static void inOtherGroups(List<Place> found, String line, int begins, List<String> regions) {
        if (line.startsWith("00", begins)) {
            String plus = line.substring(0, begins) + " +" + line.substring(begins + 2);
            List<Place> abroad = new ArrayList<>();
            add(abroad, plus, null, Leniency.VALID, each -> each.start() == begins + 1);
            abroad.forEach(each -> found.add(new Place(begins, each.end(), each.text())));
        }
        if (regions.stream().anyMatch(region -> PLANS.getCountryCodeForRegion(region) == AMERICA)) {
            for (Matcher american = AMERICAN.matcher(line); american.find(); ) {
                found.add(new Place(american.start(), american.end(), american.group()));
            }
        }
        boolean apart = begins == 0 || line.charAt(begins - 1) != '-';
        if (apart
                && LONG_DISTANCE_BEGINS
                        .matcher(line)
                        .region(begins, line.length())
                        .lookingAt()) {
            for (String region : regions) {
                add(found, line, region, Leniency.VALID, each -> longDistance(each.rawString()));
            }
        }
    }

    private static boolean labelled(String text, int end) {
        return LABEL.matcher(text).region(end, text.length()).lookingAt();
    }

    private static boolean longDistance(String number) {
        return LONG_DISTANCE.matcher(number).matches()
                && !OTHER_NUMBER.matcher(number).matches();
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
