package kawi.readers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.ZipException;
import kawi.corpus.Archive;

/**
 * The values of one page of a column: {@code byte[]}, {@link Long}, {@link Double} or {@link Boolean}.
 *
 * @see <a href="https://parquet.apache.org/docs/file-format/data-pages/encodings/">Parquet, encodings</a>
 */
abstract class ParquetValues {
    private static final String[] ENCODINGS = {
        "PLAIN",
        "GROUP_VAR_INT",
        "PLAIN_DICTIONARY",
        "RLE",
        "BIT_PACKED",
        "DELTA_BINARY_PACKED",
        "DELTA_LENGTH_BYTE_ARRAY",
        "DELTA_BYTE_ARRAY",
        "RLE_DICTIONARY",
        "BYTE_STREAM_SPLIT"
    };
    /** Values of one page of which the lengths stand before all of them. */
    static final int MOST_IN_PAGE = 10_000_000;

    /** {@return the next value} What is cut short throws a runtime exception of buffers and arrays. */
    abstract Object next() throws IOException;

    /**
     * {@return the values that stand in a page}
     *
     * @param dictionary the values that the column has, where pages only say which; or null
     */
    static ParquetValues of(ParquetColumn column, int encoding, ByteBuffer page, Object[] dictionary)
            throws IOException {
        ByteBuffer bytes = page.order(ByteOrder.LITTLE_ENDIAN);
        boolean array = column.type() == ParquetColumn.Type.BYTE_ARRAY;
        boolean number = column.type() == ParquetColumn.Type.INT32 || column.type() == ParquetColumn.Type.INT64;
        boolean flag = column.type() == ParquetColumn.Type.BOOLEAN;
        if (encoding == 0) {
            return flag ? flags(bytes) : plain(column, bytes);
        }
        if ((encoding == 2 || encoding == 8) && dictionary != null) {
            return named(bytes, dictionary);
        }
        if (encoding == 3 && flag) {
            bytes.getInt(); // its length
            ParquetRuns runs = new ParquetRuns(bytes, 1);
            return new ParquetValues() {
                @Override
                Object next() throws IOException {
                    return runs.next() == 1;
                }
            };
        }
        if (encoding == 5 && number) {
            Deltas deltas = new Deltas(bytes);
            return new ParquetValues() {
                @Override
                Object next() throws IOException {
                    return deltas.next();
                }
            };
        }
        if (encoding == 6 && array) {
            int[] lengths = Deltas.all(bytes);
            return new ParquetValues() {
                private int at;

                @Override
                Object next() throws IOException {
                    return bytes(bytes, lengths[at++]);
                }
            };
        }
        if (encoding == 7 && (array || column.type() == ParquetColumn.Type.FIXED_LEN_BYTE_ARRAY)) {
            return continued(bytes);
        }
        int width = column.width();
        if (encoding == 9 && width > 0) {
            return split(column, bytes, width);
        }
        throw new ZipException("written as "
                + (encoding >= 0 && encoding < ENCODINGS.length ? ENCODINGS[encoding] : "encoding " + encoding)
                + ", which is not read here");
    }

    private static ParquetValues flags(ByteBuffer bytes) {
        return new ParquetValues() {
            private int at;

            @Override
            Object next() {
                int bit = at++;
                return (bytes.get(bytes.position() + bit / 8) >> bit % 8 & 1) == 1;
            }
        };
    }

    private static ParquetValues plain(ParquetColumn column, ByteBuffer bytes) {
        return new ParquetValues() {
            @Override
            Object next() throws IOException {
                return switch (column.type()) {
                    case INT32 -> (long) bytes.getInt();
                    case INT64 -> bytes.getLong();
                    case FLOAT -> (double) bytes.getFloat();
                    case DOUBLE -> bytes.getDouble();
                    case INT96 -> bytes(bytes, 12);
                    case FIXED_LEN_BYTE_ARRAY -> bytes(bytes, column.length());
                    default -> bytes(bytes, bytes.getInt());
                };
            }
        };
    }

    /** Values of which first all have their first byte, then all their second one, and so on. */
    private static ParquetValues split(ParquetColumn column, ByteBuffer bytes, int width) {
        int count = bytes.remaining() / width;
        ByteBuffer value = ByteBuffer.allocate(width).order(ByteOrder.LITTLE_ENDIAN);
        ParquetValues one = plain(column, value);
        return new ParquetValues() {
            private int at;

            @Override
            Object next() throws IOException {
                if (at >= count) {
                    throw new ZipException("damaged: fewer values than it says");
                }
                for (int i = 0; i < width; i++) {
                    value.put(i, bytes.get(bytes.position() + i * count + at));
                }
                at++;
                value.rewind();
                return one.next();
            }
        };
    }

    private static ParquetValues named(ByteBuffer bytes, Object[] dictionary) throws IOException {
        ParquetRuns which = bytes.hasRemaining() ? new ParquetRuns(bytes, bytes.get()) : null; // of nulls alone
        return new ParquetValues() {
            @Override
            Object next() throws IOException {
                return dictionary[which.next()];
            }
        };
    }

    /** Values of which each says how much of the one before it goes before its own bytes. */
    private static ParquetValues continued(ByteBuffer bytes) throws IOException {
        int[] shared = Deltas.all(bytes);
        int[] lengths = Deltas.all(bytes);
        return new ParquetValues() {
            private byte[] last = {};
            private int at;

            @Override
            Object next() throws IOException {
                long length = (long) shared[at] + lengths[at];
                if (shared[at] < 0 || lengths[at] < 0 || shared[at] > last.length || length > Archive.LARGEST) {
                    throw new ZipException("damaged: a value of " + length + " bytes");
                }
                byte[] value = java.util.Arrays.copyOf(last, (int) length);
                bytes.get(value, shared[at], lengths[at]);
                at++;
                last = value;
                return value;
            }
        };
    }

    private static byte[] bytes(ByteBuffer bytes, int length) throws IOException {
        if (length < 0 || length > bytes.remaining()) {
            throw new ZipException("damaged: a value of " + length + " bytes");
        }
        byte[] value = new byte[length];
        bytes.get(value);
        return value;
    }

    /** Numbers of which each is told by its distance from the one before it. */
    private static final class Deltas {
        private final ByteBuffer bytes;
        private final int inBlock;
        private final int blocks;
        private final long count;
        private final byte[] widths;
        private long value;
        private long least;
        private long at;
        private int block;
        private int inside; // of the values of the small block at hand, how many are told
        private long bits;
        private int held;

        Deltas(ByteBuffer bytes) throws IOException {
            this.bytes = bytes;
            long size = Thrift.varint(bytes);
            long small = Thrift.varint(bytes);
            count = Thrift.varint(bytes);
            value = Thrift.zigzag(bytes);
            if (small <= 0 || size <= 0 || size > 1 << 20 || small > size || size % small != 0 || count < 0) {
                throw new ZipException("damaged: blocks of " + size + " numbers");
            }
            blocks = (int) small;
            inBlock = (int) (size / small);
            widths = new byte[blocks];
            block = blocks;
            inside = inBlock;
        }

        /** {@return all of them, where they are lengths} */
        static int[] all(ByteBuffer bytes) throws IOException {
            Deltas deltas = new Deltas(bytes);
            if (deltas.count > MOST_IN_PAGE) {
                throw new ZipException("damaged: a page of " + deltas.count + " values");
            }
            int[] all = new int[(int) deltas.count];
            for (int i = 0; i < all.length; i++) {
                all[i] = (int) (long) deltas.next();
            }
            deltas.end();
            return all;
        }

        Long next() throws IOException {
            if (at++ == 0) {
                return value;
            }
            if (at > count) {
                throw new ZipException("damaged: fewer values than it says");
            }
            if (inside == inBlock) {
                block++;
                inside = 0;
                held = 0;
                bits = 0;
                if (block >= blocks) {
                    least = Thrift.zigzag(bytes);
                    bytes.get(widths);
                    block = 0;
                }
            }
            inside++;
            value += least + packed(widths[block] & 0xff);
            return value;
        }

        private long packed(int width) throws IOException {
            if (width > Long.SIZE) {
                throw new ZipException("damaged: numbers of " + width + " bits");
            }
            long result = 0;
            for (int got = 0; got < width; ) {
                if (held == 0) {
                    bits = bytes.get() & 0xff;
                    held = 8;
                }
                int take = Math.min(held, width - got);
                result |= (bits & (1L << take) - 1) << got;
                bits >>>= take;
                held -= take;
                got += take;
            }
            return result;
        }

        /** Goes to where the last small block ends, which is whole. */
        private void end() {
            if (count > 1) {
                long left = (long) (inBlock - inside) * (widths[block] & 0xff) - held;
                bytes.position(bytes.position() + (int) ((left + 7) / 8));
            }
        }
    }
}
