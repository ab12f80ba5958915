package kawi.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;

/**
 * Starts a master or a worker of Spark as a child process of this one: what Spark's own start scripts do, which its
 * jars at Maven Central do not contain. It ends with this process.
 *
 * @param folder where it keeps its own files, and stands
 * @param host the address that it listens on, and no other
 * @param secret that lets others in; it goes by the environment, for a list of processes shows arguments
 * @param more variables of its environment
 */
record Launch(Path folder, String host, String secret, Map<String, String> more) {
    Launch(Path folder, String host, String secret) {
        this(folder, host, secret, Map.of());
    }

    /** What a master says when it listens: its port, and that of its page. */
    record Ports(int master, int page) {}

    Process master(int port, int page) {
        return start("master", List.of(), List.of("master", host, Integer.toString(port), Integer.toString(page)));
    }

    /**
     * @param settings of Spark, beside those that all share
     * @param options of Spark's worker, the master's address last
     */
    Process worker(String name, Map<String, String> settings, List<String> options) {
        List<String> properties = new ArrayList<>();
        settings.forEach((key, value) -> properties.add("-D" + key + "=" + value));
        List<String> arguments = new ArrayList<>(List.of("worker", "--host", host));
        arguments.addAll(options);
        return start(name, properties, arguments);
    }

    private Process start(String name, List<String> properties, List<String> arguments) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command =
                new ArrayList<>(List.of(java, "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        SparkSettings.shared().forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(properties);
        command.addAll(List.of("-cp", WorkerClassPath.text(), Node.class.getName()));
        command.addAll(arguments);
        try {
            Files.createDirectories(folder.resolve("home/jars")); // what Spark takes for its installation
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectError(log(name).toFile());
            Map<String, String> environment = builder.environment();
            environment.put("SPARK_HOME", folder.resolve("home").toString());
            environment.put("SPARK_SCALA_VERSION", "2.13");
            environment.put("SPARK_LOCAL_IP", host);
            environment.put("SPARK_PUBLIC_DNS", host);
            environment.put("SPARK_LOCAL_DIRS", folder.resolve("local").toString());
            environment.put("JAVA_HOME", System.getProperty("java.home"));
            environment.put("_SPARK_AUTH_SECRET", secret);
            environment.remove("CLASSPATH");
            environment.putAll(more);
            if (!name.equals("master")) {
                builder.redirectOutput(folder.resolve(name + ".out").toFile());
            }
            return builder.start();
        } catch (IOException e) {
            throw new KitException("The " + name + " could not be started: " + e.getMessage() + ".", e);
        }
    }

    Path log(String name) {
        return folder.resolve(name + ".log");
    }

    /** Waits until a master listens. */
    Ports listening(Process master) {
        try {
            BufferedReader said = master.inputReader(StandardCharsets.UTF_8);
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                String[] words = line.split(" ");
                if (words.length == 3 && words[0].equals(Node.READY)) {
                    return new Ports(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
                }
            }
        } catch (IOException e) {
            throw new KitException("The cluster's master could not be heard: " + e.getMessage() + ".", e);
        }
        throw new KitException(
                "The cluster's master ended before it listened; its last words are:\n" + last(log("master")));
    }

    static final String NOTHING = "(nothing";
    private static final int LINES = 12;

    /** {@return the last lines of a log; where there are none, that there are none} */
    static String last(Path log) {
        try {
            String lines = Members.lastLines(Files.readAllLines(log), LINES);
            return lines.isEmpty() ? NOTHING + ")" : lines;
        } catch (IOException e) {
            return NOTHING + " that can be read)";
        }
    }
}
