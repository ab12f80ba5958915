package kawi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnedFolderTest {
    @TempDir
    Path parent;

    /** Another process with a folder of its own, in which it has written something. */
    static final class Other {
        public static void main(String[] words) throws IOException {
            Path own = OwnedFolder.make(Path.of(words[0]), ".parts-").path();
            Files.writeString(own.resolve("part-0"), "half");
            System.out.println(own);
            System.in.read(); // until it is killed
        }
    }

    @Test
    void aFolderIsRemovedByTheNextOneOnlyWhenItsProcessHasDied() throws Exception {
        Path foreign = Files.createDirectory(parent.resolve(".parts-of-somebody"));
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Other.class.getName(),
                        parent.toString())
                .redirectError(parent.resolve("errors").toFile())
                .start();
        Path theirs = Path.of(String.valueOf(other.inputReader().readLine()));
        try (OwnedFolder first = OwnedFolder.make(parent, ".parts-")) {
            assertTrue(Files.exists(theirs.resolve("part-0")), "its process lives");
            other.destroyForcibly().waitFor();
            try (OwnedFolder second = OwnedFolder.make(parent, ".parts-")) {
                assertFalse(Files.exists(theirs), "its process has died");
                assertTrue(Files.exists(first.path()) && Files.exists(second.path()), "this process lives");
            }
        }
        assertTrue(Files.exists(foreign), "what has no lock is not ours");
        try (var left = Files.list(parent)) {
            assertEquals(2, left.count(), "that, and the other's errors");
        }
    }

    @Test
    void whatATaskStillWritesWhileItsFolderIsRemovedIsRemovedAsWell() throws Exception {
        OwnedFolder own = OwnedFolder.make(parent, ".parts-");
        Thread straggler = new Thread(() -> {
            try {
                for (int i = 0; ; i++) {
                    Files.writeString(own.path().resolve("part-" + i), "half");
                }
            } catch (IOException e) {
                // the folder is gone
            }
        });
        straggler.start();
        Thread.currentThread().interrupt();
        own.close();
        assertTrue(Thread.interrupted(), "an interrupt is kept for who waits for it");
        straggler.join(20_000);
        assertFalse(Files.exists(own.path()));
    }
}
