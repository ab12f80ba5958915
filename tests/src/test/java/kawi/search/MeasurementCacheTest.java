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
    @TempDir
    Path folder;

    @Test
    void whatCannotBeWrittenLeavesTheOldMeasurementAndNoLitter() throws Exception {
        Path file = folder.resolve("plan.json");
        MeasurementCache.write(file, Map.of("seconds", 1), "keeping the plan");
        KitException said =
                assertThrows(KitException.class, () -> MeasurementCache.write(file, new Object(), "keeping the plan"));
        assertEquals(true, said.getMessage().contains("keeping the plan"), said.getMessage());
        assertEquals(Optional.of(Map.of("seconds", 1)), MeasurementCache.read(file, Map.class));
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(1, left.count());
        }
    }
}
