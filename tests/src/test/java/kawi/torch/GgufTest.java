package kawi.torch;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufTest {
    @TempDir
    Path folder;

    Path file(GgufBytes bytes) throws IOException {
        return Files.write(folder.resolve("m.gguf"), bytes.bytes());
    }

    /** Block of scale 0.5 (and minimum -1 for Q4_1) with the integers 0 1 2 ... */
    static GgufBytes all() {
        GgufBytes b = new GgufBytes().head(5, 0);
        b.tensor("f32", 0, 0, 2, 3)
                .tensor("f16", 1, 32, 2)
                .tensor("q4_0", 2, 64, 32)
                .tensor("q4_1", 3, 96, 32, 1)
                .tensor("q8_0", 8, 128, 32)
                .align32();
        for (float value : new float[] {1, 2, 3, 4, 5, -6}) {
            b.put(4, Float.floatToIntBits(value));
        }
        b.align32().put(2, 0x3c00).put(2, 0xc400).align32();
        b.put(2, 0x3800);
        nibbles(b).align32().put(2, 0x3800).put(2, 0xbc00);
        nibbles(b).align32().put(2, 0x3800);
        for (int i = 0; i < 32; i++) {
            b.put(1, i - 16);
        }
        return b.align32();
    }

    static GgufBytes nibbles(GgufBytes b) {
        for (int i = 0; i < 16; i++) {
            b.put(1, i | (15 - i) << 4);
        }
        return b;
    }

    @Test
    void everyTypeIsReadAsItsFormulaSays() throws IOException {
        try (Gguf gguf = Gguf.open(file(all()))) {
            assertEquals(List.of("f32", "f16", "q4_0", "q4_1", "q8_0"), gguf.tensors());
            assertArrayEquals(new long[] {3, 2}, gguf.info("f32").shape());
            assertArrayEquals(new float[] {1, 2, 3, 4, 5, -6}, gguf.floats("f32"));
            assertArrayEquals(new float[] {1, -4}, gguf.floats("f16"));
            for (int i = 0; i < 32; i++) {
                int nibble = i < 16 ? i : 31 - i;
                assertEquals(0.5f * (nibble - 8), gguf.floats("q4_0")[i]);
                assertEquals(0.5f * nibble - 1, gguf.floats("q4_1")[i]);
                assertEquals(0.5f * (i - 16), gguf.floats("q8_0")[i]);
            }
        }
    }

    @Test
    void halfPrecisionIsExactForEveryNumber() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            int exponent = bits >> 10 & 31;
            double magnitude = exponent == 0
                    ? (bits & 1023) * 0x1p-24
                    : exponent == 31 ? Double.POSITIVE_INFINITY : (1024 + (bits & 1023)) * Math.pow(2, exponent - 25);
            if (exponent == 31 && (bits & 1023) != 0) {
                assertTrue(Float.isNaN(GgufType.half((short) bits)));
            } else {
                assertEquals((float) (bits < 1 << 15 ? magnitude : -magnitude), GgufType.half((short) bits));
            }
        }
    }

    @Test
    void aNumberThatIsNotFiniteIsRefusedInEveryTypeByTheTensorsName() throws IOException {
        int[] codes = {0, 1, 2, 3, 3, 8};
        int[] bytes = {4 * 32, 2 * 32, 18, 20, 20, 34};
        int[] places = {4 * 31, 2 * 31, 0, 0, 2, 0}; // of the last number, or of a block's scale or minimum
        for (int i = 0; i < codes.length; i++) {
            for (long bad :
                    codes[i] == 0 ? new long[] {0x7f800000L, 0x7fc00000L} : new long[] {0x7c00, 0xfc00, 0x7e00}) {
                byte[] data = new byte[bytes[i]];
                for (int at = 0; at < (codes[i] == 0 ? 4 : 2); at++) {
                    data[places[i] + at] = (byte) (bad >> 8 * at);
                }
                GgufBytes b =
                        new GgufBytes().head(1, 0).tensor("t", codes[i], 0, 32).align32();
                for (byte each : data) {
                    b.put(1, each);
                }
                Path file = Files.write(folder.resolve("m.gguf"), b.bytes());
                try (Gguf gguf = Gguf.open(file)) {
                    String said = assertThrows(KitException.class, () -> gguf.floats("t"))
                            .getMessage();
                    assertTrue(said.startsWith("Tensor t of m.gguf holds NaN or an infinite number"), said);
                }
            }
        }
    }

    @Test
    void aKeyThatIsSaidTwiceIsRefused() throws IOException {
        GgufBytes b = new GgufBytes().head(0, 2);
        b.text("k").put(4, 4).put(4, 1).text("k").put(4, 4).put(4, 2);
        Path file = Files.write(folder.resolve("m.gguf"), b.bytes());
        assertTrue(assertThrows(KitException.class, () -> Gguf.open(file))
                .getMessage()
                .contains("says k twice"));
    }

    @Test
    void everyTypeOfMetadataIsRead() throws IOException {
        GgufBytes b = new GgufBytes().head(0, 13);
        b.text("u8")
                .put(4, 0)
                .put(1, 200)
                .text("i8")
                .put(4, 1)
                .put(1, -3)
                .text("u16")
                .put(4, 2)
                .put(2, 60000)
                .text("i16")
                .put(4, 3)
                .put(2, -300);
        b.text("u32")
                .put(4, 4)
                .put(4, 4000000000L)
                .text("i32")
                .put(4, 5)
                .put(4, -7)
                .text("f32")
                .put(4, 6)
                .put(4, Float.floatToIntBits(0.5f));
        b.text("bool")
                .put(4, 7)
                .put(1, 1)
                .text("text")
                .put(4, 8)
                .text("naïve")
                .text("list")
                .put(4, 9)
                .put(4, 8)
                .put(8, 2)
                .text("a")
                .text("b");
        b.text("u64")
                .put(4, 10)
                .put(8, 1L << 40)
                .text("i64")
                .put(4, 11)
                .put(8, -9)
                .text("f64")
                .put(4, 12)
                .put(8, Double.doubleToLongBits(0.25));
        try (Gguf gguf = Gguf.open(file(b))) {
            assertEquals(
                    List.of(
                            200L,
                            -3L,
                            60000L,
                            -300L,
                            4000000000L,
                            -7L,
                            0.5,
                            true,
                            "naïve",
                            List.of("a", "b"),
                            1L << 40,
                            -9L,
                            0.25),
                    List.copyOf(gguf.metadata().values()));
            assertEquals(List.of("a", "b"), gguf.texts("list"));
            assertThrows(KitException.class, () -> gguf.text("missing"));
            assertThrows(KitException.class, () -> gguf.floats("missing"));
        }
    }

    @Test
    void aFileCutAnywhereIsRefusedInOneSentence() throws IOException {
        byte[] whole = all().bytes();
        for (int length = 0; length < whole.length - 31; length++) {
            Path cut = Files.write(folder.resolve("cut.gguf"), Arrays.copyOf(whole, length));
            String sentence = refusal(cut);
            assertTrue(sentence.startsWith("cut.gguf"), sentence);
        }
    }

    @Test
    void whatAHeaderMayClaimFalselyIsRefusedInOneSentence() throws IOException {
        assertTrue(refusal(file(new GgufBytes().put(8, 0x1234))).contains("not a GGUF file"));
        assertTrue(refusal(file(
                        new GgufBytes().put(4, 0x46554747).put(4, 9).put(8, 0).put(8, 0)))
                .contains("version 9"));
        assertTrue(refusal(file(new GgufBytes().head(-1, 0))).contains("damaged"));
        assertTrue(refusal(file(new GgufBytes().head(0, Long.MAX_VALUE))).contains("damaged"));
        assertTrue(
                refusal(file(new GgufBytes().head(0, 1).put(8, Long.MAX_VALUE))).contains("damaged"));
        assertTrue(
                refusal(file(new GgufBytes().head(0, 1).text("k").put(4, 99))).contains("unknown type"));
        assertTrue(refusal(file(
                        new GgufBytes().head(0, 1).text("k").put(4, 9).put(4, 0).put(8, 1L << 50)))
                .contains("list claims"));
        assertTrue(refusal(tensorFile(16, 0, 256))
                .startsWith("Tensor t of m.gguf is stored as IQ2_XXS, and this kit reads F32, F16, Q4_0, Q4_1, Q8_0"));
        assertTrue(refusal(tensorFile(35, 0, 256)).contains("stored as TQ2_0"));
        assertTrue(refusal(tensorFile(99, 0, 256)).contains("stored as number 99"));
        assertTrue(refusal(tensorFile(0, 1L << 50, 8)).contains("start at byte"));
        assertTrue(refusal(tensorFile(0, -32, 8)).contains("start at byte"));
        assertTrue(refusal(tensorFile(0, 0, 1L << 40)).contains("impossible shape"));
        assertTrue(refusal(tensorFile(0, 0, 1 << 20)).contains("cut short"));
        assertTrue(refusal(tensorFile(2, 0, 31)).contains("blocks of 32"));
        GgufBytes twice = new GgufBytes()
                .head(2, 0)
                .tensor("a", 0, 0, 16)
                .tensor("b", 0, 32, 16)
                .align32();
        assertTrue(refusal(file(twice.put(8, 0)
                        .put(8, 0)
                        .put(8, 0)
                        .put(8, 0)
                        .put(8, 0)
                        .put(8, 0)
                        .put(8, 0)
                        .put(8, 0)
                        .put(8, 0)
                        .put(8, 0)
                        .put(8, 0)
                        .put(8, 0)))
                .contains("overlap"));
        assertTrue(refusal(folder.resolve("none.gguf")).contains("There is no"));
    }

    Path tensorFile(int type, long offset, long extent) throws IOException {
        return file(new GgufBytes()
                .head(1, 0)
                .tensor("t", type, offset, extent)
                .align32()
                .put(8, 0)
                .put(8, 0)
                .put(8, 0)
                .put(8, 0));
    }

    static String refusal(Path file) {
        String sentence =
                assertThrows(KitException.class, () -> Gguf.open(file).close()).getMessage();
        assertTrue(sentence.endsWith(".") && sentence.length() < 250 && !sentence.contains("\n"), sentence);
        return sentence;
    }
}
