package kawi.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import kawi.corpus.Document;
import kawi.evidence.Progress;
import org.junit.jupiter.api.Test;

/** A reader of one's own may give its documents any ids: none of them is dropped for what it is called. */
class EveryIdIsTakenTest {

    @Test
    void documentsOfAnyIdAreKeptWhereThereIsRoom() {
        Source source = new Source("s", null, null, "MIT", null, null, null, null, false, null, null, null, null);
        Intake intake = new Intake(source, 10, 1000, Progress.NONE);
        List<String> ids = List.of("a", "~home", "über", "\u6587");
        for (String id : ids) {
            intake.take(new Document(id, "s", null, null, null, null, "MIT", null, "text"));
        }
        Reading reading = intake.reading();
        assertEquals(ids, reading.documents().stream().map(Document::id).toList());
        assertEquals(4, reading.offered());
    }
}
