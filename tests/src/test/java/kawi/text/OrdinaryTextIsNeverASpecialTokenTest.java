package kawi.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A special token that a byte or a merge makes would be written by any user who types its letters. */
class OrdinaryTextIsNeverASpecialTokenTest {

    private static void refused(Runnable making, String token) {
        String said = assertThrows(KitException.class, making::run).getMessage();
        assertTrue(said.contains("\"" + token + "\"") && said.contains("ordinary text"), said);
    }

    @Test
    void aSpecialTokenWithoutLettersIsFoundNowhere() {
        Tokenizer letters = CharacterTokenizer.train(List.of("ab"), 9);
        Tokenizer odd = new Tokenizer() {
            @Override
            public int[] encode(String text) {
                return letters.encode(text);
            }

            @Override
            public byte[] bytes(int id) {
                return letters.bytes(id);
            }

            @Override
            public int size() {
                return letters.size();
            }

            @Override
            public Map<String, Integer> specials() {
                return Map.of("", 0);
            }
        };
        assertArrayEquals(letters.encode("ab"), odd.encodeWithSpecials("ab"));
    }

    @Test
    void aTokenThatMergesMakeIsNotTakenForASpecialOne(@TempDir Path folder) throws Exception {
        List<String> vocabulary =
                new ArrayList<>(Bpe.train(List.of("ab"), 257, Progress.NONE).vocabulary());
        vocabulary.add("ab");
        List<String> merges = List.of("a b");
        Bpe plain = Bpe.of(vocabulary, merges, Splitter.GPT2, Map.of(Tokenizer.END_OF_TEXT, 0));
        assertEquals(1, plain.encode("ab").length);
        refused(() -> Bpe.of(vocabulary, merges, Splitter.GPT2, Map.of("ab", 257)), "ab");
        int mark = vocabulary.indexOf("!");
        refused(() -> Bpe.of(vocabulary, merges, Splitter.GPT2, Map.of("!", mark)), "!");
        refused(() -> Bpe.of(List.of("a", "b"), List.of(), Splitter.GPT2, Map.of("a", 0)), "a");
        Path file = folder.resolve("tokenizer.json");
        plain.save(file);
        String json = Files.readString(file);
        String token = "\"added_tokens\" : [ {\"id\": 257, \"content\": \"ab\", \"special\": true}, {";
        Files.writeString(file, json.replaceFirst("\"added_tokens\" : \\[ \\{", token));
        refused(() -> Tokenizer.load(file), "ab");
    }
}
