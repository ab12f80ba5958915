package kawi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a container without a network a machine's own name is often not to be looked up. */
class NamelessMachineTest {
    @TempDir
    Path folder;

    /** Starts a cluster and ends it. */
    static final class Nameless {
        private Nameless() {}

        public static void main(String[] arguments) {
            try (Cluster cluster = Cluster.local(1, "512m")) {
                System.out.println("executors: " + cluster.executors());
            }
        }
    }

    @Test
    void aMachineThatCannotLookUpItsOwnNameHasAClusterAllTheSame() throws Exception {
        Path noNames = Files.createFile(folder.resolve("hosts"));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djdk.net.hosts.file=" + noNames,
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Nameless.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor(2, TimeUnit.MINUTES);
        assertEquals(
                1,
                said.lines().filter("executors: 1"::equals).count(),
                () -> said.lines().limit(40).toList() + "");
    }
}
