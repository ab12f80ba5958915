package kawi.cluster;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.master.Master;
import org.apache.spark.deploy.worker.Worker;
import org.apache.spark.rpc.RpcEnv;

/**
 * The main class of a cluster's child processes: a master or a worker of Spark's standalone mode, which ends with the
 * process that started it. Its standard input is a pipe from there, and a pipe whose other end died is at its end,
 * however it died.
 */
final class Node {
    /** What a master prints once it listens: this word, its port and its web page's port. */
    static final String READY = "kawi-master-at";

    private Node() {}

    /**
     * @param arguments {@code master HOST PORT PAGE}, ports of 0 for any, or {@code worker} and the arguments of
     *     Spark's worker. Settings of Spark are system properties; the secret comes by the environment, where a list of
     *     processes does not show it
     */
    public static void main(String[] arguments) throws InterruptedException {
        endWithParent();
        if (arguments[0].equals("master")) {
            var started = Master.startRpcEnvAndEndpoint(
                    arguments[1], Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]), new SparkConf());
            RpcEnv server = started._1();
            System.out.println(READY + " " + server.address().port() + " " + started._2());
            server.awaitTermination();
        } else {
            String[] rest = new String[arguments.length - 1];
            System.arraycopy(arguments, 1, rest, 0, rest.length);
            Worker.main(rest);
        }
    }

    private static void endWithParent() {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // nothing is ever said; only the end counts
                        }
                    } catch (IOException e) {
                        // as good as the end
                    }
                    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
                    removeFolder();
                    Runtime.getRuntime().halt(0);
                },
                "end with parent");
        watch.setDaemon(true);
        watch.start();
    }

    /**
     * Who started this process would have removed the folder of the cluster, in which it stands, and cannot any more.
     */
    private static void removeFolder() {
        Path here = Path.of("").toAbsolutePath();
        if (here.getFileName().toString().matches("kawi-(cluster|node)-.*")) {
            try {
                Thread.sleep(1000); // others are ending, and write their last lines
            } catch (InterruptedException e) {
                return;
            }
            Children.remove(here);
        }
    }
}
