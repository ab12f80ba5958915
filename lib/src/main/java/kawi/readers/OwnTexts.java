package kawi.readers;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import kawi.corpus.Decoded;
import kawi.corpus.Document;
import kawi.corpus.Lines;

/**
 * A text of the reader's own as documents: one, or several of about 16 kB cut at blank lines where it is longer; and a
 * page as one document.
 */
final class OwnTexts {
    /** Length in bytes from which a text is cut at the next blank line. */
    private static final int PART = 16_000;
    /** Length in bytes from which it is cut at the next line, blank or not. */
    private static final int LONGEST_PART = 4_000_000;

    /** About as many bytes as a byte of a text needs while it is read. */
    private static final int TIMES_ITS_SIZE = 4;

    private OwnTexts() {}

    /**
     * What is known of a text.
     *
     * @param source where it comes from
     * @param title its title, or null
     * @param licence the licence that holds for it
     */
    record Stated(Source source, String title, String licence) {}

    /** Reads lines of UTF-8. */
    static void read(Source source, String name, Lines lines, Intake intake) throws IOException {
        read(new Stated(source, null, source.licence()), name, lines, intake);
    }

    /** Reads lines of UTF-8. */
    static void read(Stated stated, String name, Lines lines, Intake intake) throws IOException {
        ByteArrayOutputStream part = new ByteArrayOutputStream();
        int parts = 0;
        for (byte[] line; (line = lines.next()) != null; ) {
            if (lines.skippedBytes() > 0) {
                intake.skipped(
                        name + " line " + lines.number(),
                        "a line of " + lines.skippedBytes() + " bytes, more than " + Lines.LONGEST);
                continue;
            }
            part.writeBytes(line);
            part.write('\n');
            if (part.size() >= PART && new String(line, StandardCharsets.ISO_8859_1).isBlank()
                    || part.size() >= LONGEST_PART) {
                text(stated, name, ++parts, part, intake);
            }
        }
        if (part.size() > 0) {
            text(stated, name, ++parts, part, intake);
        }
        sayEnd(name, lines, intake);
    }

    /** Says that a file ended too early, where it did. */
    static void sayEnd(String name, Lines lines, Intake intake) {
        if (lines.broken() != null) {
            intake.skipped(name, lines.broken() + "; what came before was read");
        }
    }

    private static void text(Stated stated, String name, int number, ByteArrayOutputStream part, Intake intake) {
        byte[] bytes = part.toByteArray();
        part.reset();
        String where = name + (number == 1 ? "" : " part " + number);
        intake.apart(where, (long) TIMES_ITS_SIZE * bytes.length, own -> text(stated, name, where, bytes, own));
    }

    private static void text(Stated stated, String name, String where, byte[] bytes, Intake intake) {
        Decoded decoded = Decoded.of(bytes, "utf-8");
        if (decoded.binary() > 0.01) {
            intake.skipped(where, "not text");
            return;
        }
        Source source = stated.source();
        intake.take(Document.collected(
                source.id(),
                where,
                stated.title() == null ? where : stated.title(),
                null,
                null,
                source.genre(),
                stated.licence(),
                name,
                decoded.text()));
    }

    /** Takes a page under a licence, or sets it aside where it holds no text. */
    static void page(Source source, String where, Page page, String licence, Intake intake) {
        if (new Decoded(page.text(), null).binary() > 0.01) {
            intake.skipped(where, "not text");
            return;
        }
        intake.repaired(where, new Decoded("", page.note()));
        intake.omitted(page.left());
        intake.take(Document.collected(
                source.id(),
                where,
                page.title(),
                page.author(),
                page.year(),
                source.genre(),
                licence,
                where,
                page.text()));
    }
}
