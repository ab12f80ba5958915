package kawi.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import kawi.evidence.KitException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictionsTest {
    @TempDir
    Path folder;

    private Path file;
    private String line;
    private final List<Example> one = List.of(Example.of("kind", "", "question", List.of("a")));

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("predictions.jsonl");
        Predictions.write(file, Predictions.rows(one, List.of("b"), List.of("c"), List.of("d"), new double[] {0.5}));
        line = Files.readString(file);
    }

    private void refused(String text, String word) throws IOException {
        Files.writeString(file, line + text);
        KitException e = assertThrows(KitException.class, () -> Predictions.read(file));
        assertTrue(e.getMessage().contains(file + ", line 2, is no prediction"), e.getMessage());
        assertTrue(e.getMessage().contains(word), e.getMessage());
        assertTrue(!e.getMessage().contains("\n"), e.getMessage());
    }

    @Test
    void aLineThatLacksSomethingOrKnowsMoreIsRefusedByItsNumber() throws IOException {
        assertEquals(1, Predictions.read(file).size());
        for (String key :
                List.of("id", "slice", "context", "input", "gold", "before", "after", "baseline", "positive")) {
            refused(
                    line.replaceFirst("\"" + key + "\":(\\[[^]]*]|\"[^\"]*\"|[0-9.]+),?", "")
                            .replace(",}", "}"),
                    key);
        }
        refused(line.replaceFirst("\\{", "{\"mood\":1,"), "mood");
        refused("null\n", "needs an id");
        refused("[]\n", "");
        refused("\n", "");
        refused(line.replace("[\"a\"]", "[]"), "acceptable answer");
        refused(line.replace("\"b\"", "null"), "before");
        refused(line.replace("0.5", "1.5"), "1.5");
        refused(line.replace("0.5", "-0.5"), "-0.5");
        refused(line.strip().substring(0, 40), "");
    }

    @Test
    void answersOfAnotherNumberThanTheExamplesAreRefused() {
        List<String> two = List.of("x", "y");
        List<String> right = List.of("x");
        assertThrows(KitException.class, () -> Predictions.rows(one, two, right, right, null));
        assertThrows(KitException.class, () -> Predictions.rows(one, right, two, right, null));
        assertThrows(KitException.class, () -> Predictions.rows(one, right, right, List.of(), null));
        assertThrows(KitException.class, () -> Predictions.rows(one, right, right, right, new double[2]));
    }
}
