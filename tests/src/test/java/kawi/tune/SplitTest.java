package kawi.tune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SplitTest {
    @Test
    void textsThatDifferInANumberOrAPlaceholderAreOneCluster() {
        int[] clusters = NearDuplicates.clusters(
                List.of(
                        "Delete 3 selected files",
                        "Open the terminal",
                        "Delete %(count)s selected files",
                        "Close the window now"),
                0.5);
        assertArrayEquals(new int[] {0, 1, 0, 3}, clusters);
    }

    @Test
    void clustersAgreeWithComparingEveryPair() {
        Random random = new Random(1);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            StringBuilder text = new StringBuilder();
            for (int w = 3 + random.nextInt(5); w > 0; w--) {
                text.append((char) ('a' + random.nextInt(9))).append("word ");
            }
            texts.add(text.toString());
        }
        int[] fast = NearDuplicates.clusters(texts, 0.5);
        for (int i = 0; i < texts.size(); i++) {
            for (int j = 0; j < i; j++) {
                int[] pair = NearDuplicates.clusters(List.of(texts.get(j), texts.get(i)), 0.5);
                if (pair[0] == pair[1]) {
                    assertEquals(fast[j], fast[i], texts.get(j) + " / " + texts.get(i));
                }
            }
        }
    }

    @Test
    void noNearDuplicateSitsOnBothSidesAndOrderDoesNotMatter() {
        List<Example> all = new ArrayList<>();
        Random random = new Random(2);
        for (int i = 0; i < 400; i++) {
            String text = "w" + Example.hash("a" + random.nextInt(150)) + " x" + Example.hash("b" + i % 150) + " y"
                    + Example.hash("c" + i % 150) + " z" + i;
            all.add(Example.of("made", "", text, List.of("yes")));
        }
        Examples split = Examples.split(all, 1000, 1000);
        List<Example> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, random);
        assertEquals(split, Examples.split(shuffled, 1000, 1000));
        assertTrue(
                split.test().size() > 5 && split.train().size() > 20,
                split.test().size() + " " + split.train().size());
        for (Example held : split.test()) {
            for (Example learned : split.train()) {
                int[] pair = NearDuplicates.clusters(List.of(held.input(), learned.input()), Examples.NEAR);
                assertTrue(pair[0] != pair[1], held.input() + " / " + learned.input());
            }
        }
    }

    @Test
    void aLargerBudgetOnlyAddsExamples() {
        List<Example> all = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            all.add(Example.of("made", "", Example.hash("w" + i) + " " + Example.hash("v" + i) + "z", List.of("yes")));
        }
        assertEquals(
                Examples.split(all, 200, 40).train().subList(0, 50),
                Examples.split(all, 50, 10).train());
    }
}
