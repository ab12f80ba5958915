package kawi.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import kawi.evidence.KitException;
import kawi.torch.Torch;
import kawi.tune.Lora;
import kawi.tune.LoraAdapter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LowerLayersTest {
    private static Torch torch;
    private static Llama model;

    @BeforeAll
    static void open() {
        torch = Torch.open("cpu", 1, 7);
        model = Llama.create(torch, LlamaTest.SMALL, 7);
    }

    @AfterAll
    static void close() {
        model.close();
        torch.close();
    }

    private static float[] hidden(int length, long seed) {
        long[] ids = Arrays.stream(LlamaTest.ids(length, seed)).asLongStream().toArray();
        return torch.inference(() -> {
            try (NDManager work = torch.manager().newSubManager();
                    NDArray y = model.hidden(work.create(ids, new Shape(1, length)))) {
                return y.toFloatArray();
            }
        });
    }

    private static double[][] branches() {
        return model.nats(new BranchingTexts(
                new int[0],
                List.of(
                        new BranchingTexts.Text(LlamaTest.ids(5, 3), List.of(LlamaTest.ids(3, 4), LlamaTest.ids(2, 5))),
                        new BranchingTexts.Text(LlamaTest.ids(4, 6), List.of(LlamaTest.ids(2, 7))))));
    }

    /** An adapter of the last layers that changes something. */
    private static LoraAdapter adapter(int layers, long seed) {
        LoraAdapter adapter = LoraAdapter.create(model, Lora.rank(2).lastLayers(layers), seed);
        torch.inference(() -> {
            adapter.parameters().values().forEach(array -> array.addi(0.05f));
            return null;
        });
        return adapter;
    }

    @Test
    void whatWasKeptGivesTheSameNumbersUnderEveryAdapterOfTheLayersAbove() {
        int above = 1;
        try (LoraAdapter one = adapter(above, 1);
                LoraAdapter two = adapter(above, 2)) {
            for (LoraAdapter each : Arrays.asList(null, one, two, one)) {
                model.adapter(each);
                model.settled();
                float[] first = hidden(9, 1), second = hidden(9, 2);
                double[][] nats = branches();
                try (LowerLayers kept = model.keepLower(model.config().layers() - above)) {
                    for (int round = 0; round < 2; round++) {
                        assertArrayEquals(first, hidden(9, 1));
                        assertArrayEquals(second, hidden(9, 2));
                        assertArrayEquals(nats, branches());
                        assertEquals(3 * round, kept.used());
                        model.adapter(round == 0 ? two : each); // another has been there meanwhile
                        model.adapter(each);
                        model.settled();
                    }
                }
                assertArrayEquals(first, hidden(9, 1));
            }
        } finally {
            model.adapter(null);
        }
    }

    @Test
    void anotherAdapterFindsTheLayersBelowReady() {
        try (LoraAdapter one = adapter(1, 1);
                LowerLayers kept = model.keepLower(model.config().layers() - 1)) {
            float[] plain = hidden(9, 1);
            double[][] nats = branches();
            model.adapter(one);
            model.settled();
            float[] tuned = hidden(9, 1);
            double[][] tunedNats = branches();
            assertEquals(2, kept.used());
            kept.close();
            assertArrayEquals(tuned, hidden(9, 1));
            assertArrayEquals(tunedNats, branches());
            model.adapter(null);
            assertArrayEquals(plain, hidden(9, 1));
            assertArrayEquals(nats, branches());
        } finally {
            model.adapter(null);
        }
    }

    @Test
    void anAdapterThatChangesWhatWasKeptRunsAllLayers() {
        try (LoraAdapter deep = adapter(2, 1);
                LowerLayers kept = model.keepLower(model.config().layers() - 1)) {
            hidden(9, 1);
            model.adapter(deep);
            model.settled();
            float[] tuned = hidden(9, 1);
            assertEquals(0, kept.used());
            kept.close();
            assertArrayEquals(tuned, hidden(9, 1));
        } finally {
            model.adapter(null);
        }
    }

    @Test
    void layersThatTheModelDoesNotHaveAreRefused() {
        int layers = model.config().layers();
        for (int wrong : new int[] {-1, layers + 1}) {
            String said = assertThrows(KitException.class, () -> model.keepLower(wrong))
                    .getMessage();
            assertEquals(true, said.contains("a model of " + layers), said);
        }
    }
}
