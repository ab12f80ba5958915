package kawi.cluster;

import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.storage.TestBlockId;
import org.apache.spark.util.io.ChunkedByteBuffer;
import scala.Option;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * The connections of one worker to the others of a job: a {@linkplain SealedSocket sealed socket} to each, which the
 * one of the higher rank opens. Spark is the directory: each worker leaves its address in its block manager, as a block
 * of a few bytes. What is sent goes by a thread for each of the others, so that two who send each other much at once do
 * not wait for each other.
 */
final class Peers implements Closeable {
    /** How often one that waits for another worker asks whether its task goes on. */
    static final int ASKED_MILLISECONDS = 100;

    private static final long AGAIN_MILLISECONDS = 5;
    private static final long MEETING_MILLISECONDS = 120_000;
    private static final long GONE_MILLISECONDS = 60_000;
    private static final long PARTING_MILLISECONDS = 10_000;
    private static final ClassTag<Object> BYTES = ClassTag$.MODULE$.apply(byte[].class);

    /**
     * A job whose workers meet.
     *
     * @param name that no other has or had
     * @param attempt how often Spark began it again, for what was begun before may not have ended everywhere
     */
    record Job(UUID name, int attempt) {}

    /**
     * What the driver gives to the workers of a job, and to nobody else, so that they know each other.
     *
     * @param job its name
     * @param secret {@value SealedSocket#SECRET} random bytes
     */
    record Invitation(UUID job, byte[] secret) implements Serializable {
        static Invitation draw() {
            byte[] secret = new byte[SealedSocket.SECRET];
            new SecureRandom().nextBytes(secret);
            return new Invitation(UUID.randomUUID(), secret);
        }

        @Override
        public String toString() {
            return job.toString();
        }
    }

    /** Something to send, made when its turn comes, in the array that it is given or a longer one. */
    interface Message {
        Packed pack(byte[] room);
    }

    /**
     * A message's bytes.
     *
     * @param bytes of which the first are the message
     * @param length how many
     */
    record Packed(byte[] bytes, int length) {}

    private final Job job;
    private final byte[] secret;
    private final int rank;
    private final BlockManager blocks = SparkEnv.get().blockManager();
    private final TaskContext task = TaskContext.get();
    private final SealedSocket[] sockets;
    private final Sender[] senders;
    private boolean met;
    private IOException refused; // why the latest try to come to another failed

    /**
     * @param rank which of the workers this is, from 0
     * @param workers how many they are, at least 2
     */
    Peers(Invitation invitation, int rank, int workers) {
        this.job = new Job(invitation.job(), task.stageAttemptNumber());
        this.secret = invitation.secret();
        this.rank = rank;
        this.sockets = new SealedSocket[workers];
        this.senders = new Sender[workers];
        PeerListener.here().expect(job, secret);
        byte[] address = PeerListener.here().address().getBytes(StandardCharsets.UTF_8);
        blocks.putBytes(
                here(rank),
                new ChunkedByteBuffer(ByteBuffer.wrap(address)),
                StorageLevel.MEMORY_AND_DISK_SER(),
                true,
                BYTES);
    }

    /** Of this attempt alone: one that was given up may still be ending, and takes its own away. */
    private TestBlockId here(int worker) {
        return new TestBlockId("kawi-here-" + job.name() + "-" + job.attempt() + "-" + worker);
    }

    /** Waits until there is a connection to everyone. */
    private void meet() {
        if (met) {
            return;
        }
        long until = System.nanoTime() + MEETING_MILLISECONDS * 1_000_000;
        for (int other = 0; other < sockets.length; other++) {
            while (other != rank && sockets[other] == null) {
                goOn();
                if (refused != null && System.nanoTime() > until) {
                    throw new IllegalStateException(
                            "worker " + other
                                    + " cannot be reached: let the workers' ports through, see ClusterSettings",
                            refused);
                }
                sockets[other] = other < rank ? come(other) : awaited(other);
            }
            if (other != rank) {
                senders[other] = new Sender(sockets[other]);
                senders[other].start();
            }
        }
        met = true;
    }

    /** {@return a connection to a worker of a lower rank; null where it is not there yet, or is not any more} */
    private SealedSocket come(int other) {
        Option<ChunkedByteBuffer> address = blocks.getRemoteBytes(here(other));
        if (address.isDefined()) {
            try {
                return PeerListener.come(
                        new String(address.get().toArray(), StandardCharsets.UTF_8), secret, job, rank);
            } catch (IOException e) {
                refused = e; // it is about to begin, has ended, or lies behind a wall
            }
        }
        pause();
        return null;
    }

    /** {@return a connection that a worker of a higher rank opened; null where it has not yet} */
    private SealedSocket awaited(int other) {
        try {
            return PeerListener.here().take(job, other, ASKED_MILLISECONDS);
        } catch (InterruptedException e) {
            throw killed(e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(AGAIN_MILLISECONDS);
        } catch (InterruptedException e) {
            throw killed(e);
        }
    }

    private static TaskKilledException killed(InterruptedException e) {
        Thread.currentThread().interrupt();
        TaskKilledException why = new TaskKilledException("interrupted while the other workers were waited for");
        why.initCause(e);
        return why;
    }

    private void goOn() {
        if (task.isInterrupted()) {
            throw new TaskKilledException("the others are gone");
        }
    }

    /** Sends a message to another worker, after those that were sent to it before; does not wait until it is sent. */
    void send(int to, Message message) {
        meet();
        senders[to].add(message);
    }

    /** Waits until all that was sent is on its way, so that what it was made of may change. */
    void sent() {
        for (Sender each : senders) {
            if (each != null) {
                try {
                    each.await();
                } catch (IOException e) {
                    throw gone("what this worker sent did not arrive", e);
                }
            }
        }
    }

    /** Waits for the next message of another worker. */
    byte[] receive(int from) {
        meet();
        try {
            return sockets[from].receive(this::goOn);
        } catch (IOException e) {
            throw gone("worker " + from + " of " + sockets.length + " is gone", e);
        }
    }

    /**
     * Waits a while for Spark to end this task: it was told, or will notice, why the other is gone, and what it is told
     * first is what it says of the whole job.
     */
    private UncheckedIOException gone(String what, IOException e) {
        long until = System.nanoTime() + GONE_MILLISECONDS * 1_000_000;
        while (System.nanoTime() < until) {
            goOn();
            pause();
        }
        return new UncheckedIOException(what, e);
    }

    /** Sends one last message to everyone and waits, a little, until they have it. */
    void part(Message last) {
        for (int other = 0; other < sockets.length; other++) {
            if (other != rank) {
                send(other, last);
            }
        }
        long until = System.nanoTime() + PARTING_MILLISECONDS * 1_000_000;
        for (int other = 0; other < sockets.length; other++) {
            if (other != rank) {
                try {
                    senders[other].await();
                    sockets[other].part(() -> task.isInterrupted() || System.nanoTime() > until);
                } catch (IOException e) {
                    // it is gone already, and needs no words
                }
            }
        }
    }

    /** The thread that sends to one other worker, until the socket is closed. */
    private final class Sender extends Thread {
        private final SealedSocket socket;
        private final LinkedBlockingQueue<Message> waiting = new LinkedBlockingQueue<>();
        private int underWay; // messages that were given and are not yet sent
        private IOException failure;

        Sender(SealedSocket socket) {
            super("kawi sends to a peer");
            this.socket = socket;
            setDaemon(true);
        }

        synchronized void add(Message message) {
            underWay++;
            waiting.add(message);
        }

        @Override
        public void run() {
            byte[] room = new byte[0];
            while (true) {
                IOException why = null;
                try {
                    Packed packed = waiting.take().pack(room);
                    room = packed.bytes();
                    socket.send(room, packed.length());
                } catch (IOException e) {
                    why = e;
                } catch (InterruptedException e) {
                    why = new IOException("nothing more is sent", e);
                } catch (Throwable e) { // whatever it is: the others wait for what will not come
                    why = new IOException("what was to be sent could not be made", e);
                }
                if (why != null) {
                    closeQuietly(); // so that nobody waits, here or there
                }
                synchronized (this) {
                    underWay--;
                    failure = why;
                    notifyAll();
                    if (why != null) {
                        return;
                    }
                }
            }
        }

        private void closeQuietly() {
            try {
                socket.close();
            } catch (IOException e) {
                // it is of no use any more
            }
        }

        synchronized void await() throws IOException {
            while (underWay > 0 || failure != null) {
                if (failure != null) {
                    throw failure;
                }
                goOn();
                try {
                    wait(ASKED_MILLISECONDS);
                } catch (InterruptedException e) {
                    throw killed(e);
                }
            }
        }
    }

    @Override
    public void close() {
        PeerListener.here().forget(job);
        blocks.removeBlock(here(rank), true);
        for (int other = 0; other < sockets.length; other++) {
            if (senders[other] != null) {
                senders[other].interrupt();
            }
            if (sockets[other] != null) {
                close(sockets[other]);
            }
        }
    }

    static void close(SealedSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
