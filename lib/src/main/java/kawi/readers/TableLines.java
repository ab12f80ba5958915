package kawi.readers;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import kawi.corpus.Lines;

/**
 * The rows of a table as text, field by field. A quotation mark means something only at the beginning of a field and
 * only where another closes that field: before the separator or at the end of a row, those inside it doubled (RFC
 * 4180). Any other is a character of the text, so that one that nothing closes costs no row but its own. On one line
 * marks inside a field that are not doubled are forgiven, and those that a backslash stands before are read without it.
 *
 * <p>Text parted by tabs has no quotation marks by its definition (IANA, text/tab-separated-values), but spreadsheets
 * and pandas write them around what has a tab, a line end or such a mark in it. There they are taken off, and nowhere
 * else: {@code "Yes," he said.} keeps its own.
 */
final class TableLines {
    private static final char QUOTE = '"';
    /** Stands for the separator of a table of one column: no text has it. */
    static final char NONE = '\uffff';

    private final Reader in;
    private final char separator;
    private final boolean bare;
    private char[] buffer = new char[1 << 14];
    private int at;
    private int end;
    private boolean over;
    private long line = 1; // at which the next row begins
    private long first;
    private long marks;
    private long skipped;
    private boolean several;

    /**
     * Rows of a text.
     *
     * @param separator between fields, or {@link #NONE}
     * @param bare whether quotation marks count only around what could not be written without them
     */
    TableLines(Reader in, char separator, boolean bare) {
        this.in = in;
        this.separator = separator;
        this.bare = bare;
    }

    /**
     * {@return the fields of the next row that is not empty, or null after the last} A row that was too long comes back
     * without fields, with {@link #skipped} its length.
     */
    List<String> next() throws IOException {
        while (peek(0) == '\n' || peek(0) == '\r') {
            endLine();
        }
        first = line;
        skipped = 0;
        several = false;
        if (peek(0) < 0) {
            return null;
        }
        List<String> fields = new ArrayList<>();
        long length = 0;
        StringBuilder field = new StringBuilder();
        while (true) {
            field.setLength(0);
            if (peek(0) != QUOTE || !quoted(field)) {
                marks += peek(0) == QUOTE && !bare ? 1 : 0;
                plain(field);
            }
            length += field.length() + 1;
            if (length > Lines.LONGEST) {
                return tooLong(length);
            }
            fields.add(field.toString());
            if (peek(0) != separator) {
                endLine();
                return fields;
            }
            at++;
        }
    }

    /** {@return the line at which the row that came last began, from 1} */
    long first() {
        return first;
    }

    /** {@return the line after the row that came last} */
    long line() {
        return line;
    }

    /** {@return characters of the row that came last where it was too long to take, else 0} */
    long skipped() {
        return skipped;
    }

    /** {@return whether the row that came last has several lines of which each could be a row of so many columns} */
    boolean looksLikeSeveral(List<String> row, int columns) {
        if (!several || columns < 2 || row.size() != columns) {
            return false;
        }
        String whole = String.join(String.valueOf(separator), row);
        return whole.lines()
                .allMatch(each -> each.chars().filter(c -> c == separator).count() == columns - 1);
    }

    /** {@return quotation marks at the beginning of a field that nothing closed, up to here} */
    long unclosed() {
        return marks;
    }

    private List<String> tooLong(long length) throws IOException {
        skipped = length;
        while (peek(0) >= 0 && peek(0) != '\n' && peek(0) != '\r') {
            at++;
            skipped++;
        }
        endLine();
        return List.of();
    }

    private void plain(StringBuilder field) throws IOException {
        for (int c; field.length() <= Lines.LONGEST && (c = peek(0)) >= 0; at++) {
            if (c == separator || c == '\n' || c == '\r') {
                return;
            }
            field.append((char) c);
        }
    }

    /** Reads a field in quotation marks. {@return whether it is one; nothing was read where not} */
    private boolean quoted(StringBuilder field) throws IOException {
        boolean doubled = false;
        boolean parted = false;
        boolean forgiven = false;
        long lines = 0;
        for (int i = 1; i <= Lines.LONGEST; i++) {
            int c = peek(i);
            if (c < 0) {
                break;
            }
            if (c != QUOTE) {
                parted |= c == separator;
                boolean ends = c == '\n' || c == '\r' && peek(i + 1) != '\n';
                lines += ends ? 1 : 0;
                if (ends && forgiven) {
                    break;
                }
                field.append((char) c);
                continue;
            }
            boolean twice = peek(i + 1) == QUOTE;
            if (twice && !(forgiven && closed(i + 2) > 0)) {
                field.append(QUOTE);
                doubled = true;
                i++;
                continue;
            }
            int close = closed(twice ? i + 2 : i + 1);
            if (close > 0) {
                boolean needed = doubled || (lines > 0 ? !parted : parted);
                if (bare && (forgiven || !needed)) {
                    break;
                }
                field.append(twice ? "\"" : "");
                line += lines;
                several = lines > 0;
                at += close;
                return true;
            }
            if (!field.isEmpty() && field.charAt(field.length() - 1) == '\\') {
                field.setLength(field.length() - 1);
            } else if (lines > 0) {
                break;
            } else {
                forgiven = true;
            }
            field.append(QUOTE);
        }
        field.setLength(0);
        return false;
    }

    /** {@return where a field ends whose quotation mark closed before here, blanks after it passed over; else 0} */
    private int closed(int from) throws IOException {
        int i = from;
        while (peek(i) == ' ' && i < from + 100) {
            i++;
        }
        int c = peek(i);
        return c < 0 || c == separator || c == '\n' || c == '\r' ? i : 0;
    }

    private void endLine() throws IOException {
        int c = peek(0);
        if (c >= 0) {
            at += c == '\r' && peek(1) == '\n' ? 2 : 1;
            line++;
        }
    }

    /** {@return the character so many places further on, or -1 behind the end} */
    private int peek(int further) throws IOException {
        while (at + further >= end) {
            if (over) {
                return -1;
            }
            if (at > 0) {
                System.arraycopy(buffer, at, buffer, 0, end - at);
                end -= at;
                at = 0;
            }
            if (end == buffer.length) {
                buffer = java.util.Arrays.copyOf(buffer, 2 * buffer.length);
            }
            int count = in.read(buffer, end, buffer.length - end);
            over = count < 0;
            end += Math.max(0, count);
        }
        return buffer[at + further];
    }
}
