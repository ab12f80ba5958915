package kawi.readers;

import java.io.EOFException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipException;

/**
 * A struct of Thrift's compact protocol, in which Parquet writes what it says of itself: its fields by their numbers.
 *
 * @see <a href="https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md">Thrift compact
 *     protocol</a>
 */
final class Thrift {
    private static final int DEEPEST = 24;

    private final Map<Integer, Object> fields;

    private Thrift(Map<Integer, Object> fields) {
        this.fields = fields;
    }

    /**
     * {@return the struct that begins where the bytes are, which stand behind it afterwards}
     *
     * @throws EOFException where the bytes end before it does
     * @throws ZipException where it is none
     */
    static Thrift read(ByteBuffer bytes) throws IOException {
        try {
            return struct(bytes, 0);
        } catch (BufferUnderflowException e) {
            throw (EOFException) new EOFException("what it says of itself is cut short").initCause(e);
        }
    }

    private static Thrift struct(ByteBuffer bytes, int depth) throws IOException {
        Map<Integer, Object> fields = new HashMap<>();
        int id = 0;
        for (int head; (head = bytes.get() & 0xff) != 0; ) {
            id = head >> 4 == 0 ? (int) zigzag(bytes) : id + (head >> 4);
            int type = head & 15;
            fields.put(id, type == 1 || type == 2 ? Boolean.valueOf(type == 1) : value(bytes, type, depth));
        }
        return new Thrift(fields);
    }

    private static Object value(ByteBuffer bytes, int type, int depth) throws IOException {
        if (depth > DEEPEST) {
            throw new ZipException("damaged: what it says of itself lies in itself");
        }
        return switch (type) {
            case 1, 2 -> bytes.get() == 1; // in a list
            case 3 -> (long) bytes.get();
            case 4, 5, 6 -> zigzag(bytes);
            case 7 -> bytes.getLong();
            case 8 -> {
                byte[] text = new byte[size(bytes, varint(bytes))];
                bytes.get(text);
                yield text;
            }
            case 9, 10 -> {
                int head = bytes.get() & 0xff;
                int count = size(bytes, head >> 4 == 15 ? varint(bytes) : head >> 4);
                List<Object> list = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    list.add(value(bytes, head & 15, depth + 1));
                }
                yield list;
            }
            case 11 -> {
                int count = size(bytes, varint(bytes));
                int types = count == 0 ? 0 : bytes.get() & 0xff;
                for (int i = 0; i < count; i++) {
                    value(bytes, types >> 4, depth + 1);
                    value(bytes, types & 15, depth + 1);
                }
                yield Map.of(); // of which Parquet has none
            }
            case 12 -> struct(bytes, depth + 1);
            default -> throw new ZipException("damaged: what it says of itself is of no known kind");
        };
    }

    /** A length in bytes, or in values of a byte or more each. */
    private static int size(ByteBuffer bytes, long size) throws IOException {
        if (size < 0) {
            throw new ZipException("damaged: a length below nothing");
        }
        if (size > bytes.remaining()) {
            throw new BufferUnderflowException();
        }
        return (int) size;
    }

    static long varint(ByteBuffer bytes) throws IOException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte b = bytes.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new ZipException("damaged: a number without end");
    }

    static long zigzag(ByteBuffer bytes) throws IOException {
        long value = varint(bytes);
        return value >>> 1 ^ -(value & 1);
    }

    boolean has(int field) {
        return fields.containsKey(field);
    }

    /** {@return a number, or another where it is not said} */
    long number(int field, long otherwise) {
        return fields.get(field) instanceof Long ? (Long) fields.get(field) : otherwise;
    }

    boolean flag(int field, boolean otherwise) {
        return fields.get(field) instanceof Boolean ? (Boolean) fields.get(field) : otherwise;
    }

    String text(int field) {
        return fields.get(field) instanceof byte[]
                ? new String((byte[]) fields.get(field), StandardCharsets.UTF_8)
                : "";
    }

    /** {@return a struct in this one, empty where there is none} */
    Thrift struct(int field) {
        return fields.get(field) instanceof Thrift ? (Thrift) fields.get(field) : new Thrift(Map.of());
    }

    List<Thrift> structs(int field) {
        List<Thrift> all = new ArrayList<>();
        if (fields.get(field) instanceof List) {
            for (Object each : (List<?>) fields.get(field)) {
                if (each instanceof Thrift) {
                    all.add((Thrift) each);
                }
            }
        }
        return all;
    }
}
