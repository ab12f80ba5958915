package kawi.train;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.SystemFile;

/**
 * The energy that the machine's processors use, whatever they work for, where it is counted and may be read: Linux
 * shows the counters of Intel's and AMD's processors (RAPL) as files, on many systems to root alone.
 *
 * @see <a href="https://docs.kernel.org/power/powercap/powercap.html">the powercap interface</a>
 */
final class Energy {
    static final Path COUNTERS = Path.of("/sys/class/powercap");

    private final Map<Path, Long> last =
            new LinkedHashMap<>(); // microjoules of each processor package at the last look

    /** Looks at the counters for the first time. @param counters the folder that shows them */
    Energy(Path counters) {
        try (DirectoryStream<Path> domains = Files.newDirectoryStream(counters, "intel-rapl:*")) {
            for (Path domain : domains) {
                // A package holds its cores' and memory's counters too, and the platform's holds the package: only
                // packages are added up.
                if (Files.readString(domain.resolve("name")).startsWith("package")) {
                    last.put(domain, number(domain, "energy_uj"));
                }
            }
        } catch (IOException | RuntimeException e) {
            last.clear(); // there is none, or this user may not read it
        }
    }

    boolean readable() {
        return !last.isEmpty();
    }

    /** Joules since the last look; null where they cannot be read. */
    Double joules() {
        if (!readable()) {
            return null;
        }
        try {
            double sum = 0;
            for (Map.Entry<Path, Long> each : last.entrySet()) {
                long now = number(each.getKey(), "energy_uj");
                long more = now - each.getValue();
                sum += more < 0
                        ? more + number(each.getKey(), "max_energy_range_uj")
                        : more; // the counter began anew at 0
                each.setValue(now);
            }
            return sum / 1e6;
        } catch (IOException | RuntimeException e) {
            last.clear();
            return null;
        }
    }

    private static long number(Path domain, String file) throws IOException {
        List<String> lines = SystemFile.lines(domain.resolve(file));
        if (lines.isEmpty()) {
            throw new IOException("the counter " + file + " cannot be read");
        }
        return Long.parseLong(lines.get(0).strip());
    }
}
