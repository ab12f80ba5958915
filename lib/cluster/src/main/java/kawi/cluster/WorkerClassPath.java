package kawi.cluster;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kawi.Kit;
import kawi.evidence.KitException;

/**
 * What the processes of a cluster load: the kit's jars first, so that where Spark brings another version of the same
 * library the kit's one computes on workers as it does in a notebook, then Spark's, then a logger. All paths are
 * absolute: an executor runs in a folder of its own.
 */
final class WorkerClassPath {
    private WorkerClassPath() {}

    /** {@return the class path for a child process, entries parted as the system wants them} */
    static String text() {
        Set<Path> entries = new LinkedHashSet<>();
        entries.addAll(around(Kit.class));
        entries.addAll(around(Cluster.class));
        Path logging = home(Cluster.class).getParent().resolveSibling("logging");
        if (Files.isDirectory(logging)) {
            entries.addAll(jars(logging));
        }
        boolean logs = entries.stream().anyMatch(each -> name(each).startsWith("log4j-slf4j2-impl"));
        return entries.stream()
                .filter(each -> !logs || !name(each).startsWith("slf4j-nop"))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The jar of a class and those beside it; where it lies in a folder of classes, the class path of this process. */
    private static List<Path> around(Class<?> type) {
        Path home = home(type);
        if (Files.isRegularFile(home)) {
            List<Path> jars = jars(home.getParent());
            jars.remove(home);
            jars.add(0, home);
            return jars;
        }
        List<Path> entries = new ArrayList<>(List.of(home));
        for (String each : System.getProperty("java.class.path").split(File.pathSeparator)) {
            entries.add(Path.of(each).toAbsolutePath());
        }
        return entries;
    }

    private static Path home(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the address of a class that was loaded can be read", e);
        }
    }

    private static List<Path> jars(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return new ArrayList<>(
                    files.filter(each -> name(each).endsWith(".jar")).sorted().toList());
        } catch (IOException e) {
            throw KitException.of(e, "listing the library's jars", folder);
        }
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }
}
