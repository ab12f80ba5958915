package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import kawi.corpus.Corpus;
import kawi.corpus.Document;
import kawi.corpus.Skipped;
import kawi.corpus.Split;
import kawi.evidence.KitException;
import kawi.text.Samples;
import org.junit.jupiter.api.Test;

class DecontaminationTest {

    private static final String TESTED =
            "the quick brown fox jumps over the lazy dog while twelve old crows look on from a fence";

    /** A document of the wanted split: numbers are tried until the id falls there. */
    private static Document document(Split split, String text) {
        for (int i = 0; ; i++) {
            Document document =
                    Document.collected("test", String.valueOf(i), null, null, null, null, "CC0-1.0", null, text);
            if (document.split() == split) return document;
        }
    }

    @Test
    void aTrainingDocumentThatHoldsATestedTextIsDroppedWhateverItsCaseAndPunctuation() {
        Step.Pass pass = Decontamination.of(13, 0.5).begin();
        assertInstanceOf(Verdict.Keep.class, pass.judge(document(Split.TEST, TESTED)));
        assertInstanceOf(
                Verdict.Drop.class,
                pass.judge(document(Split.TRAIN, TESTED.toUpperCase().replace(" while", ", while") + ".")));
        assertInstanceOf(
                Verdict.Keep.class,
                pass.judge(document(Split.TRAIN, TESTED + " and " + String.join(" ", Samples.prose(1)))));
        assertInstanceOf(Verdict.Keep.class, pass.judge(document(Split.TRAIN, "the quick brown fox")));
    }

    @Test
    void heldOutDocumentsAreNeverDroppedAndComeFirst() {
        List<Document> documents = new ArrayList<>(List.of(
                document(Split.TRAIN, "a b"),
                document(Split.VALIDATION, "c"),
                document(Split.TEST, "d"),
                document(Split.TRAIN, "e")));
        Corpus ordered = Decontamination.heldOutFirst(Corpus.of(documents));
        documents.sort(Comparator.comparing(d -> -d.split().ordinal()));
        assertEquals(documents, ordered.stream().toList());
        assertEquals(4, ordered.size());
        List<Skipped> aside = List.of(new Skipped("a.txt", "is empty"));
        Corpus withSkipped = new Corpus() {
            @Override
            public long size() {
                return 0;
            }

            @Override
            public List<Skipped> skipped() {
                return aside;
            }

            @Override
            public Iterator<Document> iterator() {
                return Collections.emptyIterator();
            }
        };
        assertEquals(aside, Decontamination.heldOutFirst(withSkipped).skipped());
        Step.Pass pass = Decontamination.of(1, 0).begin();
        assertInstanceOf(Verdict.Keep.class, pass.judge(document(Split.TEST, TESTED)));
        assertInstanceOf(Verdict.Keep.class, pass.judge(document(Split.VALIDATION, TESTED)));
    }

    @Test
    void heldOutDocumentsAfterTrainingOnesAreRefused() {
        Step.Pass pass = Decontamination.of(13, 0.5).begin();
        pass.judge(document(Split.TRAIN, TESTED));
        String said = assertThrows(KitException.class, () -> pass.judge(document(Split.TEST, TESTED)))
                .getMessage();
        assertTrue(said.contains("heldOutFirst"), said);
    }

    @Test
    void oneRunOfATestSetIsEnoughHoweverLongTheDocumentIs() {
        String quoting = String.join(" ", Samples.prose(1)) + " " + TESTED.toUpperCase() + " "
                + String.join(" ", Samples.prose(2));
        Step.Pass pass = Decontamination.of(13, 0.5)
                .against(List.of(TESTED, "a short one"))
                .begin();
        Verdict.Drop drop = assertInstanceOf(Verdict.Drop.class, pass.judge(document(Split.TRAIN, quoting)));
        assertEquals("runs of 13 words of a test set", drop.measure());
        assertInstanceOf(Verdict.Drop.class, pass.judge(document(Split.TRAIN, "A short one.")));
        assertInstanceOf(Verdict.Keep.class, pass.judge(document(Split.TRAIN, "not a short one")));
        assertInstanceOf(Verdict.Keep.class, Decontamination.of(13, 0.5).begin().judge(document(Split.TRAIN, quoting)));
        Step.Pass heldOut = Decontamination.of(13, 0.5).against(List.of(TESTED)).begin();
        assertInstanceOf(Verdict.Keep.class, heldOut.judge(document(Split.TEST, quoting)), "only training texts go");
    }

    @Test
    void theShareThatIsAllowedIsKeptAndOneRunMoreIsNot() {
        // Five runs of three words: "a b c", "b c d", "c d e", "d e f", "e f g".
        Step.Pass pass = Decontamination.of(3, 0.4).begin();
        pass.judge(document(Split.VALIDATION, "a b c d x y e f g"));
        assertInstanceOf(Verdict.Keep.class, pass.judge(document(Split.TRAIN, "a b c d p q r")));
        Verdict.Drop drop =
                assertInstanceOf(Verdict.Drop.class, pass.judge(document(Split.TRAIN, "A, b, c, d! e f g")));
        assertEquals("3 of 5", drop.note());
        assertEquals(0.6, drop.value());
        assertEquals(0.4, drop.high());
    }

    @Test
    void aTextShorterThanARunIsFoundWhereItIsAHeldOutTextAsAWhole() {
        Step.Pass pass = Decontamination.of(13, 0).begin();
        pass.judge(document(Split.TEST, "To be, or not to be"));
        assertInstanceOf(Verdict.Drop.class, pass.judge(document(Split.TRAIN, "to be or not to be.")));
        assertInstanceOf(Verdict.Keep.class, pass.judge(document(Split.TRAIN, "to be or not")));
        assertInstanceOf(Verdict.Keep.class, pass.judge(document(Split.TRAIN, "...")));
    }

    @Test
    void aShareBeyondOneIsRefused() {
        assertThrows(KitException.class, () -> Decontamination.of(13, 1.5));
    }

    @Test
    void aParagraphThatStoodInAnEarlierDocumentIsTakenOut() {
        Step.Pass pass = RepeatedParagraphs.of(10).begin();
        assertInstanceOf(Verdict.Keep.class, pass.judge(document(Split.TRAIN, TESTED + "\n\nFirst of its kind.")));
        String again = "Second of its kind.\n\n" + TESTED.toUpperCase().replace(" fox", "\nfox") + "!\n\nThank you.";
        assertEquals(
                "Second of its kind.\n\nThank you.",
                ((Verdict.Keep) pass.judge(document(Split.TRAIN, again)))
                        .document()
                        .text());
        assertInstanceOf(Verdict.Drop.class, pass.judge(document(Split.TRAIN, TESTED + ".")));
    }
}
