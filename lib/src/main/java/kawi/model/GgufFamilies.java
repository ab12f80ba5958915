package kawi.model;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kawi.evidence.KitException;
import kawi.model.TransformerConfig.Activation;
import kawi.model.TransformerConfig.Part;
import kawi.model.TransformerConfig.Positions;
import kawi.model.TransformerConfig.Scales;
import kawi.model.TransformerConfig.Sizes;
import kawi.model.TransformerConfig.Windows;
import kawi.torch.Gguf;
import kawi.torch.Torch;

/**
 * What the metadata of a GGUF file say of a {@link Transformer}, for the architectures of llama.cpp whose computation
 * is known; its own {@code llama} is {@link LlamaFile}'s where it has no experts, and else Mixtral. Source: llama.cpp's
 * {@code llama-model.cpp} and the constants of its package {@code gguf} 0.19.
 */
final class GgufFamilies {

    /** Names of llama.cpp's architectures, and what the kit calls the family. */
    private static final Map<String, String> FAMILIES = Map.of(
            "qwen2", "qwen2",
            "qwen3", "qwen3",
            "gemma2", "gemma2",
            "gemma3", "gemma3_text",
            "phi2", "phi",
            "phi3", "phi3",
            "gptneox", "gpt_neox",
            "gpt2", "gpt2");

    /** Divisors of the speeds of Phi-3's positions, in long texts and in others. */
    static final String LONG = "rope_factors_long.weight";

    static final String SHORT = "rope_factors_short.weight";

    /** Layers of the models of which llama.cpp scales queries by the width over the heads: Gemma 2 and 3 of 27 B. */
    private static final List<Integer> BY_WIDTH = List.of(46, 62);

    private final Gguf file;
    private final Settings said;
    private final String architecture;
    private final String family;

    private static final String EXPERTS = "llama.expert_count";

    private GgufFamilies(Gguf file, String architecture) {
        this.file = file;
        this.said = Settings.of(file.name(), file.metadata());
        this.architecture = architecture;
        this.family = architecture.equals("llama") ? "mixtral" : FAMILIES.get(architecture);
    }

    /** The model of a file, whatever its architecture. */
    static LanguageModel read(Torch torch, Gguf file) {
        return read(torch, file, Precision.FP32);
    }

    /** The same, with a Llama's weights left in the file where it will compute in int8. */
    static LanguageModel read(Torch torch, Gguf file, Precision precision) {
        ModelConfig config = config(file);
        if (config instanceof LlamaConfig) {
            return precision == Precision.INT8 ? LlamaFile.stored(torch, file) : LlamaFile.read(torch, file);
        }
        TransformerConfig transformer = (TransformerConfig) config;
        return new Transformer(torch, transformer, TensorLayout.read(torch, file, transformer), name(file));
    }

    static String name(Gguf file) {
        return String.valueOf(file.metadata().getOrDefault("general.name", file.name()));
    }

    /** What a file is, before any tensor is read. */
    static ModelConfig config(Gguf file) {
        String architecture = file.text("general.architecture");
        boolean mixture =
                architecture.equals("llama") && file.metadata().get(EXPERTS) instanceof Long count && count > 0;
        if (architecture.equals("llama") && !mixture) {
            LlamaConfig llama = LlamaConfig.of(file);
            llama.check();
            TensorLayout.room(llama, file.tensors().size(), file.name());
            return llama;
        } else if (!mixture && !FAMILIES.containsKey(architecture)) {
            throw new KitException("The model file is of the architecture '" + architecture
                    + "' and this kit reads 'llama' and "
                    + String.join(", ", FAMILIES.keySet().stream().sorted().toList())
                    + " from GGUF; give another file.");
        }
        TransformerConfig config = new GgufFamilies(file, architecture).config();
        config.check();
        TensorLayout.room(config, file.tensors().size(), file.name());
        routers(file, config);
        return config;
    }

    /** Refuses more experts than the routers of a file know, before a name is made of each. */
    private static void routers(Gguf file, TransformerConfig config) {
        for (int layer = 0; layer < config.layers() && config.experts().count() > 0; layer++) {
            if (file.has("blk." + layer + ".ffn_gate.0.weight")) {
                throw new KitException(file.name() + " holds each expert's matrices in tensors of their own, as"
                        + " llama.cpp wrote them until April 2024: convert the model again, or take its folder.");
            }
            String router = "blk." + layer + ".ffn_gate_inp.weight";
            if (!file.has(router)
                    || file.info(router).shape()[0] != config.experts().count()) {
                throw new KitException(file.name() + " says that a layer has "
                        + config.experts().count() + " experts, and its tensor " + router + " is "
                        + (file.has(router) ? "for " + file.info(router).shape()[0] : "missing")
                        + ": take all files from the same model.");
            }
        }
    }

    private TransformerConfig config() {
        Set<Part> parts = parts();
        boolean layerNorm = parts.contains(Part.LAYER_NORM);
        int width = whole("embedding_length");
        int heads = Math.max(1, whole("attention.head_count"));
        int size = said.whole(key("attention.key_length"), width / heads);
        said.only(key("attention.value_length"), "its keys have " + size + " values, as this kit needs", size);
        int vocabulary = (int) file.info("token_embd.weight").shape()[0];
        said.only(key("vocab_size"), "its embedding has " + vocabulary + " rows", vocabulary);
        Sizes sizes = new Sizes(
                vocabulary,
                whole("context_length"),
                whole("block_count"),
                width,
                whole("feed_forward_length"),
                heads,
                said.whole(key("attention.head_count_kv"), heads),
                size);
        if (!file.has("output.weight")) {
            parts.add(Part.TIED);
        }
        double epsilon = real(layerNorm ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon");
        boolean gemma = architecture.startsWith("gemma");
        double query = gemma && BY_WIDTH.contains(sizes.layers()) ? width / (double) heads : size;
        said.only(key("attention.scale"), "this kit's " + family + " has no such factor", 1 / Math.sqrt(query));
        Scales scales = new Scales(
                gemma ? Math.sqrt(width) : 1,
                1 / Math.sqrt(query),
                gemma ? said.real(key("attn_logit_softcapping"), architecture.equals("gemma2") ? 50 : 0) : 0,
                gemma ? said.real(key("final_logit_softcapping"), architecture.equals("gemma2") ? 30 : 0) : 0,
                epsilon);
        TransformerConfig config = new TransformerConfig(
                family, sizes, parts, activation(), positions(size), windows(sizes.layers()), scales);
        if (architecture.equals("llama")) {
            config = config.mixing(new Experts(said.whole(EXPERTS), whole("expert_used_count")));
            said.only(
                    key("expert_feed_forward_length"),
                    "the middle of its layers has " + sizes.feedForward() + " values",
                    sizes.feedForward());
        } else {
            said.only(key("expert_count"), "this kit's " + family + " has no experts", 0);
            said.only(key("expert_used_count"), "this kit's " + family + " has no experts", 0);
        }
        others();
        return config;
    }

    private Set<Part> parts() {
        Set<Part> parts = EnumSet.noneOf(Part.class);
        switch (architecture) {
            case "qwen2" -> parts.addAll(List.of(Part.GATE, Part.QUERY_KEY_VALUE_BIAS));
            case "qwen3" -> parts.addAll(List.of(Part.GATE, Part.QUERY_KEY_NORM));
            case "gemma2" -> parts.addAll(List.of(Part.GATE, Part.NORM_AFTER));
            case "gemma3" -> parts.addAll(List.of(Part.GATE, Part.NORM_AFTER, Part.QUERY_KEY_NORM));
            case "phi3", "llama" -> parts.add(Part.GATE);
            default -> {
                parts.addAll(
                        List.of(Part.LAYER_NORM, Part.QUERY_KEY_VALUE_BIAS, Part.OUT_BIAS, Part.FEED_FORWARD_BIAS));
                if (architecture.equals("phi2")) {
                    parts.addAll(List.of(Part.PARALLEL, Part.SHARED_NORM, Part.HEAD_BIAS));
                } else if (architecture.equals("gptneox") && said.flag(key("use_parallel_residual"), true)) {
                    parts.add(Part.PARALLEL);
                }
            }
        }
        return parts;
    }

    /** No file says it: GPT-NeoX's is Pythia's exact one, of which llama.cpp itself computes an approximation. */
    private Activation activation() {
        return switch (architecture) {
            case "qwen2", "qwen3", "phi3", "llama" -> Activation.SILU;
            case "gptneox" -> Activation.GELU;
            default -> Activation.GELU_TANH;
        };
    }

    private Positions positions(int size) {
        if (architecture.equals("gpt2")) {
            return Positions.LEARNED;
        }
        if (file.has(LONG) || file.has(SHORT)) {
            return byLength(size);
        }
        boolean gemma3 = architecture.equals("gemma3");
        String kind = said.text(key("rope.scaling.type"), "none");
        double factor = said.real(key("rope.scaling.factor"), 1);
        String known = "this kit stretches rotary positions of GGUF files as none or linear says";
        said.only(key("rope.scaling.type"), known, "none", "linear");
        if (!kind.equals("linear")) {
            said.only(key("rope.scaling.factor"), known, 1);
        } else {
            factor = real("rope.scaling.factor");
        }
        for (String other : List.of("rope.scaling.attn_factor", "rope.scale", "rope.scale_linear")) {
            said.only(key(other), known, 1);
        }
        double base = said.real(key("rope.freq_base"), gemma3 ? 1e6 : 10000);
        return new Positions(
                said.whole(key("rope.dimension_count"), size),
                base,
                kind.equals("linear") ? RopeScaling.linear(factor) : RopeScaling.NONE,
                gemma3 ? said.real(key("rope.freq_base_swa"), 10000) : 0,
                LongRope.NONE);
    }

    /** Phi-3's positions of short and of long texts, which stand in two tensors. */
    private Positions byLength(int size) {
        String present = file.has(LONG) ? LONG : SHORT;
        if (!architecture.equals("phi3") || !file.has(LONG) || !file.has(SHORT)) {
            throw new KitException(file.name() + " is of the architecture '" + architecture + "' and has "
                    + (file.has(LONG) && file.has(SHORT) ? LONG + " and " + SHORT : present + " alone")
                    + ": this kit reads both together, in phi3; take the model's folder.");
        }
        said.only(key("rope.scaling.type"), "its two tensors of factors are longrope's", "longrope", "none");
        LongRope longer = new LongRope(
                whole("rope.scaling.original_context_length"),
                said.real(key("rope.scaling.attn_factor"), 1),
                factors(SHORT),
                factors(LONG));
        said.skip(key("rope.scaling.factor")::equals); // the attention factor was made of it
        return new Positions(
                said.whole(key("rope.dimension_count"), size),
                said.real(key("rope.freq_base"), 10000),
                RopeScaling.NONE,
                0,
                longer);
    }

    private List<Float> factors(String tensor) {
        List<Float> factors = new ArrayList<>();
        for (float each : file.floats(tensor)) {
            factors.add(each);
        }
        return factors;
    }

    /** Gemma 2 has a window in every other layer, Gemma 3 in all but every sixth; Phi-3 in all. */
    private Windows windows(int layers) {
        int period = architecture.equals("gemma2") ? 2 : architecture.equals("gemma3") ? 6 : 1;
        if (period > 1) {
            period = said.whole(key("attention.sliding_window_pattern"), period);
        }
        int width = said.whole(key("attention.sliding_window"), architecture.equals("gemma2") ? 4096 : 0);
        if (period == 1 && !architecture.equals("phi3") && width > 0) {
            throw new KitException(file.name() + " says " + key("attention.sliding_window") + " = " + width
                    + ", and which layers have that window is not known: take the model's folder.");
        }
        List<Boolean> local = new ArrayList<>();
        for (int layer = 0; layer < layers && layer < file.tensors().size() && width > 0; layer++) {
            local.add(period == 1 || period > 1 && (layer + 1) % period != 0);
        }
        return local.contains(true) ? new Windows(width, local) : Windows.NONE;
    }

    private void others() {
        said.only(key("attention.causal"), "this kit's models look back only", true);
        said.only("general.type", "this kit reads models", "model");
        said.only("general.quantization_version", "this kit reads version 2", 2);
        said.only("split.count", "this kit reads models of one GGUF file", 0, 1);
        said.skip(each -> each.equals("general.architecture")
                || each.equals(key("rope.scaling.original_context_length")) // of a stretching that is not there
                || each.equals(key("rope.scaling.finetuned"))
                || each.equals(key("tensor_data_layout"))
                        && String.valueOf(file.metadata().get(each)).isEmpty()
                || each.startsWith("split.") && !each.equals("split.count")
                || each.startsWith("tokenizer.") // its reader refuses what it does not understand
                || Harmless.gguf(each));
        said.done();
    }

    private String key(String name) {
        return architecture + "." + name;
    }

    private int whole(String name) {
        return said.whole(key(name));
    }

    private double real(String name) {
        double value = said.real(key(name), Double.NaN);
        if (Double.isNaN(value)) {
            throw new KitException(file.name() + " lacks the number '" + key(name) + "': fetch the file again.");
        }
        return value;
    }
}
