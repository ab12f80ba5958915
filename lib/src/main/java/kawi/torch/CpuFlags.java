package kawi.torch;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import kawi.evidence.SystemFile;

/** What the CPU says of itself, in Linux's words. */
public final class CpuFlags {

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private CpuFlags() {}

    /**
     * {@return what it can do, such as {@code avx512_vnni} (x86) or {@code bf16} (ARM); empty where the system does not
     * say}
     */
    public static List<String> list() {
        String flags = line("flags");
        flags = flags.isEmpty() ? line("Features") : flags;
        return flags.isEmpty() ? List.of() : List.of(flags.split("\\s+"));
    }

    /** {@return who made it, such as {@code GenuineIntel}, on the x86 kind; empty where the system does not say} */
    public static String maker() {
        return line("vendor_id");
    }

    /**
     * {@return the widest instructions for which PyTorch has code of its own and uses here, such as {@code AVX512}; the
     * name of the architecture where it has one kind of code only}
     */
    public static String capability() {
        return capability(list(), System.getenv("ATEN_CPU_CAPABILITY"), System.getProperty("os.arch", "unknown"));
    }

    /**
     * PyTorch's own rule ({@code aten/src/ATen/native/DispatchStub.cpp}).
     *
     * @param most what the user lets PyTorch use at most, or null
     */
    static String capability(List<String> flags, String most, String architecture) {
        if (most != null) {
            String word = most.toUpperCase(Locale.ROOT);
            if (word.equals("AVX512") || word.equals("AVX2") || word.equals("DEFAULT")) {
                return word;
            }
        }
        if (flags.containsAll(List.of("avx512f", "avx512vl", "avx512bw", "avx512dq", "fma"))) {
            return "AVX512";
        }
        return flags.containsAll(List.of("avx2", "fma")) ? "AVX2" : architecture;
    }

    /** What stands after the name and the colon in the first line of that name. */
    private static String line(String name) {
        return SystemFile.lines(CPU_INFO).stream()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .orElse("");
    }
}
