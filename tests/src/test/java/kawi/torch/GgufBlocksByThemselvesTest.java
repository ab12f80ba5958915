package kawi.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;

/** A block is written and read by itself, as notebook 09 does, and what cannot be is one sentence. */
class GgufBlocksByThemselvesTest {
    private static float[] drawn(int count) {
        Random random = new Random(5);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @Test
    void whatIsWrittenHasTheBitsThatTheTypeSaysAndIsReadBack() {
        float[] values = drawn(512);
        for (GgufType type : GgufType.values()) {
            if (type.written()) {
                byte[] bytes = type.write(values);
                assertEquals(512 * type.bits() / 8, bytes.length, type.name());
                float[] read = type.read(bytes);
                assertEquals(512, read.length);
                // What was read is what a file can hold: written again it does not move.
                if (type != GgufType.Q4_K) {
                    assertArrayEquals(read, type.read(type.write(read)), 1e-2f, type.name());
                }
            }
        }
        assertArrayEquals(values, GgufType.F32.read(GgufType.F32.write(values)));
        assertEquals(4.5, GgufType.Q4_0.bits());
    }

    @Test
    void halfABlockANumberThatIsNoneAndATypeThatIsOnlyReadAreRefusedInASentence() {
        assertEquals(
                "Q4_0 has blocks of 32 values, and 33 are not whole blocks: give a multiple of 32.",
                assertThrows(KitException.class, () -> GgufType.Q4_0.write(new float[33]))
                        .getMessage());
        assertEquals(
                "Q4_0 has blocks of 18 bytes, and 19 are not whole blocks: give a multiple of 18.",
                assertThrows(KitException.class, () -> GgufType.Q4_0.read(new byte[19]))
                        .getMessage());
        float[] broken = drawn(32);
        broken[7] = Float.NaN;
        assertEquals(
                "Among the 32 values to be written as Q8_0 is one that is not finite, or larger than the type can say.",
                assertThrows(KitException.class, () -> GgufType.Q8_0.write(broken))
                        .getMessage());
        byte[] infinite = GgufType.F16.write(new float[] {1});
        infinite[1] = 0x7c;
        assertEquals(
                "Among these blocks of F16 is a value that is not finite.",
                assertThrows(KitException.class, () -> GgufType.F16.read(infinite))
                        .getMessage());
        assertThrows(KitException.class, () -> GgufType.Q6_K.write(new float[256]));
    }
}
