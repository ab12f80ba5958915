package kawi.torch;

import static org.junit.jupiter.api.Assertions.*;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class OpsTest {
    static Torch torch;

    @BeforeAll
    static void open() {
        torch = Torch.open("cpu", 2, 1);
    }

    @AfterAll
    static void close() {
        torch.close();
    }

    private static void same(NDArray expected, NDArray actual, double tolerance) {
        assertEquals(expected.getShape(), actual.getShape());
        assertArrayEquals(expected.toFloatArray(), actual.toFloatArray(), (float) tolerance);
    }

    private static NDArray learned(NDArray array) {
        array.setRequiresGradient(true);
        return array;
    }

    private static void sameWithGradients(
            NDManager m, List<NDArray> leaves, Supplier<NDArray> plain, Supplier<NDArray> other) {
        torch.trainingExact(() -> {
            NDArray expected = plain.get(), actual = other.get();
            assertEquals(expected.getFloat(), actual.getFloat(), 1e-5 * Math.abs(expected.getFloat()));
            List<NDArray> wanted = torch.ops().gradients(m, expected, leaves),
                    got = torch.ops().gradients(m, actual, leaves);
            for (int i = 0; i < leaves.size(); i++) {
                same(
                        wanted.get(i),
                        got.get(i),
                        1e-5 * Math.max(1, wanted.get(i).abs().max().getFloat()));
            }
            return null;
        });
    }

    @Test
    void aLossInPiecesHasTheValueAndTheGradientsOfTheWhole() {
        try (NDManager m = torch.manager().newSubManager()) {
            NDArray hidden = learned(m.randomNormal(new Shape(2, 300, 8))),
                    head = learned(m.randomNormal(new Shape(4096, 8))); // 257 rows a piece
            long[] ids = new long[600];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = i % 7 == 0 ? -100 : i * 5;
            }
            NDArray targets = m.create(ids, new Shape(2, 300));
            sameWithGradients(
                    m,
                    List.of(hidden, head),
                    () -> torch.ops().crossEntropy(torch.ops().linear(hidden, head, null), targets),
                    () -> torch.ops().headLoss(hidden, head, targets));
            head.setRequiresGradient(false);
            sameWithGradients(
                    m,
                    List.of(hidden),
                    () -> torch.ops().crossEntropy(torch.ops().linear(hidden, head, null), targets),
                    () -> torch.ops().headLoss(hidden, head, targets));
        }
    }

    @Test
    void anAdaptedProductIsTheProductAndItsLowRankChange() {
        try (NDManager m = torch.manager().newSubManager()) {
            NDArray x = learned(m.randomNormal(new Shape(2, 3, 8))), w = m.randomNormal(new Shape(5, 8));
            NDArray a = learned(m.randomNormal(new Shape(2, 8))), b = learned(m.randomNormal(new Shape(5, 2)));
            Ops ops = torch.ops();
            sameWithGradients(
                    m,
                    List.of(x, a, b),
                    () -> bent(ops.linear(x, w, null).add(ops.scale(ops.linear(ops.linear(x, a, null), b, null), 0.5))),
                    () -> bent(ops.adapted(x, w, a, b, 0.5)));
        }
    }

    /** With its wide middle in bfloat16 too: what is left of that is its rounding, two or three digits. */
    @Test
    void aGatedLayerInOneCallIsTheLayerInItsParts() {
        try (NDManager m = torch.manager().newSubManager()) {
            NDArray x = learned(m.randomNormal(new Shape(2, 50, 32)));
            NDArray gate = learned(m.randomNormal(new Shape(96, 32)).mul(0.2f));
            NDArray up = learned(m.randomNormal(new Shape(96, 32)).mul(0.2f));
            NDArray down = learned(m.randomNormal(new Shape(32, 96)).mul(0.2f));
            Ops ops = torch.ops();
            List<NDArray> leaves = List.of(x, gate, up, down);
            Supplier<NDArray> parts =
                    () -> bent(ops.linear(ops.swiglu(ops.linear(x, gate, null), ops.linear(x, up, null)), down, null));
            Supplier<NDArray> whole = () -> bent(ops.gatedMlp(x, gate, up, down));
            sameWithGradients(m, leaves, parts, whole);
            List<NDArray> exact = torch.trainingExact(() -> ops.gradients(m, parts.get(), leaves));
            List<NDArray> rounded = torch.training(() -> ops.gradients(m, whole.get(), leaves));
            for (int i = 0; i < leaves.size(); i++) {
                double apart = rounded.get(i).sub(exact.get(i)).norm().getFloat();
                assertTrue(apart < 0.02 * exact.get(i).norm().getFloat(), "gradient " + i + " is " + apart + " away");
            }
        }
    }

    /** A sum whose gradient differs from place to place. */
    private static NDArray bent(NDArray x) {
        return torch.ops().swiglu(x, x).sum();
    }

    /**
     * The same work twice, by PyTorch's own choice of library and by oneDNN, whatever this CPU would have: the same
     * values and the same gradients.
     */
    private static void sameByBoth(NDManager m, List<NDArray> leaves, Supplier<NDArray> work) {
        boolean before = torch.oneDnn();
        try {
            List<Supplier<NDArray>> both = List.of(() -> by(false, work), () -> by(true, work));
            torch.inference(() -> {
                NDArray expected = both.get(0).get();
                same(expected, both.get(1).get(), 1e-5 * expected.abs().max().getFloat());
                return null;
            });
            sameWithGradients(
                    m,
                    leaves,
                    () -> torch.ops().scale(both.get(0).get(), 0.1).sum(),
                    () -> torch.ops().scale(both.get(1).get(), 0.1).sum());
        } finally {
            torch.oneDnn(before);
        }
    }

    private static NDArray by(boolean oneDnn, Supplier<NDArray> work) {
        torch.oneDnn(oneDnn);
        return work.get();
    }

    @Test
    void bothLibrariesGiveTheSameProductsAndGradients() {
        try (NDManager m = torch.manager().newSubManager()) {
            Ops ops = torch.ops();
            NDArray x = learned(m.randomNormal(new Shape(2, 150, 96))
                    .mul(0.1f)); // large enough for PyTorch not to keep it for itself
            NDArray w = learned(m.randomNormal(new Shape(33, 96))), b = learned(m.randomNormal(new Shape(33)));
            NDArray columns = learned(m.randomNormal(new Shape(96, 33))),
                    back = learned(m.randomNormal(new Shape(33, 96))),
                    c = learned(m.randomNormal(new Shape(96)));
            NDArray head = learned(m.randomNormal(new Shape(4096, 96)));
            NDArray targets = m.create(LongStream.range(0, 300).map(i -> i * 13).toArray(), new Shape(2, 150));
            sameByBoth(m, List.of(x, w, b), () -> ops.linear(x, w, b));
            sameByBoth(m, List.of(x, w), () -> ops.linear(x, w, null));
            sameByBoth(m, List.of(x, columns, b), () -> ops.affine(x, columns, b));
            sameByBoth(m, List.of(x, columns), () -> ops.affine(x, columns, null));
            sameByBoth(m, List.of(x, columns, b, back, c), () -> ops.mlp(x, columns, b, back, c));
            NDArray up = learned(m.randomNormal(new Shape(33, 96)));
            sameByBoth(m, List.of(x, w, up, columns), () -> ops.gatedMlp(x, w, up, columns));
            sameByBoth(
                    m,
                    List.of(x, head),
                    () -> Torch.recording() ? ops.headLoss(x, head, targets) : ops.headLosses(x, head, targets));
        }
    }

    @Test
    void linearAndAffineAreTheSameProductInTwoLayouts() {
        try (NDManager m = torch.manager().newSubManager()) {
            NDArray x = m.randomNormal(new Shape(2, 3, 8)),
                    w = m.randomNormal(new Shape(5, 8)),
                    b = m.randomNormal(new Shape(5));
            NDArray expected = x.matMul(w.transpose()).add(b);
            same(expected, torch.ops().linear(x, w, b), 1e-5);
            same(expected, torch.ops().affine(x, w.transpose(), b), 1e-5);
            same(x.matMul(w.transpose()), torch.ops().linear(x, w, null), 1e-5);
        }
    }

    @Test
    void attentionOfGroupedQueriesEqualsAttentionOfRepeatedKeys() {
        try (NDManager m = torch.manager().newSubManager()) {
            NDArray q = m.randomNormal(new Shape(2, 6, 5, 4)),
                    k = m.randomNormal(new Shape(2, 2, 5, 4)),
                    v = m.randomNormal(new Shape(2, 2, 5, 4));
            NDArray weights = torch.ops().attentionWeights(q, k);
            NDArray expected = weights.matMul(v.repeat(1, 3));
            same(expected, torch.ops().attention(q, k, v, true), 1e-5);
            assertArrayEquals(new float[60], weights.sum(new int[] {-1}).sub(1).toFloatArray(), 1e-5f);
        }
    }

    @Test
    void cachedAttentionEqualsFullAttentionHoweverTheTokensArrive() {
        try (NDManager m = torch.manager().newSubManager()) {
            NDArray q = m.randomNormal(new Shape(2, 6, 7, 4)),
                    k = m.randomNormal(new Shape(2, 2, 7, 4)),
                    v = m.randomNormal(new Shape(2, 2, 7, 4));
            NDArray full = torch.ops().attention(q, k, v, true);
            NDArray keys = m.zeros(new Shape(2, 2, 9, 4)), values = m.zeros(new Shape(2, 2, 9, 4));
            int[] cuts = {0, 3, 4, 6, 7};
            for (int i = 0; i + 1 < cuts.length; i++) {
                String part = ":,:," + cuts[i] + ":" + cuts[i + 1];
                NDArray y = torch.ops().cachedAttention(q.get(part), k.get(part), v.get(part), keys, values, cuts[i]);
                same(full.get(part), y, 1e-5);
            }
        }
    }

    @Test
    void ropeKeepsLengthsAndDependsOnDistanceOnly() {
        try (NDManager m = torch.manager().newSubManager()) {
            NDArray x = m.randomNormal(new Shape(1, 1, 1, 8)).repeat(2, 6);
            NDArray y = torch.ops().rope(x, torch.ops().ropeTable(m, 0, 6, 8, 10000));
            NDArray dots = y.matMul(y.transpose(0, 1, 3, 2)).squeeze();
            for (int i = 0; i < 5; i++) {
                assertEquals(dots.getFloat(i, i), dots.getFloat(0, 0), 1e-4);
                assertEquals(dots.getFloat(i, i + 1), dots.getFloat(0, 1), 1e-4);
            }
        }
    }

    @Test
    void crossEntropyIgnoresMinusHundredAndAgreesWithTheFormula() {
        try (NDManager m = torch.manager().newSubManager()) {
            NDArray logits = m.randomNormal(new Shape(2, 2, 5));
            NDArray targets = m.create(new long[] {1, -100, 4, 0}, new Shape(2, 2));
            NDArray log = logits.reshape(4, 5).logSoftmax(-1);
            double expected = -(log.getFloat(0, 1) + log.getFloat(2, 4) + log.getFloat(3, 0)) / 3;
            assertEquals(expected, torch.ops().crossEntropy(logits, targets).getFloat(), 1e-6);
            float[] each = torch.ops().tokenLosses(logits, targets).toFloatArray();
            assertEquals(0, each[1]);
            assertEquals(-log.getFloat(2, 4), each[2], 1e-6);
        }
    }

    @Test
    void lossesByRowsAndSlicesOfTheVocabularyAreThoseOfAllLogitsTogether() {
        try (NDManager m = torch.manager().newSubManager()) {
            int rows = 700, vocabulary = 20_000, width = 8; // two pieces of rows, three slices of the vocabulary
            NDArray hidden = m.randomNormal(new Shape(rows, width)),
                    head = m.randomNormal(new Shape(vocabulary, width));
            long[] targets = LongStream.range(0, rows)
                    .map(i -> i == 5 ? -100 : i == 6 ? 0 : i == 7 ? vocabulary - 1 : i * 7919 % vocabulary)
                    .toArray();
            float[] logits = torch.ops().linear(hidden, head, null).toFloatArray();
            float[] losses =
                    torch.ops().headLosses(hidden, head, m.create(targets)).toFloatArray();
            for (int row = 0; row < rows; row++) {
                double sum = 0;
                for (int i = 0; i < vocabulary; i++) {
                    sum += Math.exp(logits[row * vocabulary + i]);
                }
                double expected = targets[row] < 0 ? 0 : Math.log(sum) - logits[row * vocabulary + (int) targets[row]];
                assertEquals(expected, losses[row], 1e-5, "row " + row);
            }
        }
    }

    @Test
    void theFusedStepIsAdamWByItsFormula() {
        try (NDManager m = torch.manager().newSubManager()) {
            NDArray w = m.create(new float[] {1, -2}),
                    g = m.create(new float[] {0.5f, 3}),
                    m1 = m.zeros(new Shape(2)),
                    m2 = m.zeros(new Shape(2)),
                    t = m.zeros(new Shape());
            double[] expected = {1, -2}, first = new double[2], second = new double[2];
            for (int step = 1; step <= 3; step++) {
                torch.ops()
                        .adamw(
                                List.of(w),
                                List.of(g),
                                List.of(m1),
                                List.of(m2),
                                List.of(t),
                                0.01,
                                0.9,
                                0.95,
                                1e-8,
                                0.1);
                for (int i = 0; i < 2; i++) {
                    double gradient = g.getFloat(i);
                    first[i] = 0.9 * first[i] + 0.1 * gradient;
                    second[i] = 0.95 * second[i] + 0.05 * gradient * gradient;
                    expected[i] -= 0.01 * 0.1 * expected[i];
                    expected[i] -= 0.01
                            * first[i]
                            / (1 - Math.pow(0.9, step))
                            / (Math.sqrt(second[i] / (1 - Math.pow(0.95, step))) + 1e-8);
                    assertEquals(expected[i], w.getFloat(i), 1e-5);
                }
            }
        }
    }

    @Test
    void clippingScalesBothSignsByOneFactor() {
        try (NDManager m = torch.manager().newSubManager()) {
            NDArray a = m.create(new float[] {3, -4}), b = m.create(new float[] {-12});
            assertEquals(13, torch.ops().clip(m, List.of(a, b), 1.3).getFloat(), 1e-5);
            assertArrayEquals(new float[] {0.3f, -0.4f}, a.toFloatArray(), 1e-6f);
            assertArrayEquals(new float[] {-1.2f}, b.toFloatArray(), 1e-6f);
        }
    }

    @Test
    void lstmEqualsAStepWrittenByHand() {
        try (NDManager m = torch.manager().newSubManager()) {
            NDArray x = m.randomNormal(new Shape(2, 1, 3)),
                    h = m.randomNormal(new Shape(1, 2, 4)),
                    c = m.randomNormal(new Shape(1, 2, 4));
            NDArray wi = m.randomNormal(new Shape(16, 3)),
                    wh = m.randomNormal(new Shape(16, 4)),
                    bi = m.randomNormal(new Shape(16)),
                    bh = m.randomNormal(new Shape(16));
            List<NDArray> out = torch.ops().lstm(x, h, c, List.of(wi, wh, bi, bh), 1);
            NDArray gates = x.squeeze(1)
                    .matMul(wi.transpose())
                    .add(bi)
                    .add(h.squeeze(0).matMul(wh.transpose()))
                    .add(bh);
            var parts = gates.split(4, 1);
            NDArray in = sigmoid(parts.get(0)),
                    forget = sigmoid(parts.get(1)),
                    candidate = parts.get(2).tanh(),
                    show = sigmoid(parts.get(3));
            NDArray cell = forget.mul(c.squeeze(0)).add(in.mul(candidate));
            same(cell, out.get(2).squeeze(0), 1e-5);
            same(show.mul(cell.tanh()), out.get(1).squeeze(0), 1e-5);
            same(show.mul(cell.tanh()), out.get(0).squeeze(1), 1e-5);
        }
    }

    @Test
    void gruAndElmansNetworkEqualStepsWrittenByHand() {
        try (NDManager m = torch.manager().newSubManager()) {
            NDArray x = m.randomNormal(new Shape(2, 1, 3)), h = m.randomNormal(new Shape(1, 2, 4));
            NDArray wi = m.randomNormal(new Shape(12, 3)),
                    wh = m.randomNormal(new Shape(12, 4)),
                    bi = m.randomNormal(new Shape(12)),
                    bh = m.randomNormal(new Shape(12));
            NDArray before = h.squeeze(0);
            var read = x.squeeze(1).matMul(wi.transpose()).add(bi).split(3, 1);
            var kept = before.matMul(wh.transpose()).add(bh).split(3, 1);
            NDArray reset = sigmoid(read.get(0).add(kept.get(0))),
                    update = sigmoid(read.get(1).add(kept.get(1)));
            NDArray fresh = read.get(2).add(reset.mul(kept.get(2))).tanh();
            same(
                    fresh.add(update.mul(before.sub(fresh))),
                    torch.ops().gru(x, h, List.of(wi, wh, bi, bh), 1).get(0).squeeze(1),
                    1e-5);
            NDArray ui = wi.get("0:4"), uh = wh.get("0:4"), ci = bi.get("0:4"), ch = bh.get("0:4");
            NDArray state = x.squeeze(1)
                    .matMul(ui.transpose())
                    .add(ci)
                    .add(before.matMul(uh.transpose()))
                    .add(ch)
                    .tanh();
            same(state, torch.ops().rnn(x, h, List.of(ui, uh, ci, ch), 1).get(1).squeeze(0), 1e-5);
        }
    }

    private static NDArray sigmoid(NDArray x) {
        return x.neg().exp().add(1).getNDArrayInternal().rdiv(1);
    }

    @Test
    void weightsThatAreKeptInBfloat16GiveTheVerySameNumbers() {
        try (NDManager m = torch.manager().newSubManager()) {
            NDArray x = learned(m.randomNormal(new Shape(5, 8)));
            NDArray frozen = torch.ops().copy(m, m.randomNormal(new Shape(6, 8)));
            NDArray head = torch.ops().copy(m, m.randomNormal(new Shape(11, 6)));
            NDArray learning = learned(m.randomNormal(new Shape(6, 6)));
            NDArray a = learned(m.randomNormal(new Shape(2, 6)));
            NDArray b = learned(m.randomNormal(new Shape(6, 2)));
            NDArray targets = m.create(new long[] {3, 0, 10, -100, 7});
            List<NDArray> leaves = List.of(x, learning, a, b);
            Supplier<List<float[]>> work = () -> torch.training(() -> {
                NDArray h = torch.ops().linear(torch.ops().linear(x, frozen, null), learning, null);
                NDArray loss = torch.ops().headLoss(torch.ops().adapted(h, learning, a, b, 2), head, targets);
                List<float[]> numbers = new ArrayList<>(List.of(loss.toFloatArray()));
                torch.ops().gradients(m, loss, leaves).forEach(each -> numbers.add(each.toFloatArray()));
                return numbers;
            });
            List<float[]> anew = work.get();
            try (RoundedWeights kept = torch.ops().rounded(List.of(frozen, learning, head))) {
                for (int time = 0; time < 2; time++) {
                    List<float[]> again = work.get();
                    for (int i = 0; i < anew.size(); i++) {
                        assertArrayEquals(anew.get(i), again.get(i));
                    }
                }
                assertEquals(torch.bf16() ? 2 : 0, kept.size(), "what learns is rounded at every step");
                torch.inference(() -> torch.ops().linear(x, frozen, null));
            }
            torch.inference(() -> {
                frozen.muli(2);
                return null;
            });
            List<float[]> doubled = work.get();
            assertFalse(Arrays.equals(anew.get(0), doubled.get(0)), "once they are no longer kept, they may change");
        }
    }

    @Test
    void weightsAreKeptOnTheThreadThatAskedAndNoLonger() throws InterruptedException {
        try (NDManager m = torch.manager().newSubManager()) {
            NDArray x = m.ones(new Shape(2, 4));
            NDArray w = torch.ops().copy(m, m.ones(new Shape(3, 4)));
            Runnable multiply = () -> torch.training(() -> torch.ops().linear(x, w, null));
            RoundedWeights outer = torch.ops().rounded(List.of(w));
            RoundedWeights inner = torch.ops().rounded(List.of(w));
            Thread other = new Thread(multiply);
            other.start();
            other.join();
            assertEquals(0, inner.size());
            multiply.run();
            assertEquals(torch.bf16() ? 1 : 0, inner.size());
            inner.close();
            assertEquals(0, inner.size());
            multiply.run();
            assertEquals(torch.bf16() ? 1 : 0, outer.size(), "what was kept before is in use again");
            outer.close();
            multiply.run();
            assertEquals(0, outer.size());
        }
    }
}
