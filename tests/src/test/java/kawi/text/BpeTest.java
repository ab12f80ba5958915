package kawi.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BpeTest {

    private final Bpe bpe = bpe();

    /** A new one for each test: what is kept between tests, a mutation run would judge later changes by. */
    static Bpe bpe() {
        return Bpe.train(Samples.prose(60), 700, Progress.NONE);
    }

    @Test
    void decodingWhatWasEncodedGivesTheText() {
        Random random = new Random(1);
        for (String text : Samples.AWKWARD) assertEquals(text, bpe.decode(bpe.encode(text)));
        for (int i = 0; i < 300; i++) {
            String text = Samples.random(random, 200);
            assertEquals(text, bpe.decode(bpe.encode(text)));
        }
    }

    @Test
    void aSurrogateWithoutItsPartnerBecomesTheReplacementCharacter() {
        assertEquals("a\uFFFDb\uFFFD👍", bpe.decode(bpe.encode("a\uD83Db\uDC4D👍")));
    }

    @Test
    void specialTokensComeFromTextOnlyWhenAsked() {
        String text = "one<|endoftext|>two<|endoftext|>";
        int end = bpe.id(Tokenizer.END_OF_TEXT);
        assertTrue(Arrays.stream(bpe.encode(text)).noneMatch(id -> id == end));
        assertEquals(
                2,
                Arrays.stream(bpe.encodeWithSpecials(text))
                        .filter(id -> id == end)
                        .count());
        assertEquals(text, bpe.decode(bpe.encodeWithSpecials(text)));
        assertEquals(-1, bpe.id("<|im_start|>"));
    }

    @Test
    void theMostFrequentPairIsMergedFirstAndLowerIdsWinATie() {
        Bpe bpe = Bpe.train(List.of("abab abab cdcd cdcd"), 259, Progress.NONE);
        // ab and cd stand 4 times each; " a", "ba" fewer. The lower ids win: ab before cd.
        assertEquals(new BpeTrainer.Merge("a", "b", 4), bpe.learned().get(0));
        assertEquals(new BpeTrainer.Merge("c", "d", 4), bpe.learned().get(1));
    }

    @Test
    void overlappingPairsAreMergedFromTheLeft() {
        Bpe bpe = Bpe.train(List.of("aaa aaa aaaa"), 258, Progress.NONE);
        assertEquals(List.of("aa", "a"), bpe.pieces("aaa"));
    }

    /** The same merges, word for word, by counting everything anew after each merge: slow, and plainly right. */
    @Test
    void theIncrementalTrainerAgreesWithTheNaiveOne() {
        List<String> texts = Samples.prose(4);
        Bpe bpe = Bpe.train(texts, 380, Progress.NONE);
        assertEquals(naive(texts, bpe.merges().size()), bpe.merges());
    }

    private static List<String> naive(List<String> texts, int merges) {
        List<String> vocabulary = new ArrayList<>(Bpe.alphabet());
        List<List<Integer>> words = new ArrayList<>();
        for (String text : texts) {
            for (String piece : Splitter.GPT2.split(text)) {
                List<Integer> word = new ArrayList<>();
                for (byte b : Utf8.bytes(piece))
                    word.add(vocabulary.indexOf(String.valueOf(ByteLevel.character(b & 0xFF))));
                words.add(word);
            }
        }
        List<String> made = new ArrayList<>();
        while (made.size() < merges) {
            Map<Long, Integer> counts = new java.util.TreeMap<>();
            for (List<Integer> word : words) {
                for (int i = 1; i < word.size(); i++)
                    counts.merge((long) word.get(i - 1) << 32 | word.get(i), 1, Integer::sum);
            }
            long best = counts.entrySet().stream()
                    .max(Map.Entry.<Long, Integer>comparingByValue()
                            .thenComparing(
                                    Map.Entry.<Long, Integer>comparingByKey().reversed()))
                    .get()
                    .getKey();
            int left = (int) (best >> 32);
            int right = (int) best;
            String token = vocabulary.get(left) + vocabulary.get(right);
            made.add(vocabulary.get(left) + " " + vocabulary.get(right));
            if (!vocabulary.contains(token)) vocabulary.add(token);
            int id = vocabulary.indexOf(token);
            for (List<Integer> word : words) {
                for (int i = 0; i + 1 < word.size(); i++) {
                    if (word.get(i) == left && word.get(i + 1) == right) {
                        word.set(i, id);
                        word.remove(i + 1);
                    }
                }
            }
        }
        return made;
    }

    @Test
    void aShorterTrainingIsAPrefixOfALongerOne() {
        Bpe small = Bpe.train(Samples.prose(60), 400, Progress.NONE);
        assertEquals(small.vocabulary(), bpe.first(400).vocabulary());
        assertEquals(small.merges(), bpe.first(400).merges());
    }

    @Test
    void trainingStopsWhereNoPairIsSeenTwice() {
        Bpe bpe = Bpe.train(List.of("ab"), 4096, Progress.NONE);
        assertEquals(257, bpe.size());
        assertEquals(257, Bpe.train(List.of(), 1000, Progress.NONE).size());
    }

    @Test
    void aVocabularyTooSmallForTheBytesIsRefused() {
        assertThrows(KitException.class, () -> Bpe.train(List.of("text"), 100, Progress.NONE));
    }

    @Test
    void anIdBeyondTheVocabularyIsRefused() {
        KitException refusal = assertThrows(KitException.class, () -> bpe.decode(new int[] {5, 700}));
        assertTrue(refusal.getMessage().contains("700"));
    }

    @Test
    void severalThreadsMayEncodeAtOnce() {
        List<String> texts = Samples.prose(40);
        List<int[]> alone = texts.stream().map(bpe::encode).toList();
        IntStream.range(0, 400)
                .parallel()
                .forEach(i -> assertArrayEquals(alone.get(i % 40), bpe.encode(texts.get(i % 40))));
    }

    /** Where each merge looks through the whole piece again, this takes hours. */
    @Test
    @Timeout(300)
    void aMegabyteWithoutASpaceComesToAnEnd() {
        String line = "ab".repeat(500_000);
        assertEquals(line, bpe.decode(bpe.encode(line)));
    }

    @Test
    void moreDifferentWordsThanAreRememberedStillEncodeRight() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 150_000; i++)
            text.append(Integer.toString(i, 26).replaceAll("[0-9]", "q"))
                    .append(' ')
                    .append(i)
                    .append('\n');
        assertEquals(text.toString(), bpe.decode(bpe.encode(text.toString())));
        assertFalse(bpe.encode("after").length == 0);
    }

    @Test
    void aVocabularyBeginsWithTheEndOfTextAndThenTheBytesInOrderOfTheirCharacters() {
        List<String> first = Bpe.alphabet();
        assertEquals(257, first.size());
        assertEquals(Bpe.END_OF_TEXT, first.get(0));
        assertEquals(first.subList(1, 257).stream().sorted().toList(), first.subList(1, 257));
    }
}
