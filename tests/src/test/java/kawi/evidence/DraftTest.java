package kawi.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

class DraftTest {
    private static final String STAGE = "01-data-collection";

    @TempDir
    Path folder;

    private Run run;

    @BeforeEach
    void open() {
        run = new Run(folder.resolve("lesson"), Map.of("collected", STAGE));
    }

    private static Draft draft(Run run, String name) {
        return new Draft(run, name, new Draft.Origin(STAGE, run.name(), "smoke", 1, Map.of(), Map.of()));
    }

    private Artifact make(String name, String text) throws IOException {
        try (Draft draft = draft(run, name)) {
            Files.writeString(draft.file("data.txt"), text);
            return draft.commit();
        }
    }

    private List<String> litter() throws IOException {
        try (Stream<Path> all = Files.list(run.folder().resolve(STAGE))) {
            return all.map(each -> each.getFileName().toString())
                    .filter(name -> name.startsWith("."))
                    .toList();
        }
    }

    private static String refused(Runnable work) {
        String said = assertThrows(KitException.class, work::run).getMessage();
        assertFalse(said.contains("\n"), said);
        return said;
    }

    /** What the processes of these tests do: {@code many} commits, or one draft that is never finished. */
    public static final class Other {
        public static void main(String[] args) throws IOException {
            Run run = new Run(Path.of(args[0]), Map.of());
            if (args[1].equals("hangs")) {
                Draft draft = draft(run, "collected");
                Files.writeString(draft.file("sub/data.txt"), "half");
                AtomicFile file = AtomicFile.begin(run.folder().resolve("notes.txt"), "writing notes");
                Files.writeString(file.path(), "half");
                System.out.println("begun");
                System.in.read();
                return;
            }
            System.out.println("begun");
            for (int i = 0; i < 60; i++) {
                try (Draft draft = draft(run, "collected")) {
                    for (String name : List.of("a", "b", "c")) {
                        Files.writeString(draft.file(name), args[1] + i);
                    }
                    draft.commit();
                }
            }
        }
    }

    private Process start(String what) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Other.class.getName(),
                        run.folder().toString(),
                        what)
                .redirectErrorStream(true)
                .start();
        assertEquals("begun", new BufferedReader(new InputStreamReader(process.getInputStream())).readLine());
        return process;
    }

    @Test
    void twoProcessesThatMakeOneArtifactLeaveItWholeAndAReaderNeverSeesHalfOfOne() throws Exception {
        make("collected", "first");
        Process one = start("one");
        Process two = start("two");
        int read = 0;
        while (one.isAlive() || two.isAlive()) {
            Artifact found = run.artifact("collected");
            assertNotNull(found.hash());
            read++;
        }
        assertTrue(read > 0);
        assertEquals(0, one.waitFor(), () -> said(one));
        assertEquals(0, two.waitFor(), () -> said(two));
        Artifact last = run.artifact("collected");
        assertEquals(
                Files.readString(last.file("a")), Files.readString(last.file("c")), "all files are of one process");
        assertEquals(List.of(), litter());
    }

    private static String said(Process process) {
        try {
            return new String(process.getInputStream().readAllBytes());
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void aDraftOfAKilledProcessIsRemovedAndOneOfALivingProcessIsNot() throws Exception {
        make("collected", "old");
        Process other = start("hangs");
        try {
            draft(run, "collected").close();
            assertEquals(1, litter().size(), "its process lives");
            other.destroyForcibly().waitFor(60, TimeUnit.SECONDS);
            assertEquals("old", Files.readString(run.artifact("collected").file("data.txt")));
            draft(run, "collected").close();
            assertEquals(List.of(), litter());
            AtomicFile.write(run.folder().resolve("notes.txt"), "writing notes", "whole");
            try (Stream<Path> left = Files.list(run.folder())) {
                assertEquals(2, left.count(), "the stage and the notes");
            }
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void aDraftBegunAnewGivesTheEarlierOneUpAndTheEarlierOneSaysSo() throws IOException {
        Draft earlier = draft(run, "collected");
        Files.writeString(earlier.file("data.txt"), "earlier");
        try (Draft later = draft(run, "collected")) {
            Files.writeString(later.file("data.txt"), "later");
            assertTrue(refused(() -> earlier.file("more.txt")).contains("begun anew"));
            assertTrue(refused(earlier::commit).contains("begun anew"));
            earlier.close();
            later.commit();
        }
        assertEquals("later", Files.readString(run.artifact("collected").file("data.txt")));
        assertEquals(List.of(), litter());
    }

    @Test
    void afterItsCommitADraftTakesNothingMore() throws IOException {
        Draft draft = draft(run, "collected");
        Artifact other = make("other", "x");
        draft.commit();
        for (Runnable late : List.<Runnable>of(
                draft::commit,
                draft::folder,
                () -> draft.file("a"),
                () -> draft.metric("m", 1),
                () -> draft.metric("m", 1, 0, 2),
                () -> draft.parameter("p", 1),
                () -> draft.input(other),
                () -> draft.source(new Manifest.Source("s", "CC0-1.0", "corpus", Map.of())),
                () -> draft.figure("f", new byte[1], "alt"),
                () -> draft.table("t", Table.create("t")),
                () -> draft.text("t", "text"))) {
            assertTrue(refused(late).contains("already finished"));
        }
        draft.close();
        run.artifact("collected");
    }

    @Test
    void aFileThatIsStillBeingWrittenIsNamedAndNothingIsPublished() throws IOException {
        try (Draft draft = draft(run, "collected")) {
            AtomicFile open = AtomicFile.begin(draft.file("sub/words.txt"), "writing words");
            OutputStream out = open.stream();
            out.write(1);
            assertTrue(refused(draft::commit).contains("words.txt"));
            open.commit();
            draft.commit();
        }
        assertEquals(1, Files.size(run.artifact("collected").file("sub/words.txt")));
    }

    @Test
    void aDraftOutsideItsFolderOrOfNoNameIsRefused() {
        for (String name : List.of("", " ", ".hidden", "a/b", "..")) {
            assertTrue(refused(() -> draft(run, name)).contains("cannot be called"));
        }
        try (Draft draft = draft(run, "collected")) {
            for (String path : List.of("../x", "a/../../x", "/tmp/x", ".", "", Manifest.FILE)) {
                assertThrows(IllegalArgumentException.class, () -> draft.file(path), path);
            }
        }
    }

    @Test
    void anInputThatChangedWhileTheDraftWasOpenIsRefused() throws IOException {
        Artifact first = make("source", "one");
        Artifact second = make("source", "two");
        try (Draft draft = draft(run, "collected")) {
            draft.input(first).input(first);
            assertTrue(refused(() -> draft.input(second)).contains("two different artifacts 'source'"));
        }
    }

    @Test
    void aParameterThatJsonCannotHoldIsRefusedWhereItIsGiven() {
        try (Draft draft = draft(run, "collected")) {
            assertTrue(refused(() -> draft.parameter("lock", new Object())).contains("'lock'"));
            draft.parameter("list", List.of(1, "a", Map.of("x", 0.5))).commit();
        }
    }

    @Test
    void aLongTableSaysThatItIsCut() {
        int[] numbers = new int[101];
        try (Draft draft = draft(run, "collected")) {
            draft.table("long", Table.create("t", IntColumn.create("n", numbers)))
                    .table("short", Table.create("t", IntColumn.create("n", new int[100])))
                    .commit();
        }
        List<Manifest.Grid> tables = run.artifact("collected").manifest().tables();
        assertEquals("long (first 100 of 101 rows)", tables.get(0).title());
        assertEquals(100, tables.get(0).rows().size());
        assertEquals("short", tables.get(1).title());
        assertEquals(100, tables.get(1).rows().size());
    }

    @Test
    void anIntervalWithoutEndsIsNone() {
        try (Draft draft = draft(run, "collected")) {
            draft.metric("one example", 1, Double.NaN, Double.NaN)
                    .metric("some", 1, 0, 2)
                    .commit();
        }
        Map<String, Manifest.Metric> metrics =
                run.artifact("collected").manifest().metrics();
        assertEquals(null, metrics.get("one example").low());
        assertEquals(2, metrics.get("some").high());
    }

    @Test
    void whatIsRecordedStandsInTheOrderOfMakingAndCanBeChained() {
        StringColumn words = StringColumn.create("word", "one", "", "three");
        words.setMissing(1);
        draft(run, "collected")
                .source(new Manifest.Source("s", "MIT", "corpus", Map.of("f", "1")))
                .figure("first", new byte[] {1}, "alt")
                .figure("second", new byte[] {2}, "alt")
                .table("t", Table.create("t", words, IntColumn.create("n", 1, 2, 3)))
                .text("passage", "said")
                .commit();
        Manifest made = run.artifact("collected").manifest();
        assertEquals(
                List.of("figures/01.png", "figures/02.png"),
                made.figures().stream().map(Manifest.Figure::file).toList());
        assertEquals(
                List.of(List.of("one", "1"), List.of("", "2"), List.of("three", "3")),
                made.tables().get(0).rows());
        assertEquals(List.of(new Manifest.Passage("passage", "said")), made.texts());
    }
}
