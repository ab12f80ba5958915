package kawi.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import kawi.evidence.KitException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes that are not what they should be are read as far as they go and said, and never fill the memory. */
class OddBytesAreReadOrSaidTest {
    private static final byte[] MEGABYTE = new byte[1 << 20];

    @TempDir
    Path folder;

    @Test
    void utf16ThatIsCutShortKeepsItsTextAndSaysSo() {
        byte[] whole = "\ufeffna\u00efve \u4e2d\u6587".getBytes(StandardCharsets.UTF_16LE);
        assertEquals(new Decoded("na\u00efve \u4e2d\u6587", null), Decoded.of(whole));
        Decoded cut = Decoded.of(Arrays.copyOf(whole, whole.length - 1));
        assertEquals("na\u00efve \u4e2d\ufffd", cut.text());
        assertTrue(cut.note().contains("cut short or damaged"), cut.note());
    }

    @Test
    void aNameOfGigabytesIsNoName() throws IOException {
        Path file = folder.resolve("a.tgz");
        byte[] header = new byte[512];
        put(header, 0, "././@LongLink");
        put(header, 100, "0000644\0" + "0000000\0".repeat(2) + "%011o\0".formatted(200L << 20));
        put(header, 136, "00000000000\0        L");
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, "%06o\0 ".formatted(sum));
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(header);
            for (int i = 0; i < 200; i++) {
                out.write(MEGABYTE);
            }
        }
        List<String> skipped = new ArrayList<>();
        Archive.read(file, path -> true, (where, reason) -> skipped.add(reason), entry -> {});
        assertEquals(List.of("cut short or damaged: what it says of one file is longer than 10000000 bytes"), skipped);
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    @Test
    void whatUnpacksToMoreThanIsHeldIsRefused() throws IOException {
        Path file = folder.resolve("bomb.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < 10; i++) {
                zip.putNextEntry(new ZipEntry("f" + i));
                for (int j = 0; j < 45; j++) {
                    zip.write(MEGABYTE);
                }
                zip.closeEntry();
            }
        }
        assertTrue(Files.size(file) < 1_000_000);
        assertTrue(assertThrows(KitException.class, () -> Archive.entries(file, path -> true))
                .getMessage()
                .contains("unpacks to more than"));
    }

    @Test
    void halfASurrogatePairInAnyFieldIsSaid() throws IOException {
        Path file = folder.resolve("c.jsonl.gz");
        for (String field : List.of("id", "source", "title", "author", "genre", "licence", "url", "text")) {
            String line = "{\"id\":\"1\",\"source\":\"s\",\"title\":\"t\",\"author\":\"a\",\"genre\":\"g\","
                    + "\"licence\":\"MIT\",\"url\":\"u\",\"text\":\"Hello.\"}\n";
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
                out.write(line.replaceFirst("(\"" + field + "\":\")", "$1\\\\ud800")
                        .getBytes(StandardCharsets.UTF_8));
            }
            Corpus corpus = Corpus.open(file);
            assertEquals(1, corpus.size(), field);
            assertEquals(
                    List.of("kept: half of a surrogate pair, replaced by U+FFFD"),
                    corpus.skipped().stream().map(Skipped::reason).toList(),
                    field);
        }
    }
}
