package kawi.readers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Templates that do no more than show what stands in them: words of another language, quotations, measures, dashes.
 * They are those of the English Wikipedia, many of which others have under the same name.
 */
final class WikiTemplates {
    /** They show their first part. */
    private static final Set<String> FIRST =
            names("nowrap|nobr|nobreak|nowr|j|small|smaller|big|larger|smallcaps|sc|sc1|abbr|tooltip"
                    + "|abbrv|em|strong|mono|code|tt|var|samp|kbd|math|mvar|num|angbr|angle bracket"
                    + "|sup|sub|ill|interlanguage link|interlanguage link multi|illm|nihongo2|nihongo3|zhi"
                    + "|center|centre|resize|not a typo|typo|as written|sic|u|strikethrough|keypress|bdi|rlm|lrm"
                    + "|visible anchor|vanchor|linktext|nts|poemquote|poem quote");
    /** They show their second part, which their first says the language or the look of. */
    private static final Set<String> SECOND = names("lang|langx|text color|wikt-lang|font color|colour|fontcolor");
    /** They show their last part. */
    private static final Set<String> LAST = names("transl|transliteration|translit|rtl-lang");

    private static final Set<String> QUOTES =
            names("quote|blockquote|cquote|quotation|bquote|rquote|quote box|quotebox");
    private static final Set<String> MEASURES = names("convert|cvt");
    private static final Set<String> JOINERS =
            Set.of("to", "and", "or", "by", "x", "-", "\u2013", "+/-", "\u00b1", "to(-)");

    private static final Map<String, String> SIGNS = Map.ofEntries(
            Map.entry("ndash", "\u2013"),
            Map.entry("en dash", "\u2013"),
            Map.entry("\u2013", "\u2013"),
            Map.entry("snd", " \u2013 "),
            Map.entry("spnd", " \u2013 "),
            Map.entry("spaced ndash", " \u2013 "),
            Map.entry("spaced en dash", " \u2013 "),
            Map.entry("dash", " \u2013 "),
            Map.entry("mdash", "\u2014"),
            Map.entry("em dash", "\u2014"),
            Map.entry("'", "'"),
            Map.entry("'s", "'s"),
            Map.entry("=", "="),
            Map.entry("!", "|"),
            Map.entry("pipe", "|"),
            Map.entry("(", "{"),
            Map.entry(")", "}"),
            Map.entry("nbsp", " "),
            Map.entry("spaces", " "),
            Map.entry("space", " "),
            Map.entry("thinsp", " "),
            Map.entry("\u00b7", " \u00b7 "),
            Map.entry("dot", " \u00b7 "),
            Map.entry("middot", " \u00b7 "),
            Map.entry("bullet", " \u2022 "),
            Map.entry("times", "\u00d7"),
            Map.entry("ellipsis", "\u2026"));

    private static final Pattern KEY = Pattern.compile("[\\p{L}\\p{N} _-]{1,30}");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,3}");

    private WikiTemplates() {}

    private static Set<String> names(String all) {
        return Set.of(all.split("\\|"));
    }

    /** {@return what a template shows, or null where only the wiki knows} */
    static String shown(WikiFrame frame, String title) {
        String name = frame.part(0).replace('_', ' ').strip();
        String plain = name.toLowerCase(Locale.ROOT);
        int colon = plain.indexOf(':');
        if (colon > 0) {
            String argument = name.substring(colon + 1).strip();
            return switch (plain.substring(0, colon)) {
                case "formatnum" -> argument;
                case "lc" -> argument.toLowerCase(Locale.ROOT);
                case "uc" -> argument.toUpperCase(Locale.ROOT);
                case "lcfirst" ->
                    argument.isEmpty() ? "" : argument.substring(0, 1).toLowerCase(Locale.ROOT) + argument.substring(1);
                case "ucfirst" ->
                    argument.isEmpty() ? "" : argument.substring(0, 1).toUpperCase(Locale.ROOT) + argument.substring(1);
                default -> null;
            };
        }
        List<String> places = new ArrayList<>();
        Map<String, String> named = new LinkedHashMap<>();
        for (int i = 1; i < frame.size(); i++) {
            String part = frame.part(i);
            int equals = part.indexOf('=');
            String key = equals < 0 ? "" : part.substring(0, equals).strip();
            boolean numbered = NUMBER.matcher(key).matches();
            if (!numbered && KEY.matcher(key).matches()) {
                named.put(
                        key.toLowerCase(Locale.ROOT), part.substring(equals + 1).strip());
            } else {
                places.add(numbered ? part.substring(equals + 1).strip() : part.strip());
            }
        }
        if (SIGNS.containsKey(plain)) {
            return SIGNS.get(plain);
        }
        if (FIRST.contains(plain) || plain.startsWith("lang-")) {
            return places.isEmpty() ? "" : places.get(0);
        }
        if (SECOND.contains(plain)) {
            return places.size() < 2 ? null : places.get(1);
        }
        if (LAST.contains(plain)) {
            return places.isEmpty() ? null : places.get(places.size() - 1);
        }
        if (QUOTES.contains(plain)) {
            String text =
                    named.getOrDefault("text", named.getOrDefault("quote", places.isEmpty() ? "" : places.get(0)));
            return text.isEmpty() ? null : "\n\n" + text + "\n\n";
        }
        if (MEASURES.contains(plain)) {
            return measure(places);
        }
        return switch (plain) {
            case "pagename", "fullpagename", "subpagename" -> title;
            case "as of" -> "as of " + String.join("-", places);
            case "circa", "c.", "ca." -> places.isEmpty() ? "c." : "c. " + String.join("\u2013", places);
            case "frac", "sfrac", "fraction" ->
                places.size() == 3
                        ? places.get(0) + " " + places.get(1) + "/" + places.get(2)
                        : String.join("/", places);
            case "val" ->
                places.isEmpty()
                        ? null
                        : places.get(0)
                                + (named.containsKey("e") ? "\u00d710^" + named.get("e") : "")
                                + (named.containsKey("u") ? " " + named.get("u") : "");
            case "gaps" -> String.join("", places);
            case "nihongo" ->
                places.isEmpty()
                        ? null
                        : places.get(0)
                                + (places.size() < 2 || places.get(1).isEmpty()
                                        ? ""
                                        : " (" + String.join(", ", places.subList(1, Math.min(3, places.size())))
                                                + ")");
            default -> null;
        };
    }

    /** A measure as it was given, without what it is in other units. */
    private static String measure(List<String> places) {
        List<String> words = new ArrayList<>();
        for (String place : places) {
            words.add(place);
            if (!JOINERS.contains(place) && !place.matches("[-\u2212+]?[\\d.,/]+(e[-+]?\\d+)?")) {
                return String.join(" ", words);
            }
        }
        return null;
    }
}
