package kawi.cluster;

import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.text.TokenFile;

/**
 * A token file as a worker is told of it, and held to: the same path, length and checksum on every machine.
 *
 * @param path on every machine
 * @param length tokens
 * @param checksum CRC-32C of the ids
 */
record WorkerText(String path, long length, int checksum) implements Serializable {
    private static final int MOST_OPEN = 4;
    private static final Map<WorkerText, TokenFile> OPEN = new LinkedHashMap<>();

    static WorkerText of(TokenFile file) {
        return new WorkerText(file.path().toString(), file.length(), file.checksum());
    }

    /**
     * {@return the file, opened once in a process}
     *
     * @throws KitException if it is not there, or is another
     */
    TokenFile open() {
        synchronized (OPEN) {
            TokenFile open = OPEN.get(this);
            if (open != null) {
                return open;
            }
            Path place = Path.of(path);
            if (!Files.isReadable(place)) {
                throw new KitException("A worker cannot read the token file " + place.getFileName()
                        + ": put it where every machine finds it under the same path.");
            }
            TokenFile file = TokenFile.open(place);
            if (file.length() != length || file.checksum() != checksum) {
                file.close();
                throw new KitException("A worker reads another text from " + place.getFileName()
                        + " than the driver: the machines' copies must be equal.");
            }
            if (OPEN.size() == MOST_OPEN) {
                OPEN.remove(OPEN.keySet().iterator().next()).close();
            }
            OPEN.put(this, file);
            return file;
        }
    }
}
