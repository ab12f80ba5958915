package kawi.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;

/** What a model recites is found to the word, and models are compared at one loss. */
class MemoryTest {
    @Test
    void theLongestRunOfWordsIsCountedWithinADocument() {
        VerbatimOverlap overlap = new VerbatimOverlap(List.of("the cat sat on the mat", "a dog ran off", "the cat"));
        assertEquals(4, overlap.longest("and the cat sat on a chair"));
        assertEquals(0, overlap.longest("nothing known"));
        assertEquals(6, overlap.longest("the cat sat on the mat a dog ran"), "no run goes over the end of a document");
        assertEquals(0, overlap.longest(""));
        assertEquals(1, overlap.longest("mat mat mat"));
        assertArrayEquals(new double[] {3, 1}, overlap.longest(List.of("dog ran off", "off dog")));
        assertEquals(0, new VerbatimOverlap(List.of()).longest("a"));
    }

    @Test
    void runsAreThoseOfASearchByHand() {
        Random random = new Random(3);
        List<String> training = sentences(30, random);
        VerbatimOverlap overlap = new VerbatimOverlap(training);
        for (String text : sentences(40, random)) {
            List<String> words = List.of(text.split(" "));
            int longest = 0;
            for (int from = 0; from < words.size(); from++) {
                for (int to = from + 1; to <= words.size(); to++) {
                    String run = " " + String.join(" ", words.subList(from, to)) + " ";
                    if (training.stream().anyMatch(t -> (" " + t + " ").contains(run))) {
                        longest = Math.max(longest, to - from);
                    }
                }
            }
            assertEquals(longest, overlap.longest(text), text);
        }
    }

    private static List<String> sentences(int count, Random random) {
        return IntStream.range(0, count)
                .mapToObj(i -> random.ints(20, 0, 4).mapToObj(w -> "w" + w).collect(Collectors.joining(" ")))
                .toList();
    }

    @Test
    void trainingIsRepeatedUntilTheLossIsTheOthers() {
        List<Integer> steps = new ArrayList<>();
        List<Integer> closed = new ArrayList<>();
        EqualLoss<Integer> found = EqualLoss.of(
                s -> {
                    steps.add(s);
                    return s;
                },
                s -> 7 - 0.8 * Math.log(s),
                closed::add,
                3,
                0.02,
                300,
                6);
        assertEquals(3, found.loss(), 0.02);
        assertEquals(Math.exp(4 / 0.8), found.steps(), 5);
        assertEquals(steps.size() - 1, closed.size(), "all but one are freed");
        assertEquals(steps.size(), found.trainings());
        assertTrue(steps.size() <= 4, steps.toString());
    }

    @Test
    void whereTheLossCannotBeReachedTheClosestIsKept() {
        EqualLoss<Integer> found = EqualLoss.of(s -> s, s -> 5, s -> {}, 3, 0.01, 10, 3);
        assertEquals(10, found.steps());
        assertEquals(3, found.trainings());
        assertThrows(KitException.class, () -> EqualLoss.of(s -> s, s -> 5, s -> {}, Double.NaN, 0.1, 1, 1));
    }
}
