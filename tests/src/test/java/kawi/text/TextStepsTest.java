package kawi.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Steps before a model give just the pieces that they are said to give: none is empty, and none is lost. */
class TextStepsTest {

    @Test
    void aTextIsCutAtAnotherInFourWays() {
        assertEquals(List.of("a,", ",", "b"), TextSteps.at("a,,b", ",", "MergedWithPrevious"));
        assertEquals(List.of(",", "a,"), TextSteps.at(",a,", ",", "MergedWithPrevious"));
        assertEquals(List.of("a", ",", ",b"), TextSteps.at("a,,b", ",", "MergedWithNext"));
        assertEquals(List.of(",a", ","), TextSteps.at(",a,", ",", "MergedWithNext"));
        assertEquals(List.of("a", ",", ",", "b"), TextSteps.at("a,,b", ",", "Isolated"));
        assertEquals(List.of(",", "a", ","), TextSteps.at(",a,", ",", "Isolated"));
        assertEquals(List.of("a", "b"), TextSteps.at("a,,b", ",", "Removed"));
        assertEquals(List.of("a"), TextSteps.at(",a,", ",", "Removed"));
        assertEquals(List.of("a", "b"), TextSteps.at("a, b", ", ", "Removed"));
        for (String way : List.of("MergedWithPrevious", "MergedWithNext", "Isolated", "Removed")) {
            assertEquals(List.of("ab"), TextSteps.at("ab", ",", way));
            assertEquals(List.of(), TextSteps.at("", ",", way));
        }
    }

    @Test
    void charactersOfAKindStandAlone() {
        assertEquals(List.of("1", "a", "2", "3"), TextSteps.alone("1a23", TextSteps::number));
        assertEquals(List.of("ab", "1"), TextSteps.alone("ab1", TextSteps::number));
        assertEquals(List.of("a"), TextSteps.alone("a", TextSteps::number));
        assertEquals(List.of("𝟙", "😀"), TextSteps.alone("𝟙😀", TextSteps::number));
        assertEquals(List.of(), TextSteps.alone("", TextSteps::number));
        assertEquals(List.of("😀", "12", "a", "½"), TextSteps.numbersApart("😀12a½"));
        assertEquals(List.of("a", "😀b"), TextSteps.spaced(" a  😀b "));
        assertEquals(List.of("a_1", "!?", "b", "-"), TextSteps.words("a_1!? b-"));
        assertEquals(List.of("a", "-", "-", "b", "!"), TextSteps.bertPieces(" a--b !"));
    }

    @Test
    void punctuationIsWhatBertSays() {
        String ascii = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
        for (int c = 0; c < 160; c++) {
            assertEquals(ascii.indexOf(c) >= 0, TextSteps.punctuation(c), "U+" + Integer.toHexString(c));
        }
        for (int c : new int[] {'‿', '–', '‚', '”', '»', '«', '¿', '】'}) {
            assertEquals(true, TextSteps.punctuation(c), Character.toString(c));
        }
        assertEquals(false, TextSteps.punctuation('€'));
    }

    @Test
    void theBlocksOfIdeographsThatBertSetsApartEndWhereItsLibrarySaysSo() {
        int[][] blocks = {
            {0x4E00, 0x9FFF},
            {0x3400, 0x4DBF},
            {0x20000, 0x2A6DF},
            {0x2A700, 0x2B73F},
            {0x2B740, 0x2B81F},
            {0x2B920, 0x2CEAF},
            {0xF900, 0xFAFF},
            {0x2F800, 0x2FA1F}
        };
        int apart = 0;
        for (int c = 0; c < 0x30000; c++) {
            boolean within = false;
            for (int[] block : blocks) {
                within |= block[0] <= c && c <= block[1];
            }
            if (c < 0xd800 || c > 0xdfff) {
                String text = Character.toString(c);
                String expected = within ? " " + text + " " : text;
                if (!expected.equals(TextSteps.bert(text, false, true, false, false))) {
                    assertEquals(expected, TextSteps.bert(text, false, true, false, false), Integer.toHexString(c));
                }
                apart += within ? 1 : 0;
            }
        }
        assertEquals(0x5200 + 0x19C0 + 0xA6E0 + 0x1040 + 0xE0 + 0x1590 + 0x200 + 0x220, apart);
    }

    @Test
    void sentencePiecesMarkStandsBeforeATextOnceAndBeginsPieces() {
        assertEquals(
                List.of("▁a", "▁b"), TextSteps.metaspace("▁", "always", true).apply("a b", false));
        assertEquals(List.of("▁a▁b"), TextSteps.metaspace("▁", "always", false).apply(" a b", true));
        assertEquals(List.of("▁a"), TextSteps.metaspace("▁", "first", true).apply("a", true));
        assertEquals(List.of("a"), TextSteps.metaspace("▁", "first", true).apply("a", false));
        assertEquals(List.of("a"), TextSteps.metaspace("▁", "never", true).apply("a", true));
        assertEquals(List.of(), TextSteps.metaspace("▁", "always", true).apply("", true));
        assertEquals(
                List.of("▁", "▁", "▁a"),
                TextSteps.metaspace("▁", "always", true).apply("   a", true));
    }
}
