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
import java.util.List;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.cos.COSStream;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDMetadata;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.apache.pdfbox.pdmodel.font.FontMappers;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PDF becomes its text in paragraphs, or is named with its reason. */
class APdfIsReadAsParagraphsTest {
    @TempDir
    Path folder;

    private Path mine;

    @BeforeAll
    static void noFontsOfTheMachine() {
        FontMappers.set(new PdfFonts());
    }

    @BeforeEach
    void aFolder() throws Exception {
        mine = Files.createDirectories(folder.resolve("mine"));
    }

    private Reading read() throws Exception {
        return Packed.read(
                Packed.catalog(folder, "{\"id\": \"mine\", \"path\": \"mine\", \"licence\": \"MIT\"}"), "mine");
    }

    private Reading read(PDDocument document) throws Exception {
        Files.write(mine.resolve("a.pdf"), bytes(document));
        return read();
    }

    private static byte[] bytes(PDDocument document) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (document) {
            document.save(out);
        }
        return out.toByteArray();
    }

    /** A page of lines that stand 14 points from one another; a line that is null leaves a gap. */
    static void page(PDDocument document, String... lines) throws IOException {
        PDPage page = new PDPage();
        document.addPage(page);
        try (PDPageContentStream content = new PDPageContentStream(document, page)) {
            content.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 12);
            for (int i = 0; i < lines.length; i++) {
                if (lines[i] != null) {
                    content.beginText();
                    content.newLineAtOffset(72, 720 - 14 * i);
                    content.showText(lines[i]);
                    content.endText();
                }
            }
        }
    }

    @Test
    void linesAreJoinedToParagraphsAndDividedWordsToWords() throws Exception {
        PDDocument document = new PDDocument();
        page(
                document,
                "The first paragraph of the page is as long as three lines are, so its har-",
                "bour is divided at the end of one, and the well-known Anglo-",
                "Saxon ends another.",
                null,
                "A second paragraph begins behind a gap and goes on over the end of the page to");
        page(
                document,
                "where it ends.",
                null,
                "A poem:",
                null,
                "Short",
                "lines, kept as they are by whoever reads them,",
                "remain.");
        Reading reading = read(document);
        assertEquals(
                "The first paragraph of the page is as long as three lines are, so its harbour is divided at the end of one,"
                        + " and the well-known Anglo-Saxon ends another.\n\nA second paragraph begins behind a gap and goes on"
                        + " over the end of the page to where it ends.\n\nA poem:\n\nShort\nlines, kept as they are by whoever"
                        + " reads them, remain.",
                text(reading));
        assertEquals(List.of(), reading.skipped());
    }

    @Test
    void headsAndNumbersOfPagesGoAndAreCounted() throws Exception {
        PDDocument document = new PDDocument();
        for (int i = 1; i < 6; i++) {
            page(
                    document,
                    "The Book of Ships",
                    null,
                    "Here is what page " + "abcdef".charAt(i) + " says.",
                    null,
                    "Page " + i);
        }
        Reading reading = read(document);
        assertEquals(
                "Here is what page b says.\n\nHere is what page c says.\n\nHere is what page d says.\n\nHere is what page e"
                        + " says.\n\nHere is what page f says.",
                text(reading));
        assertEquals(
                5 * ("The Book of Ships".length() + "Page 1".length()),
                reading.omitted().get("heads and numbers of pages").characters());
    }

    @Test
    void itsTitleAndAKnownLicenceAreTakenAndItsAuthorIsNot() throws Exception {
        PDDocument document = new PDDocument();
        page(document, "words");
        document.getDocumentInformation().setTitle("Ships");
        document.getDocumentInformation().setAuthor("jdoe");
        xmp(document, "<cc:license rdf:resource=\"https://creativecommons.org/licenses/by/4.0/\"/>");
        Reading reading = read(document);
        assertEquals("Ships", reading.documents().get(0).title());
        assertEquals("CC-BY-4.0", reading.documents().get(0).licence());
        assertEquals(null, reading.documents().get(0).author());
        PDDocument reserved = new PDDocument();
        page(reserved, "words");
        reserved.getDocumentInformation().setTitle("Microsoft Word - a.doc");
        xmp(reserved, "<dc:rights><rdf:Alt><rdf:li>All rights reserved.</rdf:li></rdf:Alt></dc:rights>");
        Reading other = read(reserved);
        assertEquals("LicenseRef-all-rights-reserved", other.documents().get(0).licence());
        assertEquals("a.pdf", other.documents().get(0).title());
        PDDocument unknown = new PDDocument();
        page(unknown, "words");
        xmp(unknown, "<dc:rights><rdf:Alt><rdf:li>Ask my aunt</rdf:li></rdf:Alt></dc:rights>");
        Reading third = read(unknown);
        assertEquals("MIT", third.documents().get(0).licence());
        assertTrue(said(third.repaired()).contains("Ask my aunt"), said(third.repaired()));
    }

    private static void xmp(PDDocument document, String stated) throws IOException {
        PDMetadata metadata = new PDMetadata(document);
        metadata.importXMPMetadata(("<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF><rdf:Description>" + stated
                        + "</rdf:Description></rdf:RDF></x:xmpmeta>")
                .getBytes(StandardCharsets.UTF_8));
        document.getDocumentCatalog().setMetadata(metadata);
    }

    @Test
    void whatIsLockedOrScannedIsNamedWithItsReason() throws Exception {
        assertEquals(
                "a.pdf: encrypted with a password, not read; save it without one",
                said(read(locked("secret", true)).skipped()));
        assertEquals(
                "a.pdf: its author does not allow that text is taken out of it",
                said(read(locked("", false)).skipped()));
        Reading allowed = read(locked("", true));
        assertEquals("locked words", text(allowed), said(allowed.skipped()));
        PDDocument scan = new PDDocument();
        scan.addPage(new PDPage());
        assertEquals(
                "a.pdf: no text in it, as in a scan; recognise its text (OCR) first",
                said(read(scan).skipped()));
        PDDocument part = new PDDocument();
        page(part, "words");
        part.addPage(new PDPage());
        Reading some = read(part);
        assertEquals("words", text(some));
        assertEquals("a.pdf: 1 of its 2 pages without text, as pictures are", said(some.skipped()));
        Files.writeString(mine.resolve("a.pdf"), "%PDF-1.7\nnothing");
        assertTrue(said(read().skipped()).startsWith("a.pdf: could not be read further: "), said(read().skipped()));
    }

    private static PDDocument locked(String password, boolean extract) throws IOException {
        PDDocument document = new PDDocument();
        page(document, "locked words");
        AccessPermission permission = new AccessPermission();
        permission.setCanExtractContent(extract);
        StandardProtectionPolicy policy = new StandardProtectionPolicy("owner", password, permission);
        policy.setEncryptionKeyLength(128);
        document.protect(policy);
        return document;
    }

    @Test
    void itIsReadPackedAndInAnArchive() throws Exception {
        PDDocument document = new PDDocument();
        page(document, "words");
        byte[] bytes = bytes(document);
        Packed.zip(mine.resolve("b.zip"), Map.of("c.pdf", bytes));
        Files.write(mine.resolve("d.pdf.zst"), com.github.luben.zstd.Zstd.compress(bytes));
        assertEquals("words|words", text(read()));
    }

    /** Contents that unpack to 3 GB, a form that draws itself over and over, and more signs than a page has. */
    @Test
    void bombsAreLeftInTheirReason() throws Exception {
        PDDocument bomb = new PDDocument();
        PDPage page = new PDPage();
        bomb.addPage(page);
        COSStream packed = bomb.getDocument().createCOSStream();
        try (OutputStream raw = packed.createRawOutputStream();
                DeflaterOutputStream deflater = new DeflaterOutputStream(raw)) {
            byte[] blanks = " ".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 300; i++) {
                deflater.write(blanks);
            }
        }
        packed.setItem(COSName.FILTER, COSName.FLATE_DECODE);
        page.getCOSObject().setItem(COSName.CONTENTS, packed);
        Reading none = read(bomb);
        assertTrue(said(none.skipped()).contains("unpacks to more than"), said(none.skipped()));

        PDDocument twice = new PDDocument();
        page(twice, "words");
        PDPage drawn = new PDPage();
        twice.addPage(drawn);
        COSStream inner = null;
        for (int i = 0; i < 9; i++) {
            COSStream form = twice.getDocument().createCOSStream();
            form.setItem(COSName.TYPE, COSName.XOBJECT);
            form.setItem(COSName.SUBTYPE, COSName.FORM);
            org.apache.pdfbox.cos.COSDictionary resources = new org.apache.pdfbox.cos.COSDictionary();
            org.apache.pdfbox.cos.COSDictionary objects = new org.apache.pdfbox.cos.COSDictionary();
            resources.setItem(COSName.XOBJECT, objects);
            if (inner != null) {
                objects.setItem(COSName.getPDFName("F"), inner);
            }
            form.setItem(COSName.RESOURCES, resources);
            try (OutputStream out = form.createOutputStream()) {
                out.write((inner == null ? "q Q " : "/F Do ").repeat(10).getBytes(StandardCharsets.US_ASCII));
            }
            inner = form;
        }
        org.apache.pdfbox.cos.COSDictionary resources = new org.apache.pdfbox.cos.COSDictionary();
        org.apache.pdfbox.cos.COSDictionary objects = new org.apache.pdfbox.cos.COSDictionary();
        objects.setItem(COSName.getPDFName("F"), inner);
        resources.setItem(COSName.XOBJECT, objects);
        drawn.getCOSObject().setItem(COSName.RESOURCES, resources);
        COSStream start = twice.getDocument().createCOSStream();
        try (OutputStream out = start.createOutputStream()) {
            out.write("/F Do".getBytes(StandardCharsets.US_ASCII));
        }
        drawn.getCOSObject().setItem(COSName.CONTENTS, start);
        Reading reading = read(twice);
        assertEquals("words", text(reading));
        assertTrue(
                said(reading.skipped()).startsWith("a.pdf page 2: more than 5000000 steps"), said(reading.skipped()));

        PDDocument dense = new PDDocument();
        page(dense, "x".repeat(200_001));
        page(dense, "words");
        Reading left = read(dense);
        assertEquals("words", text(left));
        assertEquals("a.pdf page 1: more than 200000 characters on it, as no page has", said(left.skipped()));
    }

    /** The objects of a file, packed into a stream that PDFBox unpacks before anybody can look at it. */
    @Test
    void aBombAmongTheObjectsIsFoundBeforeTheFileIsOpened() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(packed)) {
            byte[] blanks = " ".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 300; i++) {
                deflater.write(blanks);
            }
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(("%PDF-1.7\n1 0 obj\n<</Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length "
                        + packed.size() + ">>\nstream\n")
                .getBytes(StandardCharsets.US_ASCII));
        file.writeBytes(packed.toByteArray());
        file.writeBytes("\nendstream\nendobj\ntrailer <</Root 2 0 R>>\n%%EOF".getBytes(StandardCharsets.US_ASCII));
        Files.write(mine.resolve("a.pdf"), file.toByteArray());
        assertEquals("a.pdf: a part of it unpacks to more than 64000000 bytes", said(read().skipped()));
    }

    @Test
    void charactersOfWhichTheFontDoesNotSayWhichTheyAreMakeNoText() throws Exception {
        PDDocument document = new PDDocument();
        page(document, "words");
        org.apache.pdfbox.cos.COSDictionary font = document.getPage(0)
                .getResources()
                .getFont(document.getPage(0)
                        .getResources()
                        .getFontNames()
                        .iterator()
                        .next())
                .getCOSObject();
        org.apache.pdfbox.cos.COSArray names = new org.apache.pdfbox.cos.COSArray();
        names.add(org.apache.pdfbox.cos.COSInteger.get(97));
        for (int i = 0; i < 26; i++) {
            names.add(COSName.getPDFName("g" + (i + 100)));
        }
        org.apache.pdfbox.cos.COSDictionary encoding = new org.apache.pdfbox.cos.COSDictionary();
        encoding.setItem(COSName.TYPE, COSName.ENCODING);
        encoding.setItem(COSName.DIFFERENCES, names);
        font.setItem(COSName.ENCODING, encoding);
        Reading reading = read(document);
        assertEquals("", text(reading));
        assertTrue(
                said(reading.skipped()).startsWith("a.pdf: its fonts do not say which characters they show"),
                said(reading.skipped()));
    }
}
