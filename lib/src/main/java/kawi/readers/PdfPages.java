package kawi.readers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import kawi.corpus.Archive;
import org.apache.pdfbox.contentstream.operator.Operator;
import org.apache.pdfbox.cos.COSBase;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageTree;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.encoding.GlyphList;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.pdfbox.text.TextPosition;
import org.apache.pdfbox.util.Matrix;
import org.apache.pdfbox.util.Vector;

/** The lines of a PDF's pages, in the order in which they were written. A page that is damaged costs that page. */
final class PdfPages extends PDFTextStripper {
    /** Characters read of one file, at most. */
    static final int MOST_TEXT = Archive.LARGEST;

    private static final int MOST_ON_PAGE = 200_000;
    private static final int MOST_OPERATORS = 5_000_000;
    /** Steps to draw all pages: so many at least, and beyond them for each byte of the file; a step takes bytes. */
    private static final long MOST_OPERATORS_FREE = 20_000_000;

    private static final long MOST_OPERATORS_A_BYTE = 10;

    /** Hears of a page that was left out: its number from 1, and why. */
    interface Skipped {
        void page(int number, String why);
    }

    private static final GlyphList GLYPHS = glyphs();

    private final PdfStreams streams;
    private final Skipped skipped;
    private final List<PdfLines> pages = new ArrayList<>();
    private final List<PdfLines.Line> lines = new ArrayList<>(); // of the page at hand
    private final StringBuilder line = new StringBuilder();
    private TextPosition first; // of the line at hand
    private int onPage;
    private long operators;
    private long allOperators;
    private long shown;
    private long unknown;
    private long characters;
    private String beyond;
    private int missing;
    private int partly;
    private final PdfBeside beside = new PdfBeside();

    /** The names of characters that PDFBox knows when it reads text. */
    private static GlyphList glyphs() {
        try (InputStream in =
                PDFTextStripper.class.getResourceAsStream("/org/apache/pdfbox/resources/glyphlist/additional.txt")) {
            return new GlyphList(GlyphList.getAdobeGlyphList(), in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    PdfPages(PdfStreams streams, Skipped skipped) {
        this.streams = streams;
        this.skipped = skipped;
    }

    /** {@return the lines of each page} */
    List<PdfLines> of(PDDocument document) throws IOException {
        writeText(document, Writer.nullWriter());
        return pages;
    }

    @Override
    protected void processPages(PDPageTree all) throws IOException {
        int number = 0;
        Iterator<PDPage> pagesInOrder = all.iterator();
        while (true) {
            PDPage page;
            number++;
            try {
                if (!pagesInOrder.hasNext()) {
                    break;
                }
                page = pagesInOrder.next();
            } catch (RuntimeException e) {
                skipped.page(number, "damaged: " + PlainText.reason(e));
                break;
            }
            if (characters > MOST_TEXT) {
                beyond = "more than " + MOST_TEXT + " characters, not read from page " + number + " on";
                return;
            }
            if (allOperators > MOST_OPERATORS_FREE && allOperators > MOST_OPERATORS_A_BYTE * streams.size()) {
                beyond = "more steps to draw its pages than a file of its size has, not read from page " + number
                        + " on";
                return;
            }
            lines.clear();
            onPage = 0;
            operators = 0;
            String damage = null;
            String why = null;
            try {
                beside.of(page.getCOSObject());
                damage = streams.damage(page.getCOSObject());
                if (damage == null || page.hasContents()) {
                    streams.checkPage(
                            page.getCOSObject(),
                            page.getResources() == null
                                    ? null
                                    : page.getResources().getCOSObject());
                    processPage(page);
                }
            } catch (TooMuchOnPage e) {
                why = e.getMessage();
            } catch (PdfStreams.TooMuch e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                why = "damaged: " + PlainText.reason(e);
            }
            writeLineSeparator();
            if (why == null && damage != null && lines.isEmpty()) {
                why = "damaged: " + damage;
            }
            if (why != null) {
                skipped.page(number, why);
                continue;
            }
            partly += damage != null ? 1 : 0;
            lines.forEach(each -> characters += each.text().length());
            pages.add(PdfLines.of(lines));
        }
        missing = Math.max(0, all.getCount() - (number - 1));
    }

    /** More than a page of text has. */
    private static final class TooMuchOnPage extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooMuchOnPage(String message) {
            super(message, null, false, false);
        }
    }

    @Override
    protected void processOperator(Operator operator, List<COSBase> operands) throws IOException {
        allOperators++;
        if (++operators > MOST_OPERATORS) {
            throw new TooMuchOnPage("more than " + MOST_OPERATORS + " steps to draw it, as no text needs");
        }
        super.processOperator(operator, operands);
    }

    @Override
    protected void showGlyph(Matrix rendering, PDFont font, int code, Vector displacement) throws IOException {
        if (++onPage > MOST_ON_PAGE) {
            throw new TooMuchOnPage("more than " + MOST_ON_PAGE + " characters on it, as no page has");
        }
        shown++;
        if (font.toUnicode(code, GLYPHS) == null) {
            unknown++; // PDFBox would take the code itself for a character
            return;
        }
        super.showGlyph(rendering, font, code, displacement);
    }

    /** PDFBox parts words and lines as on an upright page, so what stands on its side is told as if it were upright. */
    @Override
    protected void processTextPosition(TextPosition text) {
        int direction = Math.round(text.getDir());
        super.processTextPosition(
                direction == text.getRotation()
                        ? text
                        : new TextPosition(
                                direction,
                                text.getPageWidth(),
                                text.getPageHeight(),
                                text.getTextMatrix(),
                                text.getEndX(),
                                text.getEndY(),
                                text.getHeight(),
                                text.getIndividualWidths()[0],
                                text.getWidthOfSpace(),
                                text.getUnicode(),
                                text.getCharacterCodes(),
                                text.getFont(),
                                text.getFontSize(),
                                Math.round(text.getFontSizeInPt())));
    }

    @Override
    protected void writeString(String text, List<TextPosition> positions) {
        line.append(text);
        first = first == null && !positions.isEmpty() ? positions.get(0) : first;
    }

    @Override
    protected void writeWordSeparator() {
        line.append(' ');
    }

    @Override
    protected void writeLineSeparator() {
        String text = line.toString().strip();
        if (!text.isEmpty() && first != null) {
            lines.add(new PdfLines.Line(text, first.getXDirAdj(), first.getYDirAdj(), first.getFontSizeInPt()));
        }
        line.setLength(0);
        first = null;
    }

    @Override
    protected void endArticle() {
        writeLineSeparator();
    }

    /** {@return how many characters the pages show} */
    long shown() {
        return shown;
    }

    /** {@return how many of them no font says which they are} */
    long unknown() {
        return unknown;
    }

    /** {@return why the pages from some one on were not read, or null where all were} */
    String beyond() {
        return beyond;
    }

    /** {@return how many pages the file says that it has, and has not} */
    int missing() {
        return missing;
    }

    /** {@return of how many pages the content was read as far as it could be unpacked} */
    int partly() {
        return partly;
    }

    /** {@return what stands beside the text of the pages} */
    PdfBeside beside() {
        return beside;
    }
}
