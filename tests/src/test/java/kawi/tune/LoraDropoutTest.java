package kawi.tune;

import static org.junit.jupiter.api.Assertions.*;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dropout of what an adapter reads while it is learned (peft's lora_dropout). */
class LoraDropoutTest extends WithSmallLlama {
    static final Lora LORA = Lora.rank(4).lastLayers(2).dropout(0.5);

    @Test
    void onlyTheAdaptersInputIsDroppedAndOnlyInTraining() {
        try (NDManager work = torch.manager().newSubManager();
                LoraAdapter adapter = LoraAdapter.create(model, LORA, 1)) {
            NDArray x = work.ones(new Shape(1, 400, 32));
            NDArray weight = work.zeros(new Shape(32, 32)); // so that what is left is the adapter's own
            adapter.parameters().forEach((name, array) -> torch.ops().assign(array, work.ones(array.getShape())));
            float whole = 32 * 4 * 2; // columns, rank, alpha over rank
            torch.trainingExact(() -> {
                for (float each :
                        adapter.product(2, "self_attn.q_proj", x, weight).toFloatArray()) {
                    assertEquals(whole, each, 1e-3);
                }
                return null;
            });
            torch.bf16(false);
            torch.generator(3);
            float[] dropped = torch.training(
                    0.5, () -> adapter.product(2, "self_attn.q_proj", x, weight).toFloatArray());
            double mean = 0;
            int other = 0;
            for (int i = 0; i < dropped.length; i += 32) { // one number a position: all outputs of it are alike
                mean += dropped[i] / 400;
                other += Math.abs(dropped[i] - whole) > 1 ? 1 : 0;
            }
            assertTrue(other > 300, other + " of 400 positions differ");
            assertEquals(whole, mean, 0.05 * whole, "what is kept is scaled up, so the mean stays");
            float[] product = torch.training(
                    0.5,
                    () -> adapter.product(2, "self_attn.q_proj", x, work.ones(new Shape(32, 32)))
                            .toFloatArray());
            torch.generator(3);
            float[] again = torch.training(
                    0.5, () -> adapter.product(2, "self_attn.q_proj", x, weight).toFloatArray());
            assertArrayEquals(dropped, again, "the same seed drops the same");
            for (float each : product) {
                assertEquals(0, (each - 32) % 16, 1e-3, "W's own product, 32, is whole");
            }
            float[] read = torch.inference(
                    () -> adapter.product(2, "self_attn.q_proj", x, weight).toFloatArray());
            assertEquals(whole, read[0], 1e-3, "nothing is dropped where nothing is learned");
        }
    }

    @Test
    void itChangesWhatIsLearnedAndTheSameSeedLearnsTheSame() {
        LoraTuning tuning = LoraTuning.of(LORA).rate(2e-2).epochs(2).seed(1);
        var lessons = LoraTest.lessons(60, 4);
        LoraTuning.TuningResult first = tuning.run(model, lessons, LoraTest.lessons(20, 5), Progress.NONE);
        float[] asked = LoraTest.logitsOf(torch, model, new int[] {1, 2, 3});
        assertArrayEquals(asked, LoraTest.logitsOf(torch, model, new int[] {1, 2, 3}), "reading draws nothing");
        LoraTuning.TuningResult second = tuning.run(model, lessons, LoraTest.lessons(20, 5), Progress.NONE);
        assertEquals(first.losses(), second.losses());
        assertEquals(first.heldOut(), second.heldOut());
        assertEquals(first.adapter().fingerprint(), second.adapter().fingerprint());
        LoraTuning.TuningResult without = new LoraTuning(
                        LORA.dropout(0), 2e-2, 2, 8, tuning.labels(), tuning.frozen(), 1, 1, 0)
                .run(model, lessons, LoraTest.lessons(20, 5), Progress.NONE);
        assertEquals(first.losses().get(0), without.losses().get(0), 1e-6, "B is zero at first: nothing to drop");
        assertNotEquals(first.losses().get(1), without.losses().get(1));
        assertEquals(first.heldOut().get(0), without.heldOut().get(0), "what is judged is judged whole");
    }

    @Test
    void itIsWrittenAndReadAsPeftDoesAndRefusedOutsideItsRange(@TempDir Path folder) throws Exception {
        try (LoraAdapter adapter = LoraAdapter.create(model, LORA.dropout(0.05), 1)) {
            adapter.save(folder);
        }
        Path file = folder.resolve("adapter_config.json");
        ObjectNode config = (ObjectNode) new ObjectMapper().readTree(file.toFile());
        assertEquals(0.05, config.get("lora_dropout").asDouble());
        try (LoraAdapter adapter = LoraAdapter.load(model, folder)) {
            assertEquals(LORA.dropout(0.05), adapter.lora());
        }
        for (double share : new double[] {-0.1, 1, 1.5}) {
            Files.writeString(file, config.put("lora_dropout", share).toString());
            String read = assertThrows(KitException.class, () -> LoraAdapter.load(model, folder))
                    .getMessage();
            assertTrue(read.startsWith("adapter_config.json says lora_dropout = " + share), read);
        }
        for (double share : new double[] {-0.1, 1, 1.5, Double.NaN}) {
            String said = assertThrows(KitException.class, () -> Lora.rank(4).dropout(share))
                    .getMessage();
            assertTrue(said.startsWith("A LoRA dropout of " + share) && said.endsWith("."), said);
        }
    }
}
