package kawi.template;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kawi.evidence.KitException;

/**
 * Cuts a Jinja template into tokens, as Hugging Face sets Jinja up: the first line break after a statement goes
 * ({@code trim_blocks}), and so does the space before a statement at the beginning of its line ({@code lstrip_blocks}).
 */
final class JinjaLexer {

    /** What a token is; those within marks are names, numbers, texts and operators. */
    enum Kind {
        DATA,
        PRINT,
        STATEMENT,
        CLOSE,
        NAME,
        NUMBER,
        TEXT,
        OPERATOR,
        END
    }

    record Token(Kind kind, String text, int line) {}

    private static final Pattern INSIDE = Pattern.compile(
            "(?<space>\\s+)|(?<name>[A-Za-z_]\\w*)|(?<number>\\d+(\\.\\d+)?)"
                    + "|(?<text>'(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\")"
                    + "|(?<operator>\\*\\*|//|==|!=|<=|>=|[-+*/%~<>=.,:|()\\[\\]{}])",
            Pattern.DOTALL);

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int counted;
    private int line = 1;

    private JinjaLexer(String source) {
        String lines = source.replace("\r\n", "\n");
        this.source = lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
    }

    static List<Token> tokens(String source) {
        JinjaLexer lexer = new JinjaLexer(source);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        boolean strip = false; // white space at the beginning of the data to come
        while (at < source.length()) {
            int open = opening(at);
            String data = source.substring(at, open);
            if (strip) {
                data = data.stripLeading();
            }
            if (open == source.length()) {
                add(Kind.DATA, data);
                break;
            }
            char kind = source.charAt(open + 1);
            char control = open + 2 < source.length() ? source.charAt(open + 2) : ' ';
            if (control == '-') {
                data = data.stripTrailing();
            } else if (kind != '{' && control != '+') {
                data = withoutIndent(data, at);
            }
            add(Kind.DATA, data);
            at = open + 2 + (control == '-' || control == '+' ? 1 : 0);
            strip = kind == '#' ? comment() : inside(kind);
        }
        add(Kind.END, "");
    }

    private int opening(int from) {
        for (int i = from; i + 1 < source.length(); i++) {
            if (source.charAt(i) == '{' && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return source.length();
    }

    /** Spaces between the beginning of a line and a statement are taken away; the data began at {@code from}. */
    private String withoutIndent(String data, int from) {
        int line = data.lastIndexOf('\n') + 1;
        boolean begins = line > 0 || from == 0 || source.charAt(from - 1) == '\n';
        return begins && data.substring(line).isBlank() ? data.substring(0, line) : data;
    }

    private boolean comment() {
        int end = source.indexOf("#}", at);
        if (end < 0) {
            throw wrong("a comment that does not end");
        }
        at = end + 2;
        return after(source.charAt(end - 1), true);
    }

    private boolean inside(char kind) {
        add(kind == '{' ? Kind.PRINT : Kind.STATEMENT, "");
        String close = kind == '{' ? "}}" : "%}";
        int depth = 0;
        while (true) {
            for (String control : new String[] {"", "-", "+"}) {
                if (depth == 0 && source.startsWith(control + close, at)) {
                    at += control.length() + 2;
                    add(Kind.CLOSE, "");
                    return after(control.isEmpty() ? ' ' : control.charAt(0), kind != '{');
                }
            }
            Matcher next = INSIDE.matcher(source).region(at, source.length());
            if (!next.lookingAt()) {
                throw wrong("'" + source.substring(at, Math.min(source.length(), at + 10)) + "', which it cannot read");
            }
            at = next.end();
            if (next.group("name") != null) {
                add(Kind.NAME, next.group());
            } else if (next.group("number") != null) {
                add(Kind.NUMBER, next.group());
            } else if (next.group("text") != null) {
                add(Kind.TEXT, unescaped(next.group().substring(1, next.group().length() - 1)));
            } else if (next.group("operator") != null) {
                depth += "([{".contains(next.group()) ? 1 : ")]}".contains(next.group()) ? -1 : 0;
                add(Kind.OPERATOR, next.group());
            }
        }
    }

    /**
     * Whether the data after a mark loses all its leading white space; one line break goes after a statement anyway.
     */
    private boolean after(char control, boolean statement) {
        if (statement && control != '-' && control != '+' && source.startsWith("\n", at)) {
            at++;
        }
        return control == '-';
    }

    private static String unescaped(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\' || i + 1 == text.length()) {
                out.append(c);
                continue;
            }
            char next = text.charAt(++i);
            int digits = next == 'x' ? 2 : next == 'u' ? 4 : 0;
            int plain = "ntrfb0".indexOf(next);
            if (next == '\n') {
                continue; // a line that goes on
            }
            if (digits > 0
                    && i + digits < text.length()
                    && text.substring(i + 1, i + 1 + digits).matches("[0-9a-fA-F]+")) {
                out.append((char) Integer.parseInt(text.substring(i + 1, i + 1 + digits), 16));
                i += digits;
            } else if (plain >= 0) {
                out.append("\n\t\r\f\b\0".charAt(plain));
            } else if ("'\"\\".indexOf(next) >= 0) {
                out.append(next);
            } else {
                out.append(c).append(next); // Python leaves what it does not know as it stands
            }
        }
        return out.toString();
    }

    private void add(Kind kind, String text) {
        if (kind != Kind.DATA || !text.isEmpty()) {
            tokens.add(new Token(kind, text, line()));
        }
    }

    /** The line at hand; what was counted is not counted again. */
    private int line() {
        for (int end = Math.min(at, source.length()); counted < end; counted++) {
            line += source.charAt(counted) == '\n' ? 1 : 0;
        }
        return line;
    }

    private KitException wrong(String what) {
        return Jinja.refused(line(), "has " + what);
    }
}
