package kawi.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.util.cuda.CudaUtils;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * Decides whether bfloat16 products are fast here: on hardware without instructions for them they are many times slower
 * than float32.
 *
 * <p>The hardware's own word decides, so that every start on one machine does the same arithmetic: the flags of a CPU,
 * the compute capability of a GPU. Only a machine that says nothing is timed, once for a start, and a run that was
 * begun there keeps the answer it recorded ({@link Torch#keepTo}).
 */
final class Bf16 {

    private static final double CLEARLY = 1.3;

    /** Instruction sets that oneDNN may be told to stop at (its {@code ONEDNN_MAX_CPU_ISA}) and that lack bfloat16. */
    private static final List<String> WITHOUT =
            List.of("SSE41", "AVX", "AVX2", "AVX2_VNNI", "AVX2_VNNI_2", "AVX512_CORE", "AVX512_CORE_VNNI");

    /** What the hardware says of itself; capability is a GPU's, such as 80, and 0 where it does not say. */
    record Hardware(boolean gpu, int capability, List<String> flags, String mostOfCpu) {}

    /** The decision and why. */
    record Verdict(boolean fast, String reason) {}

    private Bf16() {}

    static Verdict judge(Torch torch) {
        boolean gpu = torch.device().isGpu();
        return judge(
                new Hardware(
                        gpu,
                        gpu ? capability(torch.device().getDeviceId()) : 0,
                        CpuFlags.list(),
                        System.getenv("ONEDNN_MAX_CPU_ISA")),
                () -> timedRatio(torch));
    }

    /**
     * The rule.
     *
     * @param ratio how many times faster bfloat16 products are; measured only where the hardware says nothing
     */
    static Verdict judge(Hardware hardware, DoubleSupplier ratio) {
        if (hardware.gpu() && hardware.capability() > 0) {
            return hardware.capability() >= 80
                    ? new Verdict(true, "the GPU multiplies bfloat16")
                    : new Verdict(false, "the GPU has no bfloat16 products");
        } else if (!hardware.gpu() && !hardware.flags().isEmpty()) {
            if (hardware.flags().stream().noneMatch(List.of("avx512_bf16", "amx_bf16", "bf16")::contains)) {
                return new Verdict(false, "the CPU has no bfloat16 instructions");
            }
            return WITHOUT.contains(String.valueOf(hardware.mostOfCpu()))
                    ? new Verdict(false, "ONEDNN_MAX_CPU_ISA leaves the CPU's bfloat16 instructions unused")
                    : new Verdict(true, "the CPU has bfloat16 instructions");
        }
        boolean fast = ratio.getAsDouble() > CLEARLY;
        return new Verdict(
                fast, "bfloat16 products timed " + (fast ? "clearly" : "not clearly") + " faster than float32");
    }

    private static int capability(int gpu) {
        try {
            String digits = CudaUtils.getComputeCapability(gpu);
            return digits == null ? 0 : Integer.parseInt(digits.replaceAll("\\D", ""));
        } catch (RuntimeException | LinkageError e) {
            return 0; // it does not say, and is timed
        }
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
