package kawi.model;

import static org.junit.jupiter.api.Assertions.*;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
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
                "not a safetensors file of its folder",
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
                + ",\"transformer.h.0.attn.bias\":{\"dtype\":\"BOOL\",\"shape\":[1,1,2,2],\"data_offsets\":[" + data
                + ","
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
        refused(GptTest.SMALL, "activation_function", "\"mish\"", "activation_function = mish, and this kit has");
        refused(GptTest.SMALL, "n_ctx", "100", "n_ctx = 100");
        refused(GptTest.SMALL, "add_cross_attention", "true", "no other sequence");
        refused(GptTest.SMALL, "architectures", "[\"GPT2DoubleHeadsModel\"]", "is a GPT2DoubleHeadsModel");
        refused(GptTest.SMALL, "n_layer", "\"2\"", "n_layer = 2, which is not a whole number");
        refused(LlamaTest.SMALL, "bias", "true", "bias = true, and this kit's Llama has no biases");
        refused(LlamaTest.SMALL, "hidden_act", "\"gelu\"", "hidden_act = gelu");
        for (String kind : new String[] {"dynamic", "yarn", "longrope", "su"}) {
            for (String key : new String[] {"rope_type", "type"}) {
                String stretched = "{\"" + key + "\":\"" + kind + "\",\"factor\":2.0}";
                refused(
                        LlamaTest.SMALL,
                        "rope_scaling",
                        stretched,
                        "as default, linear or llama3 say, Phi-3's by longrope too, and in no other way");
                refused(
                        LlamaTest.SMALL,
                        "rope_parameters",
                        stretched,
                        "as default, linear or llama3 say, Phi-3's by longrope too, and in no other way");
            }
        }
        refused(LlamaTest.SMALL, "rope_scaling", "{\"type\":\"linear\"}", "lacks the number 'rope_scaling.factor'");
        refused(LlamaTest.SMALL, "rope_scaling", "{\"type\":\"linear\",\"factor\":0}", "no speed can be made");
        refused(LlamaTest.SMALL, "rope_scaling", "{\"type\":\"linear\",\"rope_type\":\"llama3\"}", "factor");
        refused(LlamaTest.SMALL, "rope_scaling", "{\"rope_type\":\"llama3\",\"factor\":8}", "low_freq_factor");
        refused(LlamaTest.SMALL, "rope_scaling", "{\"factor\":2.0}", "rope_scaling.factor = 2.0");
        refused(LlamaTest.SMALL, "rope_scaling", "{\"low_freq_factor\":1.0}", "'rope_scaling.low_freq_factor'");
        refused(LlamaTest.SMALL, "rope_parameters", "{\"rope_theta\":500000.0}", "for the same thing");
        refused(LlamaTest.SMALL, "rope_parameters", "{\"partial_rotary_factor\":0.5}", "turns a head as a whole");
        refused(LlamaTest.SMALL, "partial_rotary_factor", "0.25", "partial_rotary_factor = 0.25");
        refused(LlamaTest.SMALL, "rope_theta", "\"500000\"", "is not a number");
        refused(LlamaTest.SMALL, "rope_interleaved", "true", "turns halves of a head");
        refused(LlamaTest.SMALL, "num_key_value_heads", "3", "do not divide");
        refused(LlamaTest.SMALL, "model_type", "\"mamba\"", "The model type 'mamba'");
        refused(LlamaTest.SMALL, "architectures", "[\"GraniteForCausalLM\"]", "is a GraniteForCausalLM");
        refused(LlamaTest.SMALL, "quantization_config", "{\"bits\":4}", "reads weights in F32");
        for (String unknown : new String[] {
            "sliding_window", "attn_logit_softcapping", "final_logit_softcapping", "a_key_of_next_year"
        }) {
            refused(LlamaTest.SMALL, unknown, "30", "The key '" + unknown + "' of config.json with the value 30");
            refused(GptTest.SMALL, unknown, "30", "The key '" + unknown + "' of config.json with the value 30");
        }
        for (String scale :
                new String[] {"embedding_multiplier", "residual_multiplier", "logits_scaling", "attention_multiplier"
                }) {
            refused(LlamaTest.SMALL, scale, "12", "no such factor");
        }
    }

    @Test
    void whatSaysTheSameAsTheKitComputesOrChangesNoLogitIsAccepted() throws IOException {
        ObjectNode llama = LlamaTest.SMALL.json();
        ObjectNode said = (ObjectNode) new ObjectMapper().readTree("""
                {"bias": false, "mlp_bias": null, "rope_scaling": null, "sliding_window": null, "hidden_act": "silu",
                 "rope_parameters": {"rope_type": "linear", "factor": 1.0, "partial_rotary_factor": 1.0},
                 "torch_dtype": "bfloat16", "transformers_version": "4.42.3", "_name_or_path": "x", "use_cache": true,
                 "attention_dropout": 0.1, "pretraining_tp": 1, "is_llama_config": true, "rope_interleaved": false,
                 "transformers.js_config": {"kv_cache_dtype": {"fp16": "float16"}}, "logits_scaling": 1.0,
                 "attention_multiplier": 0.35355339059327373, "bos_token_id": 1, "eos_token_id": [2, 3]}""");
        assertEquals(LlamaTest.SMALL, ModelConfig.of(llama.setAll(said)));
        ObjectNode gpt = GptTest.SMALL.json();
        gpt.put("n_inner", 4 * GptTest.SMALL.width()).put("reorder_and_upcast_attn", true);
        assertEquals(GptTest.SMALL, ModelConfig.of(gpt));
        ModelConfig modern = ModernConfig.all(GptTest.SMALL);
        assertEquals(modern, ModelConfig.of(modern.json()));
        refused(modern, "tie_word_embeddings", "true", "parts");
        refused(modern, "rope_theta", "500", "has the base");
        Path config = folder.resolve("config.json");
        Files.writeString(config, "{\"model_type\": \"llama\", \"bias\": true, \"bias\": false}");
        GptTest.sentence("Duplicate field", () -> ModelConfig.read(config));
        Files.writeString(config, LlamaTest.SMALL.json() + "{}");
        GptTest.sentence("not valid JSON", () -> ModelConfig.read(config));
        Files.writeString(config, "[]");
        GptTest.sentence("does not hold one JSON object", () -> ModelConfig.read(config));
    }

    @Test
    void aVariantOfGptOrLlamaIsReadByTheDecoderOfOthersFamilies() throws IOException {
        for (String variant : new String[] {
            "{\"activation_function\": \"relu\"}",
            "{\"scale_attn_by_inverse_layer_idx\": true}",
            "{\"scale_attn_weights\": false}",
            "{\"n_inner\": 100}",
            "{\"layer_norm_epsilon\": 1e-6}",
            "{\"tie_word_embeddings\": false}"
        }) {
            ObjectNode json = GptTest.SMALL.json();
            json.setAll((ObjectNode) new ObjectMapper().readTree(variant));
            assertInstanceOf(TransformerConfig.class, ModelConfig.of(json), variant);
        }
        for (String bias : new String[] {"attention_bias", "mlp_bias"}) {
            assertInstanceOf(
                    TransformerConfig.class,
                    ModelConfig.of(LlamaTest.SMALL.json().put(bias, true)));
        }
        LlamaConfig stretched = LlamaTest.SMALL.scaling(RopeScaling.llama3(8, 1, 4, 32));
        assertEquals(stretched, ModelConfig.of(stretched.json()));
        LlamaConfig linear = LlamaTest.SMALL.scaling(RopeScaling.linear(4));
        assertEquals(linear, ModelConfig.of(linear.json()));
    }

    @Test
    void everyTensorOfAFolderIsTheModelsOrItIsRefusedByName() throws IOException {
        try (Llama model = Llama.create(torch, LlamaTest.SMALL, 1);
                NDManager work = torch.manager().newSubManager()) {
            NDArray embedding = model.parameters().get("model.embed_tokens.weight");
            float[] speeds = {1, 0.1f, 0.01f, 0.001f};
            String inverse = "model.layers.0.self_attn.rotary_emb.inv_freq";
            accepted(model, "lm_head.weight", embedding);
            accepted(model, inverse, work.create(speeds));
            speeds[3] /= 8;
            refused(model, inverse, work.create(speeds), "turns positions in another way");
            refused(model, "lm_head.weight", embedding.add(1e-3f), "is not the embedding, and config.json says");
            for (String bias : new String[] {"q", "k", "v", "o"}) {
                String name = "model.layers.0.self_attn." + bias + "_proj.bias";
                refused(model, name, work.zeros(new Shape(32)), "Tensor " + name);
            }
            refused(model, "model.layers.0.self_attn.q_norm.weight", work.ones(new Shape(8)), "q_norm");
            refused(model, "model.layers.3.input_layernorm.weight", work.ones(new Shape(32)), "layers.3");
            refused(model, "score.weight", work.ones(new Shape(2, 32)), "score");
            refused(model, "h.0.attn.bias", work.ones(new Shape(3)), "h.0.attn.bias");
        }
        try (Gpt model = Gpt.create(torch, GptTest.SMALL);
                NDManager work = torch.manager().newSubManager()) {
            accepted(model, "h.0.attn.bias", work.ones(new Shape(1, 1, 16, 16)));
            accepted(model, "transformer.h.1.attn.masked_bias", work.create(-1e4f));
            accepted(model, "lm_head.weight", model.head());
            refused(model, "lm_head.weight", model.head().mul(2), "is not the embedding");
            refused(model, "transformer.h.0.attn.c_attn.scales", work.ones(new Shape(3)), "c_attn.scales");
            refused(model, "multiple_choice_head.summary.bias", work.ones(new Shape(1)), "multiple_choice_head");
        }
    }

    @Test
    void weightsThatAreNotFiniteAreRefusedByTheTensorsName() throws IOException {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            try (Llama model = Llama.create(torch, LlamaTest.SMALL, 1)) {
                float[] norm = new float[32];
                norm[31] = bad;
                torch.ops()
                        .assign(
                                model.parameters().get("model.layers.2.input_layernorm.weight"),
                                torch.manager().create(norm));
                model.save(folder);
            }
            GptTest.sentence(
                    "Tensor model.layers.2.input_layernorm.weight of model.safetensors holds NaN or an infinite",
                    () -> LanguageModel.load(torch, folder).close());
        }
    }

    @Test
    void aShardThatHoldsMoreThanTheIndexSaysIsRefused() throws IOException {
        Path index = folder.resolve("model.safetensors.index.json");
        try (Llama model = Llama.create(torch, LlamaTest.SMALL, 1)) {
            model.config().write(folder.resolve("config.json"));
            Weights.write(folder, model.parameters(), 20_000);
        }
        ObjectNode json = (ObjectNode) new ObjectMapper().readTree(Files.readAllBytes(index));
        ((ObjectNode) json.get("weight_map")).remove("model.norm.weight");
        GptTest.sentence("holds the tensor model.norm.weight", () -> loadWith(index, json.toString()));
    }

    private void accepted(LanguageModel model, String name, NDArray tensor) {
        withTensor(model, name, tensor);
        int[][] ids = {{1, 2, 3, 4}};
        try (LanguageModel again = LanguageModel.load(torch, folder)) {
            assertArrayEquals(last(model, ids), last(again, ids));
        }
    }

    private void refused(LanguageModel model, String name, NDArray tensor, String part) {
        withTensor(model, name, tensor);
        GptTest.sentence(part, () -> LanguageModel.load(torch, folder).close());
    }

    private void withTensor(LanguageModel model, String name, NDArray tensor) {
        model.config().write(folder.resolve("config.json"));
        Map<String, NDArray> tensors = new LinkedHashMap<>(model.parameters());
        tensors.put(name, tensor);
        Weights.write(folder, tensors, Weights.LARGEST_FILE);
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
