package kawi.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import kawi.evidence.KitException;
import kawi.readers.Packed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files put behind one another, as {@code cat a.gz b.gz} does it: read to the last, or said where reading ended. */
class NothingBehindTheEndIsDroppedTest {
    @TempDir
    Path folder;

    private static byte[] gzip(byte[] content) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (var packed = new GZIPOutputStream(out)) {
            packed.write(content);
        }
        return out.toByteArray();
    }

    private static byte[] both(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private static byte[] document(int id) {
        return Packed.utf8("{\"id\":\"" + id + "\",\"source\":\"s\",\"text\":\"t" + id + "\"}\n");
    }

    private Path file(String name, byte[] bytes) throws Exception {
        return Files.write(folder.resolve(name), bytes);
    }

    @Test
    void ofACorpusInSeveralMembersEveryDocumentIsReadOrTheDamageIsSaid() throws Exception {
        byte[] first = gzip(document(1));
        byte[] second = gzip(document(2));
        Corpus whole = Corpus.open(file("whole.jsonl.gz", both(first, second)));
        assertEquals(2, whole.size());
        assertEquals(List.of(), whole.skipped());
        Corpus padded = Corpus.open(file("padded.jsonl.gz", both(first, new byte[700])));
        assertEquals(1, padded.size());
        assertEquals(List.of(), padded.skipped());
        byte[] damaged = second.clone();
        damaged[0] ^= 1;
        for (byte[] rest : List.of(damaged, document(2), new byte[] {0, 0, 7}, new byte[] {0x1f})) {
            Corpus corpus = Corpus.open(file("damaged.jsonl.gz", both(first, rest)));
            assertEquals(1, corpus.size());
            assertEquals(1, corpus.skipped().size(), "said: " + corpus.skipped());
            assertTrue(corpus.skipped().get(0).reason().contains("cut short or damaged"));
        }
    }

    @Test
    void whatFollowsAnArchivesEndMarkIsSaid() throws Exception {
        byte[] one = unpacked(Packed.tgz(folder.resolve("1.tgz"), Map.of("a.txt", Packed.utf8("a"))));
        byte[] two = unpacked(Packed.tgz(folder.resolve("2.tgz"), Map.of("b.txt", Packed.utf8("b"))));
        for (byte[] between : List.of(new byte[0], new byte[9 * 1024])) {
            byte[] tar = both(both(one, between), two);
            for (Path file : List.of(file("both.tar", tar), file("both.tgz", gzip(tar)))) {
                assertEquals(List.of("a.txt"), read(file));
                assertEquals(1, said.size());
                assertTrue(said.get(0).contains("end mark"), said.get(0));
                assertThrows(KitException.class, () -> Archive.entries(file, path -> true));
            }
        }
        Path padded = file("padded.tar", both(one, new byte[20 * 1024]));
        assertEquals(List.of("a.txt"), read(padded));
        assertEquals(List.of(), said);
        Path behind = file("behind.tgz", both(gzip(one), two));
        assertEquals(List.of("a.txt"), read(behind));
        assertFalse(said.isEmpty());
    }

    private final List<String> said = new ArrayList<>();

    private List<String> read(Path file) throws Exception {
        List<String> paths = new ArrayList<>();
        said.clear();
        Archive.read(file, path -> true, (where, reason) -> said.add(reason), entry -> paths.add(entry.path()));
        return paths;
    }

    private static byte[] unpacked(Path tgz) throws Exception {
        try (var in = new GZIPInputStream(Files.newInputStream(tgz))) {
            return in.readAllBytes();
        }
    }
}
