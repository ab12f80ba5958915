package kawi.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.SparkEnv;

/**
 * Where the other workers of a job come to: one listening socket for a process, on the address of its executor, and on
 * a port from those that Spark's block managers take, where they are fixed. Who says nothing, or says it byte by byte,
 * or cannot prove that it belongs to a job of this process, is let go.
 */
final class PeerListener {
    private static final int PATIENCE_MILLISECONDS = 10_000;
    private static final int AT_ONCE = 128;

    private static PeerListener here;

    private final ServerSocket server;
    private final Map<Peers.Job, Expected> jobs = new ConcurrentHashMap<>();
    private final Semaphore places = new Semaphore(AT_ONCE);

    private PeerListener(ServerSocket server) {
        this.server = server;
    }

    /** What is expected: the secret, and who came, by rank. */
    private static final class Expected {
        private final byte[] secret;
        private final Map<Integer, SealedSocket> came = new HashMap<>();
        private boolean over;

        Expected(byte[] secret) {
            this.secret = secret;
        }

        synchronized void add(int rank, SealedSocket socket) throws IOException {
            if (over || came.containsKey(rank)) {
                socket.close();
                return;
            }
            came.put(rank, socket);
            notifyAll();
        }

        synchronized SealedSocket take(int rank, long milliseconds) throws InterruptedException {
            if (!came.containsKey(rank)) {
                wait(milliseconds);
            }
            return came.remove(rank);
        }

        synchronized List<SealedSocket> end() {
            over = true;
            return new ArrayList<>(came.values());
        }
    }

    /** {@return the one of this process, which listens from the first time that it is asked for} */
    static synchronized PeerListener here() {
        if (here == null) {
            int first = SparkEnv.get().conf().getInt("spark.blockManager.port", 0);
            PeerListener listener = new PeerListener(listen(host(), first));
            Thread thread = new Thread(listener::accept, "kawi peers");
            thread.setDaemon(true);
            thread.start();
            here = listener;
        }
        return here;
    }

    static String host() {
        return SparkEnv.get().blockManager().blockManagerId().host();
    }

    private static ServerSocket listen(String host, int first) {
        IOException last = null;
        for (int port = first; port < first + (first == 0 ? 1 : SparkSettings.PORTS_TRIED); port++) {
            try {
                return new ServerSocket(port, AT_ONCE, InetAddress.getByName(host));
            } catch (IOException e) {
                last = e;
            }
        }
        throw new UncheckedIOException("no port is free for the exchange between workers", last);
    }

    /** {@return where it listens, as other workers are told} */
    String address() {
        return host() + ":" + server.getLocalPort();
    }

    /** Lets the workers of a job come from now on. */
    void expect(Peers.Job job, byte[] secret) {
        jobs.put(job, new Expected(secret));
    }

    /**
     * {@return a worker that came; null where it did not yet}
     *
     * @param milliseconds how long to wait for it
     */
    SealedSocket take(Peers.Job job, int rank, long milliseconds) throws InterruptedException {
        return jobs.get(job).take(rank, milliseconds);
    }

    /** Lets nobody come for a job any more, and closes who came and was not asked for. */
    void forget(Peers.Job job) {
        Expected ended = jobs.remove(job);
        if (ended != null) {
            ended.end().forEach(Peers::close);
        }
    }

    private void accept() {
        while (true) {
            try {
                Socket socket = server.accept();
                if (!places.tryAcquire()) { // a crowd at the door: workers come again
                    socket.close();
                    continue;
                }
                open(socket);
            } catch (IOException e) {
                if (server.isClosed()) {
                    return;
                }
                LockSupport.parkNanos(100_000_000); // out of file descriptors, perhaps: some come back
            }
        }
    }

    private void open(Socket socket) throws IOException {
        try {
            Thread thread = new Thread(() -> let(socket), "kawi peer comes");
            thread.setDaemon(true);
            thread.start();
        } catch (OutOfMemoryError e) { // no more threads now; the worker comes again
            places.release();
            socket.close();
        }
    }

    /** One that comes: says who it is and to which job, and proves it. Who comes too early comes again. */
    private void let(Socket socket) {
        try {
            socket.setSoTimeout(PATIENCE_MILLISECONDS);
            socket.setTcpNoDelay(true);
            SealedSocket.Hello hello = SealedSocket.hello(socket);
            Expected job = jobs.get(hello.job());
            if (job == null) {
                socket.close();
                return;
            }
            SealedSocket sealed = SealedSocket.isHere(socket, job.secret, hello);
            socket.setSoTimeout(Peers.ASKED_MILLISECONDS);
            job.add(hello.rank(), sealed);
        } catch (Throwable e) { // whatever a stranger does, the door stays open for others
            try {
                socket.close();
            } catch (IOException gone) {
                e.addSuppressed(gone);
            }
        } finally {
            places.release();
        }
    }

    /** Comes to the listener of another worker. */
    static SealedSocket come(String address, byte[] secret, Peers.Job job, int rank) throws IOException {
        int colon = address.lastIndexOf(':');
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLISECONDS);
            socket.connect(
                    new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
                    PATIENCE_MILLISECONDS);
            SealedSocket sealed = SealedSocket.comes(socket, secret, job, rank);
            socket.setSoTimeout(Peers.ASKED_MILLISECONDS);
            return sealed;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }
}
