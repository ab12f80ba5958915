package kawi.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;

/**
 * Measurements kept as JSON beside a training's checkpoints, so that a run that goes on need not take them again. Each
 * is kept with everything that it was asked for; another question has its own measurement and replaces none. A null
 * path keeps nothing.
 */
final class MeasurementCache {

    private static final ObjectMapper JSON = new ObjectMapper();

    private MeasurementCache() {}

    /**
     * {@return what was measured for a question; empty where nothing was, and where the file is damaged, for then it is
     * measured again}
     */
    static <T> Optional<T> read(Path file, Map<String, String> asked, Class<T> type) {
        JsonNode question = JSON.valueToTree(asked);
        for (JsonNode each : all(file)) {
            if (question.equals(each.get("asked"))) {
                try {
                    return Optional.ofNullable(JSON.treeToValue(each.get("measured"), type));
                } catch (IOException e) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    private static ArrayNode all(Path file) {
        try {
            if (file != null
                    && Files.exists(file)
                    && JSON.readTree(Files.readString(file)) instanceof ArrayNode measurements) {
                return measurements;
            }
        } catch (IOException e) {
            // A damaged file holds no measurement.
        }
        return JSON.createArrayNode();
    }

    /**
     * Adds a measurement, or puts it in the place of the one that was taken for the same question; the file is replaced
     * as a whole.
     *
     * @param doing what fails when this does, such as "keeping the plan"
     */
    static void write(Path file, Map<String, String> asked, Object measured, String doing) {
        if (file == null) {
            return;
        }
        JsonNode question = JSON.valueToTree(asked);
        ArrayNode measurements = JSON.createArrayNode();
        for (JsonNode each : all(file)) {
            if (!question.equals(each.get("asked"))) {
                measurements.add(each);
            }
        }
        ObjectNode added = measurements.addObject();
        added.set("asked", question);
        try {
            added.set("measured", JSON.valueToTree(measured));
            Files.createDirectories(file.getParent());
            AtomicFile.write(file, doing, measurements.toPrettyString() + "\n");
        } catch (IllegalArgumentException e) {
            throw new KitException("Failed " + doing + " (" + file.getFileName() + "): " + e.getMessage() + ".", e);
        } catch (IOException e) {
            throw KitException.of(e, doing, file);
        }
    }
}
