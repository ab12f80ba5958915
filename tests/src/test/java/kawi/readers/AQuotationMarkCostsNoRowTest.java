package kawi.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import kawi.corpus.Lines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a table, a quotation mark that is no frame of a field is a character of it, and every row stays a row. */
class AQuotationMarkCostsNoRowTest {
    @TempDir
    Path folder;

    private Reading read(String file, String content) throws Exception {
        Path mine = Files.createDirectories(folder.resolve("mine"));
        Files.writeString(mine.resolve(file), content);
        Reading reading = Packed.read(Packed.catalog(folder, "{\"id\": \"mine\", \"path\": \"mine\"}"), "mine");
        Files.delete(mine.resolve(file));
        return reading;
    }

    private List<String> texts(String file, String content) throws Exception {
        return read(file, content).documents().stream().map(each -> each.text()).toList();
    }

    private static List<String> notes(Reading reading) {
        return reading.repaired().stream().map(each -> each.reason()).toList();
    }

    @Test
    void aMarkThatNothingClosesIsACharacterAndIsSaid() throws Exception {
        Reading reading = read("a.csv", "id,text\n1,\"one\n2,two\n3,three \"quoted\" words\n4,\"four\n5,five\n");
        assertEquals(
                List.of("\"one", "two", "three \"quoted\" words", "\"four", "five"),
                reading.documents().stream().map(each -> each.text()).toList());
        assertEquals(List.of(), reading.skipped());
        assertTrue(
                notes(reading)
                        .contains("2 quotation marks at the beginning of a field that nothing closes, kept as"
                                + " characters"),
                notes(reading).toString());
    }

    @Test
    void aMarkInTheMiddleOfAFieldIsACharacter() throws Exception {
        assertEquals(
                List.of("a 5\" disk", "it's 6' 2\"", "plain"),
                texts("a.csv", "text\na 5\" disk\nit's 6' 2\"\nplain\n"));
    }

    @Test
    void whatTheStandardWritesIsReadByIt() throws Exception {
        assertEquals(
                List.of("a, \"b\"\r\nc", "", "d").stream()
                        .filter(each -> !each.isEmpty())
                        .toList(),
                texts("a.csv", "text,n\r\n\"a, \"\"b\"\"\r\nc\",1\r\n\"\",2\r\n\"d\" ,3\r\n"));
        assertEquals(List.of("Dear sir,\nyours, Bob"), texts("a.csv", "n,text\n1,\"Dear sir,\nyours, Bob\"\n"));
        assertEquals(List.of("a", "b"), texts("a.csv", "text;n\ra;1\rb;2"));
    }

    @Test
    void marksThatAreNotDoubledAreForgivenOnALineAndBackslashesRead() throws Exception {
        assertEquals(
                List.of("He said \"hi\" to me", "say \"b\" c\nd"),
                texts("a.csv", "text,n\n\"He said \"hi\" to me\",1\n\"say \\\"b\\\" c\nd\",2\n"));
    }

    @Test
    void rowsThatAMarkMayHaveSwallowedAreNamed() throws Exception {
        Reading reading = read("a.csv", "n,text\n1,\"one\n2,two\n3,a 5\"\n4,four\n");
        assertEquals(2, reading.documents().size());
        assertEquals("a.csv row 2", reading.repaired().get(0).where());
        assertEquals(
                "lines 2 to 4 in quotation marks, each of which could be a row: is a mark missing?",
                reading.repaired().get(0).reason());
    }

    @Test
    void textPartedByTabsKeepsItsMarks() throws Exception {
        Reading reading =
                read("a.tsv", "n\ttext\n1\t\"Yes,\" he said.\n2\t\"No.\n3\tand \"why\"\n4\t\"Quoted\"\n5\tclosed\"\n");
        assertEquals(
                List.of("\"Yes,\" he said.", "\"No.", "and \"why\"", "\"Quoted\"", "closed\""),
                reading.documents().stream().map(each -> each.text()).toList());
        assertEquals(List.of("1 field not read: n"), notes(reading));
    }

    @Test
    void marksInTextPartedByTabsAreFramesWhereTheyHadToBeWritten() throws Exception {
        assertEquals(
                List.of("a\tb", "say \"hi\"", "one\ntwo", "three"),
                texts("a.tsv", "n\ttext\n1\t\"a\tb\"\n2\t\"say \"\"hi\"\"\"\n3\t\"one\ntwo\"\n4\tthree\n"));
        assertEquals(List.of("framed"), texts("a.tsv", "\"n\"\t\"text\"\n\"1\"\t\"framed\"\n"));
    }

    @Test
    void theLineThatNamesTheSeparatorIsNoRow() throws Exception {
        assertEquals(List.of("a, b"), texts("a.csv", "sep=;\r\ntext;n\r\na, b;1\r\n"));
        assertEquals(List.of("a; b"), texts("a.csv", "\"sep=,\"\ntext,n\na; b,1\n"));
    }

    @Test
    void aTableOfOneColumnHasNoSeparator() throws Exception {
        assertEquals(
                List.of("Hello, world; again", "\"Hi\", she said", "in, marks"),
                texts("a.csv", "text\nHello, world; again\n\"Hi\", she said\n\"in, marks\"\n"));
    }

    @Test
    void aMarkInTheFirstLineHidesNoColumn() throws Exception {
        assertEquals(List.of("a", "b"), texts("a.csv", "size 5\";text\n1;a\n2;b\n"));
    }

    @Test
    void rowsOfOtherLengthsAreCountedAndARowThatIsTooLongCostsItself() throws Exception {
        Reading reading = read("a.csv", "text,n\na,1,further\nb\n" + "x".repeat(Lines.LONGEST + 5) + ",1\nc,3\n");
        assertEquals(
                List.of("a", "b", "c"),
                reading.documents().stream().map(each -> each.text()).toList());
        assertEquals(1, reading.skipped().size(), reading.skipped().toString());
        assertEquals("a.csv row 4", reading.skipped().get(0).where());
        assertTrue(
                notes(reading)
                        .containsAll(List.of(
                                "1 row with more fields than columns, of which the further were not read",
                                "1 row with fewer fields than columns")),
                notes(reading).toString());
    }
}
