package kawi.text;

import java.util.Arrays;

/**
 * Numbers distinct byte strings 0, 1, 2, ... in order of first sight, without an object for each: the hash table of
 * counting and caching.
 */
final class WordTable {

    private byte[] letters = new byte[1 << 16];
    private int[] ends = new int[1 << 12];
    private int[] hashes = new int[1 << 12];
    /** Index + 1 of the word in each slot, 0 where there is none; a power of two, at most half full. */
    private int[] slots = new int[1 << 13];

    private int size;

    int size() {
        return size;
    }

    int start(int word) {
        return word == 0 ? 0 : ends[word - 1];
    }

    int end(int word) {
        return ends[word];
    }

    /** All words' bytes one after the other; word {@code w} is {@code [start(w), end(w))}. */
    byte[] letters() {
        return letters;
    }

    /** The number of the word {@code text[from, to)}; it is {@code size()} before the call if the word is new. */
    int index(byte[] text, int from, int to) {
        int hash = to - from;
        for (int i = from; i < to; i++) hash = hash * 31 + text[i];
        hash *= 0x9E3779B9;
        int slot = hash >>> 7 & slots.length - 1;
        for (int word; (word = slots[slot] - 1) >= 0; slot = slot + 1 & slots.length - 1) {
            if (hashes[word] == hash && Arrays.equals(letters, start(word), ends[word], text, from, to)) return word;
        }
        return add(text, from, to, hash, slot);
    }

    private int add(byte[] text, int from, int to, int hash, int slot) {
        int start = size == 0 ? 0 : ends[size - 1];
        int end = Math.addExact(start, to - from);
        if (end > letters.length) letters = Arrays.copyOf(letters, Math.max(end, letters.length * 2));
        if (size == ends.length) {
            ends = Arrays.copyOf(ends, size * 2);
            hashes = Arrays.copyOf(hashes, size * 2);
        }
        System.arraycopy(text, from, letters, start, to - from);
        ends[size] = end;
        hashes[size] = hash;
        slots[slot] = ++size;
        if (size * 2 > slots.length) grow();
        return size - 1;
    }

    private void grow() {
        slots = new int[slots.length * 2];
        for (int word = 0; word < size; word++) {
            int slot = hashes[word] >>> 7 & slots.length - 1;
            while (slots[slot] != 0) slot = slot + 1 & slots.length - 1;
            slots[slot] = word + 1;
        }
    }

    void clear() {
        Arrays.fill(slots, 0);
        size = 0;
    }
}
