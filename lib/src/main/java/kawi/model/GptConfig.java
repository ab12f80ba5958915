package kawi.model;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.torch.Torch;

/**
 * The shape of a GPT-2 style Transformer (Radford et al. 2019):
 * {@code GptConfig.of(4096).layers(4).heads(4).width(128).context(64)}.
 *
 * @param vocabularySize distinct tokens
 * @param context most tokens read at once; each position has a learned vector
 * @param layers Transformer blocks
 * @param heads attention heads of a block; must divide the width of a model that is built
 * @param width size of a token's vector; the feed-forward layer is four times as wide
 */
public record GptConfig(int vocabularySize, int context, int layers, int heads, int width) implements ModelConfig {

    static final String TYPE = "gpt2";
    static final double EPSILON = 1e-5;

    /**
     * {@return a small model over a vocabulary: 4 layers, 4 heads, width 128, context 64}
     *
     * @param vocabularySize distinct tokens
     */
    public static GptConfig of(int vocabularySize) {
        return new GptConfig(vocabularySize, 64, 4, 4, 128);
    }

    /**
     * {@return the same with another context}
     *
     * @param tokens most tokens read at once
     */
    public GptConfig context(int tokens) {
        return new GptConfig(vocabularySize, tokens, layers, heads, width);
    }

    /**
     * {@return the same with another number of blocks}
     *
     * @param number at least 1
     */
    public GptConfig layers(int number) {
        return new GptConfig(vocabularySize, context, number, heads, width);
    }

    /**
     * {@return the same with another number of attention heads}
     *
     * @param number must divide the width
     */
    public GptConfig heads(int number) {
        return new GptConfig(vocabularySize, context, layers, number, width);
    }

    /**
     * {@return the same with another width}
     *
     * @param size a multiple of the heads
     */
    public GptConfig width(int size) {
        return new GptConfig(vocabularySize, context, layers, heads, size);
    }

    /** {@return GPT-2's four published models} */
    public static Map<String, GptConfig> gpt2() {
        Map<String, GptConfig> family = new LinkedHashMap<>();
        family.put("gpt2", new GptConfig(50257, 1024, 12, 12, 768));
        family.put("gpt2-medium", new GptConfig(50257, 1024, 24, 16, 1024));
        family.put("gpt2-large", new GptConfig(50257, 1024, 36, 20, 1280));
        family.put("gpt2-xl", new GptConfig(50257, 1024, 48, 25, 1600));
        return family;
    }

    /**
     * GPT-3's models under their published sizes (Brown et al. 2020, table 2.1), for counting: the table's heads do not
     * divide the width of two of them ("GPT-3 XL" and "GPT-3 13B"), which does not change the count.
     *
     * @return sizes by the paper's names
     */
    public static Map<String, GptConfig> gpt3() {
        Map<String, GptConfig> family = new LinkedHashMap<>();
        family.put("GPT-3 125M", new GptConfig(50257, 2048, 12, 12, 768));
        family.put("GPT-3 350M", new GptConfig(50257, 2048, 24, 16, 1024));
        family.put("GPT-3 760M", new GptConfig(50257, 2048, 24, 16, 1536));
        family.put("GPT-3 1.3B", new GptConfig(50257, 2048, 24, 24, 2048));
        family.put("GPT-3 2.7B", new GptConfig(50257, 2048, 32, 32, 2560));
        family.put("GPT-3 6.7B", new GptConfig(50257, 2048, 32, 32, 4096));
        family.put("GPT-3 13B", new GptConfig(50257, 2048, 40, 40, 5140));
        family.put("GPT-3 175B", new GptConfig(50257, 2048, 96, 96, 12288));
        return family;
    }

    /**
     * {@return the number of trainable values}
     *
     * <p>Tokens V, positions T, layers L, width C: the tied embedding has VC and the positions TC; a block has 12 CC
     * for its four matrices (3 + 1 for attention, 4 + 4 for the feed-forward layer) and 13 C for biases and norms; the
     * last norm has 2 C.
     */
    @Override
    public long parameterCount() {
        long c = width;
        return (vocabularySize + (long) context) * c + layers * (12 * c * c + 13 * c) + 2 * c;
    }

    /**
     * {@return names and shapes of GPT2LMHeadModel: matrices of a block are (in, out), the head is the token embedding}
     */
    @Override
    public Map<String, Shape> shapes() {
        long c = width;
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put("transformer.wte.weight", new Shape(vocabularySize, c));
        shapes.put("transformer.wpe.weight", new Shape(context, c));
        for (int layer = 0; layer < layers; layer++) {
            String h = "transformer.h." + layer + ".";
            norm(shapes, h + "ln_1");
            affine(shapes, h + "attn.c_attn", c, 3 * c);
            affine(shapes, h + "attn.c_proj", c, c);
            norm(shapes, h + "ln_2");
            affine(shapes, h + "mlp.c_fc", c, 4 * c);
            affine(shapes, h + "mlp.c_proj", 4 * c, c);
        }
        norm(shapes, "transformer.ln_f");
        return shapes;
    }

    private void norm(Map<String, Shape> shapes, String name) {
        shapes.put(name + ".weight", new Shape(width));
        shapes.put(name + ".bias", new Shape(width));
    }

    private static void affine(Map<String, Shape> shapes, String name, long in, long out) {
        shapes.put(name + ".weight", new Shape(in, out));
        shapes.put(name + ".bias", new Shape(out));
    }

    @Override
    public boolean attends() {
        return true;
    }

    @Override
    public Map<String, ParameterRole> roles() {
        return ParameterRole.each(shapes().keySet(), GptConfig::role);
    }

    /** What a parameter of GPT-2's names is. */
    static ParameterRole role(String name) {
        if (name.contains(".ln_")) {
            return ParameterRole.NORM;
        } else if (name.endsWith(".bias")) {
            return ParameterRole.BIAS;
        } else if (name.contains(".wte.")) {
            return ParameterRole.EMBEDDING;
        } else if (name.contains(".wpe.")) {
            return ParameterRole.POSITION;
        }
        return name.contains(".c_attn.") ? ParameterRole.QUERY_KEY_VALUE : ParameterRole.HIDDEN_MATRIX;
    }

    @Override
    public LanguageModel create(Torch torch, long seed) {
        return Gpt.create(torch, this, seed);
    }

    @Override
    public LanguageModel load(Torch torch, Path folder) {
        return Gpt.load(torch, this, folder);
    }

    @Override
    public void check() {
        ModelConfig.positive("vocabulary", vocabularySize);
        ModelConfig.positive("context", context);
        ModelConfig.positive("number of layers", layers);
        ModelConfig.positive("number of heads", heads);
        ModelConfig.positive("width", width);
        if (width % heads != 0) {
            throw new KitException("A width of " + width + " cannot be shared by " + heads
                    + " heads: choose a width that is a multiple of the heads, such as "
                    + Math.max(1, Math.round(width / (double) heads)) * heads + ".");
        }
    }

    @Override
    public String describe() {
        return "GPT, " + layers + (layers == 1 ? " layer, " : " layers, ") + heads
                + (heads == 1 ? " head, width " : " heads, width ") + width + ", context " + context;
    }

    @Override
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putArray("architectures").add("GPT2LMHeadModel");
        json.put("model_type", TYPE)
                .put("vocab_size", vocabularySize)
                .put("n_positions", context)
                .put("n_ctx", context);
        json.put("n_embd", width).put("n_layer", layers).put("n_head", heads).putNull("n_inner");
        json.put("activation_function", "gelu_new")
                .put("layer_norm_epsilon", EPSILON)
                .put("initializer_range", Gpt.SPREAD);
        json.put("resid_pdrop", 0.0)
                .put("embd_pdrop", 0.0)
                .put("attn_pdrop", 0.0)
                .put("tie_word_embeddings", true);
        return json.putNull("bos_token_id").putNull("eos_token_id").put("torch_dtype", "float32");
    }

    /** Whether a GPT-2 is of the published form, which this class says and {@link Gpt} trains. */
    static boolean plain(Settings json) {
        return json.text("activation_function", "gelu_new").equals("gelu_new")
                && json.flag("tie_word_embeddings", true)
                && json.whole("n_inner", 4 * json.whole("n_embd")) == 4 * json.whole("n_embd")
                && Math.abs(json.real("layer_norm_epsilon", EPSILON) - EPSILON) <= 1e-6 * EPSILON
                && json.flag("scale_attn_weights", true)
                && !json.flag("scale_attn_by_inverse_layer_idx", false);
    }

    static GptConfig of(Settings json) {
        ModelConfig.architectures(json, "GPT2LMHeadModel", "GPT2Model");
        GptConfig config = sizes(json);
        json.only("activation_function", "this kit's Gpt has the activation gelu_new", "gelu_new");
        json.only("tie_word_embeddings", "this kit's Gpt has its head tied to the embedding", true);
        return config;
    }

    /** What GPT-2 and the models made from it say alike. */
    static GptConfig sizes(Settings json) {
        int width = json.whole("n_embd");
        int context = json.whole("n_positions");
        json.only("n_ctx", "n_positions says " + context + " for the same thing", context);
        json.only("n_inner", "this kit's Gpt has a feed-forward layer four times as wide as the model", 4 * width);
        json.only("layer_norm_epsilon", "this kit's Gpt has the epsilon " + EPSILON, EPSILON);
        String scale = "this kit's Gpt divides attention by the root of a head's size";
        json.only("scale_attn_weights", scale, true);
        json.only("scale_attn_by_inverse_layer_idx", scale, false);
        return new GptConfig(json.whole("vocab_size"), context, json.whole("n_layer"), json.whole("n_head"), width);
    }
}
