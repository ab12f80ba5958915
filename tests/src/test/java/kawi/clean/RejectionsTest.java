package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import kawi.corpus.Skipped;
import kawi.evidence.KitException;
import kawi.readers.Packed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RejectionsTest {
    private static final String GOOD =
            "{\"step\":\"s\",\"measure\":\"m\",\"value\":1.0,\"document\":{\"id\":\"1\",\"source\":\"a\",\"text\":\"t\"}}";

    @TempDir
    Path folder;

    private Path file(String... lines) throws Exception {
        Path file = folder.resolve("rejected.jsonl.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(Packed.utf8(String.join("\n", lines)));
        }
        return file;
    }

    @Test
    void aLineThatIsNoRejectedDocumentIsNamedAndTheOthersAreRead() throws Exception {
        Rejections rejections = new Rejections(file(
                GOOD,
                "null",
                "",
                "{not json",
                "{\"step\":\"s\",\"measure\":\"m\",\"value\":1.0}",
                GOOD + GOOD,
                "{\"value\":1.0,\"document\":{\"text\":\"t\"}}",
                GOOD));
        assertEquals(2, rejections.all().size());
        assertEquals(
                List.of(2, 4, 5, 6, 7),
                rejections.skipped().stream()
                        .map(each -> Integer.valueOf(each.where().replaceAll(".* ", "")))
                        .toList());
        assertEquals(
                new Skipped("rejected.jsonl.gz line 5", "no document"),
                rejections.skipped().get(2));
        assertEquals(1, rejections.table().rowCount());
    }

    @Test
    void aFileCutShortSaysSo() throws Exception {
        String[] many = new String[3000];
        for (int i = 0; i < many.length; i++) {
            many[i] = GOOD.replace("\"t\"", "\"" + Math.sqrt(i) + "\"");
        }
        Path file = file(many);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        Rejections rejections = new Rejections(file);
        assertTrue(rejections.all().size() > 500 && rejections.all().size() < 2900);
        assertTrue(rejections.skipped().get(0).reason().startsWith("cut short or damaged after line"));
    }

    @Test
    void aMissingFileAndOneThatIsNoGzipAreRefusedInASentence() throws Exception {
        assertTrue(assertThrows(KitException.class, () -> new Rejections(folder.resolve("no")).all())
                .getMessage()
                .startsWith("There are no rejected documents at"));
        Path plain = Files.writeString(folder.resolve("plain.gz"), GOOD);
        assertTrue(assertThrows(KitException.class, () -> new Rejections(plain).all())
                .getMessage()
                .contains("is not a gzip file"));
    }
}
