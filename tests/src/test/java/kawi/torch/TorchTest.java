package kawi.torch;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleSupplier;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;

class TorchTest {

    @Test
    void aMissingGpuIsASentenceThatSaysHowToGetOne() {
        assertEquals(Device.cpu(), Torch.choose("auto", 0));
        assertEquals(Device.gpu(0), Torch.choose("auto", 1));
        assertEquals(Device.gpu(1), Torch.choose("gpu1", 2));
        assertEquals(Device.cpu(), Torch.choose("cpu", 2));
        String missing =
                assertThrows(KitException.class, () -> Torch.choose("gpu0", 0)).getMessage();
        assertTrue(
                missing.contains("environment/gpu brings what it needs")
                        && missing.contains("set KAWI_DEVICE=cpu")
                        && missing.endsWith("."),
                missing);
        assertTrue(assertThrows(KitException.class, () -> Torch.choose("gpu2", 2))
                .getMessage()
                .startsWith("KAWI_DEVICE asks for gpu2 and PyTorch sees 2 GPUs: "));
        assertTrue(assertThrows(KitException.class, () -> Torch.choose("tpu", 1))
                .getMessage()
                .contains("say auto, cpu, or gpu0"));
    }

    @Test
    void bfloat16IsChosenByTheHardwaresWordAndTimedOnlyWhereItSaysNothing() {
        DoubleSupplier never = () -> {
            throw new AssertionError("what the hardware says is not timed");
        };
        assertFalse(cpu("", "avx2", "avx512f").judged(never));
        assertTrue(cpu("", "avx512f", "avx512_bf16").judged(never));
        assertTrue(cpu("", "amx_bf16").judged(never));
        assertTrue(cpu("AVX512_CORE_BF16", "avx512_bf16").judged(never));
        assertFalse(cpu("AVX512_CORE_VNNI", "avx512_bf16").judged(never), "oneDNN may not use what the CPU has");
        assertFalse(cpu("").judged(() -> 0.1), "a CPU that does not say is timed");
        assertTrue(cpu("").judged(() -> 2));
        assertTrue(new Machine(true, 80, "", "avx2").judged(never), "on a GPU the CPU's flags say nothing");
        assertFalse(new Machine(true, 75, "", "avx512_bf16").judged(never));
        assertTrue(new Machine(true, 0, "", "avx2").judged(() -> 8));
    }

    private static Machine cpu(String most, String... flags) {
        return new Machine(false, 0, most, flags);
    }

    private record Machine(boolean gpu, int capability, String most, String... flags) {
        boolean judged(DoubleSupplier ratio) {
            return Bf16.judge(new Bf16.Hardware(gpu, capability, List.of(flags), most), ratio)
                    .fast();
        }
    }

    @Test
    void theArithmeticIsRecordedKeptToAndComparedByName() {
        try (Torch torch = Torch.open("cpu", 2, 5)) {
            Arithmetic first = torch.arithmetic();
            assertEquals(first, Arithmetic.of(first.line()));
            torch.bf16(false);
            torch.oneDnn(false);
            Arithmetic plain = torch.arithmetic();
            assertEquals("float32 by PyTorch's choice", plain.training());
            torch.keepTo(first);
            assertEquals(first, torch.arithmetic(), "what was recorded is done again");
            torch.keepTo(plain);
            assertEquals(plain, torch.arithmetic());
            Arithmetic wide =
                    new Arithmetic(first.engine(), first.device(), first.cpu(), 7, plain.training(), plain.inference());
            assertTrue(assertThrows(KitException.class, () -> torch.keepTo(wide))
                    .getMessage()
                    .contains("threads (7, now 2)"));
            assertThrows(KitException.class, () -> Arithmetic.of("threads=many"));
        }
        assertEquals(
                "AVX512",
                CpuFlags.capability(
                        List.of("avx2", "fma", "avx512f", "avx512vl", "avx512bw", "avx512dq"), null, "amd64"));
        assertEquals("AVX2", CpuFlags.capability(List.of("avx2", "fma", "avx512f"), null, "amd64"));
        assertEquals("AVX2", CpuFlags.capability(List.of("avx2", "fma", "avx512f"), "avx2", "amd64"));
        assertEquals("aarch64", CpuFlags.capability(List.of("bf16"), null, "aarch64"));
    }

    @Test
    void oneDnnMultipliesFloat32WhereTheCpuIsNotIntels() {
        assertTrue(OneDnn.forInference("AuthenticAMD"));
        assertFalse(OneDnn.forInference("GenuineIntel"));
        assertFalse(
                OneDnn.forInference(""), "a CPU that does not say, or is not of the x86 kind, keeps PyTorch's choice");
        List<String> wide = List.of("avx2", "avx512f"), narrow = List.of("avx2");
        assertTrue(OneDnn.forTraining("AuthenticAMD", wide, null));
        assertTrue(OneDnn.forTraining("AuthenticAMD", wide, "AVX512_CORE"));
        assertFalse(OneDnn.forTraining("AuthenticAMD", wide, "AVX2"), "told to leave AVX-512 unused");
        assertFalse(OneDnn.forTraining("AuthenticAMD", narrow, null));
        assertFalse(OneDnn.forTraining("GenuineIntel", wide, null));
        assertTrue(OneDnn.forInt8(List.of("avx512f", "avx512_vnni"), null));
        assertFalse(OneDnn.forInt8(List.of("avx512f", "avx512_vnni"), "AVX512_CORE"));
        assertFalse(OneDnn.forInt8(wide, null));
    }

    @Test
    void oneThreadTrainsByOneDnnTooWhereThatIsChosen() {
        assumeTrue(CpuFlags.list().contains("avx512f"), "gradients are oneDNN's only with AVX-512");
        try (Torch torch = Torch.open("cpu", 1, 5);
                NDManager work = torch.manager().newSubManager()) {
            torch.bf16(false);
            NDArray x = work.randomNormal(new Shape(512, 384)), w = work.randomNormal(new Shape(1152, 384));
            List<float[]> products = new ArrayList<>();
            for (boolean oneDnn : new boolean[] {false, true, true}) {
                torch.oneDnn(oneDnn);
                products.add(torch.training(() -> torch.ops().linear(x, w, null).toFloatArray()));
            }
            assertArrayEquals(products.get(0), products.get(1), 1e-3f);
            assertArrayEquals(products.get(1), products.get(2));
            assertFalse(
                    Arrays.equals(products.get(0), products.get(1)),
                    "two libraries add in two orders; the same bits say that one of them was not asked");
        }
    }

    @Test
    void whoReadsMaySayWhichLibraryMultiplies() {
        assertNull(OneDnn.asked(null));
        assertNull(OneDnn.asked("auto"));
        assertEquals(false, OneDnn.asked("mkl"));
        assertEquals(true, OneDnn.asked(" oneDNN "));
        assertEquals(
                "KAWI_PRODUCTS is 'blas': say auto, mkl or onednn, the library that multiplies float32 on a CPU.",
                assertThrows(KitException.class, () -> OneDnn.asked("blas")).getMessage());
    }

    @Test
    void gradModeIsWhatTheGuardSaysOnAnyThread() {
        try (Torch torch = Torch.open("cpu", 2, 1)) {
            boolean before = JniUtils.isGradMode();
            assertTrue(torch.training(JniUtils::isGradMode));
            assertFalse(torch.inference(JniUtils::isGradMode));
            assertEquals(before, JniUtils.isGradMode());
            assertFalse(CompletableFuture.supplyAsync(() -> torch.inference(JniUtils::isGradMode))
                    .join());
            assertTrue(torch.inference(() -> torch.training(JniUtils::isGradMode)));
        }
    }

    @Test
    void oneSeedGivesTheSameNumbersTwice() {
        try (Torch torch = Torch.open("cpu", 2, 5);
                NDManager m = torch.manager().newSubManager()) {
            torch.seed(11);
            float[] once = m.randomNormal(new Shape(4)).toFloatArray();
            double java = torch.random("batches").nextDouble();
            torch.seed(11);
            assertArrayEquals(once, m.randomNormal(new Shape(4)).toFloatArray());
            assertEquals(java, torch.random("batches").nextDouble());
            assertNotEquals(java, torch.random("weights").nextDouble());
        }
    }

    @Test
    void bfloat16ProductsInTrainingStayCloseAndNeverReachJava() {
        try (Torch torch = Torch.open("cpu", 2, 5);
                NDManager m = torch.manager().newSubManager()) {
            NDArray x = m.randomNormal(new Shape(16, 64)),
                    w = m.randomNormal(new Shape(64, 32)),
                    b = m.randomNormal(new Shape(32));
            NDArray exact = torch.trainingExact(() -> torch.ops().affine(x, w, b));
            NDArray fast = torch.training(() -> torch.ops().affine(x, w, b));
            assertEquals(ai.djl.ndarray.types.DataType.FLOAT32, fast.getDataType());
            assertTrue(fast.sub(exact).norm().getFloat() / exact.norm().getFloat() < 0.01);
            torch.bf16(false);
            assertArrayEquals(
                    exact.toFloatArray(),
                    torch.training(() -> torch.ops().affine(x, w, b)).toFloatArray());
        }
    }
}
