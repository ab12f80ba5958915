package kawi.corpus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockGzipTest {
    private static final int[] LENGTHS = {
        0, 1, BlockGzip.BLOCK - 1, BlockGzip.BLOCK, BlockGzip.BLOCK + 1, 5 * BlockGzip.BLOCK + 77
    };

    @TempDir
    Path folder;

    /** Half of it words, half of it noise that does not shrink. */
    private static byte[] content(int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        byte[] words = "what is said again and again ".getBytes(StandardCharsets.US_ASCII);
        for (int i = length / 2; i < length; i++) {
            content[i] = words[i % words.length];
        }
        return content;
    }

    private static byte[] packed(byte[] content, Executor cores, int ahead, int atOnce) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (BlockGzip gzip = new BlockGzip(out, cores, ahead)) {
            for (int from = 0; from < content.length; from += atOnce) {
                gzip.write(content, from, Math.min(atOnce, content.length - from));
            }
        }
        return out.toByteArray();
    }

    @Test
    void everyReaderOfGzipReadsAllOfIt() throws Exception {
        for (int length : LENGTHS) {
            byte[] content = content(length);
            byte[] packed = packed(content, Runnable::run, 0, 1 << 20);
            assertArrayEquals(content, new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes());
            assertArrayEquals(content, new Gunzip(new ByteArrayInputStream(packed)).readAllBytes());
            Path file = Files.write(folder.resolve(length + ".gz"), packed);
            for (String[] reader : new String[][] {
                {"gzip", "-dc"},
                {"python3", "-c", "import gzip,sys; sys.stdout.buffer.write(gzip.open(sys.argv[1]).read())"}
            }) {
                String[] command = Arrays.copyOf(reader, reader.length + 1);
                command[reader.length] = file.toString();
                Process process = new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                assertArrayEquals(content, process.getInputStream().readAllBytes(), reader[0] + ", " + length);
                assertEquals(0, process.waitFor());
            }
        }
    }

    @Test
    void theBytesAreTheSameForAnyNumberOfThreadsAndHoweverTheyAreWritten() throws IOException {
        ExecutorService five = Executors.newFixedThreadPool(5);
        try {
            for (int length : LENGTHS) {
                byte[] content = content(length);
                byte[] alone = packed(content, Runnable::run, 0, 1 << 20);
                assertArrayEquals(alone, packed(content, five, 3, 100_003));
                assertArrayEquals(alone, packed(content, five, 100, 7 * BlockGzip.BLOCK));
            }
        } finally {
            five.shutdownNow();
        }
    }

    @Test
    void aBlockIsAMemberOfItsOwn() throws IOException {
        byte[] content = content(2 * BlockGzip.BLOCK + 9);
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        for (int from = 0; from < content.length; from += BlockGzip.BLOCK) {
            byte[] block = Arrays.copyOfRange(content, from, Math.min(content.length, from + BlockGzip.BLOCK));
            members.write(BlockGzip.member(block, block.length));
        }
        assertArrayEquals(members.toByteArray(), packed(content, Runnable::run, 0, 4096));
        assertTrue(members.size() < content.length * 0.6, members.size() + " bytes");
    }

    @Test
    void whatCannotBeWrittenIsSaidAndNothingCanBeAddedBehindTheEnd() throws IOException {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        BlockGzip gzip = new BlockGzip(full, Runnable::run, 0);
        byte[] content = content(2 * BlockGzip.BLOCK);
        assertThrows(IOException.class, () -> gzip.write(content, 0, content.length));
        BlockGzip ended = new BlockGzip(new ByteArrayOutputStream(), Runnable::run, 0);
        ended.finish();
        assertThrows(IOException.class, () -> ended.write(1));
    }
}
