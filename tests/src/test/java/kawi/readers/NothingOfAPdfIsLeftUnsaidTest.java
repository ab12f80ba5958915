package kawi.readers;

import static kawi.readers.Packed.said;
import static kawi.readers.Packed.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.cos.COSStream;
import org.apache.pdfbox.cos.COSString;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.apache.pdfbox.util.Matrix;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands beside the text of a PDF's pages, and what of them is damaged or not there, is said as what it is. */
class NothingOfAPdfIsLeftUnsaidTest {
    @TempDir
    Path folder;

    private Path mine;

    @BeforeEach
    void aFolder() throws Exception {
        mine = Files.createDirectories(folder.resolve("mine"));
    }

    private Reading read(PDDocument document) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (document) {
            document.save(out);
        }
        return read(out.toByteArray());
    }

    private Reading read(byte[] bytes) throws Exception {
        Files.write(mine.resolve("a.pdf"), bytes);
        return Packed.read(
                Packed.catalog(folder, "{\"id\": \"mine\", \"path\": \"mine\", \"licence\": \"MIT\"}"), "mine");
    }

    private static COSDictionary dictionary(Object... pairs) {
        COSDictionary all = new COSDictionary();
        for (int i = 0; i < pairs.length; i += 2) {
            Object value = pairs[i + 1];
            COSName key = COSName.getPDFName((String) pairs[i]);
            if (value instanceof String) {
                all.setItem(key, new COSString((String) value));
            } else {
                all.setItem(key, (org.apache.pdfbox.cos.COSBase) value);
            }
        }
        return all;
    }

    private static COSArray array(org.apache.pdfbox.cos.COSBase... all) {
        return new COSArray(Arrays.asList(all));
    }

    private static PDDocument withForm(PDDocument document) {
        document.getDocumentCatalog()
                .getCOSObject()
                .setItem(
                        COSName.ACRO_FORM,
                        dictionary(
                                "Fields",
                                array(
                                        dictionary("T", "name", "V", "Filled in"),
                                        dictionary("T", "blank", "V", " "),
                                        dictionary("T", "group", "Kids", array(dictionary("T", "b", "V", "Too"))))));
        return document;
    }

    @Test
    void fieldsOfAFormNotesAndAttachedFilesAreCounted() throws Exception {
        PDDocument document = withForm(new PDDocument());
        APdfIsReadAsParagraphsTest.page(document, "words");
        COSDictionary page = document.getPage(0).getCOSObject();
        page.setItem(
                COSName.ANNOTS,
                array(
                        dictionary("Subtype", COSName.getPDFName("FreeText"), "Contents", "A note on the page"),
                        dictionary("Subtype", COSName.getPDFName("Link"), "Contents", "where it leads"),
                        dictionary("Subtype", COSName.getPDFName("Highlight")),
                        dictionary("Subtype", COSName.getPDFName("FileAttachment"), "Contents", "clip")));
        COSDictionary names = dictionary(
                "EmbeddedFiles",
                dictionary("Kids", array(dictionary("Names", array(new COSString("a"), dictionary("F", "a.txt"))))));
        document.getDocumentCatalog().getCOSObject().setItem(COSName.NAMES, names);
        Reading reading = read(document);
        assertEquals("words", text(reading));
        assertEquals(
                "a.pdf: not read: 2 fields of its form that are filled in, 1 note, 2 attached files",
                said(reading.skipped()));
    }

    @Test
    void aFormOfWhichOnlyTheFieldsHoldTextIsNoScan() throws Exception {
        PDDocument document = withForm(new PDDocument());
        document.addPage(new PDPage());
        assertEquals(
                "a.pdf: not read: 2 fields of its form that are filled in\na.pdf: no text in it but what its form holds",
                said(read(document).skipped()));
    }

    private static void content(PDDocument document, int page, byte[] packed) throws IOException {
        COSStream stream = document.getDocument().createCOSStream();
        try (OutputStream out = stream.createRawOutputStream()) {
            out.write(packed);
        }
        stream.setItem(COSName.FILTER, COSName.FLATE_DECODE);
        document.getPage(page).getCOSObject().setItem(COSName.CONTENTS, stream);
    }

    @Test
    void aPageOfWhichTheContentIsDamagedIsReadAsFarAsItGoesAndSaid() throws Exception {
        PDDocument document = new PDDocument();
        String[] lines = new String[40];
        Arrays.setAll(lines, i -> "Line " + i + " of the page, about " + Math.sqrt(i) + " and " + Math.cbrt(i) + ".");
        APdfIsReadAsParagraphsTest.page(document, "The first page.");
        APdfIsReadAsParagraphsTest.page(document, lines);
        APdfIsReadAsParagraphsTest.page(document, "The third page.");
        byte[] plain = document.getPage(1).getContents().readAllBytes();
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (java.util.zip.DeflaterOutputStream out = new java.util.zip.DeflaterOutputStream(packed)) {
            out.write(plain);
        }
        content(document, 1, Arrays.copyOf(packed.toByteArray(), packed.size() * 2 / 3));
        content(document, 2, new byte[100]);
        Reading reading = read(document);
        assertTrue(text(reading).startsWith("The first page."), text(reading));
        assertEquals(
                "a.pdf page 3: damaged: its content is cut short or damaged", said(reading.skipped()), text(reading));
        assertTrue(text(reading).contains("Line 1 of the page"), text(reading));
        assertEquals(
                "a.pdf: 1 page with content that is cut short or damaged, read as far as it goes",
                said(reading.repaired()));
    }

    @Test
    void aPageOfWhichTheContentIsMissingOrPackedInAnUnknownWayIsNoPicture() throws Exception {
        String content = "BT /F 12 Tf 72 400 Td (words) Tj ET";
        String other = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 500]/Contents 99 0 R>>";
        Reading reading = read(file(3, "3 0 R " + other + " 98 0 R", content, ""));
        assertEquals("words", text(reading));
        assertEquals(
                "a.pdf page 2: damaged: its content is not in the file\na.pdf page 3: damaged: it is not in the file",
                said(reading.skipped()));
        byte[] odd = file(1, "3 0 R", content, "/Filter/Odd");
        assertEquals(
                "a.pdf page 1: damaged: its content is packed in a way that is not known\n"
                        + "a.pdf: no page in it that can be read",
                said(read(odd).skipped()));
    }

    @Test
    void wordsThatStandSidewaysAreReadAsWords() throws Exception {
        String side = "The table of the harbour lies on its side over the whole of this page.";
        for (int turn : new int[] {0, 90, 180, 270}) {
            PDDocument document = new PDDocument();
            APdfIsReadAsParagraphsTest.page(document, "An upright line.", null, "Another of them.");
            document.getPage(0).setRotation(turn);
            for (int angle : new int[] {90, 180, 270}) {
                try (PDPageContentStream content = new PDPageContentStream(
                        document, document.getPage(0), PDPageContentStream.AppendMode.APPEND, true)) {
                    content.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 12);
                    content.beginText();
                    content.setTextMatrix(Matrix.getRotateInstance(Math.toRadians(angle), 300 + angle / 9, 300));
                    content.showText(side);
                    content.endText();
                }
            }
            assertEquals(
                    "An upright line. Another of them." + ("\n\n" + side).repeat(3),
                    text(read(document)),
                    "turned by " + turn);
        }
    }

    @Test
    void aFileOfLinesThatRecurIsNotSaidToHoldNothing() throws Exception {
        PDDocument document = new PDDocument();
        for (int i = 0; i < 5; i++) {
            APdfIsReadAsParagraphsTest.page(document, "Slide " + i);
        }
        assertEquals(
                "a.pdf: nothing in it but lines that recur on its pages, as heads and numbers of pages do",
                said(read(document).skipped()));
    }

    /** A file of one page, object 3, and whatever its list of pages names; PDFBox mends one without offsets. */
    private static byte[] file(int pages, String kids, String content, String how) {
        List<String> objects = List.of(
                "<</Type/Catalog/Pages 2 0 R>>",
                "<</Type/Pages/Count " + pages + "/Kids[" + kids + "]>>",
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 500]/Resources<</Font<</F<</Type/Font/Subtype/Type1"
                        + "/BaseFont/Helvetica>>>>>>/Contents 4 0 R>>",
                "<</Length " + content.length() + how + ">>\nstream\n" + content + "\nendstream");
        StringBuilder file = new StringBuilder("%PDF-1.4\n");
        StringBuilder offsets = new StringBuilder("0000000000 65535 f \n");
        for (int i = 0; i < objects.size(); i++) {
            offsets.append(String.format("%010d 00000 n \n", file.length()));
            file.append(i + 1).append(" 0 obj\n").append(objects.get(i)).append("\nendobj\n");
        }
        int at = file.length();
        file.append("xref\n0 5\n").append(offsets).append("trailer<</Size 5/Root 1 0 R>>\nstartxref\n");
        return file.append(at).append("\n%%EOF").toString().getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void pagesThatAreNamedAndNotInTheFileAreCounted() throws Exception {
        String content = "BT /F 12 Tf 72 400 Td (words) Tj ET";
        Reading reading = read(file(4, "3 0 R", content, ""));
        assertEquals("words", text(reading));
        assertEquals("a.pdf: says that it has 4 pages, of which 3 are not in the file", said(reading.skipped()));
    }

    /** One page that is named over and over, and costs millions of steps each time. */
    @Test
    void pagesAreLeftFromWhereTheyTakeMoreStepsThanTheFileCanHold() throws Exception {
        String content = "BT /F 12 Tf 72 400 Td (words) Tj ET " + "q Q ".repeat(400_000);
        Reading reading = read(file(200, "3 0 R ".repeat(200), content, ""));
        assertTrue(
                said(reading.skipped()).contains("more steps to draw its pages than a file of its size has, not read"),
                said(reading.skipped()));
    }
}
