package kawi.readers;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import kawi.corpus.Decoded;
import kawi.corpus.Document;
import kawi.corpus.JsonLines;
import kawi.corpus.Lines;

/**
 * A reader's own data: a {@code .txt}, {@code .md} or {@code .jsonl} file, or a folder of them. A text file becomes one
 * document, or several of about 16 kB cut at blank lines where it is longer; a {@code .jsonl} file has one document a
 * line, an object with {@code text} and, if wanted, {@code title}, {@code author}, {@code year}, {@code licence} and
 * {@code url}.
 */
final class PlainText implements Reader {
    /** Length in bytes from which a text is cut at the next blank line. */
    private static final int PART = 16_000;

    @Override
    public void read(Source source, List<Path> files, Intake intake) throws IOException {
        for (Path file : files) {
            try (Stream<Path> all = Files.walk(file)) {
                for (Path each : all.filter(Files::isRegularFile).sorted().toList()) {
                    String name = each.equals(file)
                            ? each.getFileName().toString()
                            : file.relativize(each).toString().replace('\\', '/');
                    read(source, each, name, intake);
                }
            }
        }
    }

    private static void read(Source source, Path file, String name, Intake intake) throws IOException {
        boolean json = name.endsWith(".jsonl");
        if (!json && !name.endsWith(".txt") && !name.endsWith(".md")) {
            intake.skipped(name, "neither .txt, .md nor .jsonl");
            return;
        }
        if (Files.size(file) == 0) {
            intake.skipped(name, "empty");
            return;
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            Lines lines = new Lines(in);
            ByteArrayOutputStream part = new ByteArrayOutputStream();
            int parts = 0;
            for (byte[] line; (line = lines.next()) != null; ) {
                if (lines.skippedBytes() > 0) {
                    intake.skipped(
                            name + " line " + lines.number(),
                            "a line of " + lines.skippedBytes() + " bytes, more than " + Lines.LONGEST);
                } else if (json) {
                    object(source, name + " line " + lines.number(), line, intake);
                } else {
                    part.writeBytes(line);
                    part.write('\n');
                    if (part.size() >= PART && new String(line, StandardCharsets.ISO_8859_1).isBlank()) {
                        text(source, name, ++parts, part, intake);
                    }
                }
            }
            if (part.size() > 0) {
                text(source, name, ++parts, part, intake);
            }
        } catch (java.nio.file.AccessDeniedException e) {
            intake.skipped(name, "may not be read by this user");
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

    private static void object(Source source, String where, byte[] line, Intake intake) {
        record Own(String text, String title, String author, Integer year, String licence, String url) {}
        Decoded decoded = Decoded.of(line);
        if (decoded.text().isBlank()) {
            return;
        }
        intake.repaired(where, decoded);
        try {
            Own own = JsonLines.JSON.readValue(decoded.text(), Own.class);
            if (own.text() == null) {
                intake.skipped(where, "no text");
                return;
            }
            intake.take(Document.collected(
                    source.id(),
                    where,
                    own.title(),
                    own.author(),
                    own.year(),
                    source.genre(),
                    own.licence() == null ? source.licence() : own.licence(),
                    own.url() == null ? where : own.url(),
                    own.text()));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            intake.skipped(where, "not a JSON object: " + e.getOriginalMessage());
        }
    }
}
