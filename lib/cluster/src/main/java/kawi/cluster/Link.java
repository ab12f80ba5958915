package kawi.cluster;

import java.util.concurrent.locks.LockSupport;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * The link between a worker and the others, made as slow as {@link Cluster#throttle} says. What arrives waits for its
 * turn on a clock of the link: so many bytes take so long after whatever came before. Only what the kit itself sends is
 * counted, and of that the payload, without headers.
 */
final class Link {
    /** The name under which a job carries the rate to its tasks. */
    static final String MEGABITS = "kawi.link.megabits";

    private static final Clock IN = new Clock();
    private static final Clock OUT = new Clock();

    private final TaskContext task;
    private final double bitsPerSecond;

    private Link(TaskContext task) {
        this.task = task;
        String rate = task == null ? null : task.getLocalProperty(MEGABITS);
        this.bitsPerSecond = rate == null ? Double.POSITIVE_INFINITY : Double.parseDouble(rate) * 1e6;
    }

    /** {@return the link of the task that asks, which it shares with the others of its executor} */
    static Link here() {
        return new Link(TaskContext.get());
    }

    /** Returns when so many bytes would have arrived. */
    void received(long bytes) {
        pass(IN, bytes);
    }

    /** Returns when so many bytes would have been sent. */
    void sent(long bytes) {
        pass(OUT, bytes);
    }

    /** {@return what the driver hands to every worker, when it would have arrived} */
    byte[] received(Broadcast<byte[]> handed) {
        byte[] bytes = handed.value();
        received(bytes.length);
        return bytes;
    }

    private void pass(Clock clock, long bytes) {
        if (Double.isInfinite(bitsPerSecond)) {
            return;
        }
        long until = clock.after(bytes, bitsPerSecond, System.nanoTime());
        for (long now = System.nanoTime(); now < until && !task.isInterrupted(); now = System.nanoTime()) {
            LockSupport.parkNanos(Math.min(until - now, 100_000_000));
        }
    }

    /** When one direction of a link is free again. */
    static final class Clock {
        private long free = Long.MIN_VALUE;

        /** {@return the moment at which so many more bytes have passed, in nanoseconds} */
        synchronized long after(long bytes, double bitsPerSecond, long now) {
            free = (free == Long.MIN_VALUE ? now : Math.max(free, now)) + (long) (8e9 * bytes / bitsPerSecond);
            return free;
        }
    }
}
