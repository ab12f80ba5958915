package kawi.torch;

import static org.junit.jupiter.api.Assertions.*;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;

/**
 * Against ggml's own bytes (tests/oracles/gguf_written.py). Those of Q4_K hang on the order of sums where two scales
 * are nearly as good, so there the distance from the numbers is compared.
 */
class GgufBlocksAreWrittenAsGgmlWritesThemTest {

    @Test
    void bf16AndQ4AreGgmlsBytesAndQ4KIsAsNearToTheNumbers() throws IOException {
        JsonNode fixture = new ObjectMapper().readTree(getClass().getResource("/kawi/torch/gguf-written.json"));
        float[] values = new ObjectMapper().convertValue(fixture.get("values"), float[].class);
        for (GgufType type : new GgufType[] {GgufType.BF16, GgufType.Q4_0, GgufType.Q4_K}) {
            String hex = fixture.get("written").get(type.name()).asText();
            byte[] theirs = new byte[hex.length() / 2];
            for (int i = 0; i < theirs.length; i++) {
                theirs[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
            }
            byte[] ours = new byte[theirs.length];
            assertTrue(type.quantise(values, values.length, buffer(ours)), type.name());
            if (type != GgufType.Q4_K) {
                assertArrayEquals(theirs, ours, type.name());
            }
            assertEquals(1, error(type, ours, values) / error(type, theirs, values), 0.01, type.name());
        }
    }

    private static double error(GgufType type, byte[] bytes, float[] values) {
        float[] read = new float[values.length];
        type.dequantise(buffer(bytes), read, read.length);
        double squares = 0;
        for (int i = 0; i < read.length; i++) {
            squares += Math.pow(read[i] - values[i], 2);
        }
        return Math.sqrt(squares);
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void whatIsNotFiniteOrTooLargeIsRefusedAndWhatIsNotWrittenSaysSo() {
        for (GgufType type : GgufType.values()) {
            GgufWriter writer = new GgufWriter();
            float[] values = new float[256];
            if (!type.written()) {
                String said = assertThrows(
                                KitException.class, () -> writer.tensor("x", new long[] {1, 256}, type, null))
                        .getMessage();
                assertTrue(said.contains("F32, F16, Q4_0, Q8_0, Q4_K, BF16, and " + type + " was asked for"), said);
                continue;
            }
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                Arrays.fill(values, 1);
                values[77] = bad;
                writer.tensor("x", new long[] {1, 256}, type, () -> FloatBuffer.wrap(values));
                assertThrows(KitException.class, () -> writer.write(Path.of("target/never.gguf")), type.name());
            }
        }
    }
}
