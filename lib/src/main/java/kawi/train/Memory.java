package kawi.train;

import java.nio.file.Path;
import kawi.evidence.SystemFile;

/**
 * What this process occupies: the JVM's heap and, where the system says it, libtorch's tensors too. A GPU's own memory
 * is not in it.
 */
public final class Memory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private Memory() {}

    /** {@return resident memory in units of 2^20 bytes; that of the Java heap alone where the system does not say} */
    public static double megabytes() {
        for (String line : SystemFile.lines(STATUS)) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            }
        }
        // Not a Linux system: the heap is what can be known.
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) / 1048576.0;
    }
}
