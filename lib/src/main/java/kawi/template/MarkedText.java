package kawi.template;

import java.util.ArrayList;
import java.util.List;
import kawi.evidence.KitException;

/**
 * A text of which each character knows whether it came from a person or a program that talks to the model, or from the
 * chat template: what a person wrote can never become a special token, however the template cuts and joins it.
 *
 * @param text the characters
 * @param marks as many of them: {@value #SAID} for what was said, {@value #TEMPLATE} for the template's own
 */
record MarkedText(String text, String marks) {

    static final char TEMPLATE = '.';
    static final char SAID = 'x';

    private static final String ENDS_OF_LINES = "\n\r\u000b\f\u001c\u001d\u001e\u0085\u2028\u2029";

    static MarkedText template(String text) {
        return new MarkedText(text, String.valueOf(TEMPLATE).repeat(text.length()));
    }

    static MarkedText said(String text) {
        return new MarkedText(text, String.valueOf(SAID).repeat(text.length()));
    }

    /** The same characters in another writing of them, such as capitals: said if any of them was. */
    MarkedText as(String other) {
        if (other.length() == text.length()) {
            return new MarkedText(other, marks);
        }
        return marks.indexOf(SAID) >= 0 ? said(other) : template(other);
    }

    boolean said(int at) {
        return marks.charAt(at) == SAID;
    }

    int length() {
        return text.length();
    }

    MarkedText plus(MarkedText other) {
        if (length() + other.length() > Jinja.MOST_WRITTEN) {
            throw tooLong();
        }
        return new MarkedText(text + other.text, marks + other.marks);
    }

    /** The same, so many times; none for a number below one. */
    MarkedText times(long times) {
        if (length() > 0 && times > Jinja.MOST_WRITTEN / length()) {
            throw tooLong();
        }
        int repeated = (int) Math.max(0, length() == 0 ? 0 : times);
        return new MarkedText(text.repeat(repeated), marks.repeat(repeated));
    }

    private static KitException tooLong() {
        return Jinja.refused(0, "makes a text of more than " + Jinja.MOST_WRITTEN + " characters");
    }

    MarkedText part(int from, int to) {
        return new MarkedText(text.substring(from, to), marks.substring(from, to));
    }

    /** Python's {@code split}; a null separator splits at runs of white space. */
    List<Object> split(String separator, long most) {
        List<Object> parts = new ArrayList<>();
        int from = 0;
        if (separator != null && separator.isEmpty()) {
            throw Jinja.refused(0, "splits or replaces at an empty text");
        } else if (separator == null) {
            MarkedText rest = strip(null, true, false);
            while (rest.length() > 0) {
                int end = 0;
                while (end < rest.length() && (!white(rest.text.charAt(end)) || parts.size() == most)) {
                    end++;
                }
                parts.add(rest.part(0, end));
                rest = rest.part(end, rest.length()).strip(null, true, false);
            }
            return parts;
        }
        for (int at;
                (at = text.indexOf(separator, from)) >= 0 && parts.size() != most;
                from = at + separator.length()) {
            parts.add(part(from, at));
        }
        parts.add(part(from, length()));
        return parts;
    }

    /** Python's {@code splitlines}. */
    List<Object> lines() {
        List<Object> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < length(); i++) {
            if (ENDS_OF_LINES.indexOf(text.charAt(i)) >= 0) {
                lines.add(part(from, i));
                i += text.startsWith("\r\n", i) ? 1 : 0;
                from = i + 1;
            }
        }
        if (from < length()) {
            lines.add(part(from, length()));
        }
        return lines;
    }

    MarkedText replace(String old, MarkedText by) {
        MarkedText out = template("");
        List<Object> parts = split(old, -1);
        for (int i = 0; i < parts.size(); i++) {
            out = (i == 0 ? out : out.plus(by)).plus((MarkedText) parts.get(i));
        }
        return out;
    }

    /** Without the given characters (white space where null) at the ends that are named. */
    MarkedText strip(String characters, boolean left, boolean right) {
        int from = 0;
        int to = length();
        while (left && from < to && stripped(text.charAt(from), characters)) {
            from++;
        }
        while (right && to > from && stripped(text.charAt(to - 1), characters)) {
            to--;
        }
        return part(from, to);
    }

    private static boolean stripped(char c, String characters) {
        return characters == null ? white(c) : characters.indexOf(c) >= 0;
    }

    /** White space as Python's {@code str.isspace} has it. */
    private static boolean white(char c) {
        return Character.isWhitespace(c) || c == '\u00a0' || c == '\u0085' || c == '\u2007' || c == '\u202f';
    }

    @Override
    public String toString() {
        return text;
    }
}
