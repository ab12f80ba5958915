package kawi.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A folder of files that is there whole or not at all, as {@link AtomicFile} is for one file. It is filled under a
 * hidden name beside its place; {@link #commit()} flushes every file of it to the disk, moves the folder that is there
 * aside, moves the new one to its place and removes the old one. A kill between the two moves leaves the old folder
 * aside, from where {@link #recover} puts it back; {@link #begin} does so too.
 *
 * <p>A process has one unfinished folder for a place: beginning another gives the first one up, as when a notebook's
 * cell is run again. Of two processes that fill a folder for one place the last to commit wins.
 */
public final class AtomicFolder implements AutoCloseable {
    private static final int TRIES = 20;
    /** The unfinished folder of each place in this process. */
    private static final Map<Path, AtomicFolder> OPEN = new ConcurrentHashMap<>();

    private final Path place;
    private final Path part;
    private final String doing;
    private boolean done;
    private boolean givenUp;

    private AtomicFolder(Path place, Path part, String doing) {
        this.place = place;
        this.part = part;
        this.doing = doing;
    }

    /**
     * Begins a folder; what is in its place stays as it is until {@link #commit()}. The folders above are made where
     * they are not there; what killed processes left of this folder is removed.
     *
     * @param place where the folder is to be
     * @param doing what is being done, as a participle with its object: "saving the checkpoint 'last'"
     * @return the folder, to be filled, committed and closed
     * @throws KitException where that place cannot be written to
     */
    public static AtomicFolder begin(Path place, String doing) {
        Path whole = place.toAbsolutePath();
        AtomicFolder earlier = OPEN.get(whole);
        if (earlier != null) {
            earlier.givenUp = true;
            earlier.close();
        }
        Path part = Beside.of(whole);
        try {
            Files.createDirectories(whole.getParent());
            recover(whole);
            Beside.removeAbandoned(whole);
            Files.createDirectory(part);
        } catch (IOException e) {
            Beside.release(part);
            throw AtomicFile.failure(e, doing, whole);
        }
        AtomicFolder folder = new AtomicFolder(whole, part, doing);
        OPEN.put(whole, folder);
        return folder;
    }

    /**
     * Puts a folder back whose replacement was killed between its two moves; else nothing happens.
     *
     * @param place where the folder is to be
     * @throws KitException where it cannot be put back
     */
    public static void recover(Path place) {
        if (Files.exists(place)) {
            return;
        }
        try {
            for (Path old : Beside.aside(place)) {
                Files.move(old, place, StandardCopyOption.ATOMIC_MOVE);
                return;
            }
        } catch (IOException e) {
            if (!Files.exists(place) && !(e instanceof NoSuchFileException)) {
                throw AtomicFile.failure(e, "putting back what was there before", place);
            }
            // Another process did it first, or has finished its own.
        }
    }

    /**
     * Removes a folder: at once for whoever looks for it, then its files, and with it what an earlier replacement moved
     * aside. A kill on the way leaves it under a hidden name, from where nothing puts it back. Nothing happens where
     * there is none.
     *
     * @param place the folder
     * @throws KitException where it cannot be removed
     */
    public static void remove(Path place) {
        Path whole = place.toAbsolutePath();
        Path part = Beside.of(whole);
        try {
            for (Path old : Beside.aside(whole)) {
                Beside.delete(old); // first, so that recover finds nothing to put back
            }
            if (Files.exists(whole)) {
                Files.move(whole, part, StandardCopyOption.ATOMIC_MOVE);
                AtomicFile.flushFolder(whole.getParent());
                Beside.delete(part);
            }
        } catch (IOException e) {
            throw AtomicFile.failure(e, "removing a folder", whole);
        } finally {
            Beside.release(part);
        }
    }

    /**
     * Ends what killed processes left undone in a folder of such folders: a replacement between its two moves is put
     * back, and half-filled or half-removed ones are removed. What a living process is at work on stays.
     *
     * @param parent the folder in which they lie
     * @throws KitException where one cannot be removed or put back
     */
    public static void tidy(Path parent) {
        try {
            for (Path place : Beside.begunIn(parent)) {
                recover(place);
                Beside.removeAbandoned(place.toAbsolutePath());
            }
        } catch (IOException e) {
            throw AtomicFile.failure(e, "removing what was left unfinished", parent);
        }
    }

    /** {@return the folder to write the files into, under its hidden name} */
    public Path path() {
        checkOpen();
        return part;
    }

    /**
     * Flushes the files to the disk and puts the folder in its place.
     *
     * @throws KitException where that fails, or where a file is still being written; what was there before is untouched
     */
    public void commit() {
        flush();
        move();
    }

    /** {@return whether it was committed, closed or given up} */
    public boolean done() {
        return done;
    }

    /** Throws an uncommitted folder away; nothing happens after {@link #commit()}. */
    @Override
    public void close() {
        if (!done) {
            end();
            try {
                Beside.delete(part);
            } catch (IOException e) {
                throw AtomicFile.failure(e, "removing an unfinished folder", part);
            }
        }
    }

    /**
     * {@return the sentence for a failure while the folder was filled: what, where, and what to do}
     *
     * @param e what went wrong; it becomes the cause
     */
    public KitException failure(IOException e) {
        return AtomicFile.failure(e, doing, place);
    }

    /** The first half of {@link #commit()}. */
    void flush() {
        checkOpen();
        try (Stream<Path> files = Files.walk(part)) {
            for (Path file : files.skip(1).toList()) {
                if (Beside.is(file)) {
                    throw new KitException("Failed " + doing + " (" + place + "): a file in it is still being written ("
                            + part.relativize(file) + "); finish or close its writer first.");
                }
                if (Files.isRegularFile(file)) {
                    AtomicFile.flush(file);
                } else if (Files.isDirectory(file)) {
                    AtomicFile.flushFolder(file);
                }
            }
        } catch (IOException e) {
            throw failure(e);
        }
        AtomicFile.flushFolder(part);
    }

    /** The second half of {@link #commit()}. */
    void move() {
        checkOpen();
        List<Path> olds = new ArrayList<>();
        for (int left = TRIES; ; left--) {
            try {
                if (Files.exists(place)) {
                    // A name of its own each time: of what other processes moved aside nothing is overwritten.
                    Path old = Beside.asideOf(place);
                    Files.move(place, old, StandardCopyOption.ATOMIC_MOVE);
                    olds.add(old);
                }
                Files.move(part, place, StandardCopyOption.ATOMIC_MOVE);
                break;
            } catch (IOException e) {
                // Another process moved something here in between: see again what is there.
                if (left == 0 || !Files.exists(part) || !Files.isWritable(place.getParent())) {
                    recover(place);
                    throw failure(e);
                }
            }
        }
        end();
        AtomicFile.flushFolder(place.getParent());
        try {
            for (Path old : olds) {
                Beside.delete(old);
            }
        } catch (IOException e) {
            // The new folder is in its place; what is left of the old one is removed by the next that begins.
        }
    }

    private void end() {
        done = true;
        Beside.release(part);
        OPEN.remove(place, this);
    }

    private void checkOpen() {
        if (givenUp) {
            throw new KitException("Failed " + doing + " (" + place
                    + "): it was begun anew since, which gave this one up; use the newer one, or begin it again.");
        }
        if (done) {
            throw new KitException("Failed " + doing + " (" + place
                    + "): it was already finished or closed; run the cell that begins it again.");
        }
    }
}
