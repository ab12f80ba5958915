package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import kawi.corpus.Document;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;

class NearDuplicateDocumentsTest {
    private static int number;

    private static Document document(String text) {
        return Document.collected("t", "" + number++, null, null, null, null, "CC0-1.0", null, text);
    }

    private static List<String> words(Random random, int count) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            words.add("w" + random.nextInt(5000));
        }
        return words;
    }

    @Test
    void whatIsDroppedIsSimilarAndWhatIsNearlyEqualIsDropped() {
        Random random = new Random(3);
        int dropped = 0;
        int kept = 0;
        for (int i = 0; i < 600; i++) {
            List<String> words = words(random, 200);
            String one = String.join(" ", words);
            for (int change = random.nextInt(30); change > 0; change--) {
                words.set(random.nextInt(200), "x" + random.nextInt(5000));
            }
            String other = String.join(" ", words);
            double exact = Duplicates.similarity(one, other);
            Step.Pass pass = Duplicates.near(0.8).begin();
            assertInstanceOf(Verdict.Keep.class, pass.judge(document(one)));
            Verdict verdict = pass.judge(document(other));
            if (verdict instanceof Verdict.Drop drop) {
                dropped++;
                assertEquals(exact, drop.value(), 1e-9, "is what it says");
                assertTrue(exact >= 0.8, "dropped at a similarity of " + exact);
                assertEquals(Math.nextDown(0.8), drop.high());
            } else {
                kept++;
                assertTrue(exact < 0.95, "kept at a similarity of " + exact);
            }
        }
        assertTrue(dropped > 100 && kept > 100, dropped + " dropped, " + kept + " kept");
    }

    /** Words or characters that no text has twice: 90 shingles, of which the first ones are those of another text. */
    private static List<String> pair(Random random, int shared, boolean ideographs) {
        List<String> different = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            different.add(ideographs ? new String(Character.toChars(0x4E00 + i)) : "w" + i);
        }
        Collections.shuffle(different, random);
        String between = ideographs ? "" : " ";
        List<String> other = new ArrayList<>(different.subList(0, shared + 4));
        other.addAll(different.subList(1000, 1000 + 90 - shared));
        return List.of(String.join(between, different.subList(0, 94)), String.join(between, other));
    }

    private static int found(double threshold, int shared, boolean ideographs, int pairs) {
        Random random = new Random(7);
        int found = 0;
        for (int i = 0; i < pairs; i++) {
            List<String> texts = pair(random, shared, ideographs);
            Step.Pass pass = Duplicates.near(threshold).begin();
            pass.judge(document(texts.get(0)));
            if (pass.judge(document(texts.get(1))) instanceof Verdict.Drop drop) {
                found++;
                assertEquals(shared / (180.0 - shared), drop.value());
            }
        }
        return found;
    }

    @Test
    void ofPairsAtTheThresholdTheStatedShareIsFoundInLanguagesWithAndWithoutSpaces() {
        assertEquals(0.947, Duplicates.found(0.8, 0.8), 5e-4);
        for (boolean ideographs : new boolean[] {false, true}) {
            assertEquals(Duplicates.found(0.8, 0.8), found(0.8, 80, ideographs, 2000) / 2000.0, 0.02);
            assertEquals(Duplicates.found(0.5, 0.5), found(0.5, 60, ideographs, 500) / 500.0, 0.02);
            assertEquals(Duplicates.found(0.5, 0.8), found(0.5, 80, ideographs, 500) / 500.0, 0.01);
        }
    }

    @Test
    void ofPairsJustBelowTheThresholdNoneIsDropped() {
        assertEquals(0, found(0.8, 79, false, 500));
        assertEquals(0, found(0.5, 59, true, 500));
    }

    @Test
    void bandsAreAsLongAsTheStatedShareAllows() {
        for (double threshold = 0.03; threshold < 1; threshold += 0.001) {
            int rows = SimilarTexts.rows(threshold);
            assertTrue(Duplicates.found(threshold, threshold) >= 0.94, "at " + threshold);
            assertTrue(rows == 8 || SimilarTexts.found(threshold, rows + 1) < 0.94, "at " + threshold);
        }
        assertEquals(8, SimilarTexts.rows(0.8));
        assertEquals(8, SimilarTexts.rows(0.99));
        assertEquals(3, SimilarTexts.rows(0.5));
        assertEquals(1, SimilarTexts.rows(0));
        assertEquals(1 - Math.pow(1 - Math.pow(0.9, 3), 42), Duplicates.found(0.5, 0.9), 1e-12);
    }

    /** What a memory is told of a text: a signature that is all zeros but for its first bands, and its shingles. */
    private static byte[] key(int firstBand, int secondBand, int rest, int... shingles) {
        byte[] signature = new byte[128];
        Arrays.fill(signature, (byte) rest);
        Arrays.fill(signature, 0, 3, (byte) firstBand); // bands of three at 0.5
        Arrays.fill(signature, 3, 6, (byte) secondBand);
        return SimilarTexts.key(signature, shingles);
    }

    private static String nearest(SimilarTexts texts, byte[] key) {
        byte[] found = texts.decide("asked", key);
        return found.length == 0 ? "none" : new String(found, Double.BYTES, found.length - Double.BYTES);
    }

    @Test
    void ofTextsThatAreEquallyLikeTheFirstIsNamed() {
        SimilarTexts both = new SimilarTexts(0.5);
        both.decide("first", key(1, 7, 3, 10, 11, 12, 13));
        both.decide("second", key(8, 2, 4, 10, 11, 14, 15));
        assertEquals("first", nearest(both, key(1, 2, 5, 10, 11)), "half of four, exactly at the threshold");
    }

    @Test
    void aBandRemembersEveryTextThatHasIt() {
        SimilarTexts texts = new SimilarTexts(0.5);
        texts.decide("first", key(1, 2, 3, 10, 11, 12));
        texts.decide("second", key(1, 4, 5, 20, 21, 22));
        texts.decide("third", key(1, 6, 7, 30, 31, 32));
        assertEquals("first", nearest(texts, key(1, 8, 9, 10, 11, 12)));
    }

    @Test
    void aLongTextIsNotLikeAShortOneThatItHolds() {
        Random random = new Random(9);
        List<String> words = words(random, 400);
        String whole = String.join(" ", words);
        String part = String.join(" ", words.subList(0, 300));
        for (List<String> order : List.of(List.of(whole, part), List.of(part, whole))) {
            Step.Pass pass = Duplicates.near(0.7).begin();
            pass.judge(document(order.get(0)));
            Verdict.Drop drop = assertInstanceOf(Verdict.Drop.class, pass.judge(document(order.get(1))));
            assertEquals(Duplicates.similarity(whole, part), drop.value(), 1e-9);
            Step.Pass strict = Duplicates.near(0.76).begin();
            strict.judge(document(order.get(0)));
            assertInstanceOf(Verdict.Keep.class, strict.judge(document(order.get(1))));
        }
    }

    @Test
    void ofEquallyNearOnesTheFirstIsNamed() {
        Random random = new Random(8);
        List<String> words = words(random, 300);
        Step.Pass pass = Duplicates.near(0.9).begin();
        Document first = document("first " + String.join(" ", words) + " last");
        List<Document> others = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            List<String> changed = new ArrayList<>(words);
            changed.set(20 + 50 * i, "changed");
            changed.set(40 + 50 * i, "changed");
            others.add(document(String.join(" ", changed)));
        }
        Step.Pass all = Duplicates.near(0.9).begin();
        others.forEach(each -> assertInstanceOf(Verdict.Keep.class, all.judge(each)));
        Verdict.Drop drop = assertInstanceOf(Verdict.Drop.class, all.judge(document(String.join(" ", words))));
        assertEquals("much like " + others.get(0).id(), drop.note());
        pass.judge(first);
        assertInstanceOf(Verdict.Drop.class, pass.judge(document(String.join(" ", words))));
    }

    @Test
    void ofManyDifferentDocumentsNoneIsDropped() {
        Random random = new Random(5);
        Step.Pass pass = Duplicates.near(0.5).begin();
        for (int i = 0; i < 2000; i++) {
            assertInstanceOf(Verdict.Keep.class, pass.judge(document(String.join(" ", words(random, 60)))));
        }
    }

    @Test
    void theNearestOfTheEarlierOnesIsNamed() {
        Random random = new Random(6);
        List<String> words = words(random, 300);
        Document far = document(String.join(" ", words));
        words.set(7, "changed");
        words.set(207, "changed");
        Document near = document(String.join(" ", words) + " and more");
        Step.Pass pass = Duplicates.near(0.999).begin();
        pass.judge(far);
        pass.judge(near);
        Verdict.Drop drop = assertInstanceOf(
                Verdict.Drop.class, pass.judge(document(String.join(" ", words).toUpperCase() + ", and more!")));
        assertEquals("much like " + near.id(), drop.note());
        assertEquals(1, drop.value());
    }

    @Test
    void textsWithoutWordsAreNotTakenForEachOther() {
        Step.Pass pass = Duplicates.near(0.8).begin();
        for (String text : List.of("+---+\n|   |\n+---+", "~~~", "???", "")) {
            assertInstanceOf(Verdict.Keep.class, pass.judge(document(text)), text);
        }
    }

    @Test
    void shortTextsAreComparedAsAWhole() {
        Step.Pass pass = Duplicates.near(0.8).begin();
        assertInstanceOf(Verdict.Keep.class, pass.judge(document("Thank you.")));
        assertInstanceOf(Verdict.Keep.class, pass.judge(document("Thank you all.")));
        assertInstanceOf(Verdict.Drop.class, pass.judge(document("thank YOU")));
        assertEquals(1, Duplicates.similarity("Thank you.", "thank you"));
        assertEquals(0, Duplicates.similarity("Thank you.", "thank them"));
    }

    @Test
    void exactDuplicatesAreBlindToCaseAndSpaceAndToNothingElse() {
        Step.Pass pass = Duplicates.exact().begin();
        assertInstanceOf(Verdict.Keep.class, pass.judge(document("One two.\nThree")));
        assertInstanceOf(Verdict.Drop.class, pass.judge(document("  one  TWO.\u00A0three\u3000")));
        assertInstanceOf(Verdict.Keep.class, pass.judge(document("One two, three")));
        assertInstanceOf(Verdict.Keep.class, pass.judge(document("One tw o. three")));
    }

    @Test
    void aThresholdThatIsNoneIsRefused() {
        for (double wrong : new double[] {1, -0.1, 1.1, Double.NaN}) {
            assertThrows(KitException.class, () -> Duplicates.near(wrong));
        }
    }

    @Test
    void aDocumentIsFoundBehindAllThatCameAfterItInItsBands() {
        Random random = new Random(5);
        List<String> words = words(random, 400);
        Step.Pass pass = Duplicates.near(0.8).begin();
        Document first = document(String.join(" ", words));
        assertInstanceOf(Verdict.Keep.class, pass.judge(first));
        // Each has half of the words: unlike enough to be kept, and in some band or other where the first one lies.
        for (int i = 0; i < 200; i++) {
            List<String> half = new ArrayList<>(words);
            for (int at = i; at < i + 140; at++) {
                half.set(at, "y" + i + "-" + at);
            }
            assertInstanceOf(Verdict.Keep.class, pass.judge(document(String.join(" ", half))));
        }
        words.set(399, "changed");
        Verdict.Drop drop = assertInstanceOf(Verdict.Drop.class, pass.judge(document(String.join(" ", words))));
        assertTrue(drop.note().contains("much like " + first.id()), drop.note());
    }
}
