package kawi.clean;

import java.text.Normalizer;

/** Steps that make equal texts look equal. */
public final class Normalize {
    private Normalize() {}

    /** {@link #text} as a step of a pipeline. */
    public static Step unicode() {
        return Step.change("unicode", Normalize::text);
    }

    /**
     * Unicode normalisation form C (UAX 15); line ends as {@code \n}; no control, zero-width, direction or soft-hyphen
     * characters, no byte-order mark; every run of spaces inside a line one space, the indentation kept; no space
     * before a line's end; at most one blank line in a row; nothing blank around the whole.
     */
    public static String text(String text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean indent = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n' || hidden(c)) {
                continue;
            }
            if (c == '\n' || c == '\r' || c == '\f' || c == '\u2028' || c == '\u2029') {
                newLine(out);
                indent = true;
            } else if (c == ' ' || c == '\t' || c > 127 && Character.getType(c) == Character.SPACE_SEPARATOR) {
                if (indent) {
                    out.append(c == '\t' ? c : ' ');
                } else if (out.charAt(out.length() - 1) != ' ') {
                    out.append(' ');
                }
            } else {
                out.append(c);
                indent = false;
            }
        }
        // Composed last: marks may have come together when a hidden character between them went.
        String clean = out.toString().strip();
        return Normalizer.isNormalized(clean, Normalizer.Form.NFC)
                ? clean
                : Normalizer.normalize(clean, Normalizer.Form.NFC);
    }

    private static boolean hidden(char c) {
        return c < ' ' && c != '\n' && c != '\t' && c != '\r' && c != '\f'
                || c >= 0x7f && c <= 0x9f
                || c == 0xad
                || c >= 0x200b && c <= 0x200f
                || c >= 0x202a && c <= 0x202e
                || c == 0x2060
                || c == 0xfeff;
    }

    private static void newLine(StringBuilder out) {
        int end = out.length();
        while (end > 0 && (out.charAt(end - 1) == ' ' || out.charAt(end - 1) == '\t')) {
            end--;
        }
        out.setLength(end);
        boolean second = end >= 2 && out.charAt(end - 1) == '\n' && out.charAt(end - 2) == '\n';
        if (!second) {
            out.append('\n');
        }
    }
}
