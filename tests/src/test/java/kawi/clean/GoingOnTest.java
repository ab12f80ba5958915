package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import kawi.corpus.Corpus;
import kawi.corpus.Document;
import kawi.evidence.Hash;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of an unfinished run is used again, and what is not. */
class GoingOnTest {
    private static final int DOCUMENTS = 200;
    private static final int FAILS_AT = 150;
    private static final long LETTERS = 40; // each batch of 64 documents is a part

    @TempDir
    Path folder;

    private Path work;
    private List<Document> documents;
    private final AtomicInteger judged = new AtomicInteger();
    private int failsAt = -1;

    @BeforeEach
    void make() {
        work = folder.resolve("work");
        documents = new ArrayList<>();
        for (int i = 0; i < DOCUMENTS; i++) {
            documents.add(Document.collected("s", "" + i, null, null, 1900, null, "MIT", null, "text " + i % 190));
        }
    }

    /** What is said of the run, and not of each document. */
    private static final class Notes implements Progress {
        private final StringBuilder all = new StringBuilder();

        @Override
        public void begin(String what, long total) {}

        @Override
        public void update(long done, String note) {
            all.append(note);
        }

        @Override
        public void end(String note) {}
    }

    private Pipeline pipeline(Step... more) {
        List<Step> steps = new ArrayList<>(List.of(more));
        steps.add(Step.keep(
                "counted",
                document -> {
                    if (judged.incrementAndGet() == failsAt) {
                        throw new IllegalStateException("broken");
                    }
                    return true;
                },
                ""));
        return Pipeline.of(steps.toArray(Step[]::new));
    }

    /** Fails in the third of four parts, so that two are done. */
    private void fail(Pipeline pipeline) {
        fail(pipeline, FAILS_AT);
    }

    private void fail(Pipeline pipeline, int at) {
        failsAt = at;
        judged.set(0);
        Notes notes = new Notes();
        assertThrows(KitException.class, () -> pipeline.run(Corpus.of(documents), folder.resolve("result"), notes));
        assertEquals("", notes.all.toString(), "a first run goes on from nothing");
        for (String file : work.toFile().list()) {
            assertTrue(file.matches("\\.lock|part-\\d+\\.(gz|json)"), file + " is no whole part");
        }
        failsAt = -1;
        judged.set(0);
    }

    /** Runs again. {@return what it said of where it began} */
    private String again(Pipeline pipeline) throws IOException {
        Notes notes = new Notes();
        Pipeline.CleaningResult resumed = pipeline.run(Corpus.of(documents), folder.resolve("result"), notes);
        pipeline().run(Corpus.of(documents), folder.resolve("none"), Progress.NONE); // writes nothing into the work
        Path whole = folder.resolve("whole");
        Pipeline.CleaningResult atOnce =
                Pipeline.of(pipeline.steps().toArray(Step[]::new)).run(Corpus.of(documents), whole, Progress.NONE);
        assertEquals(atOnce.table().print(), resumed.table().print(), "what was counted before counts");
        for (String file : List.of("documents.jsonl.gz", "rejected.jsonl.gz")) {
            assertEquals(
                    Hash.of(whole.resolve(file)),
                    Hash.of(folder.resolve("result").resolve(file)));
        }
        assertEquals(
                List.of(".lock"),
                List.of(work.toFile().list()),
                "of what was done nothing is left when the result is there");
        return notes.all.toString();
    }

    private Pipeline kept(String own, Step... steps) {
        return pipeline(steps).checkpoints(work, own, LETTERS);
    }

    @Test
    void theSameSettingsAndDocumentsGoOnBehindTheLastPart() throws IOException {
        fail(kept("1", Duplicates.exact()));
        assertTrue(Files.exists(work.resolve("part-1.json")));
        assertEquals("goes on behind document 128", again(kept("1", Duplicates.exact())));
    }

    @Test
    void aPartOfSeveralBatchesIsUsedAndCountedWholeAndOneThatIsNotFinishedLeavesNothing() throws IOException {
        Pipeline longer = pipeline(Duplicates.exact()).checkpoints(work, "1", 600);
        for (int i = 0; i < 30; i++) {
            documents.add(documents.get(0).withText("another text " + i));
        }
        fail(longer, 200); // in the second batch of the second part, for ten texts before it are duplicates
        assertTrue(Files.exists(work.resolve("part-0.json")) && Files.notExists(work.resolve("part-1.json")));
        assertEquals("goes on behind document 128", again(longer));
    }

    @Test
    void aRunWhoseFolderWasMadeAnewByAnotherWritesNothingIntoIt() {
        Progress replacing = new Progress() {
            @Override
            public void begin(String what, long total) {}

            @Override
            public void update(long done, String note) {
                if (done == 100) { // in the second part, before it is written
                    try {
                        for (File each : work.toFile().listFiles()) {
                            Files.delete(each.toPath());
                        }
                        Files.writeString(folder.resolve("new"), "process 7 on elsewhere since noon");
                        Files.move(folder.resolve("new"), work.resolve(".lock"));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            }

            @Override
            public void end(String note) {}
        };
        String said = refused(replacing);
        assertTrue(said.contains("another was made in its place by process 7 on elsewhere since noon"), said);
        assertEquals(List.of(".lock"), List.of(work.toFile().list()));
    }

    @Test
    void ofAPartThatWasDoneOnlyWhatFunctionsOfOnesOwnSawIsJudgedAgain() {
        AtomicInteger asked = new AtomicInteger();
        Step independent = OnAllCoresTest.independent("asked", () -> document -> {
            asked.incrementAndGet();
            return Verdict.keep(document);
        });
        fail(kept("1", independent));
        asked.set(0);
        kept("1", independent).run(Corpus.of(documents), folder.resolve("result"), Progress.NONE);
        assertEquals(DOCUMENTS - 128, asked.get());
        assertEquals(DOCUMENTS, judged.get());
    }

    @Test
    void otherSettingsUseNothing() throws IOException {
        String anew = "begins anew: what was kept is damaged, or of other settings or documents";
        fail(kept("1", Duplicates.near(0.8)));
        assertEquals(anew, again(kept("1", Duplicates.near(0.7))));
        fail(kept("1", Duplicates.near(0.8)));
        assertEquals(anew, again(kept("2", Duplicates.near(0.8))));
        fail(kept("1", Duplicates.near(0.8)));
        assertEquals(anew, again(kept("1", Duplicates.near(0.8), Duplicates.exact())));
        fail(kept("1", Normalize.unicode(), Pii.mask()));
        assertEquals(anew, again(kept("1", Pii.mask(), Normalize.unicode())));
    }

    @Test
    void otherDocumentsUseNothingOfTheirPartAndThoseBehindIt() throws IOException {
        fail(kept("1", Duplicates.exact()));
        documents.set(0, documents.get(0).withText("another"));
        assertEquals(
                "begins anew: what was kept is damaged, or of other settings or documents",
                again(kept("1", Duplicates.exact())));
        fail(kept("1", Duplicates.exact()));
        documents.set(127, documents.get(127).withText("another"));
        assertEquals("goes on behind document 64", again(kept("1", Duplicates.exact())));
        fail(kept("1", Duplicates.exact()));
        documents.set(128, documents.get(128).withText("another"));
        assertEquals("goes on behind document 128", again(kept("1", Duplicates.exact())));
        fail(kept("1", Duplicates.exact()));
        documents.subList(100, DOCUMENTS).clear();
        assertEquals("goes on behind document 64", again(kept("1", Duplicates.exact())));
    }

    @Test
    void documentsInAnotherOrderAreOthers() throws IOException {
        fail(kept("1", Duplicates.exact()));
        Document first = documents.get(0);
        documents.set(0, documents.get(1));
        documents.set(1, first);
        assertTrue(again(kept("1", Duplicates.exact())).startsWith("begins anew"));
    }

    @Test
    void aPartThatWasNotFinishedIsDoneAgain() throws IOException {
        fail(kept("1", Duplicates.exact()));
        Files.delete(work.resolve("part-1.json")); // killed between the two files of a part
        Files.writeString(work.resolve(".part-2.gz.1-1.part"), "left by a process that was killed");
        assertEquals("goes on behind document 64", again(kept("1", Duplicates.exact())));
        fail(kept("1", Duplicates.exact()));
        Files.writeString(work.resolve("part-1.json"), "{\"documents\":64");
        assertEquals("goes on behind document 64", again(kept("1", Duplicates.exact())));
        fail(kept("1", Duplicates.exact()));
        Files.writeString(work.resolve("part-0.json"), "null");
        assertTrue(again(kept("1", Duplicates.exact())).startsWith("begins anew"));
    }

    @Test
    void aDamagedPartIsDoneAgain() throws IOException {
        fail(kept("1", Duplicates.exact()));
        Path part = work.resolve("part-1.gz");
        byte[] bytes = Files.readAllBytes(part);
        bytes[bytes.length / 2] ^= 64;
        Files.write(part, bytes);
        assertEquals("goes on behind document 64", again(kept("1", Duplicates.exact())));
        fail(kept("1", Duplicates.exact()));
        Files.write(part, new byte[0]);
        assertEquals("goes on behind document 64", again(kept("1", Duplicates.exact())));
        fail(kept("1", Duplicates.exact()));
        Files.delete(part);
        assertEquals("goes on behind document 64", again(kept("1", Duplicates.exact())));
    }

    @Test
    void whatElseLiesInTheFolderStays() throws IOException {
        Files.createDirectories(work);
        Files.writeString(work.resolve("part-of-mine.gz"), "mine");
        kept("1", Duplicates.exact()).run(Corpus.of(documents), folder.resolve("result"), Progress.NONE);
        assertEquals("mine", Files.readString(work.resolve("part-of-mine.gz")));
    }

    @Test
    void anInterruptedRunSaysWhereItWillGoOn() throws IOException {
        Thread.currentThread().interrupt();
        assertEquals(
                "Cleaning was interrupted after 1 documents and wrote nothing: run the cell again.",
                refused(Progress.NONE));
        for (int i = DOCUMENTS; i < 100 * DOCUMENTS; i++) {
            documents.add(Document.collected("s", "" + i, null, null, null, null, "MIT", null, "text"));
        }
        String late = refused(new Progress() {
            @Override
            public void begin(String what, long total) {}

            @Override
            public void update(long done, String note) {
                if (done == FAILS_AT) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void end(String note) {}
        });
        assertTrue(
                late.matches(
                        "Cleaning was interrupted after \\d+ documents and wrote nothing: run the cell again; it will"
                                + " go on behind document \\d{3,}\\."),
                late);
        Thread.currentThread().interrupt();
        assertEquals(
                "Cleaning was interrupted before it went on, and wrote nothing: run the cell again; what was done is"
                        + " kept.",
                refused(Progress.NONE));
        String again = again(kept("1"));
        assertEquals(late.replaceAll(".*(behind document \\d+)\\.", "goes on $1"), again);
    }

    private String refused(Progress progress) {
        return assertThrows(
                        KitException.class,
                        () -> kept("1").run(Corpus.of(documents), folder.resolve("result"), progress))
                .getMessage();
    }

    @Test
    void aFunctionOfOnesOwnMustBeNamed() {
        Pipeline own = pipeline(Duplicates.exact());
        String said =
                assertThrows(KitException.class, () -> own.checkpoints(work)).getMessage();
        assertTrue(
                said.startsWith("The step 'counted' does not say what it depends on")
                        && said.contains("checkpoints(folder, \"counted 1\")"),
                said);
        assertEquals(2, own.checkpoints(work, "counted 1").steps().size());
        assertEquals("pipeline of 2 steps: exact duplicates, counted", own.toString());
        assertEquals(
                own + "; keeps what is done in work",
                own.checkpoints(work, "counted 1").toString());
        assertEquals(
                1, Pipeline.of(Duplicates.exact()).checkpoints(work).steps().size());
    }

    @Test
    void ordinaryPartsAreLongEnoughToCostLittle() throws IOException {
        pipeline().checkpoints(work, "1").run(Corpus.of(documents), folder.resolve("result"), new Progress() {
            @Override
            public void begin(String what, long total) {}

            @Override
            public void update(long done, String note) {
                assertEquals(false, Files.exists(work.resolve("part-0.json")));
            }

            @Override
            public void end(String note) {}
        });
        assertEquals(List.of(".lock"), List.of(work.toFile().list()));
    }
}
