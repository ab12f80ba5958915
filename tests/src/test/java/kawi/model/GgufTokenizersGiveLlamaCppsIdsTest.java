package kawi.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kawi.evidence.KitException;
import kawi.text.ForeignTokenizers;
import kawi.text.Splitter;
import kawi.text.Tokenizer;
import kawi.torch.Gguf;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tokenizers as they stand in GGUF files give the ids that llama.cpp gives 466 drawn texts by the same files, with
 * special tokens meant and not, and files of tiktoken those that tiktoken gives (tests/oracles/gguf_tokenizers.py).
 */
class GgufTokenizersGiveLlamaCppsIdsTest {
    private static final Path TOKENIZERS =
            Path.of(System.getProperty("kawi.home", ".."), "tests/src/test/resources/kawi/model/tokenizers");

    @TempDir
    Path folder;

    private static List<JsonNode> lines() throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(TOKENIZERS.resolve("texts.jsonl"))) {
            lines.add(new ObjectMapper().readTree(line));
        }
        assertEquals(466, lines.size());
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
        return Stream.of("gpt-2", "smollm", "llama-bpe", "dbrx", "qwen2", "spm", "spm-bare", "phi-3")
                .map(kind -> DynamicTest.dynamicTest(kind, () -> {
                    try (Gguf file = Gguf.open(TOKENIZERS.resolve(kind + ".gguf"))) {
                        same(GgufTokenizer.of(file), lines, kind);
                    }
                }));
    }

    /** Two names of one split in llama.cpp, whose ids by the same lists are equal (the oracle asks). */
    @TestFactory
    Stream<DynamicTest> otherNamesOfASplitAreReadAsItIs() throws IOException {
        List<JsonNode> lines = lines();
        Map<String, List<String>> names = Map.of(
                "gpt-2", List.of("phi-2", "olmo", "mpt"),
                "smollm", List.of("refact", "starcoder"),
                "llama-bpe", List.of("llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral"),
                "dbrx", List.of("smaug-bpe"),
                "qwen2", List.of("deepseek-r1-qwen", "stablelm2", "megrez"));
        return names.entrySet().stream()
                .flatMap(kind -> kind.getValue().stream()
                        .map(name -> DynamicTest.dynamicTest(name, () -> {
                            try (Gguf file = Gguf.open(called(kind.getKey(), name))) {
                                same(GgufTokenizer.of(file), lines, kind.getKey());
                            }
                        })));
    }

    @Test
    void aSplitThatIsNotKnownIsNamedWithThoseThatAre() throws IOException {
        try (Gguf file = Gguf.open(called("gpt-2", "gpt-4o"))) {
            String said = assertThrows(KitException.class, () -> GgufTokenizer.of(file))
                    .getMessage();
            assertTrue(said.contains("with the split 'gpt-4o'"), said);
            assertTrue(said.contains("dbrx, deepseek-r1-qwen, falcon-h1, falcon3, gpt-2"), said);
        }
    }

    /** The file of a kind with another name of the split. */
    private Path called(String kind, String name) throws IOException {
        String file = Files.readString(TOKENIZERS.resolve(kind + ".gguf"), StandardCharsets.ISO_8859_1);
        int at = file.indexOf("tokenizer.ggml.pre") + "tokenizer.ggml.pre".length() + 4; // behind the type of the value
        assertEquals(kind, file.substring(at + 8, at + 8 + file.charAt(at)));
        String changed = file.substring(0, at)
                + (char) name.length()
                + "\0".repeat(7)
                + name
                + file.substring(at + 8 + kind.length());
        return Files.writeString(folder.resolve(name + ".gguf"), changed, StandardCharsets.ISO_8859_1);
    }

    @Test
    void aTokenOfPhi3ThatAUserWroteLeavesTheSpaceBehindIt() {
        try (Gguf file = Gguf.open(TOKENIZERS.resolve("phi-3.gguf"))) {
            Tokenizer ours = GgufTokenizer.of(file);
            String text = "<|user|>\n<|end|> a";
            int user = ours.id("<|user|>");
            int end = ours.id("<|end|>");
            int[] all = ours.encodeWithSpecials(text);
            assertEquals(user, all[0]);
            assertEquals(end, all[1], "the line between them belongs to the first");
            int[] gap = ours.encodeWithSpecials(text, at -> at < 9);
            assertEquals(user, gap[0]);
            assertEquals("<|user|> <|end|> a", ours.decode(gap));
            assertArrayEquals(ours.encode("<|end|> a"), Arrays.copyOfRange(gap, 1, gap.length));
        }
    }

    /**
     * llama.cpp goes by the model's name, and a Phi-3 whose weights were written as a Llama's is of that architecture.
     */
    @Test
    void aPhi3IsKnownByItsNameToo() throws IOException {
        String file = Files.readString(TOKENIZERS.resolve("phi-3.gguf"), StandardCharsets.ISO_8859_1);
        for (String name : List.of("Phi-3", "my-phi3", "third-")) {
            String changed = file.replace("\4\0\0\0\0\0\0\0phi3", "\5\0\0\0\0\0\0\0llama")
                    .replace("\5\0\0\0\0\0\0\0phi-3", (char) name.length() + "\0\0\0\0\0\0\0" + name);
            Path other = Files.writeString(folder.resolve("named.gguf"), changed, StandardCharsets.ISO_8859_1);
            try (Gguf gguf = Gguf.open(other)) {
                assertEquals("llama", gguf.text("general.architecture"));
                assertEquals(name, gguf.text("general.name"));
                Tokenizer ours = GgufTokenizer.of(gguf);
                boolean together = ours.encodeWithSpecials("<|user|>\n<|end|>")[1] == ours.id("<|end|>");
                assertEquals(!name.equals("third-"), together, name);
            }
        }
    }

    @Test
    void aTextIsWhatItsIdsAreDecodedTo() throws IOException {
        for (String kind : List.of("gpt-2", "smollm", "llama-bpe", "dbrx", "qwen2", "spm", "spm-bare", "phi-3")) {
            try (Gguf file = Gguf.open(TOKENIZERS.resolve(kind + ".gguf"))) {
                Tokenizer ours = GgufTokenizer.of(file);
                for (JsonNode line : lines()) {
                    String text = line.path("text").asText();
                    boolean pieces = kind.startsWith("spm") || kind.equals("phi-3");
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
