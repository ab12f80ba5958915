package kawi.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SplitterTest {

    /** The published pattern; Java's {@code \s} is told to mean Unicode's white space. */
    private static final String SPACE = "\\p{IsWhite_Space}";

    private static final Pattern PUBLISHED = Pattern.compile("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^" + SPACE
            + "\\p{L}\\p{N}]+|" + SPACE + "+(?!" + "[^" + SPACE + "])|" + SPACE + "+");

    private static List<String> published(String text) {
        return PUBLISHED.matcher(text).results().map(MatchResult::group).toList();
    }

    @Test
    void theHandScannedSplitEqualsThePublishedPattern() {
        for (String text : Samples.AWKWARD) assertEquals(published(text), Splitter.GPT2.split(text));
        Random random = new Random(11);
        for (int i = 0; i < 3000; i++) {
            String text = Samples.random(random, 80);
            assertEquals(published(text), Splitter.GPT2.split(text));
        }
    }

    @Test
    void contractionsAreThoseOfThePatternAlsoAtTheEndOfAText() {
        for (String end :
                List.of("s", "t", "m", "d", "re", "ve", "ll", "r", "v", "l", "re've'l", "rx", "lx", "", "'l")) {
            for (String text : List.of("it'" + end, "it'" + end + " is", "it'" + end + "lel")) {
                assertEquals(published(text), Splitter.GPT2.split(text));
            }
        }
    }

    @Test
    void piecesJoinedAreTheText() {
        Random random = new Random(12);
        for (Splitter splitter : Splitter.values()) {
            for (int i = 0; i < 500; i++) {
                String text = Samples.random(random, 80);
                assertEquals(text, String.join("", splitter.split(text)));
            }
        }
    }

    @Test
    void smolLmSetsEveryDigitApart() {
        assertEquals(List.of("in", " ", "2", "0", "2", "4", " it", "'s"), Splitter.SMOLLM.split("in 2024 it's"));
        assertEquals(List.of("a", "  ", "5"), Splitter.SMOLLM.split("a  5"));
        assertEquals(List.of("in", " 2024", " it", "'s"), Splitter.GPT2.split("in 2024 it's"));
    }
}
