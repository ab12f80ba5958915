package kawi.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import kawi.corpus.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How much is under way at once, seen with cores that work only when they are told to. */
@Timeout(60)
class FlowTest {
    private final BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
    private final List<Batch> done = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger put = new AtomicInteger();

    private static Batch batch(int letters) {
        Batch batch = new Batch(1);
        batch.add(Document.collected(
                "s", "p", null, null, 1990, null, "CC0-1.0", "https://example.org/", "a".repeat(letters)));
        return batch;
    }

    private Flow flow(int most, long mostLetters) {
        return new Flow(List.of(Normalize.unicode()), done::add, waiting::add, most, mostLetters);
    }

    /**
     * Puts batches in on a thread of its own; each time it waits, says how many were begun, and then a batch is done.
     */
    private List<Integer> begunWhenItWaited(Flow flow, int... letters) throws InterruptedException {
        Thread putting = new Thread(() -> {
            for (int each : letters) {
                put.incrementAndGet();
                flow.put(batch(each));
            }
            put.incrementAndGet();
            flow.finish();
        });
        putting.start();
        List<Integer> begun = new ArrayList<>();
        while (putting.isAlive()) {
            if (putting.getState() == Thread.State.WAITING) {
                begun.add(put.get());
                waiting.take().run();
                while (putting.isAlive() && putting.getState() == Thread.State.WAITING && !waitsAnew(begun)) {
                    Thread.onSpinWait();
                }
            }
            Thread.onSpinWait();
        }
        putting.join();
        return begun;
    }

    /** A batch that was done has been taken out when one more is there. */
    private boolean waitsAnew(List<Integer> begun) {
        return done.size() >= begun.size();
    }

    @Test
    void noMoreBatchesAreUnderWayThanItWasTold() throws InterruptedException {
        // The third waits for the first, the fourth for the second, and the end for the last two.
        assertEquals(List.of(3, 4, 5, 5), begunWhenItWaited(flow(2, 1000), 1, 1, 1, 1));
        assertEquals(4, done.size());
    }

    @Test
    void noMoreLettersAreUnderWayThanItWasToldUnlessABatchAloneHasMore() throws InterruptedException {
        // 6 and 4 are 10, as many as may be; the third waits for both, for 20 go alone, and so does the last.
        assertEquals(List.of(3, 3, 4, 5), begunWhenItWaited(flow(9, 10), 6, 4, 20, 1));
        assertEquals(4, done.size());
    }

    @Test
    void whatWasTakenOutMakesRoomForAsManyLetters() {
        Flow flow = flow(9, 10);
        flow.put(batch(10));
        waiting.remove().run();
        assertTimeoutPreemptively(
                Duration.ofMinutes(1),
                () -> { // it would wait for ever
                    flow.put(batch(5));
                    flow.put(batch(5));
                });
        assertEquals(2, waiting.size());
    }

    @Test
    void whatWasStoppedIsNotTakenOutAnyMore() {
        Flow flow = flow(9, 1000);
        flow.put(batch(1));
        waiting.remove().run();
        flow.stop();
        flow.finish();
        assertTrue(done.isEmpty());
    }

    @Test
    void whatIsDoneIsTakenOutWithTheNextBatch() {
        Flow flow = flow(9, 1000);
        flow.put(batch(1));
        assertTrue(done.isEmpty());
        waiting.remove().run();
        flow.put(batch(1));
        assertEquals(1, done.size());
        waiting.remove().run();
        flow.finish();
        assertEquals(2, done.size());
    }
}
