package kawi.torch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes GGUF as the specification says, byte by byte. */
public final class GgufBytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    public GgufBytes put(int size, long value) {
        out.writeBytes(Arrays.copyOf(
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(value)
                        .array(),
                size));
        return this;
    }

    public GgufBytes put(GgufBytes other) {
        out.writeBytes(other.bytes());
        return this;
    }

    public GgufBytes text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        put(8, utf8.length).out.writeBytes(utf8);
        return this;
    }

    public GgufBytes head(long tensors, long metadata) {
        return put(4, 0x46554747).put(4, 3).put(8, tensors).put(8, metadata);
    }

    public GgufBytes tensor(String name, int type, long offset, long... fastestFirst) {
        text(name).put(4, fastestFirst.length);
        for (long extent : fastestFirst) {
            put(8, extent);
        }
        return put(4, type).put(8, offset);
    }

    public GgufBytes align32() {
        while (out.size() % 32 != 0) {
            put(1, 0);
        }
        return this;
    }

    public int size() {
        return out.size();
    }

    public byte[] bytes() {
        return out.toByteArray();
    }
}
