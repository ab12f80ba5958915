package kawi.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import kawi.baseline.MethodNameBaseline;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskTest {
    @TempDir
    Path folder;

    @Test
    void promptsNeverHoldTheAnswer() {
        Example example = Example.of("made", "Some text.", "Type.name(int x)", List.of("golden"));
        for (Task task : List.of(new Sentiment(), new QuestionAnswering(), new Translation(), new MethodSummaries())) {
            assertTrue(!(task.prompt(example) + task.instruction(example)).contains("golden"), task.name());
            assertTrue(task.prompt(example).contains(example.input()), task.name());
        }
    }

    @Test
    void aNameSaidInWordsIsASentence() {
        assertEquals(
                List.of("Gets the given reader.", "Parses utf values."),
                new MethodNameBaseline()
                        .predict(List.of(
                                Example.of("made", "", "IOUtils.get(Reader reader)", List.of("x")),
                                Example.of("made", "", "Strings.parseUTFValues()", List.of("x")))));
    }

    @Test
    void predictionsAreReadBackAsTheyWereWritten() {
        List<Example> examples = List.of(Example.of("kind", "text\nof lines", "question \u00e9", List.of("a", "b")));
        List<Predictions.Row> rows = Predictions.rows(
                examples, List.of("before"), List.of("after"), List.of("classic"), new double[] {0.25});
        Predictions.write(folder.resolve("predictions.jsonl"), rows);
        assertEquals(rows, Predictions.read(folder.resolve("predictions.jsonl")));
        List<Predictions.Row> open =
                Predictions.rows(examples, List.of("before"), List.of("after"), List.of("classic"), null);
        Predictions.write(folder.resolve("predictions.jsonl"), open);
        assertEquals(open, Predictions.read(folder.resolve("predictions.jsonl")));
    }

    @Test
    void aLineThatIsNoPredictionIsNamedByItsNumber() throws IOException {
        Path file = folder.resolve("predictions.jsonl");
        Predictions.write(
                file,
                Predictions.rows(
                        List.of(Example.of("k", "", "q", List.of("a"))),
                        List.of("b"),
                        List.of("c"),
                        List.of("d"),
                        null));
        Files.writeString(file, Files.readString(file) + "{\"id\": 3\n");
        KitException e = assertThrows(KitException.class, () -> Predictions.read(file));
        assertTrue(e.getMessage().contains("line 2") && !e.getMessage().contains("\n"), e.getMessage());
    }
}
