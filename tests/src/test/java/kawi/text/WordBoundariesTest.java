package kawi.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WordBoundariesTest {
    private static void are(String text, String... words) {
        assertEquals(List.of(words), WordBoundaries.words(text));
    }

    @Test
    void aWordIsARunOfLettersMarksAndDigitsWithApostrophesInside() {
        are(
                "\"Don't stop\" at 42 (naïve) cafés' rock’n’roll",
                "Don't",
                "stop",
                "at",
                "42",
                "naïve",
                "cafés",
                "rock’n’roll");
        are("''quoted'' a''b -- …", "quoted", "a", "b");
        are("e\u0301t\u0301e x² ½", "e\u0301t\u0301e", "x²", "½");
        are("");
        are("'");
        are("a'", "a");
    }

    @Test
    void scriptsBeyondLatinHaveWordsToo() {
        are("हिन्दी में लिखा", "हिन्दी", "में", "लिखा");
        are("می\u200Cخواهم بروم", "می\u200Cخواهم", "بروم");
        are("𐐀𐐁 𝐱", "𐐀𐐁", "𝐱");
        are("我们 go 東京タワーへ", "我", "们", "go", "東", "京", "タワー", "へ");
        are("か\u3099x", "か\u3099", "x");
        are("한국어 말", "한국어", "말");
        are("👩\u200D👧 ok", "ok");
    }

    @Test
    void theFirstAndLastOfEachKindBelongToWords() {
        for (String word : List.of("a", "z", "A", "Z", "0", "9", "az", "09", "AZ", "é", "Ⅻ")) {
            are(word, word);
            are("@" + word + "[`{/:", word);
        }
        are("A我Z", "A", "我", "Z");
        are("ぁゖ", "ぁ", "ゖ");
        are("ぁa", "ぁ", "a");
        are("ゖa", "ゖ", "a");
        are("ぁ゙ゖ゙a", "ぁ゙", "ゖ゙", "a");
    }

    @Test
    void aPartOfATextIsCutAtItsEnds() {
        List<String> words = new ArrayList<>();
        String text = "one two's three";
        WordBoundaries.visit(text, 1, 8, (from, to) -> words.add(text.substring(from, to)));
        assertEquals(List.of("ne", "two"), words);
    }
}
