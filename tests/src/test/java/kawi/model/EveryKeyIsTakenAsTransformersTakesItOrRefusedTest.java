package kawi.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.TreeMap;
import java.util.TreeSet;
import kawi.evidence.KitException;
import kawi.torch.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A key of a family's {@code config.json} that is away, null or says something else: the kit computes what transformers
 * computes then, or refuses the file (tests/oracles/config_keys.py).
 */
class EveryKeyIsTakenAsTransformersTakesItOrRefusedTest {
    private static final Path RESOURCES = FamiliesEqualTransformersTest.FAMILIES.getParent();
    private static final int[] IDS = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3};
    private static final ObjectMapper JSON = new ObjectMapper();

    private static Torch torch;

    private final Map<List<Object>, float[]> logits = new HashMap<>();

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

    private static ObjectNode config(String family) throws IOException {
        return (ObjectNode) JSON.readTree(
                RESOURCES.resolve("families/" + family + "/config.json").toFile());
    }

    /** The last position's logits of a family's weights by another config.json; what says the same is computed once. */
    private float[] last(String family, ObjectNode config) throws IOException {
        ModelConfig read = ModelConfig.of(config);
        float[] known = logits.get(List.of(family, read));
        if (known == null) {
            known = computed(family, config);
            logits.put(List.of(family, read), known);
        }
        return known;
    }

    private float[] computed(String family, ObjectNode config) throws IOException {
        Path weights = folder.resolve(family).resolve("model.safetensors");
        if (!Files.exists(weights)) {
            Files.createDirectory(weights.getParent());
            Files.copy(RESOURCES.resolve("families/" + family + "/model.safetensors"), weights);
        }
        JSON.writeValue(weights.resolveSibling("config.json").toFile(), config);
        try (LanguageModel model = LanguageModel.load(torch, weights.getParent())) {
            return FamiliesEqualTransformersTest.all(model, IDS)[IDS.length - 1];
        }
    }

    @Test
    void whatIsReadGivesTheLogitsOfTransformersAndAllElseIsRefusedInASentence() throws IOException {
        Map<String, JsonNode> usual = new TreeMap<>();
        for (JsonNode family :
                JSON.readTree(RESOURCES.resolve("families/figures.json").toFile()).get("families").properties().stream()
                        .map(each -> ((ObjectNode) each.getValue()).put("name", each.getKey()))
                        .toList()) {
            usual.put(family.get("name").asText(), family.get("logits").get(IDS.length - 1));
        }
        List<String> wrong = new ArrayList<>();
        Map<String, Integer> read = new TreeMap<>();
        int cases = 0;
        for (String line : Files.readAllLines(RESOURCES.resolve("config_keys.jsonl"))) {
            JsonNode each = JSON.readTree(line);
            String family = each.get("family").asText();
            String name = family + ": " + each.get("case").asText();
            ObjectNode config = config(family);
            each.get("drop").forEach(key -> config.remove(key.asText()));
            config.setAll((ObjectNode) each.get("set"));
            cases++;
            float[] found;
            try {
                found = last(family, config);
            } catch (KitException e) {
                if (!e.getMessage().matches("(?s).*[.]")) {
                    wrong.add(name + " is refused by " + e.getMessage());
                }
                continue;
            }
            JsonNode told = each.get("logits");
            if (told.isNull()) {
                continue; // of which transformers computes nothing
            }
            JsonNode wanted = told.isArray() ? told : usual.get(family);
            boolean same = wanted.size() == found.length;
            for (int id = 0; same && id < found.length; id++) {
                same = Math.abs(wanted.get(id).asDouble(Double.NaN) - found[id]) <= FamiliesEqualTransformersTest.NEAR;
            }
            if (same) {
                read.merge(family, 1, Integer::sum);
            } else {
                wrong.add(name);
            }
        }
        assertEquals(List.of(), wrong);
        assertEquals(2068, cases);
        assertEquals(15, read.size());
        assertTrue(
                read.values().stream().allMatch(count -> count >= 40), "read as well, and not only refused: " + read);
    }

    /** What is absent says something in one family and nothing in another, as its class in transformers has it. */
    @Test
    void aKeyThatIsAwayMeansWhatItMeansInTransformers() throws IOException {
        for (String family : List.of("mistral", "gemma2", "gemma3", "qwen2-windows", "phi3", "mixtral-windows")) {
            ObjectNode config = config(family).without("sliding_window");
            boolean window = !family.matches("phi3|mixtral.*");
            TransformerConfig.Windows without = ((TransformerConfig) ModelConfig.of(config)).windows();
            assertEquals(window ? 4096 : 0, without.width(), family);
            assertEquals(window, without.local().contains(true), family);
            if (!family.startsWith("gemma")) {
                config.putNull("sliding_window").remove("layer_types");
                assertEquals(TransformerConfig.Windows.NONE, ((TransformerConfig) ModelConfig.of(config)).windows());
            }
        }
        Map<String, Integer> groups =
                Map.of("qwen2", 32, "qwen3", 32, "mistral", 8, "mixtral", 8, "gemma2", 4, "gemma3", 4);
        for (String family : new TreeSet<>(groups.keySet())) {
            ObjectNode config = config(family).put("num_attention_heads", 64).put("head_dim", 8);
            config.remove("num_key_value_heads");
            assertEquals(groups.get(family), sizes(config).keyValueHeads(), family);
            assertEquals(64, sizes(config.putNull("num_key_value_heads")).keyValueHeads(), family);
        }
        ObjectNode qwen = config("qwen3");
        qwen.remove("head_dim");
        assertEquals(128, sizes(qwen).headSize());
    }

    private static TransformerConfig.Sizes sizes(ObjectNode config) {
        return ((TransformerConfig) ModelConfig.of(config)).sizes();
    }

    /** As the hub has them, with weights that this test does not need. */
    @Test
    void configurationsAsTheirMakersPublishThemAreRead() throws IOException {
        String usual =
                "\"attention_dropout\": 0.0, \"bos_token_id\": 1, \"eos_token_id\": [1, 106], \"pad_token_id\": 0,"
                        + " \"initializer_range\": 0.02, \"torch_dtype\": \"bfloat16\", \"transformers_version\": \"4.47.0\","
                        + " \"use_cache\": true, ";
        String phi =
                "{\"architectures\": [\"Phi3ForCausalLM\"], \"model_type\": \"phi3\", \"auto_map\": {\"AutoConfig\":"
                        + " \"configuration_phi3.Phi3Config\"}, \"embd_pdrop\": 0.0, \"resid_pdrop\": 0.0, \"hidden_act\": \"silu\","
                        + " \"hidden_size\": 3072, \"intermediate_size\": 8192, \"num_hidden_layers\": 32, \"rms_norm_eps\": 1e-05,"
                        + " \"rope_theta\": 10000.0, \"attention_bias\": false, \"original_max_position_embeddings\": 4096, "
                        + usual;
        String gemma = "\"attention_bias\": false, \"cache_implementation\": \"hybrid\", \"head_dim\": 256,"
                + " \"attn_logit_softcapping\": %s, \"final_logit_softcapping\": %s, \"query_pre_attn_scalar\": 256,"
                + " \"hidden_activation\": \"gelu_pytorch_tanh\", \"rms_norm_eps\": 1e-06, \"num_hidden_layers\": 26, "
                + usual;
        for (String[] each : new String[][] {
            {
                phi + "\"max_position_embeddings\": 4096, \"num_attention_heads\": 32, \"num_key_value_heads\": 32,"
                        + " \"rope_scaling\": null, \"sliding_window\": 2047, \"tie_word_embeddings\": false,"
                        + " \"vocab_size\": 32064}",
                "phi3, 32 layers, 32 heads, 32 of keys and values, width 3072, context 4096, 32 layers see 2047 tokens back"
            },
            {
                phi + "\"max_position_embeddings\": 131072, \"num_attention_heads\": 24, \"num_key_value_heads\": 8,"
                        + " \"full_attn_mod\": 1, \"interpolate_factor\": 1, \"lm_head_bias\": false, \"mlp_bias\": false,"
                        + " \"partial_rotary_factor\": 0.75, \"sliding_window\": 262144, \"tie_word_embeddings\": true,"
                        + " \"rope_scaling\": {\"type\": \"longrope\", \"short_factor\": " + List.of(ones(48))
                        + ", \"long_factor\": " + List.of(ones(48)) + "}, \"vocab_size\": 200064}",
                "phi3, 32 layers, 24 heads, 8 of keys and values, width 3072, context 131072, 32 layers see 262144 tokens"
                        + " back, texts beyond 4096 tokens read by other positions (longrope)"
            },
            {
                "{\"architectures\": [\"Gemma2ForCausalLM\"], \"model_type\": \"gemma2\", \"hidden_act\": \"gelu_pytorch_tanh\","
                        + " \"hidden_size\": 2304, \"intermediate_size\": 9216, \"max_position_embeddings\": 8192,"
                        + " \"num_attention_heads\": 8, \"num_key_value_heads\": 4, \"rope_theta\": 10000.0,"
                        + " \"sliding_window\": 4096, \"vocab_size\": 256000, "
                        + gemma.formatted("50.0", "30.0").replaceAll(", $", "}"),
                "gemma2, 26 layers, 8 heads, 4 of keys and values, width 2304, context 8192, 13 layers see 4096 tokens back"
            },
            {
                "{\"architectures\": [\"Gemma3ForCausalLM\"], \"model_type\": \"gemma3_text\", \"hidden_size\": 1152,"
                        + " \"intermediate_size\": 6912, \"max_position_embeddings\": 32768, \"num_attention_heads\": 4,"
                        + " \"num_key_value_heads\": 1, \"rope_local_base_freq\": 10000, \"rope_scaling\": null,"
                        + " \"rope_theta\": 1000000, \"sliding_window\": 512, \"sliding_window_pattern\": 6,"
                        + " \"vocab_size\": 262144, "
                        + gemma.formatted("null", "null").replaceAll(", $", "}"),
                "gemma3_text, 26 layers, 4 heads, 1 of keys and values, width 1152, context 32768, 22 layers see 512 tokens"
                        + " back"
            }
        }) {
            assertEquals(each[1], ModelConfig.of(JSON.readTree(each[0])).describe());
        }
    }

    private static Integer[] ones(int count) {
        Integer[] ones = new Integer[count];
        java.util.Arrays.fill(ones, 1);
        return ones;
    }
}
