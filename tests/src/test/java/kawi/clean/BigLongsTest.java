package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BigLongsTest {
    private static final long SECOND = BigLongs.IN_HEAP + (1L << 20);

    @Test
    void whatWasNeverSetIsZeroWhereverItLies() {
        BigLongs row = new BigLongs();
        for (long at : new long[] {0, 255, 256, 257, BigLongs.IN_HEAP - 1, BigLongs.IN_HEAP, SECOND, 10 * SECOND}) {
            assertEquals(0, row.get(at), "at " + at);
        }
        row.set(SECOND, 5);
        assertEquals(0, row.get(SECOND - 1));
        assertEquals(0, row.get(BigLongs.IN_HEAP));
        assertEquals(5, row.get(SECOND));
    }

    @Test
    void numbersInTheHeapAndInEachPartOfTheFileStayApart() {
        BigLongs row = new BigLongs();
        long end = SECOND + (1L << 20) + 1000;
        for (long at = 0; at < end; at += 499) {
            row.set(at, at + 1);
        }
        for (long at : new long[] {BigLongs.IN_HEAP - 1, BigLongs.IN_HEAP, SECOND - 1, SECOND, SECOND + (1 << 20)}) {
            row.set(at, at + 1);
        }
        for (long at = 0; at < end; at += 499) {
            assertEquals(at + 1, row.get(at));
        }
        for (long at : new long[] {BigLongs.IN_HEAP - 1, BigLongs.IN_HEAP, SECOND - 1, SECOND, SECOND + (1 << 20)}) {
            assertEquals(at + 1, row.get(at));
        }
    }

    @Test
    void theFileHasNoNameThatCouldStayBehind(@TempDir Path folder) throws IOException {
        String usual = System.getProperty("java.io.tmpdir");
        System.setProperty("java.io.tmpdir", folder.toString());
        try {
            new BigLongs().set(BigLongs.IN_HEAP, 1);
        } finally {
            System.setProperty("java.io.tmpdir", usual);
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertArrayEquals(new Path[0], left.toArray());
        }
    }

    @Test
    void bytesOfAnyLengthAreGivenBackAsTheyWere() {
        ByteLog log = new ByteLog();
        long[] places = new long[40];
        for (int i = 0; i < places.length; i++) {
            places[i] = log.add("x".repeat(i));
        }
        for (int i = 0; i < places.length; i++) {
            assertEquals("x".repeat(i), log.text(places[i]));
        }
    }
}
