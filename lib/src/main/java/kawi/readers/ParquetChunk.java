package kawi.readers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.EOFException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.ZipException;
import kawi.corpus.Archive;
import kawi.corpus.DamagedException;

/** One column of one group of rows, row after row; a page of it is in memory at a time, and its dictionary. */
final class ParquetChunk {
    private static final int HEAD = 1 << 12;
    private static final int LONGEST_HEAD = 1 << 24;

    private final SeekableByteChannel file;
    private final ParquetColumn column;
    private final int codec;
    private final ParquetBytes allowed;
    private long at;
    private final long end;
    private long values; // that are in the pages from here on
    private Object[] dictionary;

    private int inPage; // values left in the page at hand
    private ParquetRuns repetitions;
    private ParquetRuns definitions;
    private ParquetValues page;

    private boolean told; // whether the next value has been looked at
    private int repetition;
    private JsonNode value;
    private long unreadable;
    private long mended;

    /** What a file may unpack to. */
    interface ParquetBytes {
        void more(long bytes) throws IOException;
    }

    ParquetChunk(SeekableByteChannel file, ParquetColumn column, Thrift chunk, ParquetBytes allowed)
            throws IOException {
        Thrift about = chunk.struct(3);
        if (chunk.has(8)) {
            throw new ZipException("encrypted");
        }
        if (chunk.has(1) && !chunk.text(1).isEmpty()) {
            throw new ZipException("in another file, " + chunk.text(1));
        }
        this.file = file;
        this.column = column;
        this.codec = (int) about.number(4, 0);
        this.allowed = allowed;
        this.values = about.number(5, 0);
        long dictionaryAt = about.number(11, 0);
        long data = about.number(9, -1);
        this.at = dictionaryAt > 0 && dictionaryAt < data ? dictionaryAt : data;
        long length = about.number(7, 0);
        if (at < 4 || length < 0 || at > file.size() - length) {
            throw new ZipException("damaged: it lies outside the file");
        }
        this.end = at + length;
    }

    /** {@return values that are bytes and no text} */
    long unreadable() {
        return unreadable;
    }

    /** {@return values that are text with bytes that are none} */
    long mended() {
        return mended;
    }

    /** {@return whether there are values behind those of the rows that were told} */
    boolean hasMore() {
        return told || values > 0 || inPage > 0;
    }

    /** {@return what the next row has in this column, or null} */
    JsonNode row() throws IOException {
        try {
            if (!told && !advance()) {
                throw new ZipException("damaged: fewer values than rows");
            }
            told = false;
            if (column.repetition() == 0) {
                return value;
            }
            ArrayNode list = JsonNodeFactory.instance.arrayNode();
            if (value != null) {
                list.add(value);
            }
            while (advance()) {
                if (repetition == 0) {
                    told = true;
                    break;
                }
                if (value != null) {
                    list.add(value);
                }
            }
            return list.isEmpty() ? null : list;
        } catch (BufferUnderflowException
                | IndexOutOfBoundsException
                | NegativeArraySizeException
                | NullPointerException
                | IllegalArgumentException e) {
            throw new DamagedException("a page that says other than it holds", e);
        }
    }

    /** Goes to the next value. {@return whether there is one} */
    private boolean advance() throws IOException {
        while (inPage == 0) {
            if (values <= 0 || at >= end) {
                return false;
            }
            page();
        }
        inPage--;
        values--;
        repetition = repetitions == null ? 0 : repetitions.next();
        int definition = definitions == null ? 0 : definitions.next();
        value = null;
        if (definition == column.definition()) {
            Object raw = page.next();
            allowed.more(raw instanceof byte[] ? ((byte[]) raw).length : 8);
            value = column.value(raw);
            unreadable += value == null ? 1 : 0;
            if (value != null
                    && raw instanceof byte[]
                    && value.asText().indexOf('\ufffd') >= 0
                    && !Arrays.equals(value.asText().getBytes(StandardCharsets.UTF_8), (byte[]) raw)) {
                mended++;
            }
        } else {
            allowed.more(1);
        }
        return true;
    }

    private void page() throws IOException {
        Thrift head = head();
        long packedSize = head.number(3, -1);
        long size = head.number(2, -1);
        if (packedSize < 0 || size < 0 || packedSize > end - at) {
            throw new ZipException("damaged: a page that ends outside its column");
        }
        if (packedSize > Archive.LARGEST || size > Archive.LARGEST) {
            throw new ZipException("a page of more than " + Archive.LARGEST + " bytes");
        }
        allowed.more(1);
        byte[] packed = bytes(at, (int) packedSize);
        at += packedSize;
        checkSum(head, packed);
        switch ((int) head.number(1, -1)) {
            case 0 -> first(ByteBuffer.wrap(ParquetCodec.unpacked(packed, codec, (int) size)), head.struct(5));
            case 2 -> {
                Thrift about = head.struct(7);
                int count = count(about.number(1, -1), size);
                ParquetValues all = ParquetValues.of(
                        column, 0, ByteBuffer.wrap(ParquetCodec.unpacked(packed, codec, (int) size)), null);
                dictionary = new Object[count];
                for (int i = 0; i < count; i++) {
                    dictionary[i] = all.next();
                }
            }
            case 3 -> second(packed, (int) size, head.struct(8));
            default -> {
                // An index, which is for others.
            }
        }
    }

    private static void checkSum(Thrift head, byte[] packed) throws IOException {
        CRC32 sum = new CRC32();
        sum.update(packed);
        if (head.has(4) && (int) sum.getValue() != (int) head.number(4, 0)) {
            throw new ZipException("damaged: a page whose checksum is another");
        }
    }

    /** A page of the first version: all of it is packed, and lengths stand before the levels. */
    private void first(ByteBuffer bytes, Thrift about) throws IOException {
        bytes.order(ByteOrder.LITTLE_ENDIAN);
        inPage = count(about.number(1, -1), Integer.MAX_VALUE);
        repetitions = column.repetition() == 0 ? null : levels(bytes, column.repetition(), about.number(4, 3));
        definitions = column.definition() == 0 ? null : levels(bytes, column.definition(), about.number(3, 3));
        page = ParquetValues.of(column, (int) about.number(2, -1), bytes.slice(), dictionary);
    }

    private static ParquetRuns levels(ByteBuffer bytes, int largest, long encoding) throws IOException {
        if (encoding != 3) {
            throw new ZipException("levels written as BIT_PACKED, which is not read here");
        }
        int length = bytes.getInt();
        ByteBuffer levels = bytes.slice().limit(length);
        bytes.position(bytes.position() + length);
        return new ParquetRuns(levels, ParquetRuns.width(largest));
    }

    /** A page of the second version: its levels are not packed. */
    private void second(byte[] packed, int size, Thrift about) throws IOException {
        inPage = count(about.number(1, -1), Integer.MAX_VALUE);
        int repeated = (int) about.number(6, 0);
        int defined = (int) about.number(5, 0);
        ByteBuffer all = ByteBuffer.wrap(packed);
        repetitions = column.repetition() == 0
                ? null
                : new ParquetRuns(all.slice(0, repeated), ParquetRuns.width(column.repetition()));
        definitions = column.definition() == 0
                ? null
                : new ParquetRuns(all.slice(repeated, defined), ParquetRuns.width(column.definition()));
        int levels = Math.addExact(repeated, defined);
        byte[] rest = Arrays.copyOfRange(packed, levels, packed.length);
        byte[] data = about.flag(7, true) ? ParquetCodec.unpacked(rest, codec, size - levels) : rest;
        page = ParquetValues.of(column, (int) about.number(4, -1), ByteBuffer.wrap(data), dictionary);
    }

    private static int count(long count, long most) throws IOException {
        if (count < 0 || count > most) {
            throw new ZipException("damaged: a page of " + count + " values");
        }
        return (int) count;
    }

    private Thrift head() throws IOException {
        for (int length = HEAD; ; length *= 16) {
            int there = (int) Math.min(length, end - at);
            ByteBuffer bytes = ByteBuffer.wrap(bytes(at, there));
            try {
                Thrift head = Thrift.read(bytes);
                at += bytes.position();
                return head;
            } catch (EOFException e) {
                if (there < length || length >= LONGEST_HEAD) {
                    throw e;
                }
            }
        }
    }

    private byte[] bytes(long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        file.position(from);
        while (bytes.hasRemaining()) {
            if (file.read(bytes) < 0) {
                throw new EOFException("cut short");
            }
        }
        return bytes.array();
    }
}
