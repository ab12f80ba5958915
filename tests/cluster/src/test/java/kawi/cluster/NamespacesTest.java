package kawi.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.torch.Torch;
import kawi.train.Training;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A master and two workers with addresses of their own, as on machines of their own: each in a network namespace, all
 * on one bridge. Only who administers the machine can make them; elsewhere the test is skipped and says so.
 */
class NamespacesTest {
    @TempDir
    Path folder;

    /** Runs a command; {@return what went wrong, or null} */
    static String failure(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? null : String.join(" ", command) + ": " + said.strip();
    }

    /** A bridge with this machine on it as .1, and namespaces on it as .2, .3 and so on. */
    static final class Network implements AutoCloseable {
        private final String name;
        private final String net;
        private final int size;

        private Network(String name, String net, int size) {
            this.name = name;
            this.net = net;
            this.size = size;
        }

        /** {@return the network; skips the test where it cannot be made} */
        static Network make(int size) throws IOException, InterruptedException {
            long number = ProcessHandle.current().pid() % 200;
            Network network = new Network("kw" + number, "10.213." + number, size);
            String wrong;
            try {
                wrong = network.make();
            } catch (IOException e) {
                wrong = e.getMessage(); // there is no such command
            }
            if (wrong != null) {
                network.close();
            }
            assumeTrue(wrong == null, "network namespaces cannot be made here (" + wrong + ")");
            return network;
        }

        private String make() throws IOException, InterruptedException {
            String wrong = failure("ip", "link", "add", name + "br", "type", "bridge");
            for (String[] each : List.of(
                    new String[] {"ip", "addr", "add", net + ".1/24", "dev", name + "br"},
                    new String[] {"ip", "link", "set", name + "br", "up"})) {
                wrong = wrong == null ? failure(each) : wrong;
            }
            for (int i = 2; i < 2 + size; i++) {
                String space = name + "n" + i;
                String outer = name + "o" + i;
                for (String[] each : List.of(
                        new String[] {"ip", "netns", "add", space},
                        new String[] {"ip", "link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", space
                        },
                        new String[] {"ip", "link", "set", outer, "master", name + "br", "up"},
                        new String[] {"ip", "-n", space, "addr", "add", net + "." + i + "/24", "dev", "eth0"},
                        new String[] {"ip", "-n", space, "link", "set", "eth0", "up"},
                        new String[] {"ip", "-n", space, "link", "set", "lo", "up"})) {
                    wrong = wrong == null ? failure(each) : wrong;
                }
            }
            return wrong;
        }

        String address(int i) {
            return net + "." + i;
        }

        List<String> inside(int i) {
            return List.of("ip", "netns", "exec", name + "n" + i);
        }

        String outer(int i) {
            return name + "o" + i;
        }

        String space(int i) {
            return name + "n" + i;
        }

        @Override
        public void close() throws IOException, InterruptedException {
            try {
                for (int i = 2; i < 2 + size; i++) {
                    failure("ip", "netns", "del", name + "n" + i);
                }
                failure("ip", "link", "del", name + "br");
            } catch (IOException e) {
                // where there is no such command there is nothing to take away
            }
        }
    }

    @Test
    void workersWithAddressesOfTheirOwnEndInTheBytesOfOneProcess() throws Exception {
        try (Network network = Network.make(3);
                NodesOfTests nodes = new NodesOfTests(folder)) {
            String master = nodes.master(network.inside(2), network.address(2), 7077);
            assertEquals("spark://" + network.address(2) + ":7077", master);
            for (int i = 3; i < 5; i++) {
                nodes.start(
                        network.inside(i),
                        "worker",
                        network.address(i),
                        master,
                        "--port",
                        "7078",
                        "--page",
                        "8081",
                        "--memory",
                        "1g");
            }
            Torch torch = SmallTraining.engine();
            SmallTraining small = new SmallTraining(torch, folder, 8);
            try (Cluster cluster = Cluster.start(ClusterSettings.remote(master)
                    .secret(nodes.secret())
                    .memory("512m")
                    .port(41000))) {
                assertEquals(2, cluster.size(), "one executor for each worker");
                List<Introduction> met = cluster.run("who", List.of(0, 1), new Introduction.Ask(), true);
                assertEquals(
                        Set.of(network.address(3), network.address(4)),
                        met.stream().map(Introduction::host).collect(Collectors.toSet()));
                for (Introduction each : met) {
                    assertEquals(41002, each.port(), "the ports are those that were asked for");
                }
                assertEquals(small.alone(), small.on(cluster));
                cluster.kill(0);
                assertEquals(small.alone(), small.on(cluster), "an executor elsewhere was lost");
                String table = cluster.table().print();
                assertTrue(table.contains(network.address(3)) && table.contains("http://" + network.address(2)), table);
            } finally {
                small.close();
                torch.close();
            }
        }
    }

    /**
     * Holds {@link Cluster#throttle} against the kernel's own: the same training over links that {@code tc} makes slow,
     * and over links that the kit does. Prints the seconds spent in exchanges.
     *
     * @param words megabits a second, any number of them
     */
    public static void main(String[] words) throws Exception {
        Path folder = Files.createTempDirectory("links");
        try (Network network = Network.make(3);
                NodesOfTests nodes = new NodesOfTests(folder)) {
            String master = nodes.master(network.inside(2), network.address(2), 7077);
            for (int i = 3; i < 5; i++) {
                nodes.start(network.inside(i), "worker", network.address(i), master, "--memory", "1g");
            }
            Torch torch = SmallTraining.engine();
            SmallTraining small = new SmallTraining(torch, folder, 16);
            Cluster cluster = Cluster.start(
                    ClusterSettings.remote(master).secret(nodes.secret()).memory("512m"));
            exchange(small, cluster);
            System.out.println("no limit: " + exchange(small, cluster));
            for (String each : words) {
                for (int i = 3; i < 5; i++) {
                    limit("tc", "qdisc", "add", "dev", network.outer(i), each);
                    limit("ip", "netns", "exec", network.space(i), "tc", "qdisc", "add", "dev", "eth0", each);
                }
                System.out.println("tc at " + each + " Mbit/s: " + exchange(small, cluster));
                for (int i = 3; i < 5; i++) {
                    failure("tc", "qdisc", "del", "dev", network.outer(i), "root");
                    failure("ip", "netns", "exec", network.space(i), "tc", "qdisc", "del", "dev", "eth0", "root");
                }
                cluster.throttle(Double.parseDouble(each));
                System.out.println("throttle(" + each + "): " + exchange(small, cluster));
                cluster.unthrottle();
            }
            cluster.close();
            small.close();
        } finally {
            Children.remove(folder);
        }
        System.exit(0);
    }

    /** Adds a token bucket filter; the last word is its rate. */
    private static void limit(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(Arrays.asList(words));
        String rate = command.remove(command.size() - 1);
        command.addAll(List.of("root", "tbf", "rate", rate + "mbit", "burst", "16kb", "latency", "400ms"));
        String wrong = failure(command.toArray(String[]::new));
        if (wrong != null) {
            throw new IOException(wrong);
        }
    }

    private static String exchange(SmallTraining small, Cluster cluster) {
        try (LanguageModel model = small.model()) {
            DistributedTrainer trainer = DistributedTrainer.of(small.trainer(model), cluster);
            Training training = trainer.run(Progress.NONE);
            return String.format(
                    Locale.ROOT,
                    "%.3f s in exchanges of %.3f MB for each worker, %.2f s in all",
                    trainer.rounds().stream()
                            .mapToDouble(DistributedTrainer.Done::exchangeSeconds)
                            .sum(),
                    trainer.bytesSent() / 2e6,
                    training.seconds());
        }
    }
}
