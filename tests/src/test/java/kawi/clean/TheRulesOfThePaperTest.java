package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Names, bounds and measures of the rules of Rae et al. (2021), appendix A.1.1 and table A1, counted by hand. */
class TheRulesOfThePaperTest {

    private static List<String> bounds(RuleFilter filter) {
        return filter.rules().stream()
                .map(rule -> rule.measure() + " " + rule.low() + " " + rule.high())
                .toList();
    }

    @Test
    void theBoundsAreThoseOfThePaper() {
        assertEquals(
                List.of(
                        "words 50.0 100000.0",
                        "mean word length 3.0 10.0",
                        "symbols a word null 0.1",
                        "lines that are bullets null 0.9",
                        "lines that end in an ellipsis null 0.3",
                        "words with a letter 0.8 null",
                        "different stop words 2.0 null"),
                bounds(Quality.gopher()));
        List<String> repetition = new ArrayList<>(List.of(
                "lines seen before null 0.3",
                "characters in lines seen before null 0.2",
                "paragraphs seen before null 0.3",
                "characters in paragraphs seen before null 0.2",
                "characters in the top 2-gram null 0.2",
                "characters in the top 3-gram null 0.18",
                "characters in the top 4-gram null 0.16"));
        double[] seen = {0.15, 0.14, 0.13, 0.12, 0.11, 0.1};
        for (int n = 5; n <= 10; n++) {
            repetition.add("characters in " + n + "-grams seen before null " + seen[n - 5]);
        }
        assertEquals(repetition, bounds(Repetition.gopher()));
    }

    private static void measured(RuleFilter filter, String text, double... expected) {
        List<Double> found = List.copyOf(filter.measures(text).values());
        assertEquals(expected.length, found.size());
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found.get(i), 1e-12, filter.rules().get(i).measure());
        }
    }

    @Test
    void qualityIsMeasuredAsCountedByHand() {
        String text = "# One ... two\n- three\n* four\n\u2022 five\n\nsix seven...\neight \u2026";
        measured(Quality.gopher(), text, 14, 43 / 14.0, 4 / 14.0, 3 / 6.0, 2 / 6.0, 8 / 14.0, 0);
        measured(Quality.gopher(), "", 0, 0, 0, 0, 0, 0, 0);
        measured(Quality.gopher(), "the THE The", 3, 3, 0, 0, 0, 1, 1);
        measured(Quality.gopher(), "the To of", 3, 7 / 3.0, 0, 0, 0, 1, 2); // two are enough
        measured(Quality.gopher(), "the To 1st 2", 4, 2.25, 0, 0, 0, 3 / 4.0, 2);
    }

    @Test
    void repetitionIsMeasuredAsCountedByHandForEachLength() {
        String lines = "aa\nbb\naa\n\ncc dd\n\ncc dd";
        measured(Repetition.gopher(), lines, 2 / 5.0, 7 / 16.0, 1 / 3.0, 5 / 18.0, 8 / 14.0, 0, 0, 0, 0, 0, 0, 0, 0);
        measured(
                Repetition.gopher(),
                "\n\n" + lines + "\n\n\n",
                2 / 5.0,
                7 / 16.0,
                1 / 3.0,
                5 / 18.0,
                8 / 14.0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0);
        // seven words come twice: runs of five to seven of them, and none of eight
        double again = 7 / 15.0;
        measured(
                Repetition.gopher(),
                "a b c d e f g x a b c d e f g",
                0,
                0,
                0,
                0,
                4 / 15.0,
                6 / 15.0,
                8 / 15.0,
                again,
                again,
                again,
                0,
                0,
                0);
        double half = 10 / 20.0;
        measured(
                Repetition.gopher(),
                "a b c d e f g h i j a b c d e f g h i j",
                0,
                0,
                0,
                0,
                4 / 20.0,
                6 / 20.0,
                8 / 20.0,
                half,
                half,
                half,
                half,
                half,
                half);
    }

    @Test
    void ofEquallyFrequentRunsTheLongestCountsAndOfLessFrequentOnesNone() {
        for (int i = 10; i < 30; i++) {
            // twice each: "aaaa<i> bbbb" (10 letters), "bbbb c" (5), "c d<i>" (4)
            String equal = "aaaa" + i + " bbbb c d" + i + " aaaa" + i + " bbbb c d" + i;
            assertEquals(20 / 28.0, new TextFeatures(equal).topNGram(2), 1e-12, equal);
            // "aaaa<i> bbbb" comes twice, "c d<i>" three times
            String more = "aaaa" + i + " bbbb x aaaa" + i + " bbbb y c d" + i + " c d" + i + " c d" + i;
            assertEquals(12 / 34.0, new TextFeatures(more).topNGram(2), 1e-12, more);
        }
    }

    @Test
    void aDocumentAtABoundIsKeptAndOneBeyondItIsNot() {
        RuleFilter filter =
                new RuleFilter("mine", List.of(new RuleFilter.Rule("words", 2.0, 3.0, f -> f.words().length)));
        List<String> kept = new ArrayList<>();
        for (String text : List.of("a", "a b", "a b c", "a b c d")) {
            if (filter.judge(kawi.readers.Packed.document("x", text)) instanceof Verdict.Keep) {
                kept.add(text);
            }
        }
        assertEquals(List.of("a b", "a b c"), kept);
    }
}
