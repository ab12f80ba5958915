package kawi.clean;

/** A set of 64-bit hashes by open addressing: no boxing, eight bytes an entry. */
final class LongSet {
    private final long[] slots;
    private final int mask;
    private boolean zero;

    /** @param most largest number of entries it will hold */
    LongSet(int most) {
        int size = Integer.highestOneBit(Math.max(8, most * 2)) * 2;
        slots = new long[size];
        mask = size - 1;
    }

    /** Adds a hash; false where it was there. */
    boolean add(long hash) {
        if (hash == 0) {
            boolean added = !zero;
            zero = true;
            return added;
        }
        int at = (int) (hash ^ hash >>> 32) & mask;
        while (slots[at] != 0) {
            if (slots[at] == hash) {
                return false;
            }
            at = at + 1 & mask;
        }
        slots[at] = hash;
        return true;
    }

    /** Whether a hash was added. */
    boolean contains(long hash) {
        if (hash == 0) {
            return zero;
        }
        int at = (int) (hash ^ hash >>> 32) & mask;
        while (slots[at] != 0) {
            if (slots[at] == hash) {
                return true;
            }
            at = at + 1 & mask;
        }
        return false;
    }
}
