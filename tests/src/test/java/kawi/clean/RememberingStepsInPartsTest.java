package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import kawi.corpus.Document;
import kawi.corpus.Split;
import kawi.evidence.KitException;
import kawi.text.Samples;
import org.junit.jupiter.api.Test;

/** What a step decides in three parts, as on several machines, is what it decides in one. */
class RememberingStepsInPartsTest {
    private static final String PROSE = String.join(" ", Samples.prose(3));

    private static Document document(Split split, String text) {
        for (int i = 0; ; i++) {
            Document document =
                    Document.collected("test", String.valueOf(i), null, null, null, null, "CC0-1.0", null, text);
            if (document.split() == split) return document;
        }
    }

    private static List<Document> documents() {
        List<Document> documents = new ArrayList<>(List.of(
                document(Split.TEST, "a b c d x y e f g"),
                document(Split.VALIDATION, "one two three four five\n\nsix seven eight nine ten"),
                document(Split.VALIDATION, PROSE),
                document(Split.TEST, "..."),
                document(Split.TRAIN, "A, b, c, d! e f g"),
                document(Split.TRAIN, "a b c d p q r"),
                document(Split.TRAIN, PROSE + " and a little more of it"),
                document(Split.TRAIN, PROSE.toUpperCase()),
                document(Split.TRAIN, "Six seven eight nine ten.\n\nEleven twelve.\n\nOne two three four five!"),
                document(Split.TRAIN, "Six seven eight nine ten."),
                document(Split.TRAIN, "the question of a benchmark"),
                document(Split.TRAIN, "this holds the question of a benchmark in many more words than it has itself"),
                document(Split.TRAIN, "..."),
                document(Split.TRAIN, "words of its own, and of nobody else")));
        Random random = new Random(5);
        for (int i = 0; i < 40; i++) {
            StringBuilder text = new StringBuilder();
            for (int w = 0; w < 30; w++) {
                text.append((char) ('a' + random.nextInt(26)))
                        .append((char) ('a' + random.nextInt(3)))
                        .append(' ');
            }
            documents.add(document(Split.TRAIN, text.toString()));
        }
        return documents;
    }

    @Test
    void theVerdictsAreThoseOfOneMachineInWhateverOrderTheyAreGiven() {
        for (Step step : List.of(
                Decontamination.of(3, 0.4),
                Decontamination.of(3, 0.4).against(List.of("The question of a benchmark?")),
                Decontamination.of(1, 1),
                Duplicates.exact(),
                Duplicates.near(0.7),
                RepeatedParagraphs.of(4))) {
            List<Document> documents = documents();
            Step.Pass pass = step.begin();
            List<Verdict> whole = documents.stream().map(pass::judge).toList();
            RememberingStep inParts = (RememberingStep) step;
            RememberingStep.Memory memory = inParts.remember();
            List<byte[]> decisions = documents.stream()
                    .map(each -> memory.decide(each.id(), inParts.key(each)))
                    .toList();
            assertEquals(
                    step instanceof Decontamination, memory.known().length > 0, "what its judge is to know besides");
            RememberingStep.Judge judge = inParts.judge(memory.known());
            List<Verdict> parts = new ArrayList<>();
            for (int i = documents.size() - 1; i >= 0; i--) {
                parts.add(judge.of(documents.get(i), decisions.get(i)));
            }
            Collections.reverse(parts);
            assertEquals(whole, parts, step.toString());
            assertTrue(
                    step.toString().startsWith("runs of 1 ")
                            || whole.stream().anyMatch(each -> !(each instanceof Verdict.Keep)),
                    "it drops some of them: " + step.name());
        }
    }

    @Test
    void ofATrainingDocumentDecontaminationKeepsNothing() {
        Decontamination step = Decontamination.of(3, 0.4);
        RememberingStep.Memory memory = step.remember();
        assertEquals(0, memory.known().length);
        byte[] heldOut = step.key(document(Split.TEST, "a b c d"));
        assertEquals(1 + 2 * Long.BYTES, heldOut.length, "two runs of three words");
        assertEquals(0, memory.decide("held out", heldOut).length);
        assertEquals(0, memory.decide("again", heldOut).length);
        assertEquals(2 * Long.BYTES, memory.known().length);
        ByteBuffer known = ByteBuffer.wrap(memory.known());
        assertTrue(known.getLong() < known.getLong(), "in order, so that equal runs are equal bytes");
        byte[] training = step.key(document(Split.TRAIN, "a b c d"));
        assertEquals(1, training.length);
        assertEquals(0, memory.decide("training", training).length);
        assertEquals(2 * Long.BYTES, memory.known().length);
        String said = assertThrows(KitException.class, () -> memory.decide("late", heldOut))
                .getMessage();
        assertTrue(said.startsWith("Decontamination met the held-out document late after training documents"), said);
    }

    @Test
    void aStepSaysWhatItAllows() {
        assertEquals(
                "runs of 13 words, at most 0.5 of a document's",
                Decontamination.of(13, 0.5).toString());
        assertEquals(
                "runs of 1 words, at most 0.0 of a document's, none of 2 texts of test sets",
                Decontamination.of(1, 0).against(List.of("a", "b")).toString());
    }

    @Test
    void aDecontaminationOfNoWordOrOfNoShareIsRefused() {
        for (double share : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThrows(KitException.class, () -> Decontamination.of(13, share));
        }
        assertThrows(KitException.class, () -> Decontamination.of(0, 0.5));
    }

    @Test
    void aSetOfHashesFindsWhatWasAddedAndNothingElse() {
        LongSet set = new LongSet(4); // sixteen places: the hashes below all belong into the last of them
        long[] added = {15, 31, 47, -17};
        for (long hash : added) {
            assertFalse(set.contains(hash));
            set.add(hash);
            assertTrue(set.contains(hash));
        }
        for (long hash : added) assertTrue(set.contains(hash), "hash " + hash);
        assertFalse(set.contains(63));
        assertFalse(set.contains(0));
        set.add(0);
        assertTrue(set.contains(0));
        assertFalse(set.contains(16));
        LongSet many = new LongSet(1000);
        Random random = new Random(1);
        long[] drawn = random.longs(1000).toArray();
        for (long each : drawn) many.add(each);
        for (long each : drawn) assertTrue(many.contains(each));
        assertTrue(random.longs(1000).noneMatch(many::contains));
    }
}
