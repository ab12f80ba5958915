package kawi.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the CPU says of itself, in Linux's words. */
public final class CpuFlags {

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private CpuFlags() {}

    /** {@return what it can do, such as {@code avx512_vnni}; empty where the system does not say} */
    public static List<String> list() {
        String flags = line("flags");
        return flags.isEmpty() ? List.of() : List.of(flags.split("\\s+"));
    }

    /** Who made it, such as {@code GenuineIntel}, on the x86 kind; empty where the system does not say. */
    public static String maker() {
        return line("vendor_id");
    }

    /** What stands after the name and the colon in the first line of that name. */
    private static String line(String name) {
        if (!Files.isReadable(CPU_INFO)) {
            return "";
        }
        try (var lines = Files.lines(CPU_INFO)) {
            return lines.filter(line -> line.startsWith(name))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse("");
        } catch (IOException | RuntimeException e) {
            return "";
        }
    }
}
