package kawi.corpus;

import com.github.luben.zstd.ZstdIOException;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipException;

/**
 * Lines of a stream as bytes, with an upper bound on their length, so that a file that is one line of 50 MB costs no
 * memory. A stream that ends too early (a gzip file cut short) ends the lines and says so.
 */
public final class Lines {
    /** Longest line taken, in bytes; longer ones are skipped. */
    public static final int LONGEST = 10_000_000;

    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int end;
    private long number;
    private long skipped;
    private String broken;

    /**
     * Lines of a stream.
     *
     * @param in the stream; the caller closes it
     */
    public Lines(InputStream in) {
        this.in = in;
    }

    /**
     * {@return the next line without its end, or null after the last} A line that was too long comes back as an empty
     * array, with {@link #skippedBytes()} its length.
     *
     * @throws IOException where the medium fails
     */
    public byte[] next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        skipped = 0;
        boolean any = false;
        while (fill()) {
            any = true;
            int from = at;
            while (at < end && buffer[at] != '\n') {
                at++;
            }
            if (skipped > 0) {
                skipped += at - from;
            } else if (line.size() + at - from > LONGEST) {
                skipped = line.size() + at - from;
                line = new ByteArrayOutputStream();
            } else {
                line.write(buffer, from, at - from);
            }
            if (at < end) {
                at++;
                number++;
                return line.toByteArray();
            }
        }
        if (!any || broken != null) {
            return null;
        }
        number++;
        return line.toByteArray();
    }

    /** {@return number of the line that came last, from 1; 0 before the first} */
    public long number() {
        return number;
    }

    /** {@return bytes of the line that came last where it was too long to take, else 0} */
    public long skippedBytes() {
        return skipped;
    }

    /** {@return why the stream ended early, or null where it ended as it should} */
    public String broken() {
        return broken;
    }

    private boolean fill() throws IOException {
        if (at < end) {
            return true;
        }
        try {
            end = Math.max(0, in.read(buffer));
            at = 0;
            return end > 0;
        } catch (EOFException | ZipException | ZstdIOException e) {
            broken = e instanceof Compressed.Bomb
                    ? "read to line " + number + " only: " + e.getMessage()
                    : "cut short or damaged after line " + number;
            end = at = 0;
            return false;
        }
    }
}
