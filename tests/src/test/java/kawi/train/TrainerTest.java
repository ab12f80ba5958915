package kawi.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.text.TokenFile;
import kawi.torch.Torch;
import org.junit.jupiter.api.Test;

/** The loop can be trusted: it learns, repeats itself to the byte, and stops in a sentence. */
class TrainerTest extends SmallTexts {
    private Trainer trainer(LanguageModel model, String checkpoints) {
        Trainer trainer = Trainer.of(model, train, validation)
                .batch(4)
                .optimizer(Muon.defaults())
                .schedule(Schedule.cosine(3, 20))
                .evaluateEvery(5)
                .seed(5);
        return checkpoints == null ? trainer : trainer.checkpoints(folder.resolve(checkpoints));
    }

    private byte[] bytes(String path) throws IOException {
        return Files.readAllBytes(folder.resolve(path));
    }

    @Test
    void anUntrainedModelLosesTheLogarithmOfItsVocabulary() {
        try (LanguageModel model = Small.model(1)) {
            double nats = trainer(model, null).evaluate(validation).nats();
            assertEquals(Math.log(model.vocabularySize()), nats, 0.02 * Math.log(model.vocabularySize()));
        }
    }

    @Test
    void everyEvaluationThatIsAskedForTakesPlace() {
        try (LanguageModel model = Small.model(1)) {
            Training training = trainer(model, null)
                    .schedule(Schedule.cosine(3, 100))
                    .evaluateEvery(23)
                    .run(Progress.NONE);
            assertEquals(
                    List.of(23L, 46L, 69L, 92L, 100L),
                    training.history().stream()
                            .filter(point -> point.validation() != null)
                            .map(Training.Point::step)
                            .toList());
        }
    }

    @Test
    void trainingLowersTheValidationLossAndReportsIt() {
        try (LanguageModel model = Small.model(1)) {
            Training training = trainer(model, null)
                    .schedule(Schedule.cosine(5, 120))
                    .evaluateEvery(30)
                    .run(Progress.NONE);
            assertEquals(Training.End.COMPLETE, training.end());
            assertTrue(
                    training.validation().nats() < 0.75 * Math.log(model.vocabularySize()),
                    "validation loss " + training.validation());
            assertTrue(training.validation().low() < training.validation().nats()
                    && training.validation().nats() < training.validation().high());
            assertEquals(120L * 4 * 16, training.tokens());
            assertEquals(
                    120,
                    training.table().longColumn("step").get(training.table().rowCount() - 1));
            assertTrue(training.tokensPerSecond() > 0 && training.peakMegabytes() > 0);
        }
    }

    @Test
    void aBatchOfEightIsMemorised() {
        try (TokenFile eight = Small.text(folder.resolve("eight.bin"), 8 * 16 + 1, 3);
                LanguageModel model = Small.model(1)) {
            Batch batch = Batch.read(eight, Batches.covering(eight, 16, 8), 16);
            try (Fit fit = Fit.of(
                    Small.TORCH, model.parameters(), AdamW.defaults().withRate(5e-3), Schedule.cosine(10, 150))) {
                double last = Double.NaN;
                while (!fit.done()) {
                    last = fit.step(1, step -> model.loss(batch.ids(step), batch.targets(step)))
                            .loss();
                }
                assertTrue(last < 0.05, "loss " + last);
            }
        }
    }

    @Test
    void twoRunsGiveTheSameBytes() throws IOException {
        for (String run : List.of("one", "two")) {
            try (LanguageModel model = Small.model(1)) {
                trainer(model, run).run(Progress.NONE);
            }
        }
        for (String file : List.of("last/model.safetensors", "last/optimizer.safetensors", "best/model.safetensors")) {
            assertArrayEquals(bytes("one/" + file), bytes("two/" + file), file);
        }
    }

    @Test
    void aPausedAndResumedRunEndsWithTheBytesOfOneThatNeverStopped() throws IOException {
        try (LanguageModel model = Small.model(1)) {
            assertEquals(
                    Training.End.COMPLETE,
                    trainer(model, "whole").run(Progress.NONE).end());
        }
        try (LanguageModel model = Small.model(1)) {
            Training first = trainer(model, "parts").pauseAt(8).run(Progress.NONE);
            assertEquals(Training.End.PAUSED, first.end());
            assertEquals(8, first.steps());
        }
        try (LanguageModel other = Small.model(99)) {
            assertEquals(20, trainer(other, "parts").run(Progress.NONE).steps());
        }
        for (String file : List.of(
                "last/model.safetensors", "last/optimizer.safetensors", "last/config.json", "best/model.safetensors")) {
            assertArrayEquals(bytes("whole/" + file), bytes("parts/" + file), file);
        }
    }

    @Test
    void aRunThatGoesOnWithOtherArithmeticSaysSo() throws IOException {
        StringBuilder same = new StringBuilder(), other = new StringBuilder();
        try (LanguageModel model = Small.model(1)) {
            trainer(model, "parts").pauseAt(5).run(Progress.NONE);
            trainer(model, "parts").pauseAt(10).run(ended(same));
            Path state = folder.resolve("parts/last/state.json");
            Files.writeString(state, Files.readString(state).replaceFirst(", \\d+ threads", ", 77 threads"));
            trainer(model, "parts").pauseAt(15).run(ended(other));
        }
        assertTrue(same.toString().contains("going on from step 5, "), same.toString());
        assertTrue(
                other.toString().contains("going on from step 10 (the steps before were computed otherwise, by PyTorch")
                        && other.toString().contains("77 threads"),
                other.toString());
    }

    @Test
    void anInterruptKeepsACheckpointAndTheNextRunGoesOn() throws IOException {
        try (LanguageModel model = Small.model(1)) {
            trainer(model, "whole").run(Progress.NONE);
        }
        AtomicInteger steps = new AtomicInteger();
        Progress reader = new Progress() {
            @Override
            public void begin(String what, long total) {}

            @Override
            public void update(long done, String note) {
                if (steps.incrementAndGet() == 7) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void end(String note) {}
        };
        try (LanguageModel model = Small.model(1)) {
            Trainer trainer = trainer(model, "parts");
            Training first = trainer.run(reader);
            assertEquals(Training.End.INTERRUPTED, first.end());
            assertEquals(7, first.steps());
            assertEquals(
                    7,
                    Checkpoint.find(folder.resolve("parts/last"))
                            .orElseThrow()
                            .state()
                            .step());
            Training second = trainer.run(Progress.NONE);
            assertEquals(Training.End.COMPLETE, second.end());
            assertEquals(second, trainer.run(Progress.NONE), "a complete run is not run again");
        }
        assertArrayEquals(bytes("whole/last/model.safetensors"), bytes("parts/last/model.safetensors"));
    }

    @Test
    void anInterruptDuringASaveStillSaves() {
        AtomicInteger seen = new AtomicInteger();
        try (LanguageModel model = Small.model(1)) {
            Trainer trainer = trainer(model, "parts")
                    .sample(5, () -> {
                        Thread.currentThread()
                                .interrupt(); // just before the next step, whose number is that of an evaluation
                        seen.incrementAndGet();
                        return "";
                    })
                    .evaluateEvery(1);
            assertEquals(Training.End.INTERRUPTED, trainer.run(Progress.NONE).end());
            assertEquals(
                    5,
                    Checkpoint.find(folder.resolve("parts/last"))
                            .orElseThrow()
                            .state()
                            .step());
        }
    }

    @Test
    void aLossThatExplodesStopsWithTheStepTheBatchAndTheLastGoodCheckpoint() {
        try (LanguageModel model = Small.model(1)) {
            Trainer trainer = trainer(model, "parts").sample(7, () -> {
                model.parameters().values().forEach(weight -> Small.TORCH.ops().assign(weight, weight.mul(1e6)));
                return "";
            });
            String message = assertThrows(KitException.class, () -> trainer.run(Progress.NONE))
                    .getMessage();
            assertTrue(
                    message.matches(
                            "Training diverged at step 8: the loss is .*, above .*; its batch holds the windows "
                                    + "at tokens \\d+.*; "
                                    + "the last good checkpoint is that of step 5 in 'parts/last'; lower the "
                                    + "learning rate of 0.005 and run again\\."),
                    message);
            Checkpoint.find(folder.resolve("parts/last")).orElseThrow().restore(model);
            assertTrue(trainer.evaluate(validation).nats() < Math.log(64), "the checkpoint it names is good");
        }
    }

    @Test
    void weightsThatAStepRuinedAreNeverKeptAsACheckpoint() {
        for (TokenFile judge : new TokenFile[] {validation, null}) {
            try (LanguageModel model = Small.model(1)) {
                Trainer trainer = Trainer.of(model, train, judge)
                        .batch(4)
                        .optimizer(AdamW.defaults().withRate(1e6))
                        .evaluateEvery(1)
                        .clip(1e9)
                        .checkpoints(folder.resolve("parts"));
                String message = assertThrows(KitException.class, () -> trainer.run(Progress.NONE))
                        .getMessage();
                String which = judge == null ? "loss of its batch, with the weights that it left," : "validation loss";
                assertTrue(message.startsWith("Training diverged at step 1: the " + which + " is "), message);
                assertTrue(message.contains("no checkpoint was kept before it"), message);
                assertTrue(Checkpoint.find(folder.resolve("parts/last")).isEmpty()
                        && Checkpoint.find(folder.resolve("parts/best")).isEmpty());
            }
        }
    }

    @Test
    void accumulatedPassesDrawWhatOneLargeBatchDrawsAndLearnTheSame() throws IOException {
        List<float[]> learned = new ArrayList<>();
        for (int passes : new int[] {1, 4}) {
            try (LanguageModel model = Small.model(1)) {
                // Without a root of squares to divide by, a rounding of the gradient stays as small in the weights.
                Trainer.of(model, train, validation)
                        .batch(8 / passes)
                        .accumulate(passes)
                        .optimizer(new AdamW(1e-2, 0.9, 0.999, 1.0, 0))
                        .schedule(Schedule.constant(5))
                        .seed(5)
                        .run(Progress.NONE);
                learned.add(model.parameters().values().stream()
                        .map(NDArray::flatten)
                        .reduce(NDArray::concat)
                        .orElseThrow()
                        .toFloatArray());
            }
        }
        assertArrayEquals(learned.get(0), learned.get(1), 1e-6f);
    }

    @Test
    void anInterruptAmongAccumulatedPassesForgetsTheStepAndItsWindows() throws IOException {
        try (LanguageModel model = Small.model(1)) {
            trainer(model, "whole").accumulate(3).run(Progress.NONE);
        }
        try (LanguageModel model = Small.model(1)) {
            AtomicInteger passes = new AtomicInteger();
            LanguageModel interrupting = (LanguageModel) Proxy.newProxyInstance(
                    LanguageModel.class.getClassLoader(),
                    new Class<?>[] {LanguageModel.class},
                    (proxy, method, words) -> {
                        if (method.getName().equals("loss")
                                && Torch.recording()
                                && passes.incrementAndGet() == 7 * 3 + 2) {
                            Thread.currentThread()
                                    .interrupt(); // in the second pass of the eighth step; the third notices
                        }
                        return method.invoke(model, words);
                    });
            Training first = trainer(interrupting, "parts").accumulate(3).run(Progress.NONE);
            assertEquals(Training.End.INTERRUPTED, first.end());
            assertEquals(7, first.steps());
        }
        try (LanguageModel other = Small.model(99)) {
            assertEquals(
                    20, trainer(other, "parts").accumulate(3).run(Progress.NONE).steps());
        }
        for (String file : List.of("last/model.safetensors", "last/optimizer.safetensors", "best/model.safetensors")) {
            assertArrayEquals(bytes("whole/" + file), bytes("parts/" + file), file);
        }
    }

    @Test
    void trainingStopsEarlyWhenTheValidationLossNoLongerFalls() {
        try (LanguageModel model = Small.model(1)) {
            Training training = trainer(model, "parts")
                    .schedule(Schedule.constant(400))
                    .evaluateEvery(10)
                    .patience(2)
                    .run(Progress.NONE);
            assertEquals(Training.End.STOPPED_EARLY, training.end());
            assertTrue(
                    training.steps() < 400 && training.bestStep() == training.steps() - 20,
                    training.steps() + " steps, best " + training.bestStep());
            assertEquals(
                    training.validation().nats(),
                    trainer(model, null).evaluate(validation).nats(),
                    1e-12,
                    "the best weights are in the model");
        }
    }

    @Test
    void aCheckpointOfOtherSettingsIsSetAsideAndOneOfAnotherShapeRefused() {
        try (LanguageModel model = Small.model(1)) {
            trainer(model, "parts").pauseAt(5).run(Progress.NONE);
            Training other = trainer(model, "parts").batch(2).run(Progress.NONE);
            assertEquals(20L * 2 * 16, other.tokens());
            assertTrue(Files.exists(folder.resolve("before-parts/last/state.json")));
        }
        try (LanguageModel model = Small.model(1);
                TokenFile another = Small.text(folder.resolve("another.bin"), (int) train.length(), 9)) {
            Trainer.of(model, another, validation)
                    .checkpoints(folder.resolve("texts"))
                    .pauseAt(5)
                    .run(Progress.NONE);
            Trainer.of(model, train, validation)
                    .checkpoints(folder.resolve("texts"))
                    .pauseAt(5)
                    .run(Progress.NONE);
            assertTrue(Files.exists(folder.resolve("before-texts/last/state.json")), "another text of the same length");
        }
        Checkpoint kept = Checkpoint.find(folder.resolve("parts/last")).orElseThrow();
        try (LanguageModel wide = LanguageModel.create(Small.TORCH, Small.CONFIG.width(48), 1)) {
            String message =
                    assertThrows(KitException.class, () -> kept.restore(wide)).getMessage();
            assertTrue(message.contains("belongs to a model of another shape"), message);
        }
    }

    @Test
    void textsThatAreTooShortAreRefusedInASentence() {
        try (LanguageModel model = Small.model(1);
                TokenFile empty = Small.text(folder.resolve("empty.bin"), 0, 1);
                TokenFile one = Small.text(folder.resolve("one.bin"), 1, 1)) {
            for (TokenFile file : List.of(empty, one)) {
                String message = assertThrows(
                                KitException.class,
                                () -> Trainer.of(model, file, null).run(Progress.NONE))
                        .getMessage();
                assertTrue(
                        message.startsWith(
                                "The token file holds " + file.length() + " tokens, too few for one window of 16"),
                        message);
                assertThrows(
                        KitException.class, () -> Trainer.of(model, train, file).run(Progress.NONE));
            }
            assertThrows(
                    KitException.class, () -> Trainer.of(model, train, null).context(17));
        }
    }
}
