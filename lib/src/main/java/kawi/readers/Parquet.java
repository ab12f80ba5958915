package kawi.readers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipException;

/**
 * A Parquet file: a document a row, its columns read as the fields of a JSON object are, those of objects in it by
 * their path, and lists of values. Only columns that say something of a document are read, and of each one page at a
 * time, so that a file of any size is read in the memory of a page.
 *
 * <p>The format is read here, and by no library: of those on Maven Central, Apache's own brings Hadoop with it, others
 * bring classes under Hadoop's names that get in the way of Spark's, and {@code dev.hardwood} asks for Java 21. What it
 * takes besides, the codecs, the kit has already.
 *
 * @see <a href="https://parquet.apache.org/docs/file-format/">Parquet, file format</a>
 */
final class Parquet {
    private static final int MARK = 4;
    private static final int LARGEST_FOOTER = 16_000_000;
    /** What a file may unpack to, in bytes for each byte of it; beyond the first {@link #FREE}. */
    private static final long MOST_TIMES = 200;

    private static final long FREE = 64_000_000;
    private static final int NAMED = 12;

    private final Source source;
    private final String name;
    private final Intake intake;
    private final SeekableByteChannel file;
    private final long size;
    private long unpacked;
    private long rows;
    private long without;

    private Parquet(Source source, String name, Intake intake, SeekableByteChannel file) throws IOException {
        this.source = source;
        this.name = name;
        this.intake = intake;
        this.file = file;
        this.size = file.size();
    }

    static void read(Source source, Content content, Intake intake) throws IOException {
        try (SeekableByteChannel file = content.channel()) {
            new Parquet(source, content.name(), intake, file).read();
        }
    }

    /** More than a text needs: nothing more of the file is read. */
    private static final class TooMuch extends ZipException {
        private static final long serialVersionUID = 1;

        TooMuch() {
            super("it unpacks to more than " + MOST_TIMES + " times its size, as no text does");
        }
    }

    private void more(long bytes) throws IOException {
        unpacked += bytes;
        if (unpacked > FREE && unpacked > MOST_TIMES * size) {
            throw new TooMuch();
        }
    }

    private void read() throws IOException {
        Thrift footer = footer();
        if (footer == null) {
            return;
        }
        ParquetSchema schema = ParquetSchema.of(footer.structs(2));
        String problem = schema.problem(source.textField());
        if (problem != null) {
            intake.skipped(name, problem);
            return;
        }
        List<ParquetColumn> columns = schema.read(source.textField());
        OwnRecords records = new OwnRecords(source, name, intake);
        try {
            for (Thrift group : footer.structs(4)) {
                if (group.number(3, 0) > 0) {
                    group(group, schema, columns, records);
                }
            }
            if (rows > 0 && footer.number(3, rows) != rows) {
                intake.skipped(name, "damaged: says that it has " + footer.number(3, rows) + " rows, and has " + rows);
            }
        } catch (TooMuch e) {
            intake.skipped(name + " after row " + rows, e.getMessage());
        }
        if (rows == 0) {
            intake.skipped(name, "no rows");
        }
        if (without > 0) {
            intake.skipped(name, without + (without == 1 ? " row" : " rows") + " without a text");
        }
        records.end();
        Set<String> unread = schema.unread(columns);
        if (!unread.isEmpty()) {
            intake.repaired(
                    name,
                    (unread.size() == 1 ? "1 column not read: " : unread.size() + " columns not read: ")
                            + String.join(", ", unread.stream().limit(NAMED).toList())
                            + (unread.size() > NAMED ? ", ..." : ""));
        }
    }

    /** What the file says of itself at its end, or null where it cannot be read, which is said. */
    private Thrift footer() throws IOException {
        if (size < 3 * MARK) {
            intake.skipped(name, "no Parquet file, or one that is cut short");
            return null;
        }
        ByteBuffer tail = bytes(size - 2 * MARK, 2 * MARK);
        int length = tail.order(ByteOrder.LITTLE_ENDIAN).getInt();
        String mark = new String(tail.array(), MARK, MARK, StandardCharsets.ISO_8859_1);
        String first = new String(bytes(0, MARK).array(), StandardCharsets.ISO_8859_1);
        if (mark.equals("PARE")) {
            intake.skipped(name, "encrypted, not read");
            return null;
        }
        if (!mark.equals("PAR1")) {
            intake.skipped(
                    name,
                    first.equals("PAR1")
                            ? "cut short: what it says of itself stands at its end"
                            : "no Parquet file, or one that is cut short");
            return null;
        }
        if (length <= 0 || length > size - 3 * MARK) {
            intake.skipped(name, "damaged: what it says of itself would have " + length + " bytes");
            return null;
        }
        if (length > LARGEST_FOOTER) {
            intake.skipped(
                    name,
                    "what it says of itself has " + length + " bytes, more than " + LARGEST_FOOTER + ", not read");
            return null;
        }
        return Thrift.read(bytes(size - 2 * MARK - length, length));
    }

    private void group(Thrift group, ParquetSchema schema, List<ParquetColumn> columns, OwnRecords records)
            throws IOException {
        long count = group.number(3, 0);
        long before = rows;
        List<Thrift> chunks = group.structs(1);
        List<ParquetChunk> open = new ArrayList<>();
        Set<ParquetColumn> lost = new HashSet<>();
        String at = "";
        try {
            if (chunks.size() != schema.size()) {
                throw new ZipException("damaged: it has other columns than the file");
            }
            for (ParquetColumn column : columns) {
                at = column.name();
                open.add(null);
                try {
                    open.set(open.size() - 1, new ParquetChunk(file, column, chunks.get(column.index()), this::more));
                } catch (IOException e) {
                    lose(column, lost, e, before + count);
                }
            }
            for (long i = 0; i < count; i++) {
                ObjectNode row = JsonNodeFactory.instance.objectNode();
                for (int c = 0; c < open.size(); c++) {
                    ParquetColumn column = columns.get(c);
                    at = column.name();
                    try {
                        JsonNode value =
                                lost.contains(column) ? null : open.get(c).row();
                        if (value != null) {
                            ParquetSchema.put(row, column, value);
                        }
                    } catch (IOException e) {
                        lose(column, lost, e, before + count);
                    }
                }
                rows++;
                if (schema.saysNoText(row, columns, source.textField())) {
                    without++;
                } else {
                    records.value(name + " row " + rows, length(row), () -> row);
                }
            }
        } catch (TooMuch e) {
            throw e;
        } catch (IOException e) {
            long read = rows;
            rows = before + count;
            intake.skipped(
                    name + " after row " + read,
                    (at.isEmpty() ? "" : "column " + at + " ") + PlainText.reason(e)
                            + "; no further row of its group was read, up to row " + rows);
            lost.addAll(columns); // of which there is more, as has been said
        }
        for (int c = 0; c < open.size(); c++) {
            String column = columns.get(c).name();
            if (open.get(c) == null) {
                continue;
            }
            if (!lost.contains(columns.get(c)) && open.get(c).hasMore()) {
                intake.skipped(name, "damaged: column " + column + " has more values up to row " + rows + " than rows");
            }
            if (open.get(c).unreadable() > 0) {
                intake.repaired(
                        name,
                        "values of " + column + " that are bytes and no text, not read: "
                                + open.get(c).unreadable());
            }
            if (open.get(c).mended() > 0) {
                intake.repaired(
                        name,
                        "values of " + column + " with bytes that are no UTF-8, U+FFFD in their place: "
                                + open.get(c).mended());
            }
        }
    }

    private static long length(ObjectNode row) {
        long length = 0;
        for (JsonNode value : row) {
            length += value.isTextual() ? value.textValue().length() : 8;
        }
        return length;
    }

    /**
     * Goes on without a column that only says more of a document, up to the end of its group.
     *
     * @throws IOException where no row can be read without it, or too much was unpacked
     */
    private void lose(ParquetColumn column, Set<ParquetColumn> lost, IOException why, long last) throws IOException {
        if (why instanceof TooMuch || ParquetSchema.needs(column, source.textField())) {
            throw why;
        }
        lost.add(column);
        intake.repaired(
                name + " after row " + rows,
                "column " + column.name() + " " + PlainText.reason(why) + "; not read up to row " + last);
    }

    private ByteBuffer bytes(long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        file.position(from);
        while (bytes.hasRemaining()) {
            if (file.read(bytes) < 0) {
                throw new EOFException("cut short");
            }
        }
        return bytes.flip();
    }
}
