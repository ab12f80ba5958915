package kawi.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemFileTest {
    @TempDir
    Path folder;

    @Test
    void itsLinesAreReadAlsoByAThreadThatWasInterrupted() throws IOException {
        Path file = Files.writeString(folder.resolve("cpuinfo"), "one\ntwo\n");
        Thread.currentThread().interrupt();
        List<String> lines = SystemFile.lines(file);
        assertTrue(Thread.interrupted());
        assertEquals(List.of("one", "two"), lines);
    }

    @Test
    void aFileThatIsNotThereHasNone() {
        assertEquals(List.of(), SystemFile.lines(folder.resolve("cpuinfo")));
    }
}
