package kawi.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class StopWordsOfLanguagesTest {
    @Test
    void aListIsInLowerCaseAndComposedAsTextsAre() {
        assertSame(StopWords.ENGLISH, StopWords.of("en"));
        for (String language : StopWords.languages()) {
            assertTrue(StopWords.of(language).size() >= 25, language);
            for (String word : StopWords.of(language)) {
                assertEquals(Normalizer.normalize(word.toLowerCase(Locale.ROOT), Normalizer.Form.NFC), word);
                assertEquals(word.strip(), word);
                assertFalse(word.isEmpty(), language);
            }
        }
    }

    @Test
    void negationsAreOnNoList() {
        List<String> negations = List.of(
                "not", "nicht", "kein", "ohne", "sin", "ni", "non", "sans", "pas", "não", "sem", "niet", "geen", "nu",
                "fără", "δεν", "χωρίς", "не", "без", "değil", "không", "لا", "لم", "नहीं", "不", "没", "ない", "ไม่");
        for (String language : StopWords.languages()) {
            for (String no : negations) {
                assertFalse(StopWords.of(language).contains(no), language + " " + no);
            }
        }
    }

    @Test
    void wordsAreCutByTheDictionaryOfTheirLanguage() {
        assertEquals(List.of("我们", "在", "北京", "2008", "年"), WordBoundaries.words("我们在北京 2008年!", "zh"));
        assertEquals(List.of("ภาษา", "ไทย", "และ", "มนุษย์"), WordBoundaries.words("ภาษาไทยและมนุษย์", "tha"));
        assertEquals(List.of("ภาษาไทยและมนุษย์"), WordBoundaries.words("ภาษาไทยและมนุษย์", "de"));
        assertEquals(List.of("l’homme", "est"), WordBoundaries.words("l’homme est.", null));
        assertEquals(List.of(), WordBoundaries.words("", "ja"));
        for (String language : List.of("zh", "cmn", "ja", "th", "lo", "km", "my")) {
            assertTrue(WordBoundaries.unspaced(language), language);
        }
        for (String language : new String[] {"en", "ko", "vi", "", null}) {
            assertFalse(WordBoundaries.unspaced(language), language);
        }
    }

    @Test
    void aLanguageHasOneCodeHoweverItIsNamed() {
        assertEquals("de", LanguageCode.of("deu"));
        assertEquals("de", LanguageCode.of("DE-ch"));
        assertEquals("zh", LanguageCode.of("cmn"));
        assertEquals("ceb", LanguageCode.of("ceb"));
        assertEquals("", LanguageCode.of(""));
        assertEquals("", LanguageCode.of("no such language"));
        assertEquals("", LanguageCode.of(null));
    }
}
