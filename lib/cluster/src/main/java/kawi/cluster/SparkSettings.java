package kawi.cluster;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.util.Utils;

/** How Spark is set: what all of its processes must agree on, and what the driver says for itself and executors. */
final class SparkSettings {
    /** How often an executor is started again before its worker is given up. */
    static final int MOST_FAILED_STARTS = 3;

    /** How many ports after a fixed one are tried, by Spark and by the exchange between workers. */
    static final int PORTS_TRIED = 100;

    private SparkSettings() {}

    /** What master, workers and the driver must agree on: who is let in, and how what they say is encrypted. */
    static Map<String, String> shared() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("spark.authenticate", "true");
        settings.put("spark.network.crypto.enabled", "true");
        settings.put("spark.network.crypto.authEngineVersion", "2");
        settings.put("spark.network.crypto.cipher", "AES/GCM/NoPadding");
        settings.put("spark.network.crypto.saslFallback", "false"); // SASL would try the secret again, in an old cipher
        settings.put("spark.ui.killEnabled", "false");
        settings.put("spark.worker.cleanup.enabled", "false");
        settings.put("spark.deploy.maxExecutorRetries", Integer.toString(MOST_FAILED_STARTS));
        return settings;
    }

    /** What a driver at an address needs to be let in by a master and to speak with it, before it has a context. */
    static SparkConf caller(String secret, String host) {
        Utils.setCustomHostname(host); // else Spark asks for this machine's name, which not every machine can look up
        SparkConf settings = new SparkConf(false)
                .set("spark.authenticate.secret", secret)
                .set("spark.serializer.extraDebugInfo", "false"); // it reaches into the JDK, which is closed
        shared().forEach(settings::set);
        return settings;
    }

    static SparkConf driver(
            ClusterSettings asked, Members members, String host, String secret, String classPath, int executors) {
        SparkConf settings = caller(secret, host)
                .setMaster(members.address())
                .setAppName("kawi")
                .set("spark.driver.host", host)
                .set("spark.driver.bindAddress", host)
                .set("spark.ui.enabled", "false") // its server would listen on every address of this machine
                .set("spark.local.dir", members.driverFolder().toString())
                .set("spark.executor.extraClassPath", classPath)
                .set("spark.executor.memory", asked.memory())
                .set("spark.executor.cores", "1")
                .set("spark.cores.max", Integer.toString(executors))
                .set(
                        "spark.broadcast.compress",
                        "false") // weights are numbers, of which nothing is left to squeeze out
                .set("spark.barrier.sync.timeout", "60")
                .set("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s")
                .set("spark.scheduler.barrier.maxConcurrentTasksCheck.maxFailures", "60")
                .set("spark.cleaner.periodicGC.interval", "10min");
        if (asked.port() > 0) {
            int first = asked.port() + (asked.isLocal() ? 2 : 0);
            settings.set("spark.driver.port", Integer.toString(first))
                    .set("spark.driver.blockManager.port", Integer.toString(first + 1))
                    .set("spark.blockManager.port", Integer.toString(first + 2))
                    .set("spark.port.maxRetries", Integer.toString(PORTS_TRIED));
        }
        if (asked.withGpus()) {
            settings.set("spark.executor.resource.gpu.amount", "1").set("spark.task.resource.gpu.amount", "1");
        }
        return settings;
    }
}
