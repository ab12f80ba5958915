package kawi.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import kawi.text.Tokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A folder's texts begin with a token where they do in transformers 5, in 1,683 cases of classes, families,
 * add_bos_token and what tokenizer.json puts around a text (tests/oracles/first_tokens.py).
 */
class TheTokenBeforeEveryTextIsTransformersTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path FOREIGN = FamiliesEqualTransformersTest.FAMILIES.resolve("../../text/foreign");

    @TempDir
    Path folder;

    @Test
    void inEveryClassAndFamilyAndWhateverAddBosTokenSays() throws IOException {
        JsonNode cases;
        try (InputStream in = getClass().getResourceAsStream("first_tokens.json")) {
            cases = JSON.readTree(in);
        }
        Set<String> otherwise = new HashSet<>();
        cases.get("otherwise").forEach(each -> otherwise.add(each.asText()));
        assertEquals(0, cases.get("refused").size());
        List<String> wrong = new ArrayList<>();
        int count = 0;
        for (var named : cases.get("classes").properties()) {
            String token = named.getValue().get("token").asText();
            ObjectNode file = (ObjectNode)
                    JSON.readTree(FOREIGN.resolve(named.getValue().get("file").asText() + ".json")
                            .toFile());
            for (JsonNode step : cases.get("steps")) {
                file.set("post_processor", step(step.asText(), token));
                Files.writeString(folder.resolve("tokenizer.json"), file.toString());
                Tokenizer tokenizer = Tokenizer.loadBare(folder.resolve("tokenizer.json"));
                for (JsonNode type : cases.get("types")) {
                    for (JsonNode asked : cases.get("asked")) {
                        String name = String.join(" ", named.getKey(), type.asText(), asked.asText(), step.asText());
                        write("config.json", "model_type", type.asText(), "", "");
                        write("tokenizer_config.json", "tokenizer_class", named.getKey(), token, asked.asText());
                        boolean wanted = step.asText().equals("begin") != otherwise.contains(name);
                        int first = SpecialTokens.of(folder, tokenizer).first();
                        count++;
                        if (first != (wanted ? tokenizer.id(token) : -1)) {
                            wrong.add(name + " gives " + first);
                        }
                    }
                }
            }
        }
        assertEquals(1683, count);
        assertTrue(wrong.isEmpty(), () -> wrong.size() + " cases: " + String.join("\n", wrong));
    }

    private static JsonNode step(String kind, String token) throws IOException {
        return JSON.readTree(
                switch (kind) {
                    case "none" -> "null";
                    case "offsets" -> "{\"type\": \"ByteLevel\", \"trim_offsets\": false}";
                    default ->
                        "{\"type\": \"TemplateProcessing\", \"single\": [{\"SpecialToken\": {\"id\": \"" + token
                                + "\"}}, {\"Sequence\": {\"id\": \"A\"}}]}";
                });
    }

    private void write(String name, String key, String value, String bos, String asked) throws IOException {
        ObjectNode json = JSON.createObjectNode();
        if (!value.isEmpty()) {
            json.put(key, value);
        }
        if (!bos.isEmpty()) {
            json.put("bos_token", bos);
        }
        if (!asked.isEmpty()) {
            json.put("add_bos_token", asked.equals("true")).put("add_eos_token", true);
        }
        Files.writeString(folder.resolve(name), json.toString());
    }

    /** Where tokenizer_config.json names no class, config.json may. */
    @Test
    void theClassMayStandInTheModelsConfiguration() throws IOException {
        ObjectNode file =
                (ObjectNode) JSON.readTree(FOREIGN.resolve("llama3.json").toFile());
        file.set("post_processor", step("begin", "<|begin_of_text|>"));
        Files.writeString(folder.resolve("tokenizer.json"), file.toString());
        Tokenizer tokenizer = Tokenizer.loadBare(folder.resolve("tokenizer.json"));
        Path config = folder.resolve("config.json");
        Files.writeString(config, "{\"model_type\": \"phi\"}");
        assertEquals(
                tokenizer.id("<|begin_of_text|>"),
                SpecialTokens.of(folder, tokenizer).first());
        Files.writeString(config, "{\"model_type\": \"phi\", \"tokenizer_class\": \"GPTNeoXTokenizerFast\"}");
        assertEquals(-1, SpecialTokens.of(folder, tokenizer).first());
        file = (ObjectNode) JSON.readTree(FOREIGN.resolve("llama2.json").toFile());
        Files.writeString(folder.resolve("tokenizer.json"), file.toString());
        Files.writeString(config, "{\"model_type\": \"llama\", \"tokenizer_class\": \"CodeLlamaTokenizer\"}");
        assertEquals(
                1,
                SpecialTokens.of(folder, Tokenizer.loadBare(folder.resolve("tokenizer.json")))
                        .first());
    }
}
