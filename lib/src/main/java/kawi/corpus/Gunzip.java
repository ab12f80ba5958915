package kawi.corpus;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * What a gzip file holds, all of its members one after the other. Java's own reader ends without a word where a second
 * member is damaged or something else follows the first; here that is an error, after all that came before was read.
 * Zeros at the end, as tapes leave them, are none.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc1952">RFC 1952</a>
 */
public final class Gunzip extends InputStream {
    private static final int DEFLATED = 8;
    private static final int HEADER_SUM = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xe0;

    private final InputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 sum = new CRC32();
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int end;
    private boolean done;

    /**
     * Reads the first member's header.
     *
     * @param in the file; closing this stream closes it
     * @throws ZipException where it does not begin as gzip does
     * @throws IOException where it ends too early or cannot be read
     */
    public Gunzip(InputStream in) throws IOException {
        this.in = in;
        try {
            if (must() != 0x1f) {
                throw new ZipException("not in gzip format");
            }
            header();
        } catch (IOException e) {
            inflater.end();
            throw e;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!done) {
            try {
                int count = inflater.inflate(bytes, from, length);
                if (count > 0) {
                    sum.update(bytes, from, count);
                    return count;
                }
            } catch (DataFormatException e) {
                throw new DamagedException(e.getMessage(), e);
            }
            if (inflater.finished()) {
                at = end - inflater.getRemaining();
                trailer();
            } else if (inflater.needsDictionary()) {
                throw new ZipException("damaged: a dictionary is asked for");
            } else {
                if (!fill()) {
                    throw new EOFException("the gzip file ends too early");
                }
                inflater.setInput(buffer, at, end - at);
                at = end;
            }
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        done = true;
        in.close();
    }

    /** The header after its first byte. */
    private void header() throws IOException {
        if (must() != 0x8b || must() != DEFLATED) {
            throw new ZipException("not in gzip format");
        }
        int flags = must();
        if ((flags & RESERVED) != 0) {
            throw new ZipException("damaged: a header with unknown flags");
        }
        for (int i = 0; i < 6; i++) { // time, compression, system
            must();
        }
        if ((flags & EXTRA) != 0) {
            for (int left = must() | must() << 8; left > 0; left--) {
                must();
            }
        }
        for (int text : new int[] {NAME, COMMENT}) {
            while ((flags & text) != 0 && must() != 0) {
                // To the end of the text.
            }
        }
        for (int i = 0; (flags & HEADER_SUM) != 0 && i < 2; i++) {
            must();
        }
        inflater.reset();
        sum.reset();
        inflater.setInput(buffer, at, end - at);
        at = end;
    }

    /** The checksum and the length of a member, and what follows it. */
    private void trailer() throws IOException {
        if (number() != sum.getValue() || number() != (inflater.getBytesWritten() & 0xffffffffL)) {
            throw new ZipException("damaged: the checksum is another");
        }
        int next = take();
        if (next == 0x1f) {
            header();
            return;
        }
        while (next == 0) {
            next = take();
        }
        if (next >= 0) {
            throw new ZipException("damaged: what follows the end is not gzip");
        }
        done = true;
    }

    private long number() throws IOException {
        long number = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            number |= (long) must() << shift;
        }
        return number;
    }

    private int must() throws IOException {
        int next = take();
        if (next < 0) {
            throw new EOFException("the gzip file ends too early");
        }
        return next;
    }

    private int take() throws IOException {
        return at < end || fill() ? buffer[at++] & 0xff : -1;
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, in.read(buffer));
        return end > 0;
    }
}
