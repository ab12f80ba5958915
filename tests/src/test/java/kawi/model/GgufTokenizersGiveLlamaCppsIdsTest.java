package kawi.model;

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
import kawi.text.ForeignTokenizers;
import kawi.text.Splitter;
import kawi.text.Tokenizer;
import kawi.torch.Gguf;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Tokenizers as they stand in GGUF files give the ids that llama.cpp gives 406 drawn texts by the same files, with
 * special tokens meant and not, and files of tiktoken those that tiktoken gives (tests/oracles/gguf_tokenizers.py).
 */
class GgufTokenizersGiveLlamaCppsIdsTest {
    private static final Path TOKENIZERS =
            Path.of(System.getProperty("kawi.home", ".."), "tests/src/test/resources/kawi/model/tokenizers");

    private static List<JsonNode> lines() throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(TOKENIZERS.resolve("texts.jsonl"))) {
            lines.add(new ObjectMapper().readTree(line));
        }
        assertEquals(406, lines.size());
        return lines;
    }

    private static String words(int[] ids) {
        return Arrays.stream(ids).mapToObj(String::valueOf).collect(Collectors.joining(" "));
    }

    private static void same(Tokenizer ours, List<JsonNode> lines, String kind) {
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
        }
        assertTrue(wrong.isEmpty(), () -> wrong.size() + " texts: " + String.join("\n", wrong));
    }

    @TestFactory
    Stream<DynamicTest> theIdsAreThoseOfLlamaCppByTheSameFile() throws IOException {
        List<JsonNode> lines = lines();
        return Stream.of("gpt-2", "smollm", "llama-bpe", "qwen2", "spm", "spm-bare")
                .map(kind -> DynamicTest.dynamicTest(kind, () -> {
                    try (Gguf file = Gguf.open(TOKENIZERS.resolve(kind + ".gguf"))) {
                        same(GgufTokenizer.of(file), lines, kind);
                    }
                }));
    }

    @Test
    void ATextIsWhatItsIdsAreDecodedTo() throws IOException {
        for (String kind : List.of("gpt-2", "smollm", "llama-bpe", "qwen2", "spm", "spm-bare")) {
            try (Gguf file = Gguf.open(TOKENIZERS.resolve(kind + ".gguf"))) {
                Tokenizer ours = GgufTokenizer.of(file);
                for (JsonNode line : lines()) {
                    String text = line.path("text").asText();
                    boolean pieces = kind.startsWith("spm");
                    if (!pieces || !text.contains("<tool_call>")) { // behind it stands a space of SentencePiece's own
                        assertEquals(pieces ? text.replace('▁', ' ') : text, ours.decode(ours.encode(text)), kind);
                    }
                }
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> theIdsOfAFileOfTiktokenAreThoseOfTiktoken() throws IOException {
        List<JsonNode> lines = lines();
        return Stream.of(
                        Map.entry("gpt2", Splitter.GPT2),
                        Map.entry("llama3", Splitter.LLAMA3),
                        Map.entry("qwen2", Splitter.QWEN2))
                .map(kind -> DynamicTest.dynamicTest(kind.getKey(), () -> {
                    Path file = TOKENIZERS.resolve(kind.getKey() + ".tiktoken");
                    int ranks = Files.readAllLines(file).size();
                    Map<String, Integer> specials = new LinkedHashMap<>();
                    for (String token : List.of("<|endoftext|>", "<|im_start|>", "<|eot_id|>")) {
                        specials.put(token, ranks + specials.size());
                    }
                    same(
                            ForeignTokenizers.tiktoken(file, kind.getValue(), specials),
                            lines,
                            "tiktoken " + kind.getKey());
                }));
    }
}
