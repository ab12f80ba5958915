package kawi.model;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import kawi.torch.Torch;
import org.junit.jupiter.api.Test;

/** What loading a model costs, seen in a process of its own, where nothing else has used memory before. */
class LoadingTest {
    private static final Path STATUS = Path.of("/proc/self/status");

    @Test
    void loadingSmolLm2NeedsAtMostOneAndAHalfTimesItsWeightsEngineAndTokenizerIncluded() throws Exception {
        double[] measured = measured(Precision.FP32, "load");
        assertTrue(
                measured[1] <= 1.5 * 4 * measured[0],
                "the process took " + measured[1] / 1e6 + " MB for weights of " + 4 * measured[0] / 1e6 + " MB");
    }

    /** The margin is for the Java machine and its heap, which differ between machines. */
    @Test
    void int8NeedsWhatIsSaidBeforeItIsTakenWithinAFifthAndFarLessThanTheWeightsAsFloats() throws Exception {
        double[] measured = measured(Precision.INT8, "write");
        double said = ModelFile.PROCESS + LanguageModel.open(Smol.file()).memory(Precision.INT8);
        assertEquals(1, measured[1] / said, 0.2, "said " + said / 1e6 + " MB, took " + measured[1] / 1e6 + " MB");
        assertTrue(measured[1] < 4 * measured[0], "no float32 copy: " + measured[1] / 1e6 + " MB");
    }

    @Test
    void int8NeedsForScoringTooWhatIsSaidWithinAFifth() throws Exception {
        double[] measured = measured(Precision.INT8, "score");
        double said = ModelFile.PROCESS + LanguageModel.open(Smol.file()).memoryToScore(Precision.INT8);
        assertEquals(1, measured[1] / said, 0.2, "said " + said / 1e6 + " MB, took " + measured[1] / 1e6 + " MB");
    }

    /** Parameters of the model and the most bytes that a process was resident with in which it did that. */
    private static double[] measured(Precision precision, String what) throws Exception {
        assumeTrue(Files.exists(STATUS), "only Linux says how much memory a process used at most");
        Process loading = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx3g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LoadingTest.class.getName(),
                        Smol.file().toString(),
                        precision.name(),
                        what)
                .redirectErrorStream(true)
                .start();
        String said = new String(loading.getInputStream().readAllBytes()).strip();
        assertEquals(0, loading.waitFor(), said);
        String[] numbers = said.substring(said.lastIndexOf('\n') + 1).split(" ");
        return new double[] {Double.parseDouble(numbers[0]), 1024 * Double.parseDouble(numbers[1])};
    }

    /** Loads a model; says its parameters and the most kilobytes that were resident. */
    public static void main(String[] arguments) throws IOException {
        try (Torch torch = Torch.open("cpu", 2, 1);
                Pretrained model = Pretrained.load(torch, Path.of(arguments[0]), Precision.valueOf(arguments[1]))) {
            if (!arguments[2].equals("load")) {
                model.generator().generate("The history of", Sampling.greedy(4), piece -> {});
            }
            if (arguments[2].equals("score")) {
                torch.inference(() -> {
                    try (NDManager work = torch.manager().newSubManager()) {
                        NDArray in = work.create(new long[] {504, 1463, 282, 253}, new Shape(1, 4));
                        NDArray out = work.create(new long[] {1463, 282, 253, 1789}, new Shape(1, 4));
                        return model.model().loss(in, out).getFloat();
                    }
                });
            }
            var lines = Files.lines(STATUS);
            String peak = lines.filter(line -> line.startsWith("VmHWM"))
                    .findFirst()
                    .orElseThrow()
                    .replaceAll("\\D", "");
            System.out.println(model.model().parameterCount() + " " + peak);
        }
    }
}
