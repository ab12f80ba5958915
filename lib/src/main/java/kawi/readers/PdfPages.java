package kawi.readers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
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
    private long shown;
    private long unknown;
    private long characters;
    private int beyond;

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
        for (PDPage page : all) {
            number++;
            if (characters > MOST_TEXT) {
                beyond = number;
                return;
            }
            lines.clear();
            onPage = 0;
            operators = 0;
            String why = null;
            try {
                streams.checkPage(
                        page.getCOSObject(),
                        page.getResources() == null ? null : page.getResources().getCOSObject());
                processPage(page);
            } catch (TooMuchOnPage e) {
                why = e.getMessage();
            } catch (PdfStreams.TooMuch e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                why = "damaged: " + PlainText.reason(e);
            }
            if (why != null) {
                skipped.page(number, why);
                line.setLength(0);
                first = null;
                continue;
            }
            writeLineSeparator();
            lines.forEach(each -> characters += each.text().length());
            pages.add(PdfLines.of(lines));
        }
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

    /** {@return the first page that was not read, as there was enough text before it; else 0} */
    int beyond() {
        return beyond;
    }
}
