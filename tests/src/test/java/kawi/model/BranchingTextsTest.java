package kawi.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import kawi.evidence.KitException;
import kawi.torch.Torch;
import kawi.tune.Lora;
import kawi.tune.LoraAdapter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BranchingTextsTest {
    private static Torch torch;
    private static Llama model;

    @BeforeAll
    static void open() {
        torch = Torch.open("cpu", 1, 7);
        model = Llama.create(torch, LlamaTest.SMALL, 7);
        torch.inference(() -> {
            model.parameters().forEach((name, array) -> {
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

    /** A branch's nats in a text of its own. */
    private static double alone(int[] stem, int[] trunk, int[] branch) {
        int[] all = new int[stem.length + trunk.length + branch.length];
        System.arraycopy(stem, 0, all, 0, stem.length);
        System.arraycopy(trunk, 0, all, stem.length, trunk.length);
        System.arraycopy(branch, 0, all, stem.length + trunk.length, branch.length);
        long[] ids = Arrays.stream(all, 0, all.length - 1).asLongStream().toArray();
        long[] targets = Arrays.stream(all, 1, all.length).asLongStream().toArray();
        Arrays.fill(targets, 0, stem.length + trunk.length - 1, LanguageModel.IGNORED);
        return torch.inference(() -> {
            try (NDManager work = torch.manager().newSubManager()) {
                NDArray hidden = model.hidden(work.create(ids, new Shape(1, ids.length)));
                double sum = 0;
                for (float each : model.tokenLosses(hidden, targets)) {
                    sum += each;
                }
                return sum;
            }
        });
    }

    @Test
    void eachBranchHasTheLossOfATextOfItsOwnWhateverStandsBesideIt() {
        Random random = new Random(3);
        for (boolean oneDnn : new boolean[] {false, true}) {
            boolean before = torch.oneDnn();
            try {
                torch.oneDnn(oneDnn);
                for (int length : new int[] {0, 1, 7, 30}) {
                    int[] stem = LlamaTest.ids(length, length);
                    List<BranchingTexts.Text> texts = new ArrayList<>();
                    for (int t = 0; t < 5; t++) {
                        List<int[]> branches = new ArrayList<>();
                        for (int b = 0; b <= t; b++) {
                            branches.add(LlamaTest.ids(1 + random.nextInt(6), 100 * t + b));
                        }
                        texts.add(new BranchingTexts.Text(LlamaTest.ids(1 + random.nextInt(12), t), branches));
                    }
                    double[][] nats = model.nats(new BranchingTexts(stem, texts));
                    for (int t = 0; t < nats.length; t++) {
                        for (int b = 0; b < nats[t].length; b++) {
                            double expected = alone(
                                    stem,
                                    texts.get(t).trunk(),
                                    texts.get(t).branches().get(b));
                            assertEquals(expected, nats[t][b], 1e-4 * Math.max(1, expected), t + " " + b);
                        }
                    }
                }
            } finally {
                torch.oneDnn(before);
            }
        }
    }

    @Test
    void whatCannotBeReadIsRefusedInASentence() {
        int[] one = {1};
        assertThrows(KitException.class, () -> texts(one, new int[0], one), "no trunk");
        assertThrows(KitException.class, () -> texts(one, one, new int[0]), "no branch");
        BranchingTexts unknown = texts(one, new int[] {60}, one);
        assertTrue(assertThrows(KitException.class, () -> model.nats(unknown))
                .getMessage()
                .contains("vocabulary"));
        BranchingTexts atTheEnd = texts(LlamaTest.ids(40, 1), LlamaTest.ids(20, 2), LlamaTest.ids(5, 3));
        model.nats(atTheEnd); // 64 tokens are read, and the 65th is predicted
        BranchingTexts tooLong = texts(LlamaTest.ids(40, 1), LlamaTest.ids(20, 2), LlamaTest.ids(6, 3));
        assertTrue(assertThrows(KitException.class, () -> model.nats(tooLong))
                .getMessage()
                .contains("65 tokens"));
        assertTrue(model.readsBranches());
        try {
            model.precision(Precision.INT8);
            assertFalse(model.readsBranches());
            assertThrows(KitException.class, () -> model.nats(atTheEnd));
        } finally {
            model.precision(Precision.FP32);
        }
    }

    @Test
    void anAdapterIsReadInBranchesOnceItIsSettledAndAsItIsThen() {
        BranchingTexts some = texts(LlamaTest.ids(9, 1), LlamaTest.ids(5, 2), LlamaTest.ids(4, 3));
        try (LoraAdapter adapter = LoraAdapter.create(model, Lora.rank(2), 1)) {
            double plain = model.nats(some)[0][0];
            adapter.parameters().forEach((name, array) -> torch.inference(() -> array.addi(0.02f)));
            model.adapter(adapter);
            assertFalse(model.readsBranches(), "it may still be trained");
            float[] through = hidden();
            model.settled();
            assertTrue(model.readsBranches());
            assertArrayEquals(through, hidden(), 1e-4f);
            assertNotEquals(plain, model.nats(some)[0][0], 1e-3);
            model.adapter(adapter);
            assertFalse(model.readsBranches(), "put in again, it may be trained again");
            model.adapter(null);
            assertEquals(plain, model.nats(some)[0][0], 1e-6);
        } finally {
            model.adapter(null);
        }
    }

    private static float[] hidden() {
        return torch.inference(() -> {
            try (NDManager work = torch.manager().newSubManager()) {
                return model.hidden(work.create(new long[] {1, 2, 3, 4, 5}, new Shape(1, 5)))
                        .toFloatArray();
            }
        });
    }

    private static BranchingTexts texts(int[] stem, int[] trunk, int[] branch) {
        return new BranchingTexts(stem, List.of(new BranchingTexts.Text(trunk, List.of(branch))));
    }
}
