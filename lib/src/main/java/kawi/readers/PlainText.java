package kawi.readers;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import kawi.corpus.Archive;
import kawi.corpus.Decoded;
import kawi.corpus.Document;
import kawi.corpus.JsonRecord;
import kawi.corpus.JsonRecords;
import kawi.corpus.Lines;

/**
 * A reader's own data: a {@code .txt}, {@code .md} or {@code .jsonl} file, or a folder of them. A text file becomes one
 * document, or several of about 16 kB cut at blank lines where it is longer; a {@code .jsonl} file has one document a
 * line, an object with a text and, if wanted, title, author, year, genre, licence and url, under the names that
 * {@link JsonRecord} lists. What the object does not say, the catalog's entry says for it.
 */
final class PlainText implements Reader {
    /** Length in bytes from which a text is cut at the next blank line. */
    private static final int PART = 16_000;
    /** Length in bytes from which it is cut at the next line, blank or not. */
    private static final int LONGEST_PART = 4_000_000;

    @Override
    public void read(Source source, List<Path> files, Intake intake) throws IOException {
        for (Path file : files) {
            for (OwnFiles.Item item : OwnFiles.of(file, intake::skipped)) {
                read(source, item.file(), item.name(), intake);
            }
        }
    }

    private static void read(Source source, Path file, String name, Intake intake) {
        String ending = name.toLowerCase(Locale.ROOT);
        boolean json = ending.endsWith(".jsonl") || ending.endsWith(".ndjson");
        if (!json && !ending.endsWith(".txt") && !ending.endsWith(".md")) {
            intake.skipped(name, "neither .txt, .md nor .jsonl");
            return;
        }
        try (InputStream in = open(file, name, intake)) {
            if (in == null) {
                return;
            }
            Lines lines = new Lines(in);
            if (json) {
                objects(source, name, lines, intake);
            } else {
                texts(source, name, lines, intake);
            }
        } catch (AccessDeniedException e) {
            intake.skipped(name, "may not be read by this user");
        } catch (IOException e) {
            intake.skipped(name, "could not be read further: " + e.getMessage());
        }
    }

    /** The file's bytes, those of UTF-16 as UTF-8, whose lines end in one byte; null where it was set aside. */
    private static InputStream open(Path file, String name, Intake intake) throws IOException {
        if (Files.size(file) == 0) {
            intake.skipped(name, "empty");
            return null;
        }
        InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        in.mark(2);
        byte[] mark = in.readNBytes(2);
        in.reset();
        if (mark.length < 2 || (mark[0] & 0xff) + (mark[1] & 0xff) != 0xff + 0xfe) {
            return in;
        }
        try (in) {
            byte[] whole = in.readNBytes(Archive.LARGEST + 1);
            if (whole.length > Archive.LARGEST) {
                intake.skipped(name, "UTF-16, and more than " + Archive.LARGEST + " bytes; save it as UTF-8");
                return null;
            }
            Decoded decoded = Decoded.of(whole);
            intake.repaired(name, decoded);
            return new ByteArrayInputStream(decoded.text().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void texts(Source source, String name, Lines lines, Intake intake) throws IOException {
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
                text(source, name, ++parts, part, intake);
            }
        }
        if (part.size() > 0) {
            text(source, name, ++parts, part, intake);
        }
    }

    private static void text(Source source, String name, int number, ByteArrayOutputStream part, Intake intake) {
        Decoded decoded = Decoded.of(part.toByteArray());
        part.reset();
        String where = name + (number == 1 ? "" : " part " + number);
        if (decoded.binary() > 0.01) {
            intake.skipped(where, "not text");
            return;
        }
        intake.repaired(where, decoded);
        intake.take(Document.collected(
                source.id(), where, where, null, null, source.genre(), source.licence(), name, decoded.text()));
    }

    private static void objects(Source source, String name, Lines lines, Intake intake) throws IOException {
        JsonRecords records = new JsonRecords(name, intake::skipped, intake::repaired, (where, record) -> {
            intake.take(document(source, where, record));
            return true;
        });
        for (byte[] line; (line = lines.next()) != null; ) {
            records.line(lines, line);
        }
        records.end();
    }

    private static Document document(Source source, String where, JsonRecord record) {
        return Document.collected(
                source.id(),
                where,
                record.title(),
                record.author(),
                record.year(),
                record.genre() == null ? source.genre() : record.genre(),
                record.licence() == null ? source.licence() : record.licence(),
                record.url() == null ? where : record.url(),
                record.text());
    }
}
