package kawi.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFolderTest {
    @TempDir
    Path folder;

    private Path place;

    @BeforeEach
    void place() {
        place = folder.resolve("model");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    private static AtomicFolder filled(Path place, String text) throws IOException {
        AtomicFolder begun = AtomicFolder.begin(place, "saving the model");
        Files.writeString(begun.path().resolve("data.txt"), text);
        return begun;
    }

    @Test
    void theNewFolderReplacesTheOldOneAndLeavesNothingBeside() throws IOException {
        for (String text : List.of("old", "new")) {
            try (AtomicFolder begun = filled(place, text)) {
                assertFalse(begun.done());
                begun.commit();
                assertTrue(begun.done());
            }
            assertEquals(text, Files.readString(place.resolve("data.txt")));
        }
        assertEquals(List.of("model"), names());
    }

    @Test
    void aFolderThatIsClosedIsGoneAndTakesNothingMore() throws IOException {
        AtomicFolder begun = filled(place, "half");
        begun.close();
        assertTrue(begun.done());
        assertEquals(List.of(), names());
        assertTrue(assertThrows(KitException.class, begun::path).getMessage().contains("already finished or closed"));
    }

    @Test
    void anEarlierFolderIsRemovedWhenItIsBegunAnewAndCannotTakeTheLastStep() throws IOException {
        AtomicFolder earlier = filled(place, "earlier");
        Path part = earlier.path();
        earlier.flush();
        try (AtomicFolder later = filled(place, "later")) {
            assertFalse(Files.exists(part));
            assertTrue(
                    assertThrows(KitException.class, earlier::move).getMessage().contains("begun anew"));
            later.commit();
        }
        assertEquals("later", Files.readString(place.resolve("data.txt")));
    }

    @Test
    void whatAKillLeftAsideIsBackBeforeTheNextBegins() throws IOException {
        filled(place, "old").commit();
        Files.move(place, folder.resolve(".old-model.99999999-1"));
        try (AtomicFolder begun = AtomicFolder.begin(place, "saving the model")) {
            assertEquals("old", Files.readString(place.resolve("data.txt")));
            assertFalse(Files.exists(begun.path().resolve("data.txt")));
        }
    }

    @Test
    void aLastStepThatFailsPutsTheOldFolderBack() throws IOException {
        filled(place, "old").commit();
        AtomicFolder begun = filled(place, "new");
        begun.flush();
        Beside.delete(begun.path());
        String said = assertThrows(KitException.class, begun::move).getMessage();
        assertTrue(said.startsWith("Failed saving the model ("), said);
        assertEquals("old", Files.readString(place.resolve("data.txt")));
    }

    @Test
    void aFailureNamesWhatWasDoneAndKeepsItsCause() {
        try (AtomicFolder begun = AtomicFolder.begin(place, "saving the model")) {
            IOException cause = new IOException("the cable was pulled");
            KitException said = begun.failure(cause);
            assertSame(cause, said.getCause());
            assertEquals("Failed saving the model (model): the cable was pulled.", said.getMessage());
        }
    }

    @Test
    void aFinishedNameIsHeldNoLonger() throws IOException {
        for (boolean committed : new boolean[] {true, false}) {
            AtomicFolder begun = filled(place, "x");
            Path part = begun.path();
            if (committed) {
                begun.commit();
            } else {
                begun.close();
            }
            Files.createDirectory(part); // as a process of the same id might have left it
            AtomicFolder.begin(place, "saving the model").close();
            assertFalse(Files.exists(part));
            AtomicFile file = AtomicFile.begin(folder.resolve("notes.txt"), "writing notes");
            part = file.path();
            if (committed) {
                file.commit();
            } else {
                file.close();
            }
            Files.writeString(part, "left");
            AtomicFile.write(folder.resolve("notes.txt"), "writing notes", "x");
            assertFalse(Files.exists(part));
        }
    }

    @Test
    void ofManyThatWereMovedAsideTheLatestComesBack() throws IOException {
        for (int i = 1; i <= 9; i++) {
            Path old = Files.createDirectory(folder.resolve(".old-model.99999999-" + i));
            Files.writeString(old.resolve("data.txt"), "old" + i);
            assertTrue(old.toFile().setLastModified(1_000_000L * (i * 7 % 10)));
        }
        AtomicFolder.recover(place);
        assertEquals(
                "old7", Files.readString(place.resolve("data.txt")), "7 times 7 is 49, the only one that ends in 9");
    }

    @Test
    void whatIsAsideIsRemovedOnceItsProcessIsGone() throws IOException {
        filled(place, "here").commit();
        long parent = ProcessHandle.current().parent().orElseThrow().pid();
        Files.createDirectory(folder.resolve(".old-model"));
        Files.createDirectory(folder.resolve(".old-model.99999999-1"));
        Files.createDirectory(folder.resolve(".old-model." + parent + "-1"));
        AtomicFolder.begin(place, "saving the model").close();
        assertEquals(List.of(".old-model." + parent + "-1", "model"), names(), "that process lives");
    }

    @Test
    void aFolderWithAFileThatIsStillBeingWrittenIsNotCommitted() throws IOException {
        try (AtomicFolder begun = filled(place, "new")) {
            AtomicFile open = AtomicFile.begin(begun.path().resolve("words.txt"), "writing words");
            String said = assertThrows(KitException.class, begun::commit).getMessage();
            assertTrue(said.contains("a file in it is still being written (.words.txt."), said);
            assertFalse(Files.exists(place));
            open.commit();
            begun.commit();
        }
        assertTrue(Files.exists(place.resolve("words.txt")));
    }

    private void hidden(String name) throws IOException {
        Files.createDirectories(folder.resolve(name).resolve("deep"));
        Files.writeString(folder.resolve(name).resolve("deep/data.txt"), name);
    }

    @Test
    void aFolderThatIsRemovedIsGoneWithWhatWasMovedAsideFromItAndNothingElse() throws IOException {
        filled(place, "one").commit();
        hidden(".old-model.1-1");
        hidden(".old-other.1-1");
        hidden("models");
        AtomicFolder.remove(place);
        assertEquals(List.of(".old-other.1-1", "models"), names());
        AtomicFolder.recover(place);
        assertFalse(Files.exists(place), "nothing of it can be put back");
        AtomicFolder.remove(place); // nothing is there: nothing happens
        assertEquals(List.of(".old-other.1-1", "models"), names());
    }

    @Test
    void aNameOfARemovalIsNotHeldWhenItIsOver() throws IOException {
        filled(place, "one").commit();
        AtomicFolder.remove(place);
        AtomicFolder begun = filled(place, "two");
        long number = Long.parseLong(begun.path().getFileName().toString().replaceFirst(".*-(\\d+)\\.part", "$1"));
        begun.close();
        String left = ".model." + ProcessHandle.current().pid() + "-" + (number - 1) + ".part";
        hidden(left); // as if the removal had been killed: the name is nobody's now
        AtomicFolder.tidy(folder);
        assertEquals(List.of(), names());
    }

    @Test
    void aFolderThatCannotBeRemovedIsSaidInASentence() throws IOException {
        Path file = folder.resolve("file");
        Files.writeString(file, "x");
        hidden(".old-x.1-1");
        KitException said = assertThrows(KitException.class, () -> AtomicFolder.tidy(file));
        assertTrue(said.getMessage().startsWith("Failed removing what was left unfinished"), said.getMessage());
        assertEquals(List.of(".old-x.1-1", "file"), names());
    }

    @Test
    void whatTheDeadLeftIsTidiedAndWhatTheLivingHoldStays() throws IOException {
        long dead = 999_999_999L; // beyond the largest id of a process
        AtomicFolder living = filled(place, "half");
        hidden(".gone." + dead + "-1.part");
        hidden(".old-replaced." + dead + "-2");
        hidden("replaced");
        hidden(".old-between." + dead + "-3");
        hidden(".old-plain"); // as an earlier kit called it
        hidden(".dotted.name." + dead + "-4.part");
        Files.writeString(folder.resolve(".hidden"), "not ours");
        String held = living.path().getFileName().toString();
        AtomicFolder.tidy(folder);
        assertEquals(
                List.of(".hidden", held, "between", "plain", "replaced").stream()
                        .sorted()
                        .toList(),
                names());
        assertEquals(".old-between." + dead + "-3", Files.readString(folder.resolve("between/deep/data.txt")));
        assertEquals("replaced", Files.readString(folder.resolve("replaced/deep/data.txt")));
        living.close();
    }
}
