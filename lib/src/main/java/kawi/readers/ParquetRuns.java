package kawi.readers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.ZipException;

/** Small numbers as Parquet packs them: runs of one number, and groups of eight in as few bits as they need. */
final class ParquetRuns {
    private static final int WIDEST = 32;

    private final ByteBuffer bytes;
    private final int width;
    private long left; // of the run at hand
    private boolean packed;
    private int value;
    private long bits;
    private int held; // of those

    ParquetRuns(ByteBuffer bytes, int width) throws IOException {
        if (width < 0 || width > WIDEST) {
            throw new ZipException("damaged: numbers of " + width + " bits");
        }
        this.bytes = bytes;
        this.width = width;
    }

    /** {@return bits that the numbers up to the largest need} */
    static int width(int largest) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(largest);
    }

    int next() throws IOException {
        while (left == 0) {
            long head = Thrift.varint(bytes);
            packed = (head & 1) == 1;
            left = packed ? (head >>> 1) * 8 : head >>> 1;
            if (left < 0) {
                throw new ZipException("damaged: a run below nothing");
            }
            bits = 0;
            held = 0;
            if (!packed) {
                value = 0;
                for (int i = 0; i < (width + 7) / 8; i++) {
                    value |= (bytes.get() & 0xff) << 8 * i;
                }
            }
        }
        left--;
        if (packed) {
            while (held < width) {
                bits |= (long) (bytes.get() & 0xff) << held;
                held += 8;
            }
            value = (int) (bits & (1L << width) - 1);
            bits >>>= width;
            held -= width;
        }
        return value;
    }
}
