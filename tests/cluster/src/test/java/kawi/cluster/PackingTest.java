package kawi.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import kawi.corpus.BlockGzip;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackingTest {
    @TempDir
    Path folder;

    private static byte[] alone(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (BlockGzip gzip = new BlockGzip(out)) {
            gzip.write(content);
        }
        return out.toByteArray();
    }

    /** Parts end where they will: before, at and behind a block's border, in the middle of one, or where they began. */
    @Test
    void howeverTheLinesArePartedTheFileIsThatOfOneProcess() throws Exception {
        int block = BlockGzip.BLOCK;
        byte[] content = new byte[4 * block + 1234];
        new Random(3).nextBytes(content);
        Arrays.fill(content, block / 2, 3 * block, (byte) 'a');
        int end = content.length;
        int number = 0;
        for (List<Integer> begins : List.of(
                List.of(0, end),
                List.of(0, 0, 1, 2, end, end),
                List.of(0, block, 2 * block, end),
                List.of(0, block - 1, block + 1, 3 * block + 7, end),
                List.of(0, 10, 20, 30, 3 * block, 3 * block, 4 * block, end),
                List.of(0, 0),
                List.of(0, 0, 0, 0))) {
            PartFiles files = new PartFiles(
                    Files.createDirectories(folder.resolve("" + number++)).toString());
            for (int i = 0; i + 1 < begins.size(); i++) {
                try (PartFiles.Fresh fresh = files.create(Packing.lines("kept", i))) {
                    fresh.out().write(content, begins.get(i), begins.get(i + 1) - begins.get(i));
                    fresh.complete();
                }
            }
            Packing packing = new Packing(
                    files, "kept", begins.stream().mapToLong(Integer::longValue).toArray());
            int blocks = 0;
            for (int i = begins.size() - 2; i >= 0; i--) {
                blocks += packing.pack(i);
            }
            int whole = begins.get(begins.size() - 1);
            assertEquals((whole + block - 1) / block, blocks, begins.toString());
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            packing.join(out);
            assertArrayEquals(alone(Arrays.copyOf(content, whole)), out.toByteArray(), begins.toString());
        }
    }
}
