package kawi.eval;

import static org.junit.jupiter.api.Assertions.*;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.Pretrained;
import kawi.model.Smol;
import kawi.torch.Torch;
import kawi.tune.Example;
import kawi.tune.Lora;
import kawi.tune.LoraTuning;
import kawi.tune.MethodSummaries;
import kawi.tune.Tuned;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForgettingTest {
    static final Path DATASETS = Path.of(System.getProperty("kawi.home", ".."), "datasets");

    @Test
    void anAnswerIsRightIfAnAcceptedOneStandsInItAsWholeWords() {
        OpenQuestion question = new OpenQuestion("Which gas do plants take in?", List.of("carbon dioxide", "CO2"));
        assertTrue(question.rightly("It is Carbon-dioxide, I think."));
        assertTrue(question.rightly("co2"));
        assertFalse(question.rightly("carbon dioxides"));
        assertFalse(question.rightly("dioxide carbon"));
        assertFalse(question.rightly("XCO2"));
        assertFalse(question.rightly(""));
        assertTrue(new OpenQuestion("In which country?", List.of("São Tomé")).rightly("SÃO TOMÉ!"));
        assertTrue(assertThrows(KitException.class, () -> new OpenQuestion("What?", List.of("?!")))
                .getMessage()
                .contains("neither letter nor digit"));
        assertThrows(KitException.class, () -> new OpenQuestion(" ", List.of("yes")));
    }

    @Test
    void whatForgettingIsMeasuredByIsNeitherReplayedNorChosenBy() {
        Path file = DATASETS.resolve("general-questions.jsonl");
        List<OpenQuestion> measure = OpenQuestion.read(file, "measure"), choose = OpenQuestion.read(file, "choose");
        List<OpenQuestion> replay = OpenQuestion.read(file, "replay"); // a question that stands twice is refused
        assertEquals(List.of(20, 20, 64), List.of(measure.size(), choose.size(), replay.size()));
        assertTrue(measure.stream().noneMatch(question -> question.answers().isEmpty()));
        assertTrue(choose.stream().noneMatch(question -> question.answers().isEmpty()));
    }

    @Test
    void aFileOfQuestionsThatCannotBeUsedIsRefusedWithItsLine(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("mine.jsonl");
        String good = "{\"part\": \"measure\", \"question\": \"Who?\", \"answers\": [\"me\"]}\n";
        Map<String, String> refused = Map.of(
                good + "{\"part\": \"measure\"",
                "Line 2 of mine.jsonl is no whole JSON object",
                good + "{\"question\": \"Where?\"}",
                "Line 2 of mine.jsonl has no texts",
                good + "{\"part\": \"replay\", \"question\": \"who\"}",
                "Line 2 of mine.jsonl asks \"who\" again",
                "{\"part\": \"measure\", \"question\": \"Who?\", \"answers\": [4]}",
                "Line 1 of mine.jsonl accepts 4",
                "{\"part\": \"replay\", \"question\": \"Who?\"}",
                "No question of mine.jsonl is of the part");
        for (Map.Entry<String, String> each : refused.entrySet()) {
            Files.writeString(file, each.getKey());
            String said = assertThrows(KitException.class, () -> OpenQuestion.read(file, "measure"))
                    .getMessage();
            assertTrue(said.startsWith(each.getValue()), said);
        }
        Files.writeString(file, "\n" + good);
        assertEquals(List.of(new OpenQuestion("Who?", List.of("me"))), OpenQuestion.read(file, "measure"));
    }

    static Forgetting small() {
        ChoiceTask task = ChoiceTask.read(DATASETS.resolve("benchmarks").resolve("piqa.json"));
        List<ChoiceQuestion> choices = IntStream.range(0, 8)
                .mapToObj(i -> new ChoiceQuestion(
                        i + 1,
                        "Question: How is water number " + i + " boiled?\nAnswer:",
                        List.of("Heat it in a pot.", "Rot a it heat in."),
                        0))
                .toList();
        List<String> passages = IntStream.range(0, 10)
                .mapToObj(i -> "In the year " + (1900 + i) + " the town had a school, a church and " + i + " mills.")
                .toList();
        List<OpenQuestion> questions = new ArrayList<>();
        for (String country : List.of("France", "Japan", "Germany", "Egypt", "England", "Russia", "Greece", "China")) {
            questions.add(new OpenQuestion(
                    "What is the capital of " + country + "?",
                    List.of("Paris", "Tokyo", "Berlin", "Cairo", "London", "Moscow", "Athens", "Beijing")));
        }
        return new Forgetting(task, choices, passages, passages, questions);
    }

    @Test
    void aModelThatStaysAsItWasLosesNothingAndOneThatIsRuinedLosesAll() {
        Forgetting forgetting = small();
        try (Torch torch = Torch.open("cpu", 1, 7);
                Pretrained smol = Pretrained.load(torch, Smol.file())) {
            Forgetting.Standing before =
                    forgetting.measure(Tuned.untouched(smol, new MethodSummaries()), Progress.NONE);
            assertEquals(1, before.answered().score(), String.join(" | ", before.said()));
            assertEquals(1, before.choices().orElseThrow().score().score());
            LoraTuning ruin =
                    LoraTuning.of(Lora.rank(4).lastLayers(4)).rate(0.3).epochs(6);
            Example noise = Example.of("", "", "Noise.noise()", List.of("qx zz vv qx zz vv qx zz vv"));
            Forgetting.Standing same, ruined;
            try (Tuned tuned = Tuned.learn(smol, new MethodSummaries(), List.of(noise, noise), ruin, Progress.NONE)) {
                ruined = forgetting.measure(tuned, Progress.NONE);
                same = forgetting.measure(Tuned.untouched(smol, new MethodSummaries()), Progress.NONE);
                Map<String, Tuned> both = new LinkedHashMap<>();
                both.put("same", Tuned.untouched(smol, new MethodSummaries()));
                both.put("ruined", tuned);
                Map<String, Forgetting.Standing> together = forgetting.measure(both, Progress.NONE);
                assertEquals(List.of("same", "ruined"), List.copyOf(together.keySet()));
                assertAlike(same, together.get("same"));
                assertAlike(ruined, together.get("ruined"));
            }
            Map<String, Map<String, Forgetting.Change>> changes =
                    Forgetting.changes(before, Map.of("same", same, "ruined", ruined), 1);
            assertEquals(
                    List.of("acc_norm", "nats per token", "questions answered"),
                    List.copyOf(changes.get("same").keySet()));
            changes.get("same").values().forEach(change -> {
                assertFalse(change.lost());
                assertEquals("no detectable difference", change.outcome());
            });
            assertTrue(changes.get("ruined").get("nats per token").lost());
            assertEquals("lost", changes.get("ruined").get("nats per token").outcome());
            assertTrue(
                    changes.get("ruined").get("questions answered").lost(),
                    ruined.said().toString());
            // and the other way round less loss is a gain
            assertEquals(
                    "gained",
                    Forgetting.changes(ruined, Map.of("base", before), 1)
                            .get("base")
                            .get("nats per token")
                            .outcome());
        }
    }

    private static void assertAlike(Forgetting.Standing alone, Forgetting.Standing together) {
        assertEquals(alone.said(), together.said());
        for (int i = 0; i < alone.scores().size(); i++) {
            assertEquals(alone.scores().get(i).score(), together.scores().get(i).score());
        }
    }

    @Test
    void withoutTextOrWithAQuestionThatCannotBeJudgedThereIsNoMeasurement() {
        Forgetting good = small();
        assertThrows(
                KitException.class,
                () -> new Forgetting(good.task(), good.choices(), List.of(), List.of(), good.questions()));
        assertThrows(
                KitException.class,
                () -> new Forgetting(good.task(), good.choices(), good.passages(), List.of(1), good.questions()));
        String said = assertThrows(
                        KitException.class,
                        () -> new Forgetting(
                                good.task(),
                                good.choices(),
                                good.passages(),
                                good.documents(),
                                List.of(new OpenQuestion("Why?", List.of()))))
                .getMessage();
        assertTrue(said.startsWith("The question \"Why?\" has no accepted answer"), said);
    }
}
