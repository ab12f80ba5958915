package kawi.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;

class WholePieceTokenizersTest {
    private static final String END = Tokenizer.END_OF_TEXT;
    private static final String UNKNOWN = WordLevel.UNKNOWN;

    @Test
    void theMostFrequentCharactersAreTakenAndEquallyFrequentOnesInAlphabeticalOrder() {
        // a 4, n 3, b 2, d 1
        CharacterTokenizer tokenizer = CharacterTokenizer.train(List.of("banana", "band"), 5);
        assertEquals(List.of(END, UNKNOWN, "a", "n", "b"), tokenizer.vocabulary());
        assertEquals(
                List.of(END, UNKNOWN, "x", "y", "z"),
                CharacterTokenizer.train(List.of("zyx"), 99).vocabulary());
        assertEquals(
                List.of(END, UNKNOWN),
                CharacterTokenizer.train(List.of("zyx"), 1).vocabulary());
        assertArrayEquals(new int[] {4, 2, 3, 1}, tokenizer.encode("band"));
        assertEquals(40, tokenizer.encode("band".repeat(10)).length);
        assertArrayEquals("n".getBytes(StandardCharsets.UTF_8), tokenizer.bytes(3));
        assertThrows(KitException.class, () -> tokenizer.bytes(5));
        assertThrows(KitException.class, () -> tokenizer.bytes(-1));
        assertEquals(Map.of(END, 0), tokenizer.specials());
        assertEquals(List.of(END, UNKNOWN, "a"), tokenizer.first(3).vocabulary());
        assertEquals(List.of(END, UNKNOWN), tokenizer.first(0).vocabulary());
        assertEquals(5, tokenizer.first(9).size());
    }

    @Test
    void theMostFrequentWordsAreTakenWithTheSpaceBeforeThem() {
        WordTokenizer tokenizer = WordTokenizer.train(List.of("the cat the dog", "the end"), 4);
        assertEquals(List.of(END, UNKNOWN, "the", " cat"), tokenizer.vocabulary());
        assertArrayEquals(new int[] {2, 3, 1}, tokenizer.encode("the cat sat"));
        assertEquals(List.of(END, UNKNOWN, "the"), tokenizer.first(3).vocabulary());
    }

    @Test
    void theShareOfBytesThatIsLostIsCountedByHand() {
        CharacterTokenizer tokenizer = CharacterTokenizer.train(List.of("banana", "band"), 5);
        assertEquals(3 / 6.0, tokenizer.unknownShare("band\u00e9"), 1e-12, "d and the two bytes of an accented e");
        assertEquals(0, tokenizer.unknownShare("ban"));
        assertEquals(1, tokenizer.unknownShare("xyz"));
        assertEquals(0, tokenizer.unknownShare(""));
    }

    @Test
    void aPieceThatLooksLikeASpecialIsNotTakenTwice() {
        WordLevel.Counts counts = new WordLevel.Counts();
        counts.add(List.of(UNKNOWN, UNKNOWN, END, "a"));
        assertEquals(List.of(END, UNKNOWN, "a"), counts.vocabulary(9));
    }

    @Test
    void aSurrogateWithoutItsPartnerIsTheReplacementCharacterAndItsNeighboursAreNot() {
        CharacterTokenizer tokenizer = CharacterTokenizer.train(List.of("\uFFFD"), 3);
        for (String lone : List.of("\uD800", "\uDBFF", "\uDC00", "\uDFFF")) {
            assertArrayEquals(new int[] {2}, tokenizer.encode(lone));
        }
        for (String whole : List.of("\uD7FF", "\uE000", "\uD83D\uDE00")) {
            assertArrayEquals(new int[] {1}, tokenizer.encode(whole));
        }
    }

    @Test
    void specialTextIsFoundWhereItIsMeantAndNowhereElse() {
        CharacterTokenizer tokenizer = CharacterTokenizer.train(List.of("ab"), 4);
        String text = "a" + END + END + "b" + END;
        assertArrayEquals(new int[] {2, 0, 0, 3, 0}, SpecialText.encode(tokenizer, text, i -> true));
        int first = 1;
        int last = END.length();
        for (int plain : new int[] {first, first + 3, last}) {
            int[] ids = SpecialText.encode(tokenizer, "a" + END + "b", i -> i != plain);
            assertEquals(2 + END.length(), ids.length, "not all of it is meant: " + plain);
        }
        for (int outside : new int[] {first - 1, last + 1}) {
            assertArrayEquals(new int[] {2, 0, 3}, SpecialText.encode(tokenizer, "a" + END + "b", i -> i != outside));
        }
        assertArrayEquals(new int[] {2, 3}, SpecialText.encode(tokenizer, "ab", i -> true));
        assertArrayEquals(new int[0], SpecialText.encode(tokenizer, "", i -> true));
    }
}
