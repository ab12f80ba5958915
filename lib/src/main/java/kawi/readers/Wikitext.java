package kawi.readers;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.parser.Parser;

/**
 * The plain text of a wiki's page, as one reads it: links by their labels, tables row by row, lists and headings
 * without their marks, formulas as TeX. What a template shows is told by the wiki's other pages, so templates are left
 * out but for those of {@link WikiTemplates}; so are notes and references, pictures with their captions, and
 * categories. All of it is counted. The page is gone through once, and what is opened and never closed stays as it was
 * written.
 *
 * @see <a href="https://www.mediawiki.org/wiki/Specs/wikitext/1.0.0">Wikitext 1.0.0</a>
 */
final class Wikitext {
    /**
     * What a page says.
     *
     * @param text its paragraphs, parted by blank lines
     * @param left characters of its source that are not in its text, by reason
     */
    record Plain(String text, Map<String, Integer> left) {}

    static final String TEMPLATES = "templates of a wiki";
    static final String PICTURES = "pictures of a wiki and their captions";
    static final String NOTES = "notes and references of a wiki";
    static final String CATEGORIES = "categories and links to other languages of a wiki";

    private static final int DEEPEST = 100;
    /** Characters that may be more than a part of the text. */
    private static final String SPECIAL = "<{[}]|-'&_\n";

    private static final Pattern LANGUAGE = Pattern.compile("(?s)[a-z]{2,3}(-[a-z]{2,10})?:\\S.*");
    private static final Pattern SCHEME = Pattern.compile("(?i)(?:https?:|ftp:|mailto:|news:)?//|mailto:");
    /** A file in a namespace by another of its names, which a dump does not tell. */
    private static final Pattern MEDIA = Pattern.compile(
            "(?is)[^:/]{1,40}:[^/]+\\.(jpe?g|png|gif|svg|webp|tiff?|xcf|djvu|pdf|webm|og[agv]|mp[34]|wav|flac|mid)");

    private static final Pattern SWITCH = Pattern.compile("__[A-Z]{3,30}__");
    private static final Pattern ENTITY =
            Pattern.compile("&(?:#\\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});");

    private final String source;
    private final String title;
    private final WikiNames names;
    private final WikiTags tags;
    private final Map<String, Integer> left = new LinkedHashMap<>();
    private final Deque<WikiFrame> open = new ArrayDeque<>();
    private int at;
    private boolean lineStart = true; // whether nothing but marks of indents stands before on this line

    private Wikitext(String source, String title, WikiNames names) {
        this.source = source;
        this.title = title;
        this.names = names;
        this.tags = new WikiTags(source, this::left);
    }

    static Plain plain(String source, String title, WikiNames names) {
        Wikitext page = new Wikitext(source.replace("\r\n", "\n"), title, names);
        String text = WikiLines.text(page.lines());
        return new Plain(text, page.left);
    }

    private void left(String reason, int characters) {
        left.merge(reason, characters, Integer::sum);
    }

    private String lines() {
        open.push(new WikiFrame("", 0));
        while (at < source.length()) {
            int before = at;
            step();
            for (int i = before; i < at && i < source.length(); i++) {
                char c = source.charAt(i);
                lineStart = c == '\n' || lineStart && (c == ' ' || c == ':' || c == '\t');
            }
        }
        while (open.size() > 1) {
            if (top().opening.equals("{|")) {
                append(WikiTable.of(open.pop().text()));
            } else {
                leaveOpen();
            }
        }
        return top().text();
    }

    private WikiFrame top() {
        return open.peek();
    }

    private void append(String text) {
        top().last().append(text);
    }

    private boolean is(String mark) {
        return source.startsWith(mark, at);
    }

    private void step() {
        char c = source.charAt(at);
        switch (c) {
            case '<' -> {
                WikiTags.Tag tag = tags.at(at, lineStart);
                append(tag == null ? "<" : tag.text());
                at = tag == null ? at + 1 : tag.end();
            }
            case '{' -> {
                if (is("{|") && lineStart) {
                    open("{|");
                } else if (is("{{{") && !is("{{{{")) {
                    open("{{{");
                } else {
                    openOr("{{", c);
                }
            }
            case '[' -> {
                if (is("[[")) {
                    open("[[");
                } else {
                    Matcher address = SCHEME.matcher(source).region(at + 1, Math.min(source.length(), at + 20));
                    if (address.lookingAt()) {
                        open("[");
                    } else {
                        plain(c);
                    }
                }
            }
            case '}' -> {
                if (!(is("}}}") && close("{{{", 3)) && !(is("}}") && close("{{", 2)) && !(is("}-") && close("-{", 2))) {
                    plain(c);
                }
            }
            case ']' -> {
                boolean address = top().opening.equals("[");
                if (!(address && close("[", 1)) && !(is("]]") && close("[[", 2)) && !close("[", 1)) {
                    plain(c);
                }
            }
            case '|' -> {
                if (!(lineStart && is("|}") && !is("|}}") && close("{|", 2))) {
                    bar();
                }
            }
            case '-' -> {
                if (is("-{") && !is("-{{")) {
                    open("-{");
                } else {
                    plain(c);
                }
            }
            case '\'' -> quotes();
            case '&' -> {
                Matcher entity = ENTITY.matcher(source).region(at, Math.min(source.length(), at + 40));
                if (entity.lookingAt()) {
                    append(Parser.unescapeEntities(entity.group(), false)
                            .replace('\u00a0', ' ')
                            .replace('|', WikiLines.BAR));
                    at = entity.end();
                } else {
                    plain(c);
                }
            }
            case '_' -> {
                Matcher words = SWITCH.matcher(source).region(at, Math.min(source.length(), at + 40));
                if (words.lookingAt()) {
                    at = words.end();
                } else {
                    plain(c);
                }
            }
            case '\n' -> {
                if (top().opening.equals("[")) {
                    leaveOpen(); // an address ends with its line
                }
                plain(c);
            }
            default -> {
                int end = at + 1;
                while (end < source.length() && SPECIAL.indexOf(source.charAt(end)) < 0) {
                    end++;
                }
                top().last().append(source, at, end);
                at = end;
            }
        }
    }

    private void plain(char c) {
        top().last().append(c);
        at++;
    }

    private void openOr(String mark, char c) {
        if (is(mark)) {
            open(mark);
        } else {
            plain(c);
        }
    }

    private void open(String mark) {
        if (open.size() > DEEPEST) {
            append(mark);
        } else {
            open.push(new WikiFrame(mark, at));
        }
        at += mark.length();
    }

    private void bar() {
        if (top().hasParts()) {
            top().part();
            at++;
        } else {
            plain('|');
        }
    }

    /** Apostrophes that make letters bold or slanted. */
    private void quotes() {
        int end = at;
        while (end < source.length() && source.charAt(end) == '\'') {
            end++;
        }
        int count = end - at;
        append("'".repeat(count == 1 || count == 4 ? 1 : Math.max(0, count - 5)));
        at = end;
    }

    /** Puts what was opened last into what is around it, with its mark. */
    private void leaveOpen() {
        WikiFrame frame = open.pop();
        append(frame.opening);
        append(frame.text());
    }

    /**
     * Closes what was opened by a mark. {@return whether there was such} What was opened in it and is not closed stays
     * as it is; a link or a label does not reach over a template's or a table's border.
     */
    private boolean close(String opening, int length) {
        int above = 0;
        boolean found = false;
        for (WikiFrame frame : open) {
            if (frame.opening.equals(opening)) {
                found = true;
                break;
            }
            if (!opening.startsWith("{") && frame.opening.startsWith("{")) {
                return false;
            }
            above++;
        }
        if (!found) {
            return false;
        }
        while (above-- > 0) {
            leaveOpen();
        }
        WikiFrame frame = open.pop();
        at += length;
        append(shown(frame));
        return true;
    }

    private String shown(WikiFrame frame) {
        return switch (frame.opening) {
            case "{{" -> {
                String text = WikiTemplates.shown(frame, title);
                if (text == null) {
                    left(TEMPLATES, at - frame.start);
                }
                boolean inTable = top().opening.equals("{|");
                yield text != null ? text : inTable ? String.valueOf(WikiLines.HOLE) : "";
            }
            case "{{{" -> frame.size() > 1 ? frame.part(1) : "";
            case "{|" -> WikiTable.of(frame.text());
            case "[[" -> link(frame);
            case "[" -> {
                String inside = frame.text().strip();
                int blank = inside.indexOf(' ');
                yield blank < 0 ? "" : inside.substring(blank + 1).strip();
            }
            default -> variant(frame.text());
        };
    }

    private String link(WikiFrame frame) {
        String target = frame.part(0).strip();
        if (target.isEmpty()) {
            return "[[" + frame.text() + "]]";
        }
        boolean bare = frame.size() == 1;
        if (target.startsWith(":")) {
            target = target.substring(1).strip();
        } else if (names.isPicture(target) || MEDIA.matcher(target).matches()) {
            left(PICTURES, at - frame.start);
            return "";
        } else if (names.isCategory(target) || bare && LANGUAGE.matcher(target).matches()) {
            left(CATEGORIES, at - frame.start);
            return "";
        }
        String label = bare ? target : frame.textFrom(1).strip();
        return label.isEmpty() ? target.replaceFirst("^[^:]*:", "").replaceFirst("\\s*\\([^()]*\\)$", "") : label;
    }

    /** Of what is written in several ways, as for the scripts of Chinese, the first. */
    private static String variant(String inside) {
        int flags = inside.indexOf('|');
        if (flags >= 0 && inside.substring(0, flags).matches("[ATHDN;\\s-]*[AHTDN-][ATHDN;\\s-]*")) {
            return ""; // a rule for the whole page
        }
        String text = inside.substring(flags + 1);
        Matcher first = Pattern.compile("\\s*zh[a-z-]*\\s*:([^;]*)(?:;.*)?", Pattern.DOTALL)
                .matcher(text);
        return first.matches() ? first.group(1).strip() : text;
    }
}
