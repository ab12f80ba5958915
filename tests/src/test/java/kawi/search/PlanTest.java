package kawi.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.text.TokenFile;
import kawi.train.AdamW;
import kawi.train.Small;
import kawi.train.Trainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Planning of a training, and the finding of a rate. */
class PlanTest {
    @TempDir
    Path folder;

    @Test
    void theRateFinderSuggestsARateAndPutsTheWeightsBack() {
        try (TokenFile text = Small.text(folder.resolve("text.bin"), 4000, 1);
                LanguageModel model = Small.model(1)) {
            float[] before = model.parameters().get("transformer.wte.weight").toFloatArray();
            RateFinder found = RateFinder.run(model, text, 8, AdamW.defaults(), 1e-5, 10, 60, 1, Progress.NONE);
            assertTrue(found.suggested() > 1e-4 && found.suggested() < 1, "suggested " + found.suggested());
            assertArrayEquals(
                    before, model.parameters().get("transformer.wte.weight").toFloatArray());
            assertThrows(
                    KitException.class,
                    () -> RateFinder.run(model, text, 8, AdamW.defaults(), 0, 1, 60, 1, Progress.NONE));
        }
    }

    @Test
    void aPlanTakesTheLargestBatchThatFitsAndTriesNoneThatWouldNot() {
        List<Integer> tried = new ArrayList<>();
        IntToDoubleFunction linear = batch -> {
            tried.add(batch);
            return 300 + 50 * batch;
        };
        assertEquals(8, Plan.largest(new Plan.Request("a model", 1, 800, 64, 2048), linear));
        assertEquals(List.of(1, 2, 4, 8), tried, "16 windows would take 1,100 MB");
        assertEquals(32, Plan.largest(new Plan.Request("a model", 1, 9000, 64, 2048), linear));
        assertEquals(
                4, Plan.largest(new Plan.Request("a model", 1, 9000, 64, 256), linear), "no more than a step needs");
        assertEquals(1, Plan.largest(new Plan.Request("a model", 1, 360, 64, 2048), linear));
        assertEquals(
                "A training in 340 MB was asked for, and with a single window in a pass this process holds 350 "
                        + "MB: allow more memory, or take a smaller model.",
                assertThrows(
                                KitException.class,
                                () -> Plan.largest(new Plan.Request("a model", 1, 340, 64, 2048), linear))
                        .getMessage());
    }

    @Test
    void aPlanFillsTheTimeIsKeptAndPutsTheWeightsBack() {
        try (TokenFile text = Small.text(folder.resolve("text.bin"), 4000, 1);
                LanguageModel model = Small.model(1)) {
            float[] before = model.parameters().get("transformer.wte.weight").toFloatArray();
            Trainer trainer = Trainer.of(model, text, text)
                    .checkpoints(folder.resolve("run"))
                    .evaluationWindows(8);
            Plan plan = Plan.of(trainer, 0.05, 4000, 256, Progress.NONE);
            assertEquals(256, plan.tokensPerStep());
            assertTrue(plan.steps() >= 10 && plan.predictedSeconds() < 0.05 * 60 * 1.1, plan.toString());
            assertArrayEquals(
                    before, model.parameters().get("transformer.wte.weight").toFloatArray());
            assertEquals(plan, Plan.of(trainer, 0.05, 4000, 256, Progress.NONE), "read, not measured again");
            assertEquals(
                    2 * 256,
                    Plan.of(trainer, 0.05, 4000, 512, Progress.NONE).tokensPerStep(),
                    "another question is measured anew");
        }
    }
}
