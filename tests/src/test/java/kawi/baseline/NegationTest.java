package kawi.baseline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import kawi.tune.Example;
import org.junit.jupiter.api.Test;

class NegationTest {
    @Test
    void aNegationReachesToTheNextSign() {
        assertEquals(
                "It isn't not_a not_good not_film, but (never not_dull) it moves.",
                Negation.marked("It isn't a good  film, but (never dull) it moves."));
        assertEquals("Don\u2019t not_go. Go!", Negation.marked("Don\u2019t go. Go!"));
        assertEquals("Not not_bad - not_at not_all", Negation.marked("Not bad - at all"));
        assertEquals("nothing", Negation.marked("nothing"));
    }

    @Test
    void aBagOfMarkedWordsTellsWhatIsNotGood() {
        List<Example> examples = new ArrayList<>();
        for (String what : List.of("film", "plot", "cast", "end")) {
            examples.add(Example.of("", "", Negation.marked("a good " + what), List.of("positive")));
            examples.add(Example.of("", "", Negation.marked("not a very good " + what), List.of("negative")));
        }
        BagOfWords bag = BagOfWords.train(examples, List.of("negative", "positive"), 1);
        assertTrue(bag.probability(Negation.marked("never a good score")) < 0.5);
        assertTrue(bag.probability(Negation.marked("a good score")) > 0.5);
    }

    @Test
    void wordsThatNothingLearnedHadAreCounted() {
        BagOfWords bag = BagOfWords.train(
                List.of(
                        Example.of("", "", "a good film", List.of("positive")),
                        Example.of("", "", "a bad film", List.of("negative"))),
                List.of("negative", "positive"),
                1);
        assertEquals(2 / 4.0, bag.unknown("A good unseen thing"), 1e-9);
        assertEquals(0, bag.unknown("..."), 1e-9);
    }
}
