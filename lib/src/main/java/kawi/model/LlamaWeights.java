package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kawi.torch.Torch;

/** A Llama's parameters as inference takes them: merged with an adapter, and the file's where they are still there. */
final class LlamaWeights implements AutoCloseable {

    private static final String EMBEDDING = "model.embed_tokens.weight";

    private final Torch torch;
    private final LlamaConfig config;
    private final Parameters parameters;
    private final Map<String, Shape> shapes;
    private final Map<String, NDArray> merged = new HashMap<>(); // matrices that the adapter changes
    private final NDManager manager;

    LlamaWeights(Torch torch, LlamaConfig config, Parameters parameters, Adapter adapter) {
        this.torch = torch;
        this.config = config;
        this.parameters = parameters;
        this.shapes = config.shapes();
        this.manager = torch.manager().newSubManager();
        try {
            for (int i = 0; i < config.layers() && adapter != null; i++) {
                for (String matrix : Llama.MATRICES) {
                    if (adapter.covers(i, matrix)) {
                        merged.put(name(i, matrix), merge(i, matrix, adapter));
                    }
                }
            }
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    static String name(int layer, String parameter) {
        return "model.layers." + layer + "." + parameter + ".weight";
    }

    private NDArray merge(int layer, String matrix, Adapter adapter) {
        return torch.inference(() -> {
            String name = name(layer, matrix);
            try (NDManager work = manager.newSubManager();
                    NDArray change = adapter.change(layer, matrix)) {
                NDArray sum = parameters.rows(work, name, 0, shape(name).get(0)).add(change);
                sum.attach(manager);
                return sum;
            }
        });
    }

    /** The parameters in {@code llama.py}'s order, all of them in memory. */
    List<NDArray> whole() {
        List<NDArray> whole = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            for (String each : order()) {
                whole.add(merged.getOrDefault(name(i, each), parameters.get(name(i, each))));
            }
        }
        whole.add(parameters.get("model.norm.weight"));
        whole.add(parameters.get(head()));
        return whole;
    }

    /** The same list with nothing in the place of each matrix. */
    List<NDArray> normsAlone() {
        NDArray nothing = manager.create(new Shape(0));
        List<NDArray> norms = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            for (String each : order()) {
                norms.add(Llama.MATRICES.contains(each) ? nothing : parameters.get(name(i, each)));
            }
        }
        norms.add(parameters.get("model.norm.weight"));
        norms.add(nothing);
        return norms;
    }

    private static List<String> order() {
        List<String> order = new ArrayList<>(Llama.MATRICES);
        order.add(0, "input_layernorm");
        order.add(order.indexOf("mlp.gate_proj"), "post_attention_layernorm");
        return order;
    }

    /** The name of the matrix by which logits are made. */
    String head() {
        return config.tied() ? EMBEDDING : "lm_head.weight";
    }

    Shape shape(String name) {
        return shapes.get(name);
    }

    /** Rows {@code first} to {@code first + count - 1} of a matrix, merged; they belong to {@code work}. */
    NDArray rows(NDManager work, String name, long first, long count) {
        NDArray changed = merged.get(name);
        if (changed == null) {
            return parameters.rows(work, name, first, count);
        }
        NDArray some = changed.get(first + ":" + (first + count));
        some.attach(work);
        return some;
    }

    /** The embedding where it is in memory, or null: then tokens are {@linkplain #embedded looked up} in the file. */
    NDArray embedding() {
        return parameters.holds(EMBEDDING) ? parameters.get(EMBEDDING) : null;
    }

    /** The tokens' vectors {@code (ids, width)}. */
    NDArray embedded(NDManager work, long[] ids) {
        for (long id : ids) {
            Tokens.known(id, config.vocabularySize());
        }
        return parameters.rows(work, torch, EMBEDDING, ids);
    }

    @Override
    public void close() {
        manager.close();
    }
}
