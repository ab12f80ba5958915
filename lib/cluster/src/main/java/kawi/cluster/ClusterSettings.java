package kawi.cluster;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import kawi.evidence.KitException;

/**
 * What a cluster is to be: on this machine or elsewhere, how many executors, how much memory each, which ports.
 *
 * <pre>{@code
 * Cluster.start(ClusterSettings.local(2).memory("2g").port(40000));
 * Cluster.start(ClusterSettings.remote("spark://10.0.0.1:7077").secret(Path.of("secret")).memory("4g").port(40000));
 * }</pre>
 *
 * <p><b>What machines must share.</b> Each has the kit and Spark's jars, built from the same sources, and a JDK of the
 * same version, all under the paths that they have here (or {@link #classPath} says where); PyTorch's natives are among
 * the kit's jars and are unpacked by each machine for itself. Token files and the folders that cleaning writes to lie
 * under one path on all of them, as a network drive gives it. The secret is a file of one line, the same everywhere,
 * that only its owner may read; it is copied by hand and never sent. CPUs must be of one kind where workers are to end
 * in the bytes of one process.
 *
 * <p><b>Which ports.</b> The master listens on one for workers and drivers (7077 unless told otherwise) and on one for
 * its page, each worker on one and on one for its page: {@link ClusterNode} takes them as options. Executors and the
 * driver listen where {@link #port} says: the driver on that port and the next, executors from the one after on, two
 * each: one for Spark, one where the other workers of a training connect to it. Workers must reach the driver and each
 * other, not the master alone. All but the pages, which anybody can read who reaches them and which show neither text
 * nor secret, is authenticated and encrypted.
 */
public final class ClusterSettings {
    private final String master;
    private final int workers;
    private String memory = "1g";
    private int port;
    private Path secret;
    private String driverAddress;
    private String classPath;
    private Path scratch;
    private Path gpus;
    private boolean askGpus;
    private final Map<String, String> environment = new HashMap<>();

    private ClusterSettings(String master, int workers) {
        this.master = master;
        this.workers = workers;
    }

    /**
     * {@return a cluster of child processes of this one, on the loopback address alone}
     *
     * @param workers how many, 1 to 64, each with one executor
     * @throws KitException for any other number
     */
    public static ClusterSettings local(int workers) {
        if (workers < 1 || workers > 64) {
            throw new KitException("A cluster of " + workers + " workers cannot be started here: give 1 to 64.");
        }
        return new ClusterSettings(null, workers);
    }

    /**
     * {@return a cluster whose master runs already, on this machine or another: Spark's own standalone mode, of the
     * version that the kit brings} It gives one executor for each worker that has joined when it is connected to.
     *
     * @param master {@code spark://host:port}
     * @throws KitException if that is no such address
     */
    public static ClusterSettings remote(String master) {
        return remote(master, 0);
    }

    /**
     * {@return the same with another number of executors}
     *
     * @param master {@code spark://host:port}
     * @param workers how many executors, spread over the workers that have room
     * @throws KitException if that is no such address or number
     */
    public static ClusterSettings remote(String master, int workers) {
        if (!String.valueOf(master).matches("spark://[A-Za-z0-9._-]+:[1-9]\\d{0,4}")) {
            throw new KitException("'" + master + "' is no address of a cluster: say it like spark://10.0.0.1:7077.");
        }
        if (workers < 0) {
            throw new KitException("A cluster of " + workers + " executors cannot be had: give at least 1.");
        }
        return new ClusterSettings(master, workers);
    }

    /**
     * Sets the heap of each executor; 1 GB unless set. PyTorch's tensors lie outside of it.
     *
     * @param heap as Java says it: {@code 512m}, the least that Spark takes, or {@code 2g}
     * @return this
     * @throws KitException if it is no such heap
     */
    public ClusterSettings memory(String heap) {
        if (!String.valueOf(heap).matches("[1-9]\\d{0,5}g|51[2-9]m|5[2-9]\\dm|[6-9]\\d\\dm|[1-9]\\d{3,5}m")) {
            throw new KitException(
                    "'" + heap + "' is no heap for an executor: say it like 512m, which is the least, or 2g.");
        }
        memory = heap;
        return this;
    }

    /**
     * Fixes the ports, for a firewall: the driver takes the first two, executors those after them, two each; on this
     * machine master and page come before all, so that the driver has the third. Unless set, the system chooses.
     *
     * @param first 1024 to 65000
     * @return this
     * @throws KitException for any other number
     */
    public ClusterSettings port(int first) {
        if (first < 1024 || first > 65000) {
            throw new KitException("Ports cannot begin at " + first + ": give 1024 to 65000.");
        }
        port = first;
        return this;
    }

    /**
     * Names the file with the secret of a cluster elsewhere; unless set, the one that the variable
     * {@code KAWI_CLUSTER_SECRET} names. A cluster on this machine draws its own.
     *
     * @param file one line of at least 16 characters
     * @return this
     */
    public ClusterSettings secret(Path file) {
        secret = file;
        return this;
    }

    /**
     * Sets the address of this machine under which workers reach it; unless set, the one from which this machine
     * reaches the master.
     *
     * @param host an address or a name that workers know
     * @return this
     */
    public ClusterSettings driverAddress(String host) {
        driverAddress = host;
        return this;
    }

    /**
     * Says where the kit's and Spark's jars lie on the workers; unless set, where they lie here.
     *
     * @param entries as Java's class path has them, the kit's first: {@code /opt/kawi/lib/target/kawi/*:...}
     * @return this
     */
    public ClusterSettings classPath(String entries) {
        classPath = entries;
        return this;
    }

    /**
     * Sets the folder of a cluster on this machine for logs and for what its executors' memory does not hold; unless
     * set, a temporary one. It is removed at the end.
     *
     * @param folder where a folder can be made
     * @return this
     */
    public ClusterSettings scratch(Path folder) {
        scratch = folder;
        return this;
    }

    /**
     * Gives each executor a GPU of its own, by Spark's resource scheduling; {@code nvidia-smi} says which there are.
     *
     * @return this
     */
    public ClusterSettings gpus() {
        return gpus(null);
    }

    /**
     * The same with a program that says which there are. Elsewhere the workers' own is asked.
     *
     * @param discovery prints {@code {"name": "gpu", "addresses": ["0", "1"]}}, as Spark's discovery scripts do
     * @return this
     */
    public ClusterSettings gpus(Path discovery) {
        gpus = discovery;
        askGpus = true;
        return this;
    }

    /** A variable of the workers' environment, for tests. */
    ClusterSettings environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    boolean isLocal() {
        return master == null;
    }

    String master() {
        return master;
    }

    int workers() {
        return workers;
    }

    String memory() {
        return memory;
    }

    int port() {
        return port;
    }

    Path secret() {
        return secret;
    }

    String driverAddress() {
        return driverAddress;
    }

    String classPath() {
        return classPath;
    }

    Path scratch() {
        return scratch;
    }

    Path discovery() {
        return gpus;
    }

    boolean withGpus() {
        return askGpus;
    }

    Map<String, String> environment() {
        return environment;
    }

    /** Two clusters that were asked for in the same words are the same. */
    String words() {
        return String.join(
                "|",
                String.valueOf(master),
                String.valueOf(workers),
                memory,
                String.valueOf(port),
                String.valueOf(secret),
                String.valueOf(driverAddress),
                String.valueOf(classPath),
                String.valueOf(scratch),
                String.valueOf(gpus),
                String.valueOf(askGpus),
                environment.toString());
    }
}
