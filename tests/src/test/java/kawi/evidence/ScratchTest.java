package kawi.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is needed only meanwhile does not stay in the system's temporary files. */
class ScratchTest {

    /** Makes a folder with something in it, names it, and waits for a line. */
    static class Kernel {
        public static void main(String[] args) throws Exception {
            Path folder = Scratch.folder("test");
            Files.createDirectories(folder.resolve("a/b"));
            Files.writeString(folder.resolve("a/b/c.tokens"), "text");
            System.out.println(folder);
            System.in.read();
        }
    }

    @Test
    void aScratchFolderGoesWithAllThatIsInItWhenItsKernelEndsOrIsToldTo() throws Exception {
        for (boolean told : new boolean[] {false, true}) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Kernel.class.getName())
                    .redirectErrorStream(true)
                    .start();
            try (BufferedReader said =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                Path folder = Path.of(said.readLine());
                assertTrue(Files.exists(folder.resolve("a/b/c.tokens")), folder.toString());
                if (told) {
                    process.destroy();
                } else {
                    process.getOutputStream().close();
                }
                assertTrue(process.waitFor(60, TimeUnit.SECONDS));
                assertFalse(Files.exists(folder), "left: " + folder);
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
    }

    @Test
    void everyCallMakesAnEmptyFolderOfItsOwnAndANameThatIsAPathIsRefused() throws Exception {
        Path one = Scratch.folder("canaries");
        assertNotEquals(one, Scratch.folder("canaries"));
        assertTrue(one.getFileName().toString().startsWith("kawi-canaries-"));
        try (var inside = Files.list(one)) {
            assertEquals(0, inside.count());
        }
        for (String name : new String[] {"", "../up", "a b"}) {
            assertTrue(assertThrows(KitException.class, () -> Scratch.folder(name))
                    .getMessage()
                    .startsWith("A scratch folder cannot be called '" + name + "'"));
        }
    }
}
