package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import kawi.corpus.Document;
import kawi.readers.Packed;
import org.junit.jupiter.api.Test;

/** Raffel et al. (2020), section 2.2, and Penedo et al. (2024), section 3.6, counted by hand. */
class C4AndFineWebTest {
    private static final String GOOD =
            "The cat sat on the mat. Then it went out of the door. It did not come back" + " until the next morning.";

    private static boolean keeps(RuleFilter filter, String text) {
        return filter.judge(Packed.document("x", text)) instanceof Verdict.Keep;
    }

    private static String lines(String text) {
        return ((Verdict.Keep) Quality.c4Lines().begin().judge(Packed.document("x", text)))
                .document()
                .text();
    }

    @Test
    void c4LeavesTheLinesThatEndAsSentencesDoAndHaveFiveWords() {
        String stay = "One two three four five.\nIs this a whole line?\n  What a fine day today! \n"
                + "He said \"it is so late.\"\n\u201cIt is so late now.\u201d";
        assertEquals(stay, lines(stay));
        for (String go : List.of(
                "One two three four.",
                "One two three four five",
                "One two three four five,",
                "One two three four five...",
                "",
                "   ",
                "Please turn on JavaScript in your browser.",
                "You accept the Terms of Use of this site.",
                "Read our privacy policy before you go on.",
                "Read our Cookie Policy before you go on.",
                "This web site uses cookies for its work.",
                "You agree to the use of cookies here.",
                "Like all others we use cookies for this.")) {
            assertEquals(GOOD + "\n" + GOOD, lines(GOOD + "\n" + go + "\n" + GOOD), go);
        }
        assertEquals("", lines("Home\nNews"));
    }

    @Test
    void c4LinesAreAStepOfAllCoresThatDropsNothingAndKeepsADocumentAsItIsWhereNothingGoes() {
        assertEquals("C4 lines", Quality.c4Lines().name());
        assertTrue(Quality.c4Lines().independent());
        Document good = Packed.document("x", GOOD + "\r\n" + GOOD + "\n");
        assertSame(good, ((Verdict.Keep) Quality.c4Lines().begin().judge(good)).document());
    }

    @Test
    void c4DropsPagesOfFewSentencesPlaceholdersAndCode() {
        assertTrue(keeps(Quality.c4(), GOOD));
        assertTrue(keeps(Quality.c4(), "Home | News\n" + GOOD));
        assertEquals(
                List.of(3.0, 0.0, 0.0),
                List.copyOf(
                        Quality.c4().measures("Home. Stay. Go. Come.\n" + GOOD).values()));
        assertTrue(!keeps(Quality.c4(), GOOD.substring(0, GOOD.indexOf(" It did"))));
        assertTrue(!keeps(Quality.c4(), GOOD + "\nLorem IPSUM dolor"));
        assertTrue(!keeps(Quality.c4(), GOOD + "\nif (x) {"));
        assertTrue(keeps(Quality.c4(), GOOD + "\nx }"));
        assertEquals(
                List.of(0.0, 2.0, 3.0),
                List.copyOf(Quality.c4()
                        .measures("lorem ipsum lorem ipsum lorem {{ a {")
                        .values()));
        assertEquals(
                List.of(
                        "sentences in lines that C4 keeps 3.0 null",
                        "\"lorem ipsum\" null 0.0",
                        "curly brackets null 0.0"),
                Quality.c4().rules().stream()
                        .map(rule -> rule.measure() + " " + rule.low() + " " + rule.high())
                        .toList());
        assertEquals("C4", Quality.c4().name());
    }

    /** A page of this many lines, of which so many end in a full stop and so many are short. */
    private static String page(int lines, int ended, int brief) {
        StringBuilder page = new StringBuilder();
        for (int i = 0; i < lines; i++) {
            // 29 characters or 30
            page.append((i < brief ? "%06d a line of text is so %s" : "%06d a line of text is now %s")
                    .formatted(i, i < ended ? "." : "-"));
            page.append('\n');
        }
        return page.toString();
    }

    @Test
    void fineWebDropsAPageAtItsThresholdsAndKeepsOneBeyond() {
        assertTrue(!keeps(Quality.fineWeb(), page(100, 12, 0)));
        assertTrue(keeps(Quality.fineWeb(), page(100, 13, 0)));
        assertTrue(!keeps(Quality.fineWeb(), page(100, 100, 67)));
        assertTrue(keeps(Quality.fineWeb(), page(100, 100, 66)));
        String once = page(9, 9, 0);
        assertTrue(!keeps(Quality.fineWeb(), once + once.substring(0, once.indexOf('\n') + 1)));
        String more = page(10, 10, 0);
        assertTrue(keeps(Quality.fineWeb(), more + more.substring(0, more.indexOf('\n') + 1)));
    }

    @Test
    void fineWebMeasuresAsCountedByHand() {
        String text = "a.\nb!\nc?\nd'\ne\"\nf;\n" + "x".repeat(30) + "\n" + "y".repeat(29) + "\n\na.";
        assertEquals(
                List.of(6 / 9.0, 2 / 73.0, 8 / 9.0),
                List.copyOf(Quality.fineWeb().measures(text).values()));
        // a short line is one of few characters, and those outside the basic plane are one each
        assertEquals(
                1.0, Quality.fineWeb().measures("\uD83D\uDE00".repeat(29)).get("lines shorter than 30 characters"));
        assertEquals("FineWeb", Quality.fineWeb().name());
        assertEquals(
                List.of(0.0, 0.0, 0.0),
                List.copyOf(Quality.fineWeb().measures("").values()));
    }
}
