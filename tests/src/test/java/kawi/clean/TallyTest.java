package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;

import kawi.corpus.Document;
import org.junit.jupiter.api.Test;

class TallyTest {
    @Test
    void aDocumentGoesOnWithTheBytesThatTheStepLeftAndIsDroppedWithThoseItCameWith() {
        Document document = Document.collected("s", "p", null, null, null, "g", "CC0-1.0", null, "four words of text");
        Document shorter = document.withText("text");
        Tally tally = new Tally(1);
        assertEquals(90, tally.count(0, document, 90, Verdict.keep(document)));
        assertEquals(shorter.bytes(), tally.count(0, document, 90, Verdict.keep(shorter)));
        assertEquals(90, tally.count(0, document, 90, Verdict.drop("a reason")));
    }
}
