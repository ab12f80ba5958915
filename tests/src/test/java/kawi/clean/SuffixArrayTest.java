package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SuffixArrayTest {
    private static void assertSorted(int... text) {
        int highest = Arrays.stream(text).max().orElse(0);
        int[] expected = IntStream.range(0, text.length)
                .boxed()
                .sorted(Comparator.comparing(from -> Arrays.copyOfRange(text, from, text.length), Arrays::compare))
                .mapToInt(Integer::intValue)
                .toArray();
        assertArrayEquals(expected, SuffixArray.of(text, highest), () -> Arrays.toString(text));
        assertArrayEquals(expected, SuffixArray.of(text, highest + 3), () -> "gaps: " + Arrays.toString(text));
    }

    @Test
    void theSuffixesOfEveryShortSequenceAreInOrder() {
        assertSorted();
        for (int length = 1; length <= 8; length++) {
            int all = (int) Math.pow(3, length);
            for (int code = 0; code < all; code++) {
                int[] text = new int[length];
                for (int i = 0, rest = code; i < length; i++, rest /= 3) {
                    text[i] = rest % 3;
                }
                assertSorted(text);
            }
        }
    }

    @Test
    void theSuffixesOfLongAndOfRepetitiveSequencesAreInOrder() {
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            int kinds = 1 + random.nextInt(12);
            int[] text = random.ints(200 + random.nextInt(200), 0, kinds).toArray();
            assertSorted(text);
            int period = 1 + random.nextInt(40);
            for (int i = period; i < text.length; i++) {
                text[i] = text[i - period];
            }
            text[random.nextInt(text.length)] = random.nextInt(kinds);
            assertSorted(text);
        }
    }
}
