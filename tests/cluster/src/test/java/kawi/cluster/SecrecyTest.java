package kawi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody sees who listens to the wire, and how often the logger speaks. */
class SecrecyTest {
    /** Listens to loopback until its input ends, and says how many packets it saw and which of the words. */
    private static final String LISTENER = """
            import socket, sys, threading
            wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(3))
            wire.bind(("lo", 0))
            wire.setsockopt(socket.SOL_SOCKET, 33, 1 << 27)  # SO_RCVBUFFORCE: Python has no name for it
            wire.settimeout(0.3)
            print("listening", flush=True)
            ended = threading.Event()
            threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
            words, seen, packets, end = [each.encode() for each in sys.argv[1:]], set(), 0, b""
            while True:
                try:
                    packet = wire.recv(1 << 17)
                except socket.timeout:
                    if ended.is_set():
                        break
                    continue
                packets += 1
                seen.update(each for each in words if each in packet)
            print(packets, *sorted(each.decode() for each in seen), flush=True)
            """;

    @TempDir
    Path folder;

    @AfterAll
    static void close() {
        Cluster.running().ifPresent(Cluster::close);
    }

    @Test
    void textDoesNotTravelInTheClear() throws Exception {
        Cluster cluster = Cluster.start(WorkersOfTests.local(2));
        String secret = "a-line-of-somebodys-text";
        String open = "a-line-that-anybody-may-read";
        Process listener;
        String said;
        try {
            listener = new ProcessBuilder("python3", "-c", LISTENER, secret, open)
                    .redirectErrorStream(true)
                    .start();
            said = listener.inputReader().readLine();
        } catch (IOException e) {
            assumeTrue(false, "there is no Python to listen with (" + e.getMessage() + ")");
            return;
        }
        assumeTrue("listening".equals(said), "this user may not listen to the wire (" + said + ")");
        List<String> texts = List.of(secret.repeat(2000), secret.repeat(2000));
        assertEquals(texts, cluster.run("echo", texts, new WorkersOfTests.Echo(), true));
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                Socket speaks = new Socket("127.0.0.1", server.getLocalPort());
                Socket hears = server.accept()) {
            speaks.getOutputStream().write(open.getBytes(StandardCharsets.UTF_8));
            speaks.shutdownOutput();
            assertEquals(open, new String(hears.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
        listener.getOutputStream().close();
        String[] heard = listener.inputReader().readLine().split(" ");
        assertTrue(Integer.parseInt(heard[0]) > 20, "packets: " + heard[0]);
        assertEquals(List.of(open), List.of(heard).subList(1, heard.length), "what the listener understood");
    }

    @Test
    void theLoggerSpeaksOnceAtMost() throws Exception {
        Process driver = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Speaks.class.getName())
                .redirectErrorStream(true)
                .start();
        List<String> lines = new ArrayList<>();
        driver.inputReader().lines().forEach(lines::add);
        assertEquals(0, driver.waitFor(), lines.toString());
        assertTrue(lines.stream().filter(each -> each.contains("SLF4J")).count() <= 1, lines.toString());
        List<String> worker =
                lines.stream().filter(each -> each.startsWith("executor: ")).toList();
        assertTrue(worker.size() > 5, lines.toString());
        assertTrue(worker.stream().filter(each -> each.contains("SLF4J")).count() <= 1, worker.toString());
        assertTrue(
                worker.stream().noneMatch(each -> each.contains("Finished task")),
                () -> "each task and block that goes well is a line, which costs time: " + worker);
    }

    /** A driver that shows what its executor wrote. */
    static final class Speaks {
        private Speaks() {}

        public static void main(String[] words) throws IOException {
            Cluster cluster = Cluster.start(WorkersOfTests.local(1));
            cluster.run("echo", List.of("a"), new WorkersOfTests.Echo(), false);
            Path place = Path.of("/proc/" + cluster.executorPid(0).orElseThrow() + "/cwd");
            for (String each : List.of("stdout", "stderr")) {
                Files.readAllLines(place.resolve(each)).forEach(line -> System.out.println("executor: " + line));
            }
            cluster.close();
        }
    }
}
