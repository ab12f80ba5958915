package kawi.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Licences by the names that people give them: SPDX identifiers and expressions, the addresses of Creative Commons in
 * all versions, those of other well-known licences, and a few names in words.
 *
 * @see <a href="https://spdx.github.io/spdx-spec/v3.0.1/annexes/spdx-license-expressions/">SPDX license expressions</a>
 */
public final class LicenceName {
    /** The licence of what says that all rights are reserved. */
    public static final String RESERVED = "LicenseRef-all-rights-reserved";

    /** How an address begins. Nothing may stand before it: of "GPL-3.0-only AND http://..." the address says a part. */
    private static final String AT = "(?:https?:)?(?://)?(?:www\\.)?";

    private static final Pattern COMMONS = Pattern.compile("(?i)" + AT
            + "creativecommons\\.org/licen[cs]es/(by(?:-nc)?(?:-nd|-sa)?|by-nd-nc|nd|sa|nc|nc-sa)/(\\d\\.\\d)"
            + "(?:/([a-z-]{2,7}))?(?:[/?#]\\S*)?");
    private static final Pattern COMMONS_NAME =
            Pattern.compile("(?i)cc[ -]by((?:[ -](?:nc|nd|sa))*)[ -]v?(\\d\\.\\d)(?:[ -](igo|[a-z]{2}))?");
    private static final Pattern ZERO = Pattern.compile(
            "(?i)" + AT + "creativecommons\\.org/publicdomain/zero/1\\.0\\S*|cc[ -]?0([ -]1\\.0)?([ -]universal)?");
    private static final Pattern MARK =
            Pattern.compile("(?i)" + AT + "creativecommons\\.org/(publicdomain/mark|licenses/publicdomain)\\S*"
                    + "|public[ -]?domain( mark)?( 1\\.0)?|cc-pdm-1\\.0");
    private static final List<String[]> OTHERS = List.of(
            new String[] {
                "(?i)apache(-| licen[cs]e,? )?( ?version )?-?2(\\.0)?" + "|" + AT
                        + "apache\\.org/licenses/LICENSE-2\\.0\\S*",
                "Apache-2.0"
            },
            new String[] {"(?i)(the )?mit( licen[cs]e)?|" + AT + "opensource\\.org/licenses?/mit/?", "MIT"},
            new String[] {
                "(?i)bsd[- ]3[- ]clause( licen[cs]e)?" + "|" + AT + "opensource\\.org/licenses?/bsd-3-clause/?",
                "BSD-3-Clause"
            },
            new String[] {
                "(?i)bsd[- ]2[- ]clause( licen[cs]e)?" + "|" + AT + "opensource\\.org/licenses?/bsd-2-clause/?",
                "BSD-2-Clause"
            },
            new String[] {"(?i)gpl-?v?3(\\.0)?|" + AT + "gnu\\.org/licenses/gpl-3\\.0\\S*", "GPL-3.0-only"},
            new String[] {"(?i).*\\ball rights reserved\\b.*", RESERVED});
    private static final Pattern SPDX_PAGE =
            Pattern.compile("(?i)https?://spdx\\.org/licenses/([A-Za-z0-9.+-]+?)(\\.html|\\.json)?/?");
    private static final Pattern RESERVES = Pattern.compile("(?iu)\\b(all rights reserved|alle rechte vorbehalten"
            + "|tous droits r\u00e9serv\u00e9s"
            + "|(todos los )?derechos reservados|tutti i diritti (sono )?riservati"
            + "|todos os direitos reservados"
            + "|alle rechten voorbehouden|\u0432\u0441\u0435 \u043f\u0440\u0430\u0432\u0430"
            + " \u0437\u0430\u0449\u0438\u0449\u0435\u043d\u044b)\\b"
            + "|\u7248\u6743\u6240\u6709|\u7121\u65ad\u8ee2\u8f09");

    private LicenceName() {}

    /**
     * {@return whether a text says that all rights are reserved, in one of nine languages}
     *
     * @param text the text
     */
    public static boolean reserves(String text) {
        return mayReserve(text) && RESERVES.matcher(text).find();
    }

    /** Whether a syllable of a notice is in a text, of {@code reserved} or {@code vorbehalten}, or a foreign letter. */
    private static boolean mayReserve(String text) {
        int two = 0;
        int one = 0;
        for (int i = 0; i < text.length(); i++) {
            int c = text.charAt(i) | 32;
            if (c > 0x3ff || c == 'v' && one == 'r' && two == 'e' || c == 'h' && one == 'e' && two == 'b') {
                return true;
            }
            two = one;
            one = c;
        }
        return false;
    }

    /**
     * {@return the SPDX identifier that a name or an address means, or itself where none is known}
     *
     * @param name the name
     */
    public static String of(String name) {
        String plain = name.strip().replaceAll("\\s+", " ").replaceFirst("/+$", "");
        Matcher page = SPDX_PAGE.matcher(plain);
        if (page.matches()) {
            return page.group(1);
        }
        if (ZERO.matcher(plain).matches()) {
            return "CC0-1.0";
        }
        if (MARK.matcher(plain).matches()) {
            return "public-domain";
        }
        Matcher commons = COMMONS.matcher(plain);
        if (commons.matches()) {
            return commons(commons.group(1), commons.group(2), commons.group(3));
        }
        Matcher called = COMMONS_NAME.matcher(plain);
        if (called.matches()) {
            return commons("by" + called.group(1).replace(' ', '-'), called.group(2), called.group(3));
        }
        for (String[] each : OTHERS) {
            if (plain.matches(each[0])) {
                return each[1];
            }
        }
        return name.strip();
    }

    private static String commons(String kind, String version, String port) {
        String place = port == null || port.toLowerCase(Locale.ROOT).matches("deed.*|legalcode.*") ? "" : "-" + port;
        // A deed in a language (".../4.0/de") is a translation; ports ended with version 3.0.
        boolean translated = version.compareTo("4.0") >= 0;
        return ("CC-" + kind + "-" + version + (translated ? "" : place)).toUpperCase(Locale.ROOT);
    }

    /**
     * {@return whether a licence expression may be used where these licences are allowed} Of alternatives ({@code OR})
     * one is enough, of parts that all hold ({@code AND}) every one must be allowed, and an exception ({@code WITH})
     * only gives more. What is no expression is one name.
     *
     * @param expression the expression
     * @param allowed says of one identifier whether it is allowed
     */
    public static boolean allowed(String expression, Predicate<String> allowed) {
        if (allowed.test(expression) || allowed.test(of(expression))) {
            return true;
        }
        List<String> tokens = new ArrayList<>(List.of(
                expression.replace("(", " ( ").replace(")", " ) ").strip().split("\\s+")));
        try {
            boolean result = either(tokens, allowed);
            return tokens.isEmpty() && result;
        } catch (IndexOutOfBoundsException e) {
            return false; // no expression
        }
    }

    private static boolean either(List<String> tokens, Predicate<String> allowed) {
        boolean result = both(tokens, allowed);
        while (!tokens.isEmpty() && tokens.get(0).equalsIgnoreCase("OR")) {
            tokens.remove(0);
            result |= both(tokens, allowed);
        }
        return result;
    }

    private static boolean both(List<String> tokens, Predicate<String> allowed) {
        boolean result = one(tokens, allowed);
        while (!tokens.isEmpty() && tokens.get(0).equalsIgnoreCase("AND")) {
            tokens.remove(0);
            result &= one(tokens, allowed);
        }
        return result;
    }

    private static boolean one(List<String> tokens, Predicate<String> allowed) {
        String token = tokens.remove(0);
        if (token.equals("(")) {
            boolean inside = either(tokens, allowed);
            if (!tokens.remove(0).equals(")")) {
                throw new IndexOutOfBoundsException();
            }
            return inside;
        }
        if (tokens.size() > 1 && tokens.get(0).equalsIgnoreCase("WITH")) {
            tokens.remove(0);
            tokens.remove(0);
        }
        return allowed.test(token) || allowed.test(of(token));
    }
}
