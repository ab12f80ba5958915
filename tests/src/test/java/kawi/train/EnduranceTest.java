package kawi.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.text.TokenFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong only in long or unlucky runs. */
class EnduranceTest {
    @TempDir
    Path folder;

    @Test
    void aGarbageCollectionBetweenForwardAndBackwardChangesNothing() {
        List<float[]> weights = new ArrayList<>();
        for (boolean collected : new boolean[] {false, true}) {
            try (TokenFile text = Small.text(folder.resolve("text" + collected), 4000, 1);
                    LanguageModel model = Small.model(1)) {
                Batches batches = new Batches(text, 4, 16, 1);
                try (Fit fit = Fit.of(model, Muon.defaults(), Schedule.constant(20))) {
                    while (!fit.done()) {
                        fit.step(1, step -> {
                            Batch batch = batches.next();
                            var loss = model.loss(batch.ids(step), batch.targets(step));
                            if (collected) {
                                disturb();
                            }
                            return loss;
                        });
                    }
                }
                weights.add(model.parameters()
                        .get("transformer.h.1.mlp.c_fc.weight")
                        .toFloatArray());
            }
        }
        assertArrayEquals(weights.get(0), weights.get(1));
    }

    /** Collects garbage and writes over the memory that it gave back. */
    private static void disturb() {
        System.gc();
        for (int i = 0; i < 500; i++) {
            ByteBuffer.allocateDirect(4).putFloat(0, 12345f);
        }
    }

    @Test
    void aFullDiskLeavesTheLastCheckpointAndIsSaidInOneSentence() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=560k", "tmpfs", disk.toString()), "needs root and mount");
        try (TokenFile text = Small.text(folder.resolve("text.bin"), 4000, 1);
                LanguageModel model = Small.model(1)) {
            Trainer trainer = Trainer.of(model, text, null)
                    .batch(4)
                    .schedule(Schedule.constant(6))
                    .evaluateEvery(3)
                    .checkpoints(disk.resolve("run"));
            String message = assertThrows(KitException.class, () -> trainer.run(Progress.NONE))
                    .getMessage();
            assertTrue(
                    message.startsWith("The checkpoint 'last' could not be saved, the one before it is kept: ")
                            && message.contains("the disk is full"),
                    message);
            assertEquals(
                    3,
                    Checkpoint.find(disk.resolve("run/last"))
                            .orElseThrow()
                            .state()
                            .step());
            Checkpoint.find(disk.resolve("run/last")).orElseThrow().restore(model);
        } finally {
            run("umount", "-l", disk.toString());
        }
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
        } catch (IOException absent) {
            return false;
        }
    }

    @Test
    void aCheckpointWhoseReplacementWasKilledIsFoundAgain() throws IOException {
        try (TokenFile text = Small.text(folder.resolve("text.bin"), 4000, 1);
                LanguageModel model = Small.model(1)) {
            Trainer.of(model, text, null)
                    .batch(4)
                    .schedule(Schedule.constant(2))
                    .checkpoints(folder.resolve("run"))
                    .run(Progress.NONE);
            Files.move(folder.resolve("run/last"), folder.resolve("run/.old-last"));
            Files.createDirectories(folder.resolve("run/.last.99999999-1.part"));
            assertEquals(
                    2,
                    Checkpoint.find(folder.resolve("run/last"))
                            .orElseThrow()
                            .state()
                            .step());
        }
    }

    @Test
    void aDamagedCheckpointIsRefusedInASentence() throws IOException {
        try (TokenFile text = Small.text(folder.resolve("text.bin"), 4000, 1);
                LanguageModel model = Small.model(1)) {
            Trainer trainer = Trainer.of(model, text, null)
                    .batch(4)
                    .schedule(Schedule.constant(4))
                    .checkpoints(folder.resolve("run"))
                    .pauseAt(2);
            trainer.run(Progress.NONE);
            Path weights = folder.resolve("run/last/model.safetensors");
            Files.write(weights, Arrays.copyOf(Files.readAllBytes(weights), 1000));
            assertThrows(KitException.class, () -> trainer.run(Progress.NONE));
            Files.writeString(folder.resolve("run/last/state.json"), "{");
            assertTrue(assertThrows(KitException.class, () -> trainer.run(Progress.NONE))
                    .getMessage()
                    .contains("damaged state.json"));
        }
    }
}
