package kawi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
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

    /** Whoever reads what a node says, a script or a person, gets its line and no logger's complaint before it. */
    @Test
    void aNodeOnAMachineWithoutANameSaysItsOwnSentenceAlone() throws Exception {
        Path noNames = Files.createFile(folder.resolve("nobody"));
        ServerSocket noMaster = new ServerSocket(0, 8, InetAddress.getByName("127.0.0.1"));
        Thread closing = new Thread(() -> {
            try {
                while (true) {
                    noMaster.accept().close();
                }
            } catch (IOException e) {
                // the test has ended
            }
        });
        closing.start();
        ProcessBuilder node = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djdk.net.hosts.file=" + noNames,
                        "-cp",
                        WorkerClassPath.text(),
                        ClusterNode.class.getName(),
                        "worker",
                        "127.0.0.1",
                        "spark://127.0.0.1:" + noMaster.getLocalPort())
                .redirectError(folder.resolve("errors").toFile());
        Path secret = NodesOfTests.secretFile(folder.resolve("word"), "0123456789abcdef0123456789abcdef");
        node.environment().put("KAWI_CLUSTER_SECRET", secret.toString());
        Process process = node.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        noMaster.close();
        closing.join();
        assertEquals(2, process.waitFor());
        assertEquals("", said, "what a node has to say when it has joined comes first");
        String errors = Files.readString(folder.resolve("errors"));
        assertTrue(!errors.contains("UnknownHostException"), errors);
    }
}
