package kawi.corpus;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import kawi.evidence.Cores;

/**
 * Gzip (RFC 1952) of one member for each {@value #BLOCK} bytes of content, which any reader of gzip reads as one file.
 * Members depend on nothing but their own bytes, so that they are compressed on all cores, or on other machines, and
 * the file is the same for any number of them. Headers carry neither time, name nor operating system.
 *
 * <p>Memory: a block for each core, for 16 at most, and one more, before and after its compression.
 */
public final class BlockGzip extends OutputStream {
    /** Bytes of content in a member; the last one has what is left, and that of a file without content has none. */
    public static final int BLOCK = 1 << 19;

    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
    private static final int TRAILER = 8;
    private static final int LEVEL = 6;
    private static final int MOST_AHEAD = 16; // more would be memory for nothing, as the disk is no faster

    private final OutputStream out;
    private final Executor cores;
    private final int ahead;
    private final Queue<FutureTask<byte[]>> members = new ArrayDeque<>();
    private byte[] block = new byte[BLOCK];
    private int filled;
    private boolean any;
    private boolean finished;

    /**
     * Compresses on all cores.
     *
     * @param out where the members go, in their order; closing this stream closes it
     */
    public BlockGzip(OutputStream out) {
        this(out, Cores.all(), Math.min(Cores.number(), MOST_AHEAD));
    }

    /**
     * @param cores what compresses
     * @param ahead how many blocks may wait for it
     */
    BlockGzip(OutputStream out, Executor cores, int ahead) {
        this.out = out;
        this.cores = cores;
        this.ahead = ahead;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        if (finished) {
            throw new IOException("the gzip file was ended");
        }
        for (int at = from, end = from + length; at < end; ) {
            int count = Math.min(end - at, BLOCK - filled);
            System.arraycopy(bytes, at, block, filled, count);
            filled += count;
            at += count;
            if (filled == BLOCK) {
                begin();
            }
        }
    }

    /** Begins the compression of what was gathered, and writes what is done where too many wait. */
    private void begin() throws IOException {
        byte[] content = block;
        int length = filled;
        any = true;
        block = new byte[BLOCK];
        filled = 0;
        FutureTask<byte[]> member = new FutureTask<>(() -> member(content, length));
        members.add(member);
        cores.execute(member);
        while (members.size() > ahead) {
            writeFirst();
        }
    }

    private void writeFirst() throws IOException {
        FutureTask<byte[]> first = members.remove();
        first.run(); // here, where no core has begun it: one of them may be what waits
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    out.write(first.get());
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IOException("the compression failed (" + e.getCause() + ")", e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Ends the file and leaves what it goes to open.
     *
     * @throws IOException where it cannot be written
     */
    public void finish() throws IOException {
        if (finished) {
            return;
        }
        if (filled > 0 || !any) {
            begin();
        }
        finished = true;
        while (!members.isEmpty()) {
            writeFirst();
        }
        block = null;
        out.flush();
    }

    @Override
    public void close() throws IOException {
        try (out) {
            finish();
        }
    }

    /**
     * {@return one member of the file}
     *
     * @param content its content, from the array's begin
     * @param length its bytes: {@link #BLOCK}, or fewer in the last member
     */
    public static byte[] member(byte[] content, int length) {
        Deflater deflater = new Deflater(LEVEL, true);
        try {
            deflater.setInput(content, 0, length);
            deflater.finish();
            byte[] member = new byte[HEADER.length + length / 2 + 64];
            System.arraycopy(HEADER, 0, member, 0, HEADER.length);
            int at = HEADER.length;
            while (!deflater.finished()) {
                at += deflater.deflate(member, at, member.length - at);
                if (member.length - at < TRAILER) {
                    member = Arrays.copyOf(member, member.length * 2);
                }
            }
            CRC32 sum = new CRC32();
            sum.update(content, 0, length);
            number(member, at, (int) sum.getValue());
            number(member, at + Integer.BYTES, length);
            return Arrays.copyOf(member, at + TRAILER);
        } finally {
            deflater.end();
        }
    }

    private static void number(byte[] bytes, int at, int number) {
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[at + i] = (byte) (number >>> 8 * i);
        }
    }
}
