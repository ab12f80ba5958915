package kawi.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import org.junit.jupiter.api.Test;

/** Chunks of texts whose tokens are their characters, so that they can be counted by hand. */
class ChunksTest {
    private static Tokenizer letters() {
        return CharacterTokenizer.train(List.of("abcdefghijklmnopqrstuvwxyz OTS."), 99);
    }

    private static List<String> windows(int size, int overlap, String text) {
        return new Chunker(letters(), size, overlap)
                .byTokens(text).stream()
                        .map(chunk -> chunk.index() + " " + chunk.tokens() + " " + chunk.text())
                        .toList();
    }

    private static List<String> sentences(int size, int overlap) {
        return sentences(size, overlap, "One is here. Two is there. Six is far."); // of 12, 13 and 11 characters
    }

    private static List<String> sentences(int size, int overlap, String text) {
        return new Chunker(letters(), size, overlap)
                .bySentences(text).stream()
                        .map(chunk -> chunk.index() + " " + chunk.tokens() + " " + chunk.text())
                        .toList();
    }

    @Test
    void windowsAreOfTheSizeAndShareTheOverlap() {
        assertEquals(List.of("0 4 abcd", "1 4 defg", "2 4 ghij"), windows(4, 1, "abcdefghij"));
        assertEquals(List.of("0 4 abcd", "1 4 efgh", "2 2 ij"), windows(4, 0, "abcdefghij"));
        assertEquals(List.of("0 4 abcd"), windows(4, 3, "abcd"));
        assertEquals(List.of("0 4 abcd", "1 4 bcde"), windows(4, 3, "abcde"));
        assertEquals(List.of("0 1 a", "1 1 b"), windows(1, 0, "ab"));
        assertEquals(List.of(), windows(4, 1, ""));
    }

    @Test
    void aWindowSmallerThanACharacterStillGoesOn() {
        int tokens = BpeTest.bpe().encode("\u65e5").length;
        List<Chunker.Chunk> chunks = new Chunker(BpeTest.bpe(), 1, 0).byTokens("\u65e5");
        assertEquals(tokens, chunks.size());
        assertTrue(chunks.stream().allMatch(chunk -> chunk.tokens() == 1), chunks.toString());
    }

    @Test
    void noWindowBeginsInsideACharacterHoweverTheOverlapFalls() {
        Bpe bytes = Bpe.train(List.of("a"), 257, Progress.NONE); // a Chinese character is three tokens
        for (int overlap = 0; overlap < 3; overlap++) {
            assertEquals(
                    List.of("a", "\u65e5", "b"),
                    new Chunker(bytes, 3, overlap)
                            .byTokens("a\u65e5b").stream()
                                    .map(Chunker.Chunk::text)
                                    .toList(),
                    "overlap " + overlap);
        }
        assertEquals(
                List.of("a\u65e5", "\u65e5b"),
                new Chunker(bytes, 4, 3)
                        .byTokens("a\u65e5b").stream().map(Chunker.Chunk::text).toList());
    }

    @Test
    void sentencesAreHeldAsLongAsTheyFitAndSharedUpToTheOverlap() {
        assertEquals(List.of("0 26 One is here. Two is there.", "1 25 Two is there. Six is far."), sentences(26, 13));
        assertEquals(List.of("0 26 One is here. Two is there.", "1 11 Six is far."), sentences(26, 12));
        assertEquals(List.of("0 12 One is here.", "1 13 Two is there.", "2 11 Six is far."), sentences(24, 13));
        assertEquals(List.of("0 12 One is here.", "1 25 Two is there. Six is far."), sentences(25, 0));
        assertEquals(List.of("0 38 One is here. Two is there. Six is far."), sentences(38, 0));
        assertEquals(
                List.of("0 26 Two is there. One is here.", "1 26 One is here. Six is there."),
                sentences(26, 13, "Two is there. One is here. Six is there."),
                "a sentence that is shared and the next just fill the chunk");
    }

    @Test
    void aSentenceLongerThanAChunkIsCutIntoWindows() {
        assertEquals(List.of("0 12 One is here.", "1 12 Two is there", "2 1 .", "3 11 Six is far."), sentences(12, 0));
        assertEquals(
                List.of("0 11 One is here", "1 3 re.", "2 11 Two is ther", "3 4 ere.", "4 11 Six is far."),
                sentences(11, 2));
    }

    @Test
    void sizesAndOverlapsThatAreNoneAreRefused() {
        for (int[] wrong : new int[][] {{0, 0}, {0, -1}, {2, -1}, {2, 2}, {2, 3}}) {
            assertThrows(KitException.class, () -> new Chunker(letters(), wrong[0], wrong[1]));
        }
    }
}
