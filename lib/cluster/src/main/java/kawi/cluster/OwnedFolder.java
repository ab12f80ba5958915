package kawi.cluster;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/**
 * A folder for the time of one piece of work, with a lock in it for as long as this process lives and works on it. The
 * system gives the lock up when the process ends, however it ends: so a folder whose lock nobody holds was left by one
 * that died, and whoever comes next may remove it.
 */
final class OwnedFolder implements Closeable {
    private static final String LOCK = "owner.lock";

    /** Of this process: to open and close the lock of one of them again would give it up. */
    private static final Map<Path, OwnedFolder> OURS = new HashMap<>();

    private final Path folder;
    private final Path real; // where it lies, without links, as OURS has it
    private final FileChannel lock;

    private OwnedFolder(Path folder, Path real, FileChannel lock) {
        this.folder = folder;
        this.real = real;
        this.lock = lock;
    }

    /**
     * Makes a folder beside others of its kind, having removed those of them that were left by processes that died.
     *
     * @param parent where it is made, and with it whatever is missing of that
     * @param prefix what the names of its kind begin with
     * @param attributes it is made with, as who may read it
     */
    static OwnedFolder make(Path parent, String prefix, FileAttribute<?>... attributes) throws IOException {
        Files.createDirectories(parent);
        synchronized (OURS) {
            removeLeft(parent, prefix);
            Path folder = Files.createDirectory(parent.resolve(prefix + UUID.randomUUID()), attributes);
            Path real = folder.toRealPath();
            // It takes its name when it is held, so that nobody finds it before.
            Path fresh = folder.resolve(LOCK + ".new");
            FileChannel channel = FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            try {
                channel.tryLock(); // where the file system knows no locks it fails, or gives none
                Files.move(fresh, folder.resolve(LOCK), StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                Files.deleteIfExists(fresh); // without a lock to be found, nobody removes the folder
            }
            OwnedFolder made = new OwnedFolder(folder, real, channel);
            OURS.put(real, made);
            return made;
        }
    }

    private static void removeLeft(Path parent, String prefix) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, prefix + "*")) {
            for (Path each : all) {
                if (Files.isDirectory(each) && !OURS.containsKey(each.toRealPath()) && free(each.resolve(LOCK))) {
                    Children.remove(each);
                }
            }
        } catch (IOException e) {
            // what cannot be looked at stays where it is
        }
    }

    /** Whether there is a lock and nobody holds it. */
    private static boolean free(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock != null;
        } catch (IOException | OverlappingFileLockException e) {
            return false; // there is none, or it is another user's
        }
    }

    /** {@return the folder, as its parent was named} */
    Path path() {
        return folder;
    }

    /** Removes it; tasks that were stopped may still be writing, so it is tried for as long as they may take to end. */
    @Override
    public void close() {
        boolean interrupted = Thread.interrupted(); // as it is where work was stopped, and it would not wait
        Children.remove(folder);
        for (int i = 0; i < 40 && Files.exists(folder); i++) {
            LockSupport.parkNanos(50_000_000);
            Children.remove(folder);
        }
        synchronized (OURS) {
            OURS.remove(real);
        }
        try {
            lock.close();
        } catch (IOException e) {
            // nothing was written through it
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
