package kawi.corpus;

import com.github.luben.zstd.ZstdInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipException;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;

/**
 * What a compressed file holds: gzip, Zstandard and bzip2, told by the first bytes. A file that unpacks to more than
 * {@value #MOST_TIMES} times its size is a bomb and no text: it is left there, in constant memory.
 */
public final class Compressed {
    /** The most that text unpacks to, in bytes for each byte; beyond the first {@value #FREE} bytes. */
    static final long MOST_TIMES = 200;

    /** Bytes that any file may unpack to. */
    static final long FREE = 64_000_000;

    /** Bytes at the beginning by which a compressed file is known. */
    public static final int MAGIC = 6;

    /** A file that unpacks to far more than text does. */
    static final class Bomb extends ZipException {
        private static final long serialVersionUID = 1;

        Bomb() {
            super("it unpacks to more than " + MOST_TIMES + " times its size, as no text does");
        }
    }

    private Compressed() {}

    /**
     * {@return how a file is compressed: {@code gzip}, {@code zstd}, {@code bzip2}, or {@code xz}, which is not read;
     * null where it is not}
     *
     * @param head its first {@value #MAGIC} bytes or more
     */
    public static String format(byte[] head) {
        if (starts(head, 0x1f, 0x8b)) {
            return "gzip";
        }
        if (starts(head, 0x28, 0xb5, 0x2f, 0xfd)
                || head.length > 3 && (head[0] & 0xf0) == 0x50 && starts(head, head[0] & 0xff, 0x2a, 0x4d, 0x18)) {
            return "zstd";
        }
        if (starts(head, 'B', 'Z', 'h') && head.length > 3 && head[3] >= '1' && head[3] <= '9') {
            return "bzip2";
        }
        return starts(head, 0xfd, '7', 'z', 'X', 'Z', 0) ? "xz" : null;
    }

    private static boolean starts(byte[] head, int... magic) {
        for (int i = 0; i < magic.length; i++) {
            if (i >= head.length || (head[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * {@return the bytes that a compressed stream holds, all its members or frames}
     *
     * @param in the stream, at its beginning; closing what comes back closes it
     * @param format what {@link #format} said
     * @throws IOException where it is not in that format, or not in one that is read; damage and bombs show while one
     *     reads
     */
    public static InputStream open(InputStream in, String format) throws IOException {
        Counted counted = new Counted(in);
        return new Measured(
                switch (format) {
                    case "gzip" -> new Gunzip(counted);
                    case "zstd" -> new ZstdInputStream(counted);
                    case "bzip2" -> new BZip2CompressorInputStream(counted, true);
                    default -> throw new ZipException("compressed by " + format + ", which is not read");
                },
                counted);
    }

    private static final class Counted extends FilterInputStream {
        private long count;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            count += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int read = super.read(bytes, from, length);
            count += Math.max(0, read);
            return read;
        }
    }

    private static final class Measured extends FilterInputStream {
        private final Counted packed;
        private long count;

        Measured(InputStream in, Counted packed) {
            super(in);
            this.packed = packed;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int read;
            try {
                read = super.read(bytes, from, length);
            } catch (IndexOutOfBoundsException | IllegalArgumentException | IllegalStateException e) {
                throw new DamagedException(e.getMessage(), e);
            }
            count += Math.max(0, read);
            if (count > FREE && count > MOST_TIMES * packed.count) {
                throw new Bomb();
            }
            return read;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
