package kawi.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;

class ShowTest {
    /** What a cell would show as text: outside a kernel it goes to standard output. */
    private static String shown(Runnable cell) {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            cell.run();
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8).strip();
    }

    @Test
    void aClaimThatHoldsIsShownWithItsFigures() {
        assertEquals(
                "*Checked:* The two agree. (predicted 8.318, measured 8.329, rounds 3)",
                shown(() -> Show.claim("The two agree.", true, "predicted", 8.3178, "measured", 8.3291, "rounds", 3)));
        assertEquals("*Checked:* The two agree.", shown(() -> Show.claim("The two agree.", true)));
    }

    @Test
    void aClaimThatTheNumbersDenyFailsTheCellAndQuotesTheSentenceAndTheNumbers() {
        String said = assertThrows(
                        KitException.class,
                        () -> Show.claim("It starts far ahead.", false, "ours", 16.2, "theirs", 47.3))
                .getMessage();
        assertEquals(
                "The sentence \"It starts far ahead.\" is not true here: the numbers beside it say otherwise (ours 16.2, theirs 47.3)."
                        + " Find out why, or change the sentence.",
                said);
    }

    @Test
    void theLastLiveWorkIsShownAgainAsItIsNow() {
        LiveChart live = new LiveChart("Loss of a model");
        shown(() -> {
            live.begin("learning", 100);
            live.axes("step", "loss (nats per token)");
            live.point("train", 1, 8);
            live.point("train", 2, 7);
            live.end("2 steps");
        });
        String again = shown(Show::again);
        assertTrue(again.startsWith("learning: took "), again);
        assertTrue(again.contains("2 steps") && again.contains("Loss of a model"), again);
        shown(() -> new ProgressBar().begin("reading", 10));
        assertTrue(shown(Show::again).startsWith("reading: "), "the work that began last");
    }

    @Test
    void aSentenceIsFilledWithNumbersAsATableShowsThem() {
        assertEquals("from 0.377 to 1,234,567: less", Show.filled("from {} to {}: {}", 0.37701, 1_234_567, "less"));
        assertThrows(IllegalArgumentException.class, () -> Show.filled("{} and {}", 1));
        assertEquals("louder: none", Show.filled("louder: {}", List.of()));
        assertEquals("louder: a, 0.5", Show.filled("louder: {}", List.of("a", 0.5)));
    }

    @Test
    void whatIsNoNumberIsADashAndNotAWordOfTheLanguage() {
        assertEquals("\u2014", Tables.number(Double.NaN));
        assertEquals("the loss is \u2014", Show.filled("the loss is {}", Double.NaN));
        assertEquals("infinite", Tables.number(Double.POSITIVE_INFINITY));
    }

    @Test
    void aPictureCarriesItsAlternativeTextWhereNbconvertAndJupyterLabLookForIt() {
        Chart chart = Charts.bar("Bars", "", "count", Map.of("a", 1));
        assertEquals(chart.alt(), Show.about(chart).get("alt"));
        assertEquals(720, Show.about(chart).get("width"));
    }

    @Test
    void theTextOfHtmlHoldsNoEntities() {
        assertEquals("a < b & \"c\"", new Html("<b>" + Html.escape("a < b & \"c\"") + "</b>").toString());
    }

    @Test
    void helpSaysWhatAClassIsForAndWhatItsPublicMethodsDo() {
        Documentation found = Documentation.of(Charts.class);
        assertTrue(found.text().startsWith("The charts of the kit"), found.text());
        assertTrue(found.methods().stream()
                .anyMatch(m -> m.declaration().contains(" line(") && m.says().equals("Lines over a common axis.")));
        assertTrue(
                found.methods().stream().noneMatch(m -> m.declaration().contains("rotation(")), "what is not public");
        assertTrue(Documentation.of(Intervals.Estimate.class).text().startsWith("One estimate."));
        assertTrue(found.html().contains("<table>"));
    }

    @Test
    void aSentenceOfHelpEndsBeforeTheNextOneBegins() {
        for (Class<?> type :
                List.of(kawi.stats.Interval.class, kawi.text.Tokenizer.class, kawi.model.LanguageModel.class)) {
            for (Documentation.Method each : Documentation.of(type).methods()) {
                assertTrue(each.says().matches("(?s).*[.!?:]"), type + ": " + each);
                assertTrue(!each.says().contains("{@"), each.says());
            }
        }
        assertTrue(
                Documentation.of(kawi.model.LanguageModel.class).methods().stream()
                        .anyMatch(m -> m.declaration().contains("String fingerprint()")
                                && m.says().endsWith("64 hexadecimal digits.")),
                "what follows a {@return ...} is another sentence");
    }

    @Test
    void helpOnAClassThatIsNotTheKitsSaysWhereItLooked() {
        assertTrue(assertThrows(KitException.class, () -> Show.help(List.class))
                .getMessage()
                .contains("List"));
    }

    private enum Ending {
        STOPPED_EARLY
    }

    @Test
    void aCellShowsEndsOfLinesTruthAndEnumsInMarksAndWords() {
        var table = Tables.columns("token", "how", "holds", "loss")
                .row("\n", Ending.STOPPED_EARLY, true, 3.14159265358979)
                .row(" ", Ending.STOPPED_EARLY, false, 10)
                .row("a\tb", Ending.STOPPED_EARLY, false, 2)
                .table();
        String html = Tables.html(table).source();
        assertTrue(html.contains(">\u23ce<") && html.contains(">\u2423<") && html.contains(">a\u21e5b<"), html);
        assertTrue(html.contains(">stopped early<") && html.contains(">yes<") && html.contains(">no<"), html);
        assertEquals(
                "token  how            holds    loss\n-----  -------------  -----  ------\n"
                        + "\u23ce      stopped early  yes     3.142\n"
                        + "\u2423      stopped early  no     10\n"
                        + "a\u21e5b    stopped early  no      2",
                shown(() -> Show.show(table)),
                "the text of a table has the cells of its HTML");
        assertEquals("stopped early after 3", Show.filled("{} after {}", Ending.STOPPED_EARLY, 3));
    }

    @Test
    void intervalsOfOneColumnHaveEquallyManyDecimals() {
        List<String> column = Tables.columns("accuracy")
                .row(new kawi.stats.Interval(0.755, 0.691, 0.8094))
                .row(new kawi.stats.Interval(0.865, 0.8107, 0.9055))
                .row(kawi.stats.Interval.undefined(0.5, "one example"))
                .table()
                .stringColumn("accuracy")
                .asList();
        assertEquals(List.of("0.755 [0.691, 0.809]", "0.865 [0.811, 0.906]", "0.500 [one example]"), column);
    }
}
