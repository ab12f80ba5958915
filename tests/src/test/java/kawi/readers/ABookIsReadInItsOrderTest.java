package kawi.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.corpus.Document;
import kawi.corpus.LicenceName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chapters of a book are what its package document says, in that order, whatever their files are called. */
class ABookIsReadInItsOrderTest {
    private static final String CONTAINER = "<?xml version=\"1.0\"?><container><rootfiles><rootfile"
            + " full-path=\"OEBPS/content.opf\" media-type=\"application/oebps-package+xml\"/></rootfiles></container>";

    @TempDir
    Path folder;

    private static String page(String text) {
        return "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title/></head><body><p>"
                + text + "</p></body></html>";
    }

    private static String item(String id, String href, String type, String more) {
        return "<item id=\"" + id + "\" href=\"" + href + "\" media-type=\"" + type + "\" " + more + "/>";
    }

    private static String opf(String metadata, String items, String... spine) {
        StringBuilder refs = new StringBuilder();
        for (String each : spine) {
            refs.append("<itemref idref=\"").append(each).append("\"/>");
        }
        return "<?xml version=\"1.0\"?><package><metadata>" + metadata + "</metadata><manifest>" + items
                + "</manifest><spine>" + refs + "</spine></package>";
    }

    private Reading read(Map<String, String> files) throws Exception {
        Path mine = Files.createDirectories(folder.resolve("mine"));
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        files.forEach((name, text) -> bytes.put(name, Packed.utf8(text)));
        Packed.zip(mine.resolve("b.epub"), bytes);
        Reading reading = Packed.read(
                Packed.catalog(folder, "{\"id\": \"mine\", \"licence\": \"CC0-1.0\", \"path\": \"mine\"}"), "mine");
        Files.delete(mine.resolve("b.epub"));
        return reading;
    }

    private static List<String> texts(Reading reading) {
        return reading.documents().stream().map(Document::text).toList();
    }

    private static Map<String, String> book(String opf) {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("mimetype", "application/epub+zip");
        files.put("META-INF/container.xml", CONTAINER);
        files.put("OEBPS/content.opf", opf);
        files.put("OEBPS/nav.xhtml", page("Contents: one, two"));
        files.put("OEBPS/text/two.xml", page("Chapter two."));
        files.put("OEBPS/text/one b.xhtml", page("Chapter one."));
        files.put("OEBPS/left.html", page("Left over."));
        return files;
    }

    private static final String ITEMS = item("nav", "nav.xhtml", "application/xhtml+xml", "properties=\"nav\"")
            + item("b", "text/two.xml", "application/xhtml+xml", "")
            + item("a", "text/one%20b.xhtml", "application/xhtml+xml", "")
            + item("c", "left.html", "application/xhtml+xml", "")
            + item("i", "cover.svg", "image/svg+xml", "");

    @Test
    void chaptersAreThoseOfTheSpineInItsOrder() throws Exception {
        Reading reading = read(book(opf(
                "<dc:title>The Book</dc:title><dc:creator>Jane Roe</dc:creator><dc:creator>A. Other</dc:creator>"
                        + "<dc:date>1911-05-01</dc:date>",
                ITEMS,
                "nav",
                "i",
                "a",
                "b")));
        assertEquals(List.of("Chapter one.", "Chapter two."), texts(reading));
        Document one = reading.documents().get(0);
        assertEquals("b.epub!/OEBPS/text/one b.xhtml", one.url());
        assertEquals("The Book", one.title());
        assertEquals("Jane Roe, A. Other", one.author());
        assertEquals(1911, one.year());
        assertEquals("CC0-1.0", one.licence());
        assertEquals(
                Map.of(
                        "b.epub!/OEBPS/nav.xhtml",
                        "its table of contents, no chapter",
                        "b.epub!/OEBPS/cover.svg",
                        "in the reading order and of the type image/svg+xml, which is not read",
                        "b.epub",
                        "1 page that is not in its reading order"),
                reading.skipped().stream()
                        .collect(java.util.stream.Collectors.toMap(each -> each.where(), each -> each.reason())));
    }

    @Test
    void whatABookSaysOfItsRightsHolds() throws Exception {
        assertEquals(
                "CC-BY-SA-4.0",
                read(book(opf("<dc:rights>https://creativecommons.org/licenses/by-sa/4.0/</dc:rights>", ITEMS, "a")))
                        .documents()
                        .get(0)
                        .licence());
        assertEquals(
                LicenceName.RESERVED,
                read(book(opf("<dc:rights>(c) 2011 Jane Roe. All rights reserved.</dc:rights>", ITEMS, "a")))
                        .documents()
                        .get(0)
                        .licence());
        Reading other = read(book(opf("<dc:rights>Copyrighted by the author</dc:rights>", ITEMS, "a")));
        assertEquals("CC0-1.0", other.documents().get(0).licence());
        assertTrue(other.repaired().get(0).reason().startsWith("its rights statement is no licence that is known"));
    }

    @Test
    void whatIsMissingOrEncryptedIsSaid() throws Exception {
        Map<String, String> files =
                book(opf("", ITEMS + item("d", "d.xhtml", "application/xhtml+xml", ""), "a", "b", "d"));
        files.put(
                "META-INF/encryption.xml",
                "<encryption><enc:EncryptedData><enc:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#aes256-cbc\"/>"
                        + "<enc:CipherData><enc:CipherReference URI=\"OEBPS/text/two.xml\"/></enc:CipherData>"
                        + "</enc:EncryptedData></encryption>");
        Reading reading = read(files);
        assertEquals(List.of("Chapter one."), texts(reading));
        List<String> said = reading.skipped().stream()
                .map(each -> each.where() + ": " + each.reason())
                .toList();
        assertTrue(
                said.containsAll(List.of(
                        "b.epub!/OEBPS/text/two.xml: encrypted (its rights are managed), not read",
                        "b.epub!/OEBPS/d.xhtml: in the reading order and not in the archive, or not to be read there")),
                said.toString());
    }

    @Test
    void aBookWithoutAnOrderIsReadAsItLies() throws Exception {
        for (String opf : List.of("", "<package/>", "no xml")) {
            Reading reading = read(book(opf));
            assertEquals(List.of("Contents: one, two", "Chapter one.", "Left over."), texts(reading));
            assertEquals(
                    "no reading order in it that can be read; its pages in the order of the archive",
                    reading.repaired().get(0).reason());
        }
    }

    private static List<String> said(Reading reading) {
        return reading.skipped().stream()
                .map(each -> each.where() + ": " + each.reason())
                .toList();
    }

    @Test
    void aBookThatIsCompressedIsReadAsEveryOtherFileIs() throws Exception {
        Path mine = Files.createDirectories(folder.resolve("mine"));
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        book(opf("", ITEMS, "a")).forEach((name, text) -> bytes.put(name, Packed.utf8(text)));
        byte[] book = Files.readAllBytes(Packed.zip(folder.resolve("c.epub"), bytes));
        Files.write(mine.resolve("c.epub.zst"), com.github.luben.zstd.Zstd.compress(book));
        assertEquals(List.of("Chapter one.", "Chapter one."), texts(read(book(opf("", ITEMS, "a")))));
        Files.delete(mine.resolve("c.epub.zst"));
    }

    @Test
    void whatIsEncryptedIsSaidWithoutAnOrderTooAndSoIsAnotherRendition() throws Exception {
        Map<String, String> files = book("no xml");
        files.put(
                "META-INF/encryption.xml",
                "<encryption><enc:EncryptedData><enc:CipherData><enc:CipherReference URI=\"OEBPS/left.html\"/>"
                        + "</enc:CipherData></enc:EncryptedData></encryption>");
        assertTrue(
                said(read(files)).contains("b.epub!/OEBPS/left.html: encrypted (its rights are managed), not read"),
                said(read(files)).toString());
        Map<String, String> twice = book(opf("", ITEMS, "a"));
        twice.put("FIXED/other.opf", opf("", ITEMS, "b"));
        assertTrue(
                said(read(twice))
                        .contains(
                                "b.epub!/FIXED/other.opf: another rendition of the book; that of OEBPS/content.opf was"
                                        + " read"),
                said(read(twice)).toString());
    }

    @Test
    void aPageThatTheBookDoesNotListIsCountedAndATextOfAnotherKindIsNotCalledNone() throws Exception {
        Map<String, String> files = book(opf("", ITEMS + item("t", "t.txt", "text/plain", ""), "a", "b", "t"));
        files.put("OEBPS/unlisted.xhtml", page("In no list."));
        List<String> said = said(read(files));
        assertTrue(said.contains("b.epub: 2 pages that are not in its reading order"), said.toString());
        assertTrue(
                said.contains(
                        "b.epub!/OEBPS/t.txt: in the reading order and of the type text/plain, which is not read"),
                said.toString());
    }

    @Test
    void theYearOfABookIsNotThatOfItsFileAndNotThatOfNone() throws Exception {
        String changed = "<dc:date opf:event=\"modification\">2012-01-01</dc:date><dc:date>1911</dc:date>";
        assertEquals(
                1911, read(book(opf(changed, ITEMS, "a"))).documents().get(0).year());
        String none = "<dc:date>0101-01-01T00:00:00+00:00</dc:date>";
        assertEquals(null, read(book(opf(none, ITEMS, "a"))).documents().get(0).year());
    }

    @Test
    void pathsAreFoundAsReadersOfBooksFindThem() throws Exception {
        String items =
                item("a", "Text\\Two.XML", "application/xhtml+xml", "") + item("b", "../up.xhtml", "text/html", "");
        Map<String, String> files = book(opf("", items, "b", "gone", "a"));
        files.put("up.xhtml", page("Above."));
        Reading reading = read(files);
        assertEquals(List.of("Above.", "Chapter two."), texts(reading));
        assertEquals(
                "names gone in its reading order, which it does not list",
                reading.skipped().get(0).reason());
    }
}
