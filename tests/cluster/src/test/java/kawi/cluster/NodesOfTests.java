package kawi.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Masters and workers that somebody else started, as {@link ClusterNode} starts them. */
final class NodesOfTests implements AutoCloseable {
    private final Path folder;
    private final Path secret;
    private final List<Process> started = new ArrayList<>();

    NodesOfTests(Path folder) throws IOException {
        this.folder = folder;
        this.secret = secretFile(folder.resolve("secret"), "0123456789abcdef0123456789abcdef");
    }

    static Path secretFile(Path file, String secret) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, secret + "\n");
    }

    Path secret() {
        return secret;
    }

    /** Starts a node, perhaps by another program, and gives the first line that it says. */
    String start(List<String> before, String... words) throws IOException {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-cp", WorkerClassPath.text(), ClusterNode.class.getName()));
        command.addAll(List.of(words));
        Path errors = folder.resolve("node-" + started.size() + ".log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().put("KAWI_CLUSTER_SECRET", secret.toString());
        Process process = builder.start();
        started.add(process);
        String line = process.inputReader().readLine();
        if (line == null) {
            throw new IOException("a node ended at once: " + Files.readString(errors));
        }
        return line;
    }

    String master(List<String> before, String host, int port) throws IOException {
        return start(before, "master", host, "--port", Integer.toString(port), "--page", "0")
                .split(" ")[1];
    }

    @Override
    public void close() {
        for (Process each : started) {
            each.descendants().forEach(ProcessHandle::destroy);
            each.destroy();
        }
        for (Process each : started) {
            each.onExit().completeOnTimeout(each, 10, TimeUnit.SECONDS).join();
            each.descendants().forEach(ProcessHandle::destroyForcibly);
            each.destroyForcibly();
        }
    }
}
