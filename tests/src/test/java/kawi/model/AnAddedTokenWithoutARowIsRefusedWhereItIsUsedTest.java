package kawi.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.text.Bpe;
import kawi.text.Splitter;
import kawi.text.Tokenizer;
import kawi.torch.GgufType;
import kawi.torch.Torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Gemma 3 of one billion parameters knows 262,145 tokens and has 262,144 rows: the last is for pictures, which it does
 * not read. A random checkpoint in that shape is opened and used, and a text that holds the token is refused.
 */
class AnAddedTokenWithoutARowIsRefusedWhereItIsUsedTest {
    private static final String PICTURE = "<image_soft_token>";
    private static Torch torch;

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

    /** The tiny Gemma 3 of 40 rows, with Gemma's steps over 40 tokens and one more. */
    private ObjectNode gemma(boolean special) throws IOException {
        Path model = FamiliesEqualTransformersTest.FAMILIES.resolve("gemma3");
        for (String name : List.of("config.json", "model.safetensors")) {
            Files.copy(model.resolve(name), folder.resolve(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        ObjectNode json = (ObjectNode) new ObjectMapper()
                .readTree(FamiliesEqualTransformersTest.FAMILIES
                        .resolve("../../text/foreign/gemma.json")
                        .toFile());
        ObjectNode vocabulary = ((ObjectNode) json.get("model")).putObject("vocab");
        List<String> tokens = new ArrayList<>(List.of("<pad>", "<eos>", "<bos>", "<unk>", "\u2581"));
        for (char c = 'a'; tokens.size() < 40; c++) {
            tokens.add(String.valueOf(c));
        }
        tokens.forEach(token -> vocabulary.put(token, vocabulary.size()));
        ((ObjectNode) json.get("model")).putArray("merges");
        var added = json.putArray("added_tokens");
        for (String token : List.of("<pad>", "<eos>", "<bos>", "<unk>", PICTURE)) {
            added.addObject()
                    .put(
                            "id",
                            token.equals(PICTURE) ? 40 : vocabulary.get(token).asInt())
                    .put("content", token)
                    .put("normalized", false)
                    .put("special", special || !token.equals(PICTURE));
        }
        Files.writeString(folder.resolve("tokenizer.json"), json.toString());
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                "{\"bos_token\": \"<bos>\", \"eos_token\": \"<eos>\""
                        + (special ? ", \"image_token\": \"" + PICTURE + "\"}" : "}"));
        return json;
    }

    private static String refused(Runnable use) {
        return assertThrows(KitException.class, use::run).getMessage();
    }

    @Test
    void aModelInGemma3sShapeIsOpenedAndWritesAndKnowsTheToken() throws IOException {
        gemma(true);
        try (Pretrained opened = LanguageModel.open(folder).load(torch)) {
            assertEquals(40, opened.tokenizer().size());
            assertEquals(40, opened.tokenizer().id(PICTURE));
            assertEquals(PICTURE, opened.tokenizer().decode(new int[] {40}));
            assertEquals(PICTURE, opened.specials().names().get("image_token"));
            assertFalse(opened.tokenizer().knows(40));
            assertTrue(opened.tokenizer().knows(39));
            assertArrayEquals(new int[] {5, 4, 6}, opened.tokenizer().encode("a b"));
            assertEquals(
                    8,
                    opened.generator()
                            .generate("a b", Sampling.greedy(8), piece -> {})
                            .ids()
                            .length);
            String said = refused(() -> opened.tokenizer().encodeWithSpecials("a" + PICTURE));
            assertTrue(
                    said.contains("A text holds '" + PICTURE + "', the token 40, for which the model has no row"),
                    said);
            int[] written = opened.tokenizer().encode(PICTURE);
            assertTrue(Arrays.stream(written).noneMatch(id -> id == 40), "what a user writes is text");
            Path copy = folder.resolve("copy.json");
            opened.tokenizer().save(copy);
            assertArrayEquals(Files.readAllBytes(folder.resolve("tokenizer.json")), Files.readAllBytes(copy));
            assertTrue(opened.tokenizer().toString().endsWith("of 41 tokens, of which the model has rows for 40"));
            assertEquals(List.of("a", " ", "b"), opened.tokenizer().pieces("a b"));
        }
    }

    /** As gemma-3-1b-it has them: the token stands in each of its files. */
    @Test
    void theFilesThatSuchAModelIsPublishedWithAreRead() throws IOException {
        gemma(true);
        Files.writeString(folder.resolve("added_tokens.json"), "{\"" + PICTURE + "\": 40}");
        Files.writeString(folder.resolve("tokenizer.model"), "\n\u000e\n\u0005<pad>");
        Files.writeString(folder.resolve("generation_config.json"), """
                {"cache_implementation": "hybrid", "do_sample": true, "eos_token_id": [1, 2], "top_k": 64}""");
        Files.writeString(folder.resolve("special_tokens_map.json"), """
                {"image_token": "<image_soft_token>", "bos_token": {"content": "<bos>", "lstrip": false},
                 "eos_token": {"content": "<eos>"}, "pad_token": {"content": "<pad>"}}""");
        Files.writeString(folder.resolve("tokenizer_config.json"), """
                {"add_bos_token": true, "add_eos_token": false, "added_tokens_decoder": {
                 "0": {"content": "<pad>", "special": true}, "2": {"content": "<bos>", "special": true},
                 "40": {"content": "<image_soft_token>", "lstrip": false, "normalized": false, "special": true}},
                 "bos_token": "<bos>", "eos_token": "<eos>", "pad_token": "<pad>", "unk_token": "<unk>",
                 "extra_special_tokens": {"image_token": "<image_soft_token>"}, "image_token": "<image_soft_token>",
                 "clean_up_tokenization_spaces": false, "model_max_length": 1000000000000000019884624838656,
                 "processor_class": "Gemma3Processor", "sp_model_kwargs": null, "spaces_between_special_tokens": false,
                 "tokenizer_class": "GemmaTokenizer", "use_default_system_prompt": false,
                 "chat_template": "{{ bos_token }}{% for m in messages %}{{ m.role + m.content | trim }}{% endfor %}"}""");
        try (Pretrained opened = LanguageModel.open(folder).load(torch)) {
            assertEquals(java.util.Set.of(1, 2), opened.specials().ends());
            assertEquals(PICTURE, opened.specials().names().get("image_token"));
            assertTrue(opened.chat("a b").length() < 1000);
            String said = refused(() -> opened.tokenizer().encodeWithSpecials("<bos>" + PICTURE));
            assertTrue(said.contains("the token 40, for which the model has no row"), said);
        }
    }

    @Test
    void oneThatIsFoundInAnyTextIsRefusedThere() throws IOException {
        gemma(false);
        try (Pretrained opened = LanguageModel.open(folder).load(torch)) {
            String said = refused(() -> opened.generator().generate("a " + PICTURE, Sampling.greedy(2)));
            assertTrue(said.contains("the token 40, for which the model has no row (it knows 40 tokens)"), said);
            assertTrue(said.endsWith("leave it out of the text."), said);
        }
    }

    @Test
    void aTokenOfTextsWithoutARowIsAnotherModels() throws IOException {
        ObjectNode json = gemma(true);
        ((ObjectNode) json.at("/model/vocab")).put("zz", 41);
        Files.writeString(folder.resolve("tokenizer.json"), json.toString());
        String said = refused(() -> Pretrained.load(torch, folder).close());
        assertTrue(said.contains("has 42 tokens and the model knows 40, so that it has no row for 'zz' (id 41)"), said);
        assertTrue(said.endsWith("take all files from the same model."), said);
    }

    @Test
    void aTextCannotBeginWithATokenThatHasNoRow() throws IOException {
        ObjectNode json = gemma(true);
        json.set("post_processor", new ObjectMapper().readTree("""
                {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<image_soft_token>", "type_id": 0}},
                 {"Sequence": {"id": "A", "type_id": 0}}], "pair": [], "special_tokens": {}}"""));
        Files.writeString(folder.resolve("tokenizer.json"), json.toString());
        String said = refused(() -> Pretrained.load(torch, folder).close());
        assertTrue(said.contains("begins with '" + PICTURE + "', the token 40, for which the model has no row"), said);
    }

    /** Tokens that a tuning added to a Llama's and not to its embedding: exported as they are, and not into GGUF. */
    @Test
    void aLlamaWithSuchATokenIsExportedAsAFolderAlone() throws IOException {
        List<String> vocabulary =
                new ArrayList<>(Bpe.train(List.of("ab"), 257, Progress.NONE).vocabulary());
        vocabulary.add("<pad>");
        Tokenizer tokenizer =
                Bpe.of(vocabulary, List.of(), Splitter.GPT2, Map.of(Tokenizer.END_OF_TEXT, 0, "<pad>", 257));
        try (Llama model = Llama.create(torch, LlamaConfig.of(257, 16, 1, 2, 8), 1)) {
            Generator generator = new Generator(model, tokenizer);
            assertEquals(
                    3, generator.generate("ab", Sampling.greedy(3), piece -> {}).ids().length);
            Export export = Export.of("llama", model, tokenizer);
            export.folder(folder.resolve("llama"));
            try (Pretrained again = Pretrained.load(torch, folder.resolve("llama"))) {
                assertEquals(257, again.tokenizer().size());
                assertEquals(257, again.tokenizer().id("<pad>"));
                assertTrue(refused(() -> again.tokenizer().encodeWithSpecials("<pad>"))
                        .contains("'<pad>', the token"));
            }
            String said = refused(() -> export.gguf(folder.resolve("llama.gguf"), GgufType.F32));
            assertTrue(said.contains("has more tokens than a GGUF file of the model could"), said);
        }
    }

    @Test
    void aTokenizerOfAtMostAsManyTokensIsItself() {
        Tokenizer tokenizer = kawi.template.ChatTemplateTest.tokenizer();
        assertSame(tokenizer, TokensWithRows.of(tokenizer, tokenizer.size(), ""));
        assertSame(tokenizer, TokensWithRows.of(tokenizer, tokenizer.size() + 100, ""));
        Tokenizer within = TokensWithRows.of(tokenizer, tokenizer.size() - 1, "");
        assertSame(within, TokensWithRows.of(within, within.size(), ""));
    }

    /** Ids that a tokenizer leaves out have rows that nothing trained: the model never writes one. */
    @Test
    void aModelWritesNoIdThatNoTokenHas() {
        List<String> vocabulary =
                new ArrayList<>(Bpe.train(List.of("ab"), 257, Progress.NONE).vocabulary());
        for (int i = 0; i < 3000; i++) {
            vocabulary.add("");
        }
        vocabulary.add("<|end|>");
        Tokenizer tokenizer = Bpe.of(
                vocabulary,
                List.of(),
                Splitter.GPT2,
                Map.of(Tokenizer.END_OF_TEXT, 0, "<|end|>", vocabulary.size() - 1));
        try (Llama model = Llama.create(torch, LlamaConfig.of(vocabulary.size() + 7, 64, 1, 2, 8), 1)) {
            for (Sampling sampling :
                    List.of(Sampling.greedy(30), Sampling.greedy(30).temperature(1.5))) {
                int[] ids = new Generator(model, tokenizer)
                        .generate("ab", sampling, piece -> {})
                        .ids();
                for (int id : ids) {
                    assertTrue(tokenizer.knows(id), "id " + id);
                }
            }
        }
    }
}
