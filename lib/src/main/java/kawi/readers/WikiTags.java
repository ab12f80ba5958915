package kawi.readers;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.ObjIntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.parser.Parser;

/** What stands in angle brackets on a wiki's page: comments, HTML, and the extensions of MediaWiki. */
final class WikiTags {
    /** A tag or an element, as text, and where it ends. */
    record Tag(String text, int end) {}

    private static final Pattern TAG = Pattern.compile("</?([A-Za-z][A-Za-z0-9]{0,19})(?=[\\s/>])([^<>]{0,2000})>");
    /** Elements in which no wikitext is: as it is. */
    private static final Set<String> TYPED = Set.of("pre", "syntaxhighlight", "source");

    private static final Set<String> FORMULAS = Set.of("math", "chem", "ce", "nowiki");
    private static final Set<String> NOTES = Set.of("ref", "references");
    private static final Set<String> PICTURES =
            Set.of("gallery", "imagemap", "timeline", "score", "graph", "mapframe", "maplink", "hiero", "chart");
    /** Elements of which a page shows nothing. */
    private static final Set<String> UNSHOWN = Set.of(
            "includeonly",
            "templatedata",
            "templatestyles",
            "inputbox",
            "indicator",
            "categorytree",
            "section",
            "style");

    private static final Set<String> BLOCKS = Set.of(
            ("p blockquote div center h1 h2 h3 h4 h5 h6 hr table tr td th caption ul ol li dl dt dd poem").split(" "));
    private static final Set<String> INLINE = Set.of(
            ("b i u s em strong small big sup sub span font tt code var kbd samp cite abbr q del ins strike dfn bdi bdo"
                            + " mark data time ruby rb rt rp rtc wbr noinclude onlyinclude tbody thead tfoot"
                            + " langconvert translate tvar nobr")
                    .split(" "));

    private final String source;
    private final String lower;
    private final ObjIntConsumer<String> left;
    private final Set<String> unclosed = new HashSet<>(); // which nothing closes in the rest of the page

    WikiTags(String source, ObjIntConsumer<String> left) {
        this.source = source;
        this.lower = lower(source);
        this.left = left;
    }

    /** ASCII alone, so that every character stays where it is. */
    private static String lower(String text) {
        StringBuilder lower = new StringBuilder(text);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                lower.setCharAt(i, (char) (c + 32));
            }
        }
        return lower.toString();
    }

    /** {@return what a bracket begins, or null where that is no tag} */
    Tag at(int at, boolean lineStart) {
        if (source.startsWith("<!--", at)) {
            int close = source.indexOf("-->", at + 4);
            int end = close < 0 ? source.length() : close + 3;
            // A comment that has a line for itself takes the line with it.
            return new Tag("", lineStart && end < source.length() && source.charAt(end) == '\n' ? end + 1 : end);
        }
        Matcher tag = TAG.matcher(source).region(at, source.length()).useTransparentBounds(true);
        if (!tag.lookingAt()) {
            return null;
        }
        String name = tag.group(1).toLowerCase(Locale.ROOT);
        if (name.equals("br")) {
            return new Tag(String.valueOf(WikiLines.BREAK), tag.end());
        }
        if (BLOCKS.contains(name)) {
            return new Tag(name.equals("td") || name.equals("th") ? "\n" : "\n\n", tag.end());
        }
        if (INLINE.contains(name)) {
            return new Tag("", tag.end());
        }
        String reason = reason(name);
        boolean kept = TYPED.contains(name) || FORMULAS.contains(name);
        if (reason == null && !kept) {
            return null;
        }
        boolean empty = tag.group(2).endsWith("/") || source.charAt(at + 1) == '/';
        int close = empty || unclosed.contains(name) ? -1 : closing(name, tag.end());
        if (close < 0) {
            if (!empty) {
                unclosed.add(name);
            }
            return new Tag("", tag.end());
        }
        int end = source.indexOf('>', close);
        end = end < 0 ? source.length() : end + 1;
        if (!kept) {
            left.accept(reason, end - at);
            return new Tag("", end);
        }
        String inside = source.substring(tag.end(), close);
        if (!name.equals("math")) {
            inside = Parser.unescapeEntities(inside, false);
        }
        inside = inside.replace('|', WikiLines.BAR);
        return new Tag(TYPED.contains(name) ? typed(inside) : inside.strip().replace('\n', ' '), end);
    }

    /** Where an element of this name is closed, or -1: {@code ref} not by the end of {@code references}. */
    private int closing(String name, int from) {
        String mark = "</" + name;
        int close = lower.indexOf(mark, from);
        while (close >= 0
                && close + mark.length() < lower.length()
                && Character.isLetterOrDigit(lower.charAt(close + mark.length()))) {
            close = lower.indexOf(mark, close + 1);
        }
        return close;
    }

    private static String reason(String name) {
        return NOTES.contains(name)
                ? Wikitext.NOTES
                : PICTURES.contains(name) ? Wikitext.PICTURES : UNSHOWN.contains(name) ? Wikitext.TEMPLATES : null;
    }

    private static String typed(String inside) {
        StringBuilder lines = new StringBuilder("\n\n");
        inside.replaceFirst("^\\n", "")
                .stripTrailing()
                .lines()
                .forEach(line -> lines.append(WikiLines.KEPT).append(line).append('\n'));
        return lines.append('\n').toString();
    }
}
