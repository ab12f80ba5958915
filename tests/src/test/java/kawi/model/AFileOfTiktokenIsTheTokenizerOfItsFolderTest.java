package kawi.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import kawi.evidence.KitException;
import kawi.text.Tokenizer;
import kawi.torch.Torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A folder with a file of tiktoken and no tokenizer.json is read by it, with the special tokens that its configuration
 * lists, or those of Llama 3, 3.1 and the first Qwen. The tokens here are made up, as many as theirs.
 */
class AFileOfTiktokenIsTheTokenizerOfItsFolderTest {
    private static final int LLAMA = 128_000;
    private static final int QWEN = 151_643;

    @TempDir
    Path folder;

    private void ranks(String name, int count) throws IOException {
        List<String> lines = new ArrayList<>();
        for (int rank = 0; rank < count; rank++) {
            byte[] token = rank < 256
                    ? new byte[] {(byte) rank}
                    : new byte[] {(byte) (1 + rank % 127), (byte) (1 + rank / 127 % 127), (byte) (1 + rank / 16129)};
            lines.add(Base64.getEncoder().encodeToString(token) + " " + rank);
        }
        Files.write(folder.resolve(name), lines);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private String refused() {
        String said = assertThrows(KitException.class, () -> FolderTokenizer.read(folder))
                .getMessage();
        assertTrue(said.endsWith("."), said);
        return said;
    }

    private SpecialTokens specials(FolderTokenizer read) {
        return SpecialTokens.of(folder, read.tokenizer(), read.first());
    }

    @Test
    void aModelInLlama3sOriginalFormIsOpenedAndWrites() throws IOException {
        try (Torch torch = Torch.open("cpu", 1, 7)) {
            try (Llama model = Llama.create(torch, LlamaConfig.of(LLAMA + 256, 32, 1, 2, 8), 1)) {
                model.save(folder);
            }
            ranks("tokenizer.model", LLAMA);
            write("generation_config.json", "{\"eos_token_id\": [128001, 128009]}");
            try (Pretrained opened = LanguageModel.open(folder).load(torch)) {
                assertEquals(LLAMA + 256, opened.tokenizer().size());
                assertEquals(128_000, opened.specials().first());
                assertArrayEquals(
                        new int[] {128_000, 'a', ' ', 'b'}, opened.generator().ids("a b"));
                assertEquals(
                        5,
                        opened.generator()
                                .generate("a", Sampling.greedy(5), piece -> {})
                                .ids()
                                .length);
            }
        }
    }

    @Test
    void theSpecialTokensOfLlama3AndOf31AreToldByTheWayItsPositionsAreStretched() throws IOException {
        ranks("tokenizer.model", LLAMA);
        for (String key : List.of("rope_scaling", "rope_parameters")) {
            for (String type : List.of("rope_type", "type")) {
                write("config.json", "{\"" + key + "\": {\"" + type + "\": \"llama3\"}}");
                assertEquals(128_008, FolderTokenizer.read(folder).tokenizer().id("<|eom_id|>"));
            }
        }
        for (String none : List.of("{}", "{\"rope_scaling\": null}", "{\"rope_scaling\": {\"type\": \"linear\"}}")) {
            write("config.json", none);
            assertEquals(-1, FolderTokenizer.read(folder).tokenizer().id("<|eom_id|>"));
            assertEquals(128_009, FolderTokenizer.read(folder).tokenizer().id("<|eot_id|>"));
        }
    }

    @Test
    void whetherATokenStandsBeforeATextTheConfigurationSaysAndElseTheEncoding() throws IOException {
        ranks("tokenizer.model", LLAMA);
        assertEquals(128_000, specials(FolderTokenizer.read(folder)).first());
        write("tokenizer_config.json", "{\"add_bos_token\": false}");
        assertEquals(-1, specials(FolderTokenizer.read(folder)).first());
        write("tokenizer_config.json", "{\"add_eos_token\": true}");
        FolderTokenizer ended = FolderTokenizer.read(folder);
        assertTrue(assertThrows(KitException.class, () -> specials(ended))
                .getMessage()
                .contains("add_eos_token = true, and this kit ends no prompt"));
        write("tokenizer_config.json", "{\"bos_token\": \"<|end_of_text|>\"}");
        assertEquals(128_001, specials(FolderTokenizer.read(folder)).first());
        Files.delete(folder.resolve("tokenizer.model"));
        ranks("qwen.tiktoken", QWEN);
        write("tokenizer_config.json", "{}");
        assertEquals(-1, specials(FolderTokenizer.read(folder)).first());
        write("tokenizer_config.json", "{\"add_bos_token\": true, \"bos_token\": \"<|im_start|>\"}");
        assertEquals(151_644, specials(FolderTokenizer.read(folder)).first());
    }

    @Test
    void theTokensThatTheConfigurationListsAreTheSpecialOnes() throws IOException {
        ranks("qwen.tiktoken", QWEN);
        write("tokenizer_config.json", """
                {"added_tokens_decoder": {"151643": {"content": "<|endoftext|>", "special": true},
                 "151645": {"content": "<|im_end|>", "special": true}, "151650": {"content": "<ref>", "special": false},
                 "151651": {"content": "</ref>"}}, "eos_token": "<|im_end|>"}""");
        FolderTokenizer read = FolderTokenizer.read(folder);
        Tokenizer tokenizer = read.tokenizer();
        assertEquals(151_652, tokenizer.size());
        assertEquals(-1, tokenizer.id("<|im_start|>"));
        assertArrayEquals(new int[] {151_650, 'a', 151_651}, tokenizer.encode("<ref>a</ref>"));
        assertArrayEquals(tokenizer.encode("\u00e9"), tokenizer.encode("e\u0301"));
        assertEquals(java.util.Set.of(151_645), specials(read).ends());
        write(
                "tokenizer_config.json",
                "{\"added_tokens_decoder\": {\"7\": {\"content\": \"<x>\", \"special\": true}}}");
        assertTrue(refused().contains("'<x>' has the id 7, which is the rank of a token of qwen.tiktoken"));
        write("tokenizer_config.json", "{\"added_tokens_decoder\": {\"x\": {\"content\": \"<x>\"}}}");
        assertTrue(refused().contains("has the id -1"));
        write("tokenizer_config.json", """
                {"added_tokens_decoder": {"151643": {"content": "<x>"}, "151644": {"content": "<x>"}}}""");
        assertTrue(refused().contains("gives the token '<x>' two ids"));
    }

    @Test
    void aFileOfAnUnknownEncodingAndTwoFilesAreRefused() throws IOException {
        ranks("tiktoken.model", 1000);
        assertTrue(refused().startsWith("tiktoken.model has 1000 ranks, as none of the encodings"));
        write("tokenizer_config.json", "{\"added_tokens_decoder\": {\"1000\": {\"content\": \"<x>\"}}}");
        String said = refused();
        assertTrue(
                said.contains("no tokenizer.json but tiktoken.model of 1000 ranks, which is the number of no"), said);
        assertTrue(said.endsWith("take the model with a tokenizer.json."), said);
        ranks("qwen.tiktoken", 1000);
        said = refused();
        assertTrue(said.contains("qwen.tiktoken, tiktoken.model, of which several may be its tokenizer: write"), said);
    }

    @Test
    void whereThereIsATokenizerJsonItCounts() throws IOException {
        Tokenizer own = kawi.template.ChatTemplateTest.tokenizer();
        own.save(folder.resolve("tokenizer.json"));
        ranks("tokenizer.model", 1000);
        assertEquals(own.size(), FolderTokenizer.read(folder).tokenizer().size());
    }
}
