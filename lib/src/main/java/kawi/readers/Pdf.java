package kawi.readers;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import kawi.corpus.Archive;
import kawi.corpus.Decoded;
import kawi.corpus.LicenceName;
import kawi.corpus.Lines;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.io.MemoryUsageSetting;
import org.apache.pdfbox.io.RandomAccessRead;
import org.apache.pdfbox.io.RandomAccessReadBuffer;
import org.apache.pdfbox.io.RandomAccessReadBufferedFile;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.common.PDMetadata;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.apache.pdfbox.pdmodel.font.FontMappers;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;

/**
 * The text of a PDF by Apache PDFBox: one document, or several cut at blank lines, as of a text file. Lines that were
 * broken for the page are joined to paragraphs, and what recurs at the edge of pages is left out and said. A licence
 * that its metadata (XMP) states holds; its author and date are not taken, as they are whose program wrote the file,
 * and when. What is encrypted, or whose author forbids that text is taken out, is set aside, as is what was scanned and
 * has no text.
 *
 * <p>PDFBox is part of the library, and no module that one has to ask for: it is 3.8 MB in four jars that bring nothing
 * else with them, so that a folder with a PDF in it is read the same everywhere.
 *
 * @see <a href="https://www.iso.org/standard/75839.html">ISO 32000-2, PDF 2.0</a>
 */
final class Pdf {
    /** Bytes in memory of what an encrypted file holds; more of it is on disk while it is read. */
    private static final long IN_MEMORY = 64_000_000;
    /** Characters that lie beyond what fonts say of them, from which a text is none: of all that are shown. */
    private static final double MOST_UNKNOWN = 0.3;

    private static final String NO_TITLE = "(?i).*\\.(docx?|pdf|tex|indd|dvi|rtf|odt|qxd|pptx?|xlsx?)|untitled.*"
            + "|microsoft (word|powerpoint|excel) - .*|\\(anonymous\\)";

    static {
        FontMappers.set(new PdfFonts());
    }

    private final Source source;
    private final String name;
    private final Intake intake;

    private Pdf(Source source, String name, Intake intake) {
        this.source = source;
        this.name = name;
        this.intake = intake;
    }

    static void read(Source source, Content content, Intake intake) throws IOException {
        new Pdf(source, content.name(), intake).read(content);
    }

    private void read(Content content) throws IOException {
        try (RandomAccessRead bytes = content.file() != null
                ? new RandomAccessReadBufferedFile(content.file().toFile())
                : new RandomAccessReadBuffer(PlainText.whole(content))) {
            PdfStreams streams = new PdfStreams(bytes.length());
            streams.checkObjects(bytes);
            bytes.seek(0);
            try (PDDocument document =
                    Loader.loadPDF(bytes, "", MemoryUsageSetting.setupMixed(IN_MEMORY).streamCache)) {
                read(document, streams);
            }
        } catch (InvalidPasswordException e) {
            intake.skipped(name, "encrypted with a password, not read; save it without one");
        } catch (PdfStreams.TooMuch e) {
            intake.skipped(name, e.getMessage());
        } catch (StackOverflowError e) {
            intake.skipped(name, "damaged: its parts lie in one another without end");
        } catch (LinkageError e) {
            intake.skipped(name, "encrypted for the holder of a certificate, not read");
        } catch (OutOfMemoryError e) {
            // Of this file alone, as everything that was made for it is left with it.
            intake.skipped(name, "needs more memory than there is");
        }
    }

    private void read(PDDocument document, PdfStreams streams) throws IOException {
        if (!document.getCurrentAccessPermission().canExtractContent()) {
            intake.skipped(name, "its author does not allow that text is taken out of it");
            return;
        }
        PdfPages pages = new PdfPages(streams, (page, why) -> intake.skipped(name + " page " + page, why));
        List<PdfLines> read = pages.of(document);
        if (read.isEmpty()) {
            intake.skipped(name, "no page in it that can be read");
            return;
        }
        PdfBeside beside = pages.beside();
        beside.ofAll(document.getDocumentCatalog().getCOSObject());
        if (beside.said() != null) {
            intake.skipped(name, beside.said());
        }
        if (pages.beyond() != null) {
            intake.skipped(name, pages.beyond());
        }
        if (pages.missing() > 0) {
            intake.skipped(
                    name,
                    "says that it has " + document.getNumberOfPages() + " pages, of which " + pages.missing()
                            + (pages.missing() == 1 ? " is" : " are") + " not in the file");
        }
        if (pages.partly() > 0) {
            intake.repaired(
                    name,
                    pages.partly() + (pages.partly() == 1 ? " page" : " pages")
                            + " with content that is cut short or damaged, read as far as it goes");
        }
        long empty = read.stream().filter(PdfLines::isEmpty).count();
        if (empty == read.size()) {
            intake.skipped(
                    name,
                    pages.unknown() > 0
                            ? "its fonts do not say which characters they show; recognise its text (OCR) first"
                            : beside.hasFields()
                                    ? "no text in it but what its form holds"
                                    : "no text in it, as in a scan; recognise its text (OCR) first");
            return;
        }
        if (pages.unknown() > MOST_UNKNOWN * pages.shown()) {
            intake.skipped(
                    name,
                    "its fonts do not say which characters they show, for " + pages.unknown() + " of " + pages.shown()
                            + "; recognise its text (OCR) first");
            return;
        }
        if (pages.unknown() > 0) {
            intake.repaired(
                    name,
                    pages.unknown() + " of " + pages.shown()
                            + " characters of which its fonts do not say which they are, left out");
        }
        if (empty > 0) {
            intake.skipped(name, empty + " of its " + read.size() + " pages without text, as pictures are");
        }
        int edges = PdfLines.withoutEdges(read);
        if (edges > 0) {
            intake.omitted(Map.of("heads and numbers of pages", edges));
        }
        if (read.stream().allMatch(PdfLines::isEmpty)) {
            intake.skipped(name, "nothing in it but lines that recur on its pages, as heads and numbers of pages do");
            return;
        }
        String licence = licence(document.getDocumentCatalog().getMetadata(), streams);
        OwnTexts.read(
                new OwnTexts.Stated(source, title(document), licence == null ? source.licence() : licence),
                name,
                new Lines(new ByteArrayInputStream(PdfLines.text(read).getBytes(StandardCharsets.UTF_8))),
                intake);
    }

    private static String title(PDDocument document) {
        String title = document.getDocumentInformation().getTitle();
        return title == null || title.isBlank() || title.strip().matches(NO_TITLE) ? null : title.strip();
    }

    /** The licence that the file's metadata states, or null; one that nobody knows is said. */
    private String licence(PDMetadata metadata, PdfStreams streams) throws IOException {
        if (metadata == null) {
            return null;
        }
        streams.check(metadata.getCOSObject());
        byte[] xmp = metadata.toByteArray();
        if (xmp.length > Archive.LARGEST) {
            return null;
        }
        String unknown = null;
        for (Element each :
                Jsoup.parse(Decoded.of(xmp).text(), "", Parser.xmlParser()).getAllElements()) {
            String tag = each.tagName().toLowerCase(Locale.ROOT);
            String stated = switch (tag) {
                case "cc:license" -> each.hasAttr("rdf:resource") ? each.attr("rdf:resource") : each.text();
                case "dc:rights", "xmprights:usageterms", "xmprights:webstatement" -> each.text();
                default -> "";
            };
            if (LicenceName.reserves(stated)) {
                return LicenceName.RESERVED;
            }
            if (!stated.isBlank() && !LicenceName.of(stated).equals(stated.strip())) {
                return LicenceName.of(stated);
            }
            unknown = stated.isBlank() ? unknown : stated.strip();
        }
        if (unknown != null) {
            intake.repaired(
                    name,
                    "its rights statement is no licence that is known, so that of the source holds: "
                            + (unknown.length() > 80 ? unknown.substring(0, 80) + "..." : unknown));
        }
        return null;
    }
}
