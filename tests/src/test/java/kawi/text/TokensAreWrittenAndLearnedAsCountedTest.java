package kawi.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensAreWrittenAndLearnedAsCountedTest {
    @TempDir
    Path folder;

    @Test
    void theBytesOfADocumentAreThoseOfItsUtf8() {
        Tokenizer tokenizer = CharacterTokenizer.train(List.of("a"), 3);
        String text = "";
        for (int c : new int[] {'a', 0x7F, 0x80, 0x7FF, 0x800, 0xFFFD, 0x10000, 0x10FFFF}) {
            text += Character.toString(c);
            Path file = folder.resolve("tokens");
            try (TokenWriter writer = TokenFile.writer(file, 3)) {
                writer.document(tokenizer, text);
                assertEquals(text.codePointCount(0, text.length()) + 1, writer.length());
                writer.finish();
            }
            try (TokenFile read = TokenFile.open(file)) {
                assertEquals(text.getBytes(StandardCharsets.UTF_8).length, read.bytes());
                assertEquals(file, read.path());
            }
        }
    }

    @Test
    void moreTokensThanABufferHoldsComeBackInBothWidths() {
        int[] ids = IntStream.range(0, 200_000).map(i -> i * 7 % 65_536).toArray();
        List<Integer> sums = new ArrayList<>();
        for (int vocabulary : new int[] {65_536, 65_537}) {
            Path file = folder.resolve("tokens" + vocabulary);
            try (TokenWriter writer = TokenFile.writer(file, vocabulary)) {
                writer.document(ids, 1);
                writer.finish();
            }
            try (TokenFile read = TokenFile.open(file)) {
                assertArrayEquals(ids, read.read(0, ids.length));
                String said = assertThrows(KitException.class, () -> read.read(199_999, 5))
                        .getMessage();
                assertTrue(said.startsWith("Tokens 199999 to 200004 were asked of "), said);
                sums.add(read.checksum());
            }
        }
        assertTrue(!sums.contains(0) && !sums.get(0).equals(sums.get(1)), "checksums of other bytes: " + sums);
    }

    @Test
    void whatReadsAndWritesTokensSaysInAFewWordsWhatItIs() {
        Tokenizer letters = CharacterTokenizer.train(List.of("a"), 3);
        assertEquals("CharacterTokenizer of 3 tokens", letters.toString());
        assertEquals(
                "byte-level BPE of 257 tokens",
                Bpe.train(List.of("a"), 257, Progress.NONE).toString());
        assertEquals(
                "BPE trainer that has read 2 bytes",
                new BpeTrainer(Splitter.GPT2).add("ab").toString());
        try (TokenWriter writer = TokenFile.writer(folder.resolve("tokens"), 3)) {
            writer.document(letters, "aa");
            assertEquals("token file in the making, tokens, 3 tokens", writer.toString());
        }
    }

    @Test
    void aVocabularyMayBeOfOneToken() {
        Path file = folder.resolve("tokens");
        try (TokenWriter writer = TokenFile.writer(file, 1)) {
            writer.document(new int[] {0, 0}, 2).finish();
        }
        try (TokenFile read = TokenFile.open(file)) {
            assertArrayEquals(new int[2], read.read(0, 2));
        }
    }

    @Test
    void aDocumentWhoseEndIsBeyondTheVocabularyIsNotWrittenAtAll() {
        Bpe tokenizer = Bpe.of(
                List.of("a", "b", Tokenizer.END_OF_TEXT), List.of(), Splitter.GPT2, Map.of(Tokenizer.END_OF_TEXT, 2));
        try (TokenWriter writer = TokenFile.writer(folder.resolve("tokens"), 2)) {
            assertThrows(KitException.class, () -> writer.document(tokenizer, "ab"));
            assertEquals(0, writer.length());
        }
        assertThrows(KitException.class, () -> TokenFile.writer(folder.resolve("none"), 0));
        TokenFile.writer(folder.resolve("one"), 1).close();
    }

    @Test
    void anIdBeyondTheVocabularyOfTheHeaderIsRefusedThoughBothChecksumsAreRight() throws IOException {
        Path file = folder.resolve("tokens");
        try (TokenWriter writer = TokenFile.writer(file, 10)) {
            writer.document(new int[] {1, 5, 2}, 3);
            writer.finish();
        }
        byte[] bytes = Files.readAllBytes(file);
        for (int vocabulary : new int[] {6, 5}) {
            ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            header.putInt(12, vocabulary);
            header.putInt(52, TokenFile.checksum(header.duplicate().position(0).limit(52)));
            Files.write(file, bytes);
            if (vocabulary == 6) {
                TokenFile.open(file).close();
            } else {
                String said = assertThrows(KitException.class, () -> TokenFile.open(file))
                        .getMessage();
                assertTrue(said.contains("holds the token id 5, beyond its vocabulary of 5"), said);
            }
        }
    }

    @Test
    void aByteThatTheVocabularyLacksIsLeftOutAndOneWithTheIdNoughtIsNot() {
        Bpe tokenizer = Bpe.of(List.of("<s>", "a", "b"), List.of(), Splitter.GPT2, Map.of("<s>", 0));
        assertArrayEquals(new int[] {1, 2}, tokenizer.encode("acb"));
        assertArrayEquals(new int[0], tokenizer.encode("c"));
        assertArrayEquals(
                new int[] {0, 1, 0},
                Bpe.of(List.of("a", "b"), List.of(), Splitter.GPT2, Map.of()).encode("aba"));
        for (int wrong : new int[] {-1, 2}) {
            assertThrows(
                    KitException.class,
                    () -> Bpe.of(List.of("a", "<s>"), List.of(), Splitter.GPT2, Map.of("<s>", wrong)));
        }
    }

    /** Each merge makes two pairs that merge again: more pairs wait at once than the word has letters. */
    @Test
    void morePairsThanLettersMayWaitToBeMerged() {
        Bpe tokenizer = Bpe.of(
                List.of("a", "b", "ab", "ba", "aba", "bab", "abab"),
                List.of("a b", "b a", "ab a", "b ab", "ab ab"),
                Splitter.GPT2,
                Map.of());
        for (int pairs = 1; pairs <= 12; pairs++) {
            int[] merged = tokenizer.encode("ab".repeat(pairs));
            assertEquals(pairs / 2 + pairs % 2, merged.length, pairs + " pairs");
            assertEquals("ab".repeat(pairs), tokenizer.decode(merged));
        }
    }

    /** Every pair of letters has a rank, and words hold pairs of falling ranks, rising ones and all between. */
    @Test
    void ofAllPairsThatWaitTheLowestRankIsMergedFirst() {
        List<String> letters = List.of("a", "b", "c", "d", "e", "f");
        List<String> pairs = new ArrayList<>();
        letters.forEach(one -> letters.forEach(other -> pairs.add(one + " " + other)));
        Collections.shuffle(pairs, new Random(3));
        List<String> vocabulary = new ArrayList<>(letters);
        pairs.forEach(pair -> vocabulary.add(pair.replace(" ", "")));
        Bpe tokenizer = Bpe.of(vocabulary, pairs, Splitter.GPT2, Map.of());
        Random random = new Random(4);
        for (int word = 0; word < 300; word++) {
            List<String> parts = new ArrayList<>();
            for (int i = 0; i <= word % 40; i++) {
                parts.add(letters.get(random.nextInt(letters.size())));
            }
            String text = String.join("", parts);
            for (String pair : pairs) { // by rank: no merge makes a pair that is itself merged
                for (int i = 0; i + 1 < parts.size(); i++) {
                    if (pair.equals(parts.get(i) + " " + parts.get(i + 1))) {
                        parts.set(i, parts.get(i) + parts.remove(i + 1));
                    }
                }
            }
            int[] expected = parts.stream().mapToInt(vocabulary::indexOf).toArray();
            assertArrayEquals(expected, tokenizer.encode(text), text);
        }
    }

    @Test
    void anIdThatNoTokenHasIsRefusedWithTheIdsThatThereAre() {
        Tokenizer tokenizer = CharacterTokenizer.train(List.of("a"), 3);
        tokenizer.check(0);
        tokenizer.check(2);
        for (int wrong : new int[] {-1, 3}) {
            String said = assertThrows(KitException.class, () -> tokenizer.check(wrong))
                    .getMessage();
            assertTrue(said.contains("Token id " + wrong + " is not") && said.contains("from 0 to 2:"), said);
        }
    }

    @Test
    void pairsSeenTwiceAreMergedAndThoseSeenOnceAreNot() {
        BpeTrainer trainer = new BpeTrainer(Splitter.GPT2);
        assertSame(trainer, trainer.add("ab ab"));
        trainer.add("\u00e9");
        assertEquals(7, trainer.bytes());
        assertEquals(3, trainer.words(), "ab, ab after a space, and an accented e");
        Bpe learned = trainer.learn(300, Progress.NONE);
        assertEquals(List.of("a b"), learned.merges());
        assertEquals(258, learned.size());
    }

    @Test
    void manyDifferentWordsAreCounted() {
        String text = IntStream.range(0, 10_000).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
        BpeTrainer trainer = new BpeTrainer(Splitter.GPT2).add(text);
        Bpe learned = trainer.learn(260, Progress.NONE);
        assertEquals(text, learned.decode(learned.encode(text)));
        assertEquals(10_002, trainer.words(), "GPT-2 cuts numbers off: they, and w with and without a space before it");
    }

    @Test
    void progressIsToldOfEachTextAndEverySixtyFourMerges() {
        List<String> told = new ArrayList<>();
        Progress listener = new Progress() {
            @Override
            public void begin(String what, long total) {
                told.add(what + " of " + total);
            }

            @Override
            public void update(long done, String note) {
                told.add(String.valueOf(done));
            }

            @Override
            public void end(String note) {
                told.add(note);
            }
        };
        List<String> texts = Samples.prose(1);
        Bpe.train(List.of("ab ab", "ab"), 258, listener);
        assertEquals(
                List.of("counting words of -1", "5", "7", "2 different words", "byte-pair merges of 1", "1 merges"),
                told);
        told.clear();
        Bpe.train(List.of(String.join(" ", texts)), 257 + 130, listener);
        assertEquals(List.of("byte-pair merges of 130", "64", "128", "130 merges"), told.subList(3, told.size()));
    }
}
