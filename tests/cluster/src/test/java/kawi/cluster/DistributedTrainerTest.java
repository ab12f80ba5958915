package kawi.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import kawi.evidence.Draft;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.evidence.Run;
import kawi.model.GptConfig;
import kawi.model.LanguageModel;
import kawi.model.ParameterRole;
import kawi.text.TokenFile;
import kawi.torch.Torch;
import kawi.train.AdamW;
import kawi.train.Batch;
import kawi.train.Batches;
import kawi.train.DivergedException;
import kawi.train.Fit;
import kawi.train.Muon;
import kawi.train.Optimizer;
import kawi.train.Schedule;
import kawi.train.Trainer;
import kawi.train.Training;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DistributedTrainerTest {
    private static final GptConfig CONFIG = SmallTraining.CONFIG;
    private static final int STEPS = 12;
    private static Torch torch;

    @TempDir
    static Path folder;

    private static TokenFile train;
    private static TokenFile validation;

    @BeforeAll
    static void open() {
        torch = SmallTraining.engine();
        train = SmallTraining.text(folder.resolve("train.tokens"), 5000, 1);
        validation = SmallTraining.text(folder.resolve("validation.tokens"), 1000, 2);
    }

    private static Trainer trainer(LanguageModel model, int parts) {
        return Trainer.of(model, train, validation)
                .batch(2)
                .accumulate(parts)
                .schedule(Schedule.cosine(2, STEPS))
                .evaluateEvery(4)
                .dropout(0.1)
                .seed(5);
    }

    private static Cluster workers(int count) {
        return Cluster.local(count, "512m");
    }

    private static SmallTraining.Outcome alone(int parts, Optimizer optimizer) {
        try (LanguageModel model = CONFIG.create(torch, 3)) {
            return SmallTraining.Outcome.of(
                    model, trainer(model, parts).optimizer(optimizer).run(Progress.NONE));
        }
    }

    @Test
    void oneTwoAndFourWorkersEndInTheBytesOfOneProcessAndSendThoseOfTheFormula() {
        SmallTraining.Outcome expected = alone(4, AdamW.defaults());
        Cluster four = workers(4);
        for (int workers : new int[] {4, 1, 2}) {
            try (LanguageModel model = CONFIG.create(torch, 3)) {
                DistributedTrainer distributed =
                        DistributedTrainer.of(trainer(model, 4), four).workers(workers);
                assertEquals(
                        expected,
                        SmallTraining.Outcome.of(model, distributed.run(Progress.NONE)),
                        workers + " workers");
                assertBytes(distributed, workers, 4 / workers);
                // fewer than the cluster has may be others in the next round
                assertEquals(
                        workers == 4 ? List.of(4, 0, 0) : List.of(workers), handed(distributed, workers == 4 ? 3 : 1));
            }
        }
        assertNotEquals(expected, alone(2, AdamW.defaults()));
    }

    /**
     * How many workers were sent the weights at the beginning of the first rounds; who was in the round before is not.
     */
    private static List<Integer> handed(DistributedTrainer distributed, int rounds) {
        return distributed.rounds().stream()
                .limit(rounds)
                .map(DistributedTrainer.Done::handed)
                .toList();
    }

    /**
     * Each worker sends every slice but its own, of each of its passes, and then the sum of its own to all others; four
     * bytes before each.
     */
    private static void assertBytes(DistributedTrainer distributed, int workers, int passes) {
        long numbers = CONFIG.parameterCount();
        long expected = STEPS * (long) (workers - 1) * (4 * numbers * (passes + 1) + 2L * workers * 4);
        assertEquals(expected, distributed.bytesSent(), STEPS * 8L * workers, workers + " workers");
    }

    @Test
    void anOptimizerOfMatricesIsSharedOutAlike() {
        try (LanguageModel model = CONFIG.create(torch, 3)) {
            Trainer trainer = trainer(model, 2).optimizer(Muon.defaults());
            DistributedTrainer distributed = DistributedTrainer.of(trainer, workers(2));
            assertEquals(alone(2, Muon.defaults()), SmallTraining.Outcome.of(model, distributed.run(Progress.NONE)));
            assertBytes(distributed, 2, 1);
        }
    }

    @Test
    void aKilledExecutorChangesNothing() {
        SmallTraining.Outcome expected = alone(2, AdamW.defaults());
        Cluster cluster = workers(2);
        for (int victim = 0; victim < 2; victim++) {
            try (LanguageModel model = CONFIG.create(torch, 3)) {
                DistributedTrainer distributed = DistributedTrainer.of(trainer(model, 2), cluster);
                long before = cluster.executorPid(victim).orElseThrow();
                CompletableFuture<Long> killed = cluster.killAtWork(victim);
                Training training = distributed.run(Progress.NONE);
                assertEquals(before, killed.join());
                assertEquals(expected, SmallTraining.Outcome.of(model, training));
                assertTrue(
                        distributed.rounds().get(0).tries() > 1,
                        distributed.rounds().toString());
            }
        }
    }

    @Test
    void aRunGoesOnElsewhereInTheSameBytes() {
        SmallTraining.Outcome expected = alone(2, AdamW.defaults());
        try (LanguageModel model = CONFIG.create(torch, 3);
                LanguageModel later = CONFIG.create(torch, 3)) {
            Path kept = folder.resolve("kept");
            Training first = DistributedTrainer.of(
                            trainer(model, 2).checkpoints(kept).pauseAt(6), workers(2))
                    .run(Progress.NONE);
            assertEquals(Training.End.PAUSED, first.end());
            assertEquals(6, first.steps());
            Training rest = trainer(later, 2).checkpoints(kept).run(Progress.NONE);
            assertEquals(expected.weights(), later.fingerprint());
            assertEquals(STEPS, rest.steps());
        }
    }

    /** What the papers say, worked out in this process: each worker alone for h steps, then the average. */
    private static float[] byHand(int workers, long h, boolean diloco, float rate, float momentum) {
        List<LanguageModel> models = new ArrayList<>();
        List<Fit> fits = new ArrayList<>();
        List<Batches> batches = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            models.add(CONFIG.create(torch, 3));
            fits.add(Fit.of(models.get(i), AdamW.defaults(), Schedule.cosine(2, STEPS)));
            batches.add(new Batches(train, 2, 16, 5));
        }
        float[] outer = flat(models.get(0));
        float[] buffer = new float[outer.length];
        for (long step = 0; step < STEPS; step++) {
            for (int i = 0; i < workers; i++) {
                Batches own = batches.get(i);
                LanguageModel model = models.get(i);
                own.position((step * workers + i) * 2);
                fits.get(i).step(1, work -> {
                    Batch next = own.next();
                    return model.loss(next.ids(work), next.targets(work));
                });
            }
            if ((step + 1) % h == 0) {
                float[] mean = new float[outer.length];
                for (LanguageModel each : models) {
                    float[] one = flat(each);
                    for (int i = 0; i < mean.length; i++) {
                        mean[i] += one[i];
                    }
                }
                for (int i = 0; i < mean.length; i++) {
                    mean[i] *= 1f / workers;
                    if (diloco) {
                        float gradient = outer[i] - mean[i];
                        buffer[i] = momentum * buffer[i] + gradient;
                        mean[i] = outer[i] - rate * (gradient + momentum * buffer[i]);
                    }
                }
                outer = mean;
                for (LanguageModel each : models) {
                    int at = 0;
                    for (NDArray weight : each.parameters().values()) {
                        weight.set(java.util.Arrays.copyOfRange(mean, at, at + (int) weight.size()));
                        at += (int) weight.size();
                    }
                }
            }
        }
        fits.forEach(Fit::close);
        models.forEach(LanguageModel::close);
        return outer;
    }

    private static float[] flat(LanguageModel model) {
        int size = (int) model.parameterCount();
        float[] all = new float[size];
        int at = 0;
        for (NDArray each : model.parameters().values()) {
            float[] numbers = each.toFloatArray();
            System.arraycopy(numbers, 0, all, at, numbers.length);
            at += numbers.length;
        }
        return all;
    }

    private static float[] averaged(Averaging averaging, long evaluateEvery, List<Long> bytes) {
        try (LanguageModel model = CONFIG.create(torch, 3)) {
            DistributedTrainer distributed = DistributedTrainer.of(
                            trainer(model, 2).dropout(0).evaluateEvery(evaluateEvery), workers(2))
                    .averaging(averaging);
            distributed.run(Progress.NONE);
            bytes.add(distributed.bytesSent());
            return flat(model);
        }
    }

    @Test
    void localSgdIsTheAverageOfWorkersThatTrainedAloneWhereverRoundsEnd() {
        List<Long> bytes = new ArrayList<>();
        float[] expected = byHand(2, 3, false, 1, 0);
        assertArrayEquals(expected, averaged(Averaging.local(3), 3, bytes));
        assertArrayEquals(expected, averaged(Averaging.local(3), 6, bytes));
        averaged(Averaging.everyStep(), 6, bytes);
        assertEquals(bytes.get(0), bytes.get(1));
        assertEquals(3 * bytes.get(0), bytes.get(2), "a third of the averagings sends a third of the bytes");
    }

    @Test
    void diLoCoTakesTheOuterStepOfItsPaper() {
        List<Long> bytes = new ArrayList<>();
        float[] expected = byHand(2, 4, true, 0.7f, 0.9f);
        assertArrayEquals(expected, averaged(Averaging.diloco(4, 0.7, 0.9), 4, bytes));
        assertArrayEquals(expected, averaged(Averaging.diloco(4, 0.7, 0.9), 12, bytes));
    }

    @Test
    void aRunOfWorkersThatTrainAloneIsTakenUpByItselfOnly() {
        Path kept = folder.resolve("diloco");
        List<Long> bytes = new ArrayList<>();
        float[] expected = averaged(Averaging.diloco(4, 0.7, 0.9), 4, bytes);
        try (LanguageModel model = CONFIG.create(torch, 3)) {
            Trainer half = trainer(model, 2).dropout(0).checkpoints(kept).pauseAt(4);
            DistributedTrainer.of(half, workers(2))
                    .averaging(Averaging.diloco(4, 0.7, 0.9))
                    .run(Progress.NONE);
        }
        try (LanguageModel model = CONFIG.create(torch, 3)) {
            Trainer rest = trainer(model, 2).dropout(0).checkpoints(kept);
            KitException other = assertThrows(
                    KitException.class,
                    () -> DistributedTrainer.of(rest, workers(2))
                            .averaging(Averaging.diloco(4, 0.6, 0.9))
                            .run(Progress.NONE));
            assertTrue(other.getMessage().contains("averaging"), other.getMessage());
            assertThrows(KitException.class, () -> rest.run(Progress.NONE));
            DistributedTrainer.of(rest, workers(2))
                    .averaging(Averaging.diloco(4, 0.7, 0.9))
                    .run(Progress.NONE);
            assertArrayEquals(expected, flat(model));
        }
    }

    /** An optimizer that no worker has. */
    private record Mine(double rate) implements Optimizer {
        @Override
        public Optimizer withRate(double other) {
            return new Mine(other);
        }

        @Override
        public Map<String, Object> settings() {
            return Map.of();
        }

        @Override
        public State prepare(Torch torch, Map<String, NDArray> parameters, Map<String, ParameterRole> roles) {
            return AdamW.defaults().prepare(torch, parameters, roles);
        }
    }

    private static String refused(Trainer trainer, Averaging averaging) {
        return assertThrows(
                        KitException.class,
                        () -> DistributedTrainer.of(trainer, workers(2))
                                .averaging(averaging)
                                .run(Progress.NONE))
                .getMessage();
    }

    @Test
    void whatCannotBeSharedOutIsRefusedInASentence() throws IOException {
        try (LanguageModel model = CONFIG.create(torch, 3)) {
            String odd = refused(trainer(model, 3), Averaging.everyStep());
            assertTrue(odd.contains("3 passes") && odd.contains("accumulate(2)"), odd);
            String uneven = refused(trainer(model, 2), Averaging.local(3));
            assertTrue(uneven.contains("multiple of 3"), uneven);
            String mine = refused(trainer(model, 2).optimizer(new Mine(0.1)), Averaging.everyStep());
            assertTrue(mine.contains("The optimizer cannot travel") && mine.contains("Mine"), mine);
            TokenFile gone = SmallTraining.text(folder.resolve("gone.tokens"), 400, 3);
            Files.delete(folder.resolve("gone.tokens"));
            String missing = refused(
                    Trainer.of(model, gone, null).accumulate(2).schedule(Schedule.constant(2)), Averaging.everyStep());
            assertTrue(missing.contains("cannot read the token file gone.tokens"), missing);
            gone.close();
        }
    }

    @Test
    void aRunThatDivergesOnWorkersIsOneThatDiverged() {
        try (LanguageModel model = CONFIG.create(torch, 3)) {
            DivergedException diverged = assertThrows(
                    DivergedException.class,
                    () -> DistributedTrainer.of(
                                    trainer(model, 2)
                                            .optimizer(new AdamW(40, 0.9, 0.95, 1e-8, 0))
                                            .schedule(Schedule.constant(STEPS)),
                                    workers(2))
                            .run(Progress.NONE));
            assertTrue(diverged.step() > 1, diverged.getMessage());
            assertTrue(diverged.getMessage().contains("lower the learning rate"), diverged.getMessage());
        }
    }

    @Test
    void aTrainerIsItsOwnAgainAfterwards() {
        try (LanguageModel model = CONFIG.create(torch, 3)) {
            Trainer trainer = trainer(model, 2).pauseAt(4);
            DistributedTrainer.of(trainer, workers(2))
                    .averaging(Averaging.local(4))
                    .run(Progress.NONE);
            assertEquals(AdamW.defaults(), trainer.optimizer());
        }
        assertEquals(
                2,
                IntStream.range(0, 2)
                        .filter(i -> workers(2).executorPid(i).isPresent())
                        .count());
    }

    private record Sent(SmallTraining.Outcome outcome, long bytes, long compared, List<Double> errors, int rounds) {}

    private static Sent sent(Averaging averaging, int workers, int parts) {
        try (LanguageModel model = CONFIG.create(torch, 3)) {
            DistributedTrainer distributed = DistributedTrainer.of(trainer(model, parts), workers(2))
                    .averaging(averaging)
                    .workers(workers);
            SmallTraining.Outcome outcome = SmallTraining.Outcome.of(model, distributed.run(Progress.NONE));
            List<DistributedTrainer.Done> rounds = distributed.rounds();
            return new Sent(
                    outcome,
                    distributed.bytesSent(),
                    rounds.stream()
                            .mapToLong(DistributedTrainer.Done::bytesCompared)
                            .sum(),
                    rounds.stream().map(DistributedTrainer.Done::error).toList(),
                    rounds.size());
        }
    }

    @Test
    void bf16SendsHalfTheBytesSaysItsErrorAndIsTheSameForAnyNumberOfWorkers() {
        for (Averaging each : List.of(Averaging.everyStep(), Averaging.local(4), Averaging.diloco(4, 0.7, 0.9))) {
            Sent exact = sent(each, 2, 2);
            Sent rounded = sent(each.bf16(), 2, 2);
            long heads = 4L * 4 * (each.everyStepOnly() ? STEPS : STEPS / 4); // four bytes a message are not numbers
            assertEquals((exact.bytes - heads) / 2, rounded.bytes - rounded.compared - heads, each.toString());
            assertTrue(rounded.compared > 0 && rounded.compared < exact.bytes / 20, rounded.toString());
            assertTrue(exact.errors.stream().allMatch(error -> error.isNaN()), exact.toString());
            // Eight binary digits: half a unit in the last place is 1/512 of the number, twice for part and sum.
            assertTrue(
                    rounded.errors.stream().allMatch(error -> error > 1e-4 && error < 2.0 / 256), rounded.toString());
            assertNotEquals(exact.outcome.weights(), rounded.outcome.weights(), each.toString());
            assertEquals(rounded.outcome, sent(each.bf16(), 2, 2).outcome, "the same again");
            if (each.everyStepOnly()) {
                assertEquals(sent(each.bf16(), 1, 2).outcome, rounded.outcome, "one worker and two");
            }
        }
    }

    @Test
    void roundingIsToTheNearestWithTiesToEven() {
        float[][] cases = {
            {1f, 1f},
            {1 + 1f / 256, 1f}, // a tie, and 1 is even
            {1 + 3f / 256, 1 + 4f / 256}, // a tie, up to the even one
            {1 + 1f / 256 + 1f / 65536, 1 + 2f / 256},
            {-0f, -0f},
            {Float.NaN, Float.NaN},
            {Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY},
            {Float.MAX_VALUE, Float.POSITIVE_INFINITY}
        };
        for (float[] each : cases) {
            assertEquals(each[1], WireFormat.float32(WireFormat.bfloat16(each[0])), each[0] + "");
        }
        assertEquals(0.1, RoundingError.relative(new float[] {3.3f, 4.4f}, new float[] {3, 4}), 1e-6);
    }

    @Test
    void aRunInBf16IsAnotherRun() {
        Path kept = folder.resolve("bf16");
        try (LanguageModel model = CONFIG.create(torch, 3)) {
            Trainer half = trainer(model, 2).checkpoints(kept).pauseAt(4);
            DistributedTrainer.of(half, workers(2))
                    .averaging(Averaging.everyStep().bf16())
                    .run(Progress.NONE);
        }
        try (LanguageModel model = CONFIG.create(torch, 3)) {
            Trainer rest = trainer(model, 2).checkpoints(kept);
            for (Averaging other :
                    List.of(Averaging.everyStep(), Averaging.local(4).bf16())) {
                assertThrows(
                        KitException.class,
                        () -> DistributedTrainer.of(rest, workers(2))
                                .averaging(other)
                                .run(Progress.NONE),
                        other.toString());
            }
            DistributedTrainer.of(rest, workers(2))
                    .averaging(Averaging.everyStep().bf16())
                    .run(Progress.NONE);
            assertEquals(sent(Averaging.everyStep().bf16(), 2, 2).outcome.weights(), model.fingerprint());
        }
    }

    /** What the reader sees of a run. */
    private static final class Seen implements Progress {
        final List<Double> gaps = new ArrayList<>();
        final List<String> said = new ArrayList<>();
        Runnable atPoint = () -> {};

        @Override
        public void begin(String what, long total) {}

        @Override
        public void update(long done, String note) {
            if (done == 4) {
                atPoint.run();
            }
        }

        @Override
        public void end(String note) {}

        @Override
        public void point(String series, double x, double y) {
            if (Double.isNaN(y)) {
                gaps.add(x);
            }
        }

        @Override
        public void sample(String text) {
            said.add(text);
        }
    }

    @Test
    void aLostWorkerIsAGapInTheChartAndASentence() {
        Cluster cluster = workers(2);
        try (LanguageModel model = CONFIG.create(torch, 3)) {
            Seen seen = new Seen();
            CompletableFuture<Long> killed = cluster.killAtWork(1);
            DistributedTrainer distributed = DistributedTrainer.of(trainer(model, 2), cluster);
            distributed.run(seen);
            killed.join();
            assertEquals(distributed.begunAgain(), seen.gaps.size());
            Run run = new Run(folder.resolve("run"), Map.of());
            Draft draft = new Draft(
                    run, "model", new Draft.Origin("08-several-machines", "run", "smoke", 1, Map.of(), Map.of()));
            Map<String, Object> manifest =
                    distributed.record(draft).commit().manifest().parameters();
            assertEquals(2, manifest.get("workers"));
            assertEquals("every step, fp32", manifest.get("averaging"));
            assertEquals(3, manifest.get("rounds"));
            assertEquals(distributed.begunAgain(), manifest.get("rounds begun again"));
            assertTrue(
                    manifest.get("workers' machines")
                            .toString()
                            .contains("127.0.0.1, " + torch.arithmetic().line()),
                    manifest.toString());
            assertTrue(seen.gaps.size() >= 1 && seen.gaps.get(0) == 0.5, seen.gaps.toString());
            assertTrue(seen.said.get(0).contains("A worker was lost in steps 1 to 4"), seen.said.toString());
        }
    }

    @Test
    void anInterruptedRunGoesOnWhenItIsRunAgainAndEndsInTheSameBytes() {
        SmallTraining.Outcome expected = alone(2, AdamW.defaults());
        try (LanguageModel model = CONFIG.create(torch, 3)) {
            Trainer trainer = trainer(model, 2).checkpoints(folder.resolve("interrupted"));
            DistributedTrainer distributed = DistributedTrainer.of(trainer, workers(2));
            Seen seen = new Seen();
            seen.atPoint = Thread.currentThread()::interrupt;
            Training first = distributed.run(seen);
            assertEquals(Training.End.INTERRUPTED, first.end());
            assertEquals(4, first.steps());
            assertTrue(!Thread.currentThread().isInterrupted());
            Training rest = distributed.run(Progress.NONE);
            assertEquals(Training.End.COMPLETE, rest.end());
            assertEquals(expected, SmallTraining.Outcome.of(model, rest));
        }
    }

    @Test
    void moreWorkersThanPassesAreRefusedInASentence() {
        try (LanguageModel model = CONFIG.create(torch, 3)) {
            String why = refused(trainer(model, 1), Averaging.everyStep());
            assertTrue(why.contains("1 pass") && why.contains("2 workers") && why.contains("accumulate(2)"), why);
        }
    }
}
