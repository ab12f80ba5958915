package kawi.tune;

import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import org.junit.jupiter.api.Test;

class BestOfNTest {
    private static Example asked(String input) {
        return Example.of("kind", "It takes the key, and \"throws\" nothing.", input, List.of("gold"));
    }

    private static BestOfN.Drawn drawn(String input, String... answers) {
        return BestOfN.judged(asked(input), List.of(answers), Reward.inText());
    }

    @Test
    void anAnswerIsInTheTextWordForWordOrNot() {
        Reward reward = Reward.inText();
        for (String in : List.of("the key", "The KEY.", "“the key”", "key, and throws", "it takes")) {
            assertEquals(1, reward.of(asked(""), in), in);
        }
        for (String out : List.of("", " . ", "a key", "the keys", "he key", "key the")) {
            assertEquals(0, reward.of(asked(""), out), out);
        }
    }

    @Test
    void theBestIsTunedOnAndStandsAgainstTheWorst() {
        List<BestOfN.Drawn> drawn = List.of(
                drawn("a", "no", "the key", "nothing", "never"),
                drawn("b", "it", "takes", "the", "key"),
                drawn("c", "no", "none"),
                drawn("d", "", "key", " "));
        assertEquals(
                List.of(0.5, 1.0, 0.0, 1 / 3.0),
                drawn.stream().map(BestOfN.Drawn::mean).toList());
        List<Example> best = BestOfN.best(drawn);
        assertEquals(List.of("a", "b", "d"), best.stream().map(Example::input).toList());
        assertEquals(
                List.of("the key", "it", "key"),
                best.stream().map(Example::answer).toList());
        assertEquals(asked("a").context(), best.get(0).context());
        assertEquals("kind", best.get(0).slice());
        assertEquals(
                List.of(new PreferencePair(drawn.get(0).example(), "the key", "no")),
                BestOfN.pairs(drawn),
                "b and c have no choice, and d's worst says nothing");
        assertEquals(List.of(), BestOfN.best(List.of(drawn.get(1))), "all are worth the same");
        var facts = BestOfN.of(4).seed(9).facts(drawn);
        assertEquals((0.5 + 1 + 1 / 3.0) / 4, (double) facts.get("mean reward"), 1e-12);
        assertEquals(0.75, facts.get("mean reward of the best"));
        assertEquals(2L, facts.get("examples with a choice"));
        assertEquals(9L, facts.get("seed of the draws"));
    }

    @Test
    void whatCannotBeIsRefusedInASentence() {
        for (var wrong : List.<org.junit.jupiter.api.function.Executable>of(
                () -> BestOfN.of(1),
                () -> BestOfN.of(4).temperature(0),
                () -> BestOfN.of(4).temperature(Double.NaN),
                () -> BestOfN.of(4).temperature(1000),
                () -> new BestOfN(4, 1, 0, 1),
                () -> BestOfN.of(4).draw(null, List.of(), Reward.inText(), Progress.NONE),
                () -> BestOfN.judged(asked(""), List.of("a"), (e, said) -> Double.NaN))) {
            String said = assertThrows(KitException.class, wrong).getMessage();
            assertTrue(said.endsWith("."), said);
        }
    }
}
