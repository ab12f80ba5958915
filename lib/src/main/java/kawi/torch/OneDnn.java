package kawi.torch;

import java.util.List;
import java.util.Locale;
import kawi.evidence.KitException;

/**
 * Decides which products go to oneDNN, the second of the two libraries that PyTorch multiplies with on a CPU.
 *
 * <p>PyTorch gives float32 to MKL, which is Intel's and keeps its best code for Intel's CPUs: on an AMD EPYC of the
 * fifth generation oneDNN multiplies large matrices in half of MKL's time, and a matrix and a vector too. The CPU's
 * word decides, and what oneDNN is told to leave unused of it (its variable {@code ONEDNN_MAX_CPU_ISA}), and no timing,
 * so that two runs on one machine do the same arithmetic.
 */
public final class OneDnn {

    private static final List<String> WITHOUT_AVX512 = List.of("SSE41", "AVX", "AVX2", "AVX2_VNNI", "AVX2_VNNI_2");

    private OneDnn() {}

    /**
     * {@return whether int8 products over whole sequences are faster by oneDNN than by fbgemm} With VNNI (a product and
     * sum of bytes in one instruction) they take two thirds of fbgemm's time; without it, two to three times as long.
     */
    public static boolean forInt8() {
        return forInt8(CpuFlags.list(), told());
    }

    static boolean forInt8(List<String> flags, String most) {
        return flags.contains("avx512_vnni") && mayUseAvx512(most) && !"AVX512_CORE".equals(most);
    }

    /**
     * What the reader says with {@code KAWI_PRODUCTS}: {@code auto}, and the CPU decides; {@code mkl} or
     * {@code onednn}.
     *
     * @return null for {@code auto}
     * @throws KitException if it is anything else
     */
    static Boolean asked(String word) {
        return switch (word == null ? "auto" : word.strip().toLowerCase(Locale.ROOT)) {
            case "auto" -> null;
            case "mkl" -> false;
            case "onednn" -> true;
            default ->
                throw new KitException("KAWI_PRODUCTS is '" + word
                        + "': say auto, mkl or onednn, the library that multiplies float32 on a CPU.");
        };
    }

    /**
     * Whether float32 products that need no gradient are faster by oneDNN than by MKL: on a CPU of the x86 kind that is
     * not Intel's.
     */
    static boolean forInference() {
        return forInference(CpuFlags.maker());
    }

    static boolean forInference(String maker) {
        return !maker.isEmpty() && !maker.equals("GenuineIntel");
    }

    /** Whether those that need one are faster too. Their gradients are oneDNN's only with AVX-512. */
    static boolean forTraining() {
        return forTraining(CpuFlags.maker(), CpuFlags.list(), told());
    }

    static boolean forTraining(String maker, List<String> flags, String most) {
        return forInference(maker) && flags.contains("avx512f") && mayUseAvx512(most);
    }

    private static boolean mayUseAvx512(String most) {
        return most == null || !WITHOUT_AVX512.contains(most);
    }

    private static String told() {
        return System.getenv("ONEDNN_MAX_CPU_ISA");
    }
}
