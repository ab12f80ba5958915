package kawi.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
        BpeTest.bpe().save(file);
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
                BpeTest.bpe(),
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
        assertArrayEquals(BpeTest.bpe().encode("mother quest"), arrays.encode("mother quest"));
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
        refused(json.replace("\"normalizer\" : null", "\"normalizer\" : {\"type\":\"Precompiled\"}"), "Precompiled");
        refused(json.replace("\"add_prefix_space\" : false", "\"add_prefix_space\" : true"), "prefix");
        refused(json.replace("\"byte_fallback\" : false", "\"byte_fallback\" : true"), "byte_fallback");
        refused(json.replace("\"ignore_merges\" : false", "\"ignore_merges\" : 7"), "ignore_merges");
        refused(json.replace("\"type\" : \"BPE\"", "\"type\" : \"SentencePiece\""), "SentencePiece");
        refused(json.replace("\"lstrip\" : false", "\"lstrip\" : \"no\""), "lstrip");
    }

    @Test
    void everyKeyOfAFileIsUsedOrTheFileIsRefusedByItsName() {
        refused(with("\"added_tokens\" :", "\"surprise\" : [1], \"added_tokens\" :"), "surprise = [1]");
        refused(with("\"dropout\" : null", "\"dropout\" : null, \"max_words\" : 9"), "model.max_words = 9");
        refused(with("\"use_regex\" : true", "\"use_regex\" : true, \"every\" : 2"), "pre_tokenizer.every = 2");
        refused(with("\"special\" : true", "\"special\" : true, \"weight\" : 2"), "added_tokens.weight = 2");
        refused(with("\"version\" : \"1.0\"", "\"version\" : \"2.0\""), "2.0");
        for (int length : new int[] {58, 59}) {
            String said = "\"" + "x".repeat(length) + "\"";
            refused(
                    with("\"version\"", "\"surprise\" : " + said + ", \"version\""),
                    "surprise = " + (length == 58 ? said + ", which" : said.substring(0, 60) + "..., which"));
        }
        refused(json.replaceFirst("(?s)\"pre_tokenizer\" : \\{[^}]*}", "\"pre_tokenizer\" : null"), "text by nothing;");
        refused(with("\"truncation\" : null", "\"truncation\" : {\"max_length\":128}"), "truncation");
        refused(with("\"padding\" : null", "\"padding\" : {\"pad_id\":0}"), "padding");
        refused(with("\"dropout\" : null", "\"dropout\" : 0.1"), "dropout = 0.1");
        refused(with("\"end_of_word_suffix\" : null", "\"end_of_word_suffix\" : \"</w>\""), "end_of_word_suffix");
        refused(
                with("\"continuing_subword_prefix\" : null", "\"continuing_subword_prefix\" : \"##\""),
                "continuing_subword_prefix");
        refused(with("\"use_regex\" : true", "\"use_regex\" : false"), "splits text by");
        refused(with("\"single_word\" : false", "\"single_word\" : 1"), "single_word");
        refused(
                with(
                        "\"post_processor\" : null",
                        "\"post_processor\" : {\"type\":\"TemplateProcessing\",\"single\":["
                                + "{\"SpecialToken\":{\"id\":\"<|endoftext|>\",\"type_id\":0}},"
                                + "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}],\"pair\":[],\"special_tokens\":{}}"),
                "puts special tokens around a text");
        refused(
                with(
                        "\"post_processor\" : null",
                        "\"post_processor\" : {\"type\":\"Sequence\",\"processors\":[{\"type\":\"BertProcessing\"}]}"),
                "BertProcessing");
    }

    /** The file with its first {@code part} replaced, which must be there. */
    private String with(String part, String by) {
        assertTrue(json.contains(part), part);
        return json.replaceFirst(Pattern.quote(part), Matcher.quoteReplacement(by));
    }

    @Test
    void whatChangesNoIdIsReadWithoutEffect() throws IOException {
        for (String other : List.of(
                with(
                        "\"post_processor\" : null",
                        "\"post_processor\" : {\"type\":\"ByteLevel\",\"trim_offsets\":false}"),
                with(
                        "\"post_processor\" : null",
                        "\"post_processor\" : {\"type\":\"TemplateProcessing\",\"single\":["
                                + "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}],\"pair\":[],\"special_tokens\":{}}"),
                with("\"unk_token\" : null", "\"unk_token\" : \"<|endoftext|>\""),
                with("\"normalized\" : false", "\"normalized\" : true"),
                with("\"dropout\" : null", "\"dropout\" : 0.0"),
                with("\"continuing_subword_prefix\" : null", "\"continuing_subword_prefix\" : \"\""))) {
            assertArrayEquals(BpeTest.bpe().encode("mother quest"), load(other).encode("mother quest"));
        }
    }

    @Test
    void anUnknownTokenForBytesThatTheVocabularyLacksIsRefused() throws IOException {
        String without = with("\"unk_token\" : null", "\"unk_token\" : \"<|endoftext|>\"");
        // Ģ stands for byte 128.
        String lacking = without.replaceFirst("\"\u0122\" :", "\"\u0122\u0122\u0122\" :");
        assertTrue(!lacking.equals(without));
        refused(lacking, "for byte 128");
    }

    @Test
    void wholePiecesOfAnotherMakeAreRefusedByName() throws IOException {
        WordTokenizer words = WordTokenizer.train(Samples.prose(5), 50);
        words.save(file);
        json = Files.readString(file);
        refused(with("\"unk_token\" : \"<|unknown|>\"", "\"unk_token\" : \"[UNK]\""), "[UNK]");
        refused(with("\"content\" : \"<|endoftext|>\"", "\"content\" : \"<|pad|>\""), "<|pad|>");
        refused(json.replace("\"<|endoftext|>\"", "\"<|pad|>\""), "the special token \"<|pad|>\", and whole pieces");
        String unknown = "{\"id\" : " + words.vocabulary().indexOf(WordLevel.UNKNOWN) + ", \"content\" : \""
                + WordLevel.UNKNOWN + "\", \"special\" : true}, {";
        assertEquals(
                WordTokenizer.class,
                load(with("\"added_tokens\" : [ {", "\"added_tokens\" : [ " + unknown))
                        .getClass());
        refused(
                json.replaceFirst(
                        "(?s)\"decoder\" : \\{\\s*\"type\" : \"ByteLevel\"", "\"decoder\" : {\"type\" : \"Metaspace\""),
                "Metaspace");
        CharacterTokenizer.train(Samples.prose(5), 50).save(file);
        json = Files.readString(file);
        refused(with("\"invert\" : false", "\"invert\" : true"), "splits characters");
        refused(with("\"behavior\" : \"Isolated\"", "\"behavior\" : \"Removed\""), "splits characters");
    }

    @Test
    void idsAndMergesThatAreNoneAreRefusedByName() {
        refused(json.replaceFirst("\" : 300,", "\" : \"300\","), "no whole number");
        refused(json.replaceFirst("\" : 300,", "\" : 300.5,"), "no whole number");
        refused(with("\"id\" : ", "\"id\" : 1"), "two ids");
        refused(with("\"merges\" : [", "\"merges\" : [ \"a b c\","), "merge 0");
        refused(with("\"merges\" : [", "\"merges\" : [ [\"a\"],"), "merge 0");
        refused(with("\"merges\" : [", "\"merges\" : [ 7,"), "merge 0");
        refused(with("\"merges\" : [", "\"mergers\" : ["), "mergers");
        refused(json.replaceFirst("\"version\" : \"1.0\"", "\"version\" : \"1.0\", \"version\" : \"1.0\""), "version");
        refused(json + "{}", "not a whole JSON file");
    }

    @Test
    void addedTokensAreAListOrNone() throws IOException {
        ObjectNode tree = (ObjectNode) new ObjectMapper().readTree(json);
        refused(with(tree, "\"no\""), "added_tokens = \"no\", which is no list of tokens");
        refused(with(tree, "{}"), "added_tokens = {}, which is no list of tokens");
        for (String none : List.of("null", "[]")) {
            assertEquals(BpeTest.bpe().size(), load(with(tree, none)).size(), "added_tokens = " + none);
        }
    }

    private static String with(ObjectNode tree, String added) throws IOException {
        ObjectNode other = tree.deepCopy();
        other.set("added_tokens", new ObjectMapper().readTree(added));
        return other.toString();
    }

    /** As files made of OpenAI's encodings have it; a token that is in added_tokens alone their library would move. */
    @Test
    void addedTokensMayLeaveIdsOutWhereTheyStandInTheVocabularyToo() throws IOException {
        int size = BpeTest.bpe().size();
        String token =
                "{\"id\" : " + (size + 5) + ", \"content\" : \"<|x|>\", \"special\" : true, \"normalized\" : false}";
        String added = with("\"added_tokens\" : [ ", "\"added_tokens\" : [ " + token + ", ");
        String both = added.replaceFirst("\"vocab\" : \\{", "\"vocab\" : { \"<|x|>\" : " + (size + 5) + ",");
        Tokenizer loaded = load(both);
        assertEquals(size + 6, loaded.size());
        assertEquals(size + 5, loaded.id("<|x|>"));
        assertFalse(loaded.knows(size));
        assertArrayEquals(BpeTest.bpe().encode("mother quest"), loaded.encode("mother quest"));
        refused(added, "\"<|x|>\" the id " + (size + 5) + " behind ids without a token");
        String next = added.replace("\"id\" : " + (size + 5), "\"id\" : " + size);
        assertEquals(size + 1, load(next).size());
        refused(both.replace(String.valueOf(size + 5), String.valueOf(size + 100_000)), "ids must run from 0");
        // An ordinary token that is lost is no gap of that kind, whatever stands behind it.
        refused(both.replaceFirst("\"[^\"]+\" : 400,", ""), "has no token with the id 400; ids must run from 0");
    }

    /** What a pattern leaves over is nothing where every character is in a piece. */
    @Test
    void aSplitMayBeWrittenAsWhatIsLeftOver() throws IOException {
        for (Splitter splitter : List.of(Splitter.O200K, Splitter.CL100K, Splitter.QWEN2)) {
            Bpe bpe = TiktokenGivesTheseIdsTest.read("wide", splitter);
            bpe.save(file);
            json = Files.readString(file);
            String removed = with("\"behavior\" : \"Isolated\"", "\"behavior\" : \"Removed\"");
            refused(removed, "splits text by");
            Tokenizer loaded = load(removed.replace("\"invert\" : false", "\"invert\" : true"));
            assertArrayEquals(bpe.encode("camelCase isn't 2024\n "), loaded.encode("camelCase isn't 2024\n "));
            refused(json.replace("\"invert\" : false", "\"invert\" : true"), "splits text by");
        }
    }

    @Test
    void aDamagedFileIsRefused() {
        refused(json.substring(0, json.length() / 2), "not a whole JSON file");
        refused("{\n\n\"model\"", ", line 3): make or fetch it again");
        refused("{}", "vocabulary");
        refused("", "tokenizer.json");
        refused(json.replaceFirst("\" : 300,", "\" : 301,"), "301");
        int size = BpeTest.bpe().size();
        refused(json.replaceFirst("\" : 300,", "\" : " + size + ","), "the id " + size + "; ids must run from 0");
        refused(json.replaceFirst("\" : 300,", "\" : -1,"), "the id -1; ids must run from 0");
        refused(json.replaceFirst("\"merges\" : \\[", "\"merges\" : [ \"ka qqqq\","), "qqqq");
        assertThrows(KitException.class, () -> Tokenizer.load(folder.resolve("nowhere.json")));
    }
}
