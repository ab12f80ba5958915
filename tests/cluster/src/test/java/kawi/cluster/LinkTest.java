package kawi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.torch.Torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinkTest {
    @TempDir
    Path folder;

    @Test
    void bytesQueueForTheLinkAndALinkThatIsFreeDoesNotSaveUpTime() {
        Link.Clock clock = new Link.Clock();
        assertEquals(1_800_000_000L, clock.after(1_000_000, 10e6, 1_000_000_000L), "8 Mbit at 10 Mbit/s");
        assertEquals(2_600_000_000L, clock.after(1_000_000, 10e6, 1_100_000_000L), "behind the first");
        assertEquals(9_800_000_000L, clock.after(1_000_000, 10e6, 9_000_000_000L), "the link was long free");
    }

    /** The exchange takes at least what the payload needs on the link, and the weights are the same. */
    @Test
    void aThrottledRunWaitsForItsBytesAndEndsInTheSameBytes() {
        Torch torch = SmallTraining.engine();
        SmallTraining small = new SmallTraining(torch, folder, 8);
        Cluster cluster = Cluster.local(2, "512m");
        SmallTraining.Outcome alone = small.alone();
        try (LanguageModel model = small.model()) {
            DistributedTrainer trainer = DistributedTrainer.of(small.trainer(model), cluster.throttle(10));
            SmallTraining.Outcome slow = SmallTraining.Outcome.of(model, trainer.run(Progress.NONE));
            assertEquals(alone, slow);
            double exchange = trainer.rounds().stream()
                    .mapToDouble(DistributedTrainer.Done::exchangeSeconds)
                    .sum();
            double least = trainer.bytesSent() / 2.0 * 8 / 10e6; // each of the two receives half of what was sent
            assertTrue(exchange >= least, exchange + " s for what takes " + least);
        } finally {
            cluster.unthrottle();
            small.close();
            torch.close();
        }
    }
}
