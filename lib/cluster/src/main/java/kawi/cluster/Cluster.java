package kawi.cluster;

import java.io.Serializable;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.notebook.Tables;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
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
 * <p>Everything that the processes say to each other is authenticated by a secret and encrypted. Those of a
 * {@linkplain #local local} cluster listen on the loopback address alone, and end with this process, however it ends; a
 * cluster {@linkplain #connect elsewhere} is joined and left again, and what this process had there ends with it.
 */
public final class Cluster implements AutoCloseable {
    private static final int START_SECONDS = 180;

    private static Cluster running;

    private final ClusterSettings asked;
    private final Members members;
    private int size;
    private Driver driver;
    private volatile OptionalDouble megabits = OptionalDouble.empty();
    private volatile AtWork atWork; // the kill that was asked for last; null before
    private volatile boolean closed;
    private volatile boolean ending; // this process was told to end, and work goes on in it until it does

    private Cluster(ClusterSettings asked, Members members, int size) {
        this.asked = asked;
        this.members = members;
        this.size = size;
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
        return start(ClusterSettings.local(workers));
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
    public static Cluster local(int workers, String memory) {
        return start(ClusterSettings.local(workers).memory(memory));
    }

    /**
     * Joins a cluster that runs elsewhere, whose secret is in the file that the variable {@code KAWI_CLUSTER_SECRET}
     * names, with one executor for each of its workers. {@link ClusterSettings} says what machines must share and which
     * ports are used, and sets everything else; {@link ClusterNode} starts master and workers.
     *
     * @param master {@code spark://host:port}
     * @return the cluster, once its executors are there
     * @throws KitException if nobody answers there, the secret is wrong, the workers have another version of the kit,
     *     or their executors do not start, with what the one that failed wrote
     */
    public static Cluster connect(String master) {
        return start(ClusterSettings.remote(master));
    }

    /**
     * Starts or joins a cluster.
     *
     * @param settings what it is to be
     * @return the cluster, once its executors are there; the one that runs, if it was asked for in the same words, and
     *     any other is closed
     * @throws KitException if it cannot be had, with what the process that failed wrote
     */
    public static synchronized Cluster start(ClusterSettings settings) {
        if (running != null && running.alive() && running.asked.words().equals(settings.words())) {
            return running;
        }
        if (running != null) {
            running.close();
        }
        return settings.isLocal() ? here(settings) : elsewhere(settings);
    }

    private static Cluster here(ClusterSettings settings) {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        String secret = HexFormat.of().formatHex(random);
        Children children = new Children(settings, secret);
        return begin(new Cluster(settings, children, settings.workers()), cluster -> {
            children.start(settings);
            cluster.open(Children.LOOPBACK, secret);
        });
    }

    private static Cluster elsewhere(ClusterSettings settings) {
        Door door = Door.knock(settings);
        if (settings.port() > 0) {
            Children.needFree(door.here(), settings.port(), settings.port() + 2);
        }
        Elsewhere there = new Elsewhere(door, settings);
        return begin(new Cluster(settings, there, 0), cluster -> {
            cluster.size = there.room(settings.workers());
            cluster.open(door.here(), door.secret());
        });
    }

    private static Cluster begin(Cluster cluster, java.util.function.Consumer<Cluster> start) {
        running = cluster;
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            cluster.ending = true;
                            cluster.close();
                            cluster.members.close(); // once more, for Spark leaves files until the process ends
                        },
                        "close the cluster"));
        try {
            start.accept(cluster);
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    private void open(String host, String secret) {
        String classPath = asked.classPath() == null ? WorkerClassPath.text() : asked.classPath();
        SparkConf settings = SparkSettings.driver(asked, members, host, secret, classPath, size);
        driver = new Driver(settings, asked.memory());
        if (members instanceof Elsewhere there) {
            there.begin(
                    driver.context(),
                    () -> run("who is there", IntStream.range(0, size).boxed().toList(), new Introduction.Ask(), true));
        }
        awaitExecutors();
    }

    /** {@return the cluster of this process, where one runs} */
    public static synchronized Optional<Cluster> running() {
        return Optional.ofNullable(running).filter(Cluster::alive);
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
        Runnable vain = members.watch(() -> driver != null && driver.stopped());
        while (withKitClasses(this::executors) < size) { // an interrupt of this thread is one of the job
            if (closed) {
                throw gone();
            }
            vain.run();
            if (System.nanoTime() > until) {
                throw new KitException("Of " + size + " executors " + executors() + " came to work within "
                        + START_SECONDS + " seconds; the last one of worker 0 wrote:\n" + members.log(0));
            }
            pause();
        }
        members.meet();
    }

    private KitException gone() {
        String another = "start one with "
                + (asked.isLocal() ? "Cluster.local(" + size + ")" : "Cluster.connect(\"" + asked.master() + "\")")
                + ".";
        if (ending) {
            return new KitException("This process was told to end, and its cluster has ended before it.");
        }
        if (closed || driver == null) {
            return new KitException("The cluster is closed: " + another);
        }
        try {
            members.watch(() -> true).run(); // nobody closed it, and its processes know what ended it
            return new KitException("The cluster has ended by itself: " + another);
        } catch (KitException e) {
            return new KitException("The cluster has ended by itself: " + another + " " + e.getMessage(), e);
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
        return driver == null || closed ? 0 : driver.executors();
    }

    /** {@return the executors that are at work now, by where they listen} */
    Set<String> present() {
        return withKitClasses(() -> driver.present());
    }

    /** {@return how many workers it has} */
    public int size() {
        return size;
    }

    /** {@return the address that workers join at, {@code spark://host:port}} */
    public String address() {
        return members.address();
    }

    /** {@return the master's web page, which of a local cluster this machine alone can open} */
    public String webPage() {
        return members.webPage();
    }

    private boolean alive() {
        return !closed
                && driver != null
                && !driver.stopped()
                && (!(members instanceof Children children) || children.masterRuns());
    }

    /**
     * {@return the process number of a worker's executor, which is where the work is done; empty while there is none}
     *
     * @param worker from 0
     */
    public Optional<Long> executorPid(int worker) {
        check(worker);
        return members.pid(worker);
    }

    /**
     * Kills a worker's executor at once, as {@code kill -9} does; elsewhere Spark is asked to end it. Its worker starts
     * another, and what it was doing is done again.
     *
     * @param worker from 0
     * @return the number of the process that was killed
     * @throws KitException if there is no such worker, or it has no executor now
     */
    public long kill(int worker) {
        check(worker);
        return members.kill(worker);
    }

    /**
     * {@linkplain #kill Kills} a worker's executor in the middle of its work: half through its part of the first job
     * that begins after this call and in which it has one (a round of a training, a trial, a part of a cleaning or
     * tokenising), where it waits for the kill. Returns at once.
     *
     * @param worker from 0
     * @return the number of the process that was killed, once it is
     * @throws KitException if there is no such worker
     */
    public CompletableFuture<Long> killAtWork(int worker) {
        check(worker);
        AtWork awaited = new AtWork(worker);
        if (atWork != null) {
            atWork.killed()
                    .completeExceptionally(new KitException("Another kill was asked for before this one was done."));
        }
        atWork = awaited;
        Thread waiting = new Thread(() -> awaited.kill(this), "kill at work");
        waiting.setDaemon(true);
        waiting.start();
        return awaited.killed();
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
        return members.log(worker);
    }

    /**
     * Makes the link of every worker as slow as one of so many megabits a second in each direction, from the next job
     * on: what a worker receives in an exchange, and what the driver hands it at the beginning of a round, arrives no
     * faster. Nothing in the system is changed, so any user can do it. In the exchange of gradients a worker sends as
     * much as it receives, so that one direction is enough to wait for; headers, about 3 %, are not counted.
     *
     * @param megabitsPerSecond more than 0
     * @return this
     * @throws KitException if it is not more than 0
     */
    public Cluster throttle(double megabitsPerSecond) {
        if (!(megabitsPerSecond > 0) || Double.isInfinite(megabitsPerSecond)) {
            throw new KitException("A link cannot carry " + megabitsPerSecond
                    + " Mbit/s: give more than 0, or take the limit away with unthrottle().");
        }
        megabits = OptionalDouble.of(megabitsPerSecond);
        return this;
    }

    /**
     * Lets every link be as fast as it is, from the next job on.
     *
     * @return this
     */
    public Cluster unthrottle() {
        megabits = OptionalDouble.empty();
        return this;
    }

    /** {@return the rate that {@link #throttle} set, in megabits a second} */
    public OptionalDouble megabits() {
        return megabits;
    }

    /** {@return every process of the cluster: what it is, its number, where it listens} */
    public Table table() {
        Tables.Rows rows = Tables.columns("process", "pid", "address", "web page");
        rows.row("driver, this kernel", Long.toString(ProcessHandle.current().pid()), "", "");
        members.describe(rows);
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
        return job(what, () -> Jobs.collect(context().parallelize(inputs, inputs.size()), task, together));
    }

    /**
     * Runs an action of Spark's; an interrupt of this thread ends its tasks.
     *
     * @throws FailedJob if Spark gave it up, and may not give it up the next time
     * @throws KitException if it would fail again
     */
    <T> T job(String what, Callable<T> action) {
        context();
        AtWork awaited = atWork;
        return driver.job(what, megabits, awaited == null ? null : awaited.property(members), action);
    }

    /** {@return whether an executor computes now} */
    boolean working() {
        context();
        return driver.working();
    }

    JavaSparkContext context() {
        if (!alive()) {
            throw gone();
        }
        return driver.context();
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

    /** Ends all processes that were started for the cluster and removes their folder. Again, it does nothing. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        if (driver != null) {
            driver.close();
        }
        members.close();
    }
}
