package kawi.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * Decides whether bfloat16 products are fast here: on a CPU without instructions for them they are many times slower
 * than float32, and not every CPU that has the instructions gains from them.
 *
 * <p>So the CPU's flags may say no, and where they do not, a timed product must be clearly faster: the wide margin
 * keeps two runs on one machine from deciding differently, which would change the bytes that a seed stands for.
 */
final class Bf16 {

    private static final double CLEARLY = 1.3;

    /** The decision and why. */
    record Verdict(boolean fast, String reason) {}

    private Bf16() {}

    static Verdict judge(Torch torch) {
        return judge(torch.device().isGpu(), CpuFlags.list(), () -> timedRatio(torch));
    }

    /**
     * The rule.
     *
     * @param flags what the CPU says that it can do; empty where it does not say
     * @param ratio how many times faster bfloat16 products are; measured only where the flags leave it open
     */
    static Verdict judge(boolean gpu, List<String> flags, DoubleSupplier ratio) {
        if (!gpu && !flags.isEmpty() && !flags.contains("avx512_bf16") && !flags.contains("amx_bf16")) {
            return new Verdict(false, "the CPU has no bfloat16 instructions");
        }
        boolean fast = ratio.getAsDouble() > CLEARLY;
        return new Verdict(
                fast, "bfloat16 products timed " + (fast ? "clearly" : "not clearly") + " faster than float32");
    }

    /** How many times faster a bfloat16 product of two square matrices is than the float32 one. */
    static double timedRatio(Torch torch) {
        int size = torch.device().isGpu() ? 2048 : 512;
        return torch.inference(() -> {
            try (NDManager work = torch.manager().newSubManager()) {
                NDArray a = work.full(new Shape(size, size), 0.01f);
                double fp32 = Double.MAX_VALUE;
                double bf16 = Double.MAX_VALUE;
                for (int round = 0; round < 5; round++) {
                    fp32 = Math.min(fp32, seconds(torch, a, torch.float32(true)));
                    bf16 = Math.min(bf16, seconds(torch, a, Products.BFLOAT16));
                }
                return fp32 / bf16;
            }
        });
    }

    private static double seconds(Torch torch, NDArray a, Products by) {
        long start = System.nanoTime();
        torch.ops().products(a, 3, by).getFloat();
        return (System.nanoTime() - start) * 1e-9;
    }
}
