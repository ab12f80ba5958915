package kawi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;

class ClusterTest {
    /** As other classes of tests have it, so that one cluster serves them all. */
    private static Cluster two() {
        return Cluster.local(2, "512m");
    }

    @Test
    void workIsDoneInTheExecutorsOfTheWorkersAndNotHere() {
        Cluster.running().ifPresent(Cluster::close); // one that lost an executor a moment ago may still count it
        Cluster cluster = two();
        List<Long> pids = cluster.run("where", List.of(0, 1), new ProcessNumber(), true);
        assertEquals(
                Set.of(
                        cluster.executorPid(0).orElseThrow(),
                        cluster.executorPid(1).orElseThrow()),
                new HashSet<>(pids));
        assertEquals(2, cluster.executors());
    }

    @Test
    void aClusterIsFoundAgainAfterItsVariableWasLost() {
        Cluster first = two();
        assertSame(first, Cluster.running().orElseThrow());
        assertSame(first, two());
    }

    @Test
    void aKilledExecutorIsFollowedByAnother() {
        Cluster cluster = two();
        long killed = cluster.kill(1);
        ProcessHandle.of(killed)
                .ifPresent(each -> each.onExit().orTimeout(20, TimeUnit.SECONDS).join());
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (cluster.executorPid(1).filter(pid -> pid != killed).isEmpty() && System.nanoTime() < until) {
            Thread.onSpinWait();
        }
        cluster.awaitExecutors();
        assertNotEquals(killed, cluster.executorPid(1).orElseThrow());
        assertEquals(
                2,
                cluster.run("where", List.of(0, 1), new ProcessNumber(), true).size());
    }

    @Test
    void allProcessesListenOnLoopbackAlone() throws IOException {
        Cluster cluster = two();
        Set<String> sockets = new HashSet<>();
        for (ProcessHandle each : ProcessHandle.current().descendants().toList()) {
            try (Stream<Path> files = Files.list(Path.of("/proc/" + each.pid() + "/fd"))) {
                for (Path file : files.toList()) {
                    String target = Files.isSymbolicLink(file)
                            ? Files.readSymbolicLink(file).toString()
                            : "";
                    if (target.startsWith("socket:[")) {
                        sockets.add(target.substring(8, target.length() - 1));
                    }
                }
            }
        }
        int listening = 0;
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] words = line.strip().split("\\s+");
                if (words.length > 9 && words[3].equals("0A") && sockets.contains(words[9])) {
                    listening++;
                    String address = words[1].substring(0, words[1].indexOf(':'));
                    assertTrue(address.equals("0100007F") || address.equals("0000000000000000FFFF00000100007F"), line);
                }
            }
        }
        assertTrue(listening >= 5, listening + " sockets listen; master and workers have at least five");
        assertTrue(cluster.table().print().contains("spark://127.0.0.1:"));
    }

    @Test
    void theMastersPageIsThere() throws Exception {
        HttpResponse<String> page = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(two().webPage())).build(),
                        HttpResponse.BodyHandlers.ofString());
        assertEquals(200, page.statusCode());
        assertTrue(page.body().contains("kawi"), page.body());
    }

    @Test
    void theSecretIsInNoListOfProcesses() throws IOException {
        two();
        for (ProcessHandle each : ProcessHandle.current().descendants().toList()) {
            String command = Files.readString(Path.of("/proc/" + each.pid() + "/cmdline"));
            assertFalse(command.contains("authenticate.secret"), command);
        }
    }

    @Test
    void anExecutorThatCannotStartIsShownAndNotStartedForEver() {
        KitException refused = assertThrows(KitException.class, () -> Cluster.local(2, "999999g"));
        assertTrue(refused.getMessage().contains("never came to work"), refused.getMessage());
        assertTrue(refused.getMessage().contains("heap"), refused.getMessage());
        assertTrue(Cluster.running().isEmpty());
        assertEquals(2, two().executors());
    }

    @Test
    void aClusterThatEndedByItselfSaysSoAndWhatItsMasterWrote() {
        Cluster cluster = two();
        long master = Long.parseLong(cluster.table().stringColumn("pid").get(1));
        ProcessHandle process = ProcessHandle.of(master).orElseThrow();
        process.destroyForcibly();
        process.onExit().orTimeout(20, TimeUnit.SECONDS).join();
        String said = assertThrows(
                        KitException.class, () -> cluster.run("where", List.of(0), new ProcessNumber(), false))
                .getMessage();
        assertTrue(said.contains("ended by itself") && said.contains("master"), said);
        assertTrue(said.contains("Cluster.local(2)"), said);
        assertEquals(2, two().executors(), "and another takes its place");
    }

    @Test
    void whatIsNoClusterIsRefusedInASentence() {
        assertTrue(assertThrows(KitException.class, () -> Cluster.local(0))
                .getMessage()
                .contains("1 to 64"));
        assertTrue(assertThrows(KitException.class, () -> Cluster.local(2, "much"))
                .getMessage()
                .contains("512m"));
        assertTrue(assertThrows(KitException.class, () -> Cluster.local(2, "511m"))
                .getMessage()
                .contains("512m"));
        Cluster cluster = two();
        assertTrue(assertThrows(KitException.class, () -> cluster.kill(2))
                .getMessage()
                .contains("0 to 1"));
        cluster.close();
        assertTrue(assertThrows(KitException.class, () -> cluster.run("where", List.of(0), new ProcessNumber(), false))
                .getMessage()
                .contains("closed"));
        assertEquals(
                List.of(),
                ProcessHandle.current()
                        .descendants()
                        .filter(ProcessHandle::isAlive)
                        .toList());
    }
}
