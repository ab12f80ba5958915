package kawi.model;

import static org.junit.jupiter.api.Assertions.*;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import kawi.evidence.KitException;
import kawi.torch.Torch;
import kawi.torch.Weights;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Folders that Hugging Face's {@code save_pretrained} wrote (tests/oracles/models.py), and folders in its layout that
 * we write.
 */
class HuggingFaceFolderTest {
    static final Path HF = Path.of(System.getProperty("kawi.home", ".."), "tests/src/test/resources/kawi/model/hf");
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

    static float[] last(LanguageModel model, int[][] ids) {
        return torch.inference(() -> {
            try (NDManager work = torch.manager().newSubManager()) {
                NDArray input = work.create(
                        Stream.of(ids)
                                .flatMapToInt(Arrays::stream)
                                .asLongStream()
                                .toArray(),
                        new Shape(ids.length, ids[0].length));
                return model.logits(model.hidden(input).get(":,-1")).toFloatArray();
            }
        });
    }

    @Test
    void modelsOfTransformersGiveItsLogitsWholeBareShardedAndInHalfPrecision() throws IOException {
        JsonNode expected =
                new ObjectMapper().readTree(HF.resolve("logits.json").toFile());
        int[][] ids = new ObjectMapper().convertValue(expected.get("ids"), int[][].class);
        for (String name : new String[] {"gpt2", "gpt2-bare-f16", "llama-shards-bf16"}) {
            float[][] rows =
                    new ObjectMapper().convertValue(expected.get("last").get(name), float[][].class);
            try (LanguageModel model = LanguageModel.load(torch, HF.resolve(name))) {
                float[] found = last(model, ids);
                assertArrayEquals(rows[0], Arrays.copyOf(found, rows[0].length), 1e-4f, name);
                assertArrayEquals(rows[1], Arrays.copyOfRange(found, rows[0].length, found.length), 1e-4f, name);
                model.save(folder.resolve(name));
                try (LanguageModel again = LanguageModel.load(torch, folder.resolve(name))) {
                    assertEquals(model.config(), again.config());
                    assertArrayEquals(found, last(again, ids), name);
                }
            }
        }
    }

    @Test
    void largeModelsAreWrittenInShardsAndTheLatestWritingCounts() throws IOException {
        int[][] ids = {{1, 2, 3, 4}};
        try (Llama model = Llama.create(torch, LlamaTest.SMALL, 1)) {
            model.save(folder);
            Weights.write(folder, model.parameters(), 20_000);
            assertFalse(Files.exists(folder.resolve("model.safetensors")));
            JsonNode index = new ObjectMapper()
                    .readTree(folder.resolve("model.safetensors.index.json").toFile());
            assertEquals(
                    4 * model.parameterCount(),
                    index.get("metadata").get("total_size").asLong());
            assertEquals(model.parameters().size(), index.get("weight_map").size());
            assertTrue(Files.size(folder.resolve(
                            index.get("weight_map").get("model.norm.weight").asText()))
                    < 25_000);
            try (LanguageModel again = LanguageModel.load(torch, folder)) {
                assertArrayEquals(last(model, ids), last(again, ids));
            }
            model.save(folder);
            assertFalse(Files.exists(folder.resolve("model.safetensors.index.json")));
        }
    }

    @Test
    void anIndexThatDoesNotFitItsShardsIsRefusedInASentence() throws IOException {
        Path index = folder.resolve("model.safetensors.index.json");
        try (Llama model = Llama.create(torch, LlamaTest.SMALL, 1)) {
            model.config().write(folder.resolve("config.json"));
            Weights.write(folder, model.parameters(), 20_000);
        }
        String good = Files.readString(index);
        GptTest.sentence("not valid JSON", () -> loadWith(index, good.substring(0, 200)));
        GptTest.sentence("has no 'weight_map'", () -> loadWith(index, "{}"));
        GptTest.sentence(
                "no safetensors file of its folder",
                () -> loadWith(index, good.replace("model-00001-of", "../model-00001-of")));
        GptTest.sentence(
                "does not hold it",
                () -> loadWith(index, good.replace("\"model.norm.weight\"", "\"model.normal.weight\"")));
        Files.writeString(index, good);
        Path shard = folder.resolve(new ObjectMapper()
                .readTree(good)
                .get("weight_map")
                .get("model.norm.weight")
                .asText());
        byte[] whole = Files.readAllBytes(shard);
        Files.write(shard, Arrays.copyOf(whole, whole.length - 1));
        GptTest.sentence("cut short", () -> LanguageModel.load(torch, folder).close());
        Files.delete(shard);
        GptTest.sentence(
                "names " + shard.getFileName() + ", which is not there",
                () -> LanguageModel.load(torch, folder).close());
    }

    private void loadWith(Path index, String text) throws IOException {
        Files.writeString(index, text);
        LanguageModel.load(torch, folder).close();
    }

    @Test
    void tensorsThatTheModelDoesNotUseMayBeOfAnyType() throws IOException {
        try (Gpt model = Gpt.create(torch, GptTest.SMALL)) {
            model.save(folder);
        }
        Path file = folder.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        int length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
        int data = bytes.length - 8 - length;
        String header = new String(bytes, 8, length).strip();
        String masked = header.substring(0, header.length() - 1)
                + ",\"transformer.h.0.attn.bias\":{\"dtype\":\"BOOL\",\"shape\":[4],\"data_offsets\":[" + data + ","
                + (data + 4) + "]}}";
        Files.write(
                file,
                ByteBuffer.allocate(8 + masked.length() + data + 4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(masked.length())
                        .put(masked.getBytes())
                        .put(bytes, 8 + length, data)
                        .array());
        LanguageModel.load(torch, folder).close();
    }

    @Test
    void configurationsOfOtherArithmeticAreRefusedInASentence() {
        refused(GptTest.SMALL, "activation_function", "\"relu\"", "the activation relu");
        refused(GptTest.SMALL, "scale_attn_by_inverse_layer_idx", "true", "another scale of attention");
        refused(GptTest.SMALL, "n_inner", "100", "another feed-forward width");
        refused(GptTest.SMALL, "layer_norm_epsilon", "1e-6", "the epsilon 1.0E-6");
        refused(LlamaTest.SMALL, "attention_bias", "true", "with biases");
        refused(LlamaTest.SMALL, "hidden_act", "\"gelu\"", "the activation gelu");
        refused(LlamaTest.SMALL, "rope_parameters", "{\"rope_type\":\"llama3\"}", "stretches the rotary positions");
        refused(LlamaTest.SMALL, "num_key_value_heads", "3", "do not divide");
        refused(LlamaTest.SMALL, "model_type", "\"mistral\"", "The model type 'mistral'");
    }

    private static void refused(ModelConfig config, String key, String value, String part) {
        String message = assertThrows(KitException.class, () -> {
                    ModelConfig changed = ModelConfig.of(config.json().set(key, new ObjectMapper().readTree(value)));
                    changed.check();
                })
                .getMessage();
        assertTrue(message.contains(part) && message.endsWith("."), message);
    }
}
