package kawi.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import kawi.torch.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whichever path of a model somebody gives, the model is found, or a sentence says which path is meant. */
class AModelIsFoundByItsFolderOrAnyOfItsFilesTest {
    private static final Path FAMILIES = FamiliesEqualTransformersTest.FAMILIES;

    private static Torch torch;

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

    private void copy(String... names) throws IOException {
        for (String name : names) {
            Files.copy(FAMILIES.resolve(name), folder.resolve(Path.of(name).getFileName()));
        }
    }

    /** Every way in says the same. */
    private static void refused(String part, Path place) {
        GptTest.sentence(part, () -> LanguageModel.open(place));
        GptTest.sentence(part, () -> Pretrained.load(torch, place));
        GptTest.sentence(part, () -> LanguageModel.load(torch, place));
    }

    @Test
    void anEmptyFolderIsNamed() {
        refused("The folder " + folder + " is empty", folder);
        refused("There is no model at " + folder.resolve("none"), folder.resolve("none"));
    }

    @Test
    void aFolderWithOneGgufFileIsThatFile() throws IOException {
        copy("qwen2.gguf");
        Files.writeString(folder.resolve("README.md"), "words");
        assertEquals(
                "qwen2.gguf", LanguageModel.open(folder).place().getFileName().toString());
        GptTest.sentence("qwen2.gguf is a file and no folder", () -> LanguageModel.load(torch, folder));
        copy("qwen2/config.json"); // as on the hub
        assertEquals(
                "qwen2.gguf", LanguageModel.open(folder).place().getFileName().toString());
        copy("llama3.gguf");
        refused("holds 2 GGUF files (llama3.gguf, qwen2.gguf): give the path of one", folder);
    }

    @Test
    void aFileOfAFolderMeansItsFolder() throws IOException {
        try (Stream<Path> files = Files.list(FAMILIES.resolve("qwen2"))) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        Files.writeString(folder.resolve("tokenizer.json"), "{}");
        for (String name : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            assertEquals(folder, LanguageModel.open(folder.resolve(name)).place());
            LanguageModel.load(torch, folder.resolve(name)).close();
        }
        Files.copy(folder.resolve("model.safetensors"), folder.resolve("model.fp16.safetensors"));
        refused("model.fp16.safetensors is not called model.safetensors", folder.resolve("model.fp16.safetensors"));
        Files.delete(folder.resolve("config.json"));
        refused("there is no config.json beside it", folder.resolve("model.safetensors"));
    }

    @Test
    void aPickleAndOtherFormatsAreRefusedWithTheWayToConvertThem() throws IOException {
        for (String name : List.of("pytorch_model.bin", "model.pt", "consolidated.00.pth")) {
            Files.writeString(folder.resolve(name), "x");
            refused(name + " is a pickle of PyTorch's", folder.resolve(name));
            refused(name + " is a pickle of PyTorch's", folder);
            refused(".save_pretrained(folder)", folder.resolve(name));
            Files.delete(folder.resolve(name));
        }
        Files.writeString(folder.resolve("model.onnx"), "x");
        refused("model.onnx is of a format that is not read here", folder.resolve("model.onnx"));
        refused("holds no model, neither config.json with safetensors files nor a GGUF file, but model.onnx", folder);
    }

    @Test
    void aFolderAboveAModelAndAnAdapterAreTold() throws IOException {
        Files.createDirectories(folder.resolve("final"));
        Files.copy(FAMILIES.resolve("qwen2/config.json"), folder.resolve("final/config.json"));
        refused("give " + folder.resolve("final"), folder);
        Files.writeString(folder.resolve("adapter_config.json"), "{}");
        refused("holds an adapter and not a model", folder);
    }
}
