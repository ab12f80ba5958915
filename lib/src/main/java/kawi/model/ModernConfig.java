package kawi.model;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import kawi.evidence.KitException;
import kawi.torch.Torch;

/**
 * A GPT-2 of which some parts are replaced by what came later, each on its own:
 * {@code ModernConfig.of(GptConfig.of(4096)).with(Part.ROTARY, Part.QK_NORM)}.
 *
 * @param base vocabulary, context, layers, heads and width
 * @param parts what is replaced; with none the model is GPT-2
 */
public record ModernConfig(GptConfig base, Set<Part> parts) implements ModelConfig {

    static final String TYPE = "kawi_modern_gpt";
    static final double ROPE_BASE = 10_000;

    /** A part of GPT-2 and what takes its place. */
    public enum Part {
        /** Positions are not learned and added to the tokens, but turn queries and keys (Su et al. 2021). */
        ROTARY("rotary positions"),
        /** Vectors are divided by their root mean square, with no gain and no bias (Zhang and Sennrich 2019). */
        RMS_NORM("RMS norm"),
        /**
         * Queries and keys are normalised in each head, so that no score can run away (Henry et al. 2020; by a plain
         * layer norm: Dehghani et al. 2023).
         */
        QK_NORM("query-key norm"),
        /** max(x, 0) squared in place of the GELU (So et al. 2021). */
        SQUARED_RELU("squared ReLU"),
        /** The products have no biases. */
        NO_BIASES("no biases"),
        /**
         * Matrices that write into the stream begin at zero, so that each block begins by changing nothing (Zhang et
         * al. 2019), the others larger than GPT-2's.
         */
        ZERO_OUTPUT("zero-initialised outputs"),
        /** A token's vector is normalised before the first block, whatever its length in the table. */
        EMBEDDING_NORM("embedding norm"),
        /**
         * A token's vector holds a learned share of the vector of the token before it (Peng et al. 2023): pairs need no
         * attention.
         */
        TOKEN_SHIFT("token shift"),
        /** The head has a matrix of its own, not the token embedding's. */
        UNTIED_HEAD("untied head");

        private final String title;

        Part(String title) {
            this.title = title;
        }

        /** {@return the field's name for it} */
        public String title() {
            return title;
        }
    }

    /**
     * Keeps the parts in their own order, whatever set they came in.
     *
     * @param base vocabulary, context, layers, heads and width
     * @param parts what is replaced; with none the model is GPT-2
     */
    public ModernConfig {
        EnumSet<Part> copy = EnumSet.noneOf(Part.class);
        copy.addAll(parts);
        parts = Collections.unmodifiableSet(copy);
    }

    /**
     * {@return GPT-2 with nothing replaced}
     *
     * @param base vocabulary, context, layers, heads and width
     */
    public static ModernConfig of(GptConfig base) {
        return new ModernConfig(base, Set.of());
    }

    /**
     * {@return all parts replaced}
     *
     * @param base vocabulary, context, layers, heads and width
     */
    public static ModernConfig all(GptConfig base) {
        return new ModernConfig(base, EnumSet.allOf(Part.class));
    }

    /**
     * {@return the same with a part as GPT-2 has it}
     *
     * @param part what is replaced no longer
     */
    public ModernConfig without(Part part) {
        EnumSet<Part> rest = EnumSet.noneOf(Part.class);
        rest.addAll(parts);
        rest.remove(part);
        return new ModernConfig(base, rest);
    }

    /**
     * {@return the same with further parts replaced}
     *
     * @param more what is replaced beside
     */
    public ModernConfig with(Part... more) {
        Collection<Part> together = EnumSet.noneOf(Part.class);
        together.addAll(parts);
        together.addAll(Set.of(more));
        return new ModernConfig(base, Set.copyOf(together));
    }

    /**
     * {@return whether a part is replaced}
     *
     * @param part the part
     */
    public boolean has(Part part) {
        return parts.contains(part);
    }

    @Override
    public int vocabularySize() {
        return base.vocabularySize();
    }

    @Override
    public int context() {
        return base.context();
    }

    @Override
    public int layers() {
        return base.layers();
    }

    /** {@return attention heads of a block} */
    public int heads() {
        return base.heads();
    }

    @Override
    public int width() {
        return base.width();
    }

    /**
     * {@return the number of trainable values: that of {@link GptConfig#parameterCount}, less what has no place any
     * more, more by the C of the token shift and the head's own VC}
     */
    @Override
    public long parameterCount() {
        long c = width();
        long count = base.parameterCount();
        count -= has(Part.ROTARY) ? context() * c : 0;
        count -= has(Part.RMS_NORM) ? (2L * layers() + 1) * 2 * c : 0;
        count -= has(Part.NO_BIASES) ? layers() * 9 * c : 0;
        return count + (has(Part.TOKEN_SHIFT) ? c : 0) + (has(Part.UNTIED_HEAD) ? vocabularySize() * c : 0);
    }

    /**
     * {@return GPT-2's names and shapes for the parts that remain, and {@code lm_head.weight (vocabulary, width)} for
     * an untied head}
     */
    @Override
    public Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>(base.shapes());
        shapes.keySet().removeIf(this::gone);
        if (has(Part.TOKEN_SHIFT)) {
            shapes.put("transformer.shift.weight", new Shape(width()));
        }
        if (has(Part.UNTIED_HEAD)) {
            shapes.put("lm_head.weight", new Shape(vocabularySize(), width()));
        }
        return shapes;
    }

    private boolean gone(String name) {
        boolean norm = name.contains(".ln_");
        return has(Part.ROTARY) && name.contains(".wpe.")
                || has(Part.RMS_NORM) && norm
                || has(Part.NO_BIASES) && !norm && name.endsWith(".bias");
    }

    @Override
    public boolean attends() {
        return true;
    }

    @Override
    public Map<String, ParameterRole> roles() {
        return ParameterRole.each(
                shapes().keySet(),
                name -> name.equals("lm_head.weight")
                        ? ParameterRole.HEAD
                        : name.contains(".shift.") ? ParameterRole.OTHER : GptConfig.role(name));
    }

    @Override
    public LanguageModel create(Torch torch, long seed) {
        return ModernGpt.create(torch, this, seed);
    }

    @Override
    public LanguageModel load(Torch torch, Path folder) {
        return ModernGpt.load(torch, this, folder);
    }

    @Override
    public void check() {
        base.check();
        int size = width() / heads();
        if (has(Part.ROTARY) && size % 2 != 0) {
            throw new KitException("Rotary positions turn pairs of values, but a head of this model has " + size
                    + ": choose a width that is an even multiple of the heads.");
        }
    }

    @Override
    public String describe() {
        String changes = parts.stream().map(Part::title).collect(Collectors.joining(", "));
        return base.describe() + (changes.isEmpty() ? "" : ", with " + changes);
    }

    @Override
    public ObjectNode json() {
        ObjectNode json = base.json();
        json.putArray("architectures").add("KawiModernGpt");
        json.put("model_type", TYPE).put("rope_theta", ROPE_BASE).put("tie_word_embeddings", !has(Part.UNTIED_HEAD));
        json.put("activation_function", has(Part.SQUARED_RELU) ? "relu2" : "gelu_new");
        ArrayNode names = json.putArray("parts");
        parts.forEach(part -> names.add(part.name()));
        return json;
    }

    static ModernConfig of(Settings json) {
        ModelConfig.architectures(json, "KawiModernGpt");
        EnumSet<Part> parts = EnumSet.noneOf(Part.class);
        for (String name : json.texts("parts")) {
            try {
                parts.add(Part.valueOf(name));
            } catch (IllegalArgumentException e) {
                throw new KitException(
                        "The model's config.json names the part '" + name + "', which this kit does not know: it knows "
                                + EnumSet.allOf(Part.class) + ".",
                        e);
            }
        }
        ModernConfig config = new ModernConfig(GptConfig.sizes(json), parts);
        json.only("rope_theta", "this kit's ModernGpt has the base " + ROPE_BASE, ROPE_BASE);
        json.only("tie_word_embeddings", "the file's list of parts says the contrary", !config.has(Part.UNTIED_HEAD));
        json.only(
                "activation_function",
                "the file's list of parts says another",
                config.has(Part.SQUARED_RELU) ? "relu2" : "gelu_new");
        return config;
    }
}
