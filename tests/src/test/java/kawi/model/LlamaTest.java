package kawi.model;

import static org.junit.jupiter.api.Assertions.*;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import kawi.evidence.KitException;
import kawi.torch.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LlamaTest {
    static final LlamaConfig SMALL = new LlamaConfig(60, 64, 3, 32, 48, 4, 2, 8, 10000, 1e-5, true);
    static Torch torch;
    static Llama model;

    @BeforeAll
    static void open() {
        torch = Torch.open("cpu", 1, 7);
        model = Llama.create(torch, SMALL, 7);
        torch.inference(() -> {
            model.parameters().forEach((name, array) -> { // larger weights than at the start, so that differences show
                if (name.contains("proj")) {
                    array.muli(8);
                }
            });
            return null;
        });
    }

    @AfterAll
    static void close() {
        model.close();
        torch.close();
    }

    static int[] ids(int length, long seed) {
        return new Random(seed).ints(length, 0, SMALL.vocabularySize()).toArray();
    }

    static float[] lastLogits(Llama model, int[] ids) {
        return lastLogitsOf(torch, model, ids);
    }

    static float[] lastLogitsOf(Torch torch, LanguageModel model, int[] ids) {
        return torch.inference(() -> {
            try (NDManager work = torch.manager().newSubManager()) {
                NDArray input = work.create(Arrays.stream(ids).asLongStream().toArray(), new Shape(1, ids.length));
                return model.logits(model.hidden(input).get(":,-1")).toFloatArray();
            }
        });
    }

    /** Runs a check with each of the two libraries that multiply float32, whichever this CPU would choose. */
    private static void byEitherLibrary(Runnable check) {
        boolean before = torch.oneDnn();
        try {
            torch.oneDnn(false);
            check.run();
            torch.oneDnn(true);
            check.run();
        } finally {
            torch.oneDnn(before);
        }
    }

    @Test
    void lossOfNewWeightsIsThatOfGuessing() {
        try (Llama fresh = Llama.create(torch, SMALL, 3);
                NDManager work = torch.manager().newSubManager()) {
            NDArray ids = work.create(Arrays.stream(ids(60, 1)).asLongStream().toArray(), new Shape(2, 30));
            NDArray targets =
                    work.create(Arrays.stream(ids(60, 17)).asLongStream().toArray(), new Shape(2, 30));
            assertEquals(
                    Math.log(60),
                    torch.inference(() -> fresh.loss(ids, targets)).getFloat(),
                    0.02 * Math.log(60));
        }
    }

    @Test
    void layersInOneCallGiveWhatTheReadableOnesGive() {
        LlamaConfig longer = new LlamaConfig(60, 160, 3, 32, 48, 4, 2, 8, 10000, 1e-5, true);
        try (Llama fresh = Llama.create(torch, longer, 5);
                NDManager work = torch.manager().newSubManager()) {
            NDArray ids = work.create(
                    Arrays.stream(ids(300, 6)).asLongStream().toArray(),
                    new Shape(2, 150)); // attention in three blocks, the last not full
            NDArray embedded = fresh.embed(ids);
            float[] input = embedded.toFloatArray();
            float[] readable = torch.inference(() -> fresh.hidden(ids, (name, value) -> {}))
                    .toFloatArray(); // someone listens, so each layer runs in Java
            byEitherLibrary(() -> assertArrayEquals(
                    readable, torch.inference(() -> fresh.hidden(ids)).toFloatArray(), 1e-5f));
            torch.inference(() -> fresh.layers(embedded, 0, 2)).close();
            assertArrayEquals(input, embedded.toFloatArray());
        }
    }

    @Test
    void frozenLayersOfATrainingAreMultipliedAsThoseThatLearn() {
        boolean bf16 = torch.bf16();
        try (NDManager work = torch.manager().newSubManager()) {
            NDArray ids = work.create(Arrays.stream(ids(12, 5)).asLongStream().toArray(), new Shape(1, 12));
            NDArray x = torch.inference(() -> model.embed(ids));
            float[] exact = torch.inference(() -> model.layers(x, 0, 2).toFloatArray());
            float[] learning = torch.training(() -> model.layers(x, 0, 2).toFloatArray());
            float[] frozen = torch.frozen(() -> model.layers(x, 0, 2).toFloatArray());
            assertEquals(0, relativeError(learning, frozen), 0.01);
            assertEquals(!bf16, Arrays.equals(exact, frozen));
            torch.bf16(false);
            assertArrayEquals(exact, torch.frozen(() -> model.layers(x, 0, 2).toFloatArray()));
        } finally {
            torch.bf16(true);
        }
    }

    @Test
    void decodingTokenByTokenGivesWhatTheWholeSequenceGives() {
        int[] ids = ids(20, 2);
        byEitherLibrary(() -> {
            try (Decoder decoder = model.decoder(1, 32)) {
                decoder.next(new int[][] {Arrays.copyOf(ids, 7)});
                decoder.next(new int[][] {Arrays.copyOfRange(ids, 7, 12)});
                for (int at = 12; at < ids.length; at++) {
                    float[] logits = decoder.next(new int[][] {{ids[at]}})[0];
                    assertArrayEquals(lastLogits(model, Arrays.copyOf(ids, at + 1)), logits, 1e-4f);
                }
            }
        });
    }

    @Test
    void rowsOfDifferentLengthGiveWhatEachGivesAlone() {
        byEitherLibrary(() -> rowsGiveWhatEachGivesAlone(model));
    }

    private static void rowsGiveWhatEachGivesAlone(Llama model) {
        int[][] prompts = {ids(5, 3), ids(11, 4), ids(5, 5), ids(1, 6)};
        int[][] more = {ids(6, 7), ids(6, 8), ids(6, 9), ids(6, 10)};
        try (Decoder decoder = model.decoder(4, 40)) {
            float[][] logits = decoder.next(prompts);
            for (int step = 0; step <= 6; step++) {
                for (int row = 0; row < 4; row++) {
                    int[] whole = Arrays.copyOf(prompts[row], prompts[row].length + step);
                    System.arraycopy(more[row], 0, whole, prompts[row].length, step);
                    assertArrayEquals(lastLogits(model, whole), logits[row], 1e-4f, "row " + row + " after " + step);
                }
                if (step < 6) {
                    int[][] next = new int[4][];
                    for (int row = 0; row < 4; row++) {
                        next[row] = new int[] {more[row][step]};
                    }
                    logits = decoder.next(next);
                }
            }
        }
    }

    @Test
    void severalRowsAreDecodedWithTheWeightsThatTheModelHasByThen() {
        boolean before = torch.oneDnn();
        torch.oneDnn(true); // whose weights for several rows are a copy
        try (Llama learning = Llama.create(torch, SMALL, 8)) {
            rowsGiveWhatEachGivesAlone(learning);
            torch.inference(() -> {
                learning.parameters().forEach((name, array) -> array.muli(name.contains("proj") ? 8 : 1));
                return null;
            });
            rowsGiveWhatEachGivesAlone(learning);
        } finally {
            torch.oneDnn(before);
        }
    }

    @Test
    void whereTheLibraryChangesSeveralRowsGoOn() {
        boolean before = torch.oneDnn();
        int[] first = ids(6, 11), second = ids(9, 12);
        try (Decoder decoder = model.decoder(2, 30)) {
            torch.oneDnn(true);
            decoder.next(new int[][] {first, second});
            torch.oneDnn(false);
            float[][] logits = decoder.next(new int[][] {{9}, {4}});
            torch.oneDnn(true);
            assertArrayEquals(lastLogits(model, after(first, 9)), logits[0], 1e-4f);
            assertArrayEquals(
                    lastLogits(model, after(after(second, 4), 8)), decoder.next(new int[][] {{3}, {8}})[1], 1e-4f);
        } finally {
            torch.oneDnn(before);
        }
    }

    @Test
    void severalRowsGiveTheSameBytesEachTime() {
        byEitherLibrary(() -> {
            float[][] once = null;
            for (int time = 0; time < 2; time++) {
                try (Decoder decoder = model.decoder(3, 30)) {
                    decoder.next(new int[][] {ids(6, 11), ids(9, 12), ids(4, 13)});
                    float[][] logits = decoder.next(new int[][] {{9}, {4}, {7}});
                    for (int row = 0; once != null && row < 3; row++) {
                        assertArrayEquals(once[row], logits[row]);
                    }
                    once = logits;
                }
            }
        });
    }

    @Test
    void aRowThatRestsIsNotChanged() {
        int[] first = ids(6, 11);
        int[] second = ids(9, 12);
        try (Decoder decoder = model.decoder(2, 30)) {
            decoder.next(new int[][] {first, second});
            float[][] logits = decoder.next(new int[][] {{}, {4}});
            assertNull(logits[0]);
            decoder.next(new int[][] {{}, {5}});
            int[] whole = Arrays.copyOf(first, 7);
            whole[6] = 9;
            assertArrayEquals(lastLogits(model, whole), decoder.next(new int[][] {{9}, {6}})[0], 1e-4f);
        }
    }

    @Test
    void rowsThatAreKeptGoOnAsIfTheOthersHadNeverBeen() {
        int[] first = ids(6, 11), second = ids(9, 12), third = ids(4, 13);
        try (Decoder decoder = model.decoder(3, 30)) {
            decoder.next(new int[][] {first, second, third});
            decoder.keep(new int[] {0, 2});
            float[][] logits = decoder.next(new int[][] {{9}, {4}});
            assertEquals(2, logits.length);
            assertArrayEquals(lastLogits(model, after(first, 9)), logits[0], 1e-4f);
            assertArrayEquals(lastLogits(model, after(third, 4)), logits[1], 1e-4f);
            assertEquals(7, decoder.position());
            decoder.keep(new int[] {1});
            assertEquals(5, decoder.position());
            assertArrayEquals(lastLogits(model, after(after(third, 4), 8)), decoder.next(new int[][] {{8}})[0], 1e-4f);
        }
    }

    @Test
    void rowsThatBeginWithTheStemGoOnAsIfEachHadReadIt() {
        int[] stem = ids(9, 20), tail = ids(4, 21), other = ids(3, 22);
        int[] whole = Arrays.copyOf(stem, 13);
        System.arraycopy(tail, 0, whole, 9, 4);
        byEitherLibrary(() -> {
            try (Decoder decoder = model.decoder(3, 30)) {
                decoder.next(new int[][] {ids(5, 23), ids(7, 24), {}});
                decoder.stem(stem);
                decoder.begin(2);
                decoder.begin(1);
                float[][] logits = decoder.next(new int[][] {other, {tail[0]}, tail});
                assertArrayEquals(lastLogits(model, other), logits[0], 1e-4f, "the stem is read in no row");
                assertArrayEquals(lastLogits(model, Arrays.copyOf(whole, 10)), logits[1], 1e-4f);
                assertArrayEquals(lastLogits(model, whole), logits[2], 1e-4f);
                decoder.keep(new int[] {0, 2});
                decoder.begin(0);
                assertArrayEquals(
                        lastLogits(model, Arrays.copyOf(whole, 10)),
                        decoder.next(new int[][] {{tail[0]}, {}})[0],
                        1e-4f);
            }
        });
    }

    private static int[] after(int[] ids, int next) {
        int[] longer = Arrays.copyOf(ids, ids.length + 1);
        longer[ids.length] = next;
        return longer;
    }

    @Test
    void anIdBeyondTheVocabularyIsRefusedAndNothingIsFed() {
        int[] ids = ids(8, 14);
        int beyond = model.config().vocabularySize();
        try (Decoder decoder = model.decoder(1, 32)) {
            decoder.next(new int[][] {Arrays.copyOf(ids, 7)});
            for (int[] wrong : new int[][] {{beyond}, {-1}, {1, beyond}}) {
                KitException refused = assertThrows(KitException.class, () -> decoder.next(new int[][] {wrong}));
                assertTrue(
                        refused.getMessage().contains("not in the model's vocabulary of " + beyond),
                        refused.getMessage());
            }
            assertArrayEquals(lastLogits(model, ids), decoder.next(new int[][] {{ids[7]}})[0], 1e-4f);
        }
    }

    @Test
    void int8StaysCloseAndLeavesTheWeightsAlone() {
        int[] ids = ids(20, 13);
        float[] exact = lastLogits(model, ids);
        model.precision(Precision.INT8);
        float[] near = lastLogits(model, ids);
        float[] together;
        float[] single = null;
        try (Decoder whole = model.decoder(1, 32);
                Decoder parts = model.decoder(1, 32)) {
            together = whole.next(new int[][] {ids})[0];
            for (int id : ids) {
                single = parts.next(new int[][] {{id}})[0];
            }
        }
        assertTrue(model.arithmetic().startsWith("int8"), model.arithmetic());
        model.precision(Precision.FP32);
        // Whole sequences, several ids and one id round in their own ways (oneDNN's and fbgemm's), so each is held to
        // the exact figures and not to another.
        assertEquals(0, relativeError(exact, near), 0.15);
        assertEquals(0, relativeError(exact, together), 0.15);
        assertEquals(0, relativeError(exact, single), 0.15);
        assertTrue(model.arithmetic().startsWith("float32"), model.arithmetic());
        assertArrayEquals(exact, lastLogits(model, ids));
    }

    /** Root mean square of the difference, over that of the expected figures. */
    static double relativeError(float[] expected, float[] actual) {
        float[] difference = new float[expected.length];
        for (int i = 0; i < expected.length; i++) {
            difference[i] = actual[i] - expected[i];
        }
        return Math.sqrt(dot(difference, difference) / dot(expected, expected));
    }

    static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    @Test
    void savedAndReadBackItIsTheSameModel(@TempDir Path folder) {
        model.save(folder);
        try (LanguageModel again = LanguageModel.load(torch, folder)) {
            assertEquals(SMALL, again.config());
            assertArrayEquals(lastLogits(model, ids(9, 14)), lastLogits((Llama) again, ids(9, 14)));
        }
    }

    @Test
    void gradientsAgreeWithFiniteDifferencesEvenAfterACollection() {
        try (NDManager work = torch.manager().newSubManager()) {
            NDArray ids = work.create(Arrays.stream(ids(16, 15)).asLongStream().toArray(), new Shape(2, 8));
            NDArray targets =
                    work.create(Arrays.stream(ids(16, 16)).asLongStream().toArray(), new Shape(2, 8));
            torch.trainingExact(() -> {
                NDArray loss = model.loss(ids, targets);
                System.gc();
                torch.ops().backward(loss);
                return null;
            });
            Slopes.agree(model, ids, targets, 1e-3); // small beside the embeddings, which the first norm stretches
            torch.ops()
                    .zero(torch.ops()
                            .gradients(
                                    work,
                                    java.util.List.copyOf(model.parameters().values())));
        }
    }

    @Test
    void sizesThatDoNotFitAreRefusedInASentence() {
        for (LlamaConfig bad : new LlamaConfig[] {
            new LlamaConfig(60, 64, 3, 32, 48, 4, 3, 8, 1e4, 1e-5, true),
            new LlamaConfig(60, 64, 3, 32, 48, 4, 2, 7, 1e4, 1e-5, true),
            new LlamaConfig(0, 64, 3, 32, 48, 4, 2, 8, 1e4, 1e-5, true)
        }) {
            String sentence = assertThrows(KitException.class, () -> Llama.create(torch, bad, 1))
                    .getMessage();
            assertTrue(sentence.endsWith(".") && sentence.length() < 250, sentence);
        }
        assertThrows(KitException.class, () -> lastLogits(model, ids(65, 1)));
        assertThrows(KitException.class, () -> LlamaConfig.of(65, 64, 1, 3, 32));
    }
}
