package kawi.readers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Finds the comments of a Java source file that are documentation: the licence header (a block comment before the
 * package) and each Javadoc comment with the declaration that follows it. Strings, characters and text blocks are
 * stepped over.
 */
public final class JavadocScanner {
    /**
     * One comment.
     *
     * @param declaration the declaration after a Javadoc comment in one line, up to its body; empty for the header
     * @param text the comment's lines without their asterisks
     */
    public record Comment(String declaration, String text) {
        /** {@return whether it is a Javadoc comment, and not the licence header} */
        public boolean documents() {
            return !declaration.isEmpty();
        }
    }

    private static final Pattern ANNOTATIONS =
            Pattern.compile("@(Override|Deprecated|Beta|GwtCompatible|GwtIncompatible|J2ktIncompatible|"
                    + "CanIgnoreReturnValue)\\b(\\([^)]*\\))?");
    private static final Pattern BLANKS = Pattern.compile("\\s+");

    private final String source;
    private int at;

    private JavadocScanner(String source) {
        this.source = source;
    }

    /**
     * {@return the comments of a source file, in its order; none where the text is no Java}
     *
     * @param source the file's text
     */
    public static List<Comment> scan(String source) {
        return new JavadocScanner(source).all();
    }

    private List<Comment> all() {
        List<Comment> comments = new ArrayList<>();
        boolean beforePackage = true;
        while (at < source.length()) {
            if (source.charAt(at) == '/' && source.startsWith("/*", at)) {
                boolean javadoc = source.startsWith("/**", at) && !source.startsWith("/**/", at);
                String text = comment();
                if (beforePackage && comments.isEmpty() && header(text)) {
                    comments.add(new Comment("", text));
                } else if (javadoc && !text.isEmpty()) {
                    String declaration = declaration();
                    if (!declaration.isEmpty()) {
                        comments.add(new Comment(declaration, text));
                    }
                }
            } else {
                beforePackage = beforePackage && !source.startsWith("package ", at);
                step();
            }
        }
        return comments;
    }

    private static boolean header(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.contains("licen") || lower.contains("copyright");
    }

    /** Reads the comment at hand and strips its leading asterisks. */
    private String comment() {
        int end = source.indexOf("*/", at + 2);
        String raw =
                source.substring(Math.min(at + 2, source.length()), end < 0 ? source.length() : Math.max(end, at + 2));
        at = end < 0 ? source.length() : end + 2;
        StringBuilder text = new StringBuilder();
        raw.lines().forEach(line -> text.append(bare(line)).append('\n'));
        return text.toString().strip();
    }

    private static String bare(String line) {
        int from = 0;
        while (from < line.length() && Character.isWhitespace(line.charAt(from))) {
            from++;
        }
        int stars = from;
        while (stars < line.length() && line.charAt(stars) == '*') {
            stars++;
        }
        int text = stars > from && stars < line.length() && line.charAt(stars) == ' '
                ? stars + 1
                : stars > from ? stars : 0;
        return line.substring(text).stripTrailing();
    }

    /**
     * Reads ahead to the end of the declaration: its body, its value, its semicolon, or the end of an enum constant.
     */
    private String declaration() {
        StringBuilder text = new StringBuilder();
        int depth = 0;
        while (at < source.length()) {
            char c = source.charAt(at);
            if (c == '/' && source.startsWith("/**", at) && !source.startsWith("/**/", at)) {
                return "";
            } else if (c == '/' && (source.startsWith("//", at) || source.startsWith("/*", at))) {
                step();
                continue;
            } else if (depth == 0
                    && (c == '{' || c == ';' || c == '=' || c == '}' || c == ',' && generics(text) == 0)) {
                break;
            }
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            int from = at;
            step();
            text.append(source, from, at);
        }
        return BLANKS.matcher(ANNOTATIONS.matcher(text).replaceAll(""))
                .replaceAll(" ")
                .strip();
    }

    private static int generics(CharSequence text) {
        int open = 0;
        for (int i = 0; i < text.length(); i++) {
            open += text.charAt(i) == '<' ? 1 : text.charAt(i) == '>' ? -1 : 0;
        }
        return Math.max(0, open);
    }

    /** Steps over one token as far as comments and quotes go. */
    private void step() {
        char c = source.charAt(at);
        if (c != '/' && c != '"' && c != '\'') {
            at++;
        } else if (source.startsWith("//", at)) {
            at = orEnd(source.indexOf('\n', at));
        } else if (source.startsWith("/*", at)) {
            int end = source.indexOf("*/", at + 2);
            at = end < 0 ? source.length() : end + 2;
        } else if (source.startsWith("\"\"\"", at)) {
            for (at += 3; at < source.length() && !source.startsWith("\"\"\"", at); at++) {
                at += source.charAt(at) == '\\' ? 1 : 0;
            }
            at = Math.min(source.length(), at + 3);
        } else if (c == '"' || c == '\'') {
            for (at++; at < source.length() && source.charAt(at) != c && source.charAt(at) != '\n'; at++) {
                at += source.charAt(at) == '\\' ? 1 : 0;
            }
            at = Math.min(source.length(), at + 1);
        } else {
            at++;
        }
    }

    private int orEnd(int index) {
        return index < 0 ? source.length() : index;
    }
}
