package kawi.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import kawi.evidence.KitException;
import kawi.notebook.Tables;
import org.apache.spark.api.java.JavaSparkContext;

/** A master and workers that run already, on this machine or others: seen by what the master and their pages say. */
final class Elsewhere implements Members {
    private static final int LINES = 12;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Door door;
    private final Path scratch;
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(5))
            .followRedirects(HttpClient.Redirect.NORMAL)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    private final List<Door.Worker> workers;
    private final String heap;
    private Supplier<List<Introduction>> ask;
    private JavaSparkContext context;
    private List<Introduction> met = List.of();

    Elsewhere(Door door, ClusterSettings asked) {
        this.door = door;
        this.heap = asked.memory();
        this.workers = door.workers();
        if (workers.isEmpty()) {
            throw new KitException("No worker has joined " + door.address()
                    + ": start one on each machine, with the same secret (kawi.cluster.ClusterNode).");
        }
        try {
            this.scratch = Files.createTempDirectory("kawi-driver-").toAbsolutePath();
        } catch (IOException e) {
            throw KitException.of(e, "making a driver's folder", Path.of(System.getProperty("java.io.tmpdir")));
        }
    }

    /** {@return how many executors there will be} Refuses what the workers have no room for. */
    int room(int wanted) {
        long megabytes = heap.endsWith("g")
                ? 1024 * Long.parseLong(heap.substring(0, heap.length() - 1))
                : Long.parseLong(heap.substring(0, heap.length() - 1));
        int room = 0;
        for (Door.Worker each : workers) {
            room += (int) Math.min(each.coresFree(), each.megabytesFree() / megabytes);
        }
        int size = wanted > 0 ? wanted : workers.size();
        if (room < size) {
            throw new KitException("The " + workers.size() + " workers of " + door.address() + " have room for " + room
                    + " executors of " + heap + " and " + size
                    + " are wanted: ask for fewer or smaller ones, or wait until others have ended their work ("
                    + workers.stream()
                            .map(each -> each.host() + ": " + each.coresFree() + " cores and " + each.megabytesFree()
                                    + " MB free")
                            .collect(Collectors.joining("; "))
                    + ").");
        }
        return size;
    }

    void begin(JavaSparkContext running, Supplier<List<Introduction>> introductions) {
        context = running;
        ask = introductions;
    }

    @Override
    public String address() {
        return door.address();
    }

    @Override
    public String webPage() {
        for (Door.Worker each : workers) {
            try {
                String page = JSON.readTree(read(each.page() + "/json/"))
                        .path("masterwebuiurl")
                        .asText();
                if (!page.isEmpty()) {
                    return page;
                }
            } catch (IOException e) {
                continue; // another worker may know it
            }
        }
        return "(no worker's page can be read from here)";
    }

    @Override
    public Path driverFolder() {
        return scratch;
    }

    /** The executors that a worker had for this driver and that ended, by its page; none where it cannot be read. */
    private List<Integer> ended(Door.Worker worker, boolean running) {
        List<Integer> ids = new ArrayList<>();
        try {
            JsonNode page = JSON.readTree(read(worker.page() + "/json/"));
            for (JsonNode each : page.path(running ? "executors" : "finishedexecutors")) {
                if (each.path("appid").asText().equals(context.sc().applicationId())) {
                    ids.add(each.path("id").asInt());
                }
            }
        } catch (IOException | RuntimeException e) {
            return List.of(); // a page that a firewall keeps from this machine
        }
        return ids;
    }

    private String read(String page) throws IOException {
        try {
            return http.send(
                            HttpRequest.newBuilder(URI.create(page))
                                    .timeout(Duration.ofSeconds(5))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public Runnable watch(BooleanSupplier ends) {
        Map<String, Integer> before = new HashMap<>();
        workers.forEach(each -> before.put(each.page(), ended(each, false).size()));
        long[] next = {0};
        return () -> {
            boolean stopped = ends.getAsBoolean();
            if (!stopped && System.nanoTime() < next[0]) {
                return;
            }
            next[0] = System.nanoTime() + 500_000_000;
            for (Door.Worker each : workers) {
                List<Integer> ended = ended(each, false);
                int failed = ended.size() - before.get(each.page());
                if (failed > SparkSettings.MOST_FAILED_STARTS || stopped && failed > 0) {
                    String said = log(each, ended.stream().max(Integer::compare).orElse(0));
                    throw new KitException("The worker on " + each.host() + " started " + failed
                            + " executors and none came to work; "
                            + (said.startsWith(Launch.NOTHING)
                                    ? "they wrote nothing, as where its JAVA_HOME has no Java: see the worker's own log."
                                    : "the last one wrote:\n" + said));
                }
            }
            if (stopped) {
                throw new KitException("The master of " + door.address() + " has ended this work: see its page, "
                        + webPage() + ", for why.");
            }
        };
    }

    private String log(Door.Worker worker, int executor) {
        for (String each : List.of("stdout", "stderr")) {
            try {
                String page = read(worker.page() + "/log/?appId=" + context.sc().applicationId() + "&executorId="
                        + executor + "&logType=" + each + "&byteLength=6000");
                String said = Members.lastLines(
                        page.lines()
                                .filter(line -> !line.startsWith("==== Bytes"))
                                .toList(),
                        LINES);
                if (!said.isEmpty() && !said.startsWith("Error:")) {
                    return said;
                }
            } catch (IOException e) {
                return Launch.NOTHING + " that can be read from here)";
            }
        }
        return Launch.NOTHING + ")";
    }

    @Override
    public synchronized Optional<Long> pid(int executor) {
        return executor < met.size() ? Optional.of(met.get(executor).pid()) : Optional.empty();
    }

    /** Asks Spark to end an executor at once and to start another. */
    @Override
    public synchronized long kill(int executor) {
        if (executor >= met.size()) {
            throw new KitException("Executor " + executor + " is not there now: wait for it with awaitExecutors().");
        }
        Introduction victim = met.get(executor);
        context.sc().killAndReplaceExecutor(Integer.toString(victim.executor()));
        return victim.pid();
    }

    @Override
    public String log(int executor) {
        Introduction known;
        synchronized (this) {
            known = executor < met.size() ? met.get(executor) : null;
        }
        for (Door.Worker each : workers) {
            if (known != null && each.host().equals(known.host())
                    || known == null && !ended(each, true).isEmpty()) {
                return log(
                        each,
                        known != null ? known.executor() : ended(each, true).get(0));
            }
        }
        return Launch.NOTHING + " that can be read from here)";
    }

    @Override
    public synchronized void describe(Tables.Rows rows) {
        rows.row("master", "", address(), webPage());
        for (Door.Worker each : workers) {
            rows.row("worker", "", each.host(), each.page());
        }
        for (int i = 0; i < met.size(); i++) {
            Introduction one = met.get(i);
            String gpu = one.gpu() == null ? "" : ", GPU " + one.gpu();
            rows.row("executor " + i + gpu, Long.toString(one.pid()), one.host() + ":" + one.port(), "");
        }
    }

    /** Speaks to executors that are new, and refuses those with another kit. */
    @Override
    public synchronized void meet() {
        Set<String> there = new java.util.HashSet<>();
        for (var each : context.sc().statusTracker().getExecutorInfos()) {
            there.add(each.host() + ":" + each.port());
        }
        if (!met.isEmpty() && met.stream().allMatch(each -> there.contains(each.host() + ":" + each.port()))) {
            return;
        }
        TreeMap<Integer, Introduction> sorted = new TreeMap<>();
        String here = Introduction.kitHere();
        try {
            ask.get().forEach(each -> sorted.put(each.executor(), each));
        } catch (Cluster.FailedJob e) {
            String why = String.valueOf(e.getMessage());
            // Where a class is missing, what was to be made of it is said to be of the wrong type.
            if (why.contains("kawi.") || why.contains("SerializedLambda") || why.contains("ClassNotFound")) {
                throw new KitException(
                        "The workers of " + door.address() + " have another version of the kit than this machine, or "
                                + "none where it is looked for: build the same sources on all, or name the place by "
                                + "classPath.",
                        e);
            }
            throw e;
        }
        for (Introduction each : sorted.values()) {
            if (!each.kit().equals(here)) {
                throw new KitException("The worker on " + each.host() + " has another version of the kit (" + each.kit()
                        + ") than this machine (" + here + "): build the same sources on all.");
            }
        }
        met = List.copyOf(sorted.values());
    }

    @Override
    public void close() {
        Children.remove(scratch);
    }
}
