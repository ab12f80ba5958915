package kawi.corpus;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * Gzip (RFC 1952) whose header carries neither time, name nor operating system, so that equal content gives equal
 * bytes. The JDK's own stream writes a different operating-system byte from one release to the next.
 */
final class FixedGzip extends DeflaterOutputStream {
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
    private final CRC32 checksum = new CRC32();
    private boolean finished;

    FixedGzip(OutputStream out) throws IOException {
        super(out, new Deflater(6, true), 1 << 16);
        out.write(HEADER);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        super.write(bytes, from, length);
        checksum.update(bytes, from, length);
    }

    @Override
    public void finish() throws IOException {
        if (finished) {
            return;
        }
        finished = true;
        super.finish();
        int crc = (int) checksum.getValue();
        int length = (int) def.getBytesRead();
        byte[] trailer = new byte[8];
        for (int i = 0; i < 4; i++) {
            trailer[i] = (byte) (crc >>> 8 * i);
            trailer[4 + i] = (byte) (length >>> 8 * i);
        }
        out.write(trailer);
        def.end();
    }
}
