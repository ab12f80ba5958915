package kawi.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kawi.evidence.KitException;
import kawi.template.ChatTemplateTest;
import kawi.text.Bpe;
import kawi.text.Tokenizer;
import kawi.torch.Gguf;
import kawi.torch.GgufBytes;
import kawi.torch.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Llama written as llama.cpp's converter writes one (names, and rows of queries and keys interleaved) is read as the
 * same model.
 */
class LlamaFileTest {
    private static final int NUMBER = 4;
    private static final int REAL = 6;
    private static final int FLAG = 7;
    private static final int TEXT = 8;
    private static final int LIST = 9;

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
    void theHeadTiedOrNotAndTheRowsOfEachHeadComeBack() throws IOException {
        for (boolean tied : new boolean[] {true, false}) {
            LlamaConfig config = new LlamaConfig(60, 32, 2, 32, 48, 4, 2, 8, 5000, 1e-5f, tied);
            try (Llama model = Llama.create(torch, config, 3)) {
                torch.inference(() -> {
                    model.parameters().values().forEach(weight -> weight.muli(4));
                    return null;
                });
                Path file = write(about(config), model);
                try (Gguf gguf = Gguf.open(file);
                        Llama again = LlamaFile.read(torch, gguf)) {
                    assertEquals(config, again.config());
                    assertEquals(model.parameters().keySet(), again.parameters().keySet());
                    model.parameters()
                            .forEach((name, weight) -> assertArrayEquals(
                                    weight.toFloatArray(),
                                    again.parameters().get(name).toFloatArray(),
                                    name));
                    int[] ids = {1, 5, 9, 13, 17, 21, 25};
                    assertArrayEquals(
                            LlamaTest.lastLogitsOf(torch, model, ids), LlamaTest.lastLogitsOf(torch, again, ids));
                }
            }
        }
    }

    @Test
    void whatTheKitDoesNotReadIsRefusedInASentence() throws IOException {
        LlamaConfig config = new LlamaConfig(60, 32, 1, 32, 48, 4, 2, 8, 5000, 1e-5f, true);
        Map<String, Object> other = about(config);
        other.put("general.architecture", "bert");
        refused(config, other, "architecture 'bert'");
        Map<String, Object> stretched = about(config);
        stretched.put("llama.rope.scaling.type", "linear");
        refused(config, stretched, "lacks the number 'llama.rope.scaling.factor'");
        Map<String, Object> uneven = about(config);
        uneven.put("llama.attention.head_count_kv", 3);
        refused(config, uneven, "do not divide among 3");
        Map<String, Object> pieces = about(config);
        pieces.put("tokenizer.ggml.model", "t5");
        try (Llama model = Llama.create(torch, config, 1)) {
            Path file = write(pieces, model);
            String said = assertThrows(KitException.class, () -> Pretrained.load(torch, file))
                    .getMessage();
            assertTrue(said.contains("tokenizer is of the kind 't5'"), said);
        }
    }

    @Test
    void everyKeyAndTensorIsTheModelsOrItIsRefusedByName() throws IOException {
        LlamaConfig config = new LlamaConfig(60, 32, 1, 32, 48, 4, 2, 8, 5000, 1e-5f, true);
        Map<String, Object> wrong = new LinkedHashMap<>();
        wrong.put("llama.rope.scaling.type", "yarn");
        wrong.put("llama.rope.scaling.factor", 4f);
        wrong.put("llama.rope.scale_linear", 2f);
        wrong.put("llama.rope.dimension_count", 4);
        wrong.put("llama.attention.value_length", 16);
        wrong.put("llama.attention.sliding_window", 16);
        wrong.put("llama.attention.scale", 0.5f);
        wrong.put("llama.logit_scale", 8f);
        wrong.put("llama.embedding_scale", 12f);
        wrong.put("llama.expert_count", 8);
        wrong.put("llama.vocab_size", 64);
        wrong.put("llama.a_key_of_next_year", 1);
        wrong.put("granite.attention.scale", 1);
        wrong.put("adapter.type", "lora");
        wrong.put("general.type", "adapter");
        wrong.put("split.count", 2);
        wrong.put("llama.attention.layer_norm_rms_epsilon", "1e-5");
        for (Map.Entry<String, Object> each : wrong.entrySet()) {
            Map<String, Object> metadata = about(config);
            metadata.put(each.getKey(), each.getValue());
            refused(config, metadata, each.getKey());
        }
        Map<String, Object> same = about(config);
        same.put("llama.rope.scaling.type", "none");
        same.put("llama.rope.scaling.factor", 1f);
        same.put("llama.rope.dimension_count", 8);
        same.put("llama.attention.key_length", 8);
        same.put("llama.attention.value_length", 8);
        same.put("llama.attention.scale", (float) (1 / Math.sqrt(8)));
        same.put("llama.vocab_size", 60);
        same.put("llama.expert_count", 0);
        same.put("general.type", "model");
        same.put("general.quantization_version", 2);
        same.put("general.size_label", "tiny");
        try (Llama model = Llama.create(torch, config, 1)) {
            for (float[] extra : new float[][] {null, {1, 1, 1, 1}}) {
                Map<String, float[]> more = extra == null ? Map.of() : Map.of("rope_freqs.weight", extra);
                try (Gguf gguf = Gguf.open(write(same, model, more));
                        Llama again = LlamaFile.read(torch, gguf)) {
                    assertEquals(config, again.config());
                }
            }
            try (Gguf gguf = Gguf.open(
                            write(about(config), model, Map.of("rope_freqs.weight", new float[] {1, 2, 3, 4})));
                    Llama again = LlamaFile.read(torch, gguf)) {
                assertEquals(List.of(1f, 2f, 3f, 4f), again.config().scaling().divisors());
                assertTrue(!config.equals(again.config()));
            }
            try (Gguf gguf =
                    Gguf.open(write(about(config), model, Map.of("rope_freqs.weight", new float[] {1, 2, 3})))) {
                GptTest.sentence("no speed can be made", () -> LlamaFile.read(torch, gguf));
            }
            for (String name : new String[] {
                "blk.0.attn_q.bias",
                "blk.0.attn_k.bias",
                "blk.0.attn_output.bias",
                "blk.0.ffn_up.bias",
                "blk.0.attn_q_norm.weight",
                "blk.0.post_attention_norm.weight",
                "blk.1.attn_norm.weight",
                "rope_factors_long.weight",
                "blk.0.ffn_gate_inp.weight",
                "output.bias",
                "output_norm.bias"
            }) {
                try (Gguf gguf = Gguf.open(write(about(config), model, Map.of(name, new float[] {1, 2, 3, 4})))) {
                    String said = assertThrows(KitException.class, () -> LlamaFile.read(torch, gguf))
                            .getMessage();
                    assertTrue(said.contains("Tensor " + name + " of tiny.gguf [4] has no place"), said);
                }
            }
            model.parameters().get("model.layers.0.mlp.up_proj.weight").muli(Float.POSITIVE_INFINITY);
            try (Gguf gguf = Gguf.open(write(about(config), model))) {
                String said = assertThrows(KitException.class, () -> LlamaFile.read(torch, gguf))
                        .getMessage();
                assertTrue(said.contains("Tensor blk.0.ffn_up.weight of tiny.gguf holds NaN or an infinite"), said);
            }
        }
    }

    private static Map<String, Object> withTokens(LlamaConfig config) {
        List<String> tokens =
                new ArrayList<>(ChatTemplateTest.tokenizer() instanceof Bpe bpe ? bpe.vocabulary() : List.of());
        List<Integer> kinds = new ArrayList<>();
        tokens.forEach(token -> kinds.add(ChatTemplateTest.tokenizer().id(token) >= 0 ? 3 : 1));
        Map<String, Object> metadata = about(config);
        metadata.put("tokenizer.ggml.model", "gpt2");
        metadata.put("tokenizer.ggml.pre", "gpt-2");
        metadata.put("tokenizer.ggml.tokens", tokens);
        metadata.put("tokenizer.ggml.token_type", kinds);
        metadata.put("tokenizer.ggml.merges", List.of());
        metadata.put("tokenizer.ggml.bos_token_id", tokens.indexOf("<|x|>"));
        metadata.put("tokenizer.ggml.eos_token_id", tokens.indexOf("<|user|>"));
        metadata.put("tokenizer.chat_template", ChatTemplateTest.CHATML);
        return metadata;
    }

    @Test
    void whatBeginsAndEndsATextIsReadFromTheFileAndNotAssumed() throws IOException {
        int size = ChatTemplateTest.tokenizer().size();
        LlamaConfig config = new LlamaConfig(size, 32, 1, 32, 48, 4, 2, 8, 5000, 1e-5f, true);
        try (Llama model = Llama.create(torch, config, 1)) {
            Map<String, Object> metadata = withTokens(config);
            try (Pretrained read = Pretrained.load(torch, write(metadata, model))) {
                int turnEnd = read.tokenizer().id("<|im_end|>");
                assertEquals(-1, read.specials().first());
                assertEquals(
                        Set.of(read.tokenizer().id("<|user|>"), turnEnd),
                        read.specials().ends());
                assertEquals(turnEnd, read.turnEnd());
                assertEquals("<|x|>", read.specials().names().get("bos_token"));
            }
            metadata.put("tokenizer.ggml.add_bos_token", true);
            metadata.put("tokenizer.ggml.eot_token_id", 0);
            metadata.remove("tokenizer.chat_template");
            try (Pretrained read = Pretrained.load(torch, write(metadata, model))) {
                int first = read.tokenizer().id("<|x|>");
                assertEquals(first, read.specials().first());
                assertEquals(
                        Set.of(0, read.tokenizer().id("<|user|>")),
                        read.specials().ends());
                assertTrue(
                        read.generator()
                                        .generate("", Sampling.greedy(3), piece -> {})
                                        .ids()
                                        .length
                                > 0,
                        "<|x|> alone");
                assertThrows(KitException.class, () -> read.chat("Hi"));
            }
            Map<String, Object> wrong = new LinkedHashMap<>();
            wrong.put("tokenizer.ggml.eos_token_id", size);
            wrong.put("tokenizer.ggml.add_eos_token", true);
            wrong.put("tokenizer.ggml.add_space_prefix", true);
            wrong.put("tokenizer.ggml.remove_extra_whitespaces", true);
            wrong.put("tokenizer.ggml.precompiled_charsmap", "x");
            wrong.put("tokenizer.ggml.a_key_of_next_year", 1);
            wrong.put("tokenizer.ggml.token_type", List.of(1, 2));
            for (Map.Entry<String, Object> each : wrong.entrySet()) {
                Map<String, Object> changed = withTokens(config);
                changed.put(each.getKey(), each.getValue());
                Path file = write(changed, model);
                String said = assertThrows(KitException.class, () -> Pretrained.load(torch, file))
                        .getMessage();
                assertTrue(said.contains(each.getKey()), said);
            }
            Map<String, Object> ordinary = withTokens(config);
            List<Integer> ones = new ArrayList<>();
            ((List<?>) ordinary.get("tokenizer.ggml.token_type")).forEach(kind -> ones.add(1));
            ordinary.put("tokenizer.ggml.token_type", ones);
            Path mistaken = write(ordinary, model);
            assertTrue(assertThrows(KitException.class, () -> Pretrained.load(torch, mistaken))
                    .getMessage()
                    .contains("is by its kind (1, tokenizer.ggml.token_type) a piece of text"));
            Map<String, Object> twice = withTokens(config);
            List<Object> tokens = new ArrayList<>((List<?>) twice.get("tokenizer.ggml.tokens"));
            tokens.set(tokens.indexOf("<|im_start|>"), "<|im_end|>");
            twice.put("tokenizer.ggml.tokens", tokens);
            Path doubled = write(twice, model);
            assertTrue(assertThrows(KitException.class, () -> Pretrained.load(torch, doubled))
                    .getMessage()
                    .contains("'<|im_end|>' under two ids"));
            Map<String, Object> rules = withTokens(config);
            List<Integer> kinds = new ArrayList<>(((List<?>) rules.get("tokenizer.ggml.token_type"))
                    .stream().map(kind -> (Integer) kind).toList());
            kinds.set(40, 4);
            rules.put("tokenizer.ggml.token_type", kinds);
            Path file = write(rules, model);
            try (Pretrained read = Pretrained.load(torch, file)) { // found in any text, before all merges
                String found = (String) ((List<?>) rules.get("tokenizer.ggml.tokens")).get(40);
                assertArrayEquals(new int[] {40}, read.tokenizer().encode(found));
            }
        }
    }

    @Test
    void aChatTemplateIsReadByItsNameOrRefusedAndSoIsAKindOfToken() throws IOException {
        int size = ChatTemplateTest.tokenizer().size();
        LlamaConfig config = new LlamaConfig(size, 32, 1, 32, 48, 4, 2, 8, 5000, 1e-5f, true);
        try (Llama model = Llama.create(torch, config, 1)) {
            Map<String, Object> named = withTokens(config);
            named.remove("tokenizer.chat_template");
            named.put("tokenizer.chat_template.tool_use", "{{ messages }}");
            Path none = write(named, model);
            assertTrue(assertThrows(KitException.class, () -> Pretrained.load(torch, none))
                    .getMessage()
                    .contains("none that is called default"));
            named.put("tokenizer.chat_template.default", ChatTemplateTest.CHATML);
            try (Pretrained read = Pretrained.load(torch, write(named, model))) {
                assertTrue(read.chat().prompt("Hi").contains("Hi<|im_end|>"));
            }
            Map<String, Object> number = withTokens(config);
            number.put("tokenizer.chat_template", 7);
            Path noText = write(number, model);
            assertTrue(assertThrows(KitException.class, () -> Pretrained.load(torch, noText))
                    .getMessage()
                    .contains("no text"));
            for (int kind : new int[] {0, 6, 7}) {
                Map<String, Object> odd = withTokens(config);
                List<Integer> kinds = new ArrayList<>(((List<?>) odd.get("tokenizer.ggml.token_type"))
                        .stream().map(each -> (Integer) each).toList());
                kinds.set(40, kind);
                odd.put("tokenizer.ggml.token_type", kinds);
                Path file = write(odd, model);
                assertTrue(assertThrows(KitException.class, () -> Pretrained.load(torch, file))
                        .getMessage()
                        .contains("of the kind " + kind));
            }
        }
    }

    /** As llama.cpp knows it by the name of the split, for the files of Llama 3's first year do not say. */
    @Test
    void aTokenBeginsEveryTextOfLlama3sSplitWhereTheFileDoesNotSayOtherwise() throws IOException {
        int size = ChatTemplateTest.tokenizer().size();
        LlamaConfig config = new LlamaConfig(size, 32, 1, 32, 48, 4, 2, 8, 5000, 1e-5f, true);
        try (Llama model = Llama.create(torch, config, 1)) {
            for (String split : List.of("llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "dbrx")) {
                Map<String, Object> metadata = withTokens(config);
                metadata.put("tokenizer.ggml.pre", split);
                int first = ((List<?>) metadata.get("tokenizer.ggml.tokens")).indexOf("<|x|>");
                try (Pretrained read = Pretrained.load(torch, write(metadata, model))) {
                    assertEquals(
                            split.equals("dbrx") ? -1 : first, read.specials().first(), split);
                }
                metadata.put("tokenizer.ggml.add_bos_token", false);
                try (Pretrained read = Pretrained.load(torch, write(metadata, model))) {
                    assertEquals(-1, read.specials().first(), split);
                }
            }
            Map<String, Object> nameless = withTokens(config);
            nameless.put("tokenizer.ggml.pre", "llama-bpe");
            nameless.remove("tokenizer.ggml.bos_token_id");
            Path file = write(nameless, model);
            assertTrue(assertThrows(KitException.class, () -> Pretrained.load(torch, file))
                    .getMessage()
                    .contains("does not say which one (tokenizer.ggml.bos_token_id)"));
        }
    }

    @Test
    void aFoldersFilesSayWhatBeginsAndEndsItsTexts() throws IOException {
        Tokenizer tokenizer = ChatTemplateTest.tokenizer();
        LlamaConfig config = new LlamaConfig(tokenizer.size(), 32, 1, 32, 48, 4, 2, 8, 5000, 1e-5f, true);
        try (Llama model = Llama.create(torch, config, 1)) {
            model.save(folder);
        }
        Path json = folder.resolve("tokenizer.json");
        tokenizer.save(json);
        Files.writeString(
                folder.resolve("generation_config.json"),
                "{\"eos_token_id\": [" + tokenizer.id("<|user|>") + ", 0], \"temperature\": 0.6}");
        Path names = folder.resolve("tokenizer_config.json");
        Files.writeString(
                names,
                "{\"bos_token\": {\"content\": \"<|x|>\"}, \"eos_token\": \"<|system|>\", \"add_bos_token\": true,"
                        + " \"chat_template\": [{\"name\": \"tool_use\", \"template\": \"{% include %}\"},"
                        + " {\"name\": \"default\", \"template\": \"{% for m in messages %}{{ bos_token + m.content }}{% endfor"
                        + " %}\"}]}");
        try (Pretrained read = Pretrained.load(torch, folder)) {
            assertEquals(-1, read.specials().first(), "tokenizer.json puts none there, which is what counts");
            assertEquals(
                    Set.of(0, tokenizer.id("<|user|>"), tokenizer.id("<|system|>")),
                    read.specials().ends());
            assertEquals("<|x|>Hi", read.chat().prompt("Hi"));
            assertThrows(KitException.class, read::turnEnd);
        }
        Files.writeString(names, "{}");
        String plain = Files.readString(json);
        Files.writeString(
                json,
                plain.replace(
                        "\"post_processor\" : null",
                        "\"post_processor\" : {\"type\": \"Sequence\", \"processors\": [{\"type\": \"ByteLevel\"},"
                                + " {\"type\": \"TemplateProcessing\", \"single\": [{\"SpecialToken\": {\"id\": \"<|x|>\"}},"
                                + " {\"Sequence\": {\"id\": \"A\"}}]}]}"));
        try (Pretrained read = Pretrained.load(torch, folder)) {
            assertEquals(tokenizer.id("<|x|>"), read.specials().first());
            assertNull(read.chat());
        }
        Files.writeString(
                json, plain.replace("\"post_processor\" : null", "\"post_processor\" : {\"type\": \"Bert\"}"));
        assertThrows(KitException.class, () -> Pretrained.load(torch, folder));
        Files.writeString(json, plain);
        for (String wrong : new String[] {"add_prefix_space", "do_lower_case"}) {
            Files.writeString(names, "{\"" + wrong + "\": true}");
            assertTrue(assertThrows(KitException.class, () -> Pretrained.load(torch, folder))
                    .getMessage()
                    .contains(wrong));
        }
        Files.writeString(names, "{\"eos_token\": \"</s>\"}");
        assertTrue(assertThrows(KitException.class, () -> Pretrained.load(torch, folder))
                .getMessage()
                .contains("'</s>'"));
    }

    private void refused(LlamaConfig config, Map<String, Object> metadata, String why) throws IOException {
        try (Llama model = Llama.create(torch, config, 1);
                Gguf gguf = Gguf.open(write(metadata, model))) {
            String said = assertThrows(KitException.class, () -> LlamaFile.read(torch, gguf))
                    .getMessage();
            assertTrue(said.contains(why), said);
        }
    }

    static Map<String, Object> about(LlamaConfig c) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("general.architecture", "llama");
        metadata.put("llama.context_length", c.context());
        metadata.put("llama.block_count", c.layers());
        metadata.put("llama.embedding_length", c.width());
        metadata.put("llama.feed_forward_length", c.feedForward());
        metadata.put("llama.attention.head_count", c.heads());
        metadata.put("llama.attention.head_count_kv", c.keyValueHeads());
        metadata.put("llama.rope.freq_base", (float) c.ropeBase());
        metadata.put("llama.attention.layer_norm_rms_epsilon", (float) c.epsilon());
        return metadata;
    }

    private Path write(Map<String, Object> metadata, Llama model) throws IOException {
        return write(metadata, model, Map.of());
    }

    private Path write(Map<String, Object> metadata, Llama model, Map<String, float[]> more) throws IOException {
        return write(folder, metadata, model, more);
    }

    static Path write(Path folder, Map<String, Object> metadata, Llama model, Map<String, float[]> more)
            throws IOException {
        GgufBytes head = new GgufBytes().head(model.parameters().size() + more.size(), metadata.size());
        metadata.forEach((key, value) -> {
            head.text(key);
            if (value instanceof String words) {
                head.put(4, TEXT).text(words);
            } else if (value instanceof Boolean flag) {
                head.put(4, FLAG).put(1, flag ? 1 : 0);
            } else if (value instanceof List<?> list) {
                boolean texts = !list.isEmpty() && list.get(0) instanceof String;
                head.put(4, LIST).put(4, texts ? TEXT : NUMBER).put(8, list.size());
                list.forEach(each -> {
                    if (texts) {
                        head.text((String) each);
                    } else {
                        head.put(4, (Integer) each);
                    }
                });
            } else if (value instanceof Float real) {
                head.put(4, REAL).put(4, Float.floatToIntBits(real));
            } else {
                head.put(4, NUMBER).put(4, (Integer) value);
            }
        });
        GgufBytes data = new GgufBytes();
        model.parameters().forEach((name, weight) -> {
            long[] shape = weight.getShape().getShape();
            head.tensor(named(name), 0, data.size(), shape.length == 1 ? shape : new long[] {shape[1], shape[0]});
            int heads = name.contains("q_proj")
                    ? model.config().heads()
                    : name.contains("k_proj") ? model.config().keyValueHeads() : 0;
            for (float value : heads == 0 ? weight.toFloatArray() : interleaved(weight, heads)) {
                data.put(4, Float.floatToIntBits(value));
            }
            data.align32();
        });
        more.forEach((name, values) -> {
            head.tensor(name, 0, data.size(), values.length);
            for (float value : values) {
                data.put(4, Float.floatToIntBits(value));
            }
            data.align32();
        });
        return Files.write(folder.resolve("tiny.gguf"), head.align32().put(data).bytes());
    }

    private static String named(String name) {
        String plain = name.replace("model.layers.", "blk.")
                .replace("self_attn.o_proj", "attn_output")
                .replaceAll("self_attn\\.([qkv])_proj", "attn_$1")
                .replaceAll("mlp\\.(gate|up|down)_proj", "ffn_$1")
                .replace("input_layernorm", "attn_norm")
                .replace("post_attention_layernorm", "ffn_norm");
        return plain.replace("model.embed_tokens", "token_embd")
                .replace("model.norm", "output_norm")
                .replace("lm_head", "output");
    }

    /** Row i of a head's first half, then row i of its second, and so on. */
    private static float[] interleaved(NDArray weight, int heads) {
        int rows = (int) weight.getShape().get(0),
                width = (int) weight.getShape().get(1),
                size = rows / heads;
        float[] values = weight.toFloatArray();
        float[] turned = new float[values.length];
        for (int row = 0; row < rows; row++) {
            int head = row / size, place = row % size, half = size / 2;
            int to = head * size + (place < half ? 2 * place : 2 * (place - half) + 1);
            System.arraycopy(values, row * width, turned, to * width, width);
        }
        return turned;
    }
}
