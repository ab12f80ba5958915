package kawi.model;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kawi.evidence.KitException;
import kawi.torch.Torch;

/**
 * What sets one family of decoders apart from another: {@link Transformer} computes all of them by these.
 *
 * @param family what a {@code config.json} calls it under {@code model_type}, such as {@code qwen3}
 * @param sizes how large it is
 * @param parts what it has
 * @param activation of the feed-forward layer
 * @param positions how a token's place is told
 * @param windows which layers look back how far
 * @param scales numbers that the stream, the scores and the logits are multiplied by or held within
 * @param experts how many feed-forward layers lie side by side, of which a token is read by some
 */
public record TransformerConfig(
        String family,
        Sizes sizes,
        Set<Part> parts,
        Activation activation,
        Positions positions,
        Windows windows,
        Scales scales,
        Experts experts)
        implements ModelConfig {

    /**
     * How large a model is.
     *
     * @param vocabulary token ids
     * @param context longest sequence, in tokens
     * @param layers transformer layers
     * @param width size of a token's vector
     * @param feedForward size of the feed-forward layer's middle
     * @param heads query heads
     * @param keyValueHeads key-value heads; heads is a multiple of it
     * @param headSize size of one head
     */
    public record Sizes(
            int vocabulary,
            int context,
            int layers,
            int width,
            int feedForward,
            int heads,
            int keyValueHeads,
            int headSize) {}

    /** What a family has or has not. */
    public enum Part {
        /** Norms subtract the mean and have a bias; else RMS norms. */
        LAYER_NORM,
        /** A norm of queries and of keys, head by head (Qwen3, Gemma 3). */
        QUERY_KEY_NORM,
        /** A norm of what each sublayer adds, too (Gemma 2 and 3). */
        NORM_AFTER,
        /** Both sublayers read the same stream (GPT-NeoX, Phi). */
        PARALLEL,
        /** Both sublayers read the same norm of it (Phi). */
        SHARED_NORM,
        /** Queries, keys and values have biases (Qwen2). */
        QUERY_KEY_VALUE_BIAS,
        /** So has what attention writes. */
        OUT_BIAS,
        /** So has the feed-forward layer. */
        FEED_FORWARD_BIAS,
        /** So has the head (Phi). */
        HEAD_BIAS,
        /** The feed-forward layer has a gate. */
        GATE,
        /** The head is the embedding. */
        TIED,
        /** Scores are divided by the layer's number, from 1. */
        BY_LAYER
    }

    /** Functions of the feed-forward layer, in the order of {@code transformer.py}. */
    public enum Activation {
        /** x times its logistic function. */
        SILU,
        /** x times the normal distribution's integral up to it. */
        GELU,
        /** The same by a hyperbolic tangent. */
        GELU_TANH,
        /** x above 0. */
        RELU
    }

    /**
     * How a token's place is told.
     *
     * @param turned values of a head that rotary positions turn; 0 for learned positions
     * @param base of their wavelengths
     * @param scaling how they were stretched
     * @param localBase of the layers with a window, which are not stretched then; 0 where they are like the others
     * @param longer how texts beyond a length are read otherwise
     */
    public record Positions(int turned, double base, RopeScaling scaling, double localBase, LongRope longer) {
        /** A vector learned for each position. */
        static final Positions LEARNED = new Positions(0, 1, RopeScaling.NONE, 0, LongRope.NONE);

        /** Rotary positions, the same in all layers. */
        static Positions rotary(Rotary rotary, int headSize) {
            return new Positions((int) (headSize * rotary.part()), rotary.base(), rotary.scaling(), 0, rotary.longer());
        }
    }

    /**
     * Which layers look back how far.
     *
     * @param width tokens that a layer with a window sees, itself included
     * @param local for each layer, whether it has one; empty where none has
     */
    public record Windows(int width, List<Boolean> local) {
        /** All layers see everything before. */
        static final Windows NONE = new Windows(0, List.of());

        /** Tokens that a layer sees, 0 for all. */
        int of(int layer) {
            return layer < local.size() && local.get(layer) ? width : 0;
        }
    }

    /**
     * Factors and bounds.
     *
     * @param embedding by which a token's vector is multiplied
     * @param query by which scores are multiplied
     * @param attentionCap within which scores are held, 0 for none
     * @param logitCap within which logits are held, 0 for none
     * @param epsilon of the norms
     */
    public record Scales(double embedding, double query, double attentionCap, double logitCap, double epsilon) {}

    /**
     * Keeps copies.
     *
     * @param family what a {@code config.json} calls it
     * @param sizes how large it is
     * @param parts what it has
     * @param activation of the feed-forward layer
     * @param positions how a token's place is told
     * @param windows which layers look back how far
     * @param scales factors and bounds
     * @param experts how many feed-forward layers lie side by side
     */
    public TransformerConfig {
        parts = Collections.unmodifiableSet(parts.isEmpty() ? EnumSet.noneOf(Part.class) : EnumSet.copyOf(parts));
        windows = new Windows(windows.width(), List.copyOf(windows.local()));
    }

    /** One with a single feed-forward layer. */
    TransformerConfig(
            String family,
            Sizes sizes,
            Set<Part> parts,
            Activation activation,
            Positions positions,
            Windows windows,
            Scales scales) {
        this(family, sizes, parts, activation, positions, windows, scales, Experts.NONE);
    }

    /** The same with a mixture of experts. */
    TransformerConfig mixing(Experts several) {
        return new TransformerConfig(family, sizes, parts, activation, positions, windows, scales, several);
    }

    boolean has(Part part) {
        return parts.contains(part);
    }

    @Override
    public int vocabularySize() {
        return sizes.vocabulary();
    }

    @Override
    public int context() {
        return sizes.context();
    }

    @Override
    public int layers() {
        return sizes.layers();
    }

    @Override
    public int width() {
        return sizes.width();
    }

    @Override
    public boolean attends() {
        return true;
    }

    @Override
    public long parameterCount() {
        return shapes().values().stream().mapToLong(Shape::size).sum();
    }

    /** {@return names and shapes of the parameters, by names that are the same in all families} */
    @Override
    public Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        long width = sizes.width();
        long q = (long) sizes.heads() * sizes.headSize();
        long kv = (long) sizes.keyValueHeads() * sizes.headSize();
        shapes.put("embedding.weight", new Shape(sizes.vocabulary(), width));
        if (positions.turned() == 0) {
            shapes.put("positions.weight", new Shape(sizes.context(), width));
        }
        for (int i = 0; i < sizes.layers(); i++) {
            String layer = "layers." + i + ".";
            norm(shapes, layer + "attention_norm");
            matrix(shapes, layer + "query", q, width, Part.QUERY_KEY_VALUE_BIAS);
            matrix(shapes, layer + "key", kv, width, Part.QUERY_KEY_VALUE_BIAS);
            matrix(shapes, layer + "value", kv, width, Part.QUERY_KEY_VALUE_BIAS);
            if (has(Part.QUERY_KEY_NORM)) {
                shapes.put(layer + "query_norm.weight", new Shape(sizes.headSize()));
                shapes.put(layer + "key_norm.weight", new Shape(sizes.headSize()));
            }
            matrix(shapes, layer + "out", width, q, Part.OUT_BIAS);
            if (has(Part.NORM_AFTER)) {
                norm(shapes, layer + "attention_after");
            }
            if (!has(Part.SHARED_NORM)) {
                norm(shapes, layer + "feed_forward_norm");
            }
            if (experts.count() > 0) {
                experts.put(shapes, layer, width, sizes.feedForward());
            } else {
                feedForward(shapes, layer);
            }
            if (has(Part.NORM_AFTER)) {
                norm(shapes, layer + "feed_forward_after");
            }
        }
        norm(shapes, "norm");
        if (!has(Part.TIED)) {
            matrix(shapes, "head", sizes.vocabulary(), width, Part.HEAD_BIAS);
        }
        return shapes;
    }

    private void feedForward(Map<String, Shape> shapes, String layer) {
        if (has(Part.GATE)) {
            matrix(shapes, layer + "gate", sizes.feedForward(), sizes.width(), Part.FEED_FORWARD_BIAS);
        }
        matrix(shapes, layer + "up", sizes.feedForward(), sizes.width(), Part.FEED_FORWARD_BIAS);
        matrix(shapes, layer + "down", sizes.width(), sizes.feedForward(), Part.FEED_FORWARD_BIAS);
    }

    private void norm(Map<String, Shape> shapes, String name) {
        shapes.put(name + ".weight", new Shape(sizes.width()));
        if (has(Part.LAYER_NORM)) {
            shapes.put(name + ".bias", new Shape(sizes.width()));
        }
    }

    private void matrix(Map<String, Shape> shapes, String name, long out, long in, Part bias) {
        shapes.put(name + ".weight", new Shape(out, in));
        if (has(bias)) {
            shapes.put(name + ".bias", new Shape(out));
        }
    }

    @Override
    public LanguageModel create(Torch torch, long seed) {
        throw new KitException(
                "A " + family + " is read and not trained here: create a GptConfig, LlamaConfig or" + " ModernConfig.");
    }

    @Override
    public LanguageModel load(Torch torch, Path folder) {
        return Transformer.load(torch, this, folder);
    }

    @Override
    public void check() {
        ModelConfig.positive("vocabulary", sizes.vocabulary());
        ModelConfig.positive("context", sizes.context());
        ModelConfig.positive("number of layers", sizes.layers());
        ModelConfig.positive("width", sizes.width());
        ModelConfig.positive("feed-forward size", sizes.feedForward());
        ModelConfig.positive("number of heads", sizes.heads());
        ModelConfig.positive("number of key-value heads", sizes.keyValueHeads());
        ModelConfig.positive("head size", sizes.headSize());
        if (sizes.heads() % sizes.keyValueHeads() != 0) {
            throw new KitException("The " + sizes.heads() + " heads of a " + family + " do not divide among "
                    + sizes.keyValueHeads() + " key-value heads; take another model.");
        }
        experts.check(family, has(Part.GATE));
        int turned = positions.turned();
        if (turned % 2 != 0 || turned < 0 || turned > sizes.headSize()) {
            throw new KitException("Of a head's " + sizes.headSize() + " values positions turn " + turned
                    + ", which is no even part of them: correct config.json.");
        }
        positions.scaling().check(turned);
        positions.longer().check(turned);
        boolean finite = positions.base() > 0
                && positions.localBase() >= 0
                && Double.isFinite(positions.base() + positions.localBase())
                && scales.epsilon() >= 0
                && scales.query() > 0
                && scales.attentionCap() >= 0
                && scales.logitCap() >= 0
                && Double.isFinite(scales.epsilon() + scales.query() + scales.embedding());
        if (!finite || windows.local().contains(true) && windows.width() < 1) {
            throw new KitException("A " + family + " with the " + positions + ", " + scales + " and a window of "
                    + windows.width() + " tokens cannot be computed: correct config.json.");
        }
    }

    @Override
    public String describe() {
        StringBuilder words = new StringBuilder(family);
        words.append(", ").append(sizes.layers()).append(" layers, ").append(sizes.heads());
        words.append(" heads, ").append(sizes.keyValueHeads()).append(" of keys and values, width ");
        words.append(sizes.width()).append(", context ").append(sizes.context());
        if (experts.count() > 0) {
            words.append(", ").append(experts.count()).append(" experts, ").append(experts.chosen());
            words.append(" for a token");
        }
        long local = windows.local().stream().filter(each -> each).count();
        if (local > 0) {
            words.append(", ")
                    .append(local)
                    .append(" layers see ")
                    .append(windows.width())
                    .append(" tokens back");
        }
        if (positions.scaling().kind() != RopeScaling.Kind.NONE) {
            words.append(", ").append(positions.scaling());
        }
        if (positions.longer().original() > 0) {
            words.append(", texts beyond ").append(positions.longer().original());
            words.append(" tokens read by other positions (longrope)");
        }
        return words.toString();
    }

    @Override
    public ObjectNode json() {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode json = mapper.createObjectNode().put("model_type", family);
        ObjectNode own = json.putObject("kawi"); // in this order in every JVM
        own.set("sizes", mapper.valueToTree(sizes));
        own.set("parts", mapper.valueToTree(parts));
        own.set("activation", mapper.valueToTree(activation));
        own.set("positions", mapper.valueToTree(positions));
        own.set("windows", mapper.valueToTree(windows));
        own.set("scales", mapper.valueToTree(scales));
        own.set("experts", mapper.valueToTree(experts));
        return json;
    }
}
