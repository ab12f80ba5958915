package kawi.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenFileTest {

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("train.tokens");
    }

    private Path written(int vocabularySize, int... ids) {
        try (TokenWriter writer = TokenFile.writer(file(), vocabularySize)) {
            writer.document(ids, 3).finish();
        }
        return file();
    }

    private void refused(String word) {
        KitException refusal =
                assertThrows(KitException.class, () -> TokenFile.open(file()).close());
        assertTrue(refusal.getMessage().contains(word), refusal.getMessage());
    }

    @Test
    void whatWasWrittenIsRead() {
        for (int vocabulary : new int[] {1000, 65_536, 200_000}) {
            int[] ids = new Random(5).ints(300_000, 0, vocabulary).toArray();
            try (TokenWriter writer = TokenFile.writer(file(), vocabulary)) {
                writer.document(Arrays.copyOf(ids, 100_000), 10)
                        .document(Arrays.copyOfRange(ids, 100_000, ids.length), 32)
                        .finish();
            }
            try (TokenFile tokens = TokenFile.open(file())) {
                assertEquals(ids.length, tokens.length());
                assertEquals(vocabulary, tokens.vocabularySize());
                assertEquals(2, tokens.documents());
                assertEquals(42, tokens.bytes());
                assertArrayEquals(ids, tokens.read(0, ids.length));
                assertArrayEquals(Arrays.copyOfRange(ids, 131_070, 131_080), tokens.read(131_070, 10));
            }
        }
    }

    @Test
    void documentsEndWithTheEndOfTextAndCountTheirBytes() {
        String text = "mother 👍 é";
        try (TokenWriter writer = TokenFile.writer(file(), BpeTest.bpe().size())) {
            writer.document(BpeTest.bpe(), text).document(BpeTest.bpe(), "").finish();
        }
        try (TokenFile tokens = TokenFile.open(file())) {
            int[] ids = tokens.read(0, (int) tokens.length());
            assertEquals(text + "<|endoftext|><|endoftext|>", BpeTest.bpe().decode(ids));
            assertEquals(text.getBytes(StandardCharsets.UTF_8).length, tokens.bytes());
            assertEquals(2, tokens.documents());
        }
    }

    @Test
    void anEmptyFileAndAFileOfOneTokenAreFiles() {
        try (TokenWriter none = TokenFile.writer(file(), 300)) {
            assertEquals(0, none.length());
            none.finish();
        }
        try (TokenFile tokens = TokenFile.open(file())) {
            assertEquals(0, tokens.length());
            assertEquals(0, tokens.read(0, 0).length);
            assertThrows(KitException.class, () -> tokens.read(0, 1));
        }
        try (TokenFile tokens = TokenFile.open(written(300, 7))) {
            assertArrayEquals(new int[] {7}, tokens.read(0, 1));
        }
    }

    @Test
    void readingBeyondTheEndIsRefused() {
        try (TokenFile tokens = TokenFile.open(written(10, 1, 2, 3))) {
            assertThrows(KitException.class, () -> tokens.read(2, 2));
            assertThrows(KitException.class, () -> tokens.read(-1, 1));
        }
    }

    @Test
    void aTokenBeyondTheVocabularyIsRefused() {
        assertThrows(KitException.class, () -> written(10, 10));
        assertThrows(KitException.class, () -> written(10, -1));
    }

    @Test
    void aFileThatIsCutShortForeignUnfinishedOrDamagedIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(written(10, 1, 2, 3, 4));
        Files.write(file(), Arrays.copyOf(whole, whole.length - 1));
        refused("cut short");
        Files.write(file(), Arrays.copyOf(whole, 40));
        refused("too few");
        Files.write(file(), new byte[0]);
        refused("too few");
        Files.writeString(file(), "x".repeat(100));
        refused("not a token file");
        Files.write(file(), new byte[100]);
        refused("never finished");
        byte[] flipped = whole.clone();
        flipped[66] ^= 1;
        Files.write(file(), flipped);
        refused("checksum");
        byte[] header = whole.clone();
        header[24] ^= 1;
        Files.write(file(), header);
        refused("damaged header");
        assertThrows(KitException.class, () -> TokenFile.open(folder.resolve("none.tokens")));
    }

    @Test
    void aHeaderThatNoWriterMakesIsRefusedThoughItsChecksumIsRight() throws IOException {
        byte[] whole = Files.readAllBytes(written(300, 1, 2, 3));
        for (int[] change :
                new int[][] {{12, 0}, {12, 70_000}, {16, 4}, {20, 1}, {28, -1}, {36, -1}, {44, -1}, {56, 1}}) {
            ByteBuffer header = ByteBuffer.wrap(whole.clone()).order(ByteOrder.LITTLE_ENDIAN);
            header.putInt(change[0], change[1]);
            header.putInt(52, TokenFile.checksum(header.duplicate().position(0).limit(52)));
            Files.write(file(), header.array());
            refused("has a header that no writer");
        }
    }

    @Test
    void aClosedFileSaysSoAndPositionsThatItHasNotAreRefused() {
        TokenFile tokens = TokenFile.open(written(300, 1, 2, 3));
        assertThrows(KitException.class, () -> tokens.read(2, 2));
        assertThrows(KitException.class, () -> tokens.read(-1, 1));
        assertThrows(KitException.class, () -> tokens.read(Long.MAX_VALUE, 1));
        assertThrows(KitException.class, () -> tokens.read(0, -1));
        tokens.close();
        assertTrue(assertThrows(KitException.class, () -> tokens.read(0, 1))
                .getMessage()
                .contains("was closed"));
    }

    @Test
    void aDocumentWithAnIdBeyondTheVocabularyIsLeftOutAsAWhole() {
        try (TokenWriter writer = TokenFile.writer(file(), 10)) {
            writer.document(new int[] {1}, 1);
            assertThrows(KitException.class, () -> writer.document(new int[] {2, 3, 10}, 3));
            assertThrows(KitException.class, () -> writer.document(new int[] {-1}, 3));
            writer.document(new int[] {4}, 1).finish();
            assertThrows(IllegalStateException.class, writer::finish);
            assertThrows(IllegalStateException.class, () -> writer.document(new int[] {1}, 1));
        }
        try (TokenFile tokens = TokenFile.open(file())) {
            assertArrayEquals(new int[] {1, 4}, tokens.read(0, 2));
            assertEquals(2, tokens.length());
            assertEquals(2, tokens.documents());
            assertEquals(2, tokens.bytes());
        }
    }

    @Test
    void nothingHasTheFinalNameBeforeTheWriterIsFinished() {
        TokenWriter writer = TokenFile.writer(file(), 10).document(new int[] {1}, 1);
        assertFalse(Files.exists(file()));
        writer.finish();
        assertTrue(Files.exists(file()));
        writer.close();
        assertTrue(Files.exists(file()));
    }
}
