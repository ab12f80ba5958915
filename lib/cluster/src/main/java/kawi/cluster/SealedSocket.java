package kawi.cluster;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A socket between two workers of one job, whose messages nobody else can read, change, repeat or leave out unnoticed:
 * each is sealed with AES-128 in Galois/Counter Mode (NIST SP 800-38D) under its number, by a key for each direction.
 *
 * <p>Keys are made when the two meet. Both know the job's secret, 32 random bytes that the driver draws for each job
 * and that travel with the task, encrypted by Spark. Each draws 16 bytes, proves by HMAC-SHA-256 (RFC 2104) over both
 * draws that it knows the secret, and takes as keys what the HMAC gives for the two directions. So no key is used
 * twice, and who only repeats what was once said cannot answer the other's draw.
 */
final class SealedSocket implements Closeable {
    /** Bytes of a job's secret. */
    static final int SECRET = 32;

    private static final int DRAW = 16;
    private static final int PROOF = 32;
    private static final int KEY = 16;
    private static final int TAG = 16;
    private static final int NUMBER = 12;
    private static final int MOST = 1 << 28; // of one message: what is longer was not sealed here

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final SecretKeySpec sealsBy;
    private final SecretKeySpec opensBy;
    private final Cipher seals;
    private final Cipher opens;
    private long sealed;
    private long opened;
    private byte[] outgoing = new byte[0];
    private byte[] incoming = new byte[0];

    private SealedSocket(Socket socket, SecretKeySpec sealsBy, SecretKeySpec opensBy) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        this.out = new DataOutputStream(socket.getOutputStream());
        this.sealsBy = sealsBy;
        this.opensBy = opensBy;
        try {
            this.seals = Cipher.getInstance("AES/GCM/NoPadding");
            this.opens = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES-GCM", e);
        }
    }

    /**
     * Who comes, and to what, as it says before anything is sealed.
     *
     * @param job the job, and which attempt at it
     * @param rank of the worker that comes
     * @param draw what it drew
     */
    record Hello(Peers.Job job, int rank, byte[] draw) {
        private static final int BYTES = 2 * Long.BYTES + 2 * Integer.BYTES + DRAW;

        private byte[] bytes() {
            return ByteBuffer.allocate(BYTES)
                    .putLong(job.name().getMostSignificantBits())
                    .putLong(job.name().getLeastSignificantBits())
                    .putInt(job.attempt())
                    .putInt(rank)
                    .put(draw)
                    .array();
        }
    }

    /** Reads who comes; a stranger who has not said it all within the socket's own time limit is left. */
    static Hello hello(Socket socket) throws IOException {
        ByteBuffer said = ByteBuffer.wrap(said(socket, Hello.BYTES));
        Peers.Job job = new Peers.Job(new UUID(said.getLong(), said.getLong()), said.getInt());
        Hello hello = new Hello(job, said.getInt(), new byte[DRAW]);
        said.get(hello.draw());
        return hello;
    }

    /** Reads so many bytes, all of them within the time that the socket gives a single read. */
    private static byte[] said(Socket socket, int count) throws IOException {
        int patience = socket.getSoTimeout();
        long until = System.nanoTime() + patience * 1_000_000L;
        InputStream in = socket.getInputStream();
        byte[] bytes = new byte[count];
        for (int at = 0; at < count; ) {
            long left = (until - System.nanoTime()) / 1_000_000;
            if (patience > 0 && left <= 0) {
                throw new SocketTimeoutException("only " + at + " of " + count + " bytes were said in " + patience
                        + " ms by " + socket.getRemoteSocketAddress());
            }
            socket.setSoTimeout(patience > 0 ? (int) left : 0);
            int read = in.read(bytes, at, count - at);
            if (read < 0) {
                throw new EOFException("the other has closed the connection before it said who it is");
            }
            at += read;
        }
        socket.setSoTimeout(patience);
        return bytes;
    }

    /** Comes to another worker, that proves itself first. */
    static SealedSocket comes(Socket socket, byte[] secret, Peers.Job job, int rank) throws IOException {
        Hello hello = new Hello(job, rank, draw());
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        out.write(hello.bytes());
        byte[] said = said(socket, DRAW + PROOF);
        byte[] other = Arrays.copyOf(said, DRAW);
        byte[] proof = Arrays.copyOfRange(said, DRAW, said.length);
        if (!MessageDigest.isEqual(proof, code(secret, "is here", hello, other))) {
            throw new IOException("whoever listens at " + socket.getRemoteSocketAddress() + " has another secret");
        }
        out.write(code(secret, "comes", hello, other));
        return new SealedSocket(
                socket, key(secret, "from who comes", hello, other), key(secret, "to who comes", hello, other));
    }

    /** Lets another worker in, that said hello, once it has proved itself. */
    static SealedSocket isHere(Socket socket, byte[] secret, Hello hello) throws IOException {
        byte[] draw = draw();
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        out.write(draw);
        out.write(code(secret, "is here", hello, draw));
        byte[] proof = said(socket, PROOF);
        if (!MessageDigest.isEqual(proof, code(secret, "comes", hello, draw))) {
            throw new IOException("whoever comes from " + socket.getRemoteSocketAddress() + " has another secret");
        }
        return new SealedSocket(
                socket, key(secret, "to who comes", hello, draw), key(secret, "from who comes", hello, draw));
    }

    private static byte[] draw() {
        byte[] draw = new byte[DRAW];
        new SecureRandom().nextBytes(draw);
        return draw;
    }

    private static SecretKeySpec key(byte[] secret, String purpose, Hello hello, byte[] draw) {
        return new SecretKeySpec(Arrays.copyOf(code(secret, purpose, hello, draw), KEY), "AES");
    }

    private static byte[] code(byte[] secret, String purpose, Hello hello, byte[] draw) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            mac.update(hello.bytes());
            mac.update(draw);
            return mac.doFinal(purpose.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA-256", e);
        }
    }

    /**
     * Sends a message; one thread alone does so.
     *
     * @throws IOException if it is longer than the other takes, or the connection broke
     */
    void send(byte[] message, int length) throws IOException {
        if (length > MOST - TAG) {
            throw new IOException("a message of " + length + " bytes is longer than workers send each other at once ("
                    + (MOST - TAG) + "): send it in parts");
        }
        if (outgoing.length < Integer.BYTES + length + TAG) {
            outgoing = new byte[Integer.BYTES + length + TAG];
        }
        try {
            seals.init(Cipher.ENCRYPT_MODE, sealsBy, number(sealed++));
            int bytes = seals.doFinal(message, 0, length, outgoing, Integer.BYTES);
            ByteBuffer.wrap(outgoing).putInt(bytes);
            out.write(outgoing, 0, Integer.BYTES + bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM seals whatever it is given", e);
        }
    }

    /**
     * Waits for the next message; one thread alone does so.
     *
     * @param given is asked ten times a second whether to go on waiting, and throws where not
     * @return its bytes
     * @throws EOFException if the other has closed
     * @throws IOException if the connection broke, or what came is not what was sent
     */
    byte[] receive(Runnable given) throws IOException {
        byte[] head = new byte[Integer.BYTES];
        fill(head, head.length, given);
        int bytes = ByteBuffer.wrap(head).getInt();
        if (bytes < TAG || bytes > MOST) {
            throw new IOException("a message of " + bytes + " bytes was not sealed by another worker");
        }
        if (incoming.length < bytes) {
            incoming = new byte[bytes];
        }
        fill(incoming, bytes, given);
        try {
            opens.init(Cipher.DECRYPT_MODE, opensBy, number(opened++));
            return opens.doFinal(incoming, 0, bytes);
        } catch (GeneralSecurityException e) {
            throw new IOException("a message came that another worker did not send so", e);
        }
    }

    private void fill(byte[] bytes, int length, Runnable given) throws IOException {
        for (int at = 0; at < length; ) {
            try {
                int count = in.read(bytes, at, length - at);
                if (count < 0) {
                    throw new EOFException("the other worker has closed the connection");
                }
                at += count;
            } catch (SocketTimeoutException e) {
                given.run();
            }
        }
    }

    private static GCMParameterSpec number(long message) {
        return new GCMParameterSpec(
                8 * TAG, ByteBuffer.allocate(NUMBER).putLong(4, message).array());
    }

    /** Says that nothing more will be sent, and reads until the other says so too, or it is given up. */
    void part(BooleanSupplier givenUp) throws IOException {
        socket.shutdownOutput();
        while (!givenUp.getAsBoolean()) {
            try {
                if (in.read(incoming.length > 0 ? incoming : new byte[1]) < 0) {
                    return;
                }
            } catch (SocketTimeoutException e) {
                continue; // asked again
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
