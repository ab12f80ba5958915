package kawi.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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
    void theRateFinderSaysWhyItEndedAndRefusesToSuggestFromNothing() {
        try (TokenFile text = Small.text(folder.resolve("text.bin"), 4000, 1);
                LanguageModel model = Small.model(1)) {
            RateFinder.End all = RateFinder.run(model, text, 8, AdamW.defaults(), 1e-6, 1e-5, 6, 1, Progress.NONE)
                    .end();
            assertEquals(RateFinder.End.ALL_TRIED, all);
            RateFinder wild = RateFinder.run(model, text, 8, AdamW.defaults(), 1e-3, 1e38, 12, 1, Progress.NONE);
            assertTrue(
                    Set.of(RateFinder.End.DIVERGED, RateFinder.End.LOSS_ROSE).contains(wild.end())
                            && wild.rates().length < 12,
                    wild.end() + " after " + wild.rates().length);
            int lowest = 0;
            for (int i = 0; i < wild.losses().length; i++) {
                lowest = wild.losses()[i] < wild.losses()[lowest] ? i : lowest;
            }
            assertEquals(wild.rates()[lowest] / 3, wild.suggested(), 1e-12);
            assertEquals(1e-3, wild.rates()[0], 1e-9);
            String said = assertThrows(
                            KitException.class,
                            () -> RateFinder.run(model, text, 8, AdamW.defaults(), 1e30, 1e31, 6, 1, Progress.NONE))
                    .getMessage();
            assertTrue(said.startsWith("The training diverged at the first rate tried, 1.0E30"), said);
            assertEquals(
                    Small.model(1).fingerprint(), model.fingerprint(), "the weights are put back, however it ends");
        }
    }

    @Test
    void theRateFinderTellsAndTablesEveryRateItTried() {
        try (TokenFile text = Small.text(folder.resolve("text.bin"), 4000, 1);
                LanguageModel model = Small.model(1)) {
            Told told = new Told();
            RateFinder found = RateFinder.run(model, text, 8, AdamW.defaults(), 1e-5, 1e-4, 5, 1, told);
            assertEquals(5, found.rates().length);
            assertEquals(1e-5, found.rates()[0], 1e-12);
            assertEquals(1e-4, found.rates()[4], 1e-12);
            assertEquals(List.of("trying learning rates, 5"), told.of("begin"));
            assertEquals(
                    List.of("logarithm of the learning rate, to base 10 | loss, smoothed (nats per token)"),
                    told.of("axes"));
            assertEquals(5, told.of("point").size());
            assertEquals(
                    "loss " + Math.log10(found.rates()[4]) + " " + found.losses()[4],
                    told.of("point").get(4));
            assertTrue(told.of("update").get(4).matches("5 rate 1\\.0e-04, loss \\d\\.\\d\\d"), told.lines.toString());
            assertEquals(
                    String.format(Locale.ROOT, "suggested %.1e, all rates were tried", found.suggested()),
                    told.of("end").get(0));
            assertEquals(5, found.table().rowCount());
            assertEquals(found.losses()[4], found.table().doubleColumn("loss").get(4));
            assertEquals(found.rates()[4], found.table().doubleColumn("rate").get(4));
            double first = found.losses()[0];
            try (LanguageModel same = Small.model(1)) {
                RateFinder again = RateFinder.run(same, text, 8, AdamW.defaults(), 1e-5, 1e-4, 5, 1, Progress.NONE);
                assertArrayEquals(found.losses(), again.losses());
                assertEquals(Math.log(64), first, 0.5, "the loss before the first step is that of a new model");
            }
        }
    }

    @Test
    void theRateFinderStopsWhereTheLossRoseOrItWasInterrupted() {
        try (TokenFile text = Small.text(folder.resolve("text.bin"), 4000, 1);
                LanguageModel model = Small.model(1)) {
            Thread.currentThread().interrupt();
            String said = assertThrows(
                            KitException.class,
                            () -> RateFinder.run(model, text, 8, AdamW.defaults(), 1e-5, 1e-4, 5, 1, Progress.NONE))
                    .getMessage();
            assertTrue(Thread.interrupted());
            assertTrue(said.startsWith("No rate was tried, for the search was interrupted"), said);
        }
    }

    @Test
    void ratesThatDoNotRiseAreRefused() {
        try (TokenFile text = Small.text(folder.resolve("text.bin"), 4000, 1);
                LanguageModel model = Small.model(1)) {
            double[][] wrong = {{0, 1, 6}, {-1, 1, 6}, {1, 1, 6}, {2, 1, 6}, {1, Double.POSITIVE_INFINITY, 6}, {1, 2, 4}
            };
            for (double[] each : wrong) {
                assertThrows(
                        KitException.class,
                        () -> RateFinder.run(
                                model, text, 8, AdamW.defaults(), each[0], each[1], (int) each[2], 1, Progress.NONE));
            }
        }
    }

    @Test
    void aRequestOfNoTimeOrNoMemoryIsRefused() {
        double[][] wrong = {{0, 1}, {-1, 1}, {Double.NaN, 1}, {Double.POSITIVE_INFINITY, 1}, {1, 0}, {1, Double.NaN}};
        for (double[] each : wrong) {
            assertThrows(KitException.class, () -> new Plan.Request("a model", each[0], each[1], 64, 2048));
        }
    }

    @Test
    void aPlansNumbersFollowFromItsBatchAndItsSeconds() {
        Plan plan = new Plan(new Plan.Request("a model", 1, 800, 64, 2048), 4, 8, 100, 0.5, 2, 300, null);
        assertEquals(2048, plan.tokensPerStep());
        assertEquals(204_800, plan.tokens());
        assertEquals(4096, plan.tokensPerSecond());
        assertEquals(50 + 21 * 2, plan.predictedSeconds());
        Sizing size = new Sizing(Small.CONFIG, 1, 1, 1, new ScalingLaw.Band(1, 2, 3));
        assertEquals(size, plan.with(size).size());
        assertEquals(plan, plan.with(null));
        try (TokenFile text = Small.text(folder.resolve("text.bin"), 4000, 1);
                LanguageModel model = Small.model(1)) {
            Trainer trainer = Trainer.of(model, text, null);
            assertEquals(trainer, plan.applyTo(trainer));
            assertEquals(List.of(4, 8), List.of(trainer.batch(), trainer.accumulate()));
        }
    }

    @Test
    void aPlanIsKeptForEachQuestionWithAllThatItDependsOn() {
        try (TokenFile text = Small.text(folder.resolve("text.bin"), 4000, 1);
                TokenFile other = Small.text(folder.resolve("other.bin"), 4000, 9);
                LanguageModel model = Small.model(1);
                LanguageModel heads = LanguageModel.create(Small.TORCH, Small.CONFIG.heads(4), 1)) {
            Path run = folder.resolve("run");
            List<Trainer> askers = List.of(
                    Trainer.of(model, text, text),
                    Trainer.of(model, other, text),
                    Trainer.of(model, text, other),
                    Trainer.of(model, text, text).optimizer(new AdamW(1e-3, 0.8, 0.95, 1e-8, 0.1)),
                    Trainer.of(model, text, text).evaluationWindows(8),
                    Trainer.of(heads, text, text));
            List<Plan> plans = new ArrayList<>();
            double[] looks = {0}; // each step takes longer than the one before, so that each measurement is another
            PlanTiming.Gauges slowing =
                    new PlanTiming.Gauges(() -> (long) (1e9 * Math.pow(1.01, looks[0]++)), () -> 300);
            for (Trainer asker : askers) {
                plans.add(Plan.of(asker.checkpoints(run), 0.02, 4000, 128, Progress.NONE, slowing));
            }
            assertEquals(askers.size(), plans.stream().distinct().count(), "each was measured: " + plans);
            for (int i = 0; i < askers.size(); i++) {
                assertEquals(
                        plans.get(i), Plan.of(askers.get(i), 0.02, 4000, 128, Progress.NONE, slowing), "and is kept");
            }
            Trainer first = askers.get(0);
            List<Plan> others = List.of(
                    Plan.of(first, 0.03, 4000, 128, Progress.NONE, slowing),
                    Plan.of(first, 0.02, 4001, 128, Progress.NONE, slowing),
                    Plan.of(first, 0.02, 4000, 256, Progress.NONE, slowing),
                    Plan.of(first.context(8), 0.02, 4000, 128, Progress.NONE, slowing));
            others.forEach(each -> assertFalse(plans.contains(each), "another question: " + each));
        }
    }

    @Test
    void aPlanTakesTheLargestBatchThatFitsAndTriesNoneThatWouldNot() {
        List<Integer> tried = new ArrayList<>();
        IntToDoubleFunction linear = batch -> {
            tried.add(batch);
            return 300 + 50 * batch;
        };
        assertEquals(8, PlanTiming.largest(new Plan.Request("a model", 1, 800, 64, 2048), linear));
        assertEquals(List.of(1, 2, 4, 8), tried, "16 windows would take 1,100 MB");
        assertEquals(32, PlanTiming.largest(new Plan.Request("a model", 1, 9000, 64, 2048), linear));
        assertEquals(
                4,
                PlanTiming.largest(new Plan.Request("a model", 1, 9000, 64, 256), linear),
                "no more than a step needs");
        assertEquals(1, PlanTiming.largest(new Plan.Request("a model", 1, 360, 64, 2048), linear));
        assertEquals(
                "A training in 340 MB was asked for, and with a single window in a pass this process holds 350 "
                        + "MB: allow more memory, or take a smaller model.",
                assertThrows(
                                KitException.class,
                                () -> PlanTiming.largest(new Plan.Request("a model", 1, 340, 64, 2048), linear))
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
            // No clock decides here: a machine too slow for ten steps is given ten, any other no more than the time.
            assertTrue(
                    plan.steps() == 10 || plan.steps() > 10 && plan.predictedSeconds() <= 0.05 * 60 + 1e-6,
                    plan.toString());
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
