import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import kawi.torch.SafeTensors;
import kawi.torch.Script;
import kawi.torch.Torch;

/**
 * Writes what a machine with a GPU needs to check the kit's operators without Java: {@code Export FOLDER}. Into the
 * folder go the archives of the TorchScript sources, for each operator a call with what it gives on this CPU and the
 * gradients of that, for each family of models one whole training step ({@code Steps}), and the programs of this folder
 * that load all this; {@code check.py} is the one to start there.
 */
public class Export {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> SOURCES =
            List.of("kawi/torch/ops.py", "kawi/model/modern.py", "kawi/model/llama.py", "kawi/train/muon.py");

    private final Torch torch;
    private final NDManager manager;
    private final SplittableRandom random = new SplittableRandom(8);
    private final Map<String, NDArray> tensors = new LinkedHashMap<>();
    private final ArrayNode calls = JSON.createArrayNode();
    private Script script;
    private String archive;

    private Export(Torch torch) {
        this.torch = torch;
        this.manager = torch.manager().newSubManager();
    }

    public static void main(String[] words) throws IOException {
        Path folder = Path.of(words[0]);
        Files.createDirectories(folder);
        for (String source : SOURCES) {
            Script.archive(source, folder.resolve(name(source) + ".pt"));
        }
        try (Torch torch = Torch.open("cpu", 1, 1)) {
            torch.bf16(false);
            torch.oneDnn(false);
            new Export(torch).operators(folder);
            Steps.write(torch, folder);
        }
    }

    private static String name(String source) {
        return source.substring(source.lastIndexOf('/') + 1, source.length() - 3);
    }

    private void operators(Path folder) throws IOException {
        for (String source : SOURCES) {
            archive = name(source);
            script = Script.load(torch, source);
            switch (archive) {
                case "ops" -> {
                    products();
                    attention();
                    recurrent();
                    losses();
                    optimizer();
                }
                case "modern" -> modern();
                case "muon" -> muon();
                default -> llama();
            }
            script.close();
        }
        SafeTensors.write(folder.resolve("operators.safetensors"), tensors, Map.of());
        Files.writeString(folder.resolve("operators.json"), calls.toString());
    }

    private void products() {
        call("linear", learned(2, 3, 8), learned(6, 8), learned(6), By.FLOAT32);
        call("linear", learned(2, 3, 8), learned(6, 8), null, By.FLOAT32);
        call("adapted", plain(2, 3, 8), plain(6, 8), learned(2, 8), learned(6, 2), 0.5, 0.0, By.FLOAT32);
        call("columns", learned(4, 8), learned(8, 6), null, By.FLOAT32);
        call("affine", learned(2, 3, 8), learned(8, 6), learned(6), By.FLOAT32);
        call("mlp", learned(2, 3, 8), learned(8, 32), learned(32), learned(32, 8), learned(8), By.FLOAT32);
        call("gated_mlp", learned(2, 3, 8), learned(24, 8), learned(24, 8), learned(8, 24), By.FLOAT32);
        call("embedding", learned(10, 8), ids(10, 2, 5));
        call("rows", learned(10, 8), 2, 7);
        call("layer_norm", learned(2, 3, 8), learned(8), learned(8), 1e-5);
        call("rms_norm", learned(2, 3, 8), learned(8), 1e-5);
        call("rms_norm", learned(2, 3, 8), null, 1e-5);
        call("swiglu", learned(2, 3, 8), learned(2, 3, 8));
        call("scale", learned(2, 3), 0.25);
        call("dropout", learned(2, 3), 0.0); // what is drawn differs from device to device
        call("copy", plain(2, 3));
        call("finite", plain(4));
        call("same", plain(4), plain(4));
    }

    private void attention() {
        call("split_heads", learned(2, 5, 16), 2);
        call("merge_heads", learned(2, 2, 5, 8));
        call("rope", learned(2, 2, 5, 8), plain(5, 8), plain(5, 8));
        call("rope_table", plain(1), 3, 5, 8, 10_000.0);
        call("attention", learned(2, 4, 5, 16), learned(2, 4, 5, 16), learned(2, 4, 5, 16), true, By.FLOAT32_NOT_BF16);
        call("attention", learned(2, 4, 5, 16), learned(2, 2, 5, 16), learned(2, 2, 5, 16), true, By.FLOAT32_NOT_BF16);
        call("pick", learned(2, 5, 8), ids(5, 2, 3));
        call("attention_at", learned(2, 4, 3, 16), learned(2, 2, 5, 16), learned(2, 2, 5, 16), ids(5, 2, 3));
        call("self_attention", learned(2, 5, 96), 2, By.FLOAT32_NOT_BF16);
        call("attention_weights", learned(2, 4, 5, 8), learned(2, 2, 5, 8));
        for (int[] at : new int[][] {{0, 3}, {3, 1}, {2, 3}}) { // a prompt, a further token, a further piece
            call(
                    "cached_attention",
                    plain(2, 4, at[1], 8),
                    plain(2, 2, at[1], 8),
                    plain(2, 2, at[1], 8),
                    plain(2, 2, 6, 8),
                    plain(2, 2, 6, 8),
                    at[0]);
        }
    }

    private void recurrent() {
        for (var cell : Map.of("rnn", 1, "gru", 3, "lstm", 4).entrySet()) {
            int rows = cell.getValue() * 8;
            List<NDArray> weights = List.of(learned(rows, 8), learned(rows, 8), learned(rows), learned(rows));
            if (cell.getKey().equals("lstm")) {
                call("lstm", learned(2, 5, 8), plain(1, 2, 8), plain(1, 2, 8), weights, 1);
            } else {
                call(cell.getKey(), learned(2, 5, 8), plain(1, 2, 8), weights, 1);
            }
        }
    }

    private void losses() {
        call("cross_entropy", learned(2, 5, 30), ids(30, 2, 5));
        call("token_losses", learned(2, 5, 30), ids(30, 2, 5));
        call("divergence", plain(2, 5, 30), learned(2, 5, 30));
        call("preference_loss", learned(5), 0.1, 0.0);
        call("preference_loss", learned(5), 2.0, 0.1);
        call("sums", learned(5), ids(3, 5), 3);
        call("head_losses", plain(2, 5, 8), plain(9000, 8), ids(9000, 2, 5), By.FLOAT32);
        call("head_gradients", plain(2, 5, 8), plain(30, 8), ids(30, 2, 5), true, By.FLOAT32);
        call("head_gradients", plain(2, 5, 8), plain(30, 8), ids(30, 2, 5), false, By.FLOAT32);
        call("with_gradients", plain(), List.of(learned(2, 3)), List.of(plain(2, 3)));
    }

    private void optimizer() {
        call("add", List.of(plain(2, 3), plain(4)), List.of(plain(2, 3), plain(4)));
        call("clip", List.of(plain(20, 30), plain(40)), 1.0);
        List<NDArray> squares = List.of(plain(2, 3).square(), plain(4).square());
        List<NDArray> steps = List.of(manager.zeros(new Shape()), manager.zeros(new Shape()));
        List<NDArray> gradients = List.of(plain(2, 3), plain(4));
        List<NDArray> weights = List.of(plain(2, 3), plain(4));
        List<NDArray> means = List.of(plain(2, 3), plain(4));
        call("adamw", weights, gradients, means, squares, steps, 1e-3, 0.9, 0.95, 1e-8, 0.1);
        call("zero", List.of(plain(2, 3)));
        call("assign", plain(2, 3), plain(2, 3));
    }

    private void modern() {
        call("plain_norm", learned(2, 3, 8));
        call("norm", learned(2, 3, 8), true, null, null);
        call("norm", learned(2, 3, 8), false, learned(8), learned(8));
        call("shift", learned(2, 3, 8), null, learned(8));
        call("shift", learned(2, 3, 8), learned(2, 1, 8), learned(8));
        call("split", learned(2, 5, 48), 2, true, null);
        call("activation", learned(2, 3, 8), true);
        call("activation", learned(2, 3, 8), false);
    }

    private void muon() {
        call("orthogonal", plain(2, 8, 12), false);
        call("orthogonal", plain(2, 24, 8), false); // tall, and more than twice as long as wide
        call(
                "step",
                List.of(plain(8, 24), plain(8, 24)),
                List.of(plain(8, 24), plain(8, 24)),
                plain(2, 8, 24),
                0.01,
                0.95,
                0.1,
                3,
                false);
    }

    private void llama() {
        call("times", plain(2, 8), plain(6, 8), false);
        call("rope", plain(2, 5, 2, 8), plain(1, 5, 1, 8), plain(1, 5, 1, 8));
        call("norm", plain(1, 8), plain(8), manager.create(1e-5f), 0.125);
        call("turn", plain(8), plain(8));
        call("inverse", plain(5, 8), 1e-5);
        call("row", plain(1, 8), plain(6, 8), false);
        call("answer", plain(2, 2, 8), plain(2, 8, 5), plain(2, 5, 8), plain(1, 1, 1), 0.35);
    }

    /** The argument that says how a product is made; the other side also tries bfloat16 in its place. */
    private enum By {
        FLOAT32,
        FLOAT32_NOT_BF16
    }

    private void call(String method, Object... arguments) {
        int number = calls.size();
        ObjectNode call = calls.addObject().put("archive", archive).put("method", method);
        ArrayNode given = call.putArray("arguments");
        List<NDArray> leaves = new ArrayList<>();
        Object[] values = new Object[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            Object argument = arguments[i];
            String name = number + ".argument " + i;
            if (argument instanceof NDArray array) {
                given.addObject().put("tensor", keep(name, array)).put("learned", array.hasGradient());
                collect(array, leaves);
            } else if (argument instanceof List<?> list) {
                ArrayNode names = given.addObject().putArray("tensors");
                boolean learned = false;
                for (Object each : list) {
                    names.add(keep(name + "." + names.size(), (NDArray) each));
                    learned |= collect((NDArray) each, leaves);
                }
                ((ObjectNode) given.get(i)).put("learned", learned);
            } else if (argument instanceof By by) {
                boolean flag = by == By.FLOAT32_NOT_BF16;
                given.addObject().put("by", flag ? "flag" : "number");
                argument = flag ? (Object) false : (Object) 0;
            } else {
                given.addObject().set("value", JSON.valueToTree(argument));
            }
            values[i] = argument;
        }
        List<NDArray> results = results(method, !leaves.isEmpty(), values);
        ArrayNode named = call.putArray("results");
        IntStream.range(0, results.size())
                .forEach(i ->
                        named.add(keep(number + ".result " + i, results.get(i).toType(DataType.FLOAT32, true))));
        ArrayNode after = call.putArray("after"); // what the call left in its arguments, for those that change them
        if (leaves.isEmpty()) {
            keepAfter(number, arguments, after);
        } else {
            gradients(number, call, results, leaves);
        }
    }

    private List<NDArray> results(String method, boolean grad, Object[] values) {
        try (IValue value = script.raw(method, grad, values)) {
            if (value.isTensor()) {
                return List.of(value.toTensor((ai.djl.pytorch.engine.PtNDManager) manager));
            } else if (value.isTensorList()) {
                return List.of(value.toTensorArray((ai.djl.pytorch.engine.PtNDManager) manager));
            } else if (!value.isTuple()) {
                return List.of();
            }
            List<NDArray> parts = new ArrayList<>();
            for (IValue part : value.toIValueTuple()) {
                try (part) {
                    parts.add(part.toTensor((ai.djl.pytorch.engine.PtNDManager) manager));
                }
            }
            return parts;
        }
    }

    private void keepAfter(int number, Object[] arguments, ArrayNode after) {
        for (int i = 0; i < arguments.length; i++) {
            List<?> arrays = arguments[i] instanceof List<?> list
                    ? list
                    : arguments[i] instanceof NDArray array ? List.of(array) : List.of();
            ArrayNode names = after.addArray();
            for (Object each : arrays) {
                names.add(keep(number + ".after " + i + "." + names.size(), (NDArray) each));
            }
        }
    }

    /** The gradients of the sum of all results, each number times one that is drawn. */
    private void gradients(int number, ObjectNode call, List<NDArray> results, List<NDArray> leaves) {
        ArrayNode weighed = call.putArray("weighed by");
        List<NDArray> factors =
                results.stream().map(each -> plain(each.getShape().getShape())).toList();
        factors.forEach(each -> weighed.add(keep(number + ".factor " + weighed.size(), each)));
        List<NDArray> found = torch.training(() -> {
            NDArray sum = null;
            for (int i = 0; i < results.size(); i++) {
                NDArray part = results.get(i).mul(factors.get(i)).sum();
                sum = sum == null ? part : sum.add(part);
            }
            return torch.ops().gradients(manager, sum, leaves);
        });
        ArrayNode names = call.putArray("gradients");
        found.forEach(each -> names.add(keep(number + ".gradient " + names.size(), each)));
    }

    private static boolean collect(NDArray array, List<NDArray> leaves) {
        if (array.hasGradient()) {
            leaves.add(array);
        }
        return array.hasGradient();
    }

    /** Keeps a copy, as it is now. */
    private String keep(String name, NDArray array) {
        tensors.put(name, torch.inference(() -> torch.ops().copy(manager, array)));
        return name;
    }

    private NDArray plain(long... shape) {
        Shape of = new Shape(shape);
        float[] values = new float[(int) of.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return torch.ops().copy(manager, manager.create(values, of));
    }

    private NDArray learned(long... shape) {
        NDArray array = plain(shape);
        array.setRequiresGradient(true);
        return array;
    }

    private NDArray ids(int below, long... shape) {
        Shape of = new Shape(shape);
        return manager.create(random.longs(of.size(), 0, below).toArray(), of);
    }
}
