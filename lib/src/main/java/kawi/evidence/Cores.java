package kawi.evidence;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

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
}
