package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;

/** How much of the labelled personal data is found, and how much of what is found is none. */
class PersonalDataScoresTest {

    @Test
    void everyLabelOfTheKitsLinesIsFoundAndNothingElse() {
        List<String> wrong = new ArrayList<>();
        for (LabelledPii line : LabelledPii.all()) {
            List<Pii.Found> found = Pii.find(line.text());
            if (!found.equals(line.labels())) {
                wrong.add(line.language() + ": " + line.text() + " -> " + found);
            }
        }
        assertEquals(List.of(), wrong, String.join("\n", wrong));
        for (LabelledPii.Score kind : LabelledPii.byKind(LabelledPii.all(), Pii::find)) {
            assertTrue(kind.labelled() >= 15, kind.toString());
        }
        assertTrue(LabelledPii.byLanguage(LabelledPii.all(), Pii::find).size() >= 17);
        long harmless = LabelledPii.all().stream()
                .filter(line -> line.labels().isEmpty())
                .count();
        assertTrue(harmless >= 100, harmless + " harmless lines");
    }

    @Test
    void scoresCountLabelsFindsAndWhatIsBoth() {
        List<LabelledPii> lines = List.of(
                LabelledPii.parse("en", "to [[email:a@b.org]] or [[phone:12]]."),
                LabelledPii.parse("de", "nichts a@c.org"));
        assertEquals("to a@b.org or 12.", lines.get(0).text());
        assertEquals(
                new Pii.Found(Pii.Kind.PHONE, 14, 16, "12"),
                lines.get(0).labels().get(1));
        assertEquals(
                List.of(
                        new LabelledPii.Score("email", 1, 2, 1),
                        new LabelledPii.Score("phone", 1, 0, 0),
                        new LabelledPii.Score("all", 2, 2, 1)),
                LabelledPii.byKind(lines, Pii::find));
        assertEquals(
                List.of(
                        new LabelledPii.Score("de", 0, 1, 0),
                        new LabelledPii.Score("en", 2, 1, 1),
                        new LabelledPii.Score("all", 2, 2, 1)),
                LabelledPii.byLanguage(lines, Pii::find));
        LabelledPii.Score score = new LabelledPii.Score("x", 4, 2, 1);
        assertEquals(0.5, score.precision());
        assertEquals(0.25, score.recall());
        assertEquals(1 / 3.0, score.f1(), 1e-12);
        LabelledPii.Score none = new LabelledPii.Score("x", 0, 0, 0);
        assertEquals(List.of(1.0, 1.0, 1.0), List.of(none.precision(), none.recall(), none.f1()));
    }

    @Test
    void aMarkThatNamesNoKindIsSaid() {
        String message = assertThrows(KitException.class, () -> LabelledPii.parse("en", "[[name:Ada]]"))
                .getMessage();
        assertTrue(message.contains("[[name:") && message.contains("email"), message);
    }
}
