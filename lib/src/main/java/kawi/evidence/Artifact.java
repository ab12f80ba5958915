package kawi.evidence;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A finished stage's result: a folder of files beside the manifest that says how they came to be. One is only handed
 * out by {@link Run#artifact}, which has checked it.
 */
public final class Artifact {
    private final Path folder;
    private final Manifest manifest;
    private final String hash;

    Artifact(Path folder, Manifest manifest) {
        this.folder = folder;
        this.manifest = manifest;
        this.hash = manifest.hash();
    }

    /** {@return the artifact's name, such as "tokens"} */
    public String name() {
        return manifest.name();
    }

    /** {@return the notebook that made it, such as "02-preprocessing"} */
    public String stage() {
        return manifest.stage();
    }
    /** {@return the folder in which its files and its manifest lie} */
    public Path folder() {
        return folder;
    }
    /** {@return the record of how it came to be} */
    public Manifest manifest() {
        return manifest;
    }

    /**
     * SHA-256 over the names and contents of its files.
     *
     * @return 64 hexadecimal digits; figures do not count, see {@link Manifest#hash}
     */
    public String hash() {
        return hash;
    }

    /**
     * {@return a file of the artifact by its path in the folder; one that is not part of it is refused}
     *
     * @param path path in the artifact's folder, with slashes
     * @throws KitException where the artifact has no such file
     */
    public Path file(String path) {
        Path file = folder.resolve(path);
        if (!manifest.outputs().containsKey(path) || !Files.exists(file)) {
            throw new KitException("Artifact '" + name() + "' has no file '" + path + "' (it has "
                    + String.join(", ", manifest.outputs().keySet()) + "): run notebook " + stage() + " again.");
        }
        return file;
    }

    @Override
    public String toString() {
        return name() + " (" + stage() + ", " + hash.substring(0, 12) + ")";
    }
}
