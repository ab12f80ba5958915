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
import java.util.stream.LongStream;
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
        LlamaConfig config = config(file);
        return named(
                new Llama(
                        torch,
                        config,
                        Parameters.made(torch, config.shapes(), manager -> weights(file, config, manager))),
                file);
    }

    /**
     * The model whose weights stay in the file until they are needed. It opens the file for itself, so that the caller
     * may close his.
     */
    static Llama stored(Torch torch, Gguf file) {
        LlamaConfig config = config(file);
        config.shapes().forEach((name, shape) -> {
            Shape found = new Shape(file.info(named(name)).shape());
            if (!shape.equals(found)) {
                throw Parameters.unfit(name, shape, found);
            }
        });
        return named(
                new Llama(torch, config, Parameters.stored(torch, config.shapes(), new Stored(file.again(), config))),
                file);
    }

    private static LlamaConfig config(Gguf file) {
        LlamaConfig config = LlamaConfig.of(file);
        config.check();
        TensorLayout.room(config, file.tensors().size(), file.name());
        refuseUnknown(file, config);
        return config;
    }

    private static Llama named(Llama model, Gguf file) {
        return model.trainable(false).named(String.valueOf(file.metadata().getOrDefault("general.name", file.name())));
    }

    /** Reads the file's tensors by the model's names and in the model's layout. */
    private record Stored(Gguf file, LlamaConfig config) implements StoredParameters {
        @Override
        public NDArray read(NDManager manager, String name) {
            NDArray weight = file.tensor(manager, named(name));
            return interleaved(config, name) == 0 ? weight : halves(manager, weight, interleaved(config, name));
        }

        @Override
        public NDArray rows(NDManager manager, String name, long[] rows) {
            int heads = interleaved(config, name);
            int half = config.headSize() / 2;
            long[] places = heads == 0
                    ? rows
                    : LongStream.of(rows)
                            .map(row -> row / (2 * half) * (2 * half) + row % half * 2 + row / half % 2)
                            .toArray();
            return file.rows(manager, named(name), places);
        }

        @Override
        public void close() {
            file.close();
        }
    }

    /** The heads whose rows {@link #halves} sorts, or 0 where a parameter's rows lie as they are. */
    private static int interleaved(LlamaConfig config, String name) {
        return name.endsWith("self_attn.q_proj.weight")
                ? config.heads()
                : name.endsWith("self_attn.k_proj.weight") ? config.keyValueHeads() : 0;
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
        Stored stored = new Stored(file, config);
        config.shapes().keySet().forEach(name -> weights.put(name, stored.read(manager, name)));
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
