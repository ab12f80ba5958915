package kawi.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class CoresTest {

    @Test
    void eachTaskIsDoneOnce() {
        AtomicIntegerArray done = new AtomicIntegerArray(1000);
        Cores.each(1000, done::incrementAndGet);
        for (int i = 0; i < 1000; i++) {
            assertEquals(1, done.get(i));
        }
        Cores.each(0, task -> {
            throw new AssertionError("there is no task " + task);
        });
    }

    @Test
    void whenATaskFailsAllThatHadBegunHaveEndedBeforeItIsSaid() {
        AtomicInteger atWork = new AtomicInteger();
        CountDownLatch another = new CountDownLatch(Cores.number() > 1 ? 1 : 0);
        KitException failure = new KitException("the disk is gone");
        KitException said = assertThrows(
                KitException.class,
                () -> Cores.each(2 * Cores.number(), task -> {
                    if (task == 0) {
                        await(another);
                        throw failure;
                    }
                    atWork.incrementAndGet();
                    another.countDown();
                    pause();
                    atWork.decrementAndGet();
                }));
        assertSame(failure, said);
        assertEquals(0, atWork.get());
    }

    @Test
    void anErrorIsThrownAsItIs() {
        AssertionError failure = new AssertionError();
        assertSame(
                failure,
                assertThrows(
                        AssertionError.class,
                        () -> Cores.each(3, task -> {
                            throw failure;
                        })));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
