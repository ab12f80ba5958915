package kawi.search;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;

/**
 * Measurements kept as JSON beside a training's checkpoints, so that a run that goes on need not take them again. A
 * null path keeps nothing.
 */
final class MeasurementCache {

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private MeasurementCache() {}

    /** What is kept in a file; empty where there is none, and where it is damaged, for then it is measured again. */
    static <T> Optional<T> read(Path file, Class<T> type) {
        try {
            return file == null || !Files.exists(file)
                    ? Optional.empty()
                    : Optional.of(JSON.readValue(Files.readString(file), type));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Replaces the file as a whole. @param doing what fails when this does, such as "keeping the plan" */
    static void write(Path file, Object measured, String doing) {
        if (file == null) {
            return;
        }
        try {
            Files.createDirectories(file.getParent());
            AtomicFile.write(file, doing, JSON.writeValueAsString(measured) + "\n");
        } catch (IOException e) {
            throw KitException.of(e, doing, file);
        }
    }
}
