package kawi.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

/** What a cell ends with is shown as by show. In a kernel: tests/notebooks/test_kernel.py. */
class LastValueTest {
    @Test
    void withoutAKernelNothingIsToldAndNothingFails() {
        assertFalse(Show.lastValues());
    }

    @Test
    void aTableAChartAndHtmlHaveTheFormsThatShowHas() {
        Table table = Tables.row("loss", 3.25, "steps", 4);
        assertEquals(Tables.plain(table), Show.bundle(table).get("text/plain"));
        assertEquals(Tables.html(table).source(), Show.bundle(table).get("text/html"));
        Chart chart = Charts.bar("Sizes", "", "MB", Map.of("a", 1.0, "b", 2.0));
        assertEquals(chart.alt(), Show.bundle(chart).get("text/plain"));
        assertTrue(Show.bundle(chart).containsKey("image/png"));
        assertEquals("<b>x</b>", Show.bundle(new Html("<b>x</b>")).get("text/html"));
    }

    @Test
    void pointsOfFractionsStandBelowEachOther() {
        Table table = Tables.columns("share")
                .row(0.5)
                .row(12.25)
                .row(3.0)
                .row((Double) null)
                .table();
        assertEquals("share\n-----\n 0.5\n12.25\n 3\n\n", Tables.plain(table));
        assertTrue(Tables.html(table).source().contains(">0.5\u2007<"));
        assertTrue(Tables.html(table).source().contains(">3\u2008\u2007\u2007<"));
    }

    @Test
    void aLongOrWideTableStandsInABoxThatScrolls() {
        Tables.Rows rows = Tables.columns("n");
        for (int i = 0; i < 15; i++) {
            rows.row(i);
        }
        assertTrue(Tables.html(rows.table()).source().startsWith("<table>"));
        assertTrue(Tables.html(rows.row(15).table())
                .source()
                .matches("(?s)<div style=\"[^\"]*overflow:auto\"><table>.*</table></div>"));
        assertTrue(Tables.html(Tables.columns("a", "b", "c", "d", "e", "f", "g", "h", "i")
                        .table())
                .source()
                .startsWith("<div"));
    }
}
