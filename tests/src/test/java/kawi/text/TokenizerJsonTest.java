package kawi.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import kawi.evidence.KitException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerJsonTest {

    @TempDir
    Path folder;

    private Path file;
    private String json;

    @BeforeEach
    void save() throws IOException {
        file = folder.resolve("tokenizer.json");
        BpeTest.BPE.save(file);
        json = Files.readString(file);
    }

    private Tokenizer load(String text) throws IOException {
        return Tokenizer.load(Files.writeString(file, text));
    }

    private void refused(String text, String word) {
        KitException refusal = assertThrows(KitException.class, () -> load(text));
        assertTrue(refusal.getMessage().contains(word), refusal.getMessage());
    }

    @Test
    void everyKindOfTokenizerComesBackAsItWas() {
        List<Tokenizer> all = List.of(
                BpeTest.BPE,
                CharacterTokenizer.train(Samples.prose(5), 30),
                WordTokenizer.train(Samples.prose(5), 200));
        for (Tokenizer tokenizer : all) {
            tokenizer.save(file);
            Tokenizer loaded = Tokenizer.load(file);
            assertEquals(tokenizer.getClass(), loaded.getClass());
            assertEquals(tokenizer.size(), loaded.size());
            assertEquals(tokenizer.specials(), loaded.specials());
            for (String text : Samples.AWKWARD) assertArrayEquals(tokenizer.encode(text), loaded.encode(text));
        }
    }

    @Test
    void mergesMayBeArraysAsNewerFilesWriteThem() throws IOException {
        Tokenizer arrays = load(json.replaceAll("\"([^ \"]+) ([^ \"]+)\"(?=[,\\s])(?!\\s*:)", "[\"$1\",\"$2\"]"));
        assertArrayEquals(BpeTest.BPE.encode("mother quest"), arrays.encode("mother quest"));
    }

    @Test
    void aFileInTheShapeOfSmolLmLoads() throws IOException {
        String step = "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true,\"use_regex\":true}";
        Bpe bpe = (Bpe) load(json.replaceFirst(
                "\"pre_tokenizer\" : \\{[^}]*}",
                "\"pre_tokenizer\" : {\"type\":\"Sequence\",\"pretokenizers\":["
                        + "{\"type\":\"Digits\",\"individual_digits\":true}," + step + "]}"));
        assertEquals(Splitter.SMOLLM, bpe.splitter());
        assertEquals(List.of("1", "9", "8", "4"), bpe.pieces("1984"));
    }

    @Test
    void whatIsNotSupportedIsRefusedByName() {
        refused(json.replace("\"normalizer\" : null", "\"normalizer\" : {\"type\":\"NFC\"}"), "NFC");
        refused(json.replace("\"add_prefix_space\" : false", "\"add_prefix_space\" : true"), "prefix");
        refused(json.replace("\"byte_fallback\" : false", "\"byte_fallback\" : true"), "byte_fallback");
        refused(json.replace("\"ignore_merges\" : false", "\"ignore_merges\" : true"), "ignore_merges");
        refused(json.replace("\"type\" : \"BPE\"", "\"type\" : \"Unigram\""), "Unigram");
        refused(json.replace("\"lstrip\" : false", "\"lstrip\" : true"), "added token");
    }

    @Test
    void aDamagedFileIsRefused() {
        refused(json.substring(0, json.length() / 2), "not a whole JSON file");
        refused("{}", "vocabulary");
        refused("", "tokenizer.json");
        refused(json.replaceFirst("\" : 300,", "\" : 301,"), "301");
        refused(json.replaceFirst("\"merges\" : \\[", "\"merges\" : [ \"ka qqqq\","), "qqqq");
        assertThrows(KitException.class, () -> Tokenizer.load(folder.resolve("nowhere.json")));
    }
}
