package kawi.torch;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import kawi.evidence.AtomicFile;
import kawi.evidence.Cores;
import kawi.evidence.KitException;

/**
 * Writes a model in llama.cpp's GGUF format, version 3: metadata, then tensors of the types that
 * {@link GgufType#written} names. {@link Gguf} reads it back.
 *
 * <p>A tensor's values are asked for when its turn comes and turned into bytes by all cores in small pieces, so that a
 * model is in memory once. The file appears whole or not at all.
 *
 * <p>Source: the GGUF specification and block layouts of ggml ({@code docs/gguf.md}, {@code ggml-quants.c}).
 */
public final class GgufWriter {

    private static final int MAGIC = 0x46554747; // "GGUF", little-endian
    private static final int VERSION = 3;
    private static final int ALIGNMENT = 32;

    /**
     * Values that a core turns into bytes at once, whole blocks of any type; and how many such pieces wait together.
     */
    private static final int PIECE = 1 << 16;

    private static final int PIECES = 32;

    /** What Java's memory for floats holds. */
    private static final long MOST_VALUES = Integer.MAX_VALUE / Float.BYTES;

    /** Codes of metadata values. */
    private static final int UINT32 = 4;

    private static final int INT32 = 5;
    private static final int FLOAT32 = 6;
    private static final int FLAG = 7;
    private static final int TEXT = 8;
    private static final int LIST = 9;

    private record Entry(long[] shape, GgufType type, Supplier<FloatBuffer> values) {
        long size() {
            return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        }

        long bytes() {
            return size() / type.blockValues() * type.blockBytes();
        }

        long padded() {
            return (bytes() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
    }

    private final Map<String, Object> metadata = new LinkedHashMap<>();
    private final Map<String, Entry> tensors = new LinkedHashMap<>();

    /** Begins a file's content with the alignment of its tensors, 32 bytes. */
    public GgufWriter() {
        put("general.alignment", ALIGNMENT);
    }

    /**
     * Adds a line of metadata, or replaces it.
     *
     * @param key as the specification names it, such as {@code llama.block_count}
     * @param value a whole number from 0 on (Integer), a Float, a Boolean, a String, or a list of Strings or of
     *     Integers
     * @return this writer
     */
    public GgufWriter put(String key, Object value) {
        metadata.put(key, value);
        return this;
    }

    /**
     * Adds a tensor.
     *
     * @param name as llama.cpp names it, such as {@code blk.0.attn_q.weight}
     * @param shape rows first, as in PyTorch
     * @param type how its values are written
     * @param values gives them row by row when they are to be written
     * @return this writer
     * @throws KitException if the kit does not write that type, a row does not divide into its blocks, or there are
     *     more than half a milliard values
     */
    public GgufWriter tensor(String name, long[] shape, GgufType type, Supplier<FloatBuffer> values) {
        long row = shape[shape.length - 1];
        type.writtenAs(); // or says what is written
        if (row % type.blockValues() != 0) {
            throw new KitException(type + " stores the rows of a tensor in blocks of " + type.blockValues() + " values,"
                    + " and a row of " + name + " has " + row + ": write the model as F16 or F32.");
        }
        Entry entry = new Entry(shape.clone(), type, values);
        if (entry.size() > MOST_VALUES) {
            throw new KitException(
                    "Tensor " + name + " has " + entry.size() + " values, and this kit writes tensors of at" + " most "
                            + MOST_VALUES + ": export the model as a folder, and let llama.cpp convert it.");
        }
        tensors.put(name, entry);
        return this;
    }

    /**
     * Writes the file under a temporary name and moves it into place.
     *
     * @param file where it is put; its folder must exist, and a file of that name is replaced
     * @throws KitException if it cannot be written, or a value is NaN, infinite, or larger than its type can say
     */
    public void write(Path file) {
        AtomicFile.write(file, "writing a GGUF model", out -> {
            out.write(header());
            for (Map.Entry<String, Entry> each : tensors.entrySet()) {
                write(out, each.getKey(), each.getValue());
            }
        });
    }

    private static void write(OutputStream out, String name, Entry tensor) throws IOException {
        FloatBuffer values = tensor.values().get();
        int size = Math.toIntExact(tensor.size());
        if (values.remaining() != size) {
            throw new IllegalArgumentException(name + " has " + values.remaining() + " values and not " + size);
        }
        for (int from = 0; from < size; from += PIECES * PIECE) {
            int first = from;
            int pieces = Math.min(PIECES, (size - from + PIECE - 1) / PIECE);
            byte[][] made = new byte[pieces][];
            Cores.each(pieces, i -> made[i] = bytes(name, tensor.type(), values, first + i * PIECE, size));
            for (byte[] each : made) {
                out.write(each);
            }
        }
        out.write(new byte[(int) (tensor.padded() - tensor.bytes())]);
    }

    private static byte[] bytes(String name, GgufType type, FloatBuffer values, int first, int size) {
        float[] piece = new float[Math.min(PIECE, size - first)];
        values.duplicate().position(values.position() + first).get(piece);
        byte[] bytes = new byte[piece.length / type.blockValues() * type.blockBytes()];
        if (!type.quantise(piece, piece.length, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN))) {
            throw refused(name, piece, type);
        }
        return bytes;
    }

    private static KitException refused(String name, float[] values, GgufType type) {
        float largest = 0;
        for (float value : values) {
            if (Float.isNaN(value) || Float.isInfinite(value)) {
                return new KitException("Tensor " + name + " holds " + value + ": its training diverged, so export an"
                        + " earlier checkpoint.");
            }
            largest = Math.max(largest, Math.abs(value));
        }
        return new KitException("Tensor " + name + " holds a number of the size " + largest + ", and " + type
                + " has none so large: write the model as F32.");
    }

    private byte[] header() {
        Bytes out = new Bytes();
        out.number(MAGIC).number(VERSION).large(tensors.size()).large(metadata.size());
        metadata.forEach((key, value) -> out.text(key).value(value));
        long offset = 0;
        for (Map.Entry<String, Entry> each : tensors.entrySet()) {
            Entry tensor = each.getValue();
            out.text(each.getKey()).number(tensor.shape().length);
            for (int d = tensor.shape().length - 1; d >= 0; d--) { // the fastest dimension first
                out.large(tensor.shape()[d]);
            }
            out.number(tensor.type().code()).large(offset);
            offset += tensor.padded();
        }
        while (out.bytes.position() % ALIGNMENT != 0) {
            out.room(1).put((byte) 0);
        }
        return Arrays.copyOf(out.bytes.array(), out.bytes.position());
    }

    /** Little-endian numbers and texts, one after the other, in memory that grows. */
    private static final class Bytes {
        private ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

        ByteBuffer room(int more) {
            if (bytes.remaining() < more) {
                bytes = ByteBuffer.allocate(2 * bytes.capacity() + more)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put(bytes.flip());
            }
            return bytes;
        }

        Bytes number(int value) {
            room(4).putInt(value);
            return this;
        }

        Bytes large(long value) {
            room(8).putLong(value);
            return this;
        }

        Bytes text(String value) {
            byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
            large(utf8.length).room(utf8.length).put(utf8);
            return this;
        }

        Bytes value(Object value) {
            if (value instanceof String text) {
                return number(TEXT).text(text);
            } else if (value instanceof Integer whole && whole >= 0) {
                return number(UINT32).number(whole);
            } else if (value instanceof Float real) {
                return number(FLOAT32).number(Float.floatToIntBits(real));
            } else if (value instanceof Boolean flag) {
                number(FLAG).room(1).put((byte) (flag ? 1 : 0));
                return this;
            } else if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
                number(LIST).number(TEXT).large(list.size());
                list.forEach(each -> text((String) each));
                return this;
            } else if (value instanceof List<?> list && list.stream().allMatch(Integer.class::isInstance)) {
                number(LIST).number(INT32).large(list.size());
                list.forEach(each -> number((Integer) each));
                return this;
            }
            throw new IllegalArgumentException("GGUF metadata is no " + value);
        }
    }

    @Override
    public String toString() {
        return "GGUF file of " + metadata.size() + " lines of metadata and " + tensors.size() + " tensors";
    }
}
