package kawi.readers;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import kawi.corpus.JsonRecords;
import kawi.corpus.Lines;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A table of the reader's own (RFC 4180): one document a row. Its first line names the columns, which are read as the
 * fields of a JSON object are; between them stands a comma, a semicolon, a tab or a bar, whichever the first line has
 * most of. Rows may have line ends inside quotation marks.
 */
final class TableRows {
    private TableRows() {}

    static void read(Source source, Content content, boolean tabs, Intake intake) throws IOException {
        String name = content.name();
        JsonRecords records = JsonTexts.records(source, name, intake);
        try (InputStream in = content.utf8(intake);
                Bounded rows = new Bounded(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)))) {
            CSVParser parser = format(tabs ? '\t' : rows.separator()).parse(rows);
            Iterator<CSVRecord> each = parser.iterator();
            if (!each.hasNext()) {
                intake.skipped(name, "empty");
                return;
            }
            List<String> columns = unique(each.next());
            long further = 0;
            long number = 0;
            try {
                while (each.hasNext()) {
                    rows.begin();
                    number = parser.getCurrentLineNumber();
                    CSVRecord row = each.next();
                    further += row.size() > columns.size() ? 1 : 0;
                    records.value(name + " row " + row.getRecordNumber(), object(columns, row));
                }
            } catch (UncheckedIOException e) {
                intake.skipped(name + " after line " + number, PlainText.reason(e.getCause()));
            }
            if (further > 0) {
                intake.repaired(
                        name, further + " rows with more fields than columns, of which the further were not read");
            }
        }
        records.end();
    }

    private static CSVFormat format(char separator) {
        return CSVFormat.DEFAULT
                .builder()
                .setDelimiter(separator)
                .setIgnoreEmptyLines(true)
                .setTrailingData(true)
                .setLenientEof(true)
                .get();
    }

    private static List<String> unique(CSVRecord header) {
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

    private static ObjectNode object(List<String> columns, CSVRecord row) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < Math.min(columns.size(), row.size()); i++) {
            if (!row.get(i).isEmpty()) {
                object.put(columns.get(i), row.get(i));
            }
        }
        return object;
    }

    /** Ends where one row is longer than is taken: a quotation mark that is never closed would take all memory. */
    private static final class Bounded extends FilterReader {
        private static final int BUFFERED = 1 << 16;
        private long row;

        Bounded(Reader in) {
            super(in);
        }

        void begin() {
            row = 0;
        }

        char separator() throws IOException {
            in.mark(BUFFERED);
            char[] head = new char[BUFFERED / 2];
            int count = Math.max(0, in.read(head));
            in.reset();
            int[] counts = new int[4];
            String separators = ",;\t|";
            boolean quoted = false;
            for (int i = 0; i < count && (quoted || head[i] != '\n' && head[i] != '\r'); i++) {
                quoted ^= head[i] == '"';
                int which = quoted ? -1 : separators.indexOf(head[i]);
                if (which >= 0) {
                    counts[which]++;
                }
            }
            int most = 0;
            for (int i = 1; i < 4; i++) {
                most = counts[i] > counts[most] ? i : most;
            }
            return separators.charAt(most);
        }

        @Override
        public int read() throws IOException {
            char[] one = new char[1];
            return read(one, 0, 1) < 0 ? -1 : one[0];
        }

        @Override
        public int read(char[] chars, int from, int length) throws IOException {
            int count = super.read(chars, from, length);
            row += Math.max(0, count);
            if (row > Lines.LONGEST) {
                throw new IOException("a row of more than " + Lines.LONGEST
                        + " characters, and what follows it: is a quotation mark not closed?");
            }
            return count;
        }
    }
}
