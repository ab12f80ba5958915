package kawi.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import kawi.evidence.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hugging Face's tokenizers library reads our file and gives the same ids. */
class HuggingFaceTest {

    @TempDir
    Path folder;

    private HuggingFaceTokenizer open(Tokenizer ours) throws IOException {
        Path file = folder.resolve("tokenizer.json");
        ours.save(file);
        return HuggingFaceTokenizer.newInstance(
                file, Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "false"));
    }

    private static List<String> texts() throws IOException {
        List<String> texts = new ArrayList<>(Samples.AWKWARD);
        texts.addAll(Samples.prose(10));
        Random random = new Random(3);
        for (int i = 0; i < 500; i++) texts.add(Samples.random(random, 150));
        Path sources = Path.of(System.getProperty("kawi.home", ".."), "lib/src/main/java/kawi/text");
        for (String name : List.of("Splitter.java", "Bpe.java", "TokenFile.java"))
            texts.add(Files.readString(sources.resolve(name)));
        return texts;
    }

    private static void same(Tokenizer ours, HuggingFaceTokenizer theirs) throws IOException {
        for (String text : texts()) {
            long[] expected = theirs.encode(text).getIds();
            int[] found = ours.encodeWithSpecials(text);
            assertEquals(Arrays.toString(expected), Arrays.toString(found), () -> "ids of: " + text);
        }
    }

    @Test
    void byteLevelBpeGivesTheSameIds() throws IOException {
        try (HuggingFaceTokenizer theirs = open(BpeTest.bpe())) {
            same(BpeTest.bpe(), theirs);
        }
    }

    @Test
    void digitsApartGiveTheSameIds() throws IOException {
        BpeTrainer trainer = new BpeTrainer(Splitter.SMOLLM);
        Samples.prose(60).forEach(trainer::add);
        Bpe bpe = trainer.learn(700, Progress.NONE);
        try (HuggingFaceTokenizer theirs = open(bpe)) {
            same(bpe, theirs);
        }
    }

    /** Their library knows other regular expressions than tiktoken, and the same pieces come of them. */
    @Test
    void theSplitsOfTiktokenGiveTheSameIds() throws IOException {
        for (Splitter splitter : List.of(Splitter.CL100K, Splitter.O200K)) {
            Bpe bpe = TiktokenGivesTheseIdsTest.read("wide", splitter);
            try (HuggingFaceTokenizer theirs = open(bpe)) {
                same(bpe, theirs);
                for (JsonNode line : TiktokenGivesTheseIdsTest.lines()) {
                    String text = line.path("text").asText();
                    assertEquals(
                            Arrays.toString(theirs.encode(text).getIds()),
                            Arrays.toString(bpe.encodeWithSpecials(text)),
                            text);
                }
            }
        }
    }

    @Test
    void wholeCharactersAndWholeWordsGiveTheSameIds() throws IOException {
        for (Tokenizer ours :
                List.of(CharacterTokenizer.train(Samples.prose(20), 40), WordTokenizer.train(Samples.prose(20), 300))) {
            try (HuggingFaceTokenizer theirs = open(ours)) {
                same(ours, theirs);
            }
        }
    }

    @Test
    void theirDecoderGivesTheTextBack() throws IOException {
        try (HuggingFaceTokenizer theirs = open(BpeTest.bpe())) {
            for (String text : texts()) {
                long[] ids =
                        Arrays.stream(BpeTest.bpe().encode(text)).asLongStream().toArray();
                assertEquals(text, theirs.decode(ids, false));
            }
        }
    }
}
