package kawi.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufWriterTest {
    @TempDir
    Path folder;

    private Path written(GgufType type, float[] values, long... shape) {
        Path file = folder.resolve("m.gguf");
        new GgufWriter()
                .tensor("t", shape, type, () -> FloatBuffer.wrap(values))
                .write(file);
        return file;
    }

    private float[] readAgain(GgufType type, float[] values, long... shape) {
        try (Gguf gguf = Gguf.open(written(type, values, shape))) {
            assertEquals(type, gguf.info("t").type());
            assertArrayEquals(shape, gguf.info("t").shape());
            return gguf.floats("t");
        }
    }

    private static float[] drawn(int count, double spread, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (spread * random.nextGaussian());
        }
        return values;
    }

    /** A fixed file, byte for byte: the specification's layout written out by hand. */
    @Test
    void theBytesAreThoseOfTheSpecification() throws IOException {
        GgufBytes expected = new GgufBytes()
                .head(2, 7)
                .text("general.alignment")
                .put(4, 4)
                .put(4, 32)
                .text("a.number")
                .put(4, 4)
                .put(4, 7)
                .text("a.real")
                .put(4, 6)
                .put(4, Float.floatToIntBits(0.5f))
                .text("a.flag")
                .put(4, 7)
                .put(1, 1)
                .text("a.text")
                .put(4, 8)
                .text("é")
                .text("texts")
                .put(4, 9)
                .put(4, 8)
                .put(8, 2)
                .text("x")
                .text("y z")
                .text("numbers")
                .put(4, 9)
                .put(4, 5)
                .put(8, 2)
                .put(4, -1)
                .put(4, 3)
                .tensor("whole", 0, 0, 3, 2)
                .tensor("half", 1, 32, 2)
                .align32();
        for (float value : new float[] {1, 2, 3, 4, 5, -6}) {
            expected.put(4, Float.floatToIntBits(value));
        }
        expected.align32().put(2, 0x3c00).put(2, 0xc400).align32();
        Path file = folder.resolve("all.gguf");
        new GgufWriter()
                .put("a.number", 7)
                .put("a.real", 0.5f)
                .put("a.flag", true)
                .put("a.text", "é")
                .put("texts", List.of("x", "y z"))
                .put("numbers", List.of(-1, 3))
                .tensor(
                        "whole",
                        new long[] {2, 3},
                        GgufType.F32,
                        () -> FloatBuffer.wrap(new float[] {1, 2, 3, 4, 5, -6}))
                .tensor("half", new long[] {2}, GgufType.F16, () -> FloatBuffer.wrap(new float[] {1, -4}))
                .write(file);
        assertArrayEquals(expected.bytes(), Files.readAllBytes(file));
        try (Gguf gguf = Gguf.open(file)) {
            assertEquals(
                    Map.of(
                            "general.alignment",
                            32L,
                            "a.number",
                            7L,
                            "a.real",
                            0.5,
                            "a.flag",
                            true,
                            "a.text",
                            "é",
                            "texts",
                            List.of("x", "y z"),
                            "numbers",
                            List.of(-1L, 3L)),
                    gguf.metadata());
        }
    }

    @Test
    void floatsComeBackAsTheyWereAlsoWhereATensorIsManyPieces() {
        float[] values = drawn(3 * 1_000_001, 1, 1);
        assertArrayEquals(values, readAgain(GgufType.F32, values, 3, 1_000_001));
    }

    /** Every half, and the points between each and the next: to the nearest, of two as near to the even one. */
    @Test
    void halvesAreRoundedToTheNearestAndTiesToTheEvenOne() {
        for (int bits = 0; bits < 0x7c00; bits++) {
            float one = GgufType.half((short) bits);
            assertEquals((short) bits, GgufType.half(one));
            assertEquals((short) (bits | 0x8000), GgufType.half(-one));
            float next = bits == 0x7bff ? 65536 : GgufType.half((short) (bits + 1));
            float middle = (one + next) / 2;
            assertEquals(
                    (short) (bits % 2 == 0 ? bits : bits + 1),
                    GgufType.half(middle),
                    "between " + one + " and " + next);
            assertEquals((short) bits, GgufType.half(Math.nextDown(middle)));
            assertEquals((short) (bits + 1), GgufType.half(Math.nextUp(middle)));
        }
    }

    @Test
    void eightBitsAreAtMostHalfAStepOfTheirBlockAway() {
        float[] values = drawn(64 * 4096, 0.3, 2);
        for (int i = 0; i < 32; i++) {
            values[i] = 0; // a block without a scale
            values[32 + i] *= 1e-6f; // one whose scale is no normal half
        }
        float[] again = readAgain(GgufType.Q8_0, values, 4096, 64);
        for (int at = 0; at < values.length; at += 32) {
            float largest = 0;
            for (int i = at; i < at + 32; i++) {
                largest = Math.max(largest, Math.abs(values[i]));
            }
            double scale = largest / 127;
            double lost = 127 * Math.max(scale * 0x1p-11, 0x1p-25); // the scale itself is a half
            for (int i = at; i < at + 32; i++) {
                assertEquals(values[i], again[i], scale / 2 * 1.001 + lost, "value " + i);
            }
        }
    }

    @Test
    void whatATypeCannotSayIsRefusedByNameAndLeavesTheEarlierFile() throws IOException {
        float[] good = drawn(64, 1, 3);
        byte[] earlier = Files.readAllBytes(written(GgufType.F16, good, 2, 32));
        float[] large = good.clone();
        large[40] = 70_000;
        float[] none = good.clone();
        none[5] = Float.NaN;
        float[] infinite = good.clone();
        infinite[63] = Float.NEGATIVE_INFINITY;
        refused("Tensor t holds a number of the size 70000.0, and F16 has none so large", GgufType.F16, large, 2, 32);
        for (GgufType type : new GgufType[] {GgufType.F32, GgufType.F16, GgufType.Q8_0}) {
            refused("Tensor t holds NaN", type, none, 2, 32);
            refused("Tensor t holds -Infinity", type, infinite, 2, 32);
        }
        refused("a row of t has 16: write the model as F16", GgufType.Q8_0, good, 4, 16);
        refused("writes GGUF as F32, F16, Q4_0, Q8_0, Q4_K, BF16, and Q4_1 was asked for", GgufType.Q4_1, good, 2, 32);
        KitException wide = assertThrows(
                KitException.class,
                () -> new GgufWriter().tensor("t", new long[] {1 << 20, 1 << 10}, GgufType.F16, () -> null));
        assertTrue(wide.getMessage().contains("Tensor t has 1073741824 values"), wide.getMessage());
        assertArrayEquals(earlier, Files.readAllBytes(folder.resolve("m.gguf")));
        try (var files = Files.list(folder)) {
            assertEquals(1, files.count(), "no litter");
        }
        KitException said =
                assertThrows(KitException.class, () -> new GgufWriter().write(folder.resolve("absent/m.gguf")));
        assertTrue(said.getMessage().contains("is not there; make it or give another"), said.getMessage());
        assertFalse(Files.exists(folder.resolve("absent")));
    }

    private void refused(String why, GgufType type, float[] values, long... shape) {
        KitException said = assertThrows(KitException.class, () -> written(type, values, shape));
        assertTrue(said.getMessage().contains(why), said.getMessage());
    }
}
