package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import kawi.corpus.Document;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;

class RulesByGenreTest {
    private static RuleFilter atLeastThreeWords() {
        return new RuleFilter("mine", List.of(new RuleFilter.Rule("words", 3.0, null, f -> f.words().length)));
    }

    private static Document document(String genre, String text) {
        return Document.collected("s", "p", null, null, 1990, genre, "CC0-1.0", "https://example.org/", text);
    }

    private static boolean keeps(RuleFilter filter, String genre, String text) {
        Document document = document(genre, text);
        Verdict verdict = filter.begin().judge(document);
        if (verdict instanceof Verdict.Keep keep) {
            assertSame(document, keep.document());
        }
        return verdict instanceof Verdict.Keep;
    }

    @Test
    void aSparedGenreIsKeptWhateverItSaysAndEveryOtherIsJudged() {
        RuleFilter whole = atLeastThreeWords();
        RuleFilter filter = whole.except("reference", "code");
        assertTrue(keeps(filter, "reference", "a"));
        assertTrue(keeps(filter, "code", "a"));
        assertTrue(!keeps(filter, "drama", "a"));
        assertTrue(!keeps(filter, null, "a"));
        assertTrue(keeps(filter, "drama", "a b c"));
        assertTrue(!keeps(whole, "reference", "a"), "the filter it was made from stays as it was");
    }

    @Test
    void aFilterForSomeDocumentsLeavesTheOthersUnread() {
        RuleFilter counting = new RuleFilter("mine", List.of(new RuleFilter.Rule("words", 3.0, null, f -> {
            throw new IllegalStateException("was read");
        })));
        assertTrue(keeps(counting.only("before 1900", d -> d.year() < 1900), "drama", "a"));
        assertThrows(
                IllegalStateException.class,
                () -> keeps(counting.only("after 1900", d -> d.year() > 1900), "drama", "a"));
    }

    @Test
    void whatTheFilterIsForAddsUp() {
        RuleFilter filter = atLeastThreeWords()
                .except("code")
                .only("from s", d -> d.source().equals("s"))
                .except("reference");
        assertTrue(keeps(filter, "code", "a"));
        assertTrue(keeps(filter, "reference", "a"));
        assertTrue(!keeps(filter, "drama", "a"));
        assertTrue(keeps(
                atLeastThreeWords()
                        .except("code")
                        .only("from t", d -> d.source().equals("t")),
                "drama",
                "a"));
    }

    @Test
    void aMovedBoundKeepsTheGenresAndTheLanguage() {
        RuleFilter filter = atLeastThreeWords().in("zh").except("code").move("words", 5.0, null);
        assertTrue(keeps(filter, "code", "a"));
        assertTrue(!keeps(filter, "drama", "我们在北京"));
        assertTrue(keeps(filter, "drama", "我们在北京大学学习"));
        assertTrue(keeps(atLeastThreeWords().except("code").in("zh"), "code", "a"));
        assertTrue(keeps(atLeastThreeWords().in("zh").except("code"), "drama", "我们在北京"));
        assertTrue(!keeps(atLeastThreeWords().except("code"), "drama", "我们在北京"));
    }

    @Test
    void documentsThatOneOfTwoFiltersSparesAreTheirFlips() {
        List<Document> documents = List.of(document("code", "a"), document("drama", "a"), document("drama", "a b c"));
        List<RuleFilter.Flip> flips = atLeastThreeWords().except("code").flips(documents, atLeastThreeWords());
        assertEquals(1, flips.size());
        assertEquals("code", flips.get(0).document().genre());
        assertTrue(flips.get(0).keptBefore());
        assertEquals("words 1 is below 3", flips.get(0).reason());
        assertEquals(
                List.of(),
                atLeastThreeWords()
                        .except("code")
                        .flips(documents, atLeastThreeWords().except("code").move("words", 2.0, null)));
    }

    @Test
    void theTableSaysWhatTheRulesAreFor() {
        assertEquals("mine", atLeastThreeWords().table().name());
        assertEquals("filter mine of 1 rules", atLeastThreeWords().toString());
        RuleFilter filter = atLeastThreeWords().except("reference", "code").only("before 1900", d -> true);
        assertEquals("mine, except reference, code, before 1900", filter.table().name());
        assertEquals("filter mine, except reference, code, before 1900 of 1 rules", filter.toString());
        assertEquals("mine", filter.name());
    }

    @Test
    void anExceptionWithoutAGenreIsRefused() {
        String message =
                assertThrows(KitException.class, atLeastThreeWords()::except).getMessage();
        assertEquals("The filter mine is to leave out no genre: name at least one.", message);
    }

    @Test
    void aRuleRemembersNothingSoItsDocumentsMayBeJudgedInAnyOrder() {
        assertTrue(atLeastThreeWords().independent());
    }
}
