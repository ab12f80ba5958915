package kawi.model;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.torch.Gguf;
import kawi.torch.Torch;

/**
 * The sizes of a Llama.
 *
 * @param vocabularySize token ids
 * @param context longest sequence, in tokens
 * @param layers transformer layers
 * @param width size of a token's vector
 * @param feedForward size of the feed-forward layer's middle
 * @param heads query heads
 * @param keyValueHeads key-value heads; heads is a multiple of it
 * @param headSize size of one head
 * @param ropeBase base of the rotary positions' wavelengths
 * @param epsilon of the RMS normalisation
 * @param tied whether the head is the embedding
 * @param scaling how the rotary positions were stretched
 */
public record LlamaConfig(
        int vocabularySize,
        int context,
        int layers,
        int width,
        int feedForward,
        int heads,
        int keyValueHeads,
        int headSize,
        double ropeBase,
        double epsilon,
        boolean tied,
        RopeScaling scaling)
        implements ModelConfig {

    static final String TYPE = "llama";

    private static final String STRETCHED =
            "this kit's Llama stretches its rotary positions as none or linear says, and turns a head as a whole";
    private static final String UNSCALED = "this kit's Llama has no such factor";

    /**
     * Sizes of a Llama whose rotary positions are as they were trained.
     *
     * @param vocabularySize token ids
     * @param context longest sequence, in tokens
     * @param layers transformer layers
     * @param width size of a token's vector
     * @param feedForward size of the feed-forward layer's middle
     * @param heads query heads
     * @param keyValueHeads key-value heads; heads is a multiple of it
     * @param headSize size of one head
     * @param ropeBase base of the rotary positions' wavelengths
     * @param epsilon of the RMS normalisation
     * @param tied whether the head is the embedding
     */
    public LlamaConfig(
            int vocabularySize,
            int context,
            int layers,
            int width,
            int feedForward,
            int heads,
            int keyValueHeads,
            int headSize,
            double ropeBase,
            double epsilon,
            boolean tied) {
        this(
                vocabularySize,
                context,
                layers,
                width,
                feedForward,
                heads,
                keyValueHeads,
                headSize,
                ropeBase,
                epsilon,
                tied,
                RopeScaling.NONE);
    }

    /**
     * {@return the same with rotary positions that are stretched}
     *
     * @param chosen how
     */
    public LlamaConfig scaling(RopeScaling chosen) {
        return new LlamaConfig(
                vocabularySize,
                context,
                layers,
                width,
                feedForward,
                heads,
                keyValueHeads,
                headSize,
                ropeBase,
                epsilon,
                tied,
                chosen);
    }

    @Override
    public boolean attends() {
        return true;
    }

    @Override
    public Map<String, ParameterRole> roles() {
        return ParameterRole.each(shapes().keySet(), name -> switch (name) {
            case "model.embed_tokens.weight" -> ParameterRole.EMBEDDING;
            case "lm_head.weight" -> ParameterRole.HEAD;
            default ->
                name.contains("norm")
                        ? ParameterRole.NORM
                        : name.endsWith(".bias") ? ParameterRole.BIAS : ParameterRole.HIDDEN_MATRIX;
        });
    }

    @Override
    public LanguageModel create(Torch torch, long seed) {
        return Llama.create(torch, this, seed);
    }

    @Override
    public LanguageModel load(Torch torch, Path folder) {
        return Llama.load(torch, this, folder);
    }

    @Override
    public void check() {
        if (vocabularySize < 1
                || context < 1
                || layers < 1
                || width < 1
                || feedForward < 1
                || heads < 1
                || keyValueHeads < 1) {
            throw new KitException("A Llama needs a vocabulary, context, layers, width, feed-forward size, heads and "
                    + "key-value heads of at least 1; this one has "
                    + vocabularySize + ", " + context + ", " + layers + ", " + width + ", " + feedForward + ", "
                    + heads + ", " + keyValueHeads + ".");
        }
        if (heads % keyValueHeads != 0) {
            throw new KitException("A Llama's " + heads + " heads do not divide among " + keyValueHeads
                    + " key-value heads; choose a divisor.");
        }
        if (!(ropeBase > 0) || !(epsilon >= 0) || Double.isInfinite(ropeBase + epsilon)) {
            throw new KitException("A Llama's rotary base is " + ropeBase + " and its epsilon " + epsilon
                    + ", and both must be finite, the base above 0, the epsilon at least 0; correct the file.");
        }
        if (headSize < 2 || headSize % 2 != 0) {
            throw new KitException("A Llama's head size is " + headSize
                    + " and must be even, because positions turn pairs of values; choose a width that "
                    + "is an even multiple of the heads.");
        }
        scaling.check(headSize);
    }

    /**
     * {@return a small Llama: grouped heads as many as heads, feed-forward size 8/3 of the width rounded up to a
     * multiple of 32}
     *
     * @param vocabularySize token ids
     * @param context longest sequence, in tokens
     * @param layers transformer layers
     * @param heads query heads, and key-value heads
     * @param width a multiple of the heads
     */
    public static LlamaConfig of(int vocabularySize, int context, int layers, int heads, int width) {
        if (width % heads != 0) {
            throw new KitException(
                    "A width of " + width + " does not divide among " + heads + " heads; choose a multiple.");
        }
        return new LlamaConfig(
                vocabularySize,
                context,
                layers,
                width,
                (width * 8 / 3 + 31) / 32 * 32,
                heads,
                heads,
                width / heads,
                10000,
                1e-5,
                true);
    }

    /**
     * {@return the sizes that a GGUF file of the llama architecture states}
     *
     * @param file an open file
     * @throws KitException if it is of another architecture, or its metadata say something that is not understood
     */
    public static LlamaConfig of(Gguf file) {
        String architecture = file.text("general.architecture");
        if (!architecture.equals("llama")) {
            throw new KitException("The model file is of the architecture '" + architecture
                    + "' and this kit reads 'llama' from GGUF; give another file.");
        }
        Settings said = Settings.of(file.name(), file.metadata());
        int width = said.whole("llama.embedding_length");
        int heads = Math.max(1, said.whole("llama.attention.head_count"));
        int size = said.whole("llama.attention.key_length", width / heads);
        int vocabulary = (int) file.info("token_embd.weight").shape()[0];
        double epsilon = said.real("llama.attention.layer_norm_rms_epsilon", Double.NaN);
        if (Double.isNaN(epsilon)) {
            throw new KitException(file.name() + " lacks the number 'llama.attention.layer_norm_rms_epsilon': fetch"
                    + " the file again.");
        }
        LlamaConfig config = new LlamaConfig(
                vocabulary,
                said.whole("llama.context_length"),
                said.whole("llama.block_count"),
                width,
                said.whole("llama.feed_forward_length"),
                heads,
                said.whole("llama.attention.head_count_kv", heads),
                size,
                said.real("llama.rope.freq_base", 10000),
                epsilon,
                !file.has("output.weight"));
        said.only("llama.vocab_size", "its embedding has " + vocabulary + " rows", vocabulary);
        said.only("llama.attention.value_length", "its keys have " + size + " values, as this kit needs", size);
        said.only("llama.rope.dimension_count", "this kit's Llama turns all " + size + " values of a head", size);
        String kind = said.text("llama.rope.scaling.type", "none");
        double factor = said.real("llama.rope.scaling.factor", 1);
        said.only("llama.rope.scaling.type", STRETCHED, "none", "linear");
        if (!kind.equals("linear")) {
            said.only("llama.rope.scaling.factor", STRETCHED, 1);
        } else if (!said.has("llama.rope.scaling.factor")) {
            throw new KitException(
                    file.name() + " lacks the number 'llama.rope.scaling.factor': fetch the file again.");
        }
        for (String other : List.of("scaling.attn_factor", "scale", "scale_linear")) {
            said.only("llama.rope." + other, STRETCHED, 1);
        }
        said.skip(key -> key.equals("llama.rope.scaling.original_context_length") // of a stretching that is not there
                || key.equals("llama.rope.scaling.finetuned"));
        said.only("llama.expert_count", "this kit's Llama has no experts", 0);
        said.only("llama.expert_used_count", "this kit's Llama has no experts", 0);
        said.only("llama.attention.causal", "this kit's Llama looks back only", true);
        said.only("llama.use_parallel_residual", "this kit's Llama has its two sublayers in a row", false);
        said.only("llama.logit_scale", UNSCALED, 1);
        said.only("llama.embedding_scale", UNSCALED, 1);
        said.only("llama.residual_scale", UNSCALED, 1);
        said.only("llama.attention.scale", UNSCALED, 1 / Math.sqrt(size));
        said.only("general.type", "this kit reads models", "model");
        said.only("general.quantization_version", "this kit reads version 2", 2);
        said.only("split.count", "this kit reads models of one GGUF file", 0, 1);
        said.skip(key -> key.equals("general.architecture")
                || key.startsWith("split.") && !key.equals("split.count")
                || key.startsWith("tokenizer.") // its reader refuses what it does not understand
                || Harmless.gguf(key));
        said.done();
        if (file.has("rope_freqs.weight")) {
            RopeScaling given = RopeScaling.given(file.floats("rope_freqs.weight"), config.ropeBase);
            if (kind.equals("linear") && factor != 1 && given.kind() != RopeScaling.Kind.NONE) {
                throw new KitException(file.name() + " stretches its rotary positions twice, by"
                        + " llama.rope.scaling.factor and by the tensor rope_freqs.weight: take another file.");
            }
            config = given.kind() == RopeScaling.Kind.NONE ? config : config.scaling(given);
        }
        return kind.equals("linear") && config.scaling.kind() == RopeScaling.Kind.NONE
                ? config.scaling(RopeScaling.linear(factor))
                : config;
    }

    static LlamaConfig of(Settings c) {
        ModelConfig.architectures(c, "LlamaForCausalLM", "LlamaModel");
        int width = c.whole("hidden_size");
        int heads = Math.max(1, c.whole("num_attention_heads"));
        int size = c.whole("head_dim", width / heads);
        for (String bias : List.of("attention_bias", "mlp_bias")) {
            c.only(bias, "a Llama with biases is a Transformer here", false);
        }
        refuseOthers(c, size);
        Rotary rotary = Rotary.of(c, 10000, 1).whole("Llama");
        LlamaConfig config = new LlamaConfig(
                c.whole("vocab_size"),
                c.whole("max_position_embeddings"),
                c.whole("num_hidden_layers"),
                width,
                c.whole("intermediate_size"),
                heads,
                c.whole("num_key_value_heads", heads),
                size,
                rotary.base(),
                c.real("rms_norm_eps", 1e-6),
                c.flag("tie_word_embeddings", false),
                rotary.scaling());
        return config;
    }

    /** Keys that other programs write into a Llama's file, where they say something else than this kit computes. */
    static void refuseOthers(Settings c, int size) {
        for (String bias : List.of("bias", "qkv_bias", "use_bias")) {
            c.only(bias, "this kit's Llama has no biases", false);
        }
        for (String activation : List.of("hidden_act", "hidden_activation")) {
            c.only(activation, "this kit's Llama has the activation silu", "silu", "swish");
        }
        for (String scale : List.of("embedding_multiplier", "residual_multiplier", "logits_scaling", "logit_scale")) {
            c.only(scale, UNSCALED, 1);
        }
        c.only("attention_multiplier", UNSCALED, 1 / Math.sqrt(size));
        for (String window : List.of("use_sliding_window", "use_qk_norm", "qk_layernorm")) {
            c.only(window, "this kit's Llama looks at all earlier tokens, with queries and keys as they are", false);
        }
        c.only("rope_interleaved", "this kit's Llama turns halves of a head", false);
        c.only("num_local_experts", "this kit's Llama has no experts", 0, 1);
    }

    @Override
    public Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put("model.embed_tokens.weight", new Shape(vocabularySize, width));
        long q = (long) heads * headSize;
        long kv = (long) keyValueHeads * headSize;
        for (int i = 0; i < layers; i++) {
            String layer = "model.layers." + i + ".";
            shapes.put(layer + "self_attn.q_proj.weight", new Shape(q, width));
            shapes.put(layer + "self_attn.k_proj.weight", new Shape(kv, width));
            shapes.put(layer + "self_attn.v_proj.weight", new Shape(kv, width));
            shapes.put(layer + "self_attn.o_proj.weight", new Shape(width, q));
            shapes.put(layer + "mlp.gate_proj.weight", new Shape(feedForward, width));
            shapes.put(layer + "mlp.up_proj.weight", new Shape(feedForward, width));
            shapes.put(layer + "mlp.down_proj.weight", new Shape(width, feedForward));
            shapes.put(layer + "input_layernorm.weight", new Shape(width));
            shapes.put(layer + "post_attention_layernorm.weight", new Shape(width));
        }
        shapes.put("model.norm.weight", new Shape(width));
        if (!tied) {
            shapes.put("lm_head.weight", new Shape(vocabularySize, width));
        }
        return shapes;
    }

    /** Whether these are the speeds at which this model turns the pairs of a head, within what 16-bit numbers lose. */
    boolean turnsBy(float[] speeds) {
        return Rotary.same(speeds, scaling.speeds(ropeBase, headSize));
    }

    @Override
    public long parameterCount() {
        return shapes().values().stream().mapToLong(Shape::size).sum();
    }

    @Override
    public String describe() {
        return "Llama, " + layers + " layers, " + heads + " heads, " + keyValueHeads + " of keys and values, width "
                + width + ", context " + context
                + (scaling.kind() == RopeScaling.Kind.NONE ? "" : ", " + scaling);
    }

    @Override
    public ObjectNode json() {
        ObjectNode c = JsonNodeFactory.instance.objectNode();
        c.putArray("architectures").add("LlamaForCausalLM");
        c.put("model_type", TYPE)
                .put("hidden_act", "silu")
                .put("attention_bias", false)
                .put("mlp_bias", false)
                .put("torch_dtype", "float32");
        c.put("vocab_size", vocabularySize)
                .put("max_position_embeddings", context)
                .put("num_hidden_layers", layers)
                .put("hidden_size", width);
        c.put("intermediate_size", feedForward)
                .put("num_attention_heads", heads)
                .put("num_key_value_heads", keyValueHeads)
                .put("head_dim", headSize);
        c.put("rms_norm_eps", epsilon).put("rope_theta", ropeBase).put("tie_word_embeddings", tied);
        ObjectNode rope = c.putObject("rope_parameters");
        scaling.write(rope);
        rope.put("rope_theta", ropeBase);
        return c;
    }
}
