package kawi.readers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import kawi.evidence.Hash;

/**
 * Files whose hash was taken in this process, so that looking whether one has changed costs no reading: it is hashed
 * again where its size, its time of change or the file itself is another.
 */
final class HashedFile {
    private static final Map<Path, HashedFile> KNOWN = new ConcurrentHashMap<>();

    private final Object looks;
    private final String hash;

    private HashedFile(Object looks, String hash) {
        this.looks = looks;
        this.hash = hash;
    }

    /** {@return SHA-256 of a file as it is now} */
    static String hash(Path file) throws IOException {
        Path whole = file.toAbsolutePath().normalize();
        Object before = looks(whole);
        HashedFile known = KNOWN.get(whole);
        if (known == null || !known.looks.equals(before)) {
            known = new HashedFile(before, Hash.of(whole)); // a change while it was read shows in its looks next time
            KNOWN.put(whole, known);
        }
        return known.hash;
    }

    private static Object looks(Path file) throws IOException {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        return now.size() + " " + now.lastModifiedTime().toString() + " " + now.fileKey();
    }
}
