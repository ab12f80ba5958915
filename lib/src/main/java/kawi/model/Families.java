package kawi.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntPredicate;
import kawi.evidence.KitException;
import kawi.model.TransformerConfig.Activation;
import kawi.model.TransformerConfig.Part;
import kawi.model.TransformerConfig.Positions;
import kawi.model.TransformerConfig.Scales;
import kawi.model.TransformerConfig.Sizes;
import kawi.model.TransformerConfig.Windows;

/**
 * What the {@code config.json} of each family of {@link Transformer} says. Every key is used, or accepted only where it
 * says what is computed anyway. Source: the models' files in transformers 5.23.
 */
final class Families {

    private static final Map<String, Function<Settings, TransformerConfig>> READERS = Map.of(
            "qwen2", Families::qwen2,
            "qwen3", Families::qwen3,
            "mistral", Families::mistral,
            "mixtral", Families::mixtral,
            "gemma2", Families::gemma2,
            "gemma3_text", Families::gemma3,
            "phi", Families::phi,
            "phi3", Families::phi3,
            "gpt_neox", Families::neox);

    static final List<String> NAMES = READERS.keySet().stream().sorted().toList();

    /** Tokens in a window where a file does not say, in the families that have one then. */
    private static final int WINDOW = 4096;

    private static final int NO_WINDOW = -1;

    /** More layers than any model has; a file may claim more. */
    private static final int MANY = 1 << 16;

    /** Key-value heads where a file does not say, in the families that do not take all heads then. */
    private static final Map<String, Integer> KEY_VALUE_HEADS =
            Map.of("qwen2", 32, "qwen3", 32, "mistral", 8, "mixtral", 8, "gemma2", 4, "gemma3_text", 4);

    private Families() {}

    /** The configuration of a family, or null where the kit does not know it. */
    static TransformerConfig of(String family, Settings c) {
        Function<Settings, TransformerConfig> reader = READERS.get(family);
        return reader == null ? null : reader.apply(c);
    }

    /** A Llama with biases. */
    static TransformerConfig llama(Settings c) {
        ModelConfig.architectures(c, "LlamaForCausalLM", "LlamaModel");
        Set<Part> parts = EnumSet.of(Part.GATE);
        if (c.flag("attention_bias", false)) {
            parts.addAll(List.of(Part.QUERY_KEY_VALUE_BIAS, Part.OUT_BIAS));
        }
        if (c.flag("mlp_bias", false)) {
            parts.add(Part.FEED_FORWARD_BIAS);
        }
        LlamaConfig.refuseOthers(c, headSize(c));
        return gated("llama", c, parts, Windows.NONE);
    }

    private static TransformerConfig qwen2(Settings c) {
        ModelConfig.architectures(c, "Qwen2ForCausalLM", "Qwen2Model");
        c.only("use_mrope", "this kit's positions have one axis", false);
        return gated("qwen2", c, EnumSet.of(Part.GATE, Part.QUERY_KEY_VALUE_BIAS), qwenWindows(c));
    }

    private static TransformerConfig qwen3(Settings c) {
        ModelConfig.architectures(c, "Qwen3ForCausalLM", "Qwen3Model");
        Set<Part> parts = EnumSet.of(Part.GATE, Part.QUERY_KEY_NORM);
        if (c.flag("attention_bias", false)) {
            parts.addAll(List.of(Part.QUERY_KEY_VALUE_BIAS, Part.OUT_BIAS));
        }
        return gated("qwen3", c, parts, qwenWindows(c));
    }

    /** The layers from {@code max_window_layers} on have a window, where one is used at all. */
    private static Windows qwenWindows(Settings c) {
        int width = window(c, WINDOW);
        int first = c.whole("max_window_layers", 28);
        return listed(c, c.flag("use_sliding_window", false) ? width : NO_WINDOW, layer -> layer >= first);
    }

    private static TransformerConfig mistral(Settings c) {
        ModelConfig.architectures(c, "MistralForCausalLM", "MistralModel");
        return gated("mistral", c, EnumSet.of(Part.GATE), everywhere(c, window(c, WINDOW)));
    }

    private static TransformerConfig mixtral(Settings c) {
        ModelConfig.architectures(c, "MixtralForCausalLM", "MixtralModel");
        // How the router is trained, and what is reported of it.
        c.skip(Set.of("output_router_logits", "router_aux_loss_coef", "router_jitter_noise")::contains);
        Experts experts = new Experts(c.whole("num_local_experts", 8), c.whole("num_experts_per_tok", 2));
        if (experts.equals(Experts.NONE)) {
            throw new KitException("config.json says that a mixtral has no experts: take another model.");
        }
        Windows windows = everywhere(c, window(c, NO_WINDOW));
        return gated("mixtral", c, EnumSet.of(Part.GATE), windows).mixing(experts);
    }

    private static TransformerConfig phi3(Settings c) {
        ModelConfig.architectures(c, "Phi3ForCausalLM", "Phi3Model");
        for (String bias : List.of("attention_bias", "mlp_bias")) {
            c.only(bias, "this kit's Phi-3 has no biases", false);
        }
        c.only("lm_head_bias", "this kit's Phi-3 has no biases", false);
        for (String one : List.of("full_attn_mod", "interpolate_factor")) { // Phi-4-mini's, of a program of its own
            c.only(one, "this kit's Phi-3 has no such factor", 1);
        }
        c.whole("original_max_position_embeddings", 0); // of a stretching, which may not be there
        return gated("phi3", c, EnumSet.of(Part.GATE), everywhere(c, window(c, NO_WINDOW)));
    }

    /** What has Llama's form: RMS norms, a gate, rotary positions. */
    private static TransformerConfig gated(String family, Settings c, Set<Part> parts, Windows windows) {
        tied(c, parts, false);
        Sizes sizes =
                sizes(c, family.equals("qwen3") ? c.whole("head_dim", 128) : headSize(c), KEY_VALUE_HEADS.get(family));
        boolean phi3 = family.equals("phi3");
        boolean mixtral = family.equals("mixtral");
        double base = mixtral ? 1e6 : 10000;
        return new TransformerConfig(
                family,
                sizes,
                parts,
                activation(c, "hidden_act", "silu"),
                Positions.rotary(
                        phi3 ? Rotary.longer(c, base, 1) : Rotary.of(c, base, 1).whole(family), sizes.headSize()),
                windows,
                new Scales(
                        1,
                        1 / Math.sqrt(sizes.headSize()),
                        0,
                        0,
                        c.real("rms_norm_eps", phi3 || mixtral ? 1e-5 : 1e-6)));
    }

    private static TransformerConfig gemma2(Settings c) {
        ModelConfig.architectures(c, "Gemma2ForCausalLM", "Gemma2Model");
        Rotary rotary = Rotary.of(c, 10000, 1).whole("gemma2");
        int size = c.whole("head_dim", 256);
        Windows windows = listed(c, window(c, WINDOW), layer -> layer % 2 == 0);
        return gemma("gemma2", c, EnumSet.noneOf(Part.class), Positions.rotary(rotary, size), windows, 50, 30);
    }

    private static TransformerConfig gemma3(Settings c) {
        ModelConfig.architectures(c, "Gemma3ForCausalLM", "Gemma3TextModel");
        int size = c.whole("head_dim", 256);
        Settings parameters = c.part("rope_parameters");
        boolean newer = parameters.has("full_attention");
        Rotary whole = (newer
                        ? Rotary.of(parameters, "full_attention", c.real("rope_theta", 1e6))
                        : Rotary.of(c, 1e6, 1))
                .whole("gemma3_text");
        double local = c.real("rope_local_base_freq", 10000);
        if (newer) {
            Rotary near = Rotary.of(parameters, "sliding_attention", local).whole("gemma3_text");
            if (near.scaling().kind() != RopeScaling.Kind.NONE) {
                throw new KitException("config.json stretches the positions of layers with a window, which this kit's"
                        + " Gemma 3 does not: take another model.");
            }
            local = near.base();
        }
        int pattern = c.whole("sliding_window_pattern", 6);
        c.only("_sliding_window_pattern", "every sixth layer or those of layer_types see everything", pattern);
        c.only("attn_logit_softcapping", "transformers does not compute it in a Gemma 3"); // and llama.cpp does
        Windows windows = listed(c, window(c, WINDOW), layer -> pattern > 0 && (layer + 1) % pattern != 0);
        Positions positions =
                new Positions((int) (size * whole.part()), whole.base(), whole.scaling(), local, LongRope.NONE);
        return gemma("gemma3_text", c, EnumSet.of(Part.QUERY_KEY_NORM), positions, windows, 0, 0);
    }

    private static TransformerConfig gemma(
            String family,
            Settings c,
            Set<Part> parts,
            Positions positions,
            Windows windows,
            double attentionCap,
            double logitCap) {
        parts.addAll(List.of(Part.GATE, Part.NORM_AFTER));
        if (c.flag("attention_bias", false)) {
            parts.addAll(List.of(Part.QUERY_KEY_VALUE_BIAS, Part.OUT_BIAS));
        }
        c.only("use_bidirectional_attention", "this kit's models look back only", false);
        tied(c, parts, true);
        // Absent and null say different things here: a null turns the cap off.
        double scores = c.holdsNull("attn_logit_softcapping") ? 0 : c.real("attn_logit_softcapping", attentionCap);
        double logits = c.holdsNull("final_logit_softcapping") ? 0 : c.real("final_logit_softcapping", logitCap);
        Sizes sizes = sizes(c, c.whole("head_dim", 256), KEY_VALUE_HEADS.get(family));
        c.text("hidden_act", ""); // of older files: transformers reads hidden_activation alone
        return new TransformerConfig(
                family,
                sizes,
                parts,
                activation(c, "hidden_activation", "gelu_pytorch_tanh"),
                positions,
                windows,
                new Scales(
                        Math.sqrt(sizes.width()),
                        1 / Math.sqrt(c.real("query_pre_attn_scalar", 256)),
                        scores,
                        logits,
                        c.real("rms_norm_eps", 1e-6)));
    }

    private static TransformerConfig phi(Settings c) {
        ModelConfig.architectures(c, "PhiForCausalLM", "PhiModel");
        c.only("qk_layernorm", "this kit's Phi takes queries and keys as they are", false);
        Set<Part> parts = EnumSet.of(
                Part.LAYER_NORM,
                Part.PARALLEL,
                Part.SHARED_NORM,
                Part.QUERY_KEY_VALUE_BIAS,
                Part.OUT_BIAS,
                Part.FEED_FORWARD_BIAS,
                Part.HEAD_BIAS);
        c.only("tie_word_embeddings", "this kit's Phi has a head of its own", false);
        int size = headSize(c);
        return new TransformerConfig(
                "phi",
                sizes(c, size, null),
                parts,
                activation(c, "hidden_act", "gelu_new"),
                Positions.rotary(Rotary.of(c, 10000, 0.5), size),
                Windows.NONE,
                new Scales(1, 1 / Math.sqrt(size), 0, 0, c.real("layer_norm_eps", 1e-5)));
    }

    private static TransformerConfig neox(Settings c) {
        ModelConfig.architectures(c, "GPTNeoXForCausalLM", "GPTNeoXModel");
        Set<Part> parts = EnumSet.of(Part.LAYER_NORM, Part.FEED_FORWARD_BIAS);
        if (c.flag("use_parallel_residual", true)) {
            parts.add(Part.PARALLEL);
        }
        if (c.flag("attention_bias", true)) {
            parts.addAll(List.of(Part.QUERY_KEY_VALUE_BIAS, Part.OUT_BIAS));
        }
        tied(c, parts, false);
        int size = headSize(c);
        double base = c.real("rotary_emb_base", 10000);
        double part = c.real("rotary_pct", 0.25);
        c.only("rope_theta", "a GPT-NeoX has it as rotary_emb_base, here " + base, base);
        c.only("partial_rotary_factor", "a GPT-NeoX has it as rotary_pct, here " + part, part);
        Rotary rotary = Rotary.of(c, base, part);
        return new TransformerConfig(
                "gpt_neox",
                sizes(c, size, null),
                parts,
                activation(c, "hidden_act", "gelu"),
                Positions.rotary(rotary, size),
                Windows.NONE,
                new Scales(1, 1 / Math.sqrt(size), 0, 0, c.real("layer_norm_eps", 1e-5)));
    }

    /** A GPT-2 that {@link GptConfig} cannot say: another activation, middle, epsilon, head or scale. */
    static TransformerConfig gpt2(Settings c) {
        ModelConfig.architectures(c, "GPT2LMHeadModel", "GPT2Model");
        int width = c.whole("n_embd");
        int heads = Math.max(1, c.whole("n_head"));
        int context = c.whole("n_positions");
        c.only("n_ctx", "n_positions says " + context + " for the same thing", context);
        int size = width / heads;
        Set<Part> parts = EnumSet.of(Part.LAYER_NORM, Part.QUERY_KEY_VALUE_BIAS, Part.OUT_BIAS, Part.FEED_FORWARD_BIAS);
        tied(c, parts, true);
        if (c.flag("scale_attn_by_inverse_layer_idx", false)) {
            parts.add(Part.BY_LAYER);
        }
        if (heads * size != width) {
            throw new KitException(
                    "A width of " + width + " does not divide among " + heads + " heads: correct config.json.");
        }
        return new TransformerConfig(
                "gpt2",
                new Sizes(
                        c.whole("vocab_size"),
                        context,
                        c.whole("n_layer"),
                        width,
                        c.whole("n_inner", 4 * width),
                        heads,
                        heads,
                        size),
                parts,
                activation(c, "activation_function", "gelu_new"),
                Positions.LEARNED,
                Windows.NONE,
                new Scales(
                        1,
                        c.flag("scale_attn_weights", true) ? 1 / Math.sqrt(size) : 1,
                        0,
                        0,
                        c.real("layer_norm_epsilon", 1e-5)));
    }

    /** @param groups key-value heads where the file does not say; null, as a null in the file, for all heads */
    private static Sizes sizes(Settings c, int headSize, Integer groups) {
        int heads = c.whole("num_attention_heads");
        return new Sizes(
                c.whole("vocab_size"),
                c.whole("max_position_embeddings"),
                c.whole("num_hidden_layers"),
                c.whole("hidden_size"),
                c.whole("intermediate_size"),
                heads,
                c.whole("num_key_value_heads", groups == null || c.holdsNull("num_key_value_heads") ? heads : groups),
                headSize);
    }

    private static int headSize(Settings c) {
        return c.whole("head_dim", c.whole("hidden_size") / Math.max(1, c.whole("num_attention_heads")));
    }

    private static void tied(Settings c, Set<Part> parts, boolean otherwise) {
        if (c.flag("tie_word_embeddings", otherwise)) {
            parts.add(Part.TIED);
        }
    }

    private static Activation activation(Settings c, String key, String otherwise) {
        String name = c.text(key, otherwise);
        return switch (name) {
            case "silu", "swish" -> Activation.SILU;
            case "gelu", "gelu_python" -> Activation.GELU;
            case "gelu_new", "gelu_fast", "gelu_pytorch_tanh" -> Activation.GELU_TANH;
            case "relu" -> Activation.RELU;
            default ->
                throw new KitException("config.json says " + key + " = " + name + ", and this kit has the activations"
                        + " silu, gelu, gelu_new and relu: take another model.");
        };
    }

    /**
     * Tokens that a layer with a window sees; null turns windows off, and what holds without the key is the family's.
     */
    private static int window(Settings c, int otherwise) {
        return c.holdsNull("sliding_window") ? NO_WINDOW : c.whole("sliding_window", otherwise);
    }

    /**
     * The same window in all layers; a list of their types, which such a family's program does not read, must say so.
     */
    private static Windows everywhere(Settings c, int width) {
        c.only(
                "layer_types",
                "all layers of this family are alike, as sliding_window has them",
                List.of(),
                Collections.nCopies(
                        Math.max(0, Math.min(c.whole("num_hidden_layers"), MANY)),
                        width == NO_WINDOW ? "full_attention" : "sliding_attention"));
        return windows(c, width, List.of(), layer -> true);
    }

    /** By the list {@code layer_types} where there is one, or by a rule. */
    private static Windows listed(Settings c, int width, IntPredicate rule) {
        return windows(c, width, c.texts("layer_types"), rule);
    }

    private static Windows windows(Settings c, int width, List<String> types, IntPredicate rule) {
        int layers = Math.max(0, c.whole("num_hidden_layers"));
        if (!types.isEmpty() && types.size() != layers) {
            throw new KitException("config.json has " + layers + " layers and " + types.size() + " layer_types: take"
                    + " another model.");
        }
        List<Boolean> local = new ArrayList<>();
        for (int layer = 0; layer < layers && layer < MANY; layer++) {
            if (types.isEmpty()) {
                local.add(width != NO_WINDOW && rule.test(layer));
                continue;
            }
            switch (types.get(layer)) {
                case "full_attention" -> local.add(false);
                case "sliding_attention" -> local.add(true);
                default ->
                    throw new KitException("config.json says that layer " + layer + " is of the type "
                            + types.get(layer) + ", and this kit has full_attention and sliding_attention: take"
                            + " another model.");
            }
        }
        return local.contains(true) ? new Windows(Math.max(0, width), local) : Windows.NONE;
    }
}
