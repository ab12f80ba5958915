package kawi.model;

import static kawi.model.GptTest.ids;
import static kawi.model.GptTest.rows;
import static kawi.model.GptTest.sentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import kawi.model.ModernConfig.Part;
import kawi.torch.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModernGptTest {
    static final GptConfig SMALL = GptTest.SMALL;
    static Torch torch;

    @BeforeAll
    static void open() {
        torch = Torch.open("cpu", 2, 7);
    }

    @AfterAll
    static void close() {
        torch.close();
    }

    /** GPT-2 unchanged, each part alone, and all of them. */
    static List<ModernConfig> variants() {
        List<ModernConfig> variants = new ArrayList<>(List.of(ModernConfig.of(SMALL), ModernConfig.all(SMALL)));
        for (Part part : Part.values()) {
            variants.add(ModernConfig.of(SMALL).with(part));
        }
        return variants;
    }

    /** A model whose every weight, zero-initialised ones included, has some value. */
    static ModernGpt stirred(ModernConfig config) {
        ModernGpt model = ModernGpt.create(torch, config, 3);
        SplittableRandom random = new SplittableRandom(5);
        try (NDManager m = torch.manager().newSubManager()) {
            model.parameters().values().forEach(weight -> {
                float[] noise = new float[(int) weight.size()];
                for (int i = 0; i < noise.length; i++) {
                    noise[i] = (float) (0.1 * random.nextGaussian());
                }
                torch.ops().assign(weight, torch.inference(() -> weight.add(m.create(noise, weight.getShape()))));
            });
        }
        return model;
    }

    @Test
    void withNoPartReplacedItComputesWhatGptComputesFromTheSameWeights() {
        try (Gpt gpt = Gpt.create(torch, SMALL, 3);
                ModernGpt modern = ModernGpt.create(torch, ModernConfig.of(SMALL), 4);
                NDManager m = torch.manager().newSubManager()) {
            assertEquals(gpt.parameters().keySet(), modern.parameters().keySet());
            gpt.parameters()
                    .forEach((name, weight) ->
                            torch.ops().assign(modern.parameters().get(name), weight));
            NDArray ids = ids(m, 60, 3, 16, 5);
            assertArrayEquals(
                    torch.inference(() -> gpt.logits(gpt.hidden(ids)).toFloatArray()),
                    torch.inference(() -> modern.logits(modern.hidden(ids)).toFloatArray()),
                    1e-6f);
        }
    }

    @Test
    void parametersAreAsManyAsTheFormulaSays() {
        for (ModernConfig config : variants()) {
            try (ModernGpt model = ModernGpt.create(torch, config, 3)) {
                assertEquals(config.parameterCount(), model.parameterCount(), config.describe());
            }
        }
        assertEquals(
                2 * 60 * 32 + 32 + 2 * 12 * 32 * 32,
                ModernConfig.all(SMALL).parameterCount(),
                "embedding, head, token shift and four matrices a block");
    }

    @Test
    void everyPartChangesTheLogits() {
        try (NDManager m = torch.manager().newSubManager()) {
            NDArray ids = ids(m, 60, 1, 16, 5);
            float before = lastLogit(ModernConfig.of(SMALL), ids);
            for (Part part : Part.values()) {
                if (part != Part.ZERO_OUTPUT) {
                    assertNotEquals(before, lastLogit(ModernConfig.of(SMALL).with(part), ids), 1e-4f, part.title());
                }
            }
        }
    }

    private static float lastLogit(ModernConfig config, NDArray ids) {
        try (ModernGpt model = stirred(config)) {
            return torch.inference(() -> model.logits(model.hidden(ids)).getFloat(0, 15, 0));
        }
    }

    @Test
    void zeroInitialisedBlocksChangeNothingAndAllTokensAreEquallyLikely() {
        try (ModernGpt model = ModernGpt.create(torch, ModernConfig.all(SMALL), 3);
                NDManager m = torch.manager().newSubManager()) {
            NDArray ids = ids(m, 60, 2, 16, 5);
            assertEquals(
                    Math.log(60), torch.inference(() -> model.loss(ids, ids).getFloat()), 1e-5);
        }
    }

    @Test
    void gradientsAgreeWithFiniteDifferences() {
        for (ModernConfig config : variants()) {
            try (ModernGpt model = stirred(config);
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
        for (ModernConfig config : variants()) {
            try (ModernGpt model = stirred(config);
                    NDManager m = torch.manager().newSubManager();
                    Decoder decoder = model.decoder(3, 16)) {
                NDArray ids = ids(m, 60, 3, 12, 5);
                NDArray full = torch.inference(() -> model.logits(model.hidden(ids)));
                int[] cuts = {0, 5, 6, 7, 10, 12};
                for (int i = 0; i + 1 < cuts.length; i++) {
                    float[][] logits = decoder.next(rows(ids.get(":," + cuts[i] + ":" + cuts[i + 1])));
                    for (int row = 0; row < 3; row++) {
                        assertArrayEquals(
                                full.get(row, cuts[i + 1] - 1).toFloatArray(), logits[row], 2e-4f, config.describe());
                    }
                }
            }
        }
    }

    @Test
    void laterTokensNeverChangeEarlierLogits() {
        for (ModernConfig config : variants()) {
            try (ModernGpt model = stirred(config);
                    NDManager m = torch.manager().newSubManager()) {
                NDArray ids = ids(m, 60, 1, 16, 5);
                float[] all = torch.inference(
                        () -> model.logits(model.hidden(ids)).get(":,:9").toFloatArray());
                float[] some = torch.inference(
                        () -> model.logits(model.hidden(ids.get(":,:9"))).toFloatArray());
                assertArrayEquals(all, some, 2e-5f, config.describe());
            }
        }
    }

    @Test
    void withRotaryPositionsOnlyDistancesMatter() {
        ModernConfig config = ModernConfig.of(SMALL.layers(1)).with(Part.ROTARY);
        try (ModernGpt model = stirred(config);
                NDManager m = torch.manager().newSubManager()) {
            NDArray ids = ids(m, 60, 1, 8, 5);
            NDArray here = torch.inference(() -> model.forward(
                    ids,
                    null,
                    0,
                    ActivationHook.NONE,
                    (q, k, v, layer) -> torch.ops().attention(q, k, v, true)));
            NDArray there = torch.inference(() -> model.forward(
                    ids,
                    null,
                    7,
                    ActivationHook.NONE,
                    (q, k, v, layer) -> torch.ops().attention(q, k, v, true)));
            assertArrayEquals(here.toFloatArray(), there.toFloatArray(), 1e-4f);
        }
    }

    @Test
    void aSavedModelIsReadBackWithEqualLogits(@TempDir Path folder) {
        for (ModernConfig config : variants()) {
            try (ModernGpt model = stirred(config);
                    NDManager m = torch.manager().newSubManager()) {
                Path there = folder.resolve(Integer.toString(config.parts().hashCode()));
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
    void shapesAreTracedThroughTheModel() {
        try (ModernGpt model = ModernGpt.create(torch, ModernConfig.all(SMALL), 3);
                NDManager m = torch.manager().newSubManager()) {
            var shapes = model.shapes(ids(m, 60, 3, 6, 5));
            assertEquals(new Shape(3, 6, 96), shapes.get("block 1: queries, keys, values"));
            assertEquals(new Shape(3, 6, 60), shapes.get("logits"));
        }
    }

    @Test
    void badConfigurationsAndInputsAreRefusedInASentence() {
        sentence("even multiple of the heads", () -> ModernGpt.create(torch, ModernConfig.all(SMALL.width(6)), 1));
        sentence("cannot be shared by 2 heads", () -> ModernGpt.create(torch, ModernConfig.all(SMALL.width(33)), 1));
        var json = ModernConfig.all(SMALL).json();
        json.putArray("parts").add("WINGS");
        sentence("the part 'WINGS'", () -> ModelConfig.of(json));
        try (ModernGpt model = ModernGpt.create(torch, ModernConfig.all(SMALL), 3);
                NDManager m = torch.manager().newSubManager()) {
            sentence("at most 16 tokens", () -> model.hidden(ids(m, 60, 1, 17, 1)));
            sentence(
                    "not in the model's vocabulary of 60",
                    () -> model.hidden(m.create(new long[] {60}, new Shape(1, 1))));
            sentence("context is 16", () -> model.decoder(1, 17));
        }
    }
}
