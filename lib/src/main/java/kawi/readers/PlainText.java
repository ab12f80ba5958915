package kawi.readers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import kawi.corpus.Archive;
import kawi.corpus.Held;
import kawi.corpus.Lines;
import kawi.evidence.KitException;

/**
 * A reader's own data, whatever of it is text: a file, or a folder of files of any of these kinds, told by the ending
 * of the name in capitals or not. Each may be compressed ({@code .gz}, {@code .zst}, {@code .bz2}) and lie in an
 * archive ({@code .zip}, {@code .tar}, {@code .tar.gz}, ...).
 *
 * <ul>
 *   <li>{@code .txt}, {@code .text}, {@code .md}, {@code .rst}: see {@link OwnTexts}
 *   <li>{@code .html}, {@code .htm}, {@code .xhtml}: a {@link Page} each; {@code .epub}: see {@link Epub};
 *       {@code .pdf}: see {@link Pdf}
 *   <li>{@code .jsonl}, {@code .ndjson}, {@code .json}: see {@link JsonTexts}, {@link JsonValues}; {@code .csv},
 *       {@code .tsv}: see {@link TableRows}; {@code .parquet}: see {@link Parquet}
 *   <li>{@code .warc}, {@code .wet}: see {@link WarcFile}; {@code .mbox}: see {@link Mailbox}; {@code .eml}: see
 *       {@link MailMessage}; {@code .xml} that is a dump of a wiki: see {@link WikiDump}
 * </ul>
 *
 * <p>Anything else is set aside with its reason, and nothing that a file holds stops the reading of the others.
 */
final class PlainText implements Reader {
    static final String KINDS =
            ".txt, .md, .html, .json, .jsonl, .csv, .tsv, .parquet, .mbox, .eml, .warc, .wet, .epub,"
                    + " .pdf, .xml of a wiki";

    private static final Pattern WEB_ARCHIVE = Pattern.compile(".*\\.(warc|wet|wat|arc)(\\.gz|\\.zst|\\.bz2)?");
    private static final Pattern ARCHIVE = Pattern.compile(".*\\.(zip|jar|whl|tar|tgz|tbz2|tzst|tar\\.(gz|zst|bz2))");
    private static final Pattern HIDDEN = Pattern.compile("(.*/)?(\\.[^./][^/]*|\\.\\.[^/]+|__MACOSX)(/.*)?");
    private static final int DEEPEST = 3;
    /** What becomes a document or two, whole in memory. */
    private static final Pattern SMALL =
            Pattern.compile("(?i).*\\.(txt|text|md|markdown|rst|html?|xhtml|eml|json|jsonl)");

    private static final long LARGEST_SMALL = 1 << 18;

    @Override
    public void read(Source source, List<Path> files, Intake intake) throws IOException {
        for (Path file : files) {
            OwnFiles.each(file, intake::skipped, item -> {
                Content content = Content.of(item);
                if (SMALL.matcher(item.name()).matches() && Files.size(item.file()) <= LARGEST_SMALL) {
                    apart(source, content, Files.size(item.file()), intake, 0);
                } else {
                    read(source, content, intake, 0);
                }
            });
        }
    }

    /** Leaves a small file to another core. */
    private static void apart(Source source, Content content, long size, Intake intake, int depth) {
        intake.apart(content.name(), Page.TIMES_ITS_SIZE * size, own -> read(source, content, own, depth));
    }

    private static void read(Source source, Content content, Intake intake, int depth) {
        String name = content.name();
        long before = intake.said();
        try {
            if (content.head().length == 0) {
                intake.skipped(name, "empty");
                return;
            }
            String ending = name.toLowerCase(Locale.ROOT);
            if (WEB_ARCHIVE.matcher(ending).matches()) {
                WarcFile.read(content, source, intake);
            } else if (Content.withoutPacking(ending).endsWith(".epub")) {
                Content book = content.unpacked();
                Epub.read(source, book.named(name), intake);
            } else if (ARCHIVE.matcher(ending).matches()) {
                archive(source, content, intake, depth);
            } else {
                text(source, content.unpacked(), name, intake);
            }
            if (intake.said() == before) {
                intake.skipped(name, "nothing in it that could be read");
            }
        } catch (Intake.Enough | KitException e) {
            throw e;
        } catch (AccessDeniedException e) {
            intake.skipped(name, "may not be read by this user");
        } catch (IOException | UncheckedIOException e) {
            intake.skipped(name, "could not be read further: " + reason(e));
        } catch (RuntimeException e) {
            intake.skipped(name, "damaged, not read further: " + reason(e));
        }
    }

    static String reason(Exception e) {
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return message.length() > 160 ? message.substring(0, 160) + "..." : message;
    }

    /** One file by its ending, unpacked, under the name that it has in the folder. */
    private static void text(Source source, Content content, String name, Intake intake) throws IOException {
        // Wikipedia names a part of a dump after the pages in it: pages-articles1.xml-p1p41242.bz2.
        String ending = Content.withoutPacking(content.name())
                .toLowerCase(Locale.ROOT)
                .replaceFirst("\\.xml-p\\d+p\\d+[^./]*$", ".xml");
        Content named = content.named(name);
        switch (ending.substring(ending.lastIndexOf('.') + 1)) {
            case "txt", "text", "md", "markdown", "rst" -> {
                try (InputStream in = named.utf8(intake)) {
                    OwnTexts.read(source, name, new Lines(in), intake);
                }
            }
            case "jsonl", "ndjson" -> {
                try (InputStream in = named.utf8(intake)) {
                    JsonTexts.lines(source, name, new Lines(in), intake);
                }
            }
            case "json" -> JsonValues.read(source, named, intake);
            case "csv" -> TableRows.read(source, named, false, intake);
            case "tsv", "tab" -> TableRows.read(source, named, true, intake);
            case "mbox" -> Mailbox.read(source, named, intake);
            case "eml" -> {
                try (InputStream in = named.mail(intake)) {
                    MailMessage.read(source, name, whole(in), intake);
                }
            }
            case "pdf" -> Pdf.read(source, named, intake);
            case "parquet" -> Parquet.read(source, named, intake);
            case "xml" -> WikiDump.read(source, named, intake);
            case "html", "htm", "xhtml" -> page(source, name, ending, whole(named), intake);
            default -> {
                if (WikiDump.begins(named)) {
                    WikiDump.read(source, named, intake);
                } else {
                    intake.skipped(name, "of no kind that is read (" + KINDS + ")" + advice(ending));
                }
            }
        }
    }

    private static String advice(String ending) {
        if (ending.endsWith(".xz") || ending.endsWith(".7z") || ending.endsWith(".rar")) {
            return "; pack it as .gz or .zip";
        }
        return ending.matches(".*\\.(docx?|odt|rtf|ps|djvu)") ? "; save it as .txt or .html" : "";
    }

    static byte[] whole(Content content) throws IOException {
        try (InputStream in = content.open()) {
            return whole(in);
        }
    }

    private static byte[] whole(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(Archive.LARGEST + 1);
        if (bytes.length > Archive.LARGEST) {
            throw new IOException("more than " + Archive.LARGEST + " bytes");
        }
        return bytes;
    }

    private static void page(Source source, String name, String ending, byte[] bytes, Intake intake) {
        Page page = Page.of("", ending.endsWith("xhtml") ? "application/xhtml+xml" : "text/html", bytes);
        OwnTexts.page(source, name, page, page.licence() == null ? source.licence() : page.licence(), intake);
    }

    private static void archive(Source source, Content content, Intake intake, int depth) throws IOException {
        String name = content.name();
        if (depth >= DEEPEST) {
            intake.skipped(name, "an archive in an archive in an archive, not opened");
            return;
        }
        long[] hidden = new long[1];
        Predicate<String> wanted = path -> {
            boolean out = HIDDEN.matcher(path).matches();
            hidden[0] += out ? 1 : 0;
            return !out;
        };
        BiConsumer<String, Held> visitor = (path, held) -> {
            Content inside = Content.of(name + "!/" + path, held);
            if (SMALL.matcher(path).matches() && held.size() <= LARGEST_SMALL) {
                apart(source, inside, held.size(), intake, depth + 1); // in the heap, also when it is closed
            } else {
                read(source, inside, intake, depth + 1);
            }
        };
        if (content.file() != null) {
            Archive.walk(content.file(), wanted, (where, why) -> intake.skipped(within(name, where), why), visitor);
        } else {
            Archive.walk(name, content.held(), wanted, intake::skipped, visitor);
        }
        if (hidden[0] > 0) {
            intake.skipped(name, hidden[0] + (hidden[0] == 1 ? " hidden file" : " hidden files") + " in it");
        }
    }

    /** The archive says its own file name; here it goes by its path in the folder. */
    static String within(String name, String where) {
        String own = name.substring(name.lastIndexOf('/') + 1);
        return where.startsWith(own) ? name + where.substring(own.length()) : where;
    }
}
