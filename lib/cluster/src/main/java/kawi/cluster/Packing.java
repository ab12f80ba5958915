package kawi.cluster;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import kawi.corpus.BlockGzip;

/**
 * The parts' lines as one gzip file, each of its blocks compressed on the worker that has the part in which the block
 * begins. Where it begins follows from what lies before the part, which is a number for each part: so the file is that
 * of one process, for any number of parts.
 *
 * @param files where the parts lie
 * @param name what the parts' files are called before their number
 * @param begins where each part begins in the content of the whole, in bytes, and last where the whole ends
 */
record Packing(PartFiles files, String name, long[] begins) implements Serializable {

    /** The work of a worker: what begins in its part of two files. */
    record Both(Packing one, Packing other) implements Task<Integer, Integer> {
        @Override
        public Integer run(Integer part) throws IOException {
            return Refusal.carried("Packing", () -> one.pack(part) + other.pack(part));
        }
    }

    static String lines(String name, int part) {
        return name + "-" + part;
    }

    private static String packed(String name, int part) {
        return name + "-" + part + ".gz";
    }

    /** {@return how many blocks begin in the part, which are packed now} */
    int pack(int part) throws IOException {
        int blocks = 0;
        long from = up(begins[part]);
        if (from >= begins[part + 1]) {
            return blocks;
        }
        byte[] block = new byte[BlockGzip.BLOCK];
        try (PartFiles.Fresh fresh = files.create(packed(name, part));
                Lines lines = new Lines(part, from)) {
            for (; from < begins[part + 1]; from += BlockGzip.BLOCK) {
                int length = (int) Math.min(BlockGzip.BLOCK, begins[begins.length - 1] - from);
                lines.read(block, length);
                fresh.out().write(BlockGzip.member(block, length));
                blocks++;
            }
            AtWork.here();
            fresh.complete();
        }
        return blocks;
    }

    /** The first border of blocks at or behind a byte. */
    private static long up(long at) {
        return (at + BlockGzip.BLOCK - 1) / BlockGzip.BLOCK * BlockGzip.BLOCK;
    }

    /** Writes the whole file; every part is packed. */
    void join(OutputStream out) throws IOException {
        for (int part = 0; part + 1 < begins.length; part++) {
            if (up(begins[part]) < begins[part + 1]) {
                try (DataInputStream in = files.open(packed(name, part))) {
                    in.transferTo(out);
                }
            }
        }
        if (begins[begins.length - 1] == 0) {
            out.write(BlockGzip.member(new byte[0], 0));
        }
    }

    /** The content from a place in a part on, through the parts behind it. */
    private final class Lines implements AutoCloseable {
        private int part;
        private DataInputStream in;

        Lines(int part, long from) throws IOException {
            this.part = part;
            this.in = files.open(lines(name, part));
            in.skipNBytes(from - begins[part]);
        }

        void read(byte[] block, int length) throws IOException {
            for (int at = 0; at < length; ) {
                int count = in.read(block, at, length - at);
                if (count >= 0) {
                    at += count;
                } else {
                    in.close();
                    in = files.open(lines(name, ++part));
                }
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
