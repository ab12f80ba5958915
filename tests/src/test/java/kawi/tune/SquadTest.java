package kawi.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
        Pool pool = Squad.read(file);
        List<Example> examples = pool.examples();
        assertEquals(1, examples.size());
        assertEquals(Map.of("marked as impossible to answer", 1), pool.leftOut());
        assertEquals(
                Example.of(
                        "Paris", "Paris is the capital of France.", "What is the capital of France?", List.of("Paris")),
                examples.get(0));
    }

    @Test
    void whatIsNoAnswerInItsParagraphIsCountedAndNeverBecomesOne() throws IOException {
        Path file = folder.resolve("odd.json");
        Files.writeString(file, """
        {"version": "2.0", "data": [
         {"title": "T"},
         {"title": "T", "paragraphs": [{"context": "\ud83d\ude00 Paris is big. Paris is old."},
          {"context": "\ud83d\ude00 Paris is big. Paris is old.", "qas": [
          {"id": "1", "question": "ok?", "answers": [{"text": "Paris", "answer_start": 2}]},
          {"id": "2", "question": "elsewhere?", "answers": [{"text": "Paris", "answer_start": 9}]},
          {"id": "3", "question": "absent?", "answers": [{"text": "London", "answer_start": 2}]},
          {"id": "4", "question": "plausible?", "is_impossible": true, "answers": [],
           "plausible_answers": [{"text": "Paris", "answer_start": 2}]},
          {"id": "5", "question": "columns?", "answers": {"text": ["Paris"], "answer_start": [2]}},
          {"id": "6", "answers": [{"text": "Paris", "answer_start": 2}]},
          {"id": "7", "question": "empty?", "answers": [{"text": "", "answer_start": 0}, {"text": "big"}]},
          {"id": "8", "question": "none?"}]}]}]}""");
        Pool pool = Squad.read(file);
        assertEquals(
                List.of(List.of("Paris"), List.of("big")),
                pool.examples().stream().map(Example::gold).toList());
        assertEquals(
                Map.of(
                        "an article without paragraphs", 1,
                        "a paragraph without questions", 1,
                        "an answer that is elsewhere than its answer_start", 1,
                        "an answer that is not in its paragraph", 1,
                        "no answer left", 2,
                        "marked as impossible to answer", 1,
                        "answers in another layout", 1,
                        "a question without words", 1,
                        "an answer without words", 1,
                        "no answers", 1),
                pool.leftOut());
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
