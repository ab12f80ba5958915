package kawi.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What several cores do is taken as one would have done it. */
class InOrderTest {
    private final ExecutorService cores = Executors.newFixedThreadPool(5);

    @AfterEach
    void end() {
        cores.shutdownNow();
    }

    @Test
    void workIsTakenInTheOrderInWhichItWasGivenWhicheverEndsFirst() {
        List<Integer> taken = new ArrayList<>();
        InOrder<Integer> all = new InOrder<>(taken::add, cores, 8, 1000);
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int number = i;
            expected.add(i);
            if (i % 7 == 3) {
                all.put(number);
            } else {
                all.put(1, () -> {
                    LockSupport.parkNanos(number % 5 * 200_000L);
                    return number;
                });
            }
        }
        all.finish();
        assertEquals(expected, taken);
        assertTrue(all.isEmpty());
    }

    @Test
    void noMoreIsUnderWayThanMayBeUnlessAPieceAloneIsMore() {
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        for (int[] each : new int[][] {{3, 1, 100}, {100, 10, 35}, {100, 50, 35}}) {
            int most = Math.min(each[0], Math.max(1, each[2] / each[1]));
            begun.set(0);
            ended.set(0);
            InOrder<Integer> all = new InOrder<>(done -> ended.incrementAndGet(), cores, each[0], each[2]);
            for (int i = 0; i < 50; i++) {
                all.put(each[1], () -> {
                    assertTrue(begun.incrementAndGet() - ended.get() <= most, begun + " begun, " + ended + " taken");
                    return 0;
                });
            }
            all.finish();
            assertEquals(50, ended.get());
        }
    }

    @Test
    void aFailureComesInItsTurnAndNothingBehindItIsTaken() {
        List<Integer> taken = new ArrayList<>();
        AtomicInteger working = new AtomicInteger();
        InOrder<Integer> all = new InOrder<>(taken::add, cores, 100, 100);
        CountDownLatch beside = new CountDownLatch(1);
        all.put(1, () -> 1);
        IllegalStateException bad = new IllegalStateException("bad");
        IllegalStateException said = assertThrows(IllegalStateException.class, () -> {
            all.put(1, () -> {
                beside.await(30, TimeUnit.SECONDS);
                throw bad;
            });
            for (int i = 0; i < 4; i++) {
                all.put(1, () -> {
                    working.incrementAndGet();
                    beside.countDown();
                    LockSupport.parkNanos(100_000_000);
                    working.decrementAndGet();
                    return 3;
                });
            }
            all.finish();
        });
        assertEquals(bad, said);
        assertEquals(0, working.get(), "pieces at work behind the failure");
        assertEquals(List.of(1), taken);
        assertTrue(all.isEmpty());
        all.put(1, () -> 4);
        all.finish();
        assertEquals(List.of(1, 4), taken);
        all.put(1, () -> {
            throw new AssertionError("an error");
        });
        assertThrows(AssertionError.class, all::finish);
        all.put(1, () -> {
            throw new java.io.IOException("no");
        });
        assertEquals(
                "no",
                assertThrows(IllegalStateException.class, all::finish)
                        .getCause()
                        .getMessage());
    }

    @Test
    void aTakerThatFailsIsGivenNoMore() {
        AtomicInteger given = new AtomicInteger();
        InOrder<Integer> all = new InOrder<>(
                number -> {
                    given.incrementAndGet();
                    throw new IllegalArgumentException("full");
                },
                cores,
                9,
                100);
        assertThrows(IllegalArgumentException.class, () -> {
            for (int i = 0; i < 5; i++) {
                all.put(1, () -> 1);
            }
            all.finish();
        });
        assertEquals(1, given.get());
        assertTrue(all.isEmpty());
    }

    @Test
    void anInterruptIsKeptWhileOneWaits() throws Exception {
        List<Integer> taken = new ArrayList<>();
        InOrder<Integer> all = new InOrder<>(taken::add, cores, 9, 100);
        CountDownLatch begun = new CountDownLatch(1);
        all.put(1, () -> {
            begun.countDown();
            LockSupport.parkNanos(100_000_000);
            return 1;
        });
        begun.await();
        Thread.currentThread().interrupt();
        all.finish();
        assertTrue(Thread.interrupted());
        assertEquals(List.of(1), taken);
    }
}
