package kawi.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BytesAndWordTableTest {

    @Test
    void aTextsBytesAreThoseOfUtf8AndALoneSurrogateIsTheReplacementCharacter() {
        String lost = "\uFFFD";
        Map<String, String> table = Map.ofEntries(
                Map.entry("", ""),
                Map.entry("a\u00e9\u20ac\uD83D\uDE00", "a\u00e9\u20ac\uD83D\uDE00"),
                Map.entry("\uD83D\uDE00\uD83D\uDE00", "\uD83D\uDE00\uD83D\uDE00"),
                Map.entry("\uD7FF\uE000\uD800", "\uD7FF\uE000" + lost),
                Map.entry("a\uD83D", "a" + lost),
                Map.entry("\uD83Da", lost + "a"),
                Map.entry("\uDE00\uD83D", lost + lost),
                Map.entry("\uDE00\uDE00", lost + lost),
                Map.entry("\uD83D\uD83D\uDE00", lost + "\uD83D\uDE00"),
                Map.entry("\uD83D\uDE00\uDFFF", "\uD83D\uDE00" + lost));
        table.forEach((text, whole) -> assertArrayEquals(whole.getBytes(StandardCharsets.UTF_8), Utf8.bytes(text)));
    }

    @Test
    void aCharacterIsReadFromItsBytesWhateverTheirNumber() {
        for (int c : new int[] {'a', 0x7F, 0x80, 0x7FF, 0x800, 0xFFFD, 0x10000, 0x1F600, 0x40000, 0x10FFFF}) {
            byte[] utf8 = ("x" + Character.toString(c)).getBytes(StandardCharsets.UTF_8);
            assertEquals(c, Utf8.codePoint(utf8, 1), Integer.toHexString(c));
            assertEquals(utf8.length - 1, Utf8.length(utf8[1]));
        }
    }

    @Test
    void everyByteIsReadAsItWasWrittenAndWhatIsOfAnotherAlphabetIsNot() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) all[i] = (byte) i;
        assertArrayEquals(all, ByteLevel.read(ByteLevel.write(all, 0, all.length)));
        int last = ByteLevel.write(all, 0, all.length).chars().max().orElseThrow();
        for (int c : new int[] {0, ' ', 0x7F, last + 1, last + 2, 0xFFFF}) {
            assertNull(ByteLevel.read("a" + (char) c), Integer.toHexString(c));
        }
    }

    @Test
    void aWordWithoutLettersIsAWordOfItsOwnWheneverItComes() {
        for (int others : new int[] {0, 1, 4095, 4096, 4097, 8192, 8193}) {
            WordTable table = new WordTable();
            for (int i = 0; i < others; i++) {
                byte[] text = ("word" + i).getBytes(StandardCharsets.UTF_8);
                table.index(text, 0, text.length);
            }
            assertEquals(others, table.index(new byte[1], 1, 1));
            assertEquals(others + 1, table.size());
        }
    }

    /** More words than the table has room for at first, of more letters than it has room for. */
    @Test
    void wordsAreNumberedInTheOrderOfFirstSightHoweverManyTheyAre() {
        WordTable table = new WordTable();
        for (int round = 0; round < 2; round++) {
            for (int again = 0; again < 2; again++) {
                for (int i = 0; i < 20_000; i++) {
                    byte[] text = ("<word" + i + ">").getBytes(StandardCharsets.UTF_8);
                    assertEquals(i, table.index(text, 1, text.length - 1));
                }
                assertEquals(20_000, table.size());
            }
            for (int i : new int[] {0, 1, 4095, 4096, 19_999}) {
                assertEquals(
                        "word" + i,
                        new String(
                                Arrays.copyOfRange(table.letters(), table.start(i), table.end(i)),
                                StandardCharsets.UTF_8));
            }
            table.clear();
            assertEquals(0, table.size());
        }
    }
}
