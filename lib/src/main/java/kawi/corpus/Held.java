package kawi.corpus;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import kawi.evidence.KitException;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/**
 * The bytes of a file that lies in an archive or is compressed, to be read more than once and from any place: few of
 * them in the heap, more in a file in the folder for temporary files. That file has no name there, so that it goes with
 * the process, however that ends, or when this is closed.
 */
public final class Held implements AutoCloseable {
    /** Bytes up to which they lie in the heap. */
    static final int IN_HEAP = 1 << 20;

    private final byte[] bytes; // null where they lie in the file
    private final RandomAccessFile file;
    private final long size;

    private Held(byte[] bytes, RandomAccessFile file, long size) {
        this.bytes = bytes;
        this.file = file;
        this.size = size;
    }

    /**
     * {@return what a stream gives, to its end or to a byte beyond what is wanted}
     *
     * @param in the stream; it is not closed
     * @param most bytes wanted: where there are more, {@link #size()} is one more, and the rest is not read
     * @throws IOException where the stream cannot be read
     * @throws KitException where the disk is full
     */
    public static Held of(InputStream in, long most) throws IOException {
        return of(in, most, IN_HEAP);
    }

    /** @param inHeap bytes up to which they lie in the heap */
    static Held of(InputStream in, long most, int inHeap) throws IOException {
        byte[] first = in.readNBytes((int) Math.min(most + 1, inHeap));
        if (first.length < inHeap || first.length > most) {
            return new Held(first, null, first.length);
        }
        RandomAccessFile file = nameless();
        boolean whole = false;
        try {
            write(file, first, first.length);
            long size = first.length;
            byte[] buffer = new byte[1 << 16];
            for (int count; size <= most && (count = in.read(buffer)) >= 0; size += count) {
                write(file, buffer, count);
            }
            whole = true;
            return new Held(null, file, Math.min(size, most + 1));
        } finally {
            if (!whole) {
                file.close();
            }
        }
    }

    private static RandomAccessFile nameless() {
        Path folder = Path.of(System.getProperty("java.io.tmpdir"));
        try {
            Path named = Files.createTempFile(folder, "kawi-", ".held");
            RandomAccessFile file = new RandomAccessFile(named.toFile(), "rw");
            Files.delete(named);
            return file;
        } catch (IOException e) {
            throw KitException.of(e, "unpacking a file to read it", folder);
        }
    }

    private static void write(RandomAccessFile file, byte[] bytes, int count) {
        try {
            file.write(bytes, 0, count);
        } catch (IOException e) {
            throw KitException.of(e, "unpacking a file to read it", Path.of(System.getProperty("java.io.tmpdir")));
        }
    }

    /** {@return how many bytes there are} */
    public long size() {
        return size;
    }

    /** {@return the bytes from their beginning on; any number of such streams may be read in turns} */
    public InputStream open() {
        return bytes == null
                ? new BufferedInputStream(Channels.newInputStream(channel()), 1 << 16)
                : new ByteArrayInputStream(bytes);
    }

    /** {@return all bytes} */
    byte[] bytes() throws IOException {
        try (InputStream in = open()) {
            return bytes == null ? in.readAllBytes() : bytes;
        }
    }

    /** {@return the bytes as a file of which any place can be read; closing it closes nothing here} */
    public SeekableByteChannel channel() {
        return bytes == null ? new FromFile(false) : new SeekableInMemoryByteChannel(bytes);
    }

    /** {@return the same, and closing it closes this} */
    public SeekableByteChannel ownChannel() {
        return bytes == null ? new FromFile(true) : new SeekableInMemoryByteChannel(bytes);
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }

    /** Not a channel of the file's own: an interrupt, by which a notebook stops a cell, would close that. */
    private final class FromFile implements SeekableByteChannel {
        private long at;
        private final boolean owns;
        private boolean open = true;

        FromFile(boolean owns) {
            this.owns = owns;
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            if (!open) {
                throw new ClosedChannelException();
            }
            if (at >= size) {
                return -1;
            }
            byte[] some = new byte[(int) Math.min(Math.min(into.remaining(), 1 << 16), size - at)];
            file.seek(at);
            int count = file.read(some);
            into.put(some, 0, Math.max(0, count));
            at += Math.max(0, count);
            return count;
        }

        @Override
        public long position() {
            return at;
        }

        @Override
        public SeekableByteChannel position(long place) {
            at = place;
            return this;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() throws IOException {
            open = false;
            if (owns) {
                Held.this.close();
            }
        }

        @Override
        public int write(ByteBuffer from) {
            throw new NonWritableChannelException();
        }

        @Override
        public SeekableByteChannel truncate(long length) {
            throw new NonWritableChannelException();
        }
    }
}
