package kawi.cluster;

import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import kawi.evidence.KitException;
import kawi.train.DivergedException;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.network.buffer.NioManagedBuffer;
import org.apache.spark.storage.BlockData;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.BlockManagerId;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.storage.TestBlockId;
import org.apache.spark.util.io.ChunkedByteBuffer;
import scala.Option;
import scala.concurrent.Future;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/**
 * Adds up the vectors of several workers, slice by slice: each worker owns one slice, receives that slice of every
 * vector, adds them in the order of the workers and hands the sum around. Every worker sends and receives about twice
 * the vector's length, however many they are, and everything is added in one fixed order (BigDL: Dai et al. 2019).
 *
 * <p>Slices go in pieces, straight from one worker's Spark block manager into that of the other, which authenticate and
 * encrypt what they send: while one piece is on its way the one before it is added. The block managers are not promised
 * to stay as they are: a test holds them to what is used here.
 */
final class SliceExchange implements Closeable {
    private static final String PREFIX = "kawi-exchange-";
    private static final int HEAD = Integer.BYTES;
    private static final int NUMBERS = 0;
    private static final int REFUSAL = 1;
    private static final int DIVERGENCE = 2;

    /** Numbers of a piece: 4 MB as float32. */
    static final int PIECE = 1 << 20;

    /** What an earlier job left in this process because others were still to read it. */
    private static final List<TestBlockId> LEFT = new ArrayList<>();

    private static final ClassTag<Object> BYTES = ClassTag$.MODULE$.apply(byte[].class);

    private final String job;
    private final int rank;
    private final int workers;
    private final BlockManager blocks = SparkEnv.get().blockManager();
    private final TaskContext task = TaskContext.get();
    private final Link link = Link.here();
    private final List<Future<BoxedUnit>> onTheirWay = new ArrayList<>();
    private BlockManagerId[] peers; // null until they are asked for
    private long round;
    private long sent;
    private long nanoseconds;

    /**
     * @param job a name that no other exchange has or had
     * @param rank which of the workers this is, from 0
     */
    SliceExchange(String job, int rank, int workers) {
        this.job = PREFIX + job + "-";
        this.rank = rank;
        this.workers = workers;
        if (workers > 1) {
            CipherStart.now();
            removeLeftOvers();
            ByteBuffer word = ByteBuffer.allocate(1);
            blocks.putBytes(here(rank), new ChunkedByteBuffer(word), StorageLevel.MEMORY_AND_DISK_SER(), true, BYTES);
        }
    }

    /** Of an earlier job: its word that this worker is there, and what came for one that was given up. */
    private void removeLeftOvers() {
        synchronized (LEFT) {
            LEFT.forEach(each -> blocks.removeBlock(each, true));
            LEFT.clear();
        }
        for (BlockId each :
                scala.jdk.javaapi.CollectionConverters.asJava(blocks.getMatchingBlockIds(new Foreign(job)))) {
            blocks.removeBlock(each, true);
        }
    }

    /** Which blocks belong to exchanges of other jobs. */
    private static final class Foreign extends scala.runtime.AbstractFunction1<BlockId, Object> {
        private final String own;

        Foreign(String job) {
            this.own = "test_" + job;
        }

        @Override
        public Object apply(BlockId id) {
            return id.name().startsWith("test_" + PREFIX) && !id.name().startsWith(own);
        }
    }

    private TestBlockId here(int worker) {
        return new TestBlockId(job + "here-" + worker);
    }

    /** Where the others are; waits until all have said so, which is once for a job. */
    private BlockManagerId[] peers() {
        if (peers == null) {
            BlockManagerId[] all = new BlockManagerId[workers];
            for (int i = 0; i < workers; i++) {
                if (i != rank) {
                    var found = blocks.master().getLocations(here(i));
                    while (found.isEmpty()) {
                        pause(1_000_000);
                        found = blocks.master().getLocations(here(i));
                    }
                    all[i] = found.head();
                }
            }
            peers = all;
        }
        return peers;
    }

    /**
     * Adds up.
     *
     * @param vectors of this worker, all of one length, as many as every other worker has; they are rounded to what is
     *     sent
     * @param as as what the numbers travel
     * @return the sum of the vectors of all workers in their order; may be the first of {@code vectors}
     */
    float[] sum(List<float[]> vectors, WireFormat as) {
        long start = System.nanoTime();
        float[] sum = vectors.get(0);
        if (workers == 1) {
            vectors.forEach(each -> as.round(each, 0, each.length));
            for (float[] each : vectors.subList(1, vectors.size())) {
                add(sum, 0, each, 0, sum.length);
            }
            as.round(sum, 0, sum.length);
            return sum;
        }
        peers();
        int length = sum.length;
        int[] cut = new int[workers + 1];
        for (int i = 0; i <= workers; i++) {
            cut[i] = (int) ((long) length * i / workers);
        }
        int pieces = 1;
        for (int owner = 0; owner < workers; owner++) {
            pieces = Math.max(pieces, (cut[owner + 1] - cut[owner] + PIECE - 1) / PIECE);
        }
        for (int piece = 0; piece < pieces; piece++) {
            for (int next = 1; next < workers; next++) { // each begins with its neighbour, so that none waits for one
                int owner = (rank + next) % workers;
                int from = Math.min(cut[owner + 1], cut[owner] + piece * PIECE);
                int to = Math.min(cut[owner + 1], from + PIECE);
                push(owner, id("parts", rank, piece), packed(vectors, from, to, as));
            }
        }
        float[] slice = new float[Math.min(PIECE, cut[rank + 1] - cut[rank])];
        float[] other = new float[slice.length];
        for (int piece = 0; piece < pieces; piece++) {
            int from = Math.min(cut[rank + 1], cut[rank] + piece * PIECE);
            int to = Math.min(cut[rank + 1], from + PIECE);
            vectors.forEach(each -> as.round(each, from, to));
            for (int worker = 0; worker < workers; worker++) {
                ByteBuffer came = worker == rank ? null : take(id("parts", worker, piece));
                for (int i = 0; i < vectors.size(); i++) {
                    if (came != null) {
                        unpack(came, other, to - from, as);
                    }
                    float[] term = came == null ? vectors.get(i) : other;
                    int at = came == null ? from : 0;
                    if (worker == 0 && i == 0) {
                        System.arraycopy(term, at, slice, 0, to - from);
                    } else {
                        add(slice, 0, term, at, to - from);
                    }
                }
            }
            as.round(slice, 0, to - from);
            System.arraycopy(slice, 0, sum, from, to - from);
            byte[] mine = packed(List.of(sum), from, to, as);
            for (int next = 1; next < workers; next++) {
                push((rank + next) % workers, id("whole", rank, piece), mine);
            }
        }
        for (int piece = 0; piece < pieces; piece++) {
            for (int owner = 0; owner < workers; owner++) {
                if (owner != rank) {
                    int from = Math.min(cut[owner + 1], cut[owner] + piece * PIECE);
                    int to = Math.min(cut[owner + 1], from + PIECE);
                    ByteBuffer came = take(id("whole", owner, piece));
                    if (as == WireFormat.FLOAT32) {
                        came.asFloatBuffer().get(sum, from, to - from);
                    } else {
                        float[] whole = new float[to - from];
                        unpack(came, whole, whole.length, as);
                        System.arraycopy(whole, 0, sum, from, whole.length);
                    }
                }
            }
        }
        round++;
        nanoseconds += System.nanoTime() - start;
        return sum;
    }

    private static void add(float[] sum, int to, float[] terms, int from, int count) {
        for (int i = 0; i < count; i++) {
            sum[to + i] += terms[from + i];
        }
    }

    private static byte[] packed(List<float[]> vectors, int from, int to, WireFormat as) {
        byte[] bytes = new byte[HEAD + as.bytes() * vectors.size() * (to - from)];
        ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(NUMBERS);
        if (as == WireFormat.FLOAT32) {
            var numbers = out.asFloatBuffer();
            vectors.forEach(each -> numbers.put(each, from, to - from));
        } else {
            var numbers = out.asShortBuffer();
            short[] halves = new short[to - from];
            for (float[] each : vectors) {
                for (int i = 0; i < halves.length; i++) {
                    halves[i] = WireFormat.bfloat16(each[from + i]);
                }
                numbers.put(halves);
            }
        }
        return bytes;
    }

    /** Reads the next numbers and leaves the buffer behind them. */
    private static void unpack(ByteBuffer bytes, float[] to, int count, WireFormat as) {
        if (as == WireFormat.FLOAT32) {
            bytes.asFloatBuffer().get(to, 0, count);
        } else {
            short[] halves = new short[count];
            bytes.asShortBuffer().get(halves);
            for (int i = 0; i < count; i++) {
                to[i] = WireFormat.float32(halves[i]);
            }
        }
        bytes.position(bytes.position() + count * as.bytes());
    }

    /** Tells the others, who wait for this worker's numbers, why there will be none. */
    void refuse(KitException why) {
        if (workers == 1) {
            return;
        }
        byte[] text = why.getMessage().getBytes(StandardCharsets.UTF_8);
        boolean diverged = why instanceof DivergedException;
        byte[] refusal = ByteBuffer.allocate(HEAD + Long.BYTES + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(diverged ? DIVERGENCE : REFUSAL)
                .putLong(why instanceof DivergedException at ? at.step() : 0)
                .put(text)
                .array();
        peers();
        for (int other = 0; other < workers; other++) {
            if (other != rank) {
                push(other, id("parts", rank, 0), refusal);
                push(other, id("whole", rank, 0), refusal);
            }
        }
    }

    /**
     * Two names in turn serve for all exchanges of a job: who sends in one exchange has the sums of the one before,
     * which its owner made when it had taken all pieces of the one before that.
     */
    private TestBlockId id(String what, int from, int piece) {
        return new TestBlockId(job + round % 2 + "-" + what + "-" + from + "-" + piece);
    }

    private void push(int to, TestBlockId id, byte[] bytes) {
        BlockManagerId peer = peers()[to];
        onTheirWay.removeIf(Future::isCompleted);
        onTheirWay.add(blocks.blockTransferService()
                .uploadBlock(
                        peer.host(),
                        peer.port(),
                        peer.executorId(),
                        id,
                        new NioManagedBuffer(ByteBuffer.wrap(bytes)),
                        StorageLevel.MEMORY_AND_DISK_SER(),
                        BYTES));
        sent += bytes.length;
    }

    /** Waits for what another worker pushes here, takes it out of the block manager, and reads what it is. */
    private ByteBuffer take(TestBlockId id) {
        Option<BlockData> found = blocks.getLocalBytes(id);
        for (long pause = 20_000; found.isEmpty(); pause = Math.min(500_000, pause * 3 / 2)) {
            pause(pause);
            found = blocks.getLocalBytes(id);
        }
        ByteBuffer bytes = found.get().toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        blocks.releaseLock(id, Option.empty());
        blocks.removeBlock(id, false);
        link.received(bytes.remaining());
        int kind = bytes.getInt();
        if (kind == NUMBERS) {
            return bytes;
        }
        long step = bytes.getLong();
        String why = StandardCharsets.UTF_8.decode(bytes).toString();
        throw kind == DIVERGENCE ? new DivergedException(step, why) : new KitException(why);
    }

    private void pause(long nanos) {
        if (task.isInterrupted()) {
            throw new TaskKilledException("the others are gone");
        }
        for (Future<BoxedUnit> each : onTheirWay) {
            if (each.isCompleted() && each.value().get().isFailure()) {
                throw new IllegalStateException(
                        "what this worker sent did not arrive",
                        each.value().get().failed().get());
            }
        }
        LockSupport.parkNanos(nanos);
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
        if (workers > 1) {
            synchronized (LEFT) {
                LEFT.add(here(rank));
            }
        }
    }
}
