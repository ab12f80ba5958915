package kawi.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.parser.Parser;
import org.jsoup.parser.Tag;

/** Takes the markup of HTML, Javadoc and e-mail off a text and leaves its words. */
final class Markup {

    private static final Pattern TAG = Pattern.compile("<(/?)([A-Za-z][A-Za-z0-9]*)(?:\\s[^<>]*)?/?>");
    private static final Pattern UNSEEN = Pattern.compile("(?is)<!--.*?-->|<(script|style)\\b.*?</\\1\\s*>");
    private static final Pattern INLINE = Pattern.compile("\\{@([a-zA-Z]+)");

    private static final Pattern MAIL = Pattern.compile(
            "\\A\\s*(?:From .*\\n)?(?:[A-Za-z][A-Za-z0-9-]*:.*\\n(?:[ \\t]+.*\\n)*){3,}(?:[ \\t]*\\n|\\z)");
    private static final Pattern SUBJECT = Pattern.compile("(?im)^Subject:[ \\t]*(.*)$");

    private Markup() {}

    static String withoutMailHeaders(String text) {
        Matcher mail = MAIL.matcher(text);
        if (!mail.find()) return text;
        Matcher subject = SUBJECT.matcher(mail.group());
        return (subject.find() ? subject.group(1) + "\n\n" : "") + text.substring(mail.end());
    }

    static String withoutHtml(String text) {
        Matcher tag = TAG.matcher(UNSEEN.matcher(text).replaceAll(" "));
        String plain = tag.replaceAll(found -> {
            String name = found.group(2).toLowerCase(java.util.Locale.ROOT);
            if (!Tag.isKnownTag(name)) return Matcher.quoteReplacement(found.group());
            return Tag.valueOf(name).isBlock() || name.equals("br") ? "\n" : "";
        });
        return Parser.unescapeEntities(plain, false);
    }

    static String withoutJavadocTags(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        Matcher inline = INLINE.matcher(text);
        int from = 0;
        while (inline.find(from)) {
            int end = closing(text, inline.end());
            if (end < 0) break;
            plain.append(text, from, inline.start())
                    .append(words(
                            inline.group(1), text.substring(inline.end(), end).strip()));
            from = end + 1;
        }
        return plain.append(text, from, text.length()).toString();
    }

    /** Where the brace closes that stands before {@code from}, -1 if nowhere. */
    private static int closing(String text, int from) {
        for (int at = from, depth = 1; at < text.length(); at++) {
            if (text.charAt(at) == '{') depth++;
            if (text.charAt(at) == '}' && --depth == 0) return at;
        }
        return -1;
    }

    private static String words(String tag, String content) {
        switch (tag) {
            case "inheritDoc":
            case "docRoot":
            case "index":
                return "";
            case "link":
            case "linkplain":
            case "value": {
                int target = target(content);
                String label = content.substring(target).strip();
                return label.isEmpty()
                        ? content.substring(0, target).replaceFirst("^#", "").replace('#', '.')
                        : label;
            }
            default:
                return content;
        }
    }

    /** Where the target of a link ends: at the first space outside parentheses. */
    private static int target(String content) {
        for (int at = 0, depth = 0; at < content.length(); at++) {
            char c = content.charAt(at);
            if (c == '(') depth++;
            if (c == ')') depth--;
            if (Character.isWhitespace(c) && depth <= 0) return at;
        }
        return content.length();
    }
}
