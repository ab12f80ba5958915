package kawi.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;
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
            JsonNode json = new ObjectMapper().readTree(Files.readAllBytes(file));
            double rate = json.path("rate").asDouble(Double.NaN);
            int batch = json.path("batch").asInt(0);
            if (!(rate > 0) || batch < 1) {
                throw new KitException("The file " + file.getFileName()
                        + " lacks a rate or a batch: run notebook 03-architecture again.");
            }
            return new Choice(
                    ModelConfig.of(json.path("config")),
                    rate,
                    batch,
                    json.path("why").asText(""));
        } catch (JsonProcessingException e) {
            throw new KitException(
                    "The file " + file.getFileName() + " is not valid JSON: run notebook 03-architecture again.", e);
        } catch (IOException e) {
            throw KitException.of(e, "reading the choice of an architecture", file);
        }
    }
}
