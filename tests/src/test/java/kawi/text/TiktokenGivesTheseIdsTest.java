package kawi.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Files of tiktoken give the ids that tiktoken gives 456 texts by them and by the splits of OpenAI's encodings, special
 * tokens meant and not (tests/oracles/tiktoken_files.py).
 */
class TiktokenGivesTheseIdsTest {
    static final Path FILES =
            Path.of(System.getProperty("kawi.home", ".."), "tests/src/test/resources/kawi/text/tiktoken");
    private static final Map<String, Splitter> SPLITS =
            Map.of("r50k_base", Splitter.GPT2, "cl100k_base", Splitter.CL100K, "o200k_base", Splitter.O200K);

    static List<JsonNode> lines() throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(FILES.resolve("texts.jsonl"))) {
            lines.add(new ObjectMapper().readTree(line));
        }
        assertEquals(456, lines.size());
        return lines;
    }

    static Bpe read(String file, Splitter splitter) throws IOException {
        Path path = FILES.resolve(file + ".tiktoken");
        int ranks = Files.readAllLines(path).size();
        return ForeignTokenizers.tiktoken(
                path, splitter, Map.of("<|endoftext|>", ranks + 1, "<|fim_prefix|>", ranks + 2, "<|end|>", ranks + 7));
    }

    private static String words(int[] ids) {
        return Arrays.stream(ids).mapToObj(String::valueOf).collect(Collectors.joining(" "));
    }

    @TestFactory
    Stream<DynamicTest> everySplitWithRanksInTheirOrderAndInAnyOrder() throws IOException {
        List<JsonNode> lines = lines();
        return Stream.of("wide", "shuffled")
                .flatMap(file -> SPLITS.entrySet().stream()
                        .map(split -> DynamicTest.dynamicTest(file + " " + split.getKey(), () -> {
                            same(read(file, split.getValue()), file + " " + split.getKey(), lines);
                        })));
    }

    private static void same(Tokenizer ours, String kind, List<JsonNode> lines) {
        List<String> wrong = new ArrayList<>();
        for (JsonNode line : lines) {
            String text = line.path("text").asText();
            String ids = line.path("ids").path(kind).asText();
            String meant = line.path("meant").path(kind).asText(ids);
            String found = words(ours.encode(text));
            String foundMeant = words(ours.encodeWithSpecials(text));
            if (!ids.equals(found) || !meant.equals(foundMeant)) {
                wrong.add("'" + text + "' gives\n  " + found + " or " + foundMeant + " and theirs\n  " + ids + " or "
                        + meant);
            }
            assertEquals(text, ours.decode(ours.encode(text)));
        }
        assertTrue(wrong.isEmpty(), () -> wrong.size() + " texts: " + String.join("\n", wrong));
    }

    @TestFactory
    Stream<DynamicTest> everyEncodingOfOpenAiHasTheseSpecialTokens() throws IOException {
        JsonNode encodings =
                new ObjectMapper().readTree(FILES.resolve("encodings.json").toFile());
        assertEquals(7, encodings.size());
        return encodings.properties().stream()
                .map(each -> DynamicTest.dynamicTest(each.getKey(), () -> {
                    Map<String, Integer> theirs = new LinkedHashMap<>();
                    each.getValue()
                            .properties()
                            .forEach(token ->
                                    theirs.put(token.getKey(), token.getValue().asInt()));
                    assertEquals(theirs, TiktokenEncoding.of(each.getKey()).specials());
                }));
    }

    @Test
    void theOthersHaveAsManyIdsAsTheirModelsRows() {
        Map<TiktokenEncoding, Integer> rows = Map.of(
                TiktokenEncoding.LLAMA3, 128_256, TiktokenEncoding.LLAMA3_1, 128_256, TiktokenEncoding.QWEN, 151_851);
        rows.forEach((encoding, count) -> {
            Map<String, Integer> specials = encoding.specials();
            assertEquals(count, encoding.ranks() + specials.size(), encoding.title());
            assertEquals(
                    count - 1,
                    specials.values().stream().mapToInt(id -> id).max().orElse(-1),
                    encoding.title());
        });
        assertEquals(128_009, TiktokenEncoding.LLAMA3.specials().get("<|eot_id|>"));
        assertEquals(128_009, TiktokenEncoding.LLAMA3_1.specials().get("<|eot_id|>"));
        assertEquals(128_008, TiktokenEncoding.LLAMA3_1.specials().get("<|eom_id|>"));
        assertEquals(128_255, TiktokenEncoding.LLAMA3.specials().get("<|reserved_special_token_250|>"));
        assertEquals(128_255, TiktokenEncoding.LLAMA3_1.specials().get("<|reserved_special_token_245|>"));
        assertEquals(151_645, TiktokenEncoding.QWEN.specials().get("<|im_end|>"));
        assertEquals("<|begin_of_text|>", TiktokenEncoding.LLAMA3_1.first());
        assertEquals("", TiktokenEncoding.QWEN.first());
    }
}
