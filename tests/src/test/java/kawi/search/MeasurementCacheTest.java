package kawi.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasurementCacheTest {
    private static final Map<String, String> ASKED = Map.of("minutes", "3");

    @TempDir
    Path folder;

    @Test
    void eachQuestionHasAMeasurementOfItsOwnAndAnotherReplacesNone() throws Exception {
        Path file = folder.resolve("plan.json");
        Map<String, String> other = Map.of("minutes", "4");
        MeasurementCache.write(file, ASKED, "slow", "keeping the plan");
        assertEquals(Optional.empty(), MeasurementCache.read(file, other, String.class));
        MeasurementCache.write(file, other, "fast", "keeping the plan");
        assertEquals(Optional.of("slow"), MeasurementCache.read(file, ASKED, String.class));
        MeasurementCache.write(file, ASKED, "slower", "keeping the plan");
        assertEquals(Optional.of("slower"), MeasurementCache.read(file, ASKED, String.class));
        assertEquals(Optional.of("fast"), MeasurementCache.read(file, other, String.class));
        Files.writeString(file, "{ cut sho");
        assertEquals(Optional.empty(), MeasurementCache.read(file, ASKED, String.class), "damaged: measured again");
        Files.writeString(file, "[{\"asked\": {\"minutes\": \"3\"}}]");
        assertEquals(Optional.empty(), MeasurementCache.read(file, ASKED, String.class), "nothing was measured");
    }

    @Test
    void whatCannotBeWrittenLeavesTheOldMeasurementAndNoLitter() throws Exception {
        Path file = folder.resolve("plan.json");
        MeasurementCache.write(file, ASKED, Map.of("seconds", 1), "keeping the plan");
        KitException said = assertThrows(
                KitException.class, () -> MeasurementCache.write(file, ASKED, new Object(), "keeping the plan"));
        assertEquals(true, said.getMessage().contains("keeping the plan"), said.getMessage());
        assertEquals(Optional.of(Map.of("seconds", 1)), MeasurementCache.read(file, ASKED, Map.class));
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(1, left.count());
        }
    }
}
