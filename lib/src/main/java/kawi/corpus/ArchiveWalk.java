package kawi.corpus;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.SeekableByteChannel;
import java.util.Collections;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * The way through one archive: tells its format by its first bytes and goes through its files, whatever of them can be
 * read. {@link Archive} is what others ask.
 */
final class ArchiveWalk {
    private static final int TAR_BLOCK = 512;
    /** The most bytes of what tar says of one file before it: its long name and its attributes. */
    private static final int LARGEST_HEADER = 10_000_000;

    private final String name;
    private final Predicate<String> wanted;
    private final BiConsumer<String, String> skipped;
    private final BiConsumer<String, Held> visitor;
    private final long largest;
    private final int inHeap;
    private long files;
    private long found;
    private long unpacked;
    private long size = Long.MAX_VALUE / Compressed.MOST_TIMES; // of the archive, where that is known

    ArchiveWalk(
            String name,
            Predicate<String> wanted,
            BiConsumer<String, String> skipped,
            Consumer<Archive.Entry> visitor) {
        this(name, wanted, skipped, Archive.LARGEST, Integer.MAX_VALUE, (path, held) -> {
            try {
                visitor.accept(new Archive.Entry(path, held.bytes()));
            } catch (IOException e) {
                throw new UncheckedIOException(e); // of bytes that lie in the heap
            }
        });
    }

    /**
     * @param largest bytes of a file from which on it is set aside
     * @param inHeap bytes of a file up to which it is in the heap
     */
    ArchiveWalk(
            String name,
            Predicate<String> wanted,
            BiConsumer<String, String> skipped,
            long largest,
            int inHeap,
            BiConsumer<String, Held> visitor) {
        this.name = name;
        this.wanted = wanted;
        this.skipped = skipped;
        this.visitor = visitor;
        this.largest = largest;
        this.inHeap = inHeap;
    }

    Archive.Tally tally() {
        return new Archive.Tally(files, found);
    }

    /** Tells by the first bytes what is in a stream, and reads it. */
    void any(InputStream raw, SeekableByteChannel channel) {
        InputStream in = new BufferedInputStream(raw, 1 << 16);
        byte[] head;
        try {
            head = peek(in);
            String packing = Compressed.format(head);
            if ("xz".equals(packing)) {
                skipped.accept(name, "compressed by xz, which is not read; pack it as zip or tar.gz");
                return;
            }
            if (packing != null) {
                in = new BufferedInputStream(Compressed.open(in, packing), 1 << 16);
                head = peek(in);
                if (!isTar(head)) {
                    single(in);
                    return;
                }
            }
        } catch (IOException e) {
            damaged(e);
            return;
        }
        if (isTar(head)) {
            tar(in);
        } else if (head.length == 0) {
            skipped.accept(name, "empty");
        } else {
            zip(in, channel, starts(head, 'P', 'K'));
        }
    }

    private static byte[] peek(InputStream in) throws IOException {
        in.mark(TAR_BLOCK);
        byte[] head = in.readNBytes(TAR_BLOCK);
        in.reset();
        return head;
    }

    private static boolean starts(byte[] head, int... magic) {
        for (int i = 0; i < magic.length; i++) {
            if (i >= head.length || (head[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean isTar(byte[] head) {
        try {
            return head.length == TAR_BLOCK && head[0] != 0 && TarUtils.verifyCheckSum(head);
        } catch (IllegalArgumentException e) {
            return false; // no number stands where the checksum would
        }
    }

    private void tar(InputStream in) {
        TrailingZeros counted = new TrailingZeros(in);
        TarArchiveInputStream tar = new TarArchiveInputStream(counted, "UTF-8");
        long entries = 0; // the byte after the last of them
        while (true) {
            TarArchiveEntry entry;
            Held content = null;
            try {
                if (tar.getCurrentEntry() != null) {
                    tar.transferTo(OutputStream.nullOutputStream()); // what of it was not read
                }
                counted.most = counted.position + LARGEST_HEADER;
                entry = tar.getNextEntry();
                counted.most = Long.MAX_VALUE;
                if (entry == null) {
                    break;
                }
                long blocks = (entry.getSize() + TAR_BLOCK - 1) / TAR_BLOCK;
                entries = entry.isSparse() ? Long.MAX_VALUE : counted.position + blocks * TAR_BLOCK;
                if (wants(entry.getName(), entry.isDirectory())
                        && entry.isFile()
                        && !entry.isLink()
                        && !entry.isSymbolicLink()) {
                    content = Held.of(tar, largest, inHeap);
                } else if (wanted.test(entry.getName()) && !entry.isDirectory()) {
                    skipped.accept(name + " " + entry.getName(), "a link, not a file");
                }
            } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException e) {
                damaged(e);
                return;
            }
            visit(entry.getName(), content, largest);
        }
        try {
            // To the end, where the checksum of a compressed archive stands.
            counted.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            damaged(e);
            return;
        }
        if (counted.position - counted.zeros > entries) {
            skipped.accept(name, "more follows the archive's end mark, such as a second archive; that is not read");
        } else if (counted.zeros < TAR_BLOCK) {
            skipped.accept(name, "cut short or damaged: it has no end mark");
        }
    }

    /** A compressed file that is no archive: its name without its ending, and its content. */
    private void single(InputStream in) {
        String inner = name.replaceFirst("(?i)\\.(gz|zst|bz2)$", "");
        Held content = null;
        if (wants(inner, false)) {
            try {
                content = Held.of(in, largest, inHeap);
            } catch (IOException e) {
                damaged(e);
                return;
            }
        }
        visit(inner, content, largest);
    }

    /** A zip is read by the directory at its end; one that has lost it is read from its beginning as far as it goes. */
    private void zip(InputStream in, SeekableByteChannel channel, boolean looksLikeZip) {
        ZipFile zip;
        try {
            zip = ZipFile.builder().setSeekableByteChannel(channel).get();
        } catch (IOException | IllegalArgumentException e) {
            if (looksLikeZip) {
                skipped.accept(name, "cut short or damaged: " + reason(e));
                zipFromItsBeginning(in);
            } else {
                skipped.accept(name, "neither a zip nor a tar archive");
            }
            return;
        }
        try (zip) {
            size = channel.size();
            for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
                if (unpacked > Compressed.FREE && unpacked > Compressed.MOST_TIMES * size) {
                    skipped.accept(name, "the rest is not read: " + new Compressed.Bomb().getMessage());
                    return;
                }
                long most = Math.min(largest, Math.max(Archive.LARGEST, Compressed.MOST_TIMES * size - unpacked));
                visit(
                        entry.getName(),
                        wants(entry.getName(), entry.isDirectory()) ? content(zip, entry, most) : null,
                        most);
            }
        } catch (IOException e) {
            // It could not be closed; everything in it was read.
            skipped.accept(name, "could not be closed: " + reason(e));
        }
    }

    private Held content(ZipFile zip, ZipArchiveEntry entry, long most) {
        String where = name + " " + entry.getName();
        if (entry.isUnixSymlink()) {
            skipped.accept(where, "a link, not a file");
        } else if (!zip.canReadEntryData(entry)) {
            skipped.accept(
                    where, "encrypted, or compressed in a way that is not read (method " + entry.getMethod() + ")");
        } else {
            CRC32 sum = new CRC32();
            try (InputStream in = new CheckedInputStream(zip.getInputStream(entry), sum)) {
                Held content = Held.of(in, most, inHeap);
                unpacked += content.size();
                if (content.size() > most || sum.getValue() == entry.getCrc()) {
                    return content;
                }
                content.close();
                skipped.accept(where, "damaged: its checksum is another");
            } catch (IOException | IllegalArgumentException e) {
                skipped.accept(where, "damaged: " + reason(e));
            }
        }
        return null;
    }

    private void zipFromItsBeginning(InputStream in) {
        files = 0;
        found = 0;
        ZipArchiveInputStream zip = new ZipArchiveInputStream(in, "UTF-8", true, true);
        while (true) {
            ZipArchiveEntry entry;
            Held content = null;
            try {
                entry = zip.getNextEntry();
                if (entry == null) {
                    return;
                }
                if (wants(entry.getName(), entry.isDirectory())) {
                    content = Held.of(zip, largest, inHeap);
                }
            } catch (IOException | IllegalArgumentException e) {
                // That it is cut short has been said; here is where.
                return;
            }
            visit(entry.getName(), content, largest);
        }
    }

    private boolean wants(String path, boolean directory) {
        files += directory ? 0 : 1;
        return !directory && wanted.test(path);
    }

    private void visit(String path, Held content, long most) {
        if (content == null) {
            return;
        }
        found++;
        try (content) {
            if (content.size() > most) {
                skipped.accept(name + " " + path, "more than " + most + " bytes");
            } else {
                visitor.accept(path, content);
            }
        } catch (IOException e) {
            // What lies in a file for a while could not be closed; it was read.
            skipped.accept(name + " " + path, "could not be closed: " + reason(e));
        }
    }

    private void damaged(Exception e) {
        skipped.accept(name, "cut short or damaged: " + reason(e));
    }

    private static String reason(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /** Counts the zero bytes at the end of what was read: a tar archive ends in two blocks of them. */
    private static final class TrailingZeros extends FilterInputStream {
        private long zeros;
        private long position;
        /** Where reading must not go beyond: a name of gigabytes is no name. */
        private long most = Long.MAX_VALUE;

        TrailingZeros(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            position += b < 0 ? 0 : 1;
            zeros = b == 0 ? zeros + 1 : b < 0 ? zeros : 0;
            return b;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            if (position > most) {
                throw new IOException("what it says of one file is longer than " + LARGEST_HEADER + " bytes");
            }
            int count = super.read(bytes, from, length);
            position += Math.max(0, count);
            for (int i = from; i < from + count; i++) {
                zeros = bytes[i] == 0 ? zeros + 1 : 0;
            }
            return count;
        }

        @Override
        public long skip(long count) throws IOException {
            byte[] bytes = new byte[(int) Math.min(count, 1 << 13)];
            return Math.max(0, read(bytes, 0, bytes.length));
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
