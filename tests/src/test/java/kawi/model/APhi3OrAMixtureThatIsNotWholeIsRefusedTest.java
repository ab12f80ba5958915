package kawi.model;

import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import kawi.torch.Gguf;
import kawi.torch.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Phi-3 and Mixtral as others wrote them before, and with something that is missing, too much, or said otherwise. */
class APhi3OrAMixtureThatIsNotWholeIsRefusedTest {
    static final Path FAMILIES = FamiliesEqualTransformersTest.FAMILIES;
    static Torch torch;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() {
        torch = Torch.open("cpu", 1, 7);
        FamiliesEqualTransformersTest.torch = torch;
    }

    @AfterAll
    static void close() {
        torch.close();
    }

    /** A family's folder whose config.json says something else. */
    private Path changed(String family, Consumer<ObjectNode> change) throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode config = (ObjectNode)
                json.readTree(FAMILIES.resolve(family).resolve("config.json").toFile());
        change.accept(config);
        Path place = Files.createTempDirectory(folder, family);
        json.writeValue(place.resolve("config.json").toFile(), config);
        Files.copy(FAMILIES.resolve(family).resolve("model.safetensors"), place.resolve("model.safetensors"));
        return place;
    }

    private void refused(String words, String family, Consumer<ObjectNode> change) throws IOException {
        Path place = changed(family, change);
        GptTest.sentence(words, () -> LanguageModel.load(torch, place));
        GptTest.sentence(words, () -> LanguageModel.open(place).model(torch));
    }

    @Test
    void aMixtureWhoseExpertsAreNotThoseOfItsWeightsIsRefused() throws IOException {
        refused("has no experts", "mixtral", c -> c.put("num_local_experts", 0).put("num_experts_per_tok", 0));
        refused("with 5 experts, of which 6 read a token", "mixtral", c -> c.put("num_experts_per_tok", 6));
        refused("with 5 experts, of which 0 read a token", "mixtral", c -> c.put("num_experts_per_tok", 0));
        refused("block_sparse_moe.gate.weight should be (6, 16)", "mixtral", c -> c.put("num_local_experts", 6));
        refused("block_sparse_moe.gate.weight should be (4, 16)", "mixtral", c -> c.put("num_local_experts", 4));
        refused("2 layers of 1000 experts and holds", "mixtral", c -> c.put("num_local_experts", 1000));
        refused("this kit reads up to 1024", "mixtral", c -> c.put("num_local_experts", 1025));
        refused("'n_shared_experts'", "mixtral", c -> c.put("n_shared_experts", 1));
    }

    @Test
    void positionsOfLongTextsNeedAFactorForEachPairAndALengthFromWhichTheyCount() throws IOException {
        refused(
                "with 3 short and 2 long factors",
                "phi3-long",
                c -> c.withObject("/rope_parameters").withArray("short_factor").add(2.0));
        refused(
                "all finite and above 0",
                "phi3-long",
                c -> c.withObject("/rope_parameters")
                        .withArray("long_factor")
                        .removeAll()
                        .add("two")
                        .add(2));
        refused(
                "with 2 short and 0 long factors",
                "phi3-long",
                c -> c.withObject("/rope_parameters").remove("long_factor"));
        refused("from how many tokens on", "phi3-long", c -> {
            c.remove("original_max_position_embeddings");
            c.withObject("/rope_parameters").remove("original_max_position_embeddings");
        });
        refused(
                "rope_type = yarn",
                "phi3-long",
                c -> c.withObject("/rope_parameters").put("rope_type", "yarn"));
    }

    @Test
    void anOlderFileThatCallsThemSuIsReadAsTransformersReadsIt() throws IOException {
        JsonNode figures =
                new ObjectMapper().readTree(FAMILIES.resolve("figures.json").toFile());
        FamiliesEqualTransformersTest.ids = new ObjectMapper().convertValue(figures.get("ids"), int[].class);
        FamiliesEqualTransformersTest.other = new ObjectMapper().convertValue(figures.get("other"), int[].class);
        Path place = changed("phi3-long", c -> {
            ObjectNode rope = (ObjectNode) c.remove("rope_parameters");
            c.set("rope_theta", rope.get("rope_theta"));
            ObjectNode older = c.putObject("rope_scaling").put("type", "su");
            older.set("short_factor", rope.get("short_factor"));
            older.set("long_factor", rope.get("long_factor"));
        });
        try (LanguageModel model = LanguageModel.load(torch, place)) {
            FamiliesEqualTransformersTest.same(model, figures.at("/families/phi3-long"));
        }
    }

    /** A family's GGUF file in which names of keys, values or tensors are others. */
    private Path renamed(String family, String... pairs) throws IOException {
        String file = Files.readString(FAMILIES.resolve(family + ".gguf"), StandardCharsets.ISO_8859_1);
        for (int i = 0; i < pairs.length; i += 2) {
            String changed = file.replace(
                    (char) pairs[i].length() + "\0".repeat(7) + pairs[i],
                    (char) pairs[i + 1].length() + "\0".repeat(7) + pairs[i + 1]);
            assertNotEquals(file, changed, pairs[i]);
            file = changed;
        }
        return Files.writeString(folder.resolve(family + ".gguf"), file, StandardCharsets.ISO_8859_1);
    }

    /** The same in which a whole number is another. */
    private Path numbered(String family, String key, int number) throws IOException {
        byte[] file = Files.readAllBytes(FAMILIES.resolve(family + ".gguf"));
        int at = new String(file, StandardCharsets.ISO_8859_1).indexOf(key) + key.length() + 4; // behind its type
        file[at] = (byte) number;
        return Files.write(folder.resolve(family + ".gguf"), file);
    }

    private static void refusedFile(String words, Path file) {
        GptTest.sentence(words, () -> LanguageModel.open(file));
        try (Gguf gguf = Gguf.open(file)) {
            GptTest.sentence(words, () -> GgufFamilies.read(torch, gguf));
        }
    }

    @Test
    void aGgufFileThatLacksAPartOfTheseIsRefused() throws IOException {
        refusedFile(
                "has rope_factors_short.weight alone",
                renamed("phi3-long", "rope_factors_long.weight", "rope_factors_lung.weight"));
        refusedFile(
                "'qwen2' and has rope_factors_long.weight alone",
                renamed("qwen2", "blk.0.attn_output.weight", "rope_factors_long.weight"));
        refusedFile("blk.0.ffn_gate_inp.weight is for 5", numbered("mixtral", "llama.expert_count", 4));
        refusedFile("of which 6 read a token", numbered("mixtral", "llama.expert_used_count", 6));
        refusedFile(
                "its tensor blk.1.ffn_gate_inp.weight is missing",
                renamed("mixtral", "blk.1.ffn_gate_inp.weight", "blk.1.ffn_gate_out.weight"));
        refusedFile(
                "until April 2024: convert the model again",
                renamed("mixtral", "blk.0.attn_norm.weight", "blk.0.ffn_gate.0.weight", "mixtral", "mixtra"));
    }
}
