package kawi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import kawi.clean.Duplicates;
import kawi.clean.Normalize;
import kawi.corpus.Corpus;
import kawi.corpus.CorpusWriter;
import kawi.corpus.Document;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.torch.Torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A driver that is killed as by {@code kill -9}: its workers end, and nothing half written is taken for a result. */
class DriverKilledTest {
    @TempDir
    Path folder;

    /** Starts a cluster, says which processes it has, cleans and then trains; says how far it is. */
    static final class Doomed {
        private Doomed() {}

        public static void main(String[] words) {
            Path folder = Path.of(words[1]);
            Cluster cluster = Cluster.local(1, "512m");
            ProcessHandle.current().descendants().forEach(each -> System.out.println("started " + each.pid()));
            if (words[0].equals("cleaning")) {
                ClusterPipeline.of(Recipe.call(Normalize.class, "unicode"), Recipe.call(Duplicates.class, "near", 0.8))
                        .run(Corpus.open(folder.resolve("raw.jsonl.gz")), 3, folder, cluster, said());
            } else {
                Torch torch = SmallTraining.engine();
                SmallTraining small = new SmallTraining(torch, folder, 40);
                try (LanguageModel model = small.model()) {
                    DistributedTrainer.of(
                                    small.trainer(model).accumulate(1).checkpoints(folder.resolve("kept")), cluster)
                            .run(said());
                }
            }
        }

        private static Progress said() {
            return new Progress() {
                @Override
                public void begin(String what, long total) {}

                @Override
                public void update(long done, String note) {
                    System.out.println("done " + done);
                }

                @Override
                public void end(String note) {}
            };
        }
    }

    /** Kills the driver once it is so far, and waits until all its processes have ended. */
    private static void killed(String what, Path folder, long at) throws Exception {
        Process driver = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Doomed.class.getName(),
                        what,
                        folder.toString())
                .redirectError(folder.resolve("errors").toFile())
                .start();
        List<ProcessHandle> started = new ArrayList<>();
        Path scratch;
        try (var said = driver.inputReader()) {
            for (String line = said.readLine(); ; line = said.readLine()) {
                assertTrue(line != null, () -> "the driver ended by itself: " + errors(folder));
                String[] words = line.split(" ");
                if (words[0].equals("started")) {
                    started.add(ProcessHandle.of(Long.parseLong(words[1])).orElseThrow());
                } else if (words[0].equals("done") && Long.parseLong(words[1]) >= at) {
                    break;
                }
            }
            assertEquals(3, started.size(), "master, worker and executor");
            scratch = Files.readSymbolicLink(Path.of("/proc/" + started.get(0).pid() + "/cwd"));
            while (!scratch.getFileName().toString().startsWith("kawi-cluster-")) {
                scratch = scratch.getParent(); // an executor stands in a folder of its own
            }
            driver.destroyForcibly();
        }
        for (ProcessHandle each : started) {
            each.onExit().get(60, TimeUnit.SECONDS);
        }
        assertFalse(Files.exists(scratch), "the cluster's own files are gone as well");
    }

    private static String errors(Path folder) {
        try {
            return Files.readString(folder.resolve("errors"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void aTrainingGoesOnFromAWholeCheckpointToTheSameBytes() throws Exception {
        killed("training", folder, 9);
        Torch torch = SmallTraining.engine();
        SmallTraining small = new SmallTraining(torch, folder, 40);
        try (LanguageModel rest = small.model();
                LanguageModel whole = small.model()) {
            var again = small.trainer(rest)
                    .accumulate(1)
                    .checkpoints(folder.resolve("kept"))
                    .run(Progress.NONE);
            small.trainer(whole).accumulate(1).run(Progress.NONE);
            assertEquals(40, again.steps());
            assertEquals(whole.fingerprint(), rest.fingerprint());
        } finally {
            small.close();
            torch.close();
        }
    }

    @Test
    void aCleaningLeavesNothingThatLooksLikeAResult() throws Exception {
        try (CorpusWriter writer = Corpus.writer(folder.resolve("raw.jsonl.gz"))) {
            for (int i = 0; i < 2000; i++) {
                String text = ("word" + i + " of a text that is cleaned ").repeat(20);
                writer.add(Document.collected("s", "d" + i, "t", "a", 1900, "prose", "CC0-1.0", "u", text));
            }
            writer.complete();
        }
        killed("cleaning", folder, 1);
        assertFalse(Files.exists(folder.resolve("documents.jsonl.gz")));
        assertFalse(Files.exists(folder.resolve("rejected.jsonl.gz")));
        assertEquals(1, parts(), "what the killed one was at");
        try (Cluster cluster = Cluster.local(1, "512m")) {
            ClusterPipeline.of(Recipe.call(Normalize.class, "unicode"))
                    .run(Corpus.open(folder.resolve("raw.jsonl.gz")), 3, folder, cluster, Progress.NONE);
            assertTrue(Files.exists(folder.resolve("documents.jsonl.gz")));
            assertEquals(0, parts(), "the killed one's are gone, and the new run's as well");
        }
    }

    private long parts() throws IOException {
        try (var all = Files.list(folder)) {
            return all.filter(each -> each.getFileName().toString().startsWith(".parts-"))
                    .count();
        }
    }
}
