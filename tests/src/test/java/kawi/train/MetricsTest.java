package kawi.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.model.LlamaConfig;
import kawi.model.RecurrentConfig;
import org.junit.jupiter.api.Test;

/** What a run says of each of its intervals. */
class MetricsTest extends SmallTexts {
    private Trainer trainer(LanguageModel model) {
        return Trainer.of(model, train, validation)
                .batch(4)
                .schedule(Schedule.cosine(3, 20))
                .evaluateEvery(5)
                .checkpoints(folder.resolve("parts"));
    }

    @Test
    void everyIntervalSaysBitsPerByteSpeedAgainstThePeakAndEnergyWhereItIsCounted() throws IOException {
        Path counter = Files.createDirectories(folder.resolve("powercap/intel-rapl:0"));
        Files.writeString(counter.resolve("name"), "package-0\n");
        Files.writeString(counter.resolve("energy_uj"), "1000000\n");
        try (LanguageModel model = Small.model(1)) {
            Trainer trainer = trainer(model);
            trainer.energyCounters = folder.resolve("powercap");
            Training training = trainer.pauseAt(10).run(Progress.NONE);
            for (Training.Point point : training.history()) {
                assertEquals(point.loss() / Math.log(2) / 3, point.bitsPerByte(), 1e-9, "three bytes a token");
                assertEquals(
                        point.tokensPerSecond() * Flops.perToken(Small.CONFIG) / Small.TORCH.peakFlops(),
                        point.utilisation(),
                        1e-12);
                assertEquals(0, point.joules());
            }
            assertEquals(
                    training.validation().bitsPerByte(),
                    training.history().get(training.history().size() - 1).validationBits(),
                    1e-9);
            assertEquals(
                    List.of(
                            "step",
                            "train loss",
                            "train bits per byte",
                            "validation loss",
                            "validation bits per byte",
                            "rate",
                            "gradient norm",
                            "tokens/s",
                            "share of peak",
                            "resident memory MB",
                            "energy J"),
                    training.table().columnNames());
        }
        try (LanguageModel model = Small.model(1)) {
            StringBuilder said = new StringBuilder();
            Trainer trainer = Trainer.of(model, train, null).schedule(Schedule.constant(4));
            trainer.energyCounters = folder.resolve("none");
            Training training = trainer.run(ended(said));
            assertEquals("all steps done; no energy counter can be read here", said.toString());
            assertEquals(
                    List.of(
                            "step",
                            "train loss",
                            "train bits per byte",
                            "rate",
                            "gradient norm",
                            "tokens/s",
                            "share of peak",
                            "resident memory MB"),
                    training.table().columnNames(),
                    "a column that would be empty is left out");
        }
    }

    @Test
    void energyIsThatOfThePackagesAndSurvivesACounterThatBeginsAnew() throws IOException {
        for (String each : List.of(
                "intel-rapl:0 package-0", "intel-rapl:1 package-1", "intel-rapl:0:0 core", "intel-rapl:2 psys")) {
            Path counter = Files.createDirectories(folder.resolve("powercap").resolve(each.split(" ")[0]));
            Files.writeString(counter.resolve("name"), each.split(" ")[1] + "\n");
            Files.writeString(counter.resolve("energy_uj"), "900000\n");
            Files.writeString(counter.resolve("max_energy_range_uj"), "1000000\n");
        }
        Energy energy = new Energy(folder.resolve("powercap"));
        assertEquals(0, energy.joules());
        Files.writeString(folder.resolve("powercap/intel-rapl:0/energy_uj"), "950000\n");
        Files.writeString(folder.resolve("powercap/intel-rapl:1/energy_uj"), "100000\n");
        Files.writeString(folder.resolve("powercap/intel-rapl:2/energy_uj"), "999999\n");
        assertEquals(0.05 + 0.2, energy.joules(), 1e-9);
        Files.delete(folder.resolve("powercap/intel-rapl:1/energy_uj"));
        assertNull(energy.joules());
        assertFalse(energy.readable());
        assertFalse(new Energy(folder.resolve("absent")).readable());
    }

    @Test
    void aCheckpointOfBeforeAMetricWasThereIsReadAndGoesOn() throws IOException {
        try (LanguageModel model = Small.model(1)) {
            trainer(model).pauseAt(10).run(Progress.NONE);
            Path state = folder.resolve("parts/last/state.json");
            ObjectMapper json = new ObjectMapper();
            JsonNode kept = json.readTree(Files.readString(state));
            kept.get("history")
                    .forEach(point -> ((ObjectNode) point)
                            .remove(List.of("bitsPerByte", "validationBits", "utilisation", "joules")));
            Files.writeString(state, json.writeValueAsString(kept));
            Training training = trainer(model).run(Progress.NONE);
            assertEquals(20, training.steps());
            assertNull(training.history().get(0).utilisation());
            assertTrue(training.table().doubleColumn("share of peak").isMissing(0));
        }
    }

    @Test
    void operationsOfATokenAreSixForEachWeightItMeetsAndThoseOfAttention() {
        assertEquals(6.0 * (12 * 2 * 32 * 32 + 64 * 32) + 6.0 * 2 * 16 * 32, Flops.perToken(Small.CONFIG));
        assertEquals(
                6.0 * (64 * 32 + 2 * 8 * 32 * 32),
                Flops.perToken(RecurrentConfig.of(RecurrentConfig.Cell.LSTM, 64)
                        .layers(2)
                        .width(32)));
        assertEquals(
                6.0 * (64 * 32 + 2 * (4 * 32 * 32 + 3 * 32 * 96)) + 6.0 * 2 * 16 * 32,
                Flops.perToken(LlamaConfig.of(64, 16, 2, 2, 32)));
    }
}
