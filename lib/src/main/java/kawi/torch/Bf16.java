package kawi.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Decides whether bfloat16 products are fast here: on a CPU without instructions for them they are many times slower than float32.
 *
 * <p>The CPU's flags decide where they can be read, because a decision by stopwatch could fall differently in two runs of one
 * machine and change the bytes that a seed stands for. Elsewhere a timed product decides.
 */
final class Bf16 {

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Bf16() {}

  static boolean isFast(Torch torch) {
    List<String> flags = cpuFlags();
    if (torch.device().isGpu() || flags.isEmpty()) {
      return timedRatio(torch) > 1.3;
    }
    return flags.contains("avx512_bf16") || flags.contains("amx_bf16");
  }

  static String reason(Torch torch, boolean fast) {
    boolean timed = torch.device().isGpu() || cpuFlags().isEmpty();
    if (timed) {
      return "bfloat16 products timed " + (fast ? "faster" : "not faster") + " than float32";
    }
    return fast ? "the CPU has bfloat16 instructions" : "the CPU has no bfloat16 instructions";
  }

  /** How many times faster a bfloat16 product of two square matrices is than the float32 one. */
  static double timedRatio(Torch torch) {
    int size = torch.device().isGpu() ? 2048 : 384;
    return torch.inference(() -> {
      try (NDManager work = torch.manager().newSubManager()) {
        NDArray a = work.full(new Shape(size, size), 0.01f);
        return best(torch, a, false) / best(torch, a, true);
      }
    });
  }

  private static double best(Torch torch, NDArray a, boolean bf16) {
    double best = Double.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      long start = System.nanoTime();
      torch.ops().products(a, 2, bf16).getFloat();
      best = Math.min(best, System.nanoTime() - start);
    }
    return best;
  }

  private static List<String> cpuFlags() {
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
