package kawi.tune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;

class NearDuplicatesTest {
    /** Words and word pairs of a text of plain words, the first pair with nothing before it. */
    private static Set<String> features(String text) {
        Set<String> features = new HashSet<>();
        String before = "";
        for (String word : text.strip().split(" +")) {
            features.add(word);
            features.add(before + " " + word);
            before = word;
        }
        return features;
    }

    /** Similarity in whole numbers, so that no rounding stands between the test and the truth. */
    private static boolean similar(String a, String b, int of100) {
        Set<String> both = features(a);
        both.retainAll(features(b));
        Set<String> all = features(a);
        all.addAll(features(b));
        return both.size() * 100 >= of100 * all.size();
    }

    /** Every pair compared, then what hangs together painted in one colour. */
    private static int[] components(List<String> texts, int of100) {
        int[] colour = new int[texts.size()];
        Arrays.fill(colour, -1);
        for (int i = 0; i < colour.length; i++) {
            if (colour[i] >= 0) continue;
            List<Integer> todo = new ArrayList<>(List.of(i));
            colour[i] = i;
            while (!todo.isEmpty()) {
                int at = todo.remove(todo.size() - 1);
                for (int j = 0; j < colour.length; j++) {
                    if (colour[j] < 0 && similar(texts.get(at), texts.get(j), of100)) {
                        colour[j] = i;
                        todo.add(j);
                    }
                }
            }
        }
        return colour;
    }

    @Test
    void clustersAreExactlyTheGroupsThatHangTogetherAtTheThreshold() {
        for (int of100 : new int[] {20, 30, 33, 50, 55, 58, 60, 70, 80, 90, 100}) {
            Random random = new Random(of100);
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                StringBuilder text = new StringBuilder();
                for (int w = 2 + random.nextInt(8); w > 0; w--) {
                    text.append((char) ('a' + random.nextInt(of100 < 50 ? 26 : 14)))
                            .append(random.nextInt(of100 < 50 ? 2 : 1) == 0 ? "word " : "name ");
                }
                texts.add(text.toString());
            }
            int[] expected = components(texts, of100);
            assertArrayEquals(expected, NearDuplicates.clusters(texts, of100 / 100.0), "at " + of100 + " %");
            int groups = new TreeSet<>(Arrays.stream(expected).boxed().toList()).size();
            assertTrue(groups > 1, "something is kept apart at " + of100 + " %");
            assertTrue(of100 > 80 || groups < texts.size(), "something is put together at " + of100 + " %");
        }
    }

    @Test
    void textsThatShareTheirRarestWordsButNotEnoughAreKeptApart() {
        assertArrayEquals(
                new int[] {0, 1, 2},
                NearDuplicates.clusters(
                        List.of(
                                "zyzzyva one two three four five",
                                "zyzzyva six seven eight nine ten",
                                "eleven twelve zyzzyva thirteen fourteen fifteen"),
                        0.5));
    }

    @Test
    void aChainIsOneClusterAndItsNeighbourIsNot() {
        String a = "a b c d e f g h", b = "a b c d e f g x", c = "a b c d e f y x", other = "p q r s t u v w";
        assertTrue(similar(a, b, 65) && similar(b, c, 65) && !similar(a, c, 65));
        assertArrayEquals(new int[] {0, 0, 2, 0}, NearDuplicates.clusters(List.of(a, b, other, c), 0.65));
    }

    @Test
    void whatOneTextOfAClusterMeetsDoesNotJoinItToAnother() {
        // Two clusters of two, and a text that is like neither.
        List<String> texts = List.of(
                "a b c d e f g h",
                "k l m n o p q r",
                "a b c d e f g h i",
                "k l m n o p q r s",
                "a b c d k l m n u v w x y z");
        assertArrayEquals(new int[] {0, 1, 0, 1, 4}, NearDuplicates.clusters(texts, 0.7));
    }

    @Test
    void roundingLosesNoPairThatStandsExactlyAtTheThreshold() {
        // 14 of 50 members are 0.28 of them; in floating point 0.28 of 50 is a little more than 14.
        String whole = "a b c d e f g h i j k l m n o p q r s t u v w x y";
        assertTrue(similar(whole, "a b c d e f g", 28) && 0.28 * 50 > 14);
        assertArrayEquals(new int[] {0, 0}, NearDuplicates.clusters(List.of(whole, "a b c d e f g"), 0.28));
    }

    @Test
    void ofEachClusterTheFirstIsTaken() {
        List<String> texts = List.of("a b c d e", "k l m n o", "a b c d e f", "z");
        assertEquals(List.of("a b c d e", "k l m n o", "z"), NearDuplicates.firsts(texts, text -> text, 0.7));
    }

    @Test
    void textsWithoutWordsAreKeptApart() {
        assertArrayEquals(new int[] {0, 1, 2, 3}, NearDuplicates.clusters(List.of("", "...", "42", "%s"), 0.5));
    }

    @Test
    void wordsAreThoseOfTheKitInLowerCaseWithoutNumbersAndPlaceholders() {
        assertEquals(
                List.of("don’t", "delete", "files", "of", "mañana"),
                NearDuplicates.words("Don’t delete 3 files (%s) of {user} %(count)d MAÑANA!"));
    }

    @Test
    void aSimilarityThatIsNoneIsRefused() {
        for (double wrong : new double[] {0, -1, 1.01, Double.NaN}) {
            assertThrows(KitException.class, () -> NearDuplicates.clusters(List.of("a"), wrong));
        }
    }
}
