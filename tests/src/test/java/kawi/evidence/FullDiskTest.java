package kawi.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real file system of 256 kB that really runs full; where this user may not mount one, the test is skipped. */
class FullDiskTest {
    @TempDir
    Path folder;

    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectories(folder.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk.toString()), "needs root and mount");
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", "-l", disk.toString());
    }

    @Test
    void aFullDiskIsSaidInOneSentenceAndTheArtifactBeforeStaysWhole() throws Exception {
        Run run = new Run(disk.resolve("lesson"), Map.of());
        Draft.Origin origin = new Draft.Origin("01-data-collection", "lesson", "smoke", 1, Map.of(), Map.of());
        try (Draft draft = new Draft(run, "collected", origin)) {
            Files.writeString(draft.file("data.txt"), "whole");
            draft.commit();
        }
        KitException e = assertThrows(KitException.class, () -> {
            try (Draft draft = new Draft(run, "collected", origin)) {
                draft.figure("big", new byte[1 << 20], "a megabyte").commit();
            }
        });
        assertTrue(e.getMessage().contains("the disk is full; free some space and run the cell again"), e.getMessage());
        assertEquals("whole", Files.readString(run.artifact("collected").file("data.txt")));
        try (var left = Files.list(disk.resolve("lesson/01-data-collection"))) {
            assertEquals(1, left.count(), "the half draft is gone");
        }
    }

    static boolean run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException absent) {
            return false;
        }
    }
}
