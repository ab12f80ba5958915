package kawi.model;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import kawi.torch.Gguf;
import kawi.torch.GgufType;
import kawi.torch.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model loaded for int8 leaves its weights in the file, and says what it says when they are in memory. */
class Int8WithoutAFloat32CopyTest {
    private static final int[] IDS = {1, 5, 9, 13, 17, 21, 25, 2, 3};
    private static final List<String> MATRICES =
            List.of("model.embed_tokens", "model.layers.0.self_attn.q_proj", "model.layers.1.mlp.down_proj");

    static Torch torch;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() {
        torch = Torch.open("cpu", 1, 7);
    }

    @AfterAll
    static void close() {
        torch.close();
    }

    private Path file(boolean tied) throws IOException {
        LlamaConfig config = new LlamaConfig(60, 32, 2, 32, 64, 4, 2, 8, 5000, 1e-5f, tied);
        try (Llama model = Llama.create(torch, config, 3)) {
            torch.inference(() -> {
                model.parameters().forEach((name, array) -> {
                    if (name.contains("proj")) {
                        array.muli(8);
                    }
                });
                return null;
            });
            return LlamaFileTest.write(folder, LlamaFileTest.about(config), model, Map.of());
        }
    }

    private static Llama stored(Path file) {
        try (Gguf gguf = Gguf.open(file)) {
            return LlamaFile.stored(torch, gguf).precision(Precision.INT8);
        }
    }

    private static Llama whole(Path file) {
        try (Gguf gguf = Gguf.open(file)) {
            return LlamaFile.read(torch, gguf).precision(Precision.INT8);
        }
    }

    private static float[][] said(Llama model) {
        float[][] said = new float[4][];
        said[0] = LlamaTest.lastLogitsOf(torch, model, IDS);
        try (Decoder one = model.decoder(1, 32);
                Decoder two = model.decoder(2, 32)) {
            said[1] = one.next(new int[][] {IDS})[0];
            said[2] = one.next(new int[][] {{7}})[0];
            two.next(new int[][] {IDS, {4, 4}});
            said[3] = two.next(new int[][] {{8}, {9}})[1];
        }
        return said;
    }

    @Test
    void everyLogitIsTheSameBitForBitAndNoMatrixIsReadIntoMemory() throws IOException {
        for (boolean tied : new boolean[] {true, false}) {
            Path file = file(tied);
            try (Llama whole = whole(file);
                    Llama stored = stored(file)) {
                assertTrue(whole.holds("model.embed_tokens.weight"));
                float[][] expected = said(whole);
                float[][] found = said(stored);
                for (int i = 0; i < expected.length; i++) {
                    assertArrayEquals(expected[i], found[i], "way " + i + ", tied " + tied);
                }
                for (String matrix : MATRICES) {
                    assertFalse(stored.holds(matrix + ".weight"), matrix);
                }
                assertEquals(whole.parameterCount(), stored.parameterCount());
                assertEquals(whole.fingerprint(), stored.fingerprint());
                assertFalse(stored.holds(MATRICES.get(0) + ".weight"));
            }
        }
    }

    @Test
    void whoAsksForTheFloatsGetsThemAllInTheOrderOfTheSavedFile() throws IOException {
        Path file = file(true);
        try (Llama whole = whole(file);
                Llama stored = stored(file)) {
            said(stored);
            assertEquals(
                    List.copyOf(whole.parameters().keySet()),
                    List.copyOf(stored.parameters().keySet()));
            whole.parameters()
                    .forEach((name, array) -> assertArrayEquals(
                            array.toFloatArray(), stored.parameters().get(name).toFloatArray(), name));
            assertFalse(stored.parameters().get("model.norm.weight").hasGradient());
            whole.precision(Precision.FP32);
            stored.precision(Precision.FP32);
            float[][] expected = said(whole);
            float[][] found = said(stored);
            for (int i = 0; i < expected.length; i++) {
                assertArrayEquals(expected[i], found[i]);
            }
        }
    }

    @Test
    void anInterruptedReadingIsSaidAndTheNextOneReads() throws IOException {
        try (Llama stored = stored(file(true))) {
            Thread.currentThread().interrupt();
            try {
                GptTest.sentence("was interrupted", () -> said(stored));
            } finally {
                assertTrue(Thread.interrupted());
            }
            assertEquals(4, said(stored).length);
        }
    }

    @Test
    void aFileThatWasWrittenMeanwhileIsRefusedWhenItIsOpenedAgain() throws IOException {
        Path file = file(true);
        try (Gguf gguf = Gguf.open(file)) {
            Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
            GptTest.sentence("has been written to since", gguf::again);
        }
    }

    @Test
    void aWindowOfRowsIsThatOfTheWholeMatrix() throws IOException {
        Path file = file(true);
        try (Gguf gguf = Gguf.open(file);
                var all = gguf.tensor(torch.manager(), "token_embd.weight");
                var some = gguf.rows(torch.manager(), "token_embd.weight", new long[] {59, 0, 1, 2, 7})) {
            float[] whole = all.toFloatArray();
            float[] rows = some.toFloatArray();
            int at = 0;
            for (int row : new int[] {59, 0, 1, 2, 7}) {
                for (int i = 0; i < 32; i++) {
                    assertEquals(whole[32 * row + i], rows[at++]);
                }
            }
            assertEquals(GgufType.F32, gguf.info("token_embd.weight").type());
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> gguf.rows(torch.manager(), "token_embd.weight", new long[] {60}));
        }
    }
}
