package kawi.readers;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import kawi.corpus.Document;
import kawi.corpus.Skipped;
import kawi.evidence.Hash;
import kawi.evidence.Progress;

/** Small package archives and a catalog that pins them, for tests. */
public final class Packed {
    private Packed() {}

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A gzipped tar of plain files, headers as POSIX.1-1988 (ustar) has them. */
    public static Path tgz(Path file, Map<String, byte[]> entries) throws IOException {
        try (OutputStream tar = new GZIPOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> each : entries.entrySet()) {
                byte[] header = new byte[512];
                put(header, 0, each.getKey());
                put(
                        header,
                        100,
                        "0000644\0" + "0000000\0".repeat(2) + "%011o\0".formatted(each.getValue().length)
                                + "00000000000\0        0");
                put(header, 257, "ustar\00000");
                int sum = 0;
                for (byte b : header) {
                    sum += b & 0xff;
                }
                put(header, 148, "%06o\0 ".formatted(sum));
                tar.write(header);
                tar.write(each.getValue());
                tar.write(new byte[(512 - each.getValue().length % 512) % 512]);
            }
            tar.write(new byte[1024]);
        }
        return file;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    public static Path zip(Path file, Map<String, byte[]> entries) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> each : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(each.getKey()));
                zip.write(each.getValue());
                zip.closeEntry();
            }
        }
        return file;
    }

    /** A catalog of one source "s" in this format whose only file is this one; the file lies in the cache. */
    public static Catalog catalog(Path folder, String format, Path file) throws IOException {
        return catalog(folder, format, file, Hash.of(file));
    }

    public static Catalog catalog(Path folder, String format, Path file, String sha256) throws IOException {
        return catalog(folder, """
        {"id": "s", "licence": "CC0-1.0", "genre": "test", "format": "%s", "default": true, "packages": [
          {"registry": "npm", "name": "n", "version": "1", "file": "%s", "sha256": "%s", "bytes": %d}]}
        """.formatted(format, file.getFileName(), sha256, Files.size(file)));
    }

    public static Catalog catalog(Path folder, String entry) throws IOException {
        Path json = Files.writeString(folder.resolve("catalog.json"), "{\"sources\": [" + entry + "]}");
        return Catalog.open(json, java.util.List.of(folder.resolve("cache")));
    }

    public static Reading read(Catalog catalog, String id) {
        return catalog.read(id, Integer.MAX_VALUE, Long.MAX_VALUE, Progress.NONE);
    }

    /** The documents' texts, with a bar between two. */
    public static String text(Reading reading) {
        return String.join(
                "|",
                reading.documents().stream().map(each -> each.text().strip()).toList());
    }

    /** What was set aside or mended and why, a line each. */
    public static String said(List<Skipped> all) {
        return String.join(
                "\n",
                all.stream().map(each -> each.where() + ": " + each.reason()).toList());
    }

    public static Document document(String name, String text) {
        return Document.collected("test", name, name, null, null, "test", "CC0-1.0", name, text);
    }
}
