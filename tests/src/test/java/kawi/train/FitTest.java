package kawi.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import kawi.evidence.KitException;
import kawi.model.Gpt;
import kawi.model.GptConfig;
import kawi.model.ParameterRole;
import kawi.torch.Torch;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;

/** One optimizer step on any parameters and any loss. */
class FitTest {
    private static final Torch TORCH = Torch.open("cpu", 1, 7);

    static {
        TORCH.bf16(false); // products in bfloat16 round each part by itself, and equalities here are meant to the last
        // digits of float32
    }

    private static final Map<String, ParameterRole> ROLES =
            Map.of("h.0.weight", ParameterRole.HIDDEN_MATRIX, "h.0.bias", ParameterRole.BIAS);

    private static Map<String, NDArray> weights(NDManager manager, long seed) {
        Random random = new Random(seed);
        Map<String, NDArray> weights = new LinkedHashMap<>();
        weights.put("h.0.weight", manager.create(numbers(random, 16 * 32), new Shape(16, 32)));
        weights.put("h.0.bias", manager.create(numbers(random, 32), new Shape(32)));
        return weights;
    }

    private static float[] numbers(Random random, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian() * 0.3f;
        }
        return numbers;
    }

    /** A classification loss over 32 classes for rows of 16 features. */
    private static NDArray loss(Map<String, NDArray> weights, NDManager step, float[] rows, long[] classes) {
        NDArray x = step.create(rows, new Shape(classes.length, 16));
        NDArray scores = TORCH.ops().affine(x, weights.get("h.0.weight"), weights.get("h.0.bias"));
        return TORCH.ops().crossEntropy(scores, step.create(classes));
    }

    private static final float[] ROWS = numbers(new Random(3), 8 * 16);
    private static final long[] CLASSES = {1, 5, 9, 13, 17, 21, 25, 29};

    @Test
    void bothOptimizersMemoriseEightRows() {
        for (Optimizer optimizer : new Optimizer[] {
            AdamW.defaults().withRate(0.05), Muon.defaults().withRate(0.05)
        }) {
            try (NDManager manager = TORCH.manager().newSubManager()) {
                Map<String, NDArray> weights = weights(manager, 1);
                try (Fit fit = Fit.of(TORCH, weights, ROLES, optimizer, Schedule.cosine(5, 200))) {
                    Fit.Step last = null;
                    while (!fit.done()) {
                        last = fit.step(1, step -> loss(weights, step, ROWS, CLASSES));
                    }
                    assertTrue(last.loss() < 0.1, optimizer + " ends at " + last.loss());
                }
            }
        }
    }

    @Test
    void eitherLibraryLearnsTheSame() {
        // Large enough for PyTorch not to keep the products for itself; two steps and more, for the first one's loss
        // knows no update.
        long[] ids = new Random(5).longs(8 * 64, 0, 64).toArray();
        for (Optimizer optimizer : new Optimizer[] {AdamW.defaults(), Muon.defaults()}) {
            double[][] losses = new double[2][4];
            for (int oneDnn = 0; oneDnn < 2; oneDnn++) {
                try (Torch torch = Torch.open("cpu", 2, 7);
                        Gpt model = Gpt.create(
                                torch,
                                GptConfig.of(64).context(64).layers(1).heads(2).width(48));
                        Fit fit = Fit.of(model, optimizer, Schedule.constant(4))) {
                    torch.bf16(false);
                    torch.oneDnn(oneDnn == 1);
                    for (int i = 0; i < 4; i++) {
                        losses[oneDnn][i] = fit.step(1, step -> {
                                    NDArray batch = step.create(ids, new Shape(8, 64));
                                    return model.loss(batch, batch);
                                })
                                .loss();
                    }
                }
            }
            assertTrue(losses[0][3] < losses[0][0] - 0.1, optimizer + " learns: " + Arrays.toString(losses[0]));
            assertArrayEquals(losses[0], losses[1], 1e-5, optimizer.toString());
        }
    }

    @Test
    void accumulatingFourPartsEqualsTheBigBatchToAMillionth() {
        // With no memory AdamW's average of the gradients is the gradient itself.
        Optimizer forgetful = new AdamW(1e-3, 0, 0, 1e-8, 0);
        try (NDManager manager = TORCH.manager().newSubManager()) {
            Map<String, NDArray> whole = weights(manager, 1);
            Map<String, NDArray> parts = weights(manager, 1);
            try (Fit one = Fit.of(TORCH, whole, forgetful, Schedule.constant(1)).clip(1e9);
                    Fit four = Fit.of(TORCH, parts, forgetful, Schedule.constant(1))
                            .clip(1e9)) {
                Fit.Step big = one.step(1, step -> loss(whole, step, ROWS, CLASSES));
                int[] part = {0};
                Fit.Step small = four.step(4, step -> {
                    int from = 2 * part[0]++;
                    return loss(
                            parts,
                            step,
                            Arrays.copyOfRange(ROWS, from * 16, (from + 2) * 16),
                            Arrays.copyOfRange(CLASSES, from, from + 2));
                });
                assertEquals(big.loss(), small.loss(), 1e-6 * big.loss());
                assertEquals(big.gradientNorm(), small.gradientNorm(), 1e-6 * big.gradientNorm());
                for (String name : whole.keySet()) {
                    float[] expected = one.averages().get(name + ".mean").toFloatArray();
                    float[] found = four.averages().get(name + ".mean").toFloatArray();
                    double apart = 0;
                    double size = 0;
                    for (int i = 0; i < expected.length; i++) {
                        apart += Math.pow(expected[i] - found[i], 2);
                        size += Math.pow(expected[i], 2);
                    }
                    assertTrue(
                            size > 0 && Math.sqrt(apart / size) <= 1e-6,
                            name + " differs by " + Math.sqrt(apart / size));
                }
            }
        }
    }

    @Test
    void aStepThatFailsLeavesWeightsAndGradientsAsTheyWere() {
        try (NDManager manager = TORCH.manager().newSubManager()) {
            Map<String, NDArray> weights = weights(manager, 1);
            Map<String, NDArray> calm = weights(manager, 1);
            try (Fit fit = Fit.of(TORCH, weights, AdamW.defaults(), Schedule.constant(5));
                    Fit other = Fit.of(TORCH, calm, AdamW.defaults(), Schedule.constant(5))) {
                int[] part = {0};
                assertThrows(
                        IllegalStateException.class,
                        () -> fit.step(2, step -> {
                            if (part[0]++ == 1) {
                                throw new IllegalStateException("half-way");
                            }
                            return loss(weights, step, ROWS, CLASSES);
                        }));
                assertEquals(0, fit.taken());
                Fit.Step after = fit.step(1, step -> loss(weights, step, ROWS, CLASSES));
                assertEquals(other.step(1, step -> loss(calm, step, ROWS, CLASSES)), after);
            }
            assertArrayEquals(
                    calm.get("h.0.weight").toFloatArray(),
                    weights.get("h.0.weight").toFloatArray());
        }
    }

    @Test
    void aLossThatIsNoNumberStopsWithTheStepInOneSentence() {
        try (NDManager manager = TORCH.manager().newSubManager()) {
            Map<String, NDArray> weights = weights(manager, 1);
            float[] broken = ROWS.clone();
            broken[0] = Float.NaN;
            try (Fit fit = Fit.of(TORCH, weights, AdamW.defaults(), Schedule.constant(5))) {
                fit.step(1, step -> loss(weights, step, ROWS, CLASSES));
                float[] before = weights.get("h.0.weight").toFloatArray();
                DivergedException e = assertThrows(
                        DivergedException.class, () -> fit.step(1, step -> loss(weights, step, broken, CLASSES)));
                assertEquals(
                        "Training diverged at step 2: the loss is NaN; lower the learning rate and begin again.",
                        e.getMessage());
                assertEquals(2, e.step());
                assertArrayEquals(before, weights.get("h.0.weight").toFloatArray());
            }
        }
    }

    @Test
    void aLossThatIsNoNumberBeforeAnythingWasLearnedIsNoDivergence() {
        try (NDManager manager = TORCH.manager().newSubManager()) {
            Map<String, NDArray> weights = weights(manager, 1);
            float[] broken = ROWS.clone();
            broken[0] = Float.NaN;
            try (Fit fit = Fit.of(TORCH, weights, AdamW.defaults(), Schedule.constant(5))) {
                KitException e = assertThrows(
                        KitException.class, () -> fit.step(1, step -> loss(weights, step, broken, CLASSES)));
                assertFalse(e instanceof DivergedException);
                assertTrue(
                        e.getMessage().startsWith("Training cannot begin: the loss is NaN before the first step"),
                        e.getMessage());
            }
        }
    }

    @Test
    void weightsThatAreNotFiniteAreRefusedByNameBeforeTheFirstStepAndAfterTheLast() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            try (NDManager manager = TORCH.manager().newSubManager()) {
                Map<String, NDArray> weights = weights(manager, 1);
                weights.get("h.0.bias").set(new float[32]);
                weights.get("h.0.bias").set(new NDIndex(3), bad);
                try (Fit fit = Fit.of(TORCH, weights, AdamW.defaults(), Schedule.constant(5))) {
                    KitException e = assertThrows(
                            KitException.class, () -> fit.step(1, step -> loss(weights, step, ROWS, CLASSES)));
                    assertFalse(e instanceof DivergedException);
                    assertTrue(
                            e.getMessage().startsWith("The weight 'h.0.bias' holds NaN or infinite"), e.getMessage());
                }
            }
        }
        try (NDManager manager = TORCH.manager().newSubManager()) {
            Map<String, NDArray> weights = weights(manager, 1);
            try (Fit fit = Fit.of(TORCH, weights, new AdamW(1e38, 0.9, 0.9, 1e-8, 1e10), Schedule.constant(1))) {
                DivergedException e = assertThrows(
                        DivergedException.class, () -> fit.step(1, step -> loss(weights, step, ROWS, CLASSES)));
                assertTrue(e.getMessage().contains("it left NaN or infinite numbers in 'h.0."), e.getMessage());
            }
        }
    }

    @Test
    void aScheduleOfOnesOwnWhoseFactorIsNoneIsRefused() {
        for (double factor : new double[] {Double.NaN, -0.1, Double.POSITIVE_INFINITY}) {
            Schedule own = new Schedule() {
                @Override
                public long steps() {
                    return 5;
                }

                @Override
                public double factor(long step) {
                    return factor;
                }
            };
            try (NDManager manager = TORCH.manager().newSubManager()) {
                Map<String, NDArray> weights = weights(manager, 1);
                try (Fit fit = Fit.of(TORCH, weights, AdamW.defaults(), own)) {
                    assertTrue(assertThrows(
                                    KitException.class, () -> fit.step(1, step -> loss(weights, step, ROWS, CLASSES)))
                            .getMessage()
                            .contains("gives the factor " + factor + " for step 1"));
                }
            }
        }
    }

    @Test
    void muonRefusesAParameterOfUnknownRoleAndOneWhoseRoleDoesNotFit() {
        try (NDManager manager = TORCH.manager().newSubManager()) {
            Map<String, NDArray> weights = weights(manager, 1);
            assertTrue(assertThrows(
                            KitException.class, () -> Fit.of(TORCH, weights, Muon.defaults(), Schedule.constant(1)))
                    .getMessage()
                    .contains("of 'h.0.weight' nothing is said"));
            for (ParameterRole role :
                    new ParameterRole[] {ParameterRole.QUERY_KEY_VALUE, ParameterRole.HIDDEN_MATRIX}) {
                boolean three = role == ParameterRole.QUERY_KEY_VALUE;
                assertTrue(assertThrows(
                                KitException.class,
                                () -> Fit.of(
                                        TORCH,
                                        weights,
                                        Map.of(
                                                "h.0.weight",
                                                three ? role : ParameterRole.OTHER,
                                                "h.0.bias",
                                                three ? ParameterRole.BIAS : role),
                                        Muon.defaults(),
                                        Schedule.constant(1)))
                        .getMessage()
                        .contains("of the role " + role));
            }
        }
    }

    @Test
    void weightDecayGoesByTheRoleAndNotByTheShape() {
        for (ParameterRole role : ParameterRole.values()) {
            try (NDManager manager = TORCH.manager().newSubManager()) {
                Map<String, NDArray> weights = new LinkedHashMap<>();
                weights.put("a", manager.ones(new Shape(4, 4)));
                try (Fit fit = Fit.of(
                        TORCH,
                        weights,
                        Map.of("a", role),
                        new AdamW(0.01, 0.9, 0.9, 1e-8, 0.5),
                        Schedule.constant(1))) {
                    // A gradient of zero moves nothing, so all that changes the weights is their decay.
                    fit.step(
                            1,
                            step -> weights.get("a")
                                    .mul(step.zeros(new Shape(4, 4)))
                                    .sum());
                }
                boolean decayed = Set.of(
                                ParameterRole.EMBEDDING,
                                ParameterRole.POSITION,
                                ParameterRole.HEAD,
                                ParameterRole.HIDDEN_MATRIX,
                                ParameterRole.QUERY_KEY_VALUE)
                        .contains(role);
                assertEquals(decayed ? 0.995f : 1f, weights.get("a").getFloat(2, 2), 1e-6f, role.toString());
            }
        }
    }

    @Test
    void aMuonUpdateOfAnyShapeIsNearlyOrthogonalInEachOfItsMatrices() {
        // The quintics promise 1 to within 0.2 for what is at least 0.003 of the matrix's norm.
        nearlyOrthogonal(0.0031, 0.21);
    }

    @Test
    void aMuonUpdateMultipliedInBfloat16IsNearlyOrthogonalToo() {
        TORCH.bf16(true); // changes nothing where the hardware has none
        try {
            // Three digits: what is small beside the others is less sure.
            nearlyOrthogonal(0.01, 0.3);
        } finally {
            TORCH.bf16(false);
        }
    }

    @Test
    void inBfloat16NoDirectionGrowsWithoutBoundsWhereOneIsNearlyAllOfTheGradient() {
        TORCH.bf16(true);
        try (NDManager manager = TORCH.manager().newSubManager()) {
            Random random = new Random(5);
            Map<String, NDArray> weights = Map.of("a.weight", manager.zeros(new Shape(16, 48)));
            NDArray gradient = manager.create(numbers(random, 16), new Shape(16, 1))
                    .matMul(manager.create(numbers(random, 48), new Shape(1, 48)))
                    .add(manager.create(numbers(random, 16 * 48), new Shape(16, 48))
                            .mul(0.01));
            Map<String, ParameterRole> roles = Map.of("a.weight", ParameterRole.HIDDEN_MATRIX);
            try (Fit fit = Fit.of(
                            TORCH, weights, roles, new Muon(0.01, 0.95, 0, AdamW.defaults()), Schedule.constant(1))
                    .clip(1e9)) {
                fit.step(1, step -> weights.get("a.weight").mul(gradient).sum());
            }
            RealMatrix update =
                    matrix(weights.get("a.weight"), 16, 48, 0).scalarMultiply(1 / (0.01 * 0.2 * Math.sqrt(48)));
            double most = new SingularValueDecomposition(update).getSingularValues()[0];
            assertTrue(most < 1.25, "largest singular value " + most);
        } finally {
            TORCH.bf16(false);
        }
    }

    /** Checks the update's singular values for those directions that have at least a share of the gradient's norm. */
    private static void nearlyOrthogonal(double share, double slack) {
        Map<String, Shape> shapes = Map.of(
                "square.weight",
                new Shape(16, 16),
                "tall.weight",
                new Shape(48, 16),
                "wide.weight",
                new Shape(16, 40),
                "nearly.weight",
                new Shape(16, 24),
                "c_attn.weight",
                new Shape(16, 48));
        Map<String, ParameterRole> roles = ParameterRole.each(
                shapes.keySet(),
                name -> name.startsWith("c_attn") ? ParameterRole.QUERY_KEY_VALUE : ParameterRole.HIDDEN_MATRIX);
        try (NDManager manager = TORCH.manager().newSubManager()) {
            Random random = new Random(11);
            Map<String, NDArray> weights = new LinkedHashMap<>();
            Map<String, NDArray> gradients = new LinkedHashMap<>();
            shapes.forEach((name, shape) -> {
                weights.put(name, manager.zeros(shape));
                gradients.put(name, manager.create(numbers(random, (int) shape.size()), shape));
            });
            try (Fit fit = Fit.of(
                            TORCH, weights, roles, new Muon(0.01, 0.95, 0, AdamW.defaults()), Schedule.constant(1))
                    .clip(1e9)) {
                fit.step(
                        1,
                        step -> weights.entrySet().stream()
                                .map(each -> each.getValue()
                                        .mul(gradients.get(each.getKey()))
                                        .sum())
                                .reduce(NDArray::add)
                                .orElseThrow());
            }
            weights.forEach((name, update) -> {
                int parts = name.startsWith("c_attn") ? 3 : 1;
                int rows = (int) update.getShape().get(0),
                        columns = (int) update.getShape().get(1) / parts;
                for (int part = 0; part < parts; part++) {
                    RealMatrix matrix = matrix(update, rows, columns, part * columns)
                            .scalarMultiply(1 / (0.01 * 0.2 * Math.sqrt(Math.max(rows, columns))));
                    double[] values = new SingularValueDecomposition(matrix).getSingularValues();
                    RealMatrix gradient = matrix(gradients.get(name), rows, columns, part * columns);
                    double[] before = new SingularValueDecomposition(gradient).getSingularValues();
                    long promised = Arrays.stream(before)
                            .filter(value -> value > share * gradient.getFrobeniusNorm())
                            .count();
                    assertTrue(promised >= before.length - 1, name + " says little");
                    assertTrue(
                            values[0] < 1 + slack && values[(int) promised - 1] > 1 - slack,
                            name + ", part " + part + ": " + Arrays.toString(values));
                    // It goes against the gradient, along the gradient's own directions.
                    assertEquals(
                            -1,
                            matrix.multiply(gradient.transpose()).getTrace()
                                    / Arrays.stream(before).sum(),
                            0.2,
                            name);
                }
            });
        }
    }

    private static RealMatrix matrix(NDArray array, int rows, int columns, int from) {
        float[] values = array.toFloatArray();
        int width = values.length / rows;
        RealMatrix matrix = new Array2DRowRealMatrix(rows, columns);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                matrix.setEntry(row, column, values[row * width + from + column]);
            }
        }
        return matrix;
    }

    @Test
    void aMuonUpdateStretchesAllDirectionsAlike() {
        try (NDManager manager = TORCH.manager().newSubManager()) {
            Map<String, NDArray> weights = weights(manager, 1);
            float[] before = weights.get("h.0.weight").toFloatArray();
            try (Fit fit =
                    Fit.of(TORCH, weights, ROLES, new Muon(0.01, 0.95, 0, AdamW.defaults()), Schedule.constant(1))) {
                fit.step(1, step -> loss(weights, step, ROWS, CLASSES));
            }
            float[] after = weights.get("h.0.weight").toFloatArray();
            double squares = 0;
            for (int i = 0; i < after.length; i++) {
                squares += Math.pow((after[i] - before[i]) / (0.01 * 0.2 * Math.sqrt(32)), 2);
            }
            // The gradient of 8 rows has rank 8, and each of the 8 singular values is pushed to between 0.8 and 1.2.
            assertTrue(squares > 8 * 0.64 * 0.95 && squares < 8 * 1.44, "sum of squared singular values " + squares);
        }
    }

    @Test
    void ratesThatAreNoRatesAreRefused() {
        for (double rate : new double[] {Double.NaN, Double.POSITIVE_INFINITY, 0, -1}) {
            assertTrue(assertThrows(KitException.class, () -> AdamW.defaults().withRate(rate))
                    .getMessage()
                    .startsWith("The learning rate is "));
        }
    }
}
