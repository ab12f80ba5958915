package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
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
                assertTrue(exact > 0.62, "dropped at a similarity of " + exact);
                assertEquals(exact, drop.value(), 0.16, "the estimate");
                assertEquals(0.8, drop.high());
            } else {
                kept++;
                assertTrue(exact < 0.95, "kept at a similarity of " + exact);
            }
        }
        assertTrue(dropped > 100 && kept > 100, dropped + " dropped, " + kept + " kept");
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
