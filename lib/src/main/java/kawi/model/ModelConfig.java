package kawi.model;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
     * @param reader makes the configuration of a parsed {@code config.json}
     * @throws KitException if the type is one of the kit's own
     */
    static void register(String type, Function<JsonNode, ModelConfig> reader) {
        if (builtIn(type)) {
            throw new KitException("The model type '" + type + "' is the kit's own: give your family another name.");
        }
        RegisteredFamilies.BY_TYPE.put(type, reader);
    }

    private static boolean builtIn(String type) {
        return type.equals(GptConfig.TYPE)
                || type.equals(LlamaConfig.TYPE)
                || type.equals(RecurrentConfig.TYPE)
                || type.equals(ModernConfig.TYPE);
    }

    /** Number of distinct tokens. */
    int vocabularySize();

    /** {@return most tokens that the model reads at once} */
    int context();

    int layers();

    /** Size of the vector that stands for a token inside the model. */
    int width();

    /** Parameters, by formula: nothing is allocated. */
    long parameterCount();

    /** Names and shapes of the parameters in the order of the saved file. */
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

    /** {@return a new model of this shape with weights drawn from a seed; the caller closes it} */
    LanguageModel create(Torch torch, long seed);

    /** {@return a model of this shape with the weights that lie in a folder; the caller closes it} */
    LanguageModel load(Torch torch, Path folder);

    /** Refuses numbers from which no model can be built, in a sentence. */
    void check();

    /** {@return a few words: "GPT, 4 layers, 4 heads, width 128, context 64"} */
    String describe();

    /** Reads a {@code config.json}. */
    static ModelConfig read(Path file) {
        JsonNode json;
        try {
            json = new ObjectMapper().readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new KitException(
                    "The model's " + file.getFileName() + " is not valid JSON (" + e.getOriginalMessage()
                            + "): make or fetch it again.",
                    e);
        } catch (IOException e) {
            throw KitException.of(e, "reading a model's configuration", file);
        }
        return of(json);
    }

    /** {@return the configuration that a parsed {@code config.json} describes} */
    static ModelConfig of(JsonNode json) {
        String type = json.path("model_type").asText("");
        return switch (type) {
            case GptConfig.TYPE -> GptConfig.of(json);
            case LlamaConfig.TYPE -> LlamaConfig.of(json);
            case RecurrentConfig.TYPE -> RecurrentConfig.of(json);
            case ModernConfig.TYPE -> ModernConfig.of(json);
            default -> {
                Function<JsonNode, ModelConfig> own = RegisteredFamilies.BY_TYPE.get(type);
                if (own == null) {
                    throw new KitException("The model type '" + type
                            + "' in config.json is not one that the kit builds: it builds " + GptConfig.TYPE + ", "
                            + LlamaConfig.TYPE + ", " + RecurrentConfig.TYPE + " and " + ModernConfig.TYPE
                            + (RegisteredFamilies.BY_TYPE.isEmpty()
                                    ? "; a family of your own is made known with ModelConfig.register."
                                    : ", and of your own " + RegisteredFamilies.BY_TYPE.keySet() + "."));
                }
                yield own.apply(json);
            }
        };
    }

    /** Writes {@code config.json} under a temporary name and moves it into place. */
    default void write(Path file) {
        AtomicFile.write(file, "writing a model's configuration", json().toPrettyString() + "\n");
    }

    /** {@return a whole number that config.json must have} */
    static int required(JsonNode json, String key) {
        if (!json.path(key).canConvertToInt() || !json.path(key).isIntegralNumber()) {
            throw new KitException(
                    "The model's config.json lacks the whole number '" + key + "': fetch the file again.");
        }
        return json.path(key).asInt();
    }

    /** Refuses a size that is not positive. */
    static void positive(String what, int value) {
        if (value < 1) {
            throw new KitException(
                    "A model's " + what + " must be at least 1 but is " + value + ": change the configuration.");
        }
    }
}
