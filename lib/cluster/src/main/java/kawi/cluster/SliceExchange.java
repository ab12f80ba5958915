package kawi.cluster;

import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import kawi.evidence.KitException;
import kawi.train.DivergedException;

/**
 * Adds up the vectors of several workers, slice by slice: each worker owns one slice, receives that slice of every
 * vector, adds them in the order of the workers and hands the sum around. Every worker sends and receives about twice
 * the vector's length, however many they are, and everything is added in one fixed order (BigDL: Dai et al. 2019).
 *
 * <p>Slices go in pieces over {@linkplain Peers connections} between the workers, sealed: while one piece is on its way
 * the one before it is added.
 */
final class SliceExchange implements Closeable {
    private static final int HEAD = Integer.BYTES;
    private static final int NUMBERS = 0;
    private static final int REFUSAL = 1;
    private static final int DIVERGENCE = 2;

    /** Numbers of a message: 1 MB as float32, which a processor's cache holds. */
    static final int PIECE = 1 << 18;

    private final int rank;
    private final int workers;
    private final Peers peers; // null where there is one worker
    private final Link link = Link.here();
    private long sent;
    private long nanoseconds;

    /**
     * @param invitation of the job, the same for all of its workers and for no other job
     * @param rank which of the workers this is, from 0
     */
    SliceExchange(Peers.Invitation invitation, int rank, int workers) {
        this.rank = rank;
        this.workers = workers;
        if (workers > 1) {
            CipherStart.now();
        }
        this.peers = workers > 1 ? new Peers(invitation, rank, workers) : null;
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
        int length = sum.length;
        int piece = Math.max(1, PIECE / vectors.size());
        int[] cut = new int[workers + 1];
        for (int i = 0; i <= workers; i++) {
            cut[i] = (int) ((long) length * i / workers);
        }
        for (int at = 0; at <= length / workers; at += piece) {
            for (int next = 1; next < workers; next++) { // each begins with its neighbour, so that none waits for one
                int owner = (rank + next) % workers;
                send(owner, vectors, cut[owner] + at, Math.min(cut[owner + 1], cut[owner] + at + piece), as);
            }
        }
        float[] slice = new float[piece];
        float[] other = new float[piece];
        for (int from = cut[rank]; from < cut[rank + 1]; from += piece) {
            int to = Math.min(cut[rank + 1], from + piece);
            for (float[] each : vectors) {
                as.round(each, from, to);
            }
            for (int worker = 0; worker < workers; worker++) {
                ByteBuffer came = worker == rank ? null : take(worker);
                for (int i = 0; i < vectors.size(); i++) {
                    if (came != null) {
                        unpack(came, other, 0, to - from, as);
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
            for (int next = 1; next < workers; next++) {
                send((rank + next) % workers, List.of(sum), from, to, as);
            }
        }
        for (int at = 0; at <= length / workers; at += piece) {
            for (int owner = 0; owner < workers; owner++) {
                int from = cut[owner] + at;
                int to = Math.min(cut[owner + 1], from + piece);
                if (owner != rank && from < to) {
                    unpack(take(owner), sum, from, to - from, as);
                }
            }
        }
        peers.sent();
        nanoseconds += System.nanoTime() - start;
        return sum;
    }

    private static void add(float[] sum, int to, float[] terms, int from, int count) {
        for (int i = 0; i < count; i++) {
            sum[to + i] += terms[from + i];
        }
    }

    /** Sends some numbers of each vector, as they are when their turn comes; none is no message. */
    private void send(int to, List<float[]> vectors, int from, int until, WireFormat as) {
        if (from >= until) {
            return;
        }
        int length = HEAD + as.bytes() * vectors.size() * (until - from);
        peers.send(to, room -> {
            byte[] bytes = room.length < length ? new byte[length] : room;
            ByteBuffer out = ByteBuffer.wrap(bytes, 0, length)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(NUMBERS);
            vectors.forEach(each -> pack(each, from, until, as, out));
            return new Peers.Packed(bytes, length);
        });
        sent += length;
    }

    private static void pack(float[] numbers, int from, int to, WireFormat as, ByteBuffer out) {
        if (as == WireFormat.FLOAT32) {
            out.asFloatBuffer().put(numbers, from, to - from);
        } else {
            short[] halves = new short[to - from];
            for (int i = 0; i < halves.length; i++) {
                halves[i] = WireFormat.bfloat16(numbers[from + i]);
            }
            out.asShortBuffer().put(halves);
        }
        out.position(out.position() + (to - from) * as.bytes());
    }

    /** Reads the next numbers and leaves the buffer behind them. */
    private static void unpack(ByteBuffer in, float[] numbers, int from, int count, WireFormat as) {
        if (as == WireFormat.FLOAT32) {
            in.asFloatBuffer().get(numbers, from, count);
        } else {
            short[] halves = new short[count];
            in.asShortBuffer().get(halves);
            for (int i = 0; i < count; i++) {
                numbers[from + i] = WireFormat.float32(halves[i]);
            }
        }
        in.position(in.position() + count * as.bytes());
    }

    /** Tells the others, who wait for this worker's numbers, why there will be none. */
    void refuse(KitException why) {
        if (workers == 1) {
            return;
        }
        byte[] text = why.getMessage().getBytes(StandardCharsets.UTF_8);
        byte[] refusal = ByteBuffer.allocate(HEAD + Long.BYTES + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(why instanceof DivergedException ? DIVERGENCE : REFUSAL)
                .putLong(why instanceof DivergedException at ? at.step() : 0)
                .put(text)
                .array();
        peers.part(room -> new Peers.Packed(refusal, refusal.length));
    }

    /** Waits for the next message of another worker, and reads what it is. */
    private ByteBuffer take(int from) {
        ByteBuffer bytes = ByteBuffer.wrap(peers.receive(from)).order(ByteOrder.LITTLE_ENDIAN);
        link.received(bytes.remaining());
        int kind = bytes.getInt();
        if (kind == NUMBERS) {
            return bytes;
        }
        long step = bytes.getLong();
        String why = StandardCharsets.UTF_8.decode(bytes).toString();
        throw kind == DIVERGENCE ? new DivergedException(step, why) : new KitException(why);
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
        if (peers != null) {
            peers.close();
        }
    }
}
