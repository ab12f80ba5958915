package kawi.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    Path folder;

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void theOldFileStandsUntilTheNewOneIsCommitted() throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), "old");
        try (AtomicFile atomic = AtomicFile.begin(file, "writing a")) {
            Files.writeString(atomic.path(), "new");
            assertEquals("old", Files.readString(file));
            atomic.commit();
            assertEquals("new", Files.readString(file));
        }
        assertEquals(List.of("a.txt"), names());
    }

    @Test
    void eachFormWritesTheSameBytes() throws IOException {
        AtomicFile.write(folder.resolve("text"), "writing", "größer\n");
        AtomicFile.write(folder.resolve("bytes"), "writing", "größer\n".getBytes("UTF-8"));
        AtomicFile.write(folder.resolve("stream"), "writing", out -> out.write("größer\n".getBytes("UTF-8")));
        for (String name : names()) {
            assertEquals("größer\n", Files.readString(folder.resolve(name)));
        }
    }

    @Test
    void whatIsLeftByAnExceptionIsNeitherPublishedNorLeftBehind() throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), "old");
        for (Throwable each : List.of(new IllegalStateException("mine"), new OutOfMemoryError("mine"))) {
            Throwable thrown = assertThrows(
                    Throwable.class,
                    () -> AtomicFile.write(file, "writing a", out -> {
                        out.write(new byte[100_000]);
                        throw sneaky(each);
                    }));
            assertEquals(each, thrown);
        }
        IOException cause = new IOException("the cable was pulled");
        KitException said = assertThrows(
                KitException.class,
                () -> AtomicFile.write(file, "writing a", out -> {
                    out.write(1);
                    throw cause;
                }));
        assertEquals(cause, said.getCause());
        assertTrue(said.getMessage().contains("the cable was pulled"), said.getMessage());
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("a.txt"), names());
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> IOException sneaky(Throwable any) throws T {
        throw (T) any;
    }

    @Test
    void aFolderThatIsNotThereIsSaidWithItsPath() {
        Path file = folder.resolve("nowhere/a.txt");
        KitException said = assertThrows(KitException.class, () -> AtomicFile.write(file, "writing the notes", "x"));
        assertEquals(
                "Failed writing the notes (" + file + "): the folder " + file.getParent()
                        + " is not there; make it or give another.",
                said.getMessage());
        assertNotNull(said.getCause());
    }

    @Test
    void aFileInPlaceOfAFolderAndAFolderInPlaceOfAFileAreSaid() throws IOException {
        Files.writeString(folder.resolve("file"), "x");
        Files.createDirectory(folder.resolve("sub"));
        String under = assertThrows(
                        KitException.class, () -> AtomicFile.write(folder.resolve("file/a.txt"), "writing", "x"))
                .getMessage();
        assertTrue(under.contains("is a file and no folder"), under);
        String over = assertThrows(KitException.class, () -> AtomicFile.write(folder.resolve("sub"), "writing", "x"))
                .getMessage();
        assertTrue(over.contains("there is a folder of that name"), over);
    }

    @Test
    void aFullDiskIsSaidWithWhatIsFreeAndTheOldFileStays() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(FullDiskTest.run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.toString()), "needs root");
        try {
            Path file = disk.resolve("a.bin");
            AtomicFile.write(file, "writing", "old");
            KitException said =
                    assertThrows(KitException.class, () -> AtomicFile.write(file, "writing", new byte[1 << 20]));
            assertTrue(
                    said.getMessage().matches("(?s).*\\Q" + file + "\\E.*the disk is full.*\\d+ (bytes|kB) are free.*"),
                    said.getMessage());
            assertTrue(said.getCause() instanceof IOException);
            assertEquals("old", Files.readString(file));
            try (Stream<Path> left = Files.list(disk)) {
                assertEquals(1, left.count());
            }
        } finally {
            FullDiskTest.run("umount", "-l", disk.toString());
        }
    }

    @Test
    void aFolderThatMayNotBeWrittenToIsSaid() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(FullDiskTest.run("mount", "-t", "tmpfs", "-o", "ro", "tmpfs", disk.toString()), "needs root");
        try {
            String said = assertThrows(
                            KitException.class, () -> AtomicFile.write(disk.resolve("a.txt"), "writing", "x"))
                    .getMessage();
            assertTrue(said.contains("this user may not write there"), said);
        } finally {
            FullDiskTest.run("umount", "-l", disk.toString());
        }
    }

    @Test
    void whatAKilledProcessLeftIsRemovedAndWhatAnotherIsAtWorkOnIsNot() throws IOException {
        Path dead = Files.writeString(folder.resolve(".a.txt.99999999-1.part"), "half");
        Path ownPast = Files.writeString(
                folder.resolve(".a.txt." + ProcessHandle.current().pid() + "-0.part"), "half");
        Path other = Files.writeString(
                folder.resolve(".a.txt."
                        + ProcessHandle.current().parent().orElseThrow().pid() + "-1.part"),
                "half");
        Path neighbour = Files.writeString(folder.resolve(".b.txt.99999999-1.part"), "half");
        try (AtomicFile open = AtomicFile.begin(folder.resolve("a.txt"), "writing")) {
            AtomicFile.write(folder.resolve("a.txt"), "writing", "x");
            assertTrue(Files.exists(open.path()), "this process's other writer of the file");
        }
        assertFalse(Files.exists(dead));
        assertFalse(Files.exists(ownPast), "left by an earlier process of the same id");
        assertTrue(Files.exists(other), "its process lives");
        assertTrue(Files.exists(neighbour), "belongs to another file");
    }

    @Test
    void anInterruptOfTheThreadDoesNotTearTheFile() throws IOException {
        try {
            AtomicFile.write(folder.resolve("a.txt"), "writing", out -> {
                out.write('a');
                Thread.currentThread().interrupt();
                out.write(new byte[1 << 17]);
            });
            assertTrue(Thread.currentThread().isInterrupted(), "the interrupt is left for whoever waits for it");
        } finally {
            Thread.interrupted();
        }
        assertEquals(1 + (1 << 17), Files.size(folder.resolve("a.txt")));
    }

    @Test
    void whatFailedOnceIsNotCommittedByWhoeverGoesOn() throws IOException {
        try (AtomicFile file = AtomicFile.begin(folder.resolve("a.txt"), "writing the notes")) {
            Files.writeString(file.path(), "half");
            IOException cause = new IOException("No space left on device");
            KitException first = file.failure(cause);
            assertEquals(cause, first.getCause());
            KitException later = assertThrows(KitException.class, file::commit);
            assertEquals(first.getMessage(), later.getMessage());
            assertTrue(file.done());
        }
        assertEquals(List.of(), names());
    }

    @Test
    void aFinishedFileIsNotWrittenTo() {
        AtomicFile file = AtomicFile.begin(folder.resolve("a.txt"), "writing");
        OutputStream out = file.stream();
        assertEquals(out, file.stream());
        assertFalse(file.done());
        file.commit();
        assertTrue(file.done());
        file.close();
        assertThrows(IllegalStateException.class, file::commit);
        assertThrows(IllegalStateException.class, file::path);
        assertThrows(IllegalStateException.class, file::stream);
        assertThrows(IOException.class, () -> out.write(new byte[1 << 17]));
        assertTrue(Files.exists(folder.resolve("a.txt")));
    }

    @Test
    void whatIsClosedWithoutACommitIsNotWrittenToEither() {
        AtomicFile file = AtomicFile.begin(folder.resolve("a.txt"), "writing");
        OutputStream out = file.stream();
        file.close();
        assertThrows(IOException.class, () -> out.write(new byte[1 << 17]));
    }

    @Test
    void whatCannotBeRemovedIsSaidAndDoesNotHideWhatFailedBefore() throws IOException {
        for (boolean failed : new boolean[] {false, true}) {
            AtomicFile file = AtomicFile.begin(folder.resolve("a.txt"), "writing");
            Path part = file.path();
            Files.delete(part);
            Files.createDirectories(part.resolve("full"));
            String first = failed ? file.failure(new IOException("torn")).getMessage() : "";
            KitException said = assertThrows(KitException.class, failed ? file::commit : file::close);
            if (failed) {
                assertEquals(first, said.getMessage());
                said = (KitException) said.getSuppressed()[0];
            }
            assertTrue(said.getMessage().startsWith("Failed removing an unfinished file ("), said.getMessage());
            Beside.delete(part);
        }
    }

    @Test
    void whatIsFreeIsSaidInTheUnitThatFits() {
        assertEquals("999 bytes are free", KitException.free(999));
        assertEquals("1 kB are free", KitException.free(1000));
        assertEquals("999 kB are free", KitException.free(999_999));
        assertEquals("1 MB are free", KitException.free(1_000_000));
        assertEquals("12,345 MB are free", KitException.free(12_345_678_901L));
    }
}
