package kawi.readers;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kawi.corpus.Lines;

/**
 * A table of the reader's own: one document a row, its fields as {@link TableLines} tells them. The first line names
 * the columns, which are read as the fields of a JSON object are; between them stands what a line {@code sep=;} before
 * it says, as Excel writes it, else a comma, a semicolon, a tab or a bar, whichever the first line has most of. A table
 * of one column has no separator.
 */
final class TableRows {
    private static final int HEAD = 1 << 15;
    private static final String SEPARATORS = ",;\t|";
    private static final Pattern STATED = Pattern.compile("(?i)\"?sep=(.)\"?(\r\n|\n|\r)(?s:.*)");
    private static final Pattern ALL_QUOTED = Pattern.compile("\"[^\"\t\r\n]*\"(\t\"[^\"\t\r\n]*\")+[\r\n](?s:.*)");

    private TableRows() {}

    static void read(Source source, Content content, boolean tabs, Intake intake) throws IOException {
        String name = content.name();
        OwnRecords records = new OwnRecords(source, name, intake);
        try (InputStream in = content.utf8(intake);
                BufferedReader rows = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            TableLines lines = begin(rows, tabs);
            List<String> header = lines.next();
            if (header == null) {
                intake.skipped(name, "empty");
                return;
            }
            List<String> columns = unique(header);
            Shapes shapes = new Shapes(columns.size());
            try {
                long number = 1;
                for (List<String> row; (row = lines.next()) != null; ) {
                    String where = name + " row " + ++number;
                    if (lines.skipped() > 0) {
                        intake.skipped(
                                where,
                                "a row of " + lines.skipped() + " characters and more, at line " + lines.first()
                                        + ", more than " + Lines.LONGEST);
                        continue;
                    }
                    if (lines.looksLikeSeveral(row, columns.size())) {
                        intake.repaired(
                                where,
                                "lines " + lines.first() + " to " + (lines.line() - 1)
                                        + " in quotation marks, each of which could be a row: is a mark missing?");
                    }
                    shapes.see(row.size());
                    List<String> fields = row;
                    int length = row.stream().mapToInt(String::length).sum();
                    records.value(where, length, () -> object(columns, fields));
                }
            } catch (IOException e) {
                intake.skipped(name + " after line " + lines.line(), PlainText.reason(e));
            }
            shapes.say(name, intake);
            if (lines.unclosed() > 0) {
                intake.repaired(
                        name,
                        lines.unclosed() + (lines.unclosed() == 1 ? " quotation mark" : " quotation marks")
                                + " at the beginning of a field that nothing closes, kept as" + " characters");
            }
        }
        records.end();
    }

    /** How many rows have another number of fields than there are columns. */
    private static final class Shapes {
        private final int columns;
        private long more;
        private long fewer;

        Shapes(int columns) {
            this.columns = columns;
        }

        void see(int fields) {
            more += fields > columns ? 1 : 0;
            fewer += fields < columns ? 1 : 0;
        }

        private static String rows(long count) {
            return count + (count == 1 ? " row" : " rows");
        }

        void say(String name, Intake intake) {
            if (more > 0) {
                intake.repaired(
                        name, rows(more) + " with more fields than columns, of which the further were not read");
            }
            if (fewer > 0) {
                intake.repaired(name, rows(fewer) + " with fewer fields than columns");
            }
        }
    }

    /** Looks at the first lines for how the rest is written. */
    private static TableLines begin(BufferedReader rows, boolean tabs) throws IOException {
        rows.mark(HEAD + 1);
        char[] chars = new char[HEAD];
        int count = 0;
        for (int read; count < HEAD && (read = rows.read(chars, count, HEAD - count)) > 0; ) {
            count += read;
        }
        rows.reset();
        String head = new String(chars, 0, count);
        Matcher stated = STATED.matcher(head);
        if (stated.matches()) {
            rows.skip(stated.end(2));
            return new TableLines(rows, stated.group(1).charAt(0), false);
        }
        if (tabs) {
            // Where the first line has marks around every name, whoever wrote it writes them around every field.
            return new TableLines(rows, '\t', !ALL_QUOTED.matcher(head).matches());
        }
        return new TableLines(rows, separator(head), false);
    }

    private static char separator(String head) {
        int[] counts = counts(head, true);
        if (counts == null) {
            counts = counts(head, false); // a mark that nothing closes
        }
        int most = 0;
        for (int i = 1; i < counts.length; i++) {
            most = counts[i] > counts[most] ? i : most;
        }
        return counts[most] == 0 ? TableLines.NONE : SEPARATORS.charAt(most);
    }

    /** How often each separator stands in the first line, or null where a quotation mark in it does not close. */
    private static int[] counts(String head, boolean marks) {
        int[] counts = new int[SEPARATORS.length()];
        boolean quoted = false;
        boolean any = false;
        for (int i = 0; i < head.length(); i++) {
            char c = head.charAt(i);
            if (!quoted && (c == '\n' || c == '\r')) {
                if (any) {
                    return counts;
                }
                continue;
            }
            any = true;
            quoted ^= marks && c == '"';
            int which = quoted ? -1 : SEPARATORS.indexOf(c);
            if (which >= 0) {
                counts[which]++;
            }
        }
        return quoted ? null : counts;
    }

    private static List<String> unique(List<String> header) {
        List<String> columns = new ArrayList<>();
        for (String column : header) {
            String name = column.strip().isEmpty() ? "column " + (columns.size() + 1) : column.strip();
            String free = name;
            for (int i = 2; columns.contains(free); i++) {
                free = name + " " + i;
            }
            columns.add(free);
        }
        return columns;
    }

    private static ObjectNode object(List<String> columns, List<String> row) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < Math.min(columns.size(), row.size()); i++) {
            if (!row.get(i).isEmpty()) {
                object.put(columns.get(i), row.get(i));
            }
        }
        return object;
    }
}
