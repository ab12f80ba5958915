package kawi.readers;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * Where the records of a web archive begin: told by their own first lines, for where a record is damaged its length
 * says nothing.
 */
final class WarcBeginnings {
    private static final int WINDOW = 1 << 20;
    /** Bytes of a record's beginning that tell it. */
    private static final int HEADER = 4096;

    private static final byte[] GZIP = {0x1f, (byte) 0x8b, 8};
    private static final byte[] PLAIN = "WARC/".getBytes(StandardCharsets.US_ASCII);
    /** How the file of the format before this one begins, which is read too. */
    private static final byte[] OLD = "filedesc:".getBytes(StandardCharsets.US_ASCII);

    private static final Pattern FIRST_LINE = Pattern.compile("WARC/\\d\\.\\d\\r?");
    private static final Pattern CUT_FIRST_LINE = Pattern.compile("WARC(/(\\d(\\.(\\d\\r?)?)?)?)?");
    private static final Pattern BEGUN = Pattern.compile("(\\r\\n\\r\\n|\\n\\n)(W|WA|WAR)$");
    private static final Pattern NAMED = Pattern.compile("(?i)(WARC-Type|WARC-Record-ID|Content-Length)[ \\t]*:.*");

    private WarcBeginnings() {}

    /** {@return whether a file begins with something of an archive, damaged or not} */
    static boolean atTheHead(SeekableByteChannel file) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(HEADER);
        int end = fill(file, 0, head);
        byte[] bytes = head.array();
        return starts(bytes, 0, end, PLAIN)
                || starts(bytes, 0, end, OLD)
                || starts(bytes, 0, end, GZIP) && (inflatesTo(bytes, 0, end, PLAIN) || inflatesTo(bytes, 0, end, OLD));
    }

    /** {@return where the next record begins at or after a byte, or -1: a gzip member with one, or one as it is} */
    static long next(SeekableByteChannel file, long from) throws IOException {
        ByteBuffer window = ByteBuffer.allocate(WINDOW);
        for (long at = from; at < file.size(); at += WINDOW - HEADER) {
            int end = fill(file, at, window);
            byte[] bytes = window.array();
            for (int i = 0; i < end && i < WINDOW - HEADER; i++) {
                boolean line = i > 0 && bytes[i - 1] == '\n'; // a first line of its own may have a damaged header
                boolean begins = starts(bytes, i, end, GZIP) && inflatesTo(bytes, i, end, PLAIN)
                        || starts(bytes, i, end, PLAIN)
                                && (line
                                                && FIRST_LINE
                                                        .matcher(line(bytes, i, end))
                                                        .matches()
                                        || isHeader(bytes, i, end, false));
                if (begins) {
                    return at + i;
                }
            }
        }
        return -1;
    }

    /**
     * {@return where in the block of one record another begins, without the lines between them; -1 where none does} Of
     * the other there may be so little that the block ends within its header.
     */
    static int inside(byte[] block) {
        for (int i = 0; i + 4 <= block.length; i++) {
            if (block[i] == 'W'
                    && block[i + 1] == 'A'
                    && block[i + 2] == 'R'
                    && block[i + 3] == 'C'
                    && isHeader(block, i, block.length, true)) {
                int end = i;
                while (end > 0 && i - end < 4 && (block[end - 1] == '\r' || block[end - 1] == '\n')) {
                    end--;
                }
                return end;
            }
        }
        // Less than that word of the next record, behind the lines that end this one.
        String tail = new String(
                block, Math.max(0, block.length - 7), Math.min(7, block.length), StandardCharsets.ISO_8859_1);
        Matcher begun = BEGUN.matcher(tail);
        return begun.find() ? block.length - tail.length() + begun.start() : -1;
    }

    /** Whether a record's header stands here: its first line, and a field that it must have; or the end before that. */
    private static boolean isHeader(byte[] bytes, int at, int end, boolean cut) {
        boolean all = end - at <= HEADER;
        String[] lines = new String(bytes, at, Math.min(end - at, HEADER), StandardCharsets.ISO_8859_1).split("\n", -1);
        if (lines.length == 1) {
            return cut && all && CUT_FIRST_LINE.matcher(lines[0]).matches();
        }
        if (!FIRST_LINE.matcher(lines[0]).matches()) {
            return false;
        }
        for (int i = 1; i < lines.length; i++) {
            if (NAMED.matcher(lines[i].stripTrailing()).matches()) {
                return true;
            }
            boolean last = i == lines.length - 1 && all;
            if (lines[i].indexOf(':') <= 0 && !lines[i].startsWith(" ") && !lines[i].startsWith("\t")) {
                return cut && last && lines[i].matches("[!-9;-~]*");
            }
        }
        return cut && all;
    }

    private static String line(byte[] bytes, int at, int end) {
        return new String(bytes, at, Math.min(end - at, 16), StandardCharsets.ISO_8859_1).split("\n", 2)[0];
    }

    private static int fill(SeekableByteChannel file, long at, ByteBuffer buffer) throws IOException {
        buffer.clear();
        file.position(at);
        while (buffer.hasRemaining() && file.read(buffer) > 0) {
            // Until the buffer is full or the file ends.
        }
        return buffer.position();
    }

    private static boolean starts(byte[] bytes, int at, int end, byte[] magic) {
        return at + magic.length <= end && Arrays.equals(bytes, at, at + magic.length, magic, 0, magic.length);
    }

    private static boolean inflatesTo(byte[] bytes, int at, int end, byte[] beginning) {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes, at, end - at))) {
            return Arrays.equals(in.readNBytes(beginning.length), beginning);
        } catch (IOException e) {
            return false;
        }
    }
}
