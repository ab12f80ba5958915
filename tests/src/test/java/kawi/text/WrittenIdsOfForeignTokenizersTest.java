package kawi.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tokenizers of each kind give what Hugging Face's library gave, as tests/oracles/foreign_tokenizers.py wrote it down:
 * the ids of some hundred drawn texts, with special tokens and without, and what they are decoded to; and what each
 * step makes of a text by itself.
 */
class WrittenIdsOfForeignTokenizersTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    static final Path FOREIGN =
            Path.of(System.getProperty("kawi.home", ".."), "tests/src/test/resources/kawi/text/foreign");

    @TempDir
    Path folder;

    private static String words(int[] ids) {
        return Arrays.stream(ids).mapToObj(String::valueOf).collect(Collectors.joining(" "));
    }

    @TestFactory
    Stream<DynamicTest> theIdsAreThoseOfTheirLibraryAndSoIsWhatTheyAreDecodedTo() throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(FOREIGN.resolve("drawn/texts.jsonl"))) {
            lines.add(JSON.readTree(line));
        }
        List<String> names = new ArrayList<>();
        lines.get(0).path("ids").fieldNames().forEachRemaining(names::add);
        assertEquals(11, names.size());
        return names.stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    Tokenizer ours = Tokenizer.load(FOREIGN.resolve(name + ".json"));
                    for (JsonNode line : lines) {
                        String text = line.path("text").asText();
                        String ids = line.at("/ids/" + name).asText();
                        assertEquals(ids, words(ours.encodeWithSpecials(text)), text);
                        int[] ordinary = ours.encode(text);
                        JsonNode expected = line.path("ordinary").path(name);
                        if (!expected.isNull()) {
                            assertEquals(
                                    expected.asText(ids), words(ordinary), () -> "without special tokens: " + text);
                        }
                        JsonNode decoded = line.path("decoded").path(name);
                        if (!decoded.isNull()) {
                            assertEquals(decoded.asText(text), ours.decode(ordinary), () -> "decoded: " + text);
                        }
                    }
                }));
    }

    @Test
    void eachStepByItselfMakesOfATextWhatTheirLibraryMakesOfIt() throws IOException {
        JsonNode steps = JSON.readTree(FOREIGN.resolve("drawn/steps.json").toFile());
        ObjectNode file = JSON.createObjectNode();
        ObjectNode model = file.putObject("model").put("type", "WordPiece").put("unk_token", "[UNK]");
        model.put("continuing_subword_prefix", "##").put("max_input_chars_per_word", 1000);
        List<String> tokens = new ArrayList<>(List.of("[UNK]", "<x>", "<y>"));
        steps.path("characters").asText().codePoints().forEach(c -> {
            tokens.add(Character.toString(c));
            tokens.add("##" + Character.toString(c));
        });
        ObjectNode vocabulary = model.putObject("vocab");
        tokens.forEach(token -> vocabulary.put(token, vocabulary.size()));
        file.putObject("decoder").put("type", "WordPiece").put("prefix", "##");
        var added = file.putArray("added_tokens");
        added.addObject().put("id", 1).put("content", "<x>").put("special", true);
        added.addObject().put("id", 2).put("content", "<y>").put("normalized", true);
        List<String> wrong = new ArrayList<>();
        for (JsonNode each : steps.path("cases")) {
            ObjectNode own = file.deepCopy();
            for (String step : List.of("normalizer", "pre_tokenizer")) {
                own.set(step, each.path(step).isMissingNode() ? JSON.nullNode() : each.path(step));
            }
            Path path = Files.writeString(folder.resolve("tokenizer.json"), own.toString());
            Tokenizer ours = Tokenizer.load(path);
            for (int i = 0; i < each.path("tokens").size(); i++) {
                String text = steps.path("texts").get(i).asText();
                String found = Arrays.stream(ours.encodeWithSpecials(text))
                        .mapToObj(tokens::get)
                        .collect(Collectors.joining(" "))
                        .replace(" ##", "");
                String expected = each.path("tokens").get(i).asText();
                if (!found.equals(expected)) {
                    wrong.add(each.path("normalizer") + " " + each.path("pre_tokenizer") + ": '" + text + "' gives '"
                            + found + "' and theirs '" + expected + "'");
                }
            }
        }
        assertTrue(wrong.isEmpty(), () -> wrong.size() + ": " + String.join("\n", wrong));
    }
}
