package kawi.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import kawi.evidence.KitException;
import kawi.notebook.Tables;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.rdd.RDD;
import scala.reflect.ClassTag$;
import tech.tablesaw.api.Table;

/**
 * Several processes, on one machine or many, that train and clean together: Apache Spark's standalone mode. There is
 * one cluster at a time in a process, held here and not in a variable of a cell, which a later import would empty.
 *
 * <pre>{@code
 * Cluster cluster = Cluster.local(2);
 * show(cluster.table());
 * }</pre>
 *
 * <p>Everything that the processes say to each other is authenticated by a secret drawn for this cluster and encrypted,
 * and listens on the loopback address alone. They end with this process, however it ends.
 */
public final class Cluster implements AutoCloseable {
    private static final String LOOPBACK = "127.0.0.1";
    private static final int START_SECONDS = 180;
    private static final int MOST_FAILED_STARTS = 3;
    private static final int LINES = 12;
    private static final String NOTHING = "(nothing";

    private static Cluster running;

    private final int size;
    private final String memory;
    private final Path scratch;
    private final String secret;
    private final List<Process> workers = new ArrayList<>();
    private final AtomicLong jobs = new AtomicLong();
    private Process master;
    private int port;
    private int webPort;
    private JavaSparkContext context;
    private volatile boolean closed;

    private Cluster(int size, String memory) {
        this.size = size;
        this.memory = memory;
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        this.secret = HexFormat.of().formatHex(random);
        try {
            this.scratch = Files.createTempDirectory(
                    "kawi-cluster-",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.createDirectories(scratch.resolve("home/jars")); // what Spark takes for its installation
        } catch (IOException e) {
            throw KitException.of(e, "making a cluster's folder", Path.of(System.getProperty("java.io.tmpdir")));
        }
    }

    /**
     * Starts a master and workers as child processes of this one and waits until every worker has an executor of one
     * core and 1 GB of heap. Where this many already run, they are taken.
     *
     * @param workers how many, 1 to 64
     * @return the running cluster
     * @throws KitException if they do not all start, with what the one that failed wrote
     */
    public static Cluster local(int workers) {
        return local(workers, "1g");
    }

    /**
     * The same with another heap.
     *
     * @param workers how many, 1 to 64
     * @param memory of each executor, as Java says it: {@code 512m}, the least that Spark takes, or {@code 2g}
     * @return the running cluster; one that runs with as many workers and this heap is taken, any other is closed
     * @throws KitException if the number or the heap is none, or they do not all start, with what the one that failed
     *     wrote
     */
    public static synchronized Cluster local(int workers, String memory) {
        if (workers < 1 || workers > 64) {
            throw new KitException("A cluster of " + workers + " workers cannot be started here: give 1 to 64.");
        }
        if (!memory.matches("[1-9]\\d{0,5}g|51[2-9]m|5[2-9]\\dm|[6-9]\\d\\dm|[1-9]\\d{3,5}m")) {
            throw new KitException(
                    "'" + memory + "' is no heap for an executor: say it like 512m, which is the least, or 2g.");
        }
        if (running != null && running.alive() && running.size == workers && running.memory.equals(memory)) {
            return running;
        }
        if (running != null) {
            running.close();
        }
        Cluster cluster = new Cluster(workers, memory);
        running = cluster;
        try {
            cluster.start();
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    /** {@return the cluster of this process, where one runs} */
    public static synchronized Optional<Cluster> running() {
        return Optional.ofNullable(running).filter(Cluster::alive);
    }

    private void start() {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            close();
                            removeFolder(); // once more, for Spark leaves some of it until the process ends
                        },
                        "close the cluster"));
        String classPath = WorkerClassPath.text();
        master = launch(classPath, "master", List.of("master", LOOPBACK));
        readPorts();
        for (int i = 0; i < size; i++) {
            workers.add(launch(
                    classPath,
                    "worker-" + i,
                    List.of(
                            "worker",
                            "--host",
                            LOOPBACK,
                            "--cores",
                            "1",
                            "--memory",
                            memory,
                            "--webui-port",
                            "0",
                            "--work-dir",
                            folder(i).toString(),
                            address())));
        }
        SparkConf settings = new SparkConf(false)
                .setMaster(address())
                .setAppName("kawi")
                .set("spark.authenticate.secret", secret)
                .set("spark.driver.host", LOOPBACK)
                .set("spark.driver.bindAddress", LOOPBACK)
                .set("spark.ui.enabled", "false") // its server would listen on every address of this machine
                .set("spark.local.dir", scratch.resolve("driver").toString())
                .set("spark.executor.extraClassPath", classPath)
                .set("spark.executor.memory", memory)
                .set("spark.executor.cores", "1")
                .set("spark.cores.max", Integer.toString(size))
                .set("spark.serializer.extraDebugInfo", "false") // it reaches into the JDK, which is closed
                .set("spark.barrier.sync.timeout", "60")
                .set("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s")
                .set("spark.scheduler.barrier.maxConcurrentTasksCheck.maxFailures", "60")
                .set("spark.cleaner.periodicGC.interval", "10min");
        shared().forEach(settings::set);
        context = withKitClasses(() -> new JavaSparkContext(settings));
        awaitExecutors();
    }

    /** What master, workers and the driver must agree on. */
    private static Map<String, String> shared() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("spark.authenticate", "true");
        settings.put("spark.network.crypto.enabled", "true");
        settings.put("spark.network.crypto.authEngineVersion", "2");
        settings.put("spark.network.crypto.cipher", "AES/GCM/NoPadding");
        settings.put("spark.ui.killEnabled", "false");
        settings.put("spark.worker.cleanup.enabled", "false");
        settings.put("spark.deploy.maxExecutorRetries", Integer.toString(MOST_FAILED_STARTS));
        return settings;
    }

    private Process launch(String classPath, String name, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        shared().forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-cp", classPath, Node.class.getName()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(scratch.toFile())
                .redirectError(log(name).toFile());
        Map<String, String> environment = builder.environment();
        environment.put("SPARK_HOME", scratch.resolve("home").toString());
        environment.put("SPARK_SCALA_VERSION", "2.13");
        environment.put("SPARK_LOCAL_IP", LOOPBACK);
        environment.put("SPARK_PUBLIC_DNS", LOOPBACK);
        environment.put("SPARK_LOCAL_DIRS", scratch.resolve("local").toString());
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("_SPARK_AUTH_SECRET", secret);
        environment.remove("CLASSPATH");
        if (!name.equals("master")) {
            builder.redirectOutput(scratch.resolve(name + ".out").toFile());
        }
        try {
            return builder.start();
        } catch (IOException e) {
            throw new KitException("The " + name + " could not be started: " + e.getMessage() + ".", e);
        }
    }

    private void readPorts() {
        try {
            BufferedReader said = master.inputReader(StandardCharsets.UTF_8);
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                String[] words = line.split(" ");
                if (words.length == 3 && words[0].equals(Node.READY)) {
                    port = Integer.parseInt(words[1]);
                    webPort = Integer.parseInt(words[2]);
                    return;
                }
            }
        } catch (IOException e) {
            throw new KitException("The cluster's master could not be heard: " + e.getMessage() + ".", e);
        }
        throw new KitException(
                "The cluster's master ended before it listened; its last words are:\n" + last(log("master")));
    }

    /**
     * Waits until every worker has an executor; after one was killed, until its successor is there.
     *
     * @throws KitException if they are not there in three minutes, or one worker's fail again and again
     */
    public void awaitExecutors() {
        try {
            await();
        } catch (InterruptedJob e) {
            throw new KitException("Waiting for the cluster was interrupted: run the cell again.", e);
        }
    }

    /** The same for a job, which has its own way to end where it is interrupted. */
    void await() {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        int[] before = IntStream.range(0, size).map(i -> starts(i).size()).toArray();
        while (executors() < size) {
            if (closed) {
                throw new KitException("The cluster was closed: start one with Cluster.local(" + size + ").");
            }
            for (int i = 0; i < size; i++) {
                if (!workers.get(i).isAlive()) {
                    throw new KitException("Worker " + i + " ended; its last words are:\n" + last(log("worker-" + i)));
                }
                if (starts(i).size() - before[i] > MOST_FAILED_STARTS) {
                    throw new KitException("The executor of worker " + i + " was started "
                            + starts(i).size() + " times and never came to work; the last one wrote:\n"
                            + executorLog(i));
                }
            }
            if (!master.isAlive()) {
                throw new KitException("The cluster's master ended; its last words are:\n" + last(log("master")));
            }
            if (System.nanoTime() > until) {
                throw new KitException("Of " + size + " executors " + executors() + " came to work within "
                        + START_SECONDS + " seconds; the last one of worker 0 wrote:\n" + executorLog(0));
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedJob(e);
        }
    }

    /** {@return executors that are at work now} */
    public int executors() {
        return context == null || closed
                ? 0
                : context.sc().getExecutorMemoryStatus().size() - 1; // the driver is counted as well
    }

    /** {@return how many workers it has} */
    public int size() {
        return size;
    }

    /** {@return the address that workers join at, {@code spark://host:port}} */
    public String address() {
        return "spark://" + LOOPBACK + ":" + port;
    }

    /** {@return the master's web page, which this machine alone can open} */
    public String webPage() {
        return "http://" + LOOPBACK + ":" + webPort;
    }

    private boolean alive() {
        return !closed
                && master != null
                && master.isAlive()
                && context != null
                && !context.sc().isStopped();
    }

    /**
     * {@return the process number of a worker's executor, which is where the work is done; empty while there is none}
     *
     * @param worker from 0
     */
    public Optional<Long> executorPid(int worker) {
        check(worker);
        return executorOf(worker).map(ProcessHandle::pid);
    }

    private Optional<ProcessHandle> executorOf(int worker) {
        return workers.get(worker)
                .toHandle()
                .children()
                .filter(ProcessHandle::isAlive)
                .findFirst();
    }

    /**
     * Kills a worker's executor at once, as {@code kill -9} does. Its worker starts another, and what it was doing is
     * done again.
     *
     * @param worker from 0
     * @return the number of the process that was killed
     * @throws KitException if there is no such worker, or it has no executor now
     */
    public long kill(int worker) {
        check(worker);
        ProcessHandle executor = executorOf(worker)
                .orElseThrow(() -> new KitException(
                        "Worker " + worker + " has no executor now: wait for one with awaitExecutors()."));
        executor.destroyForcibly();
        return executor.pid();
    }

    /**
     * Waits until the executors compute, and then {@linkplain #kill kills} one of them; returns at once.
     *
     * @param worker from 0
     * @return the number of the process that was killed, once it is
     */
    public CompletableFuture<Long> killAtWork(int worker) {
        check(worker);
        CompletableFuture<Long> killed = new CompletableFuture<>();
        Thread waiting = new Thread(
                () -> {
                    try {
                        while (!working()) {
                            Thread.sleep(1);
                        }
                        killed.complete(kill(worker));
                    } catch (InterruptedException | RuntimeException e) {
                        killed.completeExceptionally(e);
                    }
                },
                "kill at work");
        waiting.setDaemon(true);
        waiting.start();
        return killed;
    }

    private void check(int worker) {
        if (worker < 0 || worker >= size) {
            throw new KitException("There is no worker " + worker + ": they are 0 to " + (size - 1) + ".");
        }
    }

    /**
     * {@return what the latest executor of a worker wrote, its last lines}
     *
     * @param worker its number, from 0
     * @throws KitException if there is no such worker
     */
    public String executorLog(int worker) {
        check(worker);
        List<Path> starts = starts(worker);
        for (int i = starts.size() - 1; i >= 0; i--) {
            for (String each :
                    List.of("stdout", "stderr")) { // a virtual machine that cannot start says so on the first
                String said = last(starts.get(i).resolve(each));
                if (!said.startsWith(NOTHING)) {
                    return said;
                }
            }
        }
        return last(log("worker-" + worker));
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

    private Path log(String name) {
        return scratch.resolve(name + ".log");
    }

    private static String last(Path log) {
        try {
            List<String> lines = Files.readAllLines(log).stream()
                    .filter(line -> !line.isBlank())
                    .toList();
            return lines.isEmpty()
                    ? NOTHING + ")"
                    : String.join("\n", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
        } catch (IOException e) {
            return NOTHING + " that can be read)";
        }
    }

    /** {@return every process of the cluster: what it is, its number, where it listens} */
    public Table table() {
        Tables.Rows rows = Tables.columns("process", "pid", "address", "web page");
        rows.row("driver, this kernel", Long.toString(ProcessHandle.current().pid()), "", "");
        rows.row("master", Long.toString(master.pid()), address(), webPage());
        for (int i = 0; i < size; i++) {
            rows.row("worker " + i, Long.toString(workers.get(i).pid()), "", "");
            rows.row("its executor", executorPid(i).map(String::valueOf).orElse("none now"), "", "");
        }
        return rows.table();
    }

    /**
     * Runs a task once for each input, each on an executor.
     *
     * @param together whether all must run at the same moment; then a lost executor fails all of them
     * @return what they gave, in the order of the inputs
     */
    <I extends Serializable, O extends Serializable> List<O> run(
            String what, List<I> inputs, Task<I, O> task, boolean together) {
        JavaRDD<I> each = context().parallelize(inputs, inputs.size());
        return job(what, () -> {
            if (!together) {
                return each.mapPartitions(new Each<>(task)).collect();
            }
            RDD<O> all = each.rdd()
                    .barrier()
                    .mapPartitions(new Together<>(task), false, ClassTag$.MODULE$.apply(Object.class));
            Object results = all.collect();
            List<O> list = new ArrayList<>();
            for (Object one : (Object[]) results) {
                @SuppressWarnings("unchecked")
                O result = (O) one;
                list.add(result);
            }
            return list;
        });
    }

    /** Runs an action of Spark's; an interrupt of this thread ends its tasks. */
    <T> T job(String what, Callable<T> action) {
        String group = "kawi-" + jobs.incrementAndGet();
        return withKitClasses(() -> {
            context().setJobGroup(group, what, true);
            try {
                return action.call();
            } catch (InterruptedException e) {
                context().cancelJobGroup(group);
                throw e;
            } finally {
                context().clearJobGroup();
            }
        });
    }

    /** {@return whether an executor computes now} */
    boolean working() {
        for (int stage : context().statusTracker().getActiveStageIds()) {
            var known = context().statusTracker().getStageInfo(stage);
            if (known != null && known.numActiveTasks() > 0) {
                return true;
            }
        }
        return false;
    }

    JavaSparkContext context() {
        if (!alive()) {
            throw new KitException("The cluster is closed: start one with Cluster.local(" + size + ").");
        }
        return context;
    }

    /** Spark looks for classes where the thread does, and a cell's thread does not know the kit's jars. */
    static <T> T withKitClasses(Callable<T> work) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(Cluster.class.getClassLoader());
        try {
            return work.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (InterruptedException e) {
            thread.interrupt();
            throw new InterruptedJob(e);
        } catch (Exception e) {
            throw new FailedJob(e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** A job that an interrupt of its thread ended. */
    static final class InterruptedJob extends RuntimeException {
        private static final long serialVersionUID = 1;

        InterruptedJob(InterruptedException cause) {
            super("interrupted", cause);
        }
    }

    /** A job that Spark gave up; the cause says why. */
    static final class FailedJob extends RuntimeException {
        private static final long serialVersionUID = 1;

        FailedJob(Exception cause) {
            super(cause.getMessage(), cause);
        }
    }

    private static final class Each<I extends Serializable, O extends Serializable>
            implements FlatMapFunction<java.util.Iterator<I>, O> {
        private static final long serialVersionUID = 1;
        private final Task<I, O> task;

        Each(Task<I, O> task) {
            this.task = task;
        }

        @Override
        public java.util.Iterator<O> call(java.util.Iterator<I> inputs) throws Exception {
            List<O> results = new ArrayList<>();
            while (inputs.hasNext()) {
                results.add(task.run(inputs.next()));
            }
            return results.iterator();
        }
    }

    private static final class Together<I extends Serializable, O extends Serializable>
            extends scala.runtime.AbstractFunction1<scala.collection.Iterator<I>, scala.collection.Iterator<O>>
            implements Serializable {
        private static final long serialVersionUID = 1;
        private final Task<I, O> task;

        Together(Task<I, O> task) {
            this.task = task;
        }

        @Override
        public scala.collection.Iterator<O> apply(scala.collection.Iterator<I> inputs) {
            try {
                return scala.jdk.javaapi.CollectionConverters.asScala(
                        new Each<>(task).call(scala.jdk.javaapi.CollectionConverters.asJava(inputs)));
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Ends all processes of the cluster and removes its folder. Calling it again does nothing. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        if (context != null) {
            withKitClasses(() -> {
                context.close();
                return null;
            });
        }
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
        removeFolder();
    }

    private void removeFolder() {
        if (!Files.exists(scratch)) {
            return;
        }
        try (Stream<Path> all = Files.walk(scratch)) {
            all.sorted(Comparator.reverseOrder()).forEach(each -> each.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            // what is left of a temporary folder harms nobody
        }
    }
}
