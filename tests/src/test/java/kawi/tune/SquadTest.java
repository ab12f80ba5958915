package kawi.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SquadTest {
    @TempDir
    Path folder;

    @Test
    void questionsComeWithAllTheirAnswersAndUnanswerableOnesAreLeftOut() throws IOException {
        Path file = folder.resolve("squad.json");
        Files.writeString(file, """
        {"data": [{"title": "Paris", "paragraphs": [{"context": "Paris is the capital of France.", "qas": [
          {"question": "What is the capital of France? ", "answers": [{"text": "Paris", "answer_start": 0},
            {"text": "Paris", "answer_start": 0}]},
          {"question": "Who is its mayor?", "answers": [], "is_impossible": true}]}]}]}""");
        List<Example> examples = Squad.read(file);
        assertEquals(1, examples.size());
        assertEquals(
                Example.of(
                        "Paris", "Paris is the capital of France.", "What is the capital of France?", List.of("Paris")),
                examples.get(0));
    }

    @Test
    void aFileThatIsMissingCutShortOrOfAnotherLayoutIsNamedInASentence() throws IOException {
        for (String content : new String[] {null, "{\"data\": [", "[1, 2]", ""}) {
            Path file = folder.resolve("bad.json");
            Files.deleteIfExists(file);
            if (content != null) {
                Files.writeString(file, content);
            }
            KitException e = assertThrows(KitException.class, () -> Squad.read(file));
            assertTrue(e.getMessage().contains("bad.json") && !e.getMessage().contains("\n"), e.getMessage());
        }
    }
}
