package kawi.clean;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import kawi.evidence.KitException;

/**
 * Numbers of 64 bits in a row that grows, zero at first: the first 256 kB in the heap, what goes beyond it in a file
 * that the system keeps in whatever memory is free. The file is in the folder for temporary files and has no name
 * there, so that it goes with the process, however that ends, or when this row is no longer used.
 */
final class BigLongs {
    /** How many lie in the heap. */
    static final int IN_HEAP = 1 << 15;

    private static final int SEGMENT_BITS = 20;
    private static final int SEGMENT = 1 << SEGMENT_BITS;
    private static final ByteBuffer ZEROS = ByteBuffer.allocate(1 << 16).asReadOnlyBuffer();

    private long[] first = new long[256];
    private final List<LongBuffer> others = new ArrayList<>();
    private FileChannel file;

    /** {@return the number at a place; zero where none was set} */
    long get(long at) {
        if (at < IN_HEAP) {
            return at < first.length ? first[(int) at] : 0;
        }
        long beyond = at - IN_HEAP;
        int segment = (int) (beyond >>> SEGMENT_BITS);
        return segment < others.size() ? others.get(segment).get((int) beyond & SEGMENT - 1) : 0;
    }

    /**
     * Sets the number at a place.
     *
     * @throws KitException where the disk is full
     */
    void set(long at, long number) {
        if (at < IN_HEAP) {
            if (at >= first.length) {
                first = Arrays.copyOf(first, (int) Math.min(IN_HEAP, Math.max(at + 1, 2L * first.length)));
            }
            first[(int) at] = number;
            return;
        }
        long beyond = at - IN_HEAP;
        int segment = (int) (beyond >>> SEGMENT_BITS);
        while (segment >= others.size()) {
            others.add(another());
        }
        others.get(segment).put((int) beyond & SEGMENT - 1, number);
    }

    /** Written before it is mapped: a disk that is full is then an exception and not the end of the process. */
    private LongBuffer another() {
        Path folder = Path.of(System.getProperty("java.io.tmpdir"));
        try {
            if (file == null) {
                Path named = Files.createTempFile(folder, "kawi-", ".numbers");
                file = FileChannel.open(named, StandardOpenOption.READ, StandardOpenOption.WRITE);
                Files.delete(named);
            }
            long begin = (long) others.size() * SEGMENT * Long.BYTES;
            for (long at = begin; at < begin + (long) SEGMENT * Long.BYTES; ) {
                at += file.write(ZEROS.duplicate(), at);
            }
            return file.map(FileChannel.MapMode.READ_WRITE, begin, (long) SEGMENT * Long.BYTES)
                    .asLongBuffer();
        } catch (IOException e) {
            throw KitException.of(e, "keeping what is known of documents seen", folder);
        }
    }
}
