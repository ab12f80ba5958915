package kawi.cluster;

import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import kawi.evidence.KitException;
import kawi.train.DivergedException;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.storage.TestBlockId;
import org.apache.spark.util.io.ChunkedByteBuffer;
import scala.Option;
import scala.reflect.ClassTag$;

/**
 * Adds up the vectors of several workers, slice by slice: each worker owns one slice, receives that slice of every
 * vector, adds them in the order of the workers and hands the sum around. Every worker sends and receives about twice
 * the vector's length, however many they are, and everything is added in one fixed order (BigDL: Dai et al. 2019).
 *
 * <p>Slices lie in Spark's block managers, which authenticate and encrypt what they send. Those are not promised to
 * stay as they are: a test holds them to what is used here.
 */
final class SliceExchange implements Closeable {
    private static final int HEAD = Integer.BYTES;
    private static final int NUMBERS = 0;
    private static final int REFUSAL = 1;
    private static final int DIVERGENCE = 2;

    /** What an earlier job left in this process because others were still to read it. */
    private static final List<TestBlockId> LEFT = new ArrayList<>();

    private final String job;
    private final int rank;
    private final int workers;
    private final BlockManager blocks = SparkEnv.get().blockManager();
    private final TaskContext task = TaskContext.get();
    private final Link link = Link.here();
    private List<TestBlockId> before = new ArrayList<>();
    private List<TestBlockId> now = new ArrayList<>();
    private long round;
    private long sent;
    private long nanoseconds;

    /**
     * @param job a name that no other exchange has or had
     * @param rank which of the workers this is, from 0
     */
    SliceExchange(String job, int rank, int workers) {
        this.job = job;
        this.rank = rank;
        this.workers = workers;
        synchronized (LEFT) {
            LEFT.forEach(each -> blocks.removeBlock(each, true));
            LEFT.clear();
        }
    }

    /**
     * Adds up.
     *
     * @param vectors of this worker, all of one length, as many as every other worker has
     * @return the sum of the vectors of all workers in their order; may be the first of {@code vectors}
     */
    float[] sum(List<float[]> vectors) {
        long start = System.nanoTime();
        int length = vectors.get(0).length;
        if (workers == 1) {
            float[] sum = vectors.get(0);
            for (float[] each : vectors.subList(1, vectors.size())) {
                add(sum, 0, FloatBuffer.wrap(each), length);
            }
            return sum;
        }
        int[] cut = new int[workers + 1];
        for (int i = 0; i <= workers; i++) {
            cut[i] = (int) ((long) length * i / workers);
        }
        for (int owner = 0; owner < workers; owner++) {
            if (owner != rank) {
                ByteBuffer slices =
                        ByteBuffer.allocate(HEAD + Float.BYTES * vectors.size() * (cut[owner + 1] - cut[owner]));
                slices.putInt(NUMBERS);
                FloatBuffer numbers = slices.asFloatBuffer();
                for (float[] each : vectors) {
                    numbers.put(each, cut[owner], cut[owner + 1] - cut[owner]);
                }
                put(parts(rank, owner), slices);
            }
        }
        float[] sum = vectors.get(0);
        int own = cut[rank + 1] - cut[rank];
        float[] slice = new float[own];
        for (int from = 0; from < workers; from++) {
            if (from == rank) {
                for (int i = 0; i < vectors.size(); i++) {
                    join(slice, FloatBuffer.wrap(vectors.get(i), cut[rank], own), from == 0 && i == 0);
                }
            } else {
                FloatBuffer numbers = get(parts(from, rank));
                for (int i = 0; i < vectors.size(); i++) {
                    join(slice, numbers, from == 0 && i == 0);
                }
            }
        }
        ByteBuffer mine = ByteBuffer.allocate(HEAD + Float.BYTES * own);
        mine.putInt(NUMBERS).asFloatBuffer().put(slice);
        put(whole(rank), mine);
        sent += (long) (workers - 2) * mine.capacity(); // the other readers of the one block
        System.arraycopy(slice, 0, sum, cut[rank], own);
        for (int owner = 0; owner < workers; owner++) {
            if (owner != rank) {
                get(whole(owner)).get(sum, cut[owner], cut[owner + 1] - cut[owner]);
            }
        }
        next();
        nanoseconds += System.nanoTime() - start;
        return sum;
    }

    private static void join(float[] sum, FloatBuffer term, boolean first) {
        if (first) {
            term.get(sum);
        } else {
            add(sum, 0, term, sum.length);
        }
    }

    private static void add(float[] sum, int from, FloatBuffer term, int count) {
        for (int i = 0; i < count; i++) {
            sum[from + i] += term.get();
        }
    }

    /** Tells the others, who wait for this worker's numbers, why there will be none. */
    void refuse(KitException why) {
        byte[] text = why.getMessage().getBytes(StandardCharsets.UTF_8);
        boolean diverged = why instanceof DivergedException;
        for (int other = 0; other < workers; other++) {
            if (other != rank) {
                put(parts(rank, other), refusal(text, diverged, why));
            }
        }
        put(whole(rank), refusal(text, diverged, why));
    }

    private static ByteBuffer refusal(byte[] text, boolean diverged, KitException why) {
        return ByteBuffer.allocate(HEAD + Long.BYTES + text.length)
                .putInt(diverged ? DIVERGENCE : REFUSAL)
                .putLong(why instanceof DivergedException at ? at.step() : 0)
                .put(text);
    }

    private TestBlockId parts(int from, int owner) {
        return new TestBlockId(job + "-" + round + "-parts-" + from + "-" + owner);
    }

    private TestBlockId whole(int owner) {
        return new TestBlockId(job + "-" + round + "-whole-" + owner);
    }

    private void put(TestBlockId id, ByteBuffer bytes) {
        bytes.rewind();
        blocks.putBytes(
                id,
                new ChunkedByteBuffer(bytes),
                StorageLevel.MEMORY_AND_DISK_SER(),
                true,
                ClassTag$.MODULE$.apply(byte[].class));
        now.add(id);
        sent += bytes.limit();
    }

    private FloatBuffer get(TestBlockId id) {
        long pause = 200_000;
        Option<ChunkedByteBuffer> found = blocks.getRemoteBytes(id);
        while (found.isEmpty()) {
            if (task.isInterrupted()) {
                throw new TaskKilledException("the others are gone");
            }
            java.util.concurrent.locks.LockSupport.parkNanos(pause);
            pause = Math.min(5_000_000, pause * 3 / 2);
            found = blocks.getRemoteBytes(id);
        }
        ByteBuffer bytes = found.get().toByteBuffer();
        link.received(bytes.remaining());
        int kind = bytes.getInt();
        if (kind == NUMBERS) {
            return bytes.asFloatBuffer();
        }
        long step = bytes.getLong();
        String why = StandardCharsets.UTF_8.decode(bytes).toString();
        throw kind == DIVERGENCE ? new DivergedException(step, why) : new KitException(why);
    }

    /** Who has this round's sums has them from all, so all have read what was put in the round before. */
    private void next() {
        before.forEach(each -> blocks.removeBlock(each, true));
        before = now;
        now = new ArrayList<>();
        round++;
    }

    /** {@return bytes that this worker sent} */
    long sent() {
        return sent;
    }

    /** {@return seconds that it spent in exchanges, waiting included} */
    double seconds() {
        return nanoseconds / 1e9;
    }

    @Override
    public void close() {
        synchronized (LEFT) {
            LEFT.addAll(before);
            LEFT.addAll(now);
        }
    }
}
