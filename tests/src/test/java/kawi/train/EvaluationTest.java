package kawi.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.index.NDIndex;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import kawi.evidence.KitException;
import kawi.model.LanguageModel;
import kawi.text.TokenFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sampling, scoring, planning and the finding of a rate. */
class EvaluationTest {
    @TempDir
    Path folder;

    @Test
    void theBatchSizeNeverChangesAScore() {
        try (TokenFile text = Small.text(folder.resolve("text.bin"), 700, 1);
                LanguageModel model = Small.model(1)) {
            Evaluation one = Evaluation.of(model, text, 16, 43, 1);
            for (int batch : new int[] {2, 7, 43, 100}) {
                Evaluation other = Evaluation.of(model, text, 16, 43, batch);
                assertEquals(one.nats(), other.nats(), 1e-5);
                assertEquals(one.tokens(), other.tokens());
            }
            assertEquals(one.nats() / Math.log(2) / 3, one.bitsPerByte(), 1e-9, "three bytes a token");
        }
    }

    @Test
    void whatDoesNotExistIsNotSaidAsANumber() {
        try (TokenFile text = Small.text(folder.resolve("text.bin"), 700, 1);
                LanguageModel model = Small.model(1)) {
            Evaluation one = Evaluation.of(model, text, 16, 1, 1);
            assertTrue(Double.isNaN(one.low()) && Double.isNaN(one.high()), "one window has no interval: " + one);
            Evaluation many = Evaluation.of(model, text, 16, 40, 8);
            assertTrue(many.low() < many.nats() && many.nats() < many.high(), many.toString());
            try (var writer = TokenFile.writer(folder.resolve("bare.bin"), 64)) {
                writer.document(text.read(0, 300), 0).finish();
            }
            try (TokenFile bare = TokenFile.open(folder.resolve("bare.bin"))) {
                assertTrue(Double.isNaN(Evaluation.of(model, bare, 16, 4, 4).bitsPerByte()), "bytes are not known");
            }
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                model.parameters().get("transformer.ln_f.weight").set(new NDIndex(3), bad);
                String said = assertThrows(KitException.class, () -> Evaluation.of(model, text, 16, 4, 4))
                        .getMessage();
                assertTrue(said.startsWith("The model's loss on the text is "), said);
            }
        }
    }

    @Test
    void evaluationWindowsCoverASplitOnceAndAreSpreadWhenFew() {
        try (TokenFile text = Small.text(folder.resolve("text.bin"), 161, 1)) {
            assertArrayEquals(new long[] {0, 16, 32, 48, 64, 80, 96, 112, 128, 144}, Batches.covering(text, 16, 1000));
            assertArrayEquals(new long[] {0, 48, 96}, Batches.covering(text, 16, 3));
        }
    }

    @Test
    void windowsAreTheSameHoweverTheyAreGroupedAndWhereverTheSamplerStarts() {
        try (TokenFile text = Small.text(folder.resolve("text.bin"), 500, 1)) {
            Batches eight = new Batches(text, 8, 16, 3);
            Batches two = new Batches(text, 2, 16, 3);
            long[] big = eight.next().starts();
            for (int i = 0; i < 4; i++) {
                assertArrayEquals(
                        Arrays.copyOfRange(big, 2 * i, 2 * i + 2), two.next().starts());
            }
            assertEquals(8, two.position());
            two.position(2);
            assertArrayEquals(Arrays.copyOfRange(big, 2, 4), two.next().starts());
            Batch batch = eight.next();
            int[] expected = text.read(batch.starts()[1], 17);
            assertEquals(expected[0], batch.ids()[16]);
            assertEquals(expected[16], batch.targets()[31]);
        }
    }

    @Test
    void everyPlaceOfTheTextIsDrawnSoonerOrLater() {
        try (TokenFile text = Small.text(folder.resolve("text.bin"), 40, 1)) {
            Batches batches = new Batches(text, 100, 16, 3);
            Set<Long> seen = new HashSet<>();
            for (int i = 0; i < 10; i++) {
                Arrays.stream(batches.next().starts()).forEach(seen::add);
            }
            assertEquals(24, seen.size(), "starts 0 to 23");
        }
    }

    @Test
    void schedulesRiseAndFallAsTheyPromise() {
        Schedule cosine = Schedule.cosine(10, 110);
        assertTrue(cosine.factor(0) > 0 && cosine.factor(0) < cosine.factor(5));
        assertEquals(1.0, cosine.factor(10), 1e-12);
        assertEquals(0.55, cosine.factor(60), 1e-12);
        assertEquals(0.1, cosine.factor(110), 1e-12);
        assertEquals(0.1, cosine.factor(500), 1e-12);
        Schedule stable = Schedule.warmupStableDecay(10, 100, 0.4);
        assertEquals(1.0, stable.factor(59), 1e-12);
        assertEquals(0.5, stable.factor(80), 1e-12);
        assertEquals(0.0, stable.factor(100), 1e-12);
        assertEquals(1.0, Schedule.constant(5).factor(0), 1e-12);
        assertEquals(0.01, Schedule.rising(0.0001, 3).factor(1), 1e-12);
        assertThrows(KitException.class, () -> Schedule.cosine(10, 5));
        assertThrows(KitException.class, () -> Schedule.warmupStableDecay(0, 5, 1.5));
    }

    @Test
    void analyticGradientsEqualFiniteDifferences() {
        try (TokenFile text = Small.text(folder.resolve("text.bin"), 500, 1);
                LanguageModel model = Small.model(1)) {
            Batch batch = new Batches(text, 4, 16, 1).next();
            float[] before =
                    model.parameters().get("transformer.h.0.attn.c_attn.weight").toFloatArray();
            for (String name : model.parameters().keySet()) {
                GradientCheck check = GradientCheck.of(model, batch, name, 0.01);
                assertTrue(check.relativeError() < 0.02, check.toString());
            }
            assertArrayEquals(
                    before,
                    model.parameters().get("transformer.h.0.attn.c_attn.weight").toFloatArray());
        }
    }
}
