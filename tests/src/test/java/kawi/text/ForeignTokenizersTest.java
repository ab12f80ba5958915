package kawi.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokenizers of a GGUF file's lists and of tiktoken's files merge as those do, and find what is to be found. */
class ForeignTokenizersTest {
    @TempDir
    Path folder;

    private static final List<String> PIECES =
            List.of("<unk>", "<s>", "<0x0A>", "▁", "a", "b", "c", "ab", "bc", "▁a", "😀", "😀a", "<tool>", "<0x41>");
    private static final float[] SCORES = {0, 0, 0, -9, -9, -9, -9, -2, -1, -3, -9, -4, 0, 0};

    private static Tokenizer pieces(boolean spaceBefore) {
        return ForeignTokenizers.sentencePiece(
                PIECES, SCORES, Map.of("<s>", 1, "<0x41>", 13), Map.of("<tool>", 12), 0, spaceBefore);
    }

    @Test
    void neighboursWhoseTokenHasTheHighestScoreAreJoinedFirst() {
        Tokenizer tokenizer = pieces(false);
        assertArrayEquals(new int[] {4, 8}, tokenizer.encode("abc"));
        assertArrayEquals(new int[] {7, 4}, tokenizer.encode("aba"));
        assertArrayEquals(new int[] {9, 3, 7}, tokenizer.encode(" a ab"));
        assertArrayEquals(new int[] {11, 10}, tokenizer.encode("😀a😀"));
        float[] equal = new float[SCORES.length];
        Tokenizer lower = ForeignTokenizers.sentencePiece(PIECES, equal, Map.of(), Map.of(), 0, false);
        assertArrayEquals(new int[] {7, 6}, lower.encode("abc"));
        List<String> others = List.of("<unk>", "a", "b", "B", "ab", "bB");
        lower = ForeignTokenizers.sentencePiece(others, new float[6], Map.of(), Map.of(), 0, false);
        assertArrayEquals(new int[] {4, 3}, lower.encode("abB"), "of equal scores the lower id, however ids are kept");
    }

    @Test
    void unknownCharactersAreOneTokenAndAByteItsToken() {
        assertArrayEquals(new int[] {4, 0, 2, 4}, pieces(false).encode("axy\na"));
        assertEquals("\n", pieces(false).decode(new int[] {2}));
    }

    @Test
    void aSpaceStandsBeforeATextWhereTheFileSaysSoAndGoesAgain() {
        assertArrayEquals(new int[] {9, 6}, pieces(true).encode("ac"));
        assertArrayEquals(new int[] {3, 7}, pieces(true).encode("ab"));
        assertArrayEquals(new int[] {4, 6}, pieces(false).encode("ac"));
        assertArrayEquals(new int[0], pieces(true).encode(""));
        assertEquals("a", pieces(true).decode(new int[] {9}));
        assertEquals(" a", pieces(false).decode(new int[] {9}));
    }

    @Test
    void specialTokensAreTheirOwnLettersAndFoundOnlyWhereTheyAreMeant() {
        Tokenizer tokenizer = pieces(false);
        assertArrayEquals(new int[] {1, 12, 13}, tokenizer.encodeWithSpecials("<s><tool><0x41>"));
        assertArrayEquals(new int[] {0, 12, 0}, tokenizer.encode("<s><tool>A"));
        assertEquals("<s><tool><0x41>", tokenizer.decode(new int[] {1, 12, 13}));
        assertEquals(Map.of("<s>", 1, "<0x41>", 13), tokenizer.specials());
        assertEquals("SentencePiece BPE of 14 tokens", tokenizer.toString());
    }

    @Test
    void tokensAreFoundInATextOfBytesBeforeItIsCut() {
        int id = BpeTest.bpe().vocabulary().size() - 1;
        Tokenizer tokenizer = ForeignTokenizers.finding(BpeTest.bpe(), Map.of("é!", 300));
        int[] ids = tokenizer.encode("the é! cat");
        int[] first = BpeTest.bpe().encode("the ");
        int[] second = BpeTest.bpe().encode(" cat");
        assertEquals(first.length + 1 + second.length, ids.length);
        assertEquals(300, ids[first.length]);
        assertEquals("the é! cat", tokenizer.decode(ids));
        assertArrayEquals(BpeTest.bpe().bytes(id), tokenizer.bytes(id));
        assertEquals(BpeTest.bpe().size(), tokenizer.size());
        assertEquals(BpeTest.bpe().specials(), tokenizer.specials());
        assertTrue(tokenizer.toString().endsWith(" of " + BpeTest.bpe().size() + " tokens"), tokenizer.toString());
        assertArrayEquals(
                BpeTest.bpe().encodeWithSpecials("a<|endoftext|>"), tokenizer.encodeWithSpecials("a<|endoftext|>"));
    }

    /** Lines of a file of tiktoken: all bytes, and these. */
    private Path ranked(String... more) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int b = 0; b < 256; b++) {
            lines.append(line(new byte[] {(byte) b}, b));
        }
        for (int i = 0; i < more.length; i++) {
            lines.append(line(more[i].getBytes(StandardCharsets.UTF_8), 256 + i));
        }
        return Files.writeString(folder.resolve("tokenizer.model"), lines);
    }

    private static String line(byte[] token, int rank) {
        return Base64.getEncoder().encodeToString(token) + " " + rank + "\n";
    }

    @Test
    void mergesFollowFromRanksAndATokenThatNoneMakesIsFoundWhole() throws IOException {
        Bpe bpe = ForeignTokenizers.tiktoken(
                ranked("bc", "ab", "abc", "abcd", "xyz", "hello"),
                Splitter.LLAMA3,
                Map.of("<|end|>", 262, "<|begin|>", 263));
        assertEquals(264, bpe.size());
        assertArrayEquals(new int[] {258}, bpe.encode("abc")); // a bc, for bc has the lower rank
        assertArrayEquals(new int[] {257, 'a'}, bpe.encode("aba"));
        assertArrayEquals(new int[] {259, 'a'}, bpe.encode("abcda"));
        assertArrayEquals(new int[] {260}, bpe.encode("xyz"));
        assertArrayEquals(new int[] {'x', 'y', 'z', 'z'}, bpe.encode("xyzz"));
        assertArrayEquals(new int[] {262, 'a', 263}, bpe.encodeWithSpecials("<|end|>a<|begin|>"));
        assertEquals(List.of("b c", "a b", "a bc", "ab c", "abc d"), bpe.merges());
    }

    @Test
    void aPieceThatIsATokenIsNoSpecialOne() throws IOException {
        Bpe bpe = ForeignTokenizers.tiktoken(ranked("ab"), Splitter.LLAMA3, Map.of("hello", 257));
        assertArrayEquals(new int[] {'h', 'e', 'l', 'l', 'o'}, bpe.encode("hello"));
        assertArrayEquals(new int[] {257}, bpe.encodeWithSpecials("hello"));
    }

    @Test
    void theFirstRankIsNought() throws IOException {
        assertEquals(
                0,
                ForeignTokenizers.tiktoken(ranked(), Splitter.LLAMA3, Map.of()).encode("\0")[0]);
    }
}
