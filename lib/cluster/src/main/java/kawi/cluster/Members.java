package kawi.cluster;

import java.nio.file.Path;
import java.util.Optional;
import kawi.notebook.Tables;

/** The processes of a cluster as its driver sees them: its own children, or processes elsewhere. */
interface Members {
    /** {@return where workers and drivers join} */
    String address();

    /** {@return the master's page} */
    String webPage();

    /** {@return a folder for what the driver's memory does not hold} */
    Path driverFolder();

    /** {@return a check, for the time of one wait, that throws where executors will not come any more} */
    Runnable watch();

    /** {@return the number of an executor's process, where there is one} */
    Optional<Long> pid(int executor);

    /** Kills an executor; {@return the number of its process} */
    long kill(int executor);

    /** {@return the last lines that an executor wrote} */
    String log(int executor);

    /** Adds the master's row, the workers' and their executors'. */
    void describe(Tables.Rows rows);

    /** Called once the executors are there, and after each wait for one of them. */
    void meet();

    /** Ends what was started here, and nothing else. */
    void close();

    /** {@return the last lines of a text, none of them blank} */
    static String lastLines(java.util.List<String> all, int most) {
        java.util.List<String> lines =
                all.stream().filter(line -> !line.isBlank()).toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - most), lines.size()));
    }
}
