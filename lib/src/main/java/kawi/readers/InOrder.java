package kawi.readers;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import kawi.evidence.Cores;

/**
 * Work that is begun on any core and taken in the order in which it was given, on the thread that gives it: what is
 * made of it is the same for any number of cores. As much is under way as there are cores and as many again, and no
 * more of it than a part of the heap.
 *
 * @param <T> what a piece of work gives
 */
final class InOrder<T> {
    private static final int SHARE_OF_HEAP = 64;

    private record Going<T>(long weight, FutureTask<T> task) {}

    private final Consumer<T> taker;
    private final Executor cores;
    private final int most;
    private final long mostWeight;
    private final Deque<Going<T>> going = new ArrayDeque<>();
    private long weight;
    private volatile boolean ended;

    /** @param taker takes what was made, in its order */
    InOrder(Consumer<T> taker) {
        this(taker, Cores.all(), 2 * Cores.number(), Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
    }

    /**
     * @param most pieces that are under way
     * @param mostWeight of them all, unless a piece alone has more
     */
    InOrder(Consumer<T> taker, Executor cores, int most, long mostWeight) {
        this.taker = taker;
        this.cores = cores;
        this.most = most;
        this.mostWeight = mostWeight;
    }

    /** {@return whether nothing is under way} */
    boolean isEmpty() {
        return going.isEmpty();
    }

    /**
     * Begins a piece of work; takes what is done, and waits for it where too much is under way.
     *
     * @param weight about as many bytes as it needs
     * @param work runs on any thread
     */
    void put(long weight, Callable<T> work) {
        FutureTask<T> task = room(weight, work);
        cores.execute(task);
        while (!going.isEmpty() && going.peek().task().isDone()) {
            takeFirst();
        }
    }

    /** Puts what needs no work behind what is under way. */
    void put(T done) {
        room(0, () -> done).run();
    }

    private FutureTask<T> room(long added, Callable<T> work) {
        while (!going.isEmpty() && (going.size() >= most || weight + added > mostWeight)) {
            takeFirst();
        }
        FutureTask<T> task = new FutureTask<>(() -> ended ? null : work.call());
        weight += added;
        going.add(new Going<>(added, task));
        return task;
    }

    /** Takes all that is under way. */
    void finish() {
        while (!going.isEmpty()) {
            takeFirst();
        }
    }

    private void takeFirst() {
        Going<T> first = going.remove();
        weight -= first.weight();
        boolean whole = false;
        try {
            taker.accept(result(first.task()));
            whole = true;
        } finally {
            if (!whole) {
                stop();
            }
        }
    }

    /** Leaves what is under way, and waits until none of it is at work any more. */
    private void stop() {
        ended = true;
        while (!going.isEmpty()) {
            try {
                result(going.remove().task());
            } catch (RuntimeException | Error e) {
                // Nobody waits for it any more.
            }
        }
        ended = false;
        weight = 0;
    }

    private static <T> T result(FutureTask<T> task) {
        task.run(); // here, where no core has begun it
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw failure(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What the work itself threw. */
    private static RuntimeException failure(ExecutionException e) {
        if (e.getCause() instanceof Error error) {
            throw error;
        }
        return e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
    }
}
