package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kawi.corpus.Corpus;
import kawi.evidence.Hash;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline in a process of its own that is killed, and run again, ends with the bytes of one that never was. */
class KilledCleaningTest {
    private static final long LETTERS = 100_000;
    private static final String END = "end";

    @TempDir
    Path folder;

    private static Corpus corpus() {
        return Decontamination.heldOutFirst(Corpus.of(OnAllCoresTest.documents()));
    }

    private static Pipeline pipeline(Path work) {
        return Pipeline.of(OnAllCoresTest.steps().toArray(Step[]::new)).checkpoints(work, "counts letters", LETTERS);
    }

    /** The run that is killed. */
    static final class Run {
        private Run() {}

        /** @param words folders of the parts and the result, and the moment at which it says so and waits */
        public static void main(String[] words) {
            pipeline(Path.of(words[0])).run(corpus(), Path.of(words[1]), new Progress() {
                @Override
                public void begin(String what, long total) {
                    at("begin");
                }

                @Override
                public void update(long done, String note) {
                    if (!note.isEmpty()) {
                        System.out.println(note);
                    }
                    at(Long.toString(done));
                }

                @Override
                public void end(String note) {
                    at(END);
                }

                private void at(String moment) {
                    if (moment.equals(words[2])) {
                        System.out.println("at " + moment);
                        try {
                            Thread.sleep(600_000);
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                }
            });
        }
    }

    private Process start(String moment) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Run.class.getName(),
                        folder.resolve("work").toString(),
                        folder.resolve("killed").toString(),
                        moment)
                .redirectErrorStream(true)
                .start();
    }

    /** Waits for a process to say where it is. {@return what it said before} */
    private static String waitFor(BufferedReader said, String moment) throws IOException {
        StringBuilder before = new StringBuilder();
        for (String line = said.readLine(); !("at " + moment).equals(line); line = said.readLine()) {
            if (line == null) {
                throw new IllegalStateException("it ended without a kill: " + before);
            }
            before.append(line).append('\n');
        }
        return before.toString();
    }

    private String kill(String moment) throws Exception {
        Process process = start(moment);
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            return waitFor(said, moment);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static List<String> result(Path place) throws IOException {
        return List.of(Hash.of(place.resolve("documents.jsonl.gz")), Hash.of(place.resolve("rejected.jsonl.gz")));
    }

    private static Set<String> names(Path place) throws IOException {
        try (Stream<Path> all = Files.list(place)) {
            return all.map(each -> each.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void aPipelineThatIsKilledAgainAndAgainGoesOnAndEndsWithTheSameBytes() throws Exception {
        Pipeline.CleaningResult whole = Pipeline.of(OnAllCoresTest.steps().toArray(Step[]::new))
                .run(corpus(), folder.resolve("whole"), Progress.NONE);
        assertTrue(whole.counts().get(3).changed() > 0 && whole.counts().get(5).dropped() > 0);
        Path work = folder.resolve("work");

        assertEquals("", kill("begin"));
        assertEquals(Set.of(".lock"), names(work));
        assertEquals("", kill("3"), "before the first part was done");
        assertEquals("", kill("250"));
        assertTrue(names(work).contains("part-0.json"), names(work).toString());
        String later = kill("500");
        assertTrue(later.matches("goes on behind document \\d+\n"), later);
        assertTrue(Integer.parseInt(later.replaceAll("\\D", "")) <= 250, later);
        String replayed = kill("20"); // killed while it takes in what was done
        assertEquals("", replayed);
        String last = kill(END);
        assertTrue(Integer.parseInt(last.replaceAll("\\D", "")) > 250, last);
        assertEquals(false, Files.exists(folder.resolve("killed/documents.jsonl.gz")));

        Pipeline.CleaningResult killed = pipeline(work).run(corpus(), folder.resolve("killed"), Progress.NONE);
        assertEquals(result(folder.resolve("whole")), result(folder.resolve("killed")));
        assertEquals(whole.counts(), killed.counts());
        assertEquals(whole.bySource(), killed.bySource());
        assertEquals(Set.of("documents.jsonl.gz", "rejected.jsonl.gz"), names(folder.resolve("killed")));
        assertEquals(Set.of(".lock"), names(work));
    }

    @Test
    void aSecondProcessInTheSameFolderIsRefusedAndToldWhoHasIt() throws Exception {
        Process first = start("250");
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(first.getInputStream(), StandardCharsets.UTF_8))) {
            waitFor(said, "250");
            String refusal = assertThrows(
                            KitException.class,
                            () -> pipeline(folder.resolve("work"))
                                    .run(corpus(), folder.resolve("other"), Progress.NONE))
                    .getMessage();
            assertTrue(refusal.contains("'work' is in use by process " + first.pid()), refusal);
            assertEquals(false, Files.exists(folder.resolve("other/documents.jsonl.gz")));
        } finally {
            first.destroyForcibly().waitFor();
        }
    }
}
