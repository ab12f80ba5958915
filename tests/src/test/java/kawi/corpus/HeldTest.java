package kawi.corpus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in an archive can be read again and from any place, however large it is. */
class HeldTest {
    @TempDir
    Path folder;

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    private static InputStream in(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
    }

    @Test
    void itIsReadFromItsBeginningAsOftenAsOneLikesInTheHeapAndBeyondIt() throws IOException {
        for (int count : new int[] {0, 1, 99, 100, 101, 300_000}) {
            byte[] bytes = bytes(count);
            try (Held held = Held.of(in(bytes), 1_000_000, 100)) {
                assertEquals(count, held.size());
                assertArrayEquals(bytes, held.bytes());
                try (InputStream one = held.open();
                        InputStream other = held.open()) {
                    assertEquals(count > 0 ? bytes[0] & 0xff : -1, one.read());
                    assertArrayEquals(bytes, other.readAllBytes());
                    assertArrayEquals(Arrays.copyOfRange(bytes, Math.min(1, count), count), one.readAllBytes());
                    assertEquals(-1, one.read());
                }
            }
        }
    }

    @Test
    void anyPlaceOfItIsRead() throws IOException {
        byte[] bytes = bytes(200_000);
        for (int inHeap : new int[] {100, 1_000_000}) {
            try (Held held = Held.of(in(bytes), 1_000_000, inHeap);
                    SeekableByteChannel channel = held.channel()) {
                assertEquals(bytes.length, channel.size());
                for (int place : new int[] {150_000, 3, 199_990}) {
                    channel.position(place);
                    assertEquals(place, channel.position());
                    for (ByteBuffer into : new ByteBuffer[] {ByteBuffer.allocate(10), ByteBuffer.allocateDirect(10)}) {
                        channel.position(place);
                        while (into.hasRemaining()) {
                            assertTrue(channel.read(into) > 0);
                        }
                        byte[] read = new byte[10];
                        into.flip().get(read);
                        assertArrayEquals(Arrays.copyOfRange(bytes, place, place + 10), read);
                    }
                }
                channel.position(bytes.length);
                assertEquals(-1, channel.read(ByteBuffer.allocate(1)));
            }
        }
    }

    @Test
    void aChannelOfItIsReadOnlyAndEndsWithItselfOrWithAllOfIt() throws IOException {
        Held held = Held.of(in(bytes(500)), 1000, 100);
        SeekableByteChannel one = held.channel();
        assertThrows(NonWritableChannelException.class, () -> one.write(ByteBuffer.allocate(1)));
        assertThrows(NonWritableChannelException.class, () -> one.truncate(1));
        one.close();
        assertEquals(false, one.isOpen());
        assertThrows(ClosedChannelException.class, () -> one.read(ByteBuffer.allocate(1)));
        assertEquals(500, held.bytes().length);
        SeekableByteChannel own = held.ownChannel();
        assertTrue(own.isOpen());
        own.close();
        assertThrows(IOException.class, held::bytes);
    }

    @Test
    void moreThanIsWantedIsOneByteMoreAndTheRestIsNotRead() throws IOException {
        for (int inHeap : new int[] {50, 100, 101, 5000}) {
            for (int most : new int[] {100, 999, 1000, 1001}) {
                InputStream in = in(bytes(1000));
                try (Held held = Held.of(in, most, inHeap)) {
                    assertEquals(Math.min(1000, most + 1), held.size(), most + " of 1000, " + inHeap + " in the heap");
                    assertEquals(held.size(), held.bytes().length);
                }
            }
        }
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 1;
            }
        };
        try (Held held = Held.of(endless, 200_000, 100)) {
            assertEquals(200_001, held.size());
        }
    }

    @Test
    void nothingOfItIsLeftInTheFolderForTemporaryFiles() throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        try (Held held = Held.of(in(bytes(500)), 1000, 100)) {
            assertEquals(500, held.size());
            assertEquals(0, named(temporary));
        }
        InputStream broken = new InputStream() {
            private int left = 300;

            @Override
            public int read() throws IOException {
                if (--left < 0) {
                    throw new IOException("broken");
                }
                return 1;
            }
        };
        assertThrows(IOException.class, () -> Held.of(broken, 1000, 100));
        assertEquals(0, named(temporary));
    }

    private static long named(Path temporary) throws IOException {
        try (Stream<Path> all = Files.list(temporary)) {
            return all.filter(each -> each.toString().endsWith(".held")).count();
        }
    }

    @Test
    void anInterruptDoesNotCloseIt() throws IOException {
        byte[] bytes = bytes(500);
        try (Held held = Held.of(in(bytes), 1000, 100);
                SeekableByteChannel channel = held.channel()) {
            Thread.currentThread().interrupt();
            assertEquals(500, channel.read(ByteBuffer.allocate(500)));
            assertArrayEquals(bytes, held.bytes());
            assertTrue(Thread.interrupted());
        }
    }

    /** A file of an archive that is too large for the memory of {@link Archive#read} is walked to. */
    @Test
    void aFileOfAnArchiveMayHaveMoreBytesThanAreReadIntoMemory() throws IOException {
        Path file = folder.resolve("a.zip");
        byte[] block = bytes(1 << 20);
        int blocks = Archive.LARGEST / block.length + 2;
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.setLevel(0);
            zip.putNextEntry(new ZipEntry("large.bin"));
            for (int i = 0; i < blocks; i++) {
                zip.write(block);
            }
            zip.putNextEntry(new ZipEntry("small.bin"));
            zip.write(block, 0, 10);
        }
        Map<String, Long> sizes = new LinkedHashMap<>();
        Archive.Tally tally = Archive.walk(
                file,
                path -> true,
                (where, why) -> sizes.put(where + ": " + why, 0L),
                (path, held) -> sizes.put(path, held.size()));
        assertEquals(Map.of("large.bin", (long) blocks * block.length, "small.bin", 10L), sizes);
        assertEquals(new Archive.Tally(2, 2), tally);
        sizes.clear();
        Archive.read(file, path -> true, (where, why) -> sizes.put(where + ": " + why, 0L), entry -> {});
        assertEquals(Map.of("a.zip large.bin: more than 64000000 bytes", 0L), sizes);
    }
}
