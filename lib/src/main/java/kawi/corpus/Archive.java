package kawi.corpus;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import kawi.evidence.KitException;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/**
 * Files inside a package archive, one after another: zip (wheels and jars), tar, gzipped tar (npm packages and source
 * distributions), a single gzipped file, and archives inside archives. Which of these a file is, its first bytes say,
 * not its name. One file at a time is in memory, at most {@link #LARGEST} bytes of it, and nothing is unpacked to disk;
 * {@link #walk(Path, Predicate, BiConsumer, BiConsumer)} reads files of any size, of which a larger one lies on disk
 * while it is read.
 *
 * <p>What cannot be read is set aside with its reason and the rest is read: an archive that was cut short gives the
 * files before the cut. {@link #entries(Path, Predicate)} refuses such an archive instead.
 */
public final class Archive {
    /** Largest file read into memory, in bytes; a larger one is set aside. */
    public static final int LARGEST = 64_000_000;

    /** The most bytes of all files together that {@link #entries} holds. */
    private static final long MOST_HELD = 400_000_000;

    /** Between the path of an archive and a path inside it, as in a {@code jar:} address. */
    private static final String INSIDE = "!/";

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

    private Archive() {}

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
        ArchiveWalk archive = new ArchiveWalk(file.getFileName().toString(), wanted, skipped, visitor);
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
        ArchiveWalk inner = new ArchiveWalk(archive.path(), wanted, skipped, visitor);
        inner.any(new ByteArrayInputStream(archive.bytes()), new SeekableInMemoryByteChannel(archive.bytes()));
        return inner.tally();
    }

    /**
     * Reads an archive in its own order, also files in it that are larger than the memory.
     *
     * @param file the archive
     * @param wanted which paths to read
     * @param skipped hears of what could not be read: where, and why
     * @param visitor is given the path of each wanted file and what it holds, which is closed when the visitor is done
     * @return how many files there were
     * @throws IOException where the file is not there or may not be read
     * @throws KitException where the disk is full
     */
    public static Tally walk(
            Path file, Predicate<String> wanted, BiConsumer<String, String> skipped, BiConsumer<String, Held> visitor)
            throws IOException {
        ArchiveWalk archive = new ArchiveWalk(
                file.getFileName().toString(), wanted, skipped, Long.MAX_VALUE - 1, Held.IN_HEAP, visitor);
        try (SeekableByteChannel channel = Files.newByteChannel(file);
                InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            archive.any(in, channel);
        }
        return archive.tally();
    }

    /**
     * Reads an archive inside another. Files in it have at most {@link #LARGEST} bytes: a few bytes in archives in
     * archives may stand for more than a disk holds.
     *
     * @param name its path
     * @param archive the archive
     * @param wanted which paths to read
     * @param skipped hears of what could not be read: where, and why
     * @param visitor is given the path of each wanted file and what it holds, which is closed when the visitor is done
     * @return how many files there were
     * @throws IOException where the archive cannot be read
     * @throws KitException where the disk is full
     */
    public static Tally walk(
            String name,
            Held archive,
            Predicate<String> wanted,
            BiConsumer<String, String> skipped,
            BiConsumer<String, Held> visitor)
            throws IOException {
        ArchiveWalk inner = new ArchiveWalk(name, wanted, skipped, LARGEST, Held.IN_HEAP, visitor);
        try (SeekableByteChannel channel = archive.channel();
                InputStream in = archive.open()) {
            inner.any(in, channel);
        }
        return inner.tally();
    }

    /**
     * {@return the wanted files of an archive that must be whole}
     *
     * @param file the archive
     * @param wanted which paths to read
     * @throws KitException where any of it cannot be read, or what is wanted of it has more than 400 MB
     */
    public static List<Entry> entries(Path file, Predicate<String> wanted) {
        List<Entry> entries = new ArrayList<>();
        try {
            long[] held = new long[1];
            read(file, wanted, refusal(file), entry -> {
                held[0] += entry.bytes().length;
                if (held[0] > MOST_HELD) {
                    throw new KitException("The archive " + file + " unpacks to more than " + MOST_HELD
                            + " bytes of what is read of it at once, as no package of the catalog does: remove it and"
                            + " run environment/setup to fetch it again.");
                }
                entries.add(entry);
            });
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
}
