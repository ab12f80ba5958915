package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;
import java.util.ArrayList;
import java.util.List;
import kawi.torch.Script;
import kawi.torch.Torch;

/**
 * Makes a Llama's int8 matrices, one after the other and each in pieces, so that no more than a piece of a file's
 * matrix is ever in float32; what an adapter changes is merged whole, and kept. A row has a scale of its own, so pieces
 * give what the whole would.
 */
final class Int8Matrices {

    /** The matrices that are multiplied together, in {@code llama.py}'s order. */
    static final List<List<String>> JOINED = List.of(
            List.of("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
            List.of("self_attn.o_proj"),
            List.of("mlp.gate_proj", "mlp.up_proj"),
            List.of("mlp.down_proj"));

    /** Values of a piece at most: half a megabyte in float32, of which rounding makes three copies on its way. */
    static final int PIECE = 1 << 17;

    private final Torch torch;
    private final Script script;
    private final LlamaConfig config;
    private final LlamaWeights weights;

    Int8Matrices(Torch torch, Script script, LlamaConfig config, LlamaWeights weights) {
        this.torch = torch;
        this.script = script;
        this.config = config;
        this.weights = weights;
    }

    /** All of them for fbgemm. */
    IValue packed() {
        // The head is the largest by far and made first, while the memory for what is made on its way is not yet taken.
        IValue packed = script.raw("unpacked", false);
        try (IValue head = script.raw("unpacked", false)) {
            add(head, "pack", List.of(weights.head()));
            for (int layer = 0; layer < config.layers(); layer++) {
                for (int joined = 0; joined < JOINED.size(); joined++) {
                    add(packed, "pack", layer, joined);
                }
            }
            script.raw("follow", false, packed, head).close();
            return packed;
        } catch (RuntimeException e) {
            packed.close();
            throw e;
        }
    }

    /** Adds matrices {@code joined} of a layer to a list that {@code method} of {@code llama.py} makes longer. */
    void add(IValue list, String method, int layer, int joined) {
        add(
                list,
                method,
                JOINED.get(joined).stream()
                        .map(matrix -> LlamaWeights.name(layer, matrix))
                        .toList());
    }

    /** Adds matrices, one above the other. */
    void add(IValue list, String method, List<String> names) {
        try (NDManager work = torch.manager().newSubManager()) {
            List<NDArray> whole = new ArrayList<>();
            List<NDArray> scales = new ArrayList<>();
            for (String name : names) {
                long rows = weights.shape(name).get(0);
                long most = Math.max(1, PIECE / weights.shape(name).get(1));
                for (long first = 0; first < rows; first += most) {
                    try (NDManager piece = work.newSubManager()) {
                        NDArray some = weights.rows(piece, name, first, Math.min(most, rows - first));
                        List<NDArray> made = script.list(work, "whole", false, some);
                        whole.add(made.get(0));
                        scales.add(made.get(1));
                    }
                }
            }
            script.raw(method, false, list, whole, scales).close();
        }
    }
}
