package kawi.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import kawi.model.LanguageModel;
import kawi.text.TokenFile;
import org.junit.jupiter.api.Test;

/** What training leaves behind, seen in a process of its own: other tests' memory would hide it, or be taken for it. */
class MemoryGrowthTest {
    /** Steps after which the allocators hold what they will hold; a leak grows on, they do not. */
    private static final int WARM = 400;

    private static final int STEPS = 2000;
    /** The share by which memory may grow; about one kilobyte a step, where a batch's ids alone take one. */
    private static final double GROWTH = 0.005;

    @Test
    void twoThousandStepsDoNotGrowTheMemory() throws Exception {
        // A Java heap of a fixed size that is resident from the start, and no second compiler, whose work takes ten
        // megabytes at some
        // step or other: what grows is memory of PyTorch's.
        Process training = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms256m",
                        "-Xmx256m",
                        "-XX:+AlwaysPreTouch",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MemoryGrowthTest.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(training.getInputStream().readAllBytes()).strip();
        assertEquals(0, training.waitFor(), said);
        String[] numbers = said.substring(said.lastIndexOf('\n') + 1).split(" ");
        double grown = Double.parseDouble(numbers[1]) / Double.parseDouble(numbers[0]) - 1;
        assertTrue(grown <= GROWTH, "memory grew by " + grown + ", from " + numbers[0] + " to " + numbers[1] + " MB");
        assertEquals(numbers[2], numbers[3], "no array is left behind");
    }

    /**
     * Trains; says the resident megabytes and the number of arrays that were held after the warm steps and after all.
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory("kawi-growth");
        try (TokenFile text = Small.text(folder.resolve("text.bin"), 4000, 1);
                LanguageModel model = Small.model(1)) {
            Batches batches = new Batches(text, 8, 16, 1);
            double before = 0;
            int held = 0;
            try (Fit fit = Fit.of(model, Muon.defaults(), Schedule.constant(WARM + STEPS))) {
                while (!fit.done()) {
                    fit.step(2, step -> {
                        Batch batch = batches.next();
                        return model.loss(batch.ids(step), batch.targets(step));
                    });
                    if (fit.taken() == WARM) {
                        before = Memory.megabytes();
                        held = Small.TORCH.manager().getManagedArrays().size();
                    }
                }
                System.out.println(before + " " + Memory.megabytes() + " " + held + " "
                        + Small.TORCH.manager().getManagedArrays().size());
            }
        } finally {
            Files.deleteIfExists(folder.resolve("text.bin"));
            Files.deleteIfExists(folder);
        }
    }
}
