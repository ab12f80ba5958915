package kawi.evidence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Keeps a folder of checkpoints, of a training or of a cleaning, to one run at a time, among the processes of a machine
 * and within one of them. The operating system takes the lock of a process that ended, however it ended; the file says
 * who has it.
 *
 * <p>A lock is on a file and not on its name: whoever removes the folder and makes it anew makes another file, which a
 * second run could lock while the first still holds the removed one. So the first looks, before it writes, whether the
 * file is still {@linkplain #check its own}.
 */
public final class FolderLock implements AutoCloseable {
    private static final String FILE = ".lock";
    private static final int TRIES = 20;
    private static final Object NO_NUMBER = "a file system without numbers of files";
    private static final Path HOST = Path.of("/proc/sys/kernel/hostname");
    private static final Pattern PROCESS = Pattern.compile("process (\\d+) on (\\S+) .*", Pattern.DOTALL);

    /**
     * Folders that this process has locked. It must never open the lock file of one of them: closing any channel of a
     * file gives up all of a process's locks on it.
     */
    private static final Map<Path, FolderLock> HELD = new ConcurrentHashMap<>();

    private final Path folder;
    private final Thread thread = Thread.currentThread();
    private final String owner;
    private FileChannel channel;
    private Object file; // which file the lock is on, as the file system numbers it
    private volatile boolean ending;

    private FolderLock(Path folder) {
        this.folder = folder;
        this.owner = "process " + ProcessHandle.current().pid() + " on " + host() + " since "
                + Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }

    /**
     * Takes a folder, making it where needed.
     *
     * @param folder what is to be written by this run alone
     * @return the lock; closing it gives the folder back
     * @throws KitException if another run has it, saying which process and since when
     */
    public static FolderLock acquire(Path folder) {
        boolean interrupted = Thread.interrupted(); // it would close the channel, and is for the run to answer
        try {
            Files.createDirectories(folder);
            FolderLock lock = new FolderLock(folder.toRealPath());
            FolderLock other = HELD.putIfAbsent(lock.folder, lock);
            if (other != null) {
                throw other.refusal(folder);
            }
            try {
                lock.take(folder);
                return lock;
            } catch (IOException | RuntimeException e) {
                HELD.remove(lock.folder, lock);
                throw e;
            }
        } catch (IOException e) {
            throw KitException.of(e, "locking the folder '" + folder.getFileName() + "'", folder.resolve(FILE));
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void take(Path named) throws IOException {
        for (int left = TRIES; !taken(named); left--) {
            if (left == 0) {
                throw refusal(named, "someone who removes and makes it again and again");
            }
        }
    }

    /** Whether the file that was locked is the one that lies there, and not one that was removed in between. */
    private boolean taken(Path named) throws IOException {
        Files.createDirectories(folder);
        FileChannel opened = FileChannel.open(
                folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            Object mine = key();
            String before = text(opened);
            if (!free(opened, before)) {
                throw refusal(named, before.isEmpty() ? "another process" : before);
            }
            opened.truncate(0);
            opened.write(ByteBuffer.wrap(owner.getBytes(StandardCharsets.UTF_8)), 0);
            if (mine == null || !mine.equals(key())) {
                return false;
            }
            file = mine;
            channel = opened;
            return true;
        } finally {
            if (channel == null) {
                opened.close();
            }
        }
    }

    /** Which file lies there now; {@link #NO_NUMBER} where the system numbers none, null where there is none. */
    private Object key() throws IOException {
        try {
            Object key = Files.readAttributes(folder.resolve(FILE), BasicFileAttributes.class)
                    .fileKey();
            return key == null ? NO_NUMBER : key;
        } catch (NoSuchFileException | NotDirectoryException e) {
            return null;
        }
    }

    /**
     * Looks whether the folder is still the one that was taken; one that was removed meanwhile, and that nobody made
     * anew, is taken again.
     *
     * @throws KitException if another one lies in its place, which may be another run's
     */
    public void check() {
        try {
            Object now = key();
            if (file.equals(now)) {
                return;
            }
            if (now == null && empty()) {
                FileChannel removed = channel;
                channel = null;
                removed.close();
                take(folder);
                return;
            }
            String who =
                    now == null ? "" : Files.readString(folder.resolve(FILE)).strip();
            throw new KitException("The folder '" + folder.getFileName()
                    + "' was removed while this run was at work in it, and another was made in its place"
                    + (who.isEmpty() ? "" : " by " + who)
                    + ": nothing is written over that one; begin this run again in another folder.");
        } catch (IOException e) {
            throw KitException.of(e, "looking at the folder '" + folder.getFileName() + "'", folder);
        }
    }

    private boolean empty() throws IOException {
        if (!Files.exists(folder)) {
            return true;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    /** Whether the file could be locked; where a file system knows no locks, whether its last owner is gone. */
    private static boolean free(FileChannel opened, String before) {
        try {
            return opened.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // this process has it, by another class loader
        } catch (IOException e) {
            return gone(before);
        }
    }

    /** Whether nobody is known to have a folder any more: what its lock file says, and which processes there are. */
    static boolean gone(String owner) {
        Matcher last = PROCESS.matcher(owner);
        return !last.matches()
                || !last.group(2).equals(host())
                || ProcessHandle.of(Long.parseLong(last.group(1))).isEmpty();
    }

    private static String text(FileChannel opened) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(200);
        opened.read(bytes, 0);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }

    /**
     * Refuses a folder that another thread of this process is at work in, unless that one was told to stop and will
     * soon be done: then it is worth waiting for.
     *
     * @param folder that is to be written
     * @throws KitException saying since when
     */
    public static void refuseBusy(Path folder) {
        if (Files.exists(folder)) {
            try {
                FolderLock other = HELD.get(folder.toRealPath());
                if (other != null
                        && other.thread != Thread.currentThread()
                        && !other.ending
                        && !other.thread.isInterrupted()) {
                    throw other.refusal(folder);
                }
            } catch (IOException e) {
                throw KitException.of(e, "looking at the folder '" + folder.getFileName() + "'", folder);
            }
        }
    }

    /**
     * {@return whether a run ever was at work in a folder}
     *
     * @param folder any path
     */
    public static boolean exists(Path folder) {
        return Files.exists(folder.resolve(FILE));
    }

    /** Says that the run was told to stop, and is about to. */
    public void ending() {
        ending = true;
    }

    private KitException refusal(Path named) {
        return refusal(named, owner + " (this one)");
    }

    private static KitException refusal(Path named, String who) {
        return new KitException("The folder '" + named.getFileName() + "' is in use by " + who
                + ": wait for it or stop it, or give this run another folder.");
    }

    private static String host() {
        return SystemFile.lines(HOST).stream().findFirst().map(String::strip).orElse("this machine");
    }

    /** Gives the folder back. */
    @Override
    public void close() {
        try {
            if (channel != null) {
                channel.truncate(0);
                channel.close();
            }
        } catch (IOException e) {
            // The folder was removed meanwhile: there is nothing left to give back.
        } finally {
            HELD.remove(folder, this);
        }
    }
}
