package kawi.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.torch.SafeTensors;
import org.junit.jupiter.api.Test;

/** A run goes on from the numbers that it wrote itself: others of the same shape are refused. */
class ACheckpointHoldsWhatItsRunWroteTest extends SmallTexts {

    private Trainer trainer(LanguageModel model, String name) {
        return Trainer.of(model, train, validation)
                .batch(4)
                .schedule(Schedule.cosine(3, 20))
                .evaluateEvery(5)
                .seed(5)
                .checkpoints(folder.resolve(name));
    }

    private void paused(String name) {
        try (LanguageModel model = Small.model(1)) {
            trainer(model, name).pauseAt(10).run(Progress.NONE);
        }
    }

    private void refused(String name, String part) {
        try (LanguageModel model = Small.model(1)) {
            String said = assertThrows(
                            KitException.class, () -> trainer(model, name).run(Progress.NONE))
                    .getMessage();
            assertTrue(said.contains(part) && said.endsWith("."), said);
        }
    }

    @Test
    void weightsOfAnotherRunInItsPlaceAreRefused() throws Exception {
        paused("swapped");
        try (LanguageModel other = Small.model(9)) {
            other.save(folder.resolve("swapped/last"));
        }
        refused("swapped", "does not hold the numbers that the run wrote");
    }

    @Test
    void aBitThatTurnedInTheAveragesIsRefused() throws Exception {
        paused("turned");
        Path averages = folder.resolve("turned/last/optimizer.safetensors");
        byte[] bytes = Files.readAllBytes(averages);
        bytes[bytes.length - 4] ^= 1;
        Files.write(averages, bytes);
        refused("turned", "optimizer.safetensors does not hold");
    }

    @Test
    void aTensorThatTheRunHasNoPlaceForIsRefused() throws Exception {
        paused("more");
        Path averages = folder.resolve("more/last/optimizer.safetensors");
        Map<String, NDArray> tensors = new LinkedHashMap<>(SafeTensors.read(Small.TORCH, averages));
        tensors.put("another.average", tensors.values().iterator().next());
        SafeTensors.write(averages, tensors, Map.of());
        refused("more", "'another.average', for which this run has no place");
    }

    @Test
    void aCheckpointWithoutHashesIsNotGoneOnFromButItsModelCanBeRead() throws Exception {
        paused("old");
        Path state = folder.resolve("old/last/state.json");
        String now = Files.readString(state);
        String before = now.replaceAll("(?m)^  \"(weights|averages|bestWeights)\" : .*\\n", "")
                .replaceFirst(",\\s*}\\s*$", "\n}\n");
        assertTrue(!before.equals(now) && !before.contains("averages"), before);
        Files.writeString(state, before);
        refused("old", "do not say the hashes of what they hold");
        try (LanguageModel model = Small.model(1)) {
            Checkpoint found = Checkpoint.find(folder.resolve("old/last")).orElseThrow();
            assertTrue(assertThrows(KitException.class, () -> found.restore(model))
                    .getMessage()
                    .contains("no hash of model.safetensors"));
        }
        LanguageModel.load(Small.TORCH, folder.resolve("old/last")).close();
    }

    @Test
    void theRunItselfGoesOn() {
        paused("good");
        try (LanguageModel model = Small.model(1)) {
            assertEquals(20, trainer(model, "good").run(Progress.NONE).steps());
        }
    }
}
