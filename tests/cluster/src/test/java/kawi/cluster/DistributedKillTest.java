package kawi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Consumer;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.torch.Torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A training on two workers of which one is killed at a random moment ends in the bytes of one that nobody disturbed.
 * The test kills twice; {@link #main} as often as it is told, and prints a line for each: {@code java -cp ...
 * kawi.cluster.DistributedKillTest 20}, with the class path of the tests.
 */
class DistributedKillTest {
    private static final int STEPS = 24;

    @TempDir
    Path folder;

    /** What became of one training. */
    private record Done(SmallTraining.Outcome outcome, int begunAgain, double seconds) {}

    /** Trains, and kills a worker's executor so many seconds after the first step's job began to compute. */
    private static Done train(SmallTraining small, Cluster cluster, int victim, double killAfter) throws Exception {
        long[] killed = {0};
        Thread killer = new Thread(() -> {
            try {
                while (!cluster.working()) {
                    Thread.sleep(1);
                }
                Thread.sleep((long) (1000 * killAfter));
                killed[0] = cluster.kill(victim);
            } catch (InterruptedException e) {
                // the training was over before
            }
        });
        long start = System.nanoTime();
        try (LanguageModel model = small.model()) {
            DistributedTrainer trainer = DistributedTrainer.of(small.trainer(model), cluster);
            if (victim >= 0) {
                killer.start();
            }
            var training = trainer.run(Progress.NONE);
            double seconds = (System.nanoTime() - start) * 1e-9;
            killer.interrupt();
            killer.join();
            return new Done(
                    SmallTraining.Outcome.of(model, training), killed[0] == 0 ? -1 : trainer.begunAgain(), seconds);
        }
    }

    private static void kills(Path folder, int number, long seed, Consumer<String> report) throws Exception {
        Torch torch = SmallTraining.engine();
        SmallTraining small = new SmallTraining(torch, folder, STEPS);
        try {
            SmallTraining.Outcome expected = small.alone();
            report.accept(String.format(Locale.ROOT, "one process: weights %s", expected.weights()));
            Cluster cluster = Cluster.local(2, "512m");
            train(small, cluster, -1, 0);
            Done whole = train(small, cluster, -1, 0);
            assertEquals(expected, whole.outcome());
            report.accept(String.format(
                    Locale.ROOT, "two workers, nobody killed: %.2f s, %s", whole.seconds(), "equal to one process"));
            Random random = new Random(seed);
            int hit = 0;
            for (int done = 0, tries = 0; done < number || hit == 0; tries++) { // one may fall between two rounds
                assertTrue(tries < 5 * number + 5, "the trainings are over before anybody can be killed");
                int victim = random.nextInt(2);
                double moment = random.nextDouble() * 0.8 * whole.seconds();
                cluster.awaitExecutors();
                Done one = train(small, cluster, victim, moment);
                if (one.begunAgain() < 0) {
                    continue; // it was done before its moment came
                }
                hit += one.begunAgain() > 0 ? 1 : 0;
                boolean equal = one.outcome().equals(expected);
                report.accept(String.format(
                        Locale.ROOT,
                        "worker %d killed after %.3f s, %d rounds begun again, %.2f s in all: %s",
                        victim,
                        moment,
                        one.begunAgain(),
                        one.seconds(),
                        equal ? "equal, " + one.outcome().weights() : "DIFFERENT, " + one.outcome()));
                assertEquals(expected, one.outcome(), "killed after " + moment + " s");
                done++;
            }
        } finally {
            small.close();
            torch.close();
        }
    }

    @Test
    void aTrainingWhoseWorkersAreKilledAtAnyMomentEndsInTheBytesOfOneThatNobodyDisturbed() throws Exception {
        List<String> report = new ArrayList<>();
        kills(folder, 2, 15, report::add);
        assertTrue(report.size() >= 4, report.toString());
        assertTrue(report.stream().skip(2).allMatch(each -> each.contains(": equal, ")), report.toString());
    }

    /** @param words how many kills, and the seed of their moments */
    public static void main(String[] words) throws Exception {
        Path folder = Files.createTempDirectory("kills");
        try {
            kills(
                    folder,
                    Integer.parseInt(words[0]),
                    words.length > 1 ? Long.parseLong(words[1]) : 15,
                    System.out::println);
        } finally {
            Cluster.running().ifPresent(Cluster::close);
            Children.remove(folder);
        }
        System.exit(0);
    }
}
