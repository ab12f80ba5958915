package kawi.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every option of a tokenizer with further steps has its effect, or the file is refused by the option's name. */
class WhatAForeignTokenizerSaysIsDoneOrRefusedTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private static ObjectNode foreign(String name) throws IOException {
        return (ObjectNode) JSON.readTree(WrittenIdsOfForeignTokenizersTest.FOREIGN
                .resolve(name + ".json")
                .toFile());
    }

    /** A small file: a model in JSON with single quotes, text in pieces as it stands, and a decoder that joins. */
    private static ObjectNode small(String model) throws IOException {
        ObjectNode file = JSON.createObjectNode();
        file.set("model", json(model));
        file.set("decoder", json("{'type':'Fuse'}"));
        return file;
    }

    private static JsonNode json(String text) throws IOException {
        return JSON.readTree(text.replace('\'', '"'));
    }

    private Tokenizer load(JsonNode file) throws IOException {
        return Tokenizer.load(Files.writeString(folder.resolve("tokenizer.json"), file.toString()));
    }

    private void refused(JsonNode file, String why) {
        String said = assertThrows(KitException.class, () -> load(file), why).getMessage();
        assertTrue(said.startsWith("The tokenizer tokenizer.json ") && said.contains(why), said);
    }

    private void refused(String name, Consumer<ObjectNode> change, String why) throws IOException {
        ObjectNode file = foreign(name);
        change.accept(file);
        refused(file, why);
    }

    private static ObjectNode model(ObjectNode file) {
        return (ObjectNode) file.path("model");
    }

    private static final String BPE =
            "{'type':'BPE','vocab':{'a':0,'b':1,'c':2,'ab':3,'?':4,'abc':5},'merges':['a b']}";

    @Test
    void anOptionOfByteAndCharacterPairsThatIsNotSupportedIsNamed() throws IOException {
        for (String name : List.of("qwen2", "llama2")) {
            for (String off : List.of("null", "''", "false", "0", "0.0")) {
                for (String option : List.of("dropout", "continuing_subword_prefix", "end_of_word_suffix")) {
                    ObjectNode file = foreign(name);
                    model(file).set(option, json(off));
                    load(file);
                }
            }
            for (String on : List.of("0.5", "1", "'x'", "true", "{}", "[]")) {
                for (String option : List.of("dropout", "continuing_subword_prefix", "end_of_word_suffix")) {
                    JsonNode value = json(on);
                    refused(
                            name,
                            file -> model(file).set(option, value),
                            "uses the BPE option " + option + " = " + value + ", which is not supported");
                }
            }
        }
        refused("qwen2", file -> model(file).put("byte_fallback", true), "uses the BPE option byte_fallback = true");
    }

    @Test
    void mergesAreTwoTokensInEitherWritingWhichTheVocabularyHasWithWhatTheyMake() throws IOException {
        ObjectNode file = small(BPE);
        assertArrayEquals(new int[] {3, 2, 1}, load(file).encode("abcb"));
        for (String merges : List.of("[['a','b'],['ab','c']]", "['a b','ab c']", "['a b',['ab','c']]")) {
            model(file).set("merges", json(merges));
            assertArrayEquals(new int[] {5, 1}, load(file).encode("abcb"), merges);
        }
        model(file).set("vocab", json("{' ':0,'b':1,' b':2}"));
        model(file).set("merges", json("['  b']"));
        assertArrayEquals(new int[] {2, 1}, load(file).encode(" bb"));
        model(file).set("vocab", small(BPE).at("/model/vocab"));
        for (String merge : List.of("'a'", "'a '", "' a'", "['a']", "['a','b','c']", "['a',1]", "[1,'a']", "7")) {
            model(file).set("merges", json("['a b'," + merge + "]"));
            refused(file, "has merge 1 = " + json(merge) + ", which is not two tokens");
        }
        for (String token : List.of("x", "bc")) {
            model(file).set("merges", json(token.equals("x") ? "['x a']" : "['b c']"));
            refused(file, "has merge 0 of '" + token + "', which is none of its tokens");
        }
        model(file).set("merges", json("['a x']"));
        refused(file, "has merge 0 of 'x', which is none of its tokens");
        refused("qwen2", whole -> model(whole).remove("merges"), "has no list model.merges");
    }

    @Test
    void whatHasNoTokenIsTheUnknownOneOrNothing() throws IOException {
        ObjectNode file = small(BPE);
        assertArrayEquals(new int[] {3}, load(file).encode("axyb")); // what is left meets
        model(file).put("unk_token", "?");
        assertArrayEquals(new int[] {0, 4, 4, 1}, load(file).encode("axyb"));
        model(file).put("fuse_unk", true);
        assertArrayEquals(new int[] {0, 4, 1}, load(file).encode("axyb"));
        assertArrayEquals(new int[] {3, 2}, load(file).encode("abc"));
        model(file).put("ignore_merges", true);
        assertArrayEquals(new int[] {5}, load(file).encode("abc"));
        model(file).put("unk_token", "none");
        refused(file, "has the unk_token \"none\", which is none of its tokens");
        refused("bert", whole -> model(whole).remove("unk_token"), "has the unk_token , which is none of its tokens");
    }

    @Test
    void anUnknownTokenOfBytesNeedsABytesTokenToBeMissing() throws IOException {
        ObjectNode file = foreign("qwen2");
        model(file).put("unk_token", "!");
        int[] ids = load(file).encode("a \n\u00ff");
        assertArrayEquals(load(foreign("qwen2")).encode("a \n\u00ff"), ids);
        for (int b : new int[] {0, 255}) {
            ObjectNode less = file.deepCopy();
            String token = String.valueOf(ByteLevel.character(b));
            JsonNode id = ((ObjectNode) less.at("/model/vocab")).remove(token);
            ((ObjectNode) less.at("/model/vocab")).set("unheard of", id);
            refused(less, "has an unk_token and no token for byte " + b + ", which is not supported");
        }
    }

    @Test
    void aSpecialTokenIsNothingThatTheModelMakes() throws IOException {
        Tokenizer unigram = load(foreign("unigram"));
        int end = unigram.id("</s>");
        assertEquals(1, end);
        assertTrue(Arrays.stream(unigram.encode("</s>")).noneMatch(id -> id == end));
        assertArrayEquals(new int[] {end}, unigram.encodeWithSpecials("</s>"));
        ObjectNode made = foreign("qwen2");
        String merged = made.at("/model/merges/0/0").asText()
                + made.at("/model/merges/0/1").asText();
        ((ArrayNode) made.path("added_tokens"))
                .addObject()
                .put("id", made.at("/model/vocab/" + merged).asInt())
                .put("content", merged)
                .put("special", true);
        String said = assertThrows(KitException.class, () -> load(made)).getMessage();
        assertTrue(said.contains("\"" + merged + "\"") && said.contains("ordinary text"), said);
    }

    @Test
    void anAddedTokenBehindTheVocabularyIsNoPieceOfAModel() throws IOException {
        ObjectNode file = foreign("unigram");
        int next = file.at("/model/vocab").size();
        ((ArrayNode) file.path("added_tokens"))
                .addObject()
                .put("id", next)
                .put("content", "qq")
                .put("single_word", true);
        Tokenizer more = load(file);
        assertArrayEquals(load(foreign("unigram")).encode("aqqa"), more.encode("aqqa"));
        assertArrayEquals(new int[] {next}, more.encode("qq"));
    }

    @Test
    void bytesOfAnAddedTokenAreItsLettersAndNotTheBytesThatTheyMayStandFor() throws IOException {
        ObjectNode file = foreign("qwen2");
        int next = file.at("/model/vocab").size() + file.path("added_tokens").size();
        ((ArrayNode) file.path("added_tokens")).addObject().put("id", next).put("content", "éé");
        Tokenizer more = load(file);
        int[] ids = more.encode("x éé");
        assertEquals(next, ids[ids.length - 1]);
        assertEquals("x éé", more.decode(ids));
    }

    @Test
    void aByteLevelTokenizerWhoseAddedTokensHaveRulesKeepsThem() throws IOException {
        ObjectNode file = foreign("llama3");
        Tokenizer plain = load(file);
        int id = plain.id("<|eot_id|>");
        assertEquals(4, plain.encodeWithSpecials("a <|eot_id|> ").length);
        for (JsonNode token : file.path("added_tokens")) {
            ((ObjectNode) token).put("lstrip", true).put("rstrip", true);
        }
        int[] ids = load(file).encodeWithSpecials("a <|eot_id|> ");
        assertArrayEquals(new int[] {ids[0], id}, ids);
    }

    @Test
    void scoresOfUnigramAreATokenAndANumberEach() throws IOException {
        String unigram = "{'type':'Unigram','unk_id':0,'vocab':[['?',0],['a',-1.5],['aa',-2]]}";
        assertArrayEquals(new int[] {1, 2, 0}, load(small(unigram)).encode("aaab"));
        for (String bad : List.of("['b']", "['b',1,2]", "[1,2]", "['b','c']", "'b'")) {
            ObjectNode file = small(unigram);
            ((ArrayNode) file.at("/model/vocab")).add(json(bad));
            refused(file, "has the token 3 = " + json(bad) + ", which is no text and its score");
        }
        ObjectNode twice = small(unigram);
        ((ArrayNode) twice.at("/model/vocab")).add(json("['a',0]"));
        refused(twice, "has the token 'a' twice");
        for (String none : List.of("3", "-1", "null", "'x'")) {
            ObjectNode file = small(unigram);
            model(file).set("unk_id", json(none));
            refused(file, "has the unk_id " + json(none) + ", which is none of its tokens");
        }
    }

    @Test
    void wordPiecesHaveTheirPrefixAndTheirLongestWord() throws IOException {
        ObjectNode file = small("{'type':'WordPiece','unk_token':'?','vocab':{'?':0,'a':1,'##a':2,'@a':3}}");
        assertArrayEquals(new int[] {1, 2}, load(file).encode("aa"));
        assertEquals(100, load(file).encode("a".repeat(100)).length);
        assertArrayEquals(new int[] {0}, load(file).encode("a".repeat(101)));
        model(file).put("continuing_subword_prefix", "@").put("max_input_chars_per_word", 2);
        assertArrayEquals(new int[] {1, 3}, load(file).encode("aa"));
        assertArrayEquals(new int[] {0}, load(file).encode("aaa"));
    }

    @Test
    void otherModelsWithANormalizerAreRefused() throws IOException {
        ObjectNode file = foreign("bert");
        file.set("model", json("{'type':'WordLevel','unk_token':'<|unknown|>','vocab':{'<|unknown|>':0}}"));
        file.set("added_tokens", json("[]"));
        refused(file, "normalises text for a model of type WordLevel, which is not supported");
        model(file).put("type", "Char");
        refused(file, "has a model of type Char; supported are BPE, Unigram, WordPiece and WordLevel");
    }

    @Test
    void aStepThatIsNotKnownIsNamed() throws IOException {
        for (String[] step : new String[][] {
            {"normalizer", "{'type':'Precompiled'}", "normalises text by Precompiled, which is not supported"},
            {"normalizer", "{'odd':1}", "has a normalizer without a type: {\"odd\":1}"},
            {
                "normalizer",
                "{'type':'Replace','pattern':{'Regex':'a'},'content':''}",
                "replaces {\"Regex\":\"a\"}, and supported is a text"
            },
            {"pre_tokenizer", "{'type':'UnicodeScripts'}", "splits text by UnicodeScripts, which is not supported here"
            },
            {"pre_tokenizer", "{'odd':1}", "has a pre_tokenizer without a type: {\"odd\":1}"},
            {
                "pre_tokenizer",
                "{'type':'Split','pattern':{'Regex':'a'},'behavior':'Removed'}",
                "splits text by {\"type\":\"Split\",\"pattern\":{\"Regex\":\"a\"},\"behavior\":\"Removed\"..., and"
            },
            {
                "pre_tokenizer",
                "{'type':'Split','pattern':{'String':'a'},'behavior':'Removed','invert':true}",
                "and supported is a text, not inverted"
            },
            {
                "pre_tokenizer",
                "{'type':'Split','pattern':{'String':'a'},'behavior':'Contiguous'}",
                "and supported is a text, not inverted"
            },
            {
                "pre_tokenizer",
                "{'type':'Metaspace','prepend_scheme':'last'}",
                "has the prepend_scheme last; supported are always, first and never"
            },
            {"decoder", "{'type':'BPEDecoder'}", "decodes by BPEDecoder, which is not supported"},
            {"decoder", "null", "decodes by none, which is not supported"},
            {
                "decoder",
                "{'type':'Replace','pattern':{'Regex':'a'},'content':''}",
                "decodes by replacing {\"Regex\":\"a\"}, and supported is a text"
            }
        }) {
            ObjectNode file = foreign("bert");
            file.set(step[0], json(step[1]));
            refused(file, step[2]);
        }
        for (String strip : List.of("'content':' ','start':2", "'content':'x','start':1", "'content':' ','stop':1")) {
            ObjectNode file = foreign("bert");
            file.set(
                    "decoder", json("{'type':'Sequence','decoders':[{'type':'Fuse'},{'type':'Strip'," + strip + "}]}"));
            refused(file, "supported is one space at the beginning of the fused text");
        }
        ObjectNode file = foreign("bert");
        file.set("decoder", json("{'type':'Strip','content':' ','start':1}"));
        refused(file, "supported is one space at the beginning of the fused text");
    }

    @Test
    void anOlderFileSaysByAFlagWhetherAMarkStandsBeforeAText() throws IOException {
        String model = "{'type':'BPE','vocab':{'▁':0,'a':1},'merges':[]}";
        for (String[] each : new String[][] {
            {"", "0 1", "a"},
            {",'add_prefix_space':true", "0 1", "a"},
            {",'add_prefix_space':false", "1", " a"},
            {",'add_prefix_space':true,'prepend_scheme':'never'", "1", " a"},
            {",'add_prefix_space':false,'prepend_scheme':'first'", "0 1", "a"}
        }) {
            ObjectNode file = small(model);
            file.set("pre_tokenizer", json("{'type':'Metaspace','str_rep':'▁'" + each[0] + "}"));
            file.set("decoder", file.path("pre_tokenizer"));
            Tokenizer tokenizer = load(file);
            assertEquals(
                    each[1],
                    String.join(
                            " ",
                            Arrays.stream(tokenizer.encode("a"))
                                    .mapToObj(Integer::toString)
                                    .toList()));
            assertEquals(each[2], tokenizer.decode(new int[] {0, 1}), each[0]);
        }
    }

    @Test
    void aDecoderSaysWhatATokenStandsForInAText() throws IOException {
        ObjectNode file =
                small("{'type':'BPE','vocab':{'_a':0,'b':1,'<0xC3>':2,'<0xA9>':3,'_x_':4,'_y_':5},'merges':[]}");
        ArrayNode added = file.putArray("added_tokens");
        added.addObject().put("id", 4).put("content", "_x_").put("special", true);
        added.addObject().put("id", 5).put("content", "_y_");
        int[] all = {0, 1, 2, 3, 4, 5, 0};
        assertEquals("_ab<0xC3><0xA9>_x__y__a", load(file).decode(all));
        String replace = "{'type':'Replace','pattern':{'String':'_'},'content':' '}";
        file.set("decoder", json(replace));
        assertEquals(" ab<0xC3><0xA9>_x_ y  a", load(file).decode(all));
        file.set("decoder", json("{'type':'Sequence','decoders':[{'type':'ByteFallback'}," + replace + "]}"));
        assertEquals(" abé_x_ y  a", load(file).decode(all));
        String strip = "{'type':'Fuse'},{'type':'Strip','content':' ','start':START,'stop':0}]}";
        file.set("decoder", json("{'type':'Sequence','decoders':[" + replace + "," + strip.replace("START", "1")));
        assertEquals("ab<0xC3><0xA9>_x_ y  a", load(file).decode(all));
        assertEquals("a", load(file).decode(new int[] {0}));
        file.set("decoder", json("{'type':'Sequence','decoders':[" + replace + "," + strip.replace("START", "0")));
        assertEquals(" a", load(file).decode(new int[] {0}));
        file.set("decoder", json("{'type':'Metaspace','replacement':'_'}"));
        assertEquals("ab", load(file).decode(new int[] {0, 1}));
    }

    @Test
    void piecesOfWordsAreJoinedAndTheirPunctuationIsWhereTheDecoderSaysSo() throws IOException {
        ObjectNode file =
                small("{'type':'WordPiece','unk_token':'[UNK]','vocab':{'[UNK]':0,'don':1,'n':2,'##ing':3,'.':4,',':5,"
                        + "'n\\u0027t':6,'\\u0027s':7,'!?':8,'@ly':9}}");
        file.set("decoder", json("{'type':'WordPiece','cleanup':false}"));
        int[] ids = {1, 3, 0, 4, 2, 6, 5, 7, 8, 9};
        assertEquals("doning [UNK] . n n't , 's !? @ly", load(file).decode(ids));
        file.set("decoder", json("{'type':'WordPiece','prefix':'##','cleanup':true}"));
        assertEquals("doning [UNK]. nn't,'s!? @ly", load(file).decode(ids));
        file.set("decoder", json("{'type':'Sequence','decoders':[{'type':'WordPiece','prefix':'@'}]}"));
        assertEquals("don ##ing [UNK]. nn't,'s!?ly", load(file).decode(ids));
        file.putArray("added_tokens")
                .addObject()
                .put("id", 0)
                .put("content", "[UNK]")
                .put("special", true);
        assertEquals("don ##ing [UNK]. nn't,'s!?ly", load(file).decode(ids));
    }
}
