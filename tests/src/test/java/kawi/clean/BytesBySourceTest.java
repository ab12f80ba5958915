package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import kawi.corpus.Corpus;
import kawi.corpus.Document;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

/** What each step took of each source adds up, from what was collected to what is left. */
class BytesBySourceTest {
    @TempDir
    Path folder;

    private static Document of(String source, int number, String text) {
        return Document.collected(source, "" + number, null, null, null, null, "MIT", null, text);
    }

    private static List<String> column(Table table, String name) {
        return table.column(name).asStringColumn().asList();
    }

    @Test
    void aTableOfAFewDocumentsIsWhatOneCountsByHand() {
        List<Document> documents = List.of(
                of("b", 1, "twelve bytes"),
                of("b", 2, "TWELVE bytes"),
                of("a", 3, "caf\u00e9!"),
                of("a", 4, "drop me"),
                of("c", 5, "drop me too"));
        var cleaned = Pipeline.of(
                        Licences.permissive(),
                        Duplicates.exact(),
                        Step.change("shout", text -> text.replace("!", "!!!")),
                        Step.keep("drop", document -> !document.text().startsWith("drop"), "asked to"),
                        Step.change("short", text -> text.replace("twelve", "12")))
                .run(Corpus.of(documents), folder, Progress.NONE);
        Table table = cleaned.bytesBySource();
        assertEquals(List.of("bytes", "b", "a", "c", "all"), table.columnNames());
        assertEquals(
                List.of("collected", "- exact duplicates", "- shout", "- drop", "- short", "left"),
                column(table, "bytes"));
        assertEquals(List.of("24", "12", "0", "0", "4", "8"), column(table, "b"));
        assertEquals(List.of("13", "0", "-2", "7", "0", "8"), column(table, "a"));
        assertEquals(List.of("11", "0", "0", "11", "0", "0"), column(table, "c"));
        assertEquals(List.of("48", "12", "-2", "18", "4", "16"), column(table, "all"));
        assertEquals(
                new Pipeline.Count("drop", 2, 15, 1, 7, 0, 0),
                cleaned.bySource().get("a").get(3));
        assertEquals(
                new Pipeline.Count("short", 0, 0, 0, 0, 0, 0),
                cleaned.bySource().get("c").get(4));
        assertEquals(List.of("a", "b", "c"), List.copyOf(cleaned.bySource().keySet()));
        assertEquals(
                new Pipeline.Count("shout", 4, 36, 0, 0, 1, 2), cleaned.counts().get(2));
    }

    @Test
    void countsOfTheSourcesAddUpToThoseOfAllAndToTheCorpus() {
        Pipeline pipeline = Pipeline.of(OnAllCoresTest.steps().toArray(Step[]::new));
        var cleaned = pipeline.run(
                Decontamination.heldOutFirst(Corpus.of(OnAllCoresTest.documents())), folder, Progress.NONE);
        assertEquals(3, cleaned.bySource().size());
        for (int i = 0; i < cleaned.counts().size(); i++) {
            int step = i;
            assertEquals(
                    cleaned.counts().get(i).keptBytes(),
                    cleaned.bySource().values().stream()
                            .mapToLong(counts -> counts.get(step).keptBytes())
                            .sum());
            for (List<Pipeline.Count> counts : cleaned.bySource().values()) {
                assertTrue(i == 0 || counts.get(i).bytes() == counts.get(i - 1).keptBytes());
            }
        }
        for (Map.Entry<String, List<Pipeline.Count>> each : cleaned.bySource().entrySet()) {
            Pipeline.Count last = each.getValue().get(cleaned.counts().size() - 1);
            Corpus left = cleaned.corpus().source(each.getKey());
            assertEquals(left.bytes(), last.keptBytes());
            assertEquals(left.size(), last.documents() - last.dropped());
        }
    }

    @Test
    void moreThanSixSourcesStandInSixColumnsTheLargestFirst() {
        for (int sources = 6; sources <= 8; sources++) {
            List<Document> documents = new ArrayList<>();
            for (int i = 0; i < sources; i++) {
                documents.add(of("s" + i, i, "x".repeat(i + 1)));
            }
            Table table = Pipeline.of(Step.keep("all but one", d -> !d.source().equals("s0"), ""))
                    .run(Corpus.of(documents), folder, Progress.NONE)
                    .bytesBySource();
            assertEquals(8, table.columnCount());
            assertEquals("s" + (sources - 1), table.columnNames().get(1));
            assertEquals(
                    sources == 6 ? "s0" : (sources - 5) + " others",
                    table.columnNames().get(6));
            assertEquals(
                    sources == 6 ? "1" : sources == 7 ? "3" : "6",
                    column(table, table.columnNames().get(6)).get(0));
            assertEquals("1", column(table, table.columnNames().get(6)).get(1));
            assertEquals("" + sources * (sources + 1) / 2, column(table, "all").get(0));
        }
    }

    @Test
    void aPipelineWithoutStepsOrDocumentsHasATable() {
        Table none = Pipeline.of()
                .run(Corpus.of(List.of(of("s", 1, "x"))), folder, Progress.NONE)
                .bytesBySource();
        assertEquals(List.of("collected", "left"), column(none, "bytes"));
        Table empty = Pipeline.of(Duplicates.exact())
                .run(Corpus.of(List.of()), folder, Progress.NONE)
                .bytesBySource();
        assertEquals(List.of("0", "0"), column(empty, "all"));
    }

    @Test
    void aStepThatPutsADocumentUnderAnotherSourceIsRefused() {
        Step step = new Step() {
            @Override
            public String name() {
                return "elsewhere";
            }

            @Override
            public Pass begin() {
                return d -> Verdict.keep(new Document(d.id(), "other", null, null, null, null, null, null, d.text()));
            }
        };
        String said = assertThrows(
                        KitException.class,
                        () -> Pipeline.of(step).run(Corpus.of(List.of(of("s", 1, "x"))), folder, Progress.NONE))
                .getMessage();
        assertTrue(said.contains("'elsewhere' put another document in the place of"), said);
    }

    @Test
    void aSourceMayHaveAnyNameAlsoOneThatDiffersInCaseOnly() {
        Table table = Pipeline.of(Duplicates.exact())
                .run(
                        Corpus.of(List.of(
                                of("all", 1, "the longest"), of("Books", 2, "shorter"), of("books", 3, "least"))),
                        folder,
                        Progress.NONE)
                .bytesBySource();
        assertEquals(List.of("bytes", "source all", "Books", "source books", "all"), table.columnNames());
        assertEquals(List.of("11", "11"), column(table, "source all"));
        assertEquals(List.of("5", "5"), column(table, "source books"));
    }
}
