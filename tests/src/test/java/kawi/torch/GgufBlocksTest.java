package kawi.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Blocks of GGUF against what gguf's own reader makes of the same bytes (tests/oracles/gguf_blocks.py). */
class GgufBlocksTest {
    /** Types that are a number for each value, or that gguf's reader does not have: their tests are below. */
    private static final Set<GgufType> BY_HAND =
            EnumSet.of(GgufType.F32, GgufType.F16, GgufType.F64, GgufType.BF16, GgufType.Q8_K);

    private static ByteBuffer bytes(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void everyQuantisedTypeIsReadAsGgufsOwnReaderReadsIt() throws IOException {
        JsonNode cases;
        try (var in = getClass().getResourceAsStream("gguf-blocks.json")) {
            cases = new ObjectMapper().readTree(in);
        }
        Set<GgufType> tried = EnumSet.noneOf(GgufType.class);
        for (Map.Entry<String, JsonNode> each : cases.properties()) {
            GgufType type = GgufType.valueOf(each.getKey());
            byte[] blocks = each.getValue().get("bytes").binaryValue();
            ByteBuffer values = bytes(each.getValue().get("values").binaryValue());
            float[] expected = new float[values.remaining() / Float.BYTES];
            values.asFloatBuffer().get(expected);
            assertEquals(expected.length, blocks.length / type.blockBytes() * type.blockValues(), type.name());
            float[] found = new float[expected.length];
            ByteBuffer in = bytes(blocks);
            assertTrue(type.dequantise(in, found, found.length), type.name());
            assertFalse(in.hasRemaining(), type.name());
            for (int i = 0; i < found.length; i++) {
                assertEquals(expected[i], found[i], 2e-7 * Math.abs(expected[i]) + 1e-9, type + ", value " + i);
            }
            tried.add(type);
        }
        assertEquals(EnumSet.complementOf(EnumSet.copyOf(BY_HAND)), tried);
    }

    @Test
    void wideAndShortenedNumbersAreThemselves() {
        float[] found = new float[3];
        assertTrue(GgufType.F64.dequantise(
                bytes(new byte[24])
                        .putDouble(1.5)
                        .putDouble(-0.1)
                        .putDouble(3e9)
                        .flip(),
                found,
                3));
        assertArrayEquals(new float[] {1.5f, -0.1f, 3e9f}, found);
        assertFalse(GgufType.F64.dequantise(
                bytes(new byte[24]).putDouble(1).putDouble(1e300).putDouble(0).flip(), found, 3));
        ByteBuffer upper = bytes(new byte[6]);
        for (float each : new float[] {1, -2.5f, 0x1p100f}) {
            upper.putShort((short) (Float.floatToRawIntBits(each) >>> 16));
        }
        assertTrue(GgufType.BF16.dequantise(upper.flip(), found, 3));
        assertArrayEquals(new float[] {1, -2.5f, 0x1p100f}, found);
        assertFalse(GgufType.BF16.dequantise(
                bytes(new byte[6]).putShort((short) 0x7f80).flip().limit(6), found, 3));
    }

    @Test
    void aBlockOfQ8KIsItsScaleTimesItsBytesAndItsSumsArePassedOver() {
        ByteBuffer block = bytes(new byte[2 * 292]);
        for (int b = 0; b < 2; b++) {
            block.putFloat(0.25f * (b + 1));
            for (int i = 0; i < 256; i++) {
                block.put((byte) (i - 128));
            }
            block.position(block.position() + 32);
        }
        float[] found = new float[512];
        assertTrue(GgufType.Q8_K.dequantise(block.flip(), found, 512));
        assertEquals(-32, found[0]);
        assertEquals(0.25f * 127, found[255]);
        assertEquals(-64, found[256]);
    }

    @Test
    void aBlockWhoseScaleIsInfiniteIsNotFinite() {
        for (GgufType type : GgufType.values()) {
            if (type.blockValues() > 1 && type != GgufType.MXFP4) { // whose scale is always a power of two
                byte[] block = new byte[type.blockBytes()];
                Arrays.fill(block, (byte) 0x7f);
                int[] scales = switch (type) {
                    case Q2_K -> new int[] {80, 82};
                    case Q3_K -> new int[] {108};
                    case Q6_K -> new int[] {208};
                    case Q8_K -> new int[] {2};
                    default -> new int[] {0};
                };
                for (int at : scales) {
                    block[at] = 0;
                    block[at + 1] = 0x7c;
                }
                if (type == GgufType.Q8_K) {
                    block[2] = (byte) 0x80;
                    block[3] = 0x7f;
                }
                float[] found = new float[type.blockValues()];
                assertFalse(type.dequantise(bytes(block), found, found.length), type.name());
            }
        }
    }
}
