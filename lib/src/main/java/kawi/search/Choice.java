package kawi.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;
import kawi.evidence.WholeFile;
import kawi.model.ModelConfig;

/**
 * The architecture that a search settled on, as {@code choice.json}.
 *
 * @param config the model's shape, in the form of Hugging Face's config.json
 * @param rate the learning rate it was best with
 * @param batch windows in a step of the search
 * @param why what spoke for it, in a sentence or two
 */
public record Choice(ModelConfig config, double rate, int batch, String why) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * Writes it as JSON, whole or not at all.
     *
     * @param file is replaced
     * @throws KitException if it cannot be written
     */
    public void write(Path file) {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.set("config", config.json());
        json.put("rate", rate).put("batch", batch).put("why", why);
        AtomicFile.write(file, "writing the choice of an architecture", json.toPrettyString() + "\n");
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param file what was written
     * @return the choice
     * @throws KitException if the file cannot be read or lacks something
     */
    public static Choice read(Path file) {
        try {
            JsonNode json = JSON.readTree(WholeFile.bytes(file, WholeFile.SETTINGS));
            JsonNode rate = json.path("rate");
            JsonNode batch = json.path("batch");
            JsonNode why = json.path("why");
            if (!(rate.isNumber() && rate.asDouble() > 0 && Double.isFinite(rate.asDouble()))
                    || !batch.canConvertToInt()
                    || !batch.isIntegralNumber()
                    || batch.asInt() < 1
                    || !why.isTextual() && !why.isMissingNode()) {
                throw new KitException("The file " + file.getFileName()
                        + " lacks a rate or a batch, or has one that is none: run notebook 03-architecture again.");
            }
            for (Map.Entry<String, JsonNode> each : json.properties()) {
                if (!List.of("config", "rate", "batch", "why").contains(each.getKey())) {
                    throw new KitException("The file " + file.getFileName() + " has the key '" + each.getKey()
                            + "', which no choice has: run notebook 03-architecture again.");
                }
            }
            return new Choice(ModelConfig.of(json.path("config")), rate.asDouble(), batch.asInt(), why.asText(""));
        } catch (JsonProcessingException e) {
            throw new KitException(
                    "The file " + file.getFileName() + " is not valid JSON (" + WholeFile.fault(e)
                            + "): run notebook 03-architecture again.",
                    e);
        } catch (IOException e) {
            throw KitException.of(e, "reading the choice of an architecture", file);
        }
    }
}
