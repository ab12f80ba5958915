package kawi.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kawi.evidence.KitException;
import kawi.template.ChatTemplate;
import kawi.template.ChatTemplateTest;
import kawi.text.CharacterTokenizer;
import kawi.text.Tokenizer;
import kawi.torch.Gguf;
import kawi.torch.GgufType;
import kawi.torch.Torch;
import kawi.tune.Lora;
import kawi.tune.LoraAdapter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is exported is read back as the same model. That other programs read it too is seen in the benchmark's
 * environment: the rows export and export-llama-cpp of tests/bench.
 */
class ExportTest {
    private static final int[] IDS = {1, 5, 9, 13, 17, 21, 25, 40, 41};
    private static final Tokenizer TOKENIZER = ChatTemplateTest.tokenizer();

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

    /**
     * Grouped heads, more rows in the embedding than the tokenizer has tokens, a chat, and a token before every text.
     */
    private static Pretrained model(boolean tied) {
        LlamaConfig config = new LlamaConfig(TOKENIZER.size() + 3, 32, 2, 64, 96, 4, 2, 16, 5000, 1e-5f, tied);
        Llama llama = Llama.create(torch, config, 3).trainable(false);
        torch.inference(() -> {
            llama.parameters().values().forEach(weight -> weight.muli(4));
            return null;
        });
        Map<String, String> names =
                Map.of("bos_token", "<|x|>", "eos_token", "<|im_end|>", "unk_token", Tokenizer.END_OF_TEXT);
        SpecialTokens specials = new SpecialTokens(
                TOKENIZER.id("<|x|>"), Set.of(TOKENIZER.id("<|im_end|>"), TOKENIZER.id("<|user|>")), names);
        ChatTemplate chat = ChatTemplate.of(ChatTemplateTest.CHATML, names);
        return new Pretrained("a small one", llama, TOKENIZER, specials, chat);
    }

    private static LoraAdapter adapter(Llama model) {
        LoraAdapter adapter = LoraAdapter.create(model, Lora.rank(4).lastLayers(1), 5);
        torch.inference(() -> {
            adapter.parameters().forEach((name, array) -> array.addi(0.1f)); // B begins at zero
            return null;
        });
        return adapter;
    }

    private static float[] says(Pretrained model) {
        return LlamaTest.lastLogitsOf(torch, model.model(), IDS);
    }

    private static void sameButWeights(Pretrained wanted, Pretrained found) {
        assertEquals(wanted.model().config(), found.model().config());
        assertEquals(wanted.specials(), found.specials());
        assertEquals(wanted.chat().text(), found.chat().text());
        assertEquals(wanted.tokenizer().specials(), found.tokenizer().specials());
        assertArrayEquals(
                wanted.tokenizer().encode("an old ab, é\u0000"),
                found.tokenizer().encode("an old ab, é\u0000"));
        assertEquals(wanted.turnEnd(), found.turnEnd());
    }

    @Test
    void aFolderAndAFileOfFloatsAreTheSameModelAgain() {
        for (boolean tied : new boolean[] {true, false}) {
            try (Pretrained model = model(tied)) {
                Export export = Export.of(model);
                try (Pretrained again = Pretrained.load(torch, export.folder(folder.resolve("hf")))) {
                    sameButWeights(model, again);
                    assertEquals(model.model().fingerprint(), again.model().fingerprint());
                }
                try (Pretrained again = Pretrained.load(torch, export.gguf(folder.resolve("m.gguf"), GgufType.F32))) {
                    assertEquals("a small one", again.name());
                    sameButWeights(model, again);
                    assertEquals(model.model().fingerprint(), again.model().fingerprint());
                    assertArrayEquals(says(model), says(again));
                }
            }
        }
    }

    @Test
    void matricesOfAFileAreRoundedAsItsTypeSaysAndGainsAreNot() {
        try (Pretrained model = model(true)) {
            Map<String, NDArray> before = model.model().parameters();
            for (GgufType type : new GgufType[] {GgufType.F16, GgufType.Q8_0}) {
                Path file = Export.of(model).gguf(folder.resolve(type + ".gguf"), type);
                try (Pretrained again = Pretrained.load(torch, file)) {
                    sameButWeights(model, again);
                    again.model().parameters().forEach((name, weight) -> {
                        float[] wanted = before.get(name).toFloatArray();
                        double largest = before.get(name).abs().max().getFloat();
                        double lost = weight.getShape().dimension() == 1
                                ? 0
                                : type == GgufType.F16 ? largest * 0x1p-11 : largest / 127;
                        assertArrayEquals(wanted, weight.toFloatArray(), (float) lost, name);
                    });
                }
            }
        }
    }

    @Test
    void anAdapterIsMergedAndTheModelStaysAsItWas() {
        try (Pretrained model = model(true);
                LoraAdapter adapter = adapter(model.model())) {
            float[] plain = says(model);
            String before = model.model().fingerprint();
            Export export = Export.of(model, adapter).named("tuned");
            Path hf = export.folder(folder.resolve("hf"));
            Path file = export.gguf(folder.resolve("m.gguf"), GgufType.F32);
            assertEquals(before, model.model().fingerprint());
            assertNull(model.model().adapter());
            assertArrayEquals(plain, says(model));
            model.model().adapter(adapter);
            float[] tuned = says(model);
            assertTrue(Math.abs(plain[3] - tuned[3]) > 0.01, "the adapter says something else");
            Path base = Export.of(model).folder(folder.resolve("base")); // the model as it came, whatever is in use
            for (Path place : List.of(hf, file)) {
                try (Pretrained again = Pretrained.load(torch, place)) {
                    assertArrayEquals(tuned, says(again), 1e-4f);
                }
            }
            try (Pretrained again = Pretrained.load(torch, base)) {
                assertEquals(before, again.model().fingerprint());
            }
        }
    }

    /** transformers takes a model's ids from these two files, and Llama's own numbers where they say nothing. */
    /** The order of Map.of differs from JVM to JVM, and an export has one hash. */
    @Test
    void specialTokensAndTheConfigurationOfAFamilyStandInOneOrderInEveryJvm() {
        Map<String, String> names = Map.of(
                "unk_token",
                "a",
                "bos_token",
                "b",
                "sep_token",
                "c",
                "eos_token",
                "d",
                "pad_token",
                "e",
                "cls_token",
                "f",
                "mask_token",
                "g",
                "image_token",
                "h");
        assertEquals(
                names.keySet().stream().sorted().toList(),
                List.copyOf(new SpecialTokens(-1, Set.of(), names).names().keySet()));
        ObjectNode phi = new ObjectMapper()
                .createObjectNode()
                .put("model_type", "qwen2")
                .put("vocab_size", 32)
                .put("max_position_embeddings", 16)
                .put("num_hidden_layers", 1)
                .put("hidden_size", 8)
                .put("intermediate_size", 16)
                .put("num_attention_heads", 2)
                .put("num_key_value_heads", 2)
                .put("hidden_act", "silu")
                .put("rms_norm_eps", 1e-6)
                .put("rope_theta", 10000)
                .put("tie_word_embeddings", true);
        List<String> keys = new ArrayList<>();
        ModelConfig.of(phi).json().get("kawi").fieldNames().forEachRemaining(keys::add);
        assertEquals(List.of("sizes", "parts", "activation", "positions", "windows", "scales", "experts"), keys);
    }

    @Test
    void theFolderSaysWhichTokensBeginAndEndAText() throws IOException {
        try (Pretrained model = model(true)) {
            Path place = Export.of(model).folder(folder.resolve("hf"));
            JsonNode config = json(place, "config.json");
            JsonNode generation = json(place, "generation_config.json");
            assertEquals(TOKENIZER.id("<|x|>"), config.get("bos_token_id").asInt());
            assertTrue(config.get("pad_token_id").isNull());
            assertEquals(
                    Set.of(TOKENIZER.id("<|im_end|>"), TOKENIZER.id("<|user|>")),
                    Set.copyOf(new ObjectMapper().convertValue(generation.get("eos_token_id"), List.class)));
            assertEquals(
                    "<|x|>",
                    json(place, "tokenizer.json")
                            .at("/post_processor/single/0/SpecialToken/id")
                            .asText());
        }
        try (LanguageModel own = LanguageModel.create(torch, GptConfig.of(TOKENIZER.size()), 1)) {
            Path place = Export.of("own", own, TOKENIZER).folder(folder.resolve("own"));
            assertEquals(0, json(place, "config.json").get("eos_token_id").asInt());
            assertEquals(
                    Tokenizer.END_OF_TEXT,
                    json(place, "tokenizer_config.json").get("eos_token").asText());
            try (LanguageModel again = LanguageModel.load(torch, place)) {
                assertEquals(own.fingerprint(), again.fingerprint());
            }
        }
    }

    private static JsonNode json(Path place, String name) throws IOException {
        return new ObjectMapper().readTree(place.resolve(name).toFile());
    }

    @Test
    void anExportIsReplacedAndAFolderOfOnesOwnIsNot() throws IOException {
        try (Pretrained model = model(true)) {
            Path place = folder.resolve("hf");
            Export.of(model).folder(place);
            Export.of(model).folder(place);
            Files.writeString(place.resolve("letters.txt"), "mine");
            KitException said =
                    assertThrows(KitException.class, () -> Export.of(model).folder(place));
            assertTrue(said.getMessage().contains("The folder hf holds letters.txt, which an export would remove"));
            assertEquals("mine", Files.readString(place.resolve("letters.txt")));
            assertThrows(KitException.class, () -> Export.of(model).gguf(place, GgufType.F16));
            Path file = Files.writeString(folder.resolve("file"), "mine");
            assertThrows(KitException.class, () -> Export.of(model).folder(file));
            assertEquals("mine", Files.readString(file));
        }
    }

    @Test
    void aFormThatAFormatCannotSayIsRefusedByName() {
        GptConfig sizes = new GptConfig(TOKENIZER.size(), 16, 1, 2, 16);
        Map<ModelConfig, List<String>> forms = new HashMap<>();
        forms.put(sizes, List.of("learned positions", "layer norms", "biases", "without a gate"));
        forms.put(
                ModernConfig.all(sizes), List.of("query-key norm", "embedding norm", "token shift", "without a gate"));
        forms.put(ModernConfig.of(sizes).with(ModernConfig.Part.ROTARY), List.of("layer norms", "biases"));
        forms.put(
                new RecurrentConfig(RecurrentConfig.Cell.LSTM, TOKENIZER.size(), 16, 1, 16),
                List.of("another architecture"));
        forms.forEach((config, words) -> {
            try (LanguageModel model = LanguageModel.create(torch, config, 1)) {
                Export export = Export.of("own", model, TOKENIZER);
                refused(export, words.toArray(String[]::new));
                if (!(config instanceof GptConfig)) {
                    KitException said = assertThrows(KitException.class, () -> export.folder(folder.resolve("hf")));
                    assertTrue(said.getMessage().contains("no class for the model 'own'"), said.getMessage());
                }
            }
        });
        assertFalse(Files.exists(folder.resolve("hf")));
        LlamaConfig narrow = new LlamaConfig(TOKENIZER.size(), 16, 1, 24, 40, 2, 2, 12, 10000, 1e-5f, true);
        try (LanguageModel model = LanguageModel.create(torch, narrow, 1)) {
            KitException said = assertThrows(
                    KitException.class,
                    () -> Export.of("own", model, TOKENIZER).gguf(folder.resolve("m.gguf"), GgufType.Q8_0));
            assertTrue(said.getMessage().contains("a row of token_embd.weight has 24"), said.getMessage());
            Tokenizer letters = CharacterTokenizer.train(List.of("ab"), 9);
            refused(Export.of("own", model, letters), "no words for the model's tokenizer");
        }
        try (LanguageModel model = LanguageModel.create(torch, new GptConfig(9, 16, 1, 2, 16), 1)) {
            assertThrows(KitException.class, () -> Export.of("own", model, TOKENIZER));
        }
    }

    @Test
    void moreThanAFileHasKeysForIsRefused() {
        try (Pretrained model = model(true)) {
            Map<String, String> names = model.specials().names();
            Set<Integer> ends = model.specials().ends();
            int user = TOKENIZER.id("<|user|>");
            refused(
                    Export.of(with(model, new SpecialTokens(-1, Set.of(0, 1, 2, user), names), model.chat())),
                    "at most three tokens that end a text");
            refused(
                    Export.of(with(model, new SpecialTokens(-1, Set.of(), names), model.chat())),
                    "would take token 11");
            refused(
                    Export.of(with(model, new SpecialTokens(user, ends, names), model.chat())),
                    "begin with '<|user|>' while its bos_token is '<|x|>'");
            Map<String, String> image = new HashMap<>(names);
            image.put("image_token", "<|system|>");
            ChatTemplate asks = ChatTemplate.of("{{ image_token }}" + ChatTemplateTest.CHATML, image);
            Pretrained pictures = with(model, new SpecialTokens(-1, ends, image), asks);
            refused(Export.of(pictures), "may ask for the token 'image_token'");
            try (Pretrained again = Pretrained.load(torch, Export.of(pictures).folder(folder.resolve("hf")))) {
                assertEquals(image, again.specials().names());
            }
        }
    }

    private static Pretrained with(Pretrained model, SpecialTokens specials, ChatTemplate chat) {
        return new Pretrained(model.name(), model.model(), TOKENIZER, specials, chat);
    }

    private void refused(Export export, String... words) {
        Path file = folder.resolve("m.gguf");
        String said = assertThrows(KitException.class, () -> export.gguf(file, GgufType.F16))
                .getMessage();
        for (String word : words) {
            assertTrue(said.contains(word), said);
        }
        assertFalse(Files.exists(file));
    }

    /** What llama.cpp finds by these keys; the values are the model's. */
    @Test
    void theFilesMetadataAreTheFormatsOwn() {
        try (Pretrained model = model(true);
                Gguf gguf = Gguf.open(Export.of(model).gguf(folder.resolve("m.gguf"), GgufType.Q8_0))) {
            assertEquals(7, gguf.number("general.file_type"));
            assertEquals(2, gguf.number("llama.attention.head_count_kv"));
            assertEquals(5000, gguf.real("llama.rope.freq_base"));
            assertEquals(
                    TOKENIZER.size() + 3, gguf.texts("tokenizer.ggml.tokens").size());
            assertEquals(TOKENIZER.id("<|im_end|>"), gguf.number("tokenizer.ggml.eos_token_id"));
            assertEquals(TOKENIZER.id("<|user|>"), gguf.number("tokenizer.ggml.eot_token_id"));
            assertEquals(true, gguf.metadata().get("tokenizer.ggml.add_bos_token"));
            List<?> kinds = (List<?>) gguf.metadata().get("tokenizer.ggml.token_type");
            assertEquals(3L, kinds.get(0));
            assertEquals(1L, kinds.get(1));
            assertEquals(5L, kinds.get(TOKENIZER.size()));
            assertEquals(GgufType.Q8_0, gguf.info("blk.1.ffn_down.weight").type());
            assertEquals(GgufType.F32, gguf.info("blk.1.ffn_norm.weight").type());
        }
    }
}
