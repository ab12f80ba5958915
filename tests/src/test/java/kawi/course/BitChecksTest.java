package kawi.course;

import static kawi.course.Exercises.verdict;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import kawi.torch.GgufType;
import org.junit.jupiter.api.Test;

/** A check of notebook 09 takes the right answer, and says of a wrong one what is wrong and not what is right. */
class BitChecksTest {
    @Test
    void bytesOfAMatrix() {
        assertEquals("right", verdict("09.1", 18L, 32));
        assertEquals("the scales take room as well.", verdict("09.1", 16L, 32));
        assertEquals("that is in bits.", verdict("09.1", 144L, 32));
        assertEquals("it is less.", verdict("09.1", 20L, 32));
        assertTrue(verdict("09.1", null, 32).startsWith("nothing is answered"));
    }

    @Test
    void aBlockRounded() {
        float[] block = new float[32];
        for (int i = 0; i < 32; i++) {
            block[i] = (i - 16) / 8f;
        }
        float[] right = GgufType.Q4_0.read(GgufType.Q4_0.write(block));
        assertEquals("right", verdict("09.2", List.of(block), List.of(right)));
        float[] wrong = right.clone();
        wrong[3] += 0.1f;
        assertEquals("in block 1, weight 4 is too large.", verdict("09.2", List.of(block), List.of(wrong)));
        wrong[3] = Float.NaN;
        assertEquals(
                "in block 1, weight 4 is no number: a block may be all noughts.",
                verdict("09.2", List.of(block), List.of(wrong)));
        assertEquals("a block of 32 weights became 3.", verdict("09.2", List.of(block), List.of(new float[3])));
        assertEquals(
                "the function gives null: nothing is written in it yet.",
                verdict("09.2", List.of(block), java.util.Arrays.asList((Object) null)));
    }

    @Test
    void theKindThatFits() {
        assertEquals("right", verdict("09.3", GgufType.Q8_0, 7e9, 8e9));
        assertEquals("the weights do not fit.", verdict("09.3", GgufType.F16, 7e9, 8e9));
        assertEquals("they fit, and a kind with more bits would fit too.", verdict("09.3", GgufType.Q4_K, 7e9, 8e9));
    }

    @Test
    void theKindThatLosesLess() {
        float[] shifted = new float[256];
        for (int i = 0; i < 256; i++) {
            shifted[i] = 1 + 0.01f * (float) Math.sin(i);
        }
        assertEquals("right", verdict("09.4", GgufType.Q4_K, shifted));
        assertEquals(
                "write and read the weights in both ways, and compare the squared errors.",
                verdict("09.4", GgufType.Q4_0, shifted));
        assertEquals("the answer is GgufType.Q4_0 or GgufType.Q4_K.", verdict("09.4", GgufType.F16, shifted));
    }
}
