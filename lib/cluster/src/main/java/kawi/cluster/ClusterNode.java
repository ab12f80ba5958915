package kawi.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import kawi.evidence.KitException;

/**
 * Starts a master or a worker of a cluster of several machines; {@link Cluster#connect} joins it.
 *
 * <pre>
 * export KAWI_CLUSTER_SECRET=secret
 * node="java -cp lib/target/kawi/*:lib/cluster/target/cluster/* kawi.cluster.ClusterNode"
 * $node master 10.0.0.1                            # on one machine
 * $node worker 10.0.0.2 spark://10.0.0.1:7077      # on each of the others, and on the first if it is to work too
 * </pre>
 *
 * <p>The secret file is made once, as by {@code (umask 077; openssl rand -hex 32 > secret)}, and copied to each
 * machine. A node ends when this command is ended, and its executors with it.
 */
public final class ClusterNode {
    private static final String SETTINGS = "classpath:kawi/cluster/log4j2-node.properties";
    private static final Map<String, String> MASTER = options("--port", "7077", "--page", "8080");
    private static final Map<String, String> WORKER =
            options("--port", "0", "--page", "0", "--cores", "", "--memory", "", "--gpus", "", "--folder", "");

    private ClusterNode() {}

    private static Map<String, String> options(String... pairs) {
        Map<String, String> options = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            options.put(pairs[i], pairs[i + 1]);
        }
        return options;
    }

    /**
     * Starts a node and stays until it ends.
     *
     * @param words {@code master HOST} with {@code --port} (7077) and {@code --page} (8080), or {@code worker HOST
     *     MASTER} with {@code --port}, {@code --page} (any that is free), {@code --cores} and {@code --memory} (what
     *     the machine has), {@code --gpus} (a discovery script, as Spark's) and {@code --folder} (for logs and what
     *     memory does not hold; a temporary one). HOST is the address of this machine under which the others reach it
     */
    public static void main(String[] words) {
        // Spark's logger would print a stack trace, among what this says, where a machine cannot look up its own name
        System.setProperty("log4j2.StatusLogger.level", System.getProperty("log4j2.StatusLogger.level", "OFF"));
        System.setProperty("log4j2.configurationFile", System.getProperty("log4j2.configurationFile", SETTINGS));
        try {
            System.exit(run(List.of(words)));
        } catch (KitException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        } catch (InterruptedException e) {
            System.exit(1);
        }
    }

    private static int run(List<String> words) throws InterruptedException {
        boolean master = words.size() >= 2 && words.get(0).equals("master");
        boolean worker = words.size() >= 3 && words.get(0).equals("worker");
        if (!master && !worker) {
            throw new KitException("Say 'master HOST' or 'worker HOST spark://HOST:7077', and then options: a master's "
                    + MASTER.keySet() + ", a worker's " + WORKER.keySet() + ".");
        }
        String host = words.get(1);
        Map<String, String> options = parsed(words.subList(master ? 2 : 3, words.size()), master ? MASTER : WORKER);
        Path folder = folder(options.getOrDefault("--folder", ""));
        try {
            Launch launch = new Launch(folder, host, Door.secret(null));
            return master ? master(launch, options) : worker(launch, words.get(2), options);
        } finally {
            Children.remove(folder);
        }
    }

    private static Map<String, String> parsed(List<String> words, Map<String, String> known) {
        Map<String, String> options = new LinkedHashMap<>(known);
        for (int i = 0; i < words.size(); i += 2) {
            if (!known.containsKey(words.get(i))) {
                throw new KitException("There is no option '" + words.get(i) + "': there are " + known.keySet() + ".");
            }
            if (i + 1 == words.size()) {
                throw new KitException("The option " + words.get(i) + " needs a value.");
            }
            options.put(words.get(i), words.get(i + 1));
        }
        for (String each : Set.of("--port", "--page", "--cores")) {
            String value = options.getOrDefault(each, "");
            if (!value.matches("\\d{0,5}")) {
                throw new KitException("The option " + each + " needs a number, and '" + value + "' is none.");
            }
        }
        return options;
    }

    private static Path folder(String asked) {
        Path above = Path.of(asked.isEmpty() ? System.getProperty("java.io.tmpdir") : asked);
        try {
            Files.createDirectories(above);
            return Files.createTempDirectory(above, "kawi-node-").toAbsolutePath();
        } catch (IOException e) {
            throw KitException.of(e, "making a node's folder", above);
        }
    }

    private static int master(Launch launch, Map<String, String> options) throws InterruptedException {
        int port = Integer.parseInt(options.get("--port"));
        if (port > 0) {
            Children.needFree(launch.host(), port, port + 1);
        }
        Process process = launch.master(port, Integer.parseInt(options.get("--page")));
        endWith(process, launch);
        Launch.Ports ports = launch.listening(process);
        System.out.println("master spark://" + launch.host() + ":" + ports.master() + " page http://" + launch.host()
                + ":" + ports.page());
        return ended(process, launch, "master");
    }

    private static int worker(Launch launch, String master, Map<String, String> options) throws InterruptedException {
        Set<String> before = pages(launch, ClusterSettings.remote(master).master());
        Map<String, String> settings = new LinkedHashMap<>();
        if (!options.get("--gpus").isEmpty()) {
            Path script = Path.of(options.get("--gpus")).toAbsolutePath();
            int there = Gpus.discover(script, 1).size();
            settings.put("spark.worker.resource.gpu.amount", Integer.toString(there));
            settings.put("spark.worker.resource.gpu.discoveryScript", script.toString());
        }
        List<String> arguments = new ArrayList<>();
        for (String each : List.of("--port", "--cores", "--memory")) {
            if (!options.get(each).isEmpty()) {
                arguments.addAll(List.of(each, options.get(each)));
            }
        }
        arguments.addAll(List.of("--webui-port", options.get("--page")));
        arguments.addAll(List.of("--work-dir", launch.folder().resolve("work").toString(), master));
        Process process = launch.worker("worker", settings, arguments);
        endWith(process, launch);
        while (process.isAlive() && before.containsAll(pages(launch, master))) {
            Thread.sleep(200);
        }
        if (process.isAlive()) {
            System.out.println("worker " + process.pid() + " has joined " + master);
        }
        return ended(process, launch, "worker");
    }

    /** The pages of the workers that have joined. */
    private static Set<String> pages(Launch launch, String master) {
        return Door.knock(master, launch.host(), launch.secret()).workers().stream()
                .map(Door.Worker::page)
                .collect(Collectors.toSet());
    }

    /** A stop of this process, as by a key, takes the node with it, and its files. */
    private static void endWith(Process process, Launch launch) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            process.descendants().forEach(ProcessHandle::destroyForcibly);
                            process.destroyForcibly();
                            Children.remove(launch.folder());
                        },
                        "end the node"));
    }

    private static int ended(Process process, Launch launch, String name) throws InterruptedException {
        int code = process.waitFor();
        throw new KitException(
                "The " + name + " ended with code " + code + "; its last words are:\n" + Launch.last(launch.log(name)));
    }
}
