package kawi.model;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import kawi.torch.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AModelIsLookedAtBeforeItIsTakenTest {
    static final Path FAMILIES = FamiliesEqualTransformersTest.FAMILIES;
    static Torch torch;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() {
        torch = Torch.open("cpu", 1, 7);
    }

    @AfterAll
    static void close() {
        torch.close();
    }

    @Test
    void aFolderAndAFileSayWhatTheyAreHowTheyAreComputedAndWhatMemoryTheyNeed() {
        for (String place : new String[] {"qwen2", "qwen2.gguf", "llama3", "llama3.gguf", "gpt2-plain"}) {
            ModelFile found = LanguageModel.open(FAMILIES.resolve(place));
            try (LanguageModel model = found.model(torch)) {
                assertEquals(model.config(), found.config(), place);
                assertEquals(4 * model.parameterCount(), found.memory(), place);
                String said = found.toString();
                assertTrue(said.contains(model.config().describe()), said);
                assertTrue(said.contains(found.arithmetic()) && said.contains("MB of memory"), said);
                assertEquals(place.startsWith("qwen") || place.startsWith("gpt2"), !(model instanceof Llama));
            }
        }
        ModelFile qwen = LanguageModel.open(FAMILIES.resolve("qwen2.gguf"));
        assertTrue(qwen.stored().contains("F16") && qwen.stored().contains("F32"), qwen.stored());
        assertEquals(4L * 2 * 2 * 2 * 4 * 1000, qwen.memory(1000)); // layers, keys and values, groups, size
        assertTrue(qwen.arithmetic().contains("not to be trained"));
    }

    @Test
    void aPickleIsRefusedWithTheWayToConvertIt() throws IOException {
        Files.copy(FAMILIES.resolve("qwen2/config.json"), folder.resolve("config.json"));
        Files.writeString(folder.resolve("pytorch_model.bin"), "x");
        GptTest.sentence("save_pretrained(folder)", () -> LanguageModel.load(torch, folder));
        GptTest.sentence("save_pretrained(folder)", () -> LanguageModel.open(folder));
    }
}
