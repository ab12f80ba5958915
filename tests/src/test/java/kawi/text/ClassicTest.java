package kawi.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;

class ClassicTest {

    @Test
    void sentencesEndWhereAReaderEndsThem() {
        assertEquals(
                List.of("Mr. Smith paid $3.50 for it.", "He wasn't happy.", "A heading", "Then he left."),
                Sentences.in("Mr. Smith paid $3.50 for it. He wasn't happy.\n\nA heading\n\nThen he left."));
        assertEquals(List.of(), Sentences.in("  \n\n "));
    }

    @Test
    void paragraphsStandBetweenBlankLinesAndAreNeverEmpty() {
        assertEquals(List.of("a\nb", "c"), Sentences.paragraphs("\n\n a\nb\n \n\n\tc \n\n"));
        assertEquals(List.of(), Sentences.paragraphs("\n\n"));
    }

    @Test
    void aLanguageModelThatIsNotThereOrCannotBeReadIsNamed() {
        assertTrue(Models.load(Models.SENTENCES, in -> in.readAllBytes().length) > 1000);
        String none = assertThrows(KitException.class, () -> Models.load("/none.bin", in -> in))
                .getMessage();
        assertEquals(
                "The language model none.bin is not on the class path: build the library again, which brings it.",
                none);
        IOException cause = new IOException("cut short");
        KitException damaged = assertThrows(
                KitException.class,
                () -> Models.load(Models.TOKENS, in -> {
                    throw cause;
                }));
        assertTrue(damaged.getMessage().endsWith(" could not be read: cut short."), damaged.getMessage());
        assertSame(cause, damaged.getCause());
    }

    @Test
    void lemmasDependOnThePartOfSpeech() {
        List<Lemmatizer.Word> words = Lemmatizer.words("The children were running.");
        assertEquals(
                List.of("the", "child", "be", "run", "."),
                words.stream().map(Lemmatizer.Word::lemma).toList());
        assertEquals(
                List.of("DET", "NOUN", "AUX", "VERB", "PUNCT"),
                words.stream().map(Lemmatizer.Word::tag).toList());
    }

    @Test
    void severalThreadsMayAskAtOnce() {
        String text = "The children were running. They saw a saw.";
        List<String> alone = Sentences.in(text);
        List<Lemmatizer.Word> words = Lemmatizer.words(alone.get(1));
        IntStream.range(0, 200).parallel().forEach(i -> {
            assertEquals(alone, Sentences.in(text));
            assertEquals(words, Lemmatizer.words(alone.get(1)));
            assertEquals("run", Stemmer.stem("Running"));
        });
    }

    @Test
    void stopWordsKeepTheNegations() {
        assertEquals(List.of("film", "not", "good"), StopWords.without(WordTokenizer.in("The film was not so good.")));
        assertFalse(StopWords.contains("never"));
        assertTrue(StopWords.contains("The"));
    }

    @Test
    void wordsAreRunsOfLettersDigitsAndInnerApostrophes() {
        assertEquals(
                List.of("Don't", "stop", "at", "42", "naïve", "cafés"),
                WordTokenizer.in("\"Don't stop\" at 42 (naïve) cafés'"));
    }

    @Test
    void windowsOfTokensOverlapAndCoverTheText() {
        String text = String.join(" ", Samples.prose(1));
        Chunker chunker = new Chunker(BpeTest.bpe(), 50, 10);
        List<Chunker.Chunk> chunks = chunker.byTokens(text);
        assertTrue(chunks.size() > 5);
        int at = 0;
        for (Chunker.Chunk chunk : chunks) {
            int found = text.indexOf(chunk.text(), Math.max(0, at - 200));
            assertTrue(found >= 0 && found <= at, "a gap before chunk " + chunk.index());
            assertTrue(chunk.tokens() <= 50);
            at = found + chunk.text().length();
        }
        assertEquals(text.length(), at);
    }

    @Test
    void noChunkCutsACharacter() {
        for (Chunker.Chunk chunk : new Chunker(BpeTest.bpe(), 7, 3).byTokens("👩‍👧日本語".repeat(20))) {
            assertFalse(chunk.text().contains("\uFFFD"), chunk.text());
        }
    }

    @Test
    void chunksOfSentencesEndWhereSentencesEnd() {
        String text = "The first is short. The second one is a little longer than that. A third follows! And is there "
                + "a fourth? Yes.";
        List<Chunker.Chunk> chunks = new Chunker(BpeTest.bpe(), 45, 25).bySentences(text);
        assertTrue(chunks.size() > 1);
        for (Chunker.Chunk chunk : chunks) {
            assertTrue(chunk.text().matches(".*[.!?]"), chunk.text());
            assertTrue(chunk.tokens() <= 45);
        }
        assertTrue(chunks.get(chunks.size() - 1).text().endsWith("Yes."));
    }

    @Test
    void overlapsAsLongAsTheChunkAreRefused() {
        assertThrows(KitException.class, () -> new Chunker(BpeTest.bpe(), 10, 10));
    }
}
