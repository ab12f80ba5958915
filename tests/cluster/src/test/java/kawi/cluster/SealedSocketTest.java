package kawi.cluster;

import static org.junit.jupiter.api.Assertions.*;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What workers send each other is read by them alone, and by nobody changed, repeated or left out. */
class SealedSocketTest {
    private static final Peers.Job JOB = new Peers.Job(new UUID(1, 2), 0);
    private static final byte[] SECRET = new byte[SealedSocket.SECRET];

    private ServerSocket server;
    private Socket comes;
    private Socket isHere;

    @BeforeEach
    void connect() throws IOException {
        new Random(1).nextBytes(SECRET);
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        comes = new Socket(server.getInetAddress(), server.getLocalPort());
        isHere = server.accept();
        comes.setSoTimeout(2_000);
        isHere.setSoTimeout(2_000);
    }

    @AfterEach
    void close() throws IOException {
        comes.close();
        isHere.close();
        server.close();
    }

    private static void wait(String what) {
        throw new IllegalStateException("nothing came: " + what);
    }

    private record Pair(SealedSocket comes, SealedSocket isHere) {}

    private Pair meet(byte[] one, byte[] other) {
        CompletableFuture<SealedSocket> first = CompletableFuture.supplyAsync(() -> {
            try {
                return SealedSocket.comes(comes, one, JOB, 1);
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        });
        try {
            SealedSocket.Hello hello = SealedSocket.hello(isHere);
            assertEquals(JOB, hello.job());
            assertEquals(1, hello.rank());
            SealedSocket second = SealedSocket.isHere(isHere, other, hello);
            return new Pair(first.join(), second);
        } catch (IOException e) {
            try {
                isHere.close();
                first.join();
            } catch (IOException | CompletionException other2) {
                e.addSuppressed(other2);
            }
            throw new CompletionException(e);
        }
    }

    @Test
    void whatIsSentArrivesInBothDirectionsWhateverItsLength() throws IOException {
        Pair pair = meet(SECRET, SECRET);
        byte[] numbers = new byte[3_000_000];
        new Random(2).nextBytes(numbers);
        CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
            try {
                pair.comes.send(numbers, numbers.length);
                pair.comes.send(numbers, 0);
                pair.comes.send(numbers, 7);
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        });
        assertArrayEquals(numbers, pair.isHere.receive(() -> wait("3 MB")));
        assertEquals(0, pair.isHere.receive(() -> wait("nothing")).length);
        assertArrayEquals(Arrays.copyOf(numbers, 7), pair.isHere.receive(() -> wait("7 bytes")));
        sent.join();
        pair.isHere.send(numbers, 9);
        assertArrayEquals(Arrays.copyOf(numbers, 9), pair.comes.receive(() -> wait("9 bytes")));
        pair.isHere.close();
        assertThrows(EOFException.class, () -> pair.comes.receive(() -> wait("the end")));
    }

    @Test
    void anotherSecretIsNotLetIn() {
        byte[] another = SECRET.clone();
        another[31] ^= 1;
        CompletionException refused = assertThrows(CompletionException.class, () -> meet(another, SECRET));
        String said =
                refused.getCause() + " " + Arrays.toString(refused.getCause().getSuppressed());
        assertTrue(said.contains("has another secret"), said);
    }

    /** One in the middle, that passes on what it likes. */
    private byte[] sealed(SealedSocket from, Socket at, byte[] message) throws IOException {
        from.send(message, message.length);
        byte[] head = at.getInputStream().readNBytes(4);
        int length = ByteBuffer.wrap(head).getInt();
        byte[] all = Arrays.copyOf(head, 4 + length);
        System.arraycopy(at.getInputStream().readNBytes(length), 0, all, 4, length);
        return all;
    }

    private interface Passing {
        byte[][] of(byte[] first, byte[] second);
    }

    /** What the one that waits says of two messages that were passed on in some way. */
    private static String heard(Passing passing) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 2, InetAddress.getLoopbackAddress());
                ServerSocket middle = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Socket comes = new Socket(middle.getInetAddress(), middle.getLocalPort());
            Socket near = middle.accept();
            Socket far = new Socket(server.getInetAddress(), server.getLocalPort());
            Socket isHere = server.accept();
            CompletableFuture<SealedSocket> first = CompletableFuture.supplyAsync(() -> {
                try {
                    return SealedSocket.comes(comes, SECRET, JOB, 1);
                } catch (IOException e) {
                    throw new CompletionException(e);
                }
            });
            CompletableFuture<SealedSocket> second = CompletableFuture.supplyAsync(() -> {
                try {
                    return SealedSocket.isHere(isHere, SECRET, SealedSocket.hello(isHere));
                } catch (IOException e) {
                    throw new CompletionException(e);
                }
            });
            far.getOutputStream().write(near.getInputStream().readNBytes(40));
            near.getOutputStream().write(far.getInputStream().readNBytes(48));
            far.getOutputStream().write(near.getInputStream().readNBytes(32));
            SealedSocketTest here = new SealedSocketTest();
            byte[] one = here.sealed(first.join(), near, "one".getBytes(StandardCharsets.UTF_8));
            byte[] two = here.sealed(first.join(), near, "two".getBytes(StandardCharsets.UTF_8));
            assertFalse(new String(one, StandardCharsets.ISO_8859_1).contains("one"), "it is sealed");
            for (byte[] each : passing.of(one, two)) {
                far.getOutputStream().write(each);
            }
            far.shutdownOutput();
            StringBuilder heard = new StringBuilder();
            try {
                while (true) {
                    heard.append(new String(second.join().receive(() -> {}), StandardCharsets.UTF_8))
                            .append(' ');
                }
            } catch (EOFException e) {
                return heard.append("end").toString();
            } catch (IOException e) {
                return heard.append("refused").toString();
            } finally {
                comes.close();
                near.close();
                far.close();
                isHere.close();
            }
        }
    }

    @Test
    void whatIsChangedRepeatedOrLeftOutOnTheWayIsRefused() throws Exception {
        assertEquals("one two end", heard((one, two) -> new byte[][] {one, two}));
        assertEquals("one refused", heard((one, two) -> new byte[][] {one, one}));
        assertEquals("refused", heard((one, two) -> new byte[][] {two}));
        assertEquals("one refused", heard((one, two) -> {
            two[5] ^= 1;
            return new byte[][] {one, two};
        }));
        assertEquals("refused", heard((one, two) -> new byte[][] {{0x7f, 0, 0, 0}, one}), "a length of 2 GB");
        assertEquals("one end", heard((one, two) -> new byte[][] {one, Arrays.copyOf(two, 9)}), "cut short");
    }

    @Test
    void whatWasSaidInAnEarlierMeetingDoesNotOpenThisOne() throws Exception {
        byte[] said;
        try (Socket first = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket heard = server.accept()) {
            CompletableFuture<SealedSocket> coming = CompletableFuture.supplyAsync(() -> {
                try {
                    return SealedSocket.comes(first, SECRET, JOB, 1);
                } catch (IOException e) {
                    throw new CompletionException(e);
                }
            });
            said = heard.getInputStream().readNBytes(40);
            Socket relay = new Socket(server.getInetAddress(), server.getLocalPort());
            Socket other = server.accept();
            relay.getOutputStream().write(said);
            CompletableFuture<SealedSocket> here = CompletableFuture.supplyAsync(() -> {
                try {
                    return SealedSocket.isHere(other, SECRET, SealedSocket.hello(other));
                } catch (IOException e) {
                    throw new CompletionException(e);
                }
            });
            heard.getOutputStream().write(relay.getInputStream().readNBytes(48));
            byte[] proof = heard.getInputStream().readNBytes(32);
            relay.getOutputStream().write(proof);
            coming.join();
            here.join();
            said = ByteBuffer.allocate(72).put(said).put(proof).array();
            relay.close();
            other.close();
        }
        comes.getOutputStream().write(said); // again, to one that draws anew
        IOException refused =
                assertThrows(IOException.class, () -> SealedSocket.isHere(isHere, SECRET, SealedSocket.hello(isHere)));
        assertTrue(refused.getMessage().contains("another secret"), refused.getMessage());
    }

    @Test
    void whatIsLongerThanTheOtherTakesIsNotSent() throws IOException {
        Pair pair = meet(SECRET, SECRET);
        byte[] some = new byte[3];
        int most = (1 << 28) - 15;
        IOException refused = assertThrows(IOException.class, () -> pair.comes.send(some, most));
        assertTrue(
                refused.getMessage().contains("a message of " + most + " bytes is longer than"), refused.getMessage());
        pair.comes.send(some, 3); // and the connection is as it was
        assertEquals(3, pair.isHere.receive(() -> wait("3 bytes")).length);
    }

    @Test
    void whoSaysAByteNowAndThenIsLeft() throws Exception {
        isHere.setSoTimeout(400);
        CompletableFuture<Void> slow = CompletableFuture.runAsync(() -> {
            try {
                for (int i = 0; i < 40; i++) {
                    comes.getOutputStream().write(i);
                    Thread.sleep(50);
                }
            } catch (IOException | InterruptedException e) {
                throw new CompletionException(e);
            }
        });
        assertThrows(SocketTimeoutException.class, () -> SealedSocket.hello(isHere));
        slow.join();
    }

    @Test
    void whoProvesItselfAByteNowAndThenIsLeft() throws Exception {
        isHere.setSoTimeout(400);
        comes.getOutputStream().write(new byte[40]);
        SealedSocket.Hello hello = SealedSocket.hello(isHere);
        assertEquals(400, isHere.getSoTimeout());
        CompletableFuture<Void> slow = CompletableFuture.runAsync(() -> {
            try {
                for (int i = 0; i < 32; i++) {
                    comes.getOutputStream().write(i);
                    Thread.sleep(50);
                }
            } catch (IOException | InterruptedException e) {
                throw new CompletionException(e);
            }
        });
        assertThrows(SocketTimeoutException.class, () -> SealedSocket.isHere(isHere, SECRET, hello));
        slow.join();
    }
}
