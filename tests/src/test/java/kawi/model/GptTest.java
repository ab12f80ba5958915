package kawi.model;

import static org.junit.jupiter.api.Assertions.*;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import kawi.evidence.KitException;
import kawi.torch.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GptTest {
    static final GptConfig SMALL = GptConfig.of(60).layers(2).heads(2).width(32).context(16);
    static Torch torch;

    @BeforeAll
    static void open() {
        torch = Torch.open("cpu", 2, 7);
    }

    @AfterAll
    static void close() {
        torch.close();
    }

    static NDArray ids(NDManager manager, int vocabulary, int batch, int time, long seed) {
        long[] flat = new Random(seed).longs((long) batch * time, 0, vocabulary).toArray();
        return manager.create(flat, new Shape(batch, time));
    }

    static int[][] rows(NDArray ids) {
        int time = (int) ids.getShape().get(1);
        long[] flat = ids.toLongArray();
        int[][] rows = new int[flat.length / time][time];
        for (int i = 0; i < flat.length; i++) {
            rows[i / time][i % time] = (int) flat[i];
        }
        return rows;
    }

    @Test
    void parameterCountsAreThoseOfThePublishedModels() {
        assertEquals(
                Map.of("gpt2", 124439808L, "gpt2-medium", 354823168L, "gpt2-large", 774030080L, "gpt2-xl", 1557611200L),
                GptConfig.gpt2().entrySet().stream()
                        .collect(java.util.stream.Collectors.toMap(
                                Map.Entry::getKey, e -> e.getValue().parameterCount())));
        GptConfig.gpt2()
                .values()
                .forEach(config -> assertEquals(
                        config.parameterCount(),
                        config.shapes().values().stream().mapToLong(Shape::size).sum()));
        assertEquals(
                List.of(12, 16, 16, 24, 32, 32, 40, 96),
                GptConfig.gpt3().values().stream().map(GptConfig::heads).toList());
        GptConfig.gpt3().forEach((name, config) -> {
            String published = name.substring("GPT-3 ".length());
            double size = Double.parseDouble(published.replaceAll("[MB]", "")) * (published.endsWith("M") ? 1e6 : 1e9);
            assertEquals(1, config.parameterCount() / size, 0.05, name);
        });
    }

    @Test
    void anUntrainedModelLosesTheLogarithmOfItsVocabulary() {
        for (ModelConfig config : List.of(
                GptConfig.of(2000),
                SMALL,
                RecurrentConfig.of(RecurrentConfig.Cell.LSTM, 2000),
                RecurrentConfig.of(RecurrentConfig.Cell.RNN, 2000),
                RecurrentConfig.of(RecurrentConfig.Cell.GRU, 2000))) {
            try (LanguageModel model = LanguageModel.create(torch, config, 3);
                    NDManager m = torch.manager().newSubManager()) {
                int vocabulary = config.vocabularySize();
                double loss =
                        torch.inference(() -> model.loss(ids(m, vocabulary, 8, 16, 1), ids(m, vocabulary, 8, 16, 2))
                                .getFloat());
                assertEquals(1, loss / Math.log(vocabulary), 0.02, config.describe());
            }
        }
    }

    @Test
    void gradientsAgreeWithFiniteDifferences() {
        for (ModelConfig config : List.of(
                SMALL,
                RecurrentConfig.of(RecurrentConfig.Cell.LSTM, 60).width(24),
                RecurrentConfig.of(RecurrentConfig.Cell.GRU, 60).width(24),
                RecurrentConfig.of(RecurrentConfig.Cell.RNN, 60).width(24))) {
            try (LanguageModel model = LanguageModel.create(torch, config, 3);
                    NDManager m = torch.manager().newSubManager()) {
                NDArray ids = ids(m, 60, 2, 8, 1);
                NDArray targets = ids(m, 60, 2, 8, 2);
                torch.trainingExact(() -> {
                    torch.ops().backward(model.loss(ids, targets));
                    return null;
                });
                Slopes.agree(model, ids, targets, 1e-2);
            }
        }
    }

    @Test
    void theDecoderSaysWhatTheFullForwardPassSays() {
        for (ModelConfig config : List.of(
                SMALL,
                RecurrentConfig.of(RecurrentConfig.Cell.LSTM, 60).layers(2),
                RecurrentConfig.of(RecurrentConfig.Cell.GRU, 60),
                RecurrentConfig.of(RecurrentConfig.Cell.RNN, 60))) {
            try (LanguageModel model = LanguageModel.create(torch, config, 3);
                    NDManager m = torch.manager().newSubManager();
                    Decoder decoder = model.decoder(3, 16)) {
                NDArray ids = ids(m, 60, 3, 12, 5);
                NDArray full = torch.inference(() -> model.logits(model.hidden(ids)));
                int[] cuts = {0, 5, 6, 7, 10, 12};
                for (int i = 0; i + 1 < cuts.length; i++) {
                    float[][] logits = decoder.next(rows(ids.get(":," + cuts[i] + ":" + cuts[i + 1])));
                    for (int row = 0; row < 3; row++) {
                        assertArrayEquals(
                                full.get(row, cuts[i + 1] - 1).toFloatArray(), logits[row], 1e-4f, config.describe());
                    }
                    assertEquals(cuts[i + 1], decoder.position());
                }
            }
        }
    }

    @Test
    void aSequenceScoresTheSameAloneAndInABatch() {
        try (LanguageModel model = Gpt.create(torch, SMALL);
                NDManager m = torch.manager().newSubManager()) {
            NDArray ids = ids(m, 60, 5, 16, 5);
            float[] together =
                    torch.inference(() -> model.logits(model.hidden(ids)).get(2).toFloatArray());
            float[] alone = torch.inference(
                    () -> model.logits(model.hidden(ids.get("2:3"))).toFloatArray());
            assertArrayEquals(together, alone, 1e-5f);
        }
    }

    @Test
    void laterTokensNeverChangeEarlierLogits() {
        try (LanguageModel model = Gpt.create(torch, SMALL);
                NDManager m = torch.manager().newSubManager()) {
            NDArray ids = ids(m, 60, 1, 16, 5);
            float[] all = torch.inference(
                    () -> model.logits(model.hidden(ids)).get(":,:9").toFloatArray());
            float[] some = torch.inference(
                    () -> model.logits(model.hidden(ids.get(":,:9"))).toFloatArray());
            assertArrayEquals(all, some, 1e-5f);
        }
    }

    @Test
    void aSavedModelIsReadBackWithEqualLogits(@TempDir Path folder) {
        for (ModelConfig config :
                List.of(SMALL, RecurrentConfig.of(RecurrentConfig.Cell.GRU, 60).layers(2))) {
            try (LanguageModel model = LanguageModel.create(torch, config, 3);
                    NDManager m = torch.manager().newSubManager()) {
                Path there = folder.resolve(config.describe());
                model.save(there);
                NDArray ids = ids(m, 60, 2, 16, 5);
                try (LanguageModel again = LanguageModel.load(torch, there)) {
                    assertEquals(config, again.config());
                    assertArrayEquals(
                            torch.inference(
                                    () -> model.logits(model.hidden(ids)).toFloatArray()),
                            torch.inference(
                                    () -> again.logits(again.hidden(ids)).toFloatArray()));
                }
            }
        }
    }

    @Test
    void attentionWeightsLookBackOnlyAndSumToOne() {
        try (Gpt model = Gpt.create(torch, SMALL);
                NDManager m = torch.manager().newSubManager()) {
            NDArray weights = model.attention(ids(m, 60, 1, 6, 5), 1);
            assertEquals(new Shape(1, 2, 6, 6), weights.getShape());
            for (int t = 0; t < 6; t++) {
                float sum = 0;
                for (int s = 0; s < 6; s++) {
                    sum += weights.getFloat(0, 1, t, s);
                    assertTrue(s <= t || weights.getFloat(0, 1, t, s) == 0);
                }
                assertEquals(1, sum, 1e-5);
            }
        }
    }

    @Test
    void shapesAreTracedThroughTheModel() {
        try (Gpt model = Gpt.create(torch, SMALL);
                NDManager m = torch.manager().newSubManager()) {
            Map<String, Shape> shapes = model.shapes(ids(m, 60, 3, 6, 5));
            assertEquals(new Shape(3, 6, 96), shapes.get("block 1: queries, keys, values"));
            assertEquals(new Shape(3, 6, 60), shapes.get("logits"));
        }
    }

    @Test
    void badConfigurationsAndInputsAreRefusedInASentence(@TempDir Path folder) {
        sentence(
                "cannot be shared by 4 heads",
                () -> Gpt.create(torch, GptConfig.of(10).width(30)));
        sentence("at least 1", () -> Gpt.create(torch, GptConfig.of(0)));
        sentence("no model.safetensors", () -> {
            SMALL.write(folder.resolve("config.json"));
            LanguageModel.load(torch, folder);
        });
        try (Gpt model = Gpt.create(torch, SMALL);
                NDManager m = torch.manager().newSubManager();
                Decoder decoder = model.decoder(1, 4)) {
            sentence("at most 16 tokens", () -> model.hidden(ids(m, 60, 1, 17, 1)));
            sentence(
                    "not in the model's vocabulary of 60",
                    () -> model.hidden(m.create(new long[] {60}, new Shape(1, 1))));
            sentence("not in the model's vocabulary of 60", () -> decoder.next(new int[][] {{60}}));
            sentence("room for 4 tokens", () -> decoder.next(new int[][] {{1, 2, 3, 4, 5}}));
            sentence("context is 16", () -> model.decoder(1, 17));
            model.save(folder);
            SMALL.width(64).write(folder.resolve("config.json"));
            sentence("do not fit its config.json", () -> LanguageModel.load(torch, folder));
        }
    }

    static void sentence(String part, org.junit.jupiter.api.function.Executable bad) {
        KitException e = assertThrows(KitException.class, bad);
        assertTrue(
                e.getMessage().contains(part)
                        && e.getMessage().endsWith(".")
                        && !e.getMessage().contains("\n"),
                e.getMessage());
    }
}
