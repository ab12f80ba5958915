package kawi.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.eval.AnswerErrors.Kind;
import kawi.evidence.KitException;
import kawi.tune.Example;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

/** Reading errors: every answer is of one kind, by hand. */
class AnswerErrorsTest {
    private static final Example QUESTION = Example.of(
            "", "It takes key, the key to retrieve. It gives back an old value.", "What is key?", List.of("the key"));
    private static final Example TWO = Example.of("", "one two three", "How many?", List.of("one", "two three"));

    @Test
    void anAnswerIsOfTheKindThatOneWouldSay() {
        assertEquals(Kind.RIGHT, AnswerErrors.kind(QUESTION, "Key."), "articles, case and signs do not count");
        assertEquals(Kind.NOTHING, AnswerErrors.kind(QUESTION, " "));
        assertEquals(Kind.NOTHING, AnswerErrors.kind(QUESTION, "the"));
        assertEquals(Kind.MORE, AnswerErrors.kind(QUESTION, "the key to retrieve"));
        assertEquals(Kind.ELSEWHERE, AnswerErrors.kind(QUESTION, "an old value"));
        assertEquals(Kind.INVENTED, AnswerErrors.kind(QUESTION, "a new value"));
        assertEquals(Kind.INVENTED, AnswerErrors.kind(QUESTION, "ke"), "a part of a word is no word");
        assertEquals(Kind.INVENTED, AnswerErrors.kind(QUESTION, "monkey"), "nor is a longer one");
        assertEquals(Kind.PART, AnswerErrors.kind(TWO, "three"));
    }

    @Test
    void ofSeveralRightAnswersTheOneThatSpeaksBestCounts() {
        assertEquals(Kind.RIGHT, AnswerErrors.kind(TWO, "two three"));
        assertEquals(Kind.RIGHT, AnswerErrors.kind(TWO, "one"));
        assertEquals(Kind.MORE, AnswerErrors.kind(TWO, "one two"));
    }

    @Test
    void aQuestionWhoseRightAnswerIsNothingHasNoAnswerThatIsMore() {
        Example none = Example.of("", "one two", "How many?", List.of(""));
        assertEquals(Kind.RIGHT, AnswerErrors.kind(none, ""));
        assertEquals(Kind.ELSEWHERE, AnswerErrors.kind(none, "two"));
    }

    @Test
    void theTableCountsEveryAnswerOfEverySystemOnce() {
        Map<String, List<String>> said = new LinkedHashMap<>();
        said.put("before", List.of("value", "four"));
        said.put("after", List.of("the key", "one two"));
        Table table = AnswerErrors.table(List.of(QUESTION, TWO), said);
        assertEquals(List.of("what was written", "before", "after"), table.columnNames());
        assertEquals(
                List.of("the answer", "the answer and more", "another place of the text", "not in the text"),
                table.stringColumn(0).asList(),
                "kinds that nobody wrote have no row");
        assertEquals(List.of(0, 0, 1, 1), table.intColumn("before").asList());
        assertEquals(List.of(1, 1, 0, 0), table.intColumn("after").asList());
    }

    @Test
    void anAnswerTooFewIsRefusedInOneSentence() {
        KitException said = assertThrows(
                KitException.class, () -> AnswerErrors.table(List.of(QUESTION, TWO), Map.of("x", List.of("one"))));
        assertTrue(said.getMessage().startsWith("Questions and their answers"), said.getMessage());
    }
}
