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
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;

/** The numbers that fix a model's shape, readable and writable as Hugging Face's {@code config.json}. */
public sealed interface ModelConfig permits GptConfig, LlamaConfig, ModernConfig, RecurrentConfig {

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
            default ->
                throw new KitException("The model type '" + type
                        + "' in config.json is not one that the kit builds: it builds " + GptConfig.TYPE + ", "
                        + LlamaConfig.TYPE + ", " + RecurrentConfig.TYPE + " and " + ModernConfig.TYPE + ".");
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
