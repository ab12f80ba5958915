package kawi.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import kawi.evidence.KitException;
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
    private static final int TEXT = 8;

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
        refused(config, stretched, "stretches its rotary positions");
        Map<String, Object> uneven = about(config);
        uneven.put("llama.attention.head_count_kv", 3);
        refused(config, uneven, "do not divide among 3");
        Map<String, Object> pieces = about(config);
        pieces.put("tokenizer.ggml.model", "llama");
        try (Llama model = Llama.create(torch, config, 1)) {
            Path file = write(pieces, model);
            String said = assertThrows(KitException.class, () -> Pretrained.load(torch, file))
                    .getMessage();
            assertTrue(said.contains("tokenizer is of the kind 'llama'"), said);
        }
    }

    private void refused(LlamaConfig config, Map<String, Object> metadata, String why) throws IOException {
        try (Llama model = Llama.create(torch, config, 1);
                Gguf gguf = Gguf.open(write(metadata, model))) {
            String said = assertThrows(KitException.class, () -> LlamaFile.read(torch, gguf))
                    .getMessage();
            assertTrue(said.contains(why), said);
        }
    }

    private static Map<String, Object> about(LlamaConfig c) {
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
        GgufBytes head = new GgufBytes().head(model.parameters().size(), metadata.size());
        metadata.forEach((key, value) -> {
            head.text(key);
            if (value instanceof String words) {
                head.put(4, TEXT).text(words);
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
