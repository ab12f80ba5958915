package kawi.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.GptConfig;
import kawi.model.LanguageModel;
import kawi.model.Llama;
import kawi.model.LlamaConfig;
import kawi.model.Precision;
import kawi.model.RecurrentConfig;
import kawi.search.Plan;
import kawi.search.RateFinder;
import kawi.text.TokenFile;
import kawi.tune.Lora;
import kawi.tune.LoraTuning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What a beginner may ask for and cannot have: one clear sentence each, before any time is spent. */
class BadInputTest {
    @TempDir
    Path folder;

    private static void refused(String part, Executable bad) {
        String message = assertThrows(KitException.class, bad).getMessage();
        assertTrue(message.contains(part), message);
        assertTrue(
                message.endsWith(".")
                        && message.length() < 320
                        && !message.contains("\n")
                        && !message.contains("Exception"),
                message);
    }

    private TokenFile text(int length) {
        return Small.text(folder.resolve("text-" + length), length, 1);
    }

    @Test
    void aWidthThatItsHeadsDoNotDivide() {
        refused(
                "A width of 30 cannot be shared by 4 heads: choose a width that is a multiple of the heads, such as 32",
                () -> LanguageModel.create(Small.TORCH, GptConfig.of(64).width(30), 1));
        refused("A width of 30 does not divide among 4 heads", () -> LlamaConfig.of(64, 16, 2, 4, 30));
        refused(
                "head size is 3 and must be even",
                () -> LanguageModel.create(Small.TORCH, LlamaConfig.of(64, 16, 2, 4, 12), 1));
        refused(
                "width must be at least 1",
                () -> LanguageModel.create(
                        Small.TORCH,
                        RecurrentConfig.of(RecurrentConfig.Cell.LSTM, 64).width(0),
                        1));
    }

    @Test
    void aVocabularyThatIsSmallerThanATokenId() {
        try (TokenFile text = text(500);
                NDManager work = Small.TORCH.manager().newSubManager()) {
            for (var config : List.of(
                    new GptConfig(60, 16, 2, 2, 32),
                    RecurrentConfig.of(RecurrentConfig.Cell.GRU, 60),
                    LlamaConfig.of(60, 16, 2, 2, 32))) {
                try (LanguageModel small = LanguageModel.create(Small.TORCH, config, 1)) {
                    refused(
                            "written with a vocabulary of 64 but the model knows 60 tokens",
                            () -> Trainer.of(small, text, null));
                    refused(
                            "written with a vocabulary of 64 but the model knows 60 tokens",
                            () -> Trainer.of(small, text, text));
                    refused(
                            "not in the model's vocabulary of 60",
                            () -> small.hidden(work.create(new long[] {3, 61}, new Shape(1, 2))));
                }
            }
        }
        refused("Token id 64 is beyond the vocabulary of 64", () -> {
            try (var writer = TokenFile.writer(folder.resolve("beyond"), 64)) {
                writer.document(new int[] {64}, 1).finish();
            }
        });
    }

    @Test
    void anEmptyFileAFileOfOneTokenAndAContextLongerThanTheText() throws IOException {
        Files.write(folder.resolve("empty"), new byte[0]);
        refused("The token file empty has only 0 bytes", () -> TokenFile.open(folder.resolve("empty")));
        for (int length : new int[] {0, 1, 10, 16}) {
            try (LanguageModel model = Small.model(1);
                    TokenFile few = text(length);
                    TokenFile many = text(500)) {
                String said = "The token file holds " + length
                        + " tokens, too few for one window of 16 tokens and the token after it: give more text "
                        + "or a context of at most "
                        + Math.max(0, length - 1);
                refused(said, () -> Trainer.of(model, few, null).run(Progress.NONE));
                refused(said, () -> Trainer.of(model, many, few).run(Progress.NONE));
                refused(said, () -> Evaluation.of(model, few, 16, 8, 4));
                refused(said, () -> Plan.of(Trainer.of(model, few, null), 0.1, 4000, 64, Progress.NONE));
                refused(said, () -> RateFinder.run(model, few, 4, AdamW.defaults(), 1e-4, 0.1, 10, 1, Progress.NONE));
            }
        }
        try (LanguageModel model = Small.model(1);
                TokenFile many = text(500)) {
            refused(
                    "Windows of 17 tokens are longer than the model's context of 16",
                    () -> Trainer.of(model, many, null).context(17));
        }
    }

    @Test
    void aCheckpointOfAnotherShape() {
        try (TokenFile text = text(500);
                LanguageModel model = Small.model(1);
                LanguageModel wide = LanguageModel.create(Small.TORCH, Small.CONFIG.width(48), 1);
                LanguageModel deep = LanguageModel.create(Small.TORCH, Small.CONFIG.layers(3), 1);
                LanguageModel heads = LanguageModel.create(Small.TORCH, Small.CONFIG.heads(4), 1)) {
            Trainer.of(model, text, null)
                    .schedule(Schedule.constant(3))
                    .checkpoints(folder.resolve("run"))
                    .run(Progress.NONE);
            Checkpoint kept = Checkpoint.find(folder.resolve("run/last")).orElseThrow();
            refused("belongs to a model of another shape", () -> kept.restore(wide));
            refused("belongs to a model of another shape", () -> kept.restore(deep));
            // As many parameters, other heads: it is another model.
            refused(
                    "whose model is GPT, 2 layers, 2 heads",
                    () -> Trainer.of(heads, text, null)
                            .schedule(Schedule.constant(3))
                            .checkpoints(folder.resolve("run"))
                            .run(Progress.NONE));
        }
    }

    @Test
    void aDiskThatIsFullWhenAModelIsSaved() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.toString()), "needs root and mount");
        try (LanguageModel model = Small.model(1)) {
            refused("/model.safetensors): the disk is full; free some space", () -> model.save(disk.resolve("model")));
            assertFalse(Files.exists(disk.resolve("model/model.safetensors")));
            try (var left = Files.list(disk.resolve("model"))) {
                assertEquals(
                        List.of(),
                        left.map(each -> each.getFileName().toString()).toList(),
                        "no half model is left: the configuration comes after the weights that it describes");
            }
        } finally {
            run("umount", "-l", disk.toString());
        }
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException absent) {
            return false;
        }
    }

    @Test
    void aLearningRateThatIsNone() {
        for (double rate : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0, -0.1}) {
            String said = "The learning rate is " + rate + ": give a positive, finite number such as 0.001.";
            refused(said, () -> AdamW.defaults().withRate(rate));
            refused(said, () -> Muon.defaults().withRate(rate));
            refused(said, () -> LoraTuning.of(Lora.rank(4)).rate(rate));
            try (LanguageModel model = Small.model(1);
                    TokenFile text = text(500)) {
                refused(
                        "The rate cannot be sought from",
                        () -> RateFinder.run(model, text, 4, AdamW.defaults(), rate, 1, 10, 1, Progress.NONE));
                refused(
                        "The rate cannot be sought from",
                        () -> RateFinder.run(model, text, 4, AdamW.defaults(), 0.1, rate, 10, 1, Progress.NONE));
            }
        }
    }

    @Test
    void settingsOfATrainingThatNoTrainingCanHave() {
        try (LanguageModel model = Small.model(1);
                TokenFile text = text(500)) {
            Trainer trainer = Trainer.of(model, text, text);
            refused("The windows of a pass are given as 0: give 1 or more.", () -> trainer.batch(0));
            refused("The tokens of a window are given as 0", () -> trainer.context(0));
            refused("cannot be accumulated over 0 passes", () -> trainer.accumulate(0));
            refused("The steps between evaluations are given as -1", () -> trainer.evaluateEvery(-1));
            refused("The windows of an evaluation are given as 0", () -> trainer.evaluationWindows(0));
            refused("The evaluations to wait for a lower loss are given as 0", () -> trainer.patience(0));
            refused("The steps before a pause are given as -1", () -> trainer.pauseAt(-1));
            refused("The steps between two texts are given as 0", () -> trainer.sample(0, () -> ""));
            refused("The gradient norm to clip at is 0.0", () -> trainer.clip(0).run(Progress.NONE));
            refused("is not scored on 0 windows", () -> Evaluation.of(model, text, 16, 0, 1));
        }
    }

    @Test
    void aLlamaThatIsNotInItsOwnFloat32Weights() {
        try (LanguageModel model = LanguageModel.create(Small.TORCH, LlamaConfig.of(64, 16, 1, 2, 32), 1);
                TokenFile text = text(500)) {
            ((Llama) model).precision(Precision.INT8);
            refused(
                    "this one has the precision INT8",
                    () -> Trainer.of(model, text, null).run(Progress.NONE));
        }
    }
}
