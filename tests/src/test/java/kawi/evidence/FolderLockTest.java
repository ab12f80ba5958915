package kawi.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder is one run's alone, among processes and within one. */
class FolderLockTest {
    @TempDir
    Path folder;

    @Test
    void aSecondProcessInTheFolderIsRefusedAndTheLockOfADeadOneTakenOver() throws Exception {
        Path checkpoints = folder.resolve("run");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        checkpoints.toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            assertEquals("held", said.readLine());
            for (int again = 0; again < 2; again++) {
                String refusal = assertThrows(KitException.class, () -> FolderLock.acquire(checkpoints))
                        .getMessage();
                assertTrue(
                        refusal.matches("The folder 'run' is in use by process " + process.pid()
                                + " on \\S+ since \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ: wait for it or stop it, or "
                                + "give this run another folder\\."),
                        refusal);
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        FolderLock.acquire(checkpoints).close();
    }

    @Test
    void aRunWhoseFolderWasRemovedAndMadeAnewWritesNothingIntoIt() throws Exception {
        Path run = folder.resolve("remade");
        Path lockFile = run.resolve(".lock");
        try (FolderLock first = FolderLock.acquire(run)) {
            first.check();
            Files.delete(lockFile);
            Files.delete(run);
            first.check(); // nobody made it anew: it is the run's own again
            assertTrue(Files.readString(lockFile)
                    .startsWith("process " + ProcessHandle.current().pid()));
            Files.delete(lockFile);
            first.check(); // nor this empty one
            assertTrue(Files.exists(lockFile));
            Files.delete(lockFile);
            Files.writeString(folder.resolve("new"), "process 7 on elsewhere since noon");
            Files.move(folder.resolve("new"), lockFile);
            String said = assertThrows(KitException.class, first::check).getMessage();
            assertTrue(said.contains("another was made in its place by process 7 on elsewhere since noon"), said);
            Files.delete(lockFile);
            Files.writeString(run.resolve("state.json"), "of another run");
            assertThrows(KitException.class, first::check);
        }
    }

    @Test
    void aFolderThatTheSameProcessHasByAnotherClassLoaderIsRefused() throws IOException {
        Path run = Files.createDirectory(folder.resolve("run"));
        Files.writeString(run.resolve(".lock"), "process 7 on elsewhere since noon");
        try (FileChannel other = FileChannel.open(run.resolve(".lock"), StandardOpenOption.WRITE)) {
            other.lock();
            String said = assertThrows(KitException.class, () -> FolderLock.acquire(run))
                    .getMessage();
            assertTrue(said.startsWith("The folder 'run' is in use by process 7 on elsewhere since noon:"), said);
            Files.writeString(run.resolve(".lock"), "");
            said = assertThrows(KitException.class, () -> FolderLock.acquire(run))
                    .getMessage();
            assertTrue(said.startsWith("The folder 'run' is in use by another process:"), said);
        }
        FolderLock.acquire(run).close();
    }

    @Test
    void whereAFileSystemKnowsNoLocksTheOwnerThatIsNamedMustRunOnThisMachine() throws IOException {
        Path run = folder.resolve("run");
        String own;
        try (FolderLock lock = FolderLock.acquire(run)) {
            own = Files.readString(run.resolve(".lock"));
        }
        assertFalse(FolderLock.gone(own), own);
        assertTrue(FolderLock.gone(own.replace(" on ", " on another-")));
        assertTrue(FolderLock.gone(own.replaceFirst("process \\d+", "process 999999999")));
        assertTrue(FolderLock.gone(""));
    }

    @Test
    void aFolderIsRefusedToTheSameProcessUntilItIsGivenBack() throws IOException {
        Path run = folder.resolve("run");
        assertFalse(FolderLock.exists(run));
        FolderLock.refuseBusy(run);
        try (FolderLock first = FolderLock.acquire(run)) {
            assertTrue(FolderLock.exists(run));
            String said = assertThrows(KitException.class, () -> FolderLock.acquire(folder.resolve("./run")))
                    .getMessage();
            assertTrue(
                    said.startsWith("The folder 'run' is in use by process "
                            + ProcessHandle.current().pid()),
                    said);
            assertTrue(said.contains(" (this one): wait for it or stop it"), said);
            FolderLock.refuseBusy(run); // the thread's own
            first.check();
        }
        assertEquals("", Files.readString(run.resolve(".lock")));
        FolderLock.acquire(run).close();
    }

    @Test
    void aThreadThatWasInterruptedTakesAFolderAndStaysInterrupted() {
        Thread.currentThread().interrupt();
        FolderLock.acquire(folder.resolve("run")).close();
        assertTrue(Thread.interrupted());
        FolderLock.acquire(folder.resolve("run")).close();
        assertFalse(Thread.interrupted());
    }

    @Test
    void aThreadThatWasToldToStopIsWaitedFor() throws Exception {
        Path run = folder.resolve("run");
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch looked = new CountDownLatch(1);
        Thread holder = new Thread(() -> {
            try (FolderLock lock = FolderLock.acquire(run)) {
                held.countDown();
                while (looked.getCount() > 0) {
                    Thread.onSpinWait(); // it stays interrupted
                }
            }
        });
        holder.start();
        held.await();
        assertThrows(KitException.class, () -> FolderLock.refuseBusy(run));
        holder.interrupt();
        FolderLock.refuseBusy(run);
        looked.countDown();
        holder.join();
    }

    @Test
    void anotherThreadIsRefusedAtOnceButNotWhileTheFirstEnds() throws Exception {
        Path run = folder.resolve("run");
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch ending = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        CompletableFuture<Void> first = CompletableFuture.runAsync(() -> {
            try (FolderLock lock = FolderLock.acquire(run)) {
                held.countDown();
                ending.await();
                lock.ending();
                told.countDown();
                done.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        held.await();
        assertTrue(assertThrows(KitException.class, () -> FolderLock.refuseBusy(run))
                .getMessage()
                .contains("in use by process"));
        ending.countDown();
        told.await();
        FolderLock.refuseBusy(run);
        done.countDown();
        first.join();
        FolderLock.refuseBusy(run);
    }

    /** Holds a folder until it is killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] words) throws InterruptedException {
            try (FolderLock lock = FolderLock.acquire(Path.of(words[0]))) {
                System.out.println("held");
                Thread.sleep(600_000);
            }
        }
    }
}
