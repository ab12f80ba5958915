package kawi.readers;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Sources of every kind in files of any size, of sentences of the kit's own prose, each with a little that is bad. */
public final class LargeSources {
    /** Their ids: of "gone", which the catalog has besides, there is no file. */
    public static final List<String> IDS = List.of("lines", "pages", "zipped", "wiki", "text", "list", "table", "rows");

    private static final int PARTS = 7;

    private final Random random = new Random(5);
    private final List<String> sentences = new ArrayList<>();
    private final Path folder;
    private final long bytes;

    private LargeSources(Path folder, Path home, long bytes) throws IOException {
        this.folder = folder;
        this.bytes = bytes / PARTS;
        for (String file : List.of("README.md", ".github/CONTRIBUTING.md", "datasets/README.md")) {
            for (String sentence : Files.readString(home.resolve(file)).split("(?<=[.:;])\\s+")) {
                sentences.add(sentence.replaceAll("[^a-z ,.]", ""));
            }
        }
    }

    /** {@return a catalog of sources in a folder that have about so many bytes together} */
    public static Catalog make(Path folder, Path home, long bytes) throws IOException {
        new LargeSources(folder, home, bytes).write();
        StringBuilder entries = new StringBuilder("{\"id\": \"gone\", \"path\": \"gone.txt\"}");
        List<String> files =
                List.of("a.jsonl", "b.warc.gz", "c.zip", "d.xml", "e.txt", "f.json", "g.csv", "rows.parquet");
        Files.copy(
                home.resolve("tests/src/test/resources/kawi/readers/parquet/arrow-snappy-1.parquet"),
                folder.resolve("rows.parquet"));
        for (int i = 0; i < IDS.size(); i++) {
            entries.append(",\n{\"id\": \"")
                    .append(IDS.get(i))
                    .append("\", \"licence\": \"")
                    .append(IDS.get(i).equals("wiki") ? "CC-BY-SA-4.0" : "CC0-1.0")
                    .append("\", \"path\": \"")
                    .append(files.get(i))
                    .append("\"}");
        }
        return Packed.catalog(folder, entries.toString());
    }

    private String text(String between) {
        StringBuilder text = new StringBuilder();
        int length = 1000 + random.nextInt(4000);
        while (text.length() < length) {
            text.append(sentences.get(random.nextInt(sentences.size())))
                    .append(" the number is ")
                    .append(random.nextInt(100_000))
                    .append(random.nextInt(5) == 0 ? "." + between : ". ");
        }
        return text.toString();
    }

    private void fill(OutputStream out, String begin, IntFunction<String> part, String end) throws IOException {
        out.write(Packed.utf8(begin));
        long written = 0;
        for (int i = 0; written < bytes; i++) {
            byte[] next = part.apply(i).getBytes(StandardCharsets.UTF_8);
            out.write(next);
            written += next.length;
        }
        out.write(Packed.utf8(end));
    }

    private OutputStream file(String name) throws IOException {
        return new BufferedOutputStream(Files.newOutputStream(folder.resolve(name)), 1 << 20);
    }

    private void write() throws IOException {
        IntFunction<String> line = i -> i % 997 == 5
                ? "no json\n"
                : "{\"text\": \"" + text("\\n\\n") + "\", \"license\": \"" + (i % 50 == 7 ? "own" : "MIT")
                        + (i % 500 == 9 ? "\", \"year\": \"soon" : "") + "\"}\n";
        try (OutputStream out = file("a.jsonl")) {
            fill(out, "", line, "");
        }
        try (OutputStream out = new Fast(file("b.warc.gz"))) {
            fill(
                    out,
                    "",
                    i -> {
                        String http = "HTTP/1.1 200 OK\r\nContent-Type: " + (i % 700 == 3 ? "image/png" : "text/html")
                                + "\r\n\r\n<html><head><link rel=license href=https://creativecommons.org/publicdomain/zero/1.0/>"
                                + "</head><body><nav><a href=/a>Home</a></nav><p>" + text("</p><p>")
                                + "</p></body></html>";
                        return "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://h.example/" + i
                                + "\r\nWARC-Date: 2026-01-01T00:00:00Z\r\nWARC-Record-ID:"
                                + " <urn:uuid:00000000-0000-0000-0000-000000000001>\r\nContent-Type: application/http\r\n"
                                + "Content-Length: " + http.length() + "\r\n\r\n" + http + "\r\n\r\n";
                    },
                    "");
        }
        try (ZipOutputStream zip = new ZipOutputStream(file("c.zip"))) {
            zip.setLevel(Deflater.BEST_SPEED);
            zip.putNextEntry(new ZipEntry("inside/lines.jsonl"));
            fill(zip, "", line, "");
            zip.putNextEntry(new ZipEntry("inside/odd.bin"));
            zip.write(1);
        }
        try (OutputStream out = file("d.xml")) {
            fill(
                    out,
                    "<mediawiki><siteinfo><base>https://w.example/wiki/Main</base></siteinfo>\n",
                    i -> "<page><title>Page " + i + "</title><ns>" + (i % 100 == 8 ? 4 : 0) + "</ns><id>" + i
                            + "</id><revision><id>1" + i + "</id><timestamp>2020-01-01T00:00:00Z</timestamp><text>'''"
                            + (i % 900 == 4 ? "a & b" : "Page") + "''' [[link|words]] {{box}}\n== Part ==\n"
                            + text("\n\n") + "</text></revision></page>\n",
                    "</mediawiki>");
        }
        try (OutputStream out = file("e.txt")) {
            fill(out, "", i -> text("\n\n"), "");
        }
        try (OutputStream out = file("f.json")) {
            fill(
                    out,
                    "{\"version\": 1, \"data\": [",
                    i -> (i == 0 ? "" : ",") + "{\"content\": \"" + text("\\n\\n") + "\", \"n\": " + i + "}",
                    "]}");
        }
        try (OutputStream out = file("g.csv")) {
            fill(
                    out,
                    "title,text\n",
                    i -> "T" + i + ",\"" + text("\n\n") + "\"" + (i % 800 == 2 ? ",x" : "") + "\n",
                    "");
        }
    }

    /** Gzip that takes no time, a member for each record as crawlers write them. */
    private static final class Fast extends OutputStream {
        private final OutputStream out;

        Fast(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            if (length == 0) {
                return;
            }
            Member member = new Member(out);
            member.write(bytes, from, length);
            member.finish();
            member.end();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    private static final class Member extends GZIPOutputStream {
        Member(OutputStream out) throws IOException {
            super(out);
            def.setLevel(Deflater.BEST_SPEED);
        }

        /** Gives back what the compression needs, which is no part of the heap. */
        void end() {
            def.end();
        }
    }
}
