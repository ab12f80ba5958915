package kawi.text;

import java.util.Arrays;

/**
 * The learned merges as a table from a pair of ids to the merge's rank and the id it makes, and the merging of a word
 * by it.
 *
 * <p>Of all adjacent pairs, the one with the lowest rank is merged first, leftmost first among equals, until none is
 * left. A heap keeps that O(n log n) in the length of the word, so that a megabyte of one letter is no trap.
 */
final class Merges {

    static final int NONE = Integer.MAX_VALUE;

    private final long[] keys;
    private final int[] ranks;
    private final int[] made;

    Merges(int count) {
        this(count, count);
    }

    /** @param ranks how many there are, of which several merges may have one if they make the same id */
    Merges(int count, int ranks) {
        int capacity = Integer.highestOneBit(Math.max(count, 8) * 2) * 2;
        keys = new long[capacity];
        this.ranks = new int[capacity];
        Arrays.fill(this.ranks, NONE);
        made = new int[ranks];
    }

    /**
     * Says that rank {@code rank} merges {@code left} and {@code right} into {@code id}; the first of equal pairs
     * holds.
     */
    void put(int rank, int left, int right, int id) {
        made[rank] = id;
        int slot = slot(left, right);
        if (ranks[slot] != NONE) return;
        keys[slot] = key(left, right);
        ranks[slot] = rank;
    }

    private static long key(int left, int right) {
        return (long) left << 32 | right;
    }

    private int slot(int left, int right) {
        long key = key(left, right);
        int slot = (int) (key * 0x9E3779B97F4A7C15L >>> 32) & keys.length - 1;
        while (ranks[slot] != NONE && keys[slot] != key) slot = slot + 1 & keys.length - 1;
        return slot;
    }

    /** Merges the ids of a word's bytes, in place; returns how many are left. */
    int apply(int[] ids) {
        int n = ids.length;
        int[] next = new int[n];
        int[] previous = new int[n];
        int[] rank = new int[n];
        Heap heap = new Heap(n);
        for (int i = 0; i < n; i++) {
            next[i] = i + 1;
            previous[i] = i - 1;
            rank[i] = i + 1 < n ? ranks[slot(ids[i], ids[i + 1])] : NONE;
            if (rank[i] != NONE) heap.push(rank[i], i);
        }
        while (heap.size > 0) {
            long least = heap.pop();
            int at = (int) least;
            if (rank[at] != least >>> 32) continue; // the pair is gone
            ids[at] = made[rank[at]];
            int gone = next[at];
            next[at] = next[gone];
            rank[gone] = NONE;
            rank[at] = NONE;
            if (next[at] < n) {
                previous[next[at]] = at;
                rank[at] = ranks[slot(ids[at], ids[next[at]])];
                if (rank[at] != NONE) heap.push(rank[at], at);
            }
            int before = previous[at];
            if (before >= 0) {
                rank[before] = ranks[slot(ids[before], ids[at])];
                if (rank[before] != NONE) heap.push(rank[before], before);
            }
        }
        int count = 0;
        for (int i = 0; i < n; i = next[i]) ids[count++] = ids[i];
        return count;
    }

    /** A binary heap of (rank, position), the least first. */
    private static final class Heap {
        private long[] entries;
        private int size;

        Heap(int capacity) {
            entries = new long[Math.max(capacity, 4)];
        }

        void push(int rank, int position) {
            if (size == entries.length) entries = Arrays.copyOf(entries, size * 2);
            long entry = (long) rank << 32 | position;
            int at = size++;
            for (int parent; at > 0 && entries[parent = (at - 1) / 2] > entry; at = parent)
                entries[at] = entries[parent];
            entries[at] = entry;
        }

        long pop() {
            long least = entries[0];
            long entry = entries[--size];
            int at = 0;
            for (int child; (child = 2 * at + 1) < size; at = child) {
                if (child + 1 < size && entries[child + 1] < entries[child]) child++;
                if (entries[child] >= entry) break;
                entries[at] = entries[child];
            }
            entries[at] = entry;
            return least;
        }
    }
}
