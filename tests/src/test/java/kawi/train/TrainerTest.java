package kawi.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.GptConfig;
import kawi.model.LanguageModel;
import kawi.model.LlamaConfig;
import kawi.text.TokenFile;
import kawi.torch.Arithmetic;
import kawi.torch.Torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

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
            assertTrue(training.tokensPerSecond() > 0 && training.peakResidentMegabytes() > 0);
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
        try (LanguageModel again = Small.model(1)) {
            assertEquals(20, trainer(again, "parts").run(Progress.NONE).steps());
        }
        for (String file : List.of(
                "last/model.safetensors", "last/optimizer.safetensors", "last/config.json", "best/model.safetensors")) {
            assertArrayEquals(bytes("whole/" + file), bytes("parts/" + file), file);
        }
    }

    @Test
    void aRunGoesOnWithOtherArithmeticOnlyWhereThatIsAllowedAndThenSaysSo() throws IOException {
        StringBuilder same = new StringBuilder(), other = new StringBuilder(), last = new StringBuilder();
        try (LanguageModel model = Small.model(1)) {
            trainer(model, "parts").pauseAt(5).run(Progress.NONE);
            trainer(model, "parts").pauseAt(10).run(ended(same));
            Path state = folder.resolve("parts/last/state.json");
            Files.writeString(state, Files.readString(state).replaceFirst("(\"cpu\" : \")[^\"]*", "$1long ago"));
            String refusal = assertThrows(
                            KitException.class,
                            () -> trainer(model, "parts").pauseAt(15).run(Progress.NONE))
                    .getMessage();
            assertTrue(
                    refusal.startsWith("The run in 'parts' was computed otherwise than here, in cpu (long ago, now ")
                            && refusal.contains("call allowOtherArithmetic() on the trainer"),
                    refusal);
            assertEquals(
                    2,
                    trainer(model, "parts")
                            .pauseAt(15)
                            .allowOtherArithmetic()
                            .run(ended(other))
                            .computed()
                            .size());
            Training whole = trainer(model, "parts").run(ended(last));
            assertEquals(
                    List.of(1L, 11L),
                    whole.computed().stream().map(Training.Computed::from).toList());
        }
        assertTrue(same.toString().contains("going on from step 5, "), same.toString());
        for (StringBuilder said : List.of(other, last)) {
            assertTrue(
                    said.toString().contains("(steps before 11 were computed with other cpu (long ago, now "),
                    said.toString());
        }
    }

    @Test
    void aRunKeepsToTheArithmeticThatItBeganWithAndLeavesTheEngineAsItWas() throws IOException {
        Arithmetic own = Small.TORCH.arithmetic();
        Arithmetic other;
        try {
            Small.TORCH.threads(2);
            Small.TORCH.bf16(true);
            other = Small.TORCH.arithmetic();
            for (String run : List.of("whole", "parts")) {
                try (LanguageModel model = Small.model(1)) {
                    trainer(model, run).pauseAt(run.equals("whole") ? 1000 : 8).run(Progress.NONE);
                }
            }
        } finally {
            Small.TORCH.bf16(false);
            Small.TORCH.threads(own.threads());
        }
        assertNotEquals(own, other);
        try (LanguageModel model = Small.model(1)) {
            Training rest = trainer(model, "parts").run(Progress.NONE);
            assertEquals(List.of(new Training.Computed(1, other)), rest.computed());
        }
        assertEquals(own, Small.TORCH.arithmetic());
        assertArrayEquals(bytes("whole/last/model.safetensors"), bytes("parts/last/model.safetensors"));
    }

    /**
     * A way to set a trainer, or a model to train, that makes it another run; and the words that name the difference.
     */
    private record Change(String named, GptConfig config, long modelSeed, UnaryOperator<Trainer> setting) {
        Change(String named, UnaryOperator<Trainer> setting) {
            this(named, Small.CONFIG, 1, setting);
        }
    }

    @Test
    void aCheckpointIsResumedByTheSameRunOnlyAndTheRefusalNamesWhatDiffers() {
        try (LanguageModel model = Small.model(1)) {
            trainer(model, "parts").patience(50).pauseAt(5).run(Progress.NONE);
        }
        List<Change> changes = List.of(
                new Change(
                        "model is GPT, 2 layers, 2 heads, width 32, context 16 where this run's is GPT, 2 layers, 4",
                        Small.CONFIG.heads(4),
                        1,
                        t -> t),
                new Change("weights at the beginning is SHA-256 ", Small.CONFIG, 2, t -> t),
                new Change("batch, windows is 4 where this run's is 2", t -> t.batch(2)),
                new Change("passes of a step is 1 where this run's is 2", t -> t.accumulate(2)),
                new Change("context, tokens is 16 where this run's is 8", t -> t.context(8)),
                new Change("optimizer's name is Muon where this run's is AdamW", t -> t.optimizer(AdamW.defaults())),
                new Change(
                        "optimizer's rate is 0.005 where this run's is 0.006",
                        t -> t.optimizer(Muon.defaults().withRate(0.006))),
                new Change(
                        "optimizer's others beta2 is 0.95 where this run's is 0.9",
                        t -> t.optimizer(new Muon(5e-3, 0.95, 0.1, new AdamW(5e-3, 0.9, 0.9, 1e-8, 0.1)))),
                new Change(
                        "schedule is Cosine[warmup=3, steps=20, floor=0.1] where this run's is Cosine[warmup=4,",
                        t -> t.schedule(Schedule.cosine(4, 20))),
                new Change("clip is 1.0 where this run's is 0.5", t -> t.clip(0.5)),
                new Change("seed is 5 where this run's is 6", t -> t.seed(6)),
                new Change("steps between evaluations is 5 where this run's is 4", t -> t.evaluateEvery(4)),
                new Change("evaluation windows is 64 where this run's is 32", t -> t.evaluationWindows(32)),
                new Change("patience, evaluations is 50 where this run's is 3", t -> t.patience(3)));
        for (Change change : changes) {
            try (LanguageModel model = LanguageModel.create(Small.TORCH, change.config(), change.modelSeed())) {
                Trainer other = change.setting().apply(trainer(model, "parts").patience(50));
                String said = assertThrows(KitException.class, () -> other.run(Progress.NONE), change.named())
                        .getMessage();
                assertTrue(
                        said.startsWith("The checkpoints in 'parts' are of another run, whose " + change.named())
                                && said.endsWith(
                                        ": give this run another folder, or remove that one (Checkpoint.discard) to "
                                                + "begin anew."),
                        said);
            }
        }
        for (boolean learned : new boolean[] {true, false}) {
            try (LanguageModel model = Small.model(1);
                    TokenFile another = Small.text(
                            folder.resolve("another.bin"), (int) (learned ? train : validation).length(), 9)) {
                String said = assertThrows(
                                KitException.class,
                                () -> Trainer.of(model, learned ? another : train, learned ? validation : another)
                                        .checkpoints(folder.resolve("parts"))
                                        .run(Progress.NONE))
                        .getMessage();
                assertTrue(
                        said.contains("whose " + (learned ? "train" : "validation") + " text is ")
                                && said.contains("CRC-32C"),
                        said);
            }
        }
        try (LanguageModel model = Small.model(1)) {
            assertEquals(
                    20, trainer(model, "parts").patience(50).run(Progress.NONE).steps(), "and the run itself goes on");
        }
    }

    @Test
    void aRopeBaseAnEpsilonAndATiedHeadBelongToTheRun() {
        LlamaConfig config = LlamaConfig.of(64, 16, 1, 2, 32);
        try (LanguageModel model = LanguageModel.create(Small.TORCH, config, 1)) {
            trainer(model, "llama").pauseAt(5).run(Progress.NONE);
        }
        Map<String, LlamaConfig> others = Map.of(
                "model's rope_theta is 10000.0 where this run's is 20000.0", llama(config, 20000, config.epsilon()),
                "model's rms_norm_eps is 1.0E-5 where this run's is 1.0E-6", llama(config, config.ropeBase(), 1e-6));
        others.forEach((named, other) -> {
            try (LanguageModel model = LanguageModel.create(Small.TORCH, other, 1)) {
                String said = assertThrows(
                                KitException.class,
                                () -> trainer(model, "llama").run(Progress.NONE))
                        .getMessage();
                assertTrue(said.contains(named), said);
            }
        });
    }

    private static LlamaConfig llama(LlamaConfig c, double ropeBase, double epsilon) {
        return new LlamaConfig(
                c.vocabularySize(),
                c.context(),
                c.layers(),
                c.width(),
                c.feedForward(),
                c.heads(),
                c.keyValueHeads(),
                c.headSize(),
                ropeBase,
                epsilon,
                c.tied());
    }

    @Test
    void aTrainerAskedAgainAfterAChangeRunsAnew() {
        try (LanguageModel model = Small.model(1)) {
            Trainer trainer = trainer(model, null);
            Training first = trainer.run(Progress.NONE);
            assertSame(first, trainer.run(Progress.NONE), "nothing changed");
            Training second = trainer.batch(2).run(Progress.NONE);
            assertEquals(20L * 2 * 16, second.tokens());
            model.parameters().values().forEach(weight -> Small.TORCH.ops().assign(weight, weight.mul(0.5f)));
            assertNotSame(second, trainer.run(Progress.NONE), "the model holds other weights than the run left");
        }
        try (LanguageModel model = Small.model(1)) {
            Trainer trainer = trainer(model, "parts");
            trainer.run(Progress.NONE);
            String said = assertThrows(KitException.class, () -> trainer.seed(6).run(Progress.NONE))
                    .getMessage();
            assertTrue(said.contains("seed is 5 where this run's is 6"), said);
            trainer.checkpoints(folder.resolve("others")).run(Progress.NONE);
            assertTrue(Files.exists(folder.resolve("others/last/state.json")));
        }
    }

    @Test
    void theWeightsThatARunLeftGoOnWithItInAnotherTrainer() {
        try (LanguageModel model = Small.model(1)) {
            trainer(model, "parts").pauseAt(8).run(Progress.NONE);
            assertEquals(20, trainer(model, "parts").run(Progress.NONE).steps(), "from those of the pause");
            assertEquals(20, trainer(model, "parts").run(Progress.NONE).steps(), "and from the best ones at the end");
        }
    }

    @Test
    void aFolderThatATrainingIsAtWorkInIsRefusedToAnother() throws Exception {
        CountDownLatch working = new CountDownLatch(1), done = new CountDownLatch(1);
        Thread first = new Thread(() -> {
            try (LanguageModel model = Small.model(1)) {
                trainer(model, "parts")
                        .sample(10, () -> {
                            working.countDown();
                            try {
                                done.await();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                            return "";
                        })
                        .run(Progress.NONE);
            }
        });
        first.start();
        working.await();
        try (LanguageModel model = Small.model(1)) {
            for (Executable second : List.<Executable>of(
                    () -> trainer(model, "parts").run(Progress.NONE),
                    () -> Checkpoint.discard(folder.resolve("parts")))) {
                String said = assertThrows(KitException.class, second).getMessage();
                assertTrue(
                        said.matches(
                                "The folder 'parts' is in use by process "
                                        + ProcessHandle.current().pid()
                                        + " on \\S+ since \\S+ \\(this one\\): wait for it or stop it, or give this run another folder\\."),
                        said);
            }
        } finally {
            done.countDown();
            first.join();
        }
        try (LanguageModel model = Small.model(1)) {
            assertEquals(20, trainer(model, "parts").run(Progress.NONE).steps(), "given back");
        }
    }

    @Test
    void aFolderThatATrainingIsAtWorkInIsRefusedToOneInItsMidst() {
        try (LanguageModel model = Small.model(1)) {
            String[] said = new String[1];
            trainer(model, "parts")
                    .sample(10, () -> {
                        try (LanguageModel inner = Small.model(1)) {
                            said[0] = assertThrows(
                                            KitException.class,
                                            () -> trainer(inner, "parts").run(Progress.NONE))
                                    .getMessage();
                        }
                        return "";
                    })
                    .run(Progress.NONE);
            assertTrue(said[0].contains("is in use by process"), said[0]);
        }
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
            String message = assertThrows(DivergedException.class, () -> trainer.run(Progress.NONE))
                    .getMessage();
            assertTrue(
                    message.matches(
                            "Training diverged at step 8: the loss is .*, above .*; its batch holds the windows "
                                    + "at tokens \\d+.*; "
                                    + "the last good checkpoint is that of step 5 in 'parts/last'; lower the "
                                    + "learning rate of 0.005 and begin anew in another folder\\."),
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
        try (LanguageModel again = Small.model(1)) {
            assertEquals(
                    20, trainer(again, "parts").accumulate(3).run(Progress.NONE).steps());
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
    void aCheckpointOfAnotherShapeIsRefused() {
        try (LanguageModel model = Small.model(1)) {
            trainer(model, "parts").pauseAt(5).run(Progress.NONE);
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
