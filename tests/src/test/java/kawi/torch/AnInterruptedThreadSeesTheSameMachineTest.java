package kawi.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import kawi.train.Memory;
import org.junit.jupiter.api.Test;

/** A cell that was interrupted may be run again by a thread that still carries the interrupt. */
class AnInterruptedThreadSeesTheSameMachineTest {
    @Test
    void theProcessorIsTheSame() {
        String capability = CpuFlags.capability();
        String maker = CpuFlags.maker();
        Thread.currentThread().interrupt();
        try {
            assertEquals(capability, CpuFlags.capability());
            assertEquals(maker, CpuFlags.maker());
        } finally {
            assertTrue(Thread.interrupted(), "and the interrupt is kept");
        }
    }

    @Test
    void theMemoryIsThatOfTheProcessAndNotOfTheHeap() {
        double before = Memory.megabytes();
        Thread.currentThread().interrupt();
        try {
            assertEquals(before, Memory.megabytes(), before / 2);
        } finally {
            assertTrue(Thread.interrupted());
        }
    }
}
