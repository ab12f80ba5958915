package kawi.model;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.torch.Gguf;

/**
 * The sizes of a Llama.
 *
 * @param vocabularySize token ids
 * @param context longest sequence, in tokens
 * @param layers transformer layers
 * @param width size of a token's vector
 * @param feed-forward size of the feed-forward layer's middle
 * @param heads query heads
 * @param keyValueHeads key-value heads; heads is a multiple of it
 * @param headSize size of one head
 * @param ropeBase base of the rotary positions' wavelengths
 * @param epsilon of the RMS normalisation
 * @param tied whether the head is the embedding
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
        boolean tied)
        implements ModelConfig {

    static final String TYPE = "llama";

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
                    + "keyValueHeads of at least 1; this one has "
                    + vocabularySize + ", " + context + ", " + layers + ", " + width + ", " + feedForward + ", "
                    + heads + ", " + keyValueHeads + ".");
        }
        if (heads % keyValueHeads != 0) {
            throw new KitException("A Llama's " + heads + " heads do not divide among " + keyValueHeads
                    + " key-value heads; choose a divisor.");
        }
        if (headSize < 2 || headSize % 2 != 0) {
            throw new KitException("A Llama's head size is " + headSize
                    + " and must be even, because positions turn pairs of values; choose a width that "
                    + "is an even multiple of the heads.");
        }
    }

    /**
     * {@return a small Llama: grouped heads as many as heads, feed-forward size 8/3 of the width rounded up to a
     * multiple of 32}
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

    /** {@return the sizes that a GGUF file of the llama architecture states} */
    public static LlamaConfig of(Gguf file) {
        String architecture = file.text("general.architecture");
        if (!architecture.equals("llama")) {
            throw new KitException("The model file is of the architecture '" + architecture
                    + "' and this kit reads 'llama' from GGUF; give another file.");
        }
        if (file.metadata().containsKey("llama.rope.scaling.type")
                        && !"none".equals(file.metadata().get("llama.rope.scaling.type"))
                || file.has("rope_freqs.weight")) {
            throw new KitException(
                    "The model file stretches its rotary positions, which this kit does not do; give a file "
                            + "without rope scaling.");
        }
        int width = (int) file.number("llama.embedding_length");
        int heads = (int) file.number("llama.attention.head_count");
        Object keyValueHeads = file.metadata().get("llama.attention.head_count_kv");
        Object size = file.metadata().get("llama.attention.key_length");
        Object base = file.metadata().get("llama.rope.freq_base");
        return new LlamaConfig(
                (int) file.info("token_embd.weight").shape()[0],
                (int) file.number("llama.context_length"),
                (int) file.number("llama.block_count"),
                width,
                (int) file.number("llama.feed_forward_length"),
                heads,
                keyValueHeads instanceof Long g ? g.intValue() : heads,
                size instanceof Long s ? s.intValue() : width / Math.max(heads, 1),
                base instanceof Double b ? b : 10000,
                file.real("llama.attention.layer_norm_rms_epsilon"),
                !file.has("output.weight"));
    }

    static LlamaConfig of(JsonNode c) {
        if (c.path("attention_bias").asBoolean() || c.path("mlp_bias").asBoolean()) {
            throw new KitException(
                    "The model's config.json describes a Llama with biases, which this kit does not read; give "
                            + "one without.");
        }
        if (!c.path("hidden_act").asText("silu").equals("silu")) {
            throw new KitException("The model's config.json asks for the activation "
                    + c.path("hidden_act").asText() + ", and this kit's Llama has silu; give a model with that.");
        }
        JsonNode rope = c.hasNonNull("rope_parameters") ? c.get("rope_parameters") : c.path("rope_scaling");
        String kind = rope.path("rope_type").asText(rope.path("type").asText("default"));
        if (!kind.equals("default")) {
            throw new KitException("The model's config.json stretches the rotary positions (" + kind
                    + "), which this kit does not do; give a model without rope scaling.");
        }
        int width = ModelConfig.required(c, "hidden_size");
        int heads = Math.max(1, ModelConfig.required(c, "num_attention_heads"));
        return new LlamaConfig(
                ModelConfig.required(c, "vocab_size"),
                ModelConfig.required(c, "max_position_embeddings"),
                ModelConfig.required(c, "num_hidden_layers"),
                width,
                ModelConfig.required(c, "intermediate_size"),
                heads,
                c.path("num_key_value_heads").asInt(heads),
                c.path("head_dim").asInt(width / heads),
                c.has("rope_theta")
                        ? c.get("rope_theta").asDouble()
                        : rope.path("rope_theta").asDouble(10000),
                c.path("rms_norm_eps").asDouble(1e-6),
                c.path("tie_word_embeddings").asBoolean(false));
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

    @Override
    public long parameterCount() {
        return shapes().values().stream().mapToLong(Shape::size).sum();
    }

    @Override
    public String describe() {
        return "Llama, " + layers + " layers, " + heads + " heads, " + keyValueHeads + " of keys and values, width "
                + width + ", context " + context;
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
        c.putObject("rope_parameters").put("rope_type", "default").put("rope_theta", ropeBase);
        return c;
    }
}
