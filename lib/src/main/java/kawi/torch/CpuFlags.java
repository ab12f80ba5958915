package kawi.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the CPU says of itself, in Linux's words. */
public final class CpuFlags {

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    /** Variables by which PyTorch, oneDNN and MKL are told which instructions to leave unused. */
    private static final List<String> LIMITS = List.of(
            "ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA", "MKL_ENABLE_INSTRUCTIONS", "MKL_CBWR");

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

    /**
     * {@return its name, such as "AMD EPYC 9B45", and what the environment tells the libraries to leave unused of it;
     * the system's architecture where its name is not said}
     */
    static String processor() {
        String model = line("model name");
        StringBuilder said = new StringBuilder(model.isEmpty() ? System.getProperty("os.arch", "unknown") : model);
        for (String variable : LIMITS) {
            String value = System.getenv(variable);
            if (value != null) {
                said.append(", ").append(variable).append('=').append(value);
            }
        }
        return said.toString();
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
