package kawi.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import kawi.evidence.FolderLock;
import kawi.evidence.Hash;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.GptConfig;
import kawi.model.LanguageModel;
import kawi.text.TokenFile;
import kawi.torch.Torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A training that is killed at any moment, and run again, ends with the bytes of one that never was. The test kills a
 * few times; {@link #main} as often as it is told, and prints a line for each: {@code java -cp ... kawi.train.KillTest
 * 20}, with the class path of the tests.
 */
class KillTest {
    private static final List<String> FILES =
            List.of("last/model.safetensors", "last/optimizer.safetensors", "best/model.safetensors");
    private static final String BEGUN = "begun";

    @TempDir
    Path folder;

    /** The training that is killed: a process of its own, in bfloat16 where the machine has it. */
    static final class Run {
        private Run() {}

        /** @param words the folder of the texts, and that of the checkpoints */
        public static void main(String[] words) {
            try (Torch torch = Torch.open("cpu", 2, 7);
                    TokenFile train = TokenFile.open(Path.of(words[0], "train"));
                    TokenFile validation = TokenFile.open(Path.of(words[0], "validation"));
                    LanguageModel model = LanguageModel.create(
                            torch,
                            GptConfig.of(64).context(32).layers(2).heads(2).width(64),
                            1)) {
                Training training = Trainer.of(model, train, validation)
                        .batch(8)
                        .optimizer(Muon.defaults())
                        .schedule(Schedule.cosine(10, 80))
                        .evaluateEvery(7)
                        .evaluationWindows(16)
                        .seed(5)
                        .checkpoints(Path.of(words[1]))
                        .run(new Progress() {
                            @Override
                            public void begin(String what, long total) {
                                System.out.println(BEGUN);
                            }

                            @Override
                            public void update(long done, String note) {}

                            @Override
                            public void end(String note) {
                                System.out.println(note);
                            }
                        });
                System.out.println(training.computed().get(0).by().training());
            }
        }
    }

    /** What became of one process. */
    private record Outcome(boolean killed, double seconds, String last) {}

    /** Runs the training, and kills it so many seconds after it began. */
    private static Outcome run(Path texts, Path checkpoints, double killAfter) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Run.class.getName(),
                        texts.toString(),
                        checkpoints.toString())
                .redirectError(texts.resolve("errors").toFile())
                .start();
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = said.readLine();
            if (!BEGUN.equals(line)) {
                throw new IllegalStateException(line + Files.readString(texts.resolve("errors")));
            }
            long start = System.nanoTime();
            if (Double.isFinite(killAfter)) {
                Thread.sleep((long) (1000 * killAfter));
                process.destroyForcibly(); // SIGKILL: nothing of the process runs any more
            }
            String last = "";
            try {
                for (String next = said.readLine(); next != null; next = said.readLine()) {
                    last = next;
                }
            } catch (IOException e) {
                last = ""; // the pipe went with the process
            }
            int code = process.waitFor();
            if (code != 0 && !Double.isFinite(killAfter)) {
                throw new IllegalStateException(Files.readString(texts.resolve("errors")));
            }
            return new Outcome(code != 0, (System.nanoTime() - start) * 1e-9, last);
        }
    }

    private static List<String> hashes(Path checkpoints) throws IOException {
        List<String> hashes = new ArrayList<>();
        for (String file : FILES) {
            hashes.add(Hash.of(checkpoints.resolve(file)));
        }
        return hashes;
    }

    private static void writeTexts(Path folder) {
        Small.text(folder.resolve("train"), 4000, 1).close();
        Small.text(folder.resolve("validation"), 600, 2).close();
    }

    /** Kills one training after another, each once at a moment drawn from its length, and runs it again to its end. */
    private static void kills(Path folder, int number, long seed, List<String> report) throws Exception {
        writeTexts(folder);
        Outcome whole = run(folder, folder.resolve("whole"), Double.POSITIVE_INFINITY);
        List<String> expected = hashes(folder.resolve("whole"));
        report.add(String.format(
                Locale.ROOT,
                "never killed: %.2f s, products in %s, model.safetensors %s",
                whole.seconds(),
                whole.last(),
                expected.get(0)));
        Random random = new Random(seed);
        for (int done = 0; done < number; ) {
            Path checkpoints = folder.resolve("killed-" + done);
            double moment = random.nextDouble() * whole.seconds();
            if (!run(folder, checkpoints, moment).killed()) {
                Checkpoint.discard(checkpoints); // it was done before its moment came
                continue;
            }
            long step = Checkpoint.find(checkpoints.resolve("last"))
                    .map(kept -> kept.state().step())
                    .orElse(0L);
            run(folder, checkpoints, Double.POSITIVE_INFINITY);
            List<String> found = hashes(checkpoints);
            report.add(String.format(
                    Locale.ROOT,
                    "killed after %.3f s, went on from step %d: %s",
                    moment,
                    step,
                    found.equals(expected) ? "equal, " + found.get(0) : "DIFFERENT, " + found));
            assertEquals(expected, found, "killed after " + moment + " s");
            done++;
        }
    }

    @Test
    void aRunThatIsKilledAtAnyMomentEndsWithTheBytesOfOneThatNeverWas() throws Exception {
        List<String> report = new ArrayList<>();
        kills(folder, 2, 14, report);
        assertEquals(3, report.size(), report.toString());
    }

    @Test
    void checkpointsOfARunAtWorkAreNotDiscarded() {
        Path checkpoints = folder.resolve("run");
        try (FolderLock run = FolderLock.acquire(checkpoints)) {
            assertThrows(KitException.class, () -> Checkpoint.discard(checkpoints));
        }
        Checkpoint.discard(checkpoints);
    }

    /** @param words how many kills, and the seed of their moments */
    public static void main(String[] words) throws Exception {
        Path folder = Files.createTempDirectory("kills");
        List<String> report = new ArrayList<>();
        try {
            kills(folder, Integer.parseInt(words[0]), words.length > 1 ? Long.parseLong(words[1]) : 14, report);
        } finally {
            report.forEach(System.out::println);
            Checkpoint.discard(folder);
        }
    }
}
