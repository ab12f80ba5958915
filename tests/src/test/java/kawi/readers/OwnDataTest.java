package kawi.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import kawi.corpus.Document;
import kawi.corpus.Skipped;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reader's own files, however bad, never stop a reading and never vanish. */
class OwnDataTest {
    @TempDir
    Path folder;

    private Path mine;

    @BeforeEach
    void aFolder() throws Exception {
        mine = Files.createDirectories(folder.resolve("mine"));
    }

    private Reading read() throws Exception {
        return Packed.read(Packed.catalog(folder, "{\"id\": \"mine\", \"path\": \"mine\"}"), "mine");
    }

    @Test
    void aLineOfFiftyMegabytesIsSetAsideWithItsLengthAndTheRestIsRead() throws Exception {
        try (OutputStream out = Files.newOutputStream(mine.resolve("a.txt"))) {
            out.write(Packed.utf8("before\n"));
            byte[] million = "x".repeat(1_000_000).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 50; i++) {
                out.write(million);
            }
            out.write(Packed.utf8("\nafter\n"));
        }
        Reading reading = read();
        assertEquals("before\nafter\n", reading.documents().get(0).text());
        assertEquals(
                List.of(new Skipped("a.txt line 2", "a line of 50000000 bytes, more than 10000000")),
                reading.skipped());
    }

    @Test
    void anEmptyFileABlankOneAPictureAndAnotherKindOfFileAreSetAside() throws Exception {
        Files.write(mine.resolve("a.txt"), new byte[0]);
        Files.writeString(mine.resolve("b.txt"), " \n \n");
        Files.write(mine.resolve("c.txt"), new byte[] {(byte) 0x89, 'P', 'N', 'G', 0, 0, 1, 2, 3, 4, 0});
        Files.writeString(mine.resolve("d.docx"), "zip");
        Reading reading = read();
        assertEquals(0, reading.documents().size());
        assertEquals(
                List.of("empty", "empty", "not text", "neither .txt, .md nor .jsonl"),
                reading.skipped().stream().map(Skipped::reason).toList());
    }

    @Test
    void bytesThatAreNotUtf8AreReadAsWindows1252AndCounted() throws Exception {
        Files.write(
                mine.resolve("a.txt"), new byte[] {'c', 'a', 'f', (byte) 0xe9, ' ', (byte) 0x96, ' ', 'y', 'e', 's'});
        Reading reading = read();
        assertEquals("caf\u00e9 \u2013 yes\n", reading.documents().get(0).text());
        assertEquals(List.of(new Skipped("a.txt", "not UTF-8, read as Windows-1252")), reading.repaired());
    }

    @Test
    void badLinesOfAJsonlFileAreNamedByTheirNumber() throws Exception {
        Files.writeString(
                mine.resolve("a.jsonl"),
                "{\"text\": \"one\"}\nnot json\n\n{\"title\": \"no text\"}\n{\"text\": \"five\", \"year\": "
                        + "\"soon\"}\n{\"text\": \"six\"}");
        Reading reading = read();
        assertEquals(
                List.of("one", "six"),
                reading.documents().stream().map(Document::text).toList());
        assertEquals(
                List.of("a.jsonl line 2", "a.jsonl line 4", "a.jsonl line 5"),
                reading.skipped().stream().map(Skipped::where).toList());
    }

    @Test
    void aLongTextIsCutAtBlankLinesAndNothingIsLost() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 2000; i++) {
            text.append("Paragraph ").append(i).append(" says something of middling length.\n\n");
        }
        Files.writeString(mine.resolve("a.md"), text);
        Reading reading = read();
        assertTrue(reading.documents().size() > 4);
        assertTrue(reading.documents().stream().allMatch(d -> d.bytes() < 17_000));
        StringBuilder again = new StringBuilder();
        reading.documents().forEach(d -> again.append(d.text()));
        assertEquals(text.toString(), again.toString());
    }

    @Test
    void anInterruptedReadingKeepsWhatItHas() throws Exception {
        Files.writeString(mine.resolve("a.jsonl"), "{\"text\": \"one\"}\n{\"text\": \"two\"}\n");
        Thread.currentThread().interrupt();
        Reading reading = read();
        assertTrue(Thread.interrupted());
        assertEquals(1, reading.documents().size());
        assertEquals("interrupted after 1 documents", reading.skipped().get(0).reason());
    }
}
