package kawi.corpus;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Entries of a package archive one after another: zip (wheels and jars) and gzipped tar (npm packages and source
 * distributions). Nothing is unpacked to disk. An archive cut short gives the entries before the cut, then says so.
 */
public final class Archive {
    /** Largest entry read, in bytes; a larger one is set aside. */
    static final int LARGEST = 64_000_000;

    /** What to do with an entry. */
    public interface Visitor {
        void entry(String name, byte[] content) throws IOException;
    }

    private Archive() {}

    public static void read(Path file, Predicate<String> wanted, BiConsumer<String, String> skipped, Visitor visitor)
            throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            String name = file.getFileName().toString();
            if (name.endsWith(".tgz") || name.endsWith(".tar.gz")) {
                tar(in, name, wanted, skipped, visitor);
            } else {
                zip(in, name, wanted, skipped, visitor);
            }
        } catch (EOFException | ZipException e) {
            skipped.accept(file.getFileName().toString(), "cut short or damaged: " + e.getMessage());
        }
    }

    /** A gzipped tar from any stream, for one archive inside another. */
    public static void tar(
            InputStream in,
            String archive,
            Predicate<String> wanted,
            BiConsumer<String, String> skipped,
            Visitor visitor)
            throws IOException {
        TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(in, 1 << 16));
        for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
            if (entry.isFile() && wanted.test(entry.getName())) {
                visit(entry.getName(), archive, tar, skipped, visitor);
            }
        }
    }

    private static void zip(
            InputStream in,
            String archive,
            Predicate<String> wanted,
            BiConsumer<String, String> skipped,
            Visitor visitor)
            throws IOException {
        ZipInputStream zip = new ZipInputStream(in);
        for (ZipEntry entry; (entry = zip.getNextEntry()) != null; ) {
            if (!entry.isDirectory() && wanted.test(entry.getName())) {
                visit(entry.getName(), archive, zip, skipped, visitor);
            }
        }
    }

    private static void visit(
            String name, String archive, InputStream in, BiConsumer<String, String> skipped, Visitor visitor)
            throws IOException {
        byte[] content = in.readNBytes(LARGEST + 1);
        if (content.length > LARGEST) {
            skipped.accept(archive + " " + name, "more than " + LARGEST + " bytes");
        } else {
            visitor.entry(name, content);
        }
    }
}
