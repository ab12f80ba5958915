package kawi.corpus;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import kawi.evidence.KitException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/**
 * Files inside a package archive, one after another: zip (wheels and jars), tar, gzipped tar (npm packages and source
 * distributions), a single gzipped file, and archives inside archives. Which of these a file is, its first bytes say,
 * not its name. Nothing is unpacked to disk; one file at a time is in memory, at most {@link #LARGEST} bytes of it.
 *
 * <p>What cannot be read is set aside with its reason and the rest is read: an archive that was cut short gives the
 * files before the cut. {@link #entries(Path, Predicate)} refuses such an archive instead.
 */
public final class Archive {
    /** Largest file read, in bytes; a larger one is set aside. */
    public static final int LARGEST = 64_000_000;

    /** Between the path of an archive and a path inside it, as in a {@code jar:} address. */
    private static final String INSIDE = "!/";

    private static final int TAR_BLOCK = 512;

    /**
     * A file out of an archive.
     *
     * @param path its path in the archive
     * @param bytes its content
     */
    public record Entry(String path, byte[] bytes) {
        /** {@return the content as text: UTF-8 where it is, else Windows-1252} */
        public Decoded text() {
            return Decoded.of(bytes);
        }
    }

    /**
     * How much was in an archive.
     *
     * @param files files in it that could be listed, directories left out
     * @param wanted those of them that were wanted
     */
    public record Tally(long files, long wanted) {}

    private final String name;
    private final Predicate<String> wanted;
    private final BiConsumer<String, String> skipped;
    private final Consumer<Entry> visitor;
    private long files;
    private long found;

    private Archive(
            String name, Predicate<String> wanted, BiConsumer<String, String> skipped, Consumer<Entry> visitor) {
        this.name = name;
        this.wanted = wanted;
        this.skipped = skipped;
        this.visitor = visitor;
    }

    /**
     * Reads an archive in its own order.
     *
     * @param file the archive
     * @param wanted which paths to read
     * @param skipped hears of what could not be read: where, and why
     * @param visitor is given each wanted file
     * @return how many files there were
     * @throws IOException where the file is not there or may not be read
     */
    public static Tally read(
            Path file, Predicate<String> wanted, BiConsumer<String, String> skipped, Consumer<Entry> visitor)
            throws IOException {
        Archive archive = new Archive(file.getFileName().toString(), wanted, skipped, visitor);
        try (SeekableByteChannel channel = Files.newByteChannel(file);
                InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            archive.any(in, channel);
        }
        return archive.tally();
    }

    /**
     * Reads one named part of an archive, such as {@code resources/sets.tar.gz!/sets/tweets.txt}: the path of a file,
     * or the path of an archive, {@code !/}, and a path inside that. Each path may leave out folders at its beginning.
     *
     * @param file the archive
     * @param part where the file lies in it
     * @param skipped hears of what could not be read, also where nothing has that path
     * @param visitor is given what lies there
     * @return how many files the outer archive had, and how many of them matched
     * @throws IOException where the file is not there or may not be read
     */
    public static Tally read(Path file, String part, BiConsumer<String, String> skipped, Consumer<Entry> visitor)
            throws IOException {
        int cut = part.indexOf(INSIDE);
        String outer = cut < 0 ? part : part.substring(0, cut);
        Tally tally = read(
                file,
                path -> isAt(path, outer),
                skipped,
                cut < 0 ? visitor : entry -> read(entry, part.substring(cut + INSIDE.length()), skipped, visitor));
        if (tally.wanted() == 0) {
            skipped.accept(file.getFileName().toString(), "nothing in it lies at " + outer);
        }
        return tally;
    }

    /**
     * Reads one named part of an archive that lies in memory, as {@link #read(Path, String, BiConsumer, Consumer)}.
     *
     * @param archive the archive
     * @param part where the file lies in it
     * @param skipped hears of what could not be read, also where nothing has that path
     * @param visitor is given what lies there
     */
    public static void read(Entry archive, String part, BiConsumer<String, String> skipped, Consumer<Entry> visitor) {
        int cut = part.indexOf(INSIDE);
        String outer = cut < 0 ? part : part.substring(0, cut);
        Tally tally = read(
                archive,
                path -> isAt(path, outer),
                skipped,
                cut < 0 ? visitor : entry -> read(entry, part.substring(cut + INSIDE.length()), skipped, visitor));
        if (tally.wanted() == 0) {
            skipped.accept(archive.path(), "nothing in it lies at " + outer);
        }
    }

    /**
     * Reads an archive that lies in memory: one inside another.
     *
     * @param archive the archive
     * @param wanted which paths to read
     * @param skipped hears of what could not be read: where, and why
     * @param visitor is given each wanted file
     * @return how many files there were
     */
    public static Tally read(
            Entry archive, Predicate<String> wanted, BiConsumer<String, String> skipped, Consumer<Entry> visitor) {
        Archive inner = new Archive(archive.path(), wanted, skipped, visitor);
        inner.any(new ByteArrayInputStream(archive.bytes()), new SeekableInMemoryByteChannel(archive.bytes()));
        return inner.tally();
    }

    /**
     * {@return the wanted files of an archive that must be whole}
     *
     * @param file the archive
     * @param wanted which paths to read
     * @throws KitException where any of it cannot be read
     */
    public static List<Entry> entries(Path file, Predicate<String> wanted) {
        List<Entry> entries = new ArrayList<>();
        try {
            read(file, wanted, refusal(file), entries::add);
        } catch (IOException e) {
            throw KitException.of(e, "reading an archive", file);
        }
        return entries;
    }

    /**
     * {@return the named part of an archive that must be whole} See {@link #read(Path, String, BiConsumer, Consumer)}.
     *
     * @param file the archive
     * @param part where the file lies in it
     * @throws KitException where it cannot be read or is not there
     */
    public static Entry part(Path file, String part) {
        List<Entry> entries = new ArrayList<>();
        try {
            read(file, part, refusal(file), entries::add);
        } catch (IOException e) {
            throw KitException.of(e, "reading an archive", file);
        }
        if (entries.size() > 1) {
            throw new KitException(file.getFileName() + " has " + entries.size() + " files at " + part
                    + "; name more of the path of the one that is meant.");
        }
        return entries.get(0);
    }

    private static BiConsumer<String, String> refusal(Path file) {
        return (where, reason) -> {
            throw new KitException("The archive " + file + " cannot be read whole (" + where + ": " + reason
                    + "); remove it and run environment/setup to fetch it again.");
        };
    }

    private static boolean isAt(String path, String part) {
        return path.equals(part) || path.endsWith("/" + part);
    }

    private Tally tally() {
        return new Tally(files, found);
    }

    /** Tells by the first bytes what is in a stream, and reads it. */
    private void any(InputStream raw, SeekableByteChannel channel) {
        InputStream in = new BufferedInputStream(raw, 1 << 16);
        byte[] head;
        try {
            head = peek(in);
            if (starts(head, 0x1f, 0x8b)) {
                in = new BufferedInputStream(new Gunzip(in), 1 << 16);
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
        } else if (starts(head, 'B', 'Z', 'h') || starts(head, 0xfd, '7', 'z', 'X', 'Z')) {
            skipped.accept(name, "compressed by bzip2 or xz, which are not read; pack it as zip or tar.gz");
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
            byte[] content = null;
            try {
                entry = tar.getNextEntry();
                if (entry == null) {
                    break;
                }
                long blocks = (entry.getSize() + TAR_BLOCK - 1) / TAR_BLOCK;
                entries = entry.isSparse() ? Long.MAX_VALUE : counted.position + blocks * TAR_BLOCK;
                if (wants(entry.getName(), entry.isDirectory())
                        && entry.isFile()
                        && !entry.isLink()
                        && !entry.isSymbolicLink()) {
                    content = tar.readNBytes(LARGEST + 1);
                } else if (wanted.test(entry.getName()) && !entry.isDirectory()) {
                    skipped.accept(name + " " + entry.getName(), "a link, not a file");
                }
            } catch (IOException | IllegalArgumentException e) {
                damaged(e);
                return;
            }
            visit(entry.getName(), content);
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
        String inner = name.replaceFirst("(?i)\\.gz$", "");
        byte[] content = null;
        if (wants(inner, false)) {
            try {
                content = in.readNBytes(LARGEST + 1);
            } catch (IOException e) {
                damaged(e);
                return;
            }
        }
        visit(inner, content);
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
            for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
                visit(entry.getName(), wants(entry.getName(), entry.isDirectory()) ? content(zip, entry) : null);
            }
        } catch (IOException e) {
            // It could not be closed; everything in it was read.
            skipped.accept(name, "could not be closed: " + reason(e));
        }
    }

    private byte[] content(ZipFile zip, ZipArchiveEntry entry) {
        String where = name + " " + entry.getName();
        if (entry.isUnixSymlink()) {
            skipped.accept(where, "a link, not a file");
        } else if (!zip.canReadEntryData(entry)) {
            skipped.accept(
                    where, "encrypted, or compressed in a way that is not read (method " + entry.getMethod() + ")");
        } else {
            try (InputStream in = zip.getInputStream(entry)) {
                byte[] content = in.readNBytes(LARGEST + 1);
                CRC32 crc = new CRC32();
                crc.update(content);
                if (content.length > LARGEST || crc.getValue() == entry.getCrc()) {
                    return content;
                }
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
            byte[] content = null;
            try {
                entry = zip.getNextEntry();
                if (entry == null) {
                    return;
                }
                if (wants(entry.getName(), entry.isDirectory())) {
                    content = zip.readNBytes(LARGEST + 1);
                }
            } catch (IOException | IllegalArgumentException e) {
                // That it is cut short has been said; here is where.
                return;
            }
            visit(entry.getName(), content);
        }
    }

    private boolean wants(String path, boolean directory) {
        files += directory ? 0 : 1;
        return !directory && wanted.test(path);
    }

    private void visit(String path, byte[] content) {
        if (content == null) {
            return;
        }
        found++;
        if (content.length > LARGEST) {
            skipped.accept(name + " " + path, "more than " + LARGEST + " bytes");
        } else {
            visitor.accept(new Entry(path, content));
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
