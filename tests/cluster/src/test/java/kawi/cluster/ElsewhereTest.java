package kawi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import kawi.evidence.KitException;
import kawi.torch.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster that somebody else started, on this machine: who may join it, what it says where something is wrong. */
class ElsewhereTest {
    @TempDir
    static Path folder;

    private static Torch torch;
    private static NodesOfTests nodes;
    private static String master;

    @BeforeAll
    static void start() throws IOException {
        torch = SmallTraining.engine();
        nodes = new NodesOfTests(folder);
        master = nodes.master(List.of(), "127.0.0.1", 0);
        Path script = folder.resolve("gpus");
        Files.writeString(script, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"4\", \"7\"]}'\n");
        assertTrue(script.toFile().setExecutable(true));
        nodes.start(
                List.of(),
                "worker",
                "127.0.0.1",
                master,
                "--cores",
                "2",
                "--memory",
                "2g",
                "--gpus",
                script.toString());
    }

    @AfterEach
    void leave() {
        Cluster.running().ifPresent(Cluster::close);
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    private static ClusterSettings settings(int executors) {
        return ClusterSettings.remote(master, executors).secret(nodes.secret()).memory("512m");
    }

    private static String refused(ClusterSettings settings) {
        return assertThrows(KitException.class, () -> Cluster.start(settings)).getMessage();
    }

    @Test
    void twoExecutorsOfOneWorkerTrainOnTheirOwnGpusAddressesAndAKilledOneIsFollowed() throws Exception {
        Cluster cluster = Cluster.start(settings(2).gpus());
        List<Integer> two = List.of(0, 1);
        List<Introduction> met = cluster.run("who", two, new Introduction.Ask(), true);
        assertEquals(Set.of("4", "7"), met.stream().map(Introduction::gpu).collect(Collectors.toSet()));
        String table = cluster.table().print();
        assertTrue(table.contains("GPU 4") && table.contains("GPU 7") && table.contains(master), table);
        HttpResponse<String> page = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(cluster.webPage())).build(),
                        HttpResponse.BodyHandlers.ofString());
        assertEquals(200, page.statusCode());
        SmallTraining small = new SmallTraining(torch, folder, 4);
        String refusal =
                assertThrows(KitException.class, () -> small.on(cluster)).getMessage();
        small.close();
        assertTrue(refusal.contains("Spark gave a worker the GPU") && refusal.contains("KAWI_DEVICE=gpu0"), refusal);

        Set<Long> before = pids(cluster);
        assertEquals(before, new HashSet<>(cluster.run("where", two, new ProcessNumber(), true)));
        long killed = cluster.kill(1);
        ProcessHandle.of(killed)
                .ifPresent(each -> each.onExit()
                        .orTimeout(30, java.util.concurrent.TimeUnit.SECONDS)
                        .join());
        cluster.awaitExecutors();
        assertEquals(2, new HashSet<>(cluster.run("where", two, new ProcessNumber(), true)).size());
        long until = System.nanoTime() + 60_000_000_000L; // the master hears of the loss a while after it
        while (before.equals(pids(cluster)) && System.nanoTime() < until) {
            Thread.sleep(100);
            cluster.awaitExecutors();
        }
        assertNotEquals(before, pids(cluster));
        assertTrue(cluster.executorLog(0).length() > 20, cluster.executorLog(0));
    }

    private static Set<Long> pids(Cluster cluster) {
        return IntStream.range(0, cluster.size())
                .mapToObj(i -> cluster.executorPid(i).orElseThrow())
                .collect(Collectors.toSet());
    }

    @Test
    void nobodyComesInWithoutTheSecret() throws Exception {
        Path wrong = NodesOfTests.secretFile(folder.resolve("wrong"), "fedcba9876543210fedcba9876543210");
        String locked = refused(ClusterSettings.remote(master).secret(wrong));
        assertTrue(locked.contains("lets nobody in with this secret"), locked);
        Path open = Files.writeString(folder.resolve("open"), "0123456789abcdef0123456789abcdef");
        assertTrue(open.toFile().setReadable(true, false));
        assertTrue(refused(ClusterSettings.remote(master).secret(open)).contains("chmod 600"));
        Path little = NodesOfTests.secretFile(folder.resolve("little"), "abc");
        assertTrue(refused(ClusterSettings.remote(master).secret(little)).contains("at least 16"));
        String none = refused(ClusterSettings.remote(master).secret(folder.resolve("none")));
        assertTrue(none.contains("none") && none.contains("not there"), none);
        try (NodesOfTests strangers = new NodesOfTests(Files.createDirectory(folder.resolve("strangers")))) {
            Files.writeString(strangers.secret(), "another secret that nobody knows");
            String worker = assertThrows(
                            IOException.class, () -> strangers.start(List.of(), "worker", "127.0.0.1", master))
                    .getMessage();
            assertTrue(worker.contains("lets nobody in with this secret"), worker);
        }
        try (Socket listener =
                        new Socket("127.0.0.1", Integer.parseInt(master.substring(master.lastIndexOf(':') + 1)));
                OutputStream out = listener.getOutputStream()) {
            listener.setSoTimeout(20_000);
            out.write(new byte[] {0, 0, 0, 0, 0, 0, 0, 21, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0});
            out.flush();
            listener.shutdownOutput();
            byte[] answer = listener.getInputStream().readAllBytes();
            String said = new String(answer, java.nio.charset.StandardCharsets.ISO_8859_1);
            assertTrue(said.isEmpty() || said.contains("Exception"), "a stranger's question is refused: " + said);
        }
    }

    @Test
    void whoKnocksAtTheWrongDoorIsToldSo() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        String nobody =
                refused(ClusterSettings.remote("spark://127.0.0.1:" + free).secret(nodes.secret()));
        assertTrue(nobody.contains("Nobody answers at spark://127.0.0.1:" + free), nobody);
        String unknown = refused(
                ClusterSettings.remote("spark://no-such-host.invalid:7077").secret(nodes.secret()));
        assertTrue(unknown.contains("no-such-host.invalid"), unknown);
        String foreign = refused(settings(1).driverAddress("192.0.2.1"));
        assertTrue(foreign.contains("no address 192.0.2.1"), foreign);
        assertThrows(KitException.class, () -> ClusterSettings.remote("http://x"));
        assertThrows(KitException.class, () -> Cluster.connect(master), "no secret was named");
        String large = refused(settings(9));
        assertTrue(large.contains("room for 2 executors") && large.contains("9 are wanted"), large);
        try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();
            String said = refused(settings(1).port(Math.max(1024, port)));
            assertTrue(said.contains("Port " + port + " of 127.0.0.1 is taken"), said);
        }
    }

    @Test
    void anotherKitOrNoneOnAWorkerIsRefused() throws Exception {
        String[] own = WorkerClassPath.text().split(File.pathSeparator);
        Path other = folder.resolve("kawi-other.jar");
        changed(Path.of(own[0]), other);
        String version = refused(settings(1).classPath(other + File.pathSeparator + WorkerClassPath.text()));
        assertTrue(version.contains("another version of the kit"), version);
        String none = refused(settings(1).classPath(folder.resolve("nothing").toString()));
        assertTrue(none.contains("none came to work") && none.contains("find or load main class"), none);
        String sparkAlone = Arrays.stream(own)
                .filter(each -> !new File(each).getName().startsWith("kawi"))
                .collect(Collectors.joining(File.pathSeparator));
        String without = refused(settings(1).classPath(sparkAlone));
        assertTrue(without.contains("another version of the kit") && without.contains("or none"), without);
    }

    /** The same jar with one class more. */
    private static void changed(Path jar, Path target) throws IOException {
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(jar));
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(target))) {
            for (ZipEntry each = in.getNextEntry(); each != null; each = in.getNextEntry()) {
                out.putNextEntry(new ZipEntry(each.getName()));
                in.transferTo(out);
            }
            out.putNextEntry(new ZipEntry("kawi/Later.class"));
            out.write(1);
        }
    }
}
