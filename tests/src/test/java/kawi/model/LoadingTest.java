package kawi.model;

import static org.junit.jupiter.api.Assertions.*;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
        assumeTrue(Files.exists(STATUS), "only Linux says how much memory a process used at most");
        Process loading = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx3g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LoadingTest.class.getName(),
                        Smol.file().toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(loading.getInputStream().readAllBytes()).strip();
        assertEquals(0, loading.waitFor(), said);
        String[] numbers = said.substring(said.lastIndexOf('\n') + 1).split(" ");
        double weights = 4 * Double.parseDouble(numbers[0]);
        double peak = 1024 * Double.parseDouble(numbers[1]);
        assertTrue(
                peak <= 1.5 * weights,
                "the process took " + peak / 1e6 + " MB for weights of " + weights / 1e6 + " MB");
    }

    /** Loads a model; says its parameters and the most kilobytes that were resident. */
    public static void main(String[] arguments) throws IOException {
        try (Torch torch = Torch.open("cpu", 2, 1);
                Pretrained model = Pretrained.load(torch, Path.of(arguments[0]));
                var lines = Files.lines(STATUS)) {
            String peak = lines.filter(line -> line.startsWith("VmHWM"))
                    .findFirst()
                    .orElseThrow()
                    .replaceAll("\\D", "");
            System.out.println(model.model().parameterCount() + " " + peak);
        }
    }
}
