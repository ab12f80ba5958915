package kawi.evidence;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * A file that is there whole or not at all. It is written under a hidden name in the folder where it will lie;
 * {@link #commit()} flushes it to the disk and moves it to its name in one step, replacing what was there.
 * {@link #close()} without a commit, which is what an exception leads to, throws it away and leaves no trace.
 *
 * <p>In one call, with {@link #write(Path, String, CharSequence)} and its sisters, or step by step:
 *
 * <pre>{@code
 * try (AtomicFile file = AtomicFile.begin(path, "writing weights")) {
 *     try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
 *         ...
 *     }
 *     file.commit();
 * }
 * }</pre>
 *
 * <p>The hidden name holds the process's id, so that two processes that write one file do not write into each other
 * (the last to commit wins) and what a killed process left is removed by the next that writes the file.
 */
public final class AtomicFile implements AutoCloseable {
    /** Writes a file's bytes; the stream is buffered, and closed by its owner. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes all of it.
         *
         * @param out where the bytes go
         * @throws IOException where that fails; the file is then thrown away
         */
        void write(OutputStream out) throws IOException;
    }

    private final Path file;
    private final Path part;
    private final String doing;
    private OutputStream stream;
    private boolean done;
    private KitException failed;

    private AtomicFile(Path file, Path part, String doing) {
        this.file = file;
        this.part = part;
        this.doing = doing;
    }

    /**
     * Begins a file; what stands under its name stays as it is until {@link #commit()}.
     *
     * @param file the file's final name; its folder must exist
     * @param doing what is being done, as a participle with its object: "writing the tokenizer"
     * @return the file, to be written, committed and closed
     * @throws KitException where the folder is not there or cannot be written to
     */
    public static AtomicFile begin(Path file, String doing) {
        Path place = file.toAbsolutePath();
        if (place.getFileName() == null || Files.isDirectory(place)) {
            throw new KitException(
                    "Failed " + doing + " (" + place + "): there is a folder of that name; give another.");
        }
        Path part = Beside.of(place);
        try {
            Beside.removeAbandoned(place);
            Files.createFile(part);
            return new AtomicFile(place, part, doing);
        } catch (IOException e) {
            Beside.release(part);
            throw failure(e, doing, place);
        }
    }

    /**
     * Writes a file of these bytes.
     *
     * @param file the file's final name; its folder must exist
     * @param doing as in {@link #begin}
     * @param bytes the whole content
     * @throws KitException where it cannot
     */
    public static void write(Path file, String doing, byte[] bytes) {
        write(file, doing, out -> out.write(bytes));
    }

    /**
     * Writes a file of this text as UTF-8.
     *
     * @param file the file's final name; its folder must exist
     * @param doing as in {@link #begin}
     * @param text the whole content
     * @throws KitException where it cannot
     */
    public static void write(Path file, String doing, CharSequence text) {
        write(file, doing, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Writes a file of what the content writes; an exception of the content's own leaves the old file as it was.
     *
     * @param file the file's final name; its folder must exist
     * @param doing as in {@link #begin}
     * @param content writes the bytes
     * @throws KitException where it cannot be written
     */
    public static void write(Path file, String doing, Content content) {
        try (AtomicFile atomic = begin(file, doing)) {
            try {
                content.write(atomic.stream());
            } catch (IOException e) {
                throw atomic.failure(e);
            }
            atomic.commit();
        }
    }

    /** {@return where the bytes are to be written: an empty file under the hidden name} */
    public Path path() {
        checkOpen();
        return part;
    }

    /** {@return a buffered stream into the file, the same at each call; {@link #commit()} closes it} */
    public OutputStream stream() {
        checkOpen();
        if (stream == null) {
            try {
                // Not a channel: an interrupt, by which a notebook stops a cell, would close it half way.
                stream = new BufferedOutputStream(new FileOutputStream(part.toFile()), 1 << 16);
            } catch (IOException e) {
                throw failure(e);
            }
        }
        return stream;
    }

    /**
     * Flushes the file to the disk and gives it its name.
     *
     * @throws KitException where that fails; the file that was there before is untouched
     */
    public void commit() {
        checkOpen();
        if (failed != null) {
            throw discard(new KitException(failed.getMessage(), failed));
        }
        try {
            if (stream != null) {
                stream.close();
            }
            flush(part);
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            flushFolder(file.getParent());
            done = true;
            Beside.release(part);
        } catch (IOException e) {
            throw discard(failure(e));
        }
    }

    /** {@return whether it was committed or closed} */
    public boolean done() {
        return done;
    }

    /** Throws an uncommitted file away; nothing happens after {@link #commit()}. */
    @Override
    public void close() {
        if (!done) {
            KitException failure = discard(null);
            if (failure != null) {
                throw failure;
            }
        }
    }

    /**
     * {@return the sentence for a failure while the file was written: what, where, and what to do} The file can then no
     * more be committed, for a part of it is missing.
     *
     * @param e what went wrong; it becomes the cause
     */
    public KitException failure(IOException e) {
        KitException failure = failure(e, doing, file);
        if (failed == null) {
            failed = failure;
        }
        return failure;
    }

    static void flush(Path file) throws IOException {
        try (FileOutputStream out = new FileOutputStream(file.toFile(), true)) {
            out.getFD().sync();
        }
    }

    /** The folder's entry of a moved file is flushed where the system can do that. */
    static void flushFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows opens no folder; the file itself is on the disk.
        }
    }

    static KitException failure(IOException e, String doing, Path place) {
        Path folder = place.toAbsolutePath().getParent();
        String text = String.valueOf(e.getMessage());
        String reason;
        if (text.contains("No space left") || text.contains("not enough space") || text.contains("quota")) {
            reason = "the disk is full; free some space and run the cell again (" + free(folder)
                    + "), what was finished before is untouched.";
        } else if (!Files.isDirectory(folder)) {
            reason = Files.exists(folder)
                    ? folder + " is a file and no folder; give another folder."
                    : "the folder " + folder + " is not there; make it or give another.";
        } else if (e instanceof AccessDeniedException
                || text.contains("Permission denied")
                || text.contains("Read-only")) {
            reason = "this user may not write there; change the permissions of the folder or give another.";
        } else if (e instanceof ClosedByInterruptException) {
            reason = "it was interrupted; run the cell again, what was finished before is untouched.";
        } else {
            return KitException.of(e, doing, place);
        }
        return new KitException("Failed " + doing + " (" + place + "): " + reason, e);
    }

    private static String free(Path folder) {
        try {
            return free(Files.getFileStore(folder).getUsableSpace());
        } catch (IOException e) {
            return "how much is free cannot be seen";
        }
    }

    static String free(long bytes) {
        return bytes < 1000
                ? bytes + " bytes are free"
                : bytes < 1_000_000
                        ? bytes / 1000 + " kB are free"
                        : String.format(Locale.ROOT, "%,d MB are free", bytes / 1_000_000);
    }

    private KitException discard(KitException because) {
        done = true;
        Beside.release(part);
        try {
            if (stream != null) {
                stream.close();
            }
        } catch (IOException e) {
            // The bytes are thrown away below; that some could not be flushed changes nothing.
        }
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            KitException failure = failure(e, "removing an unfinished file", part);
            if (because == null) {
                return failure;
            }
            because.addSuppressed(failure);
        }
        return because;
    }

    private void checkOpen() {
        if (done) {
            throw new IllegalStateException("'" + file.getFileName() + "' was already committed or closed");
        }
    }
}
