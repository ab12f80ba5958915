package kawi.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MarkedTest {

    /** The text before (what came left out) or after (what went left out) as the picture shows it. */
    private static String shown(Html html, String leftOut) {
        return html.source()
                .replaceAll("<" + leftOut + "[^>]*>.*?</" + leftOut + ">", "")
                .replaceAll("<[^>]*>", "");
    }

    @Test
    void bothTextsCanBeReadFromTheirDifference() {
        Random random = new Random(4);
        for (int i = 0; i < 500; i++) {
            String before = random.ints(30, 'a', 'e')
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            String after = random.ints(25, 'b', 'f')
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            Html difference = Marked.difference(before, after);
            assertEquals(before, shown(difference, "ins"));
            assertEquals(after, shown(difference, "del"));
        }
    }

    @Test
    void equalTextsHaveNoMarks() {
        assertEquals("same", shown(Marked.difference("same", "same"), "none"));
        assertTrue(!Marked.difference("same", "same").source().contains("<del"));
    }

    @Test
    void whatCannotBeSeenIsNamedAndMarkupIsText() {
        String source = Marked.difference("a\u200Bb<i>", "ab<i>").source();
        assertTrue(source.contains("U+200B") && source.contains("&lt;i&gt;"), source);
        assertTrue(Marked.pieces(List.of("a", " <b>")).source().contains("\u00B7&lt;b&gt;"));
    }

    @Test
    void veryLongTextsAreShownOneAfterTheOther() {
        assertTrue(
                Marked.difference("x".repeat(5000), "y".repeat(5000)).source().length() > 10_000);
    }
}
