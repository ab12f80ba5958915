package kawi.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTest {
    @TempDir
    Path folder;

    private Run run;

    @BeforeEach
    void open() {
        run = new Run(folder.resolve("lesson"), Map.of("collected", "01-data-collection", "clean", "02-preprocessing"));
    }

    private Draft draft(String stage, String name) {
        return new Draft(run, name, new Draft.Origin(stage, run.name(), "smoke", 1, Map.of(), Map.of()));
    }

    private Artifact make(String stage, String name, String text, Artifact... inputs) throws Exception {
        try (Draft draft = draft(stage, name)) {
            Files.writeString(draft.file("data.txt"), text);
            for (Artifact input : inputs) {
                draft.input(input);
            }
            return draft.commit();
        }
    }

    @Test
    void aCommittedArtifactIsFoundWithItsFilesAndMetrics() throws Exception {
        try (Draft draft = draft("01-data-collection", "collected")) {
            Files.writeString(draft.file("a/b.txt"), "text");
            draft.metric("documents", 3)
                    .metric("accuracy", 0.5, 0.4, 0.6)
                    .parameter("cap", 7)
                    .commit();
        }
        Artifact found = run.artifact("collected");
        assertEquals("text", Files.readString(found.file("a/b.txt")));
        assertEquals(0.6, found.manifest().metrics().get("accuracy").high());
        assertEquals(7, found.manifest().parameters().get("cap"));
    }

    @Test
    void anIntervalThatIsNoNumberIsNotRecordedAsOne() throws Exception {
        try (Draft draft = draft("06-evaluation", "evaluation")) {
            Files.writeString(draft.file("f"), "x");
            draft.metric("one example", 0.5, Double.NaN, Double.NaN)
                    .metric("one seed", 3.2, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
            draft.source(new Manifest.Source("set", "MIT", "task", Map.of("b", "2", "a", "1")));
            draft.commit();
        }
        Manifest read = run.artifact("evaluation").manifest();
        assertEquals(new Manifest.Metric(0.5, null, null), read.metrics().get("one example"));
        assertEquals(new Manifest.Metric(3.2, null, null), read.metrics().get("one seed"));
        assertEquals(
                List.of("a", "b"), List.copyOf(read.sources().get(0).files().keySet()));
    }

    @Test
    void aManifestOfAKitThatRecordedNoSourcesIsReadAsOneWithout() throws Exception {
        try (Draft draft = draft("01-data-collection", "collected")) {
            Files.writeString(draft.file("f"), "x");
            draft.commit();
        }
        Path file = run.artifact("collected").folder().resolve("manifest.json");
        Files.writeString(file, Files.readString(file).replaceFirst("\"sources\" : \\[ ],", ""));
        assertEquals(List.of(), run.artifact("collected").manifest().sources());
    }

    @Test
    void theSameBytesHaveTheSameHashAndOtherBytesAnother() throws Exception {
        String first = make("01-data-collection", "collected", "one").hash();
        assertEquals(first, make("01-data-collection", "collected", "one").hash());
        assertFalse(first.equals(make("01-data-collection", "collected", "two").hash()));
    }

    @Test
    void aMissingArtifactSaysWhichNotebookMakesIt() {
        KitException e = assertThrows(KitException.class, () -> run.artifact("collected"));
        assertEquals(
                "Artifact 'collected' is not in run 'lesson': run notebook 01-data-collection first.", e.getMessage());
    }

    @Test
    void aStaleArtifactNamesBothAndWhatToRunAgain() throws Exception {
        Artifact collected = make("01-data-collection", "collected", "one");
        make("02-preprocessing", "clean", "cleaned one", collected);
        run.artifact("clean");
        make("01-data-collection", "collected", "two");
        String said =
                assertThrows(KitException.class, () -> run.artifact("clean")).getMessage();
        assertTrue(
                said.contains("'clean' is stale")
                        && said.contains("'collected'")
                        && said.endsWith("run notebook 02-preprocessing again."),
                said);
    }

    @Test
    void anArtifactOfASourceThatChangedIsStaleAndSoIsWhatWasMadeOfIt() throws Exception {
        Manifest.Source mine = new Manifest.Source("mine", "MIT", "corpus", Map.of("a", "1"));
        Artifact collected;
        try (Draft draft = draft("01-data-collection", "collected")) {
            Files.writeString(draft.file("data.txt"), "one");
            collected = draft.source(mine).commit();
        }
        make("02-preprocessing", "clean", "cleaned one", collected);
        Run same = new Run(run.folder(), Map.of(), source -> null);
        assertEquals("clean", same.artifact("clean").name());
        int[] looks = {0};
        Run changed = new Run(run.folder(), Map.of(), source -> {
            looks[0]++;
            return source.equals(mine) ? "its file a was changed" : null;
        });
        for (String name : List.of("collected", "clean")) {
            assertEquals(
                    "Artifact 'collected' is stale: it was made from the source 'mine', and its file a was changed; run "
                            + "notebook 01-data-collection again, or put the source back as it was.",
                    assertThrows(KitException.class, () -> changed.artifact(name))
                            .getMessage());
        }
        assertEquals(2 * 3, looks[0], "what is as wrong at the third look stays wrong");
    }

    @Test
    void aDraftSaysWhatItIsOf() {
        try (Draft draft = draft("02-preprocessing", "clean")) {
            assertEquals("draft of clean (02-preprocessing)", draft.toString());
        }
    }

    @Test
    void stalenessReachesThroughTheWholeChain() throws Exception {
        Artifact collected = make("01-data-collection", "collected", "one");
        Artifact clean = make("02-preprocessing", "clean", "cleaned", collected);
        make("02-preprocessing", "tokens", "tokens", clean);
        make("01-data-collection", "collected", "two");
        String said =
                assertThrows(KitException.class, () -> run.artifact("tokens")).getMessage();
        assertTrue(said.contains("'clean' is stale"), said);
    }

    @Test
    void anInputMadeAnewWithTheSameBytesIsNotStale() throws Exception {
        make("02-preprocessing", "clean", "cleaned", make("01-data-collection", "collected", "one"));
        make("01-data-collection", "collected", "one");
        run.artifact("clean");
    }

    @Test
    void aFileCutShortIsRefused() throws Exception {
        Files.writeString(
                make("01-data-collection", "collected", "a long text").folder().resolve("data.txt"), "a lo");
        String said = assertThrows(KitException.class, () -> run.artifact("collected"))
                .getMessage();
        assertTrue(
                said.contains("has 4 bytes instead of 11") && said.endsWith("run notebook 01-data-collection again."),
                said);
    }

    @Test
    void aFileChangedAtTheSameLengthIsRefused() throws Exception {
        Files.writeString(
                make("01-data-collection", "collected", "abc").folder().resolve("data.txt"), "abd");
        assertTrue(assertThrows(KitException.class, () -> run.artifact("collected"))
                .getMessage()
                .contains("was changed"));
    }

    @Test
    void aManifestCutShortIsRefused() throws Exception {
        Path manifest = make("01-data-collection", "collected", "abc").folder().resolve(Manifest.FILE);
        Files.writeString(manifest, Files.readString(manifest).substring(0, 60));
        assertTrue(assertThrows(KitException.class, () -> run.artifact("collected"))
                .getMessage()
                .contains("damaged"));
    }

    @Test
    void anUnfinishedDraftLeavesTheOldArtifactWhole() throws Exception {
        make("01-data-collection", "collected", "old");
        try (Draft draft = draft("01-data-collection", "collected")) {
            Files.writeString(draft.file("data.txt"), "half of the n");
        }
        assertEquals("old", Files.readString(run.artifact("collected").file("data.txt")));
    }

    @Test
    void aRunKilledBetweenTheTwoMovesGetsItsOldArtifactBack() throws Exception {
        Path place = make("01-data-collection", "collected", "old").folder();
        Files.move(place, place.resolveSibling(".old-collected"));
        assertEquals("old", Files.readString(run.artifact("collected").file("data.txt")));
    }

    @Test
    void ofSeveralThatWereMovedAsideTheLatestComesBackAndTheNextDraftRemovesTheRest() throws Exception {
        Path place = make("01-data-collection", "collected", "old").folder();
        Path latest = place.resolveSibling(".old-collected.99999999-2");
        Files.move(place, latest);
        Path earlier = Files.createDirectory(place.resolveSibling(".old-collected.99999998-7"));
        Files.writeString(earlier.resolve("data.txt"), "older");
        Path neighbour = Files.createDirectory(place.resolveSibling(".old-collected2.99999998-7"));
        assertTrue(earlier.toFile().setLastModified(1) && latest.toFile().setLastModified(100_000));
        assertEquals("old", Files.readString(run.artifact("collected").file("data.txt")));
        draft("01-data-collection", "collected").close();
        assertFalse(Files.exists(earlier) || Files.exists(latest));
        assertTrue(Files.exists(neighbour), "belongs to another artifact");
    }

    @Test
    void anArtifactsSecondsAreThoseSinceTheOneBefore() {
        AtomicLong since = new AtomicLong(System.nanoTime() - 7_000_000_000L);
        Draft.Origin origin = new Draft.Origin("01-data-collection", run.name(), "smoke", 1, Map.of(), Map.of());
        try (Draft first = new Draft(run, "first", origin, since);
                Draft second = new Draft(run, "second", origin, since)) {
            assertTrue(first.commit().manifest().seconds() >= 7, "the work before the draft counts");
            assertTrue(
                    second.commit().manifest().seconds() < 7, "what the first one took counts for the first one only");
        }
    }

    @Test
    void whatAKilledProcessLeftIsRemovedByTheNextDraft() throws Exception {
        Path abandoned = Files.createDirectories(run.folder().resolve("01-data-collection/.collected.99999999-1.part"));
        Files.writeString(abandoned.resolve("data.txt"), "half");
        draft("01-data-collection", "collected").close();
        assertFalse(Files.exists(abandoned));
    }

    @Test
    void aRunIsTidiedStageByStage() throws Exception {
        make("01-data-collection", "collected", "text");
        for (String stage : List.of("01-data-collection", "02-preprocessing")) {
            Files.createDirectories(run.folder().resolve(stage).resolve(".clean.999999999-1.part"));
        }
        Files.move(
                run.folder().resolve("01-data-collection/collected"),
                run.folder().resolve("01-data-collection/.old-collected.999999999-2"));
        run.tidy();
        assertFalse(Files.exists(run.folder().resolve("01-data-collection/.clean.999999999-1.part")));
        assertFalse(Files.exists(run.folder().resolve("02-preprocessing/.clean.999999999-1.part")));
        assertEquals("collected", run.all().get(0).name());
    }
}
