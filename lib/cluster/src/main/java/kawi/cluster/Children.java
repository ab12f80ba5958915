package kawi.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import kawi.evidence.KitException;
import kawi.notebook.Tables;

/** A master and workers that are children of this process and listen on loopback, each worker with one executor. */
final class Children implements Members {
    static final String LOOPBACK = "127.0.0.1";

    private final int size;
    private final Path scratch;
    private final List<Process> workers = new ArrayList<>();
    private final Launch launch;
    private Process master;
    private Launch.Ports ports;
    private volatile int[] settled; // how often each executor had been started when all were there last

    Children(ClusterSettings asked, String secret) {
        this.size = asked.workers();
        this.settled = new int[size];
        this.scratch = folder(asked);
        this.launch = new Launch(scratch, LOOPBACK, secret, asked.environment());
    }

    private static Path folder(ClusterSettings asked) {
        Path above = asked.scratch() == null ? Path.of(System.getProperty("java.io.tmpdir")) : asked.scratch();
        try {
            Files.createDirectories(above);
            return Files.createTempDirectory(
                            above,
                            "kawi-cluster-",
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
                    .toAbsolutePath();
        } catch (IOException e) {
            throw KitException.of(e, "making a cluster's folder", above);
        }
    }

    void start(ClusterSettings asked) {
        int port = asked.port();
        if (port > 0) {
            needFree(LOOPBACK, port, port + 4 + size);
        }
        List<String> gpus = asked.withGpus() ? Gpus.discover(asked.discovery(), size) : List.of();
        master = launch.master(port, port > 0 ? port + 1 : 0);
        ports = launch.listening(master);
        for (int i = 0; i < size; i++) {
            Map<String, String> settings = new LinkedHashMap<>();
            if (!gpus.isEmpty()) {
                settings.putAll(Gpus.worker(folder(i), gpus.get(i)));
            }
            List<String> options = new ArrayList<>(List.of("--cores", "1", "--memory", asked.memory()));
            options.addAll(List.of("--webui-port", "0", "--work-dir", folder(i).toString(), address()));
            workers.add(launch.worker("worker-" + i, settings, options));
        }
    }

    /** Refuses ports that something else listens on: Spark would try others, or fail in forty lines. */
    static void needFree(String host, int first, int last) {
        for (int port = first; port < last; port++) {
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
            } catch (IOException e) {
                throw new KitException(
                        "Port " + port + " of " + host + " is taken (" + e.getMessage() + "): of the ports " + first
                                + " to " + (last - 1) + " all must be free; give another first one.",
                        e);
            }
        }
    }

    @Override
    public String address() {
        return "spark://" + LOOPBACK + ":" + ports.master();
    }

    @Override
    public String webPage() {
        return "http://" + LOOPBACK + ":" + ports.page();
    }

    @Override
    public Path driverFolder() {
        return scratch.resolve("driver");
    }

    @Override
    public Runnable watch(BooleanSupplier stopped) {
        return () -> {
            boolean ended = stopped.getAsBoolean();
            for (int i = 0; i < size; i++) {
                if (!workers.get(i).isAlive()) {
                    throw new KitException(
                            "Worker " + i + " ended; its last words are:\n" + Launch.last(launch.log("worker-" + i)));
                }
                int failed = starts(i).size() - settled[i];
                if (failed > SparkSettings.MOST_FAILED_STARTS || ended && failed > 0) {
                    throw new KitException("The executor of worker " + i + " was started " + failed
                            + " times and never came to work; the last one wrote:\n" + log(i));
                }
            }
            if (ended) {
                throw new KitException(
                        "The master has ended this work; its last words are:\n" + Launch.last(launch.log("master")));
            }
            if (!master.isAlive()) {
                throw new KitException(
                        "The cluster's master ended; its last words are:\n" + Launch.last(launch.log("master")));
            }
        };
    }

    @Override
    public Optional<Long> pid(int worker) {
        return executor(worker).map(ProcessHandle::pid);
    }

    private Optional<ProcessHandle> executor(int worker) {
        return workers.get(worker)
                .toHandle()
                .children()
                .filter(ProcessHandle::isAlive)
                .findFirst();
    }

    @Override
    public long kill(int worker) {
        ProcessHandle executor = executor(worker)
                .orElseThrow(() -> new KitException(
                        "Worker " + worker + " has no executor now: wait for one with awaitExecutors()."));
        executor.destroyForcibly();
        return executor.pid();
    }

    @Override
    public String log(int worker) {
        List<Path> starts = starts(worker);
        for (int i = starts.size() - 1; i >= 0; i--) {
            for (String each :
                    List.of("stdout", "stderr")) { // a virtual machine that cannot start says so on the first
                String said = Launch.last(starts.get(i).resolve(each));
                boolean header = said.endsWith("===="); // Spark's own, of one that has said nothing yet
                if (!said.startsWith(Launch.NOTHING) && !header) {
                    return said;
                }
            }
        }
        return Launch.last(launch.log("worker-" + worker));
    }

    /** The folders of a worker's executors, one for each time that one was started, in that order. */
    private List<Path> starts(int worker) {
        if (!Files.isDirectory(folder(worker))) {
            return List.of();
        }
        try (Stream<Path> applications = Files.list(folder(worker))) {
            List<Path> starts = new ArrayList<>();
            for (Path each : applications.filter(Files::isDirectory).toList()) {
                try (Stream<Path> executors = Files.list(each)) {
                    executors.filter(Files::isDirectory).forEach(starts::add);
                }
            }
            starts.sort(Comparator.comparingInt(
                    each -> Integer.parseInt(each.getFileName().toString())));
            return starts;
        } catch (IOException | UncheckedIOException | NumberFormatException e) {
            return List.of(); // a folder that is being made
        }
    }

    private Path folder(int worker) {
        return scratch.resolve("worker-" + worker);
    }

    boolean masterRuns() {
        return master != null && master.isAlive();
    }

    @Override
    public void describe(Tables.Rows rows) {
        rows.row("master", Long.toString(master.pid()), address(), webPage());
        for (int i = 0; i < size; i++) {
            rows.row("worker " + i, Long.toString(workers.get(i).pid()), "", "");
            rows.row("its executor", pid(i).map(String::valueOf).orElse("none now"), "", "");
        }
    }

    @Override
    public void meet() {
        // They run the jars of this process, on its CPU: there is nothing to ask them.
        settled = IntStream.range(0, size).map(i -> starts(i).size()).toArray();
    }

    @Override
    public void close() {
        List<Process> processes = new ArrayList<>(workers);
        if (master != null) {
            processes.add(master);
        }
        List<ProcessHandle> all = new ArrayList<>();
        for (Process each : processes) {
            all.addAll(each.descendants().toList());
            all.add(each.toHandle());
        }
        all.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle each : all) {
            each.onExit().completeOnTimeout(each, 5, TimeUnit.SECONDS).join();
        }
        remove(scratch);
    }

    static void remove(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(each -> each.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            // what is left of a temporary folder harms nobody
        }
    }
}
