package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kawi.evidence.KitException;
import kawi.torch.Gguf;
import kawi.torch.Torch;

/** Makes a {@link Llama} from a GGUF file: llama.cpp's names and layouts become Hugging Face's. */
final class LlamaFile {

    private static final Map<String, String> NAMES = Map.of(
            "attn_norm",
            "input_layernorm",
            "attn_q",
            "self_attn.q_proj",
            "attn_k",
            "self_attn.k_proj",
            "attn_v",
            "self_attn.v_proj",
            "attn_output",
            "self_attn.o_proj",
            "ffn_norm",
            "post_attention_layernorm",
            "ffn_gate",
            "mlp.gate_proj",
            "ffn_up",
            "mlp.up_proj",
            "ffn_down",
            "mlp.down_proj");

    private LlamaFile() {}

    static Llama read(Torch torch, Gguf file) {
        LlamaConfig config = LlamaConfig.of(file);
        config.check();
        TensorLayout.room(config, file.tensors().size(), file.name());
        refuseUnknown(file, config);
        return new Llama(
                        torch,
                        config,
                        Parameters.made(torch, config.shapes(), manager -> weights(file, config, manager)))
                .trainable(false)
                .named(String.valueOf(file.metadata().getOrDefault("general.name", file.name())));
    }

    /** The name in a GGUF file of a parameter that has Hugging Face's. */
    static String named(String parameter) {
        switch (parameter) {
            case "model.embed_tokens.weight":
                return "token_embd.weight";
            case "model.norm.weight":
                return "output_norm.weight";
            case "lm_head.weight":
                return "output.weight";
            default:
                String[] parts = parameter.split("\\.", 4); // model.layers.I.NAME.weight
                String name = parts[3].substring(0, parts[3].length() - ".weight".length());
                return NAMES.entrySet().stream()
                        .filter(each -> each.getValue().equals(name))
                        .map(each -> "blk." + parts[2] + "." + each.getKey() + ".weight")
                        .findFirst()
                        .orElseThrow();
        }
    }

    /** Every tensor is one of the model's, or the file is another model's. */
    private static void refuseUnknown(Gguf file, LlamaConfig config) {
        Set<String> known =
                new HashSet<>(List.of("token_embd.weight", "output_norm.weight", "output.weight", "rope_freqs.weight"));
        for (int i = 0; i < config.layers(); i++) {
            for (String name : NAMES.keySet()) {
                known.add("blk." + i + "." + name + ".weight");
            }
        }
        for (String name : file.tensors()) {
            if (!known.contains(name)) {
                throw new KitException("Tensor " + name + " of " + file.name() + " "
                        + Arrays.toString(file.info(name).shape()) + " has no place in this kit's Llama of "
                        + config.layers() + " layers"
                        + ": without it the model would say something else, so take another file.");
            }
        }
    }

    private static Map<String, NDArray> weights(Gguf file, LlamaConfig config, NDManager manager) {
        Map<String, NDArray> weights = new HashMap<>();
        weights.put("model.embed_tokens.weight", file.tensor(manager, "token_embd.weight"));
        weights.put("model.norm.weight", file.tensor(manager, "output_norm.weight"));
        if (!config.tied()) {
            weights.put("lm_head.weight", file.tensor(manager, "output.weight"));
        }
        for (int i = 0; i < config.layers(); i++) {
            for (Map.Entry<String, String> name : NAMES.entrySet()) {
                NDArray weight = file.tensor(manager, "blk." + i + "." + name.getKey() + ".weight");
                int heads = name.getKey().equals("attn_q")
                        ? config.heads()
                        : name.getKey().equals("attn_k") ? config.keyValueHeads() : 0;
                weights.put(
                        "model.layers." + i + "." + name.getValue() + ".weight",
                        heads == 0 ? weight : halves(manager, weight, heads));
            }
        }
        return weights;
    }

    /**
     * llama.cpp turns neighbouring pairs of values by an angle, Hugging Face turns value i of a head's first half with
     * value i of its second, so llama.cpp's converter interleaves the rows of query and key heads. This undoes it:
     * {@code (heads * size, width)}, same shape.
     */
    private static NDArray halves(NDManager manager, NDArray weight, int heads) {
        Shape shape = weight.getShape();
        try (NDManager scratch = manager.newSubManager()) {
            weight.attach(scratch);
            NDArray apart = weight.reshape(heads, shape.get(0) / heads / 2, 2, shape.get(1))
                    .swapAxes(1, 2)
                    .reshape(shape);
            apart.attach(manager);
            return apart;
        }
    }
}
