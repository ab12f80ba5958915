package kawi.model;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;
import kawi.torch.Torch;

/**
 * The numbers that fix a model's shape, readable and writable as Hugging Face's {@code config.json}.
 *
 * <p>A model family of one's own is a configuration and a {@link LanguageModel}: the configuration says how its models
 * are created and loaded, and {@link #register} lets {@link #read} know its type. Everything that changes what the
 * model computes must stand in {@link #json}: a training is resumed only by a model of the same configuration.
 */
public interface ModelConfig {

    /**
     * Lets {@link #read} know a model family of one's own. A later registration of a type replaces the one before it,
     * so that a notebook's cell can be run again.
     *
     * @param type what stands under {@code model_type} in its {@code config.json}
     * @param reader makes the configuration of the settings in {@code config.json}; one that it does not ask for is
     *     refused
     * @throws KitException if the type is one of the kit's own
     */
    static void register(String type, Function<Settings, ModelConfig> reader) {
        if (builtIn(type)) {
            throw new KitException("The model type '" + type + "' is the kit's own: give your family another name.");
        }
        RegisteredFamilies.BY_TYPE.put(type, reader);
    }

    private static boolean builtIn(String type) {
        return type.equals(GptConfig.TYPE)
                || type.equals(LlamaConfig.TYPE)
                || type.equals(RecurrentConfig.TYPE)
                || type.equals(ModernConfig.TYPE)
                || Families.NAMES.contains(type);
    }

    /** {@return number of distinct tokens} */
    int vocabularySize();

    /** {@return most tokens that the model reads at once} */
    int context();

    /** {@return layers or blocks, one above the other} */
    int layers();

    /** {@return size of the vector that stands for a token inside the model} */
    int width();

    /** {@return parameters, by formula: nothing is allocated} */
    long parameterCount();

    /** {@return names and shapes of the parameters in the order of the saved file} */
    Map<String, Shape> shapes();

    /** {@return what {@code config.json} says} */
    ObjectNode json();

    /**
     * {@return what each of the parameters is, by its name in {@link #shapes}; empty where the model does not say, and
     * then a rule that treats parameters differently, such as Muon, refuses the model}
     */
    default Map<String, ParameterRole> roles() {
        return Map.of();
    }

    /** {@return whether every position attends to all before it, which multiplies: false unless a model says so} */
    default boolean attends() {
        return false;
    }

    /**
     * {@return a new model of this shape with weights drawn from a seed; the caller closes it}
     *
     * @param torch the engine on whose device the weights lie
     * @param seed of the weights; the same seed gives the same bytes
     */
    LanguageModel create(Torch torch, long seed);

    /**
     * {@return a model of this shape with the weights that lie in a folder; the caller closes it}
     *
     * @param torch the engine on whose device the weights lie
     * @param folder with the weights in {@code model.safetensors}, whole or in shards
     * @throws KitException where a parameter is missing, of another shape, not finite, or left over
     */
    LanguageModel load(Torch torch, Path folder);

    /** Refuses numbers from which no model can be built, in a sentence. */
    void check();

    /** {@return a few words: "GPT, 4 layers, 4 heads, width 128, context 64"} */
    String describe();

    /**
     * {@return the configuration that a {@code config.json} describes}
     *
     * @param file a {@code config.json}
     * @throws KitException if the file cannot be read, describes a model that the kit does not build, or says something
     *     that is not understood
     */
    static ModelConfig read(Path file) {
        return of(Settings.read(file));
    }

    /**
     * {@return the configuration that a parsed {@code config.json} describes}
     *
     * @param json the file's object
     * @throws KitException as {@link #read} does
     */
    static ModelConfig of(JsonNode json) {
        return of(Settings.of("config.json", json));
    }

    private static ModelConfig of(Settings json) {
        String type = json.text("model_type", "");
        ModelConfig config = switch (type) {
            case GptConfig.TYPE -> GptConfig.plain(json) ? GptConfig.of(json) : Families.gpt2(json);
            case LlamaConfig.TYPE ->
                json.flag("attention_bias", false) || json.flag("mlp_bias", false)
                        ? Families.llama(json)
                        : LlamaConfig.of(json);
            case RecurrentConfig.TYPE -> RecurrentConfig.of(json);
            case ModernConfig.TYPE -> ModernConfig.of(json);
            default -> {
                Function<Settings, ModelConfig> own = Families.NAMES.contains(type)
                        ? settings -> Families.of(type, settings)
                        : RegisteredFamilies.BY_TYPE.get(type);
                if (own == null) {
                    throw new KitException("The model type '" + type
                            + "' in config.json is not one that the kit builds: it builds " + GptConfig.TYPE + ", "
                            + LlamaConfig.TYPE + ", " + RecurrentConfig.TYPE + " and " + ModernConfig.TYPE
                            + ", and reads " + String.join(", ", Families.NAMES)
                            + (RegisteredFamilies.BY_TYPE.isEmpty()
                                    ? "; a family of your own is made known with ModelConfig.register."
                                    : ", and of your own " + RegisteredFamilies.BY_TYPE.keySet() + "."));
                }
                yield own.apply(json);
            }
        };
        json.only("is_encoder_decoder", "the kit's models have no encoder", false);
        json.only("add_cross_attention", "the kit's models look at no other sequence", false);
        json.only("tie_encoder_decoder", "the kit's models have no encoder", false);
        json.only("is_decoder", "the kit's models are decoders", true, false);
        json.only("quantization_config", "this kit reads weights in F32, F16 and BF16 (quantised ones from GGUF)");
        json.skip(Harmless::config);
        json.done();
        config.check();
        return config;
    }

    /**
     * Refuses a file whose classes are none of those that a family's weights belong to.
     *
     * @param json the file's object
     * @param known names of classes in transformers
     */
    static void architectures(Settings json, String... known) {
        for (String name : json.texts("architectures")) {
            if (!List.of(known).contains(name)) {
                throw new KitException("config.json says that the model is a " + name + ", and this kit reads "
                        + String.join(" and ", known) + " of that family: take another model.");
            }
        }
    }

    /**
     * Writes {@code config.json} under a temporary name and moves it into place.
     *
     * @param file where it is put
     */
    default void write(Path file) {
        try (AtomicFile config = begin(file)) {
            config.commit();
        }
    }

    /**
     * {@return the written file, still under its hidden name: for a caller who writes more before it commits}
     *
     * @param file where it is to be put
     */
    default AtomicFile begin(Path file) {
        byte[] text = (json().toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
        AtomicFile config = AtomicFile.begin(file, "writing a model's configuration");
        try {
            config.stream().write(text);
            return config;
        } catch (IOException e) {
            KitException failure = config.failure(e);
            config.close();
            throw failure;
        }
    }

    /**
     * Refuses a size that is not positive.
     *
     * @param what name of the size, for the sentence
     * @param value its value
     */
    static void positive(String what, int value) {
        if (value < 1) {
            throw new KitException(
                    "A model's " + what + " must be at least 1 but is " + value + ": change the configuration.");
        }
    }
}
