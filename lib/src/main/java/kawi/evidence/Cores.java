package kawi.evidence;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * The processor's cores for work that is cut into small tasks: a thread for each, shared by all of this process, that
 * ends when it has had nothing to do for a while and never keeps the process alive. A task must not wait for another.
 */
public final class Cores {
    private static final int NUMBER = Runtime.getRuntime().availableProcessors();
    private static final long IDLE_SECONDS = 10;
    private static final ThreadPoolExecutor ALL = make();

    private Cores() {}

    private static ThreadPoolExecutor make() {
        ThreadPoolExecutor cores = new ThreadPoolExecutor(
                NUMBER, NUMBER, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new OneOfThem(work);
                    thread.setDaemon(true);
                    return thread;
                });
        cores.allowCoreThreadTimeOut(true);
        return cores;
    }

    private static final class OneOfThem extends Thread {
        OneOfThem(Runnable work) {
            super(work, "kawi-core");
        }
    }

    /** {@return what runs a task on one of the cores; for a task of theirs, which must not wait for them, itself} */
    public static Executor all() {
        return Thread.currentThread() instanceof OneOfThem ? Runnable::run : ALL;
    }

    /** {@return how many there are} */
    public static int number() {
        return NUMBER;
    }

    /**
     * Runs tasks on all cores. Unlike those of a parallel stream, all of them have ended when this returns or throws: a
     * caller that then gives back the memory that they write to takes it from nobody.
     *
     * @param tasks how many there are, from 0
     * @param work is told the number of a task, from 0; once one has failed, tasks that have not begun are left out
     */
    public static void each(int tasks, IntConsumer work) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        IntStream.range(0, tasks).parallel().forEach(task -> {
            if (failure.get() == null) {
                try {
                    work.accept(task);
                } catch (RuntimeException | Error e) {
                    failure.compareAndSet(null, e);
                }
            }
        });
        if (failure.get() instanceof Error error) {
            throw error;
        }
        if (failure.get() instanceof RuntimeException exception) {
            throw exception;
        }
    }
}
