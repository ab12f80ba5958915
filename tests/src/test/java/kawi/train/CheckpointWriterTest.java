package kawi.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import kawi.model.LanguageModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointWriterTest {
    @TempDir
    Path folder;

    @Test
    void aCheckpointLeftByAnExceptionLeavesTheOneBeforeAndNoLitter() throws Exception {
        Path place = folder.resolve("last");
        try (LanguageModel model = Small.model(1);
                NDArray unwritable = Small.TORCH.manager().ones(new Shape(2)).toType(DataType.INT32, true)) {
            Checkpoint.saveModel(place, model);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Checkpoint.save(place, model, Map.of("average", unwritable), null));
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(place), left.toList());
        }
        try (Stream<Path> left = Files.list(place)) {
            assertEquals(2, left.count(), "the model and its configuration");
        }
    }
}
