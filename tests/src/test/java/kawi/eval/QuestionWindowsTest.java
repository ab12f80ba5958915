package kawi.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import kawi.evidence.KitException;
import kawi.tune.Example;
import kawi.tune.PassageQuestions;
import org.junit.jupiter.api.Test;

class QuestionWindowsTest {
    private static Example question(String context) {
        return Example.of("answered", context, "Which?", List.of("f"));
    }

    @Test
    void windowsCoverAllWordsAndOverlap() {
        List<String> windows = new QuestionWindows(4, 2)
                .of(question("a b c d e f g")).stream().map(Example::context).toList();
        assertEquals(List.of("a b c d", "c d e f", "e f g"), windows);
        assertEquals(1, new QuestionWindows(4, 2).of(question("a b c d")).size());
        assertEquals(2, new QuestionWindows(3, 3).of(question("a b c d e f")).size());
        assertThrows(KitException.class, () -> new QuestionWindows(3, 4));
        assertThrows(KitException.class, () -> new QuestionWindows(0, 0));
    }

    @Test
    void ofTheAnswersThatSaySomethingTheLikeliestByItsBytesCounts() {
        List<List<Example>> scored = new ArrayList<>();
        List<String> answers = new QuestionWindows(2, 2)
                .answers(
                        List.of(question("a b c d e f"), question("x y"), question("p q r s"), question("m n o p")),
                        windows -> windows.stream()
                                .map(w -> switch (w.context()) {
                                    case "a b" -> "long answer"; // 4 nats: 4/11 a byte
                                    case "c d" -> "Unanswerable.";
                                    case "e f" -> "f"; // 1 nat a byte
                                    case "r s" -> "only one";
                                    default -> PassageQuestions.NO_ANSWER;
                                })
                                .toList(),
                        (windows, said) -> {
                            scored.add(windows);
                            return new double[] {4, 1};
                        });
        assertEquals(
                List.of("long answer", PassageQuestions.NO_ANSWER, "only one", PassageQuestions.NO_ANSWER), answers);
        assertEquals(1, scored.size(), "one question had two answers to choose from");
        assertEquals(2, scored.get(0).size(), "what says nothing is not scored");
    }

    @Test
    void aQuestionWithoutAnAnswerIsRightWhereNothingIsAnswered() {
        SquadScore score = SquadScore.withUnanswerable(
                List.of("", "the cat", "", "a cat"),
                List.of(List.of(""), List.of(""), List.of("cat"), List.of("the black cat", "dog")));
        // right, wrong, wrong, and one of two words: F1 2/3
        assertEquals(1 / 4.0, score.exactMatch().score(), 1e-9);
        assertEquals((1 + 0 + 0 + 2 / 3.0) / 4, score.f1().score(), 1e-9);
        assertEquals(1 / 2.0, score.only(new int[] {0, 1}).exactMatch().score(), 1e-9);
        assertEquals(1 / 3.0, score.only(new int[] {2, 3}).f1().score(), 1e-9);
    }
}
