package kawi.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the CPU says that it can do, by Linux's names such as {@code avx512_vnni}. */
public final class CpuFlags {

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private CpuFlags() {}

  /** The flags; empty where the system does not say. */
  public static List<String> list() {
    if (!Files.isReadable(CPU_INFO)) {
      return List.of();
    }
    try (var lines = Files.lines(CPU_INFO)) {
      return lines.filter(line -> line.startsWith("flags")).findFirst().map(line -> List.of(line.split("\\s+"))).orElse(List.of());
    } catch (IOException | RuntimeException e) {
      return List.of();
    }
  }
}
