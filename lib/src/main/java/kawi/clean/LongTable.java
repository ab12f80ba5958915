package kawi.clean;

import java.util.function.LongConsumer;

/**
 * From hashes of 64 bits to numbers from 0, by open addressing. It lies in {@link BigLongs}: of a large one no more
 * than 256 kB are in the heap, and on disk 27 to 54 bytes for each entry.
 */
final class LongTable {
    private static final double FULL = 0.6;
    private static final long NONE = -1;

    private BigLongs slots = new BigLongs();
    private long mask = 127;
    private long size;

    /** {@return the number of a hash, or -1} */
    long get(long hash) {
        long at = find(hash);
        return slots.get(2 * at + 1) - 1;
    }

    /** Gives a hash a number, from 0. {@return the one that it had, or -1} */
    long put(long hash, long number) {
        long at = find(hash);
        long before = slots.get(2 * at + 1) - 1;
        slots.set(2 * at, hash);
        slots.set(2 * at + 1, number + 1);
        if (before == NONE && ++size > FULL * mask) {
            grow();
        }
        return before;
    }

    /** {@return how many hashes have a number} */
    long size() {
        return size;
    }

    /** Tells all hashes, in no order. */
    void hashes(LongConsumer each) {
        for (long at = 0; at <= mask; at++) {
            if (slots.get(2 * at + 1) != 0) {
                each.accept(slots.get(2 * at));
            }
        }
    }

    private long find(long hash) {
        long at = (hash ^ hash >>> 32) * 0x9E3779B97F4A7C15L >>> 20 & mask;
        while (slots.get(2 * at + 1) != 0 && slots.get(2 * at) != hash) {
            at = at + 1 & mask;
        }
        return at;
    }

    private void grow() {
        BigLongs old = slots;
        long last = mask;
        slots = new BigLongs();
        mask = 2 * mask + 1;
        for (long at = 0; at <= last; at++) {
            long number = old.get(2 * at + 1);
            if (number != 0) {
                long hash = old.get(2 * at);
                long to = find(hash);
                slots.set(2 * to, hash);
                slots.set(2 * to + 1, number);
            }
        }
    }
}
