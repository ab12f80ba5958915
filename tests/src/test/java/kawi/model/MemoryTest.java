package kawi.model;

import static org.junit.jupiter.api.Assertions.*;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import kawi.torch.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MemoryTest {
    static Torch torch;

    @BeforeAll
    static void open() {
        torch = Torch.open("cpu", 2, 7);
    }

    @AfterAll
    static void close() {
        torch.close();
    }

    @Test
    void aCollectionBetweenForwardAndBackwardChangesNoGradient() {
        for (ModelConfig config : List.of(GptTest.SMALL, RecurrentConfig.of(RecurrentConfig.Cell.LSTM, 60))) {
            try (LanguageModel model = LanguageModel.create(torch, config, 3)) {
                float[] calm = gradients(model, false);
                for (int i = 0; i < 5; i++) {
                    assertArrayEquals(calm, gradients(model, true), config.describe());
                }
            }
        }
    }

    /**
     * The gradients of all parameters for one batch; optionally with freed Java buffers overwritten before they are
     * computed.
     */
    private static float[] gradients(LanguageModel model, boolean collect) {
        List<NDArray> leaves = new ArrayList<>(model.parameters().values());
        try (NDManager step = torch.manager().newSubManager()) {
            torch.training(() -> {
                NDArray loss = model.loss(GptTest.ids(step, 60, 4, 16, 1), GptTest.ids(step, 60, 4, 16, 2));
                if (collect) {
                    System.gc();
                    pause();
                    List<ByteBuffer> overwritten = new ArrayList<>();
                    for (int i = 0; i < 3000; i++) {
                        overwritten.add(ByteBuffer.allocateDirect(4 << (i % 8))
                                .order(ByteOrder.nativeOrder())
                                .putInt(0, 0x7fc12345));
                    }
                }
                torch.ops().backward(loss);
                return null;
            });
            List<NDArray> gradients = torch.ops().gradients(step, leaves);
            List<float[]> parts = new ArrayList<>();
            gradients.forEach(each -> parts.add(each.toFloatArray()));
            torch.ops().zero(gradients);
            float[] all = new float[parts.stream().mapToInt(each -> each.length).sum()];
            int at = 0;
            for (float[] part : parts) {
                System.arraycopy(part, 0, all, at, part.length);
                at += part.length;
            }
            return all;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void hundredsOfStepsLeaveNothingBehind() throws IOException {
        try (LanguageModel model =
                        Gpt.create(torch, GptConfig.of(500).layers(2).width(64).context(32));
                NDManager states = torch.manager().newSubManager()) {
            List<NDArray> weights = new ArrayList<>(model.parameters().values());
            List<NDArray> first = zeros(states, weights), second = zeros(states, weights), counts = new ArrayList<>();
            weights.forEach(each -> counts.add(states.zeros(new Shape())));
            NDManager parameters = weights.get(0).getManager();
            for (int i = 0; i < 150; i++) {
                step(model, weights, first, second, counts, i);
            }
            int arrays = torch.manager().getManagedArrays().size()
                    + parameters.getManagedArrays().size();
            long before = resident();
            for (int i = 0; i < 300; i++) {
                step(model, weights, first, second, counts, i);
            }
            assertEquals(
                    arrays,
                    torch.manager().getManagedArrays().size()
                            + parameters.getManagedArrays().size());
            double grown = (resident() - before) / (double) before;
            assertTrue(grown < 0.10, "resident memory grew by " + grown);
        }
    }

    private static List<NDArray> zeros(NDManager manager, List<NDArray> like) {
        List<NDArray> zeros = new ArrayList<>();
        like.forEach(each -> zeros.add(manager.zeros(each.getShape())));
        return zeros;
    }

    private static void step(
            LanguageModel model,
            List<NDArray> weights,
            List<NDArray> first,
            List<NDArray> second,
            List<NDArray> counts,
            int i) {
        try (NDManager step = torch.manager().newSubManager()) {
            torch.training(() -> {
                torch.ops()
                        .backward(model.loss(GptTest.ids(step, 500, 8, 32, i), GptTest.ids(step, 500, 8, 32, i + 1)));
                return null;
            });
            List<NDArray> gradients = torch.ops().gradients(step, weights);
            torch.ops().clip(step, gradients, 1);
            torch.ops().adamw(weights, gradients, first, second, counts, 1e-3, 0.9, 0.95, 1e-8, 0.1);
            torch.ops().zero(gradients);
        }
    }

    private static long resident() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 1;
        }
        System.gc();
        return Files.lines(status)
                .filter(line -> line.startsWith("VmRSS"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(1);
    }
}
