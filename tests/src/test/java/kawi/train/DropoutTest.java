package kawi.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.stream.Stream;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.model.LlamaConfig;
import kawi.model.ModelConfig;
import kawi.model.ModernConfig;
import kawi.model.RecurrentConfig;
import kawi.text.TokenFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Numbers that training sets to zero, and nothing else does. */
class DropoutTest {
    @TempDir
    Path folder;

    @Test
    void theShareIsDroppedInATrainingAndTheOthersMakeUpForIt() {
        try (NDManager manager = Small.TORCH.manager().newSubManager()) {
            NDArray ones = manager.ones(new Shape(100_000));
            Small.TORCH.generator(5);
            float[] dropped = Small.TORCH.training(
                    0.3, () -> Small.TORCH.ops().dropout(ones).toFloatArray());
            int zeros = 0;
            for (float each : dropped) {
                assertTrue(each == 0 || each == 1 / 0.7f, "neither dropped nor divided by 0.7: " + each);
                zeros += each == 0 ? 1 : 0;
            }
            assertEquals(30_000, zeros, 5 * Math.sqrt(100_000 * 0.3 * 0.7)); // five standard deviations
            assertSame(ones, Small.TORCH.ops().dropout(ones));
            assertSame(ones, Small.TORCH.training(() -> Small.TORCH.ops().dropout(ones)));
            assertSame(ones, Small.TORCH.training(0.3, () -> {
                Small.TORCH.ops().dropout(ones);
                return Small.TORCH.inference(() -> Small.TORCH.ops().dropout(ones)); // such as a sample on the way
            }));
        }
    }

    static Stream<ModelConfig> families() {
        return Stream.of(
                Small.CONFIG,
                ModernConfig.all(Small.CONFIG),
                RecurrentConfig.of(RecurrentConfig.Cell.LSTM, 64)
                        .context(16)
                        .layers(2)
                        .width(32));
    }

    @ParameterizedTest
    @MethodSource("families")
    void anInterruptedTrainingWithDropoutEndsInTheSameBytesAndEvaluationDropsNothing(ModelConfig config) {
        TokenFile text = Small.text(folder.resolve("train.tokens"), 4_000, 1);
        TokenFile other = Small.text(folder.resolve("other.tokens"), 1_000, 2);
        String whole = trained(config, text, other, 0.2, Long.MAX_VALUE);
        assertEquals(whole, trained(config, text, other, 0.2, 5));
        assertNotEquals(whole, trained(config, text, other, 0, Long.MAX_VALUE));
    }

    private String trained(ModelConfig config, TokenFile text, TokenFile other, double dropout, long pause) {
        LanguageModel model = LanguageModel.create(Small.TORCH, config, 1);
        Path place = folder.resolve(dropout + " " + pause);
        Trainer trainer = trainer(model, text, other).dropout(dropout).checkpoints(place);
        if (pause < Long.MAX_VALUE) {
            trainer.pauseAt(pause).run(Progress.NONE);
            model.close();
            model = LanguageModel.create(Small.TORCH, config, 1);
            trainer = trainer(model, text, other).dropout(dropout).checkpoints(place);
        }
        trainer.run(Progress.NONE);
        assertEquals(
                trainer(model, text, other).evaluate(other).nats(),
                trainer.evaluate(other).nats());
        String fingerprint = model.fingerprint();
        model.close();
        return fingerprint;
    }

    private static Trainer trainer(LanguageModel model, TokenFile text, TokenFile other) {
        return Trainer.of(model, text, other)
                .batch(4)
                .accumulate(2)
                .schedule(Schedule.cosine(2, 12))
                .evaluateEvery(4)
                .evaluationWindows(8);
    }

    @Test
    void aModelThatDropsNothingIsNotTrainedAsIfItDid() {
        TokenFile text = Small.text(folder.resolve("train.tokens"), 4_000, 1);
        LlamaConfig config = new LlamaConfig(64, 16, 2, 32, 64, 2, 2, 16, 10_000, 1e-5, true);
        try (LanguageModel model = LanguageModel.create(Small.TORCH, config, 1)) {
            Trainer trainer =
                    Trainer.of(model, text, null).schedule(Schedule.constant(2)).dropout(0.1);
            KitException refused = assertThrows(KitException.class, () -> trainer.run(Progress.NONE));
            assertTrue(refused.getMessage().contains("no place where anything is dropped"), refused.getMessage());
            trainer.dropout(0).run(Progress.NONE);
        }
    }

    @Test
    void aShareThatIsNoneIsRefused() {
        TokenFile text = Small.text(folder.resolve("train.tokens"), 4_000, 1);
        try (LanguageModel model = Small.model(1)) {
            for (double share : new double[] {-0.1, 1, Double.NaN}) {
                assertThrows(
                        KitException.class, () -> Trainer.of(model, text, null).dropout(share));
            }
        }
    }
}
