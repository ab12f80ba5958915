package kawi.cluster;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.storage.TestBlockId;
import org.apache.spark.util.io.ChunkedByteBuffer;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * A kill that falls into the middle of a worker's work. What Spark tells its driver of running tasks comes late, and a
 * short one is over by then: so a job says which process is to be killed, and that process, once it is half through its
 * part, says so and waits for it.
 */
final class AtWork {
    /** The name under which a job carries the word and the process to its tasks. */
    static final String PROPERTY = "kawi.at.work";

    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(20); // then nobody comes to kill it
    private static final ClassTag<Object> BYTES = ClassTag$.MODULE$.apply(byte[].class);

    private final int worker;
    private final String word = "kawi-at-work-" + UUID.randomUUID();
    private final CompletableFuture<Long> killed = new CompletableFuture<>();

    /** @param worker whose executor is to be killed */
    AtWork(int worker) {
        this.worker = worker;
    }

    /** {@return what a job's tasks are told; null where the kill is done, or the worker has no executor now} */
    String property(Members members) {
        Optional<Long> pid = killed.isDone() ? Optional.empty() : members.pid(worker);
        return pid.map(number -> number + " " + word).orElse(null);
    }

    /** {@return the number of the process, once it is killed} */
    CompletableFuture<Long> killed() {
        return killed;
    }

    /** Waits until the worker says that it is half through its part, and kills it. */
    void kill(Cluster cluster) {
        try {
            while (!said(cluster)) {
                if (killed.isDone()) {
                    return; // another one took its place
                }
                Thread.sleep(2);
            }
            killed.complete(cluster.kill(worker));
        } catch (InterruptedException | RuntimeException e) {
            killed.completeExceptionally(e);
        }
    }

    private boolean said(Cluster cluster) {
        cluster.context(); // refuses where the cluster is closed
        return !SparkEnv.get()
                .blockManager()
                .master()
                .getLocations(new TestBlockId(word))
                .isEmpty();
    }

    /** Called by a task that is half through: returns at once, or waits for the kill where this is the process. */
    static void here() {
        TaskContext task = TaskContext.get();
        String asked = task == null ? null : task.getLocalProperty(PROPERTY);
        if (asked == null) {
            return;
        }
        String[] words = asked.split(" ");
        if (Long.parseLong(words[0]) != ProcessHandle.current().pid()) {
            return;
        }
        BlockManager blocks = SparkEnv.get().blockManager();
        TestBlockId id = new TestBlockId(words[1]);
        if (blocks.getStatus(id).isDefined()) {
            return; // it was said by an earlier task, and the kill did not come
        }
        ByteBuffer byteOfIt = ByteBuffer.allocate(1);
        blocks.putBytes(id, new ChunkedByteBuffer(byteOfIt), StorageLevel.MEMORY_AND_DISK_SER(), true, BYTES);
        long until = System.nanoTime() + MOST_NANOS;
        while (System.nanoTime() < until && !task.isInterrupted()) {
            LockSupport.parkNanos(5_000_000);
        }
    }
}
