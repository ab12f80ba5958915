package kawi.clean;

import java.util.Arrays;

/**
 * The suffixes of a sequence of numbers in their order, by induced sorting (SA-IS: Nong, Zhang and Chan, "Linear Suffix
 * Array Construction by Almost Pure Induced-Sorting", 2009), in linear time. A suffix that is the beginning of another
 * stands before it.
 *
 * <p>Memory, beside the sequence: the array itself, a number for each element, and while it is made 30 bytes for each
 * element at most, since a problem's half is worked on while it waits.
 */
final class SuffixArray {
    private final int[] text;
    /** Whether a suffix is less than the one that begins behind it. */
    private final boolean[] less;
    /** Where the suffixes begin that start with a number: the greater ones, and behind them the less. */
    private final int[] greaters;

    private final int[] lesses;
    private final int[] sorted;

    private SuffixArray(int[] text, int highest) {
        this.text = text;
        int n = text.length;
        less = new boolean[n];
        for (int i = n - 2; i >= 0; i--) {
            less[i] = text[i] < text[i + 1] || text[i] == text[i + 1] && less[i + 1];
        }
        greaters = new int[highest + 1];
        lesses = new int[highest + 1];
        for (int i = 0; i < n; i++) {
            if (less[i]) {
                greaters[text[i] + 1]++; // what is less than another is not of the highest number
            } else {
                lesses[text[i]]++;
            }
        }
        for (int i = 0; i < highest; i++) { // of the highest number there are no less ones
            lesses[i] += greaters[i];
            greaters[i + 1] += lesses[i];
        }
        sorted = new int[n];
    }

    /**
     * {@return where each suffix begins, in the order of the suffixes}
     *
     * @param text numbers from 0
     * @param highest no smaller than any of them
     */
    static int[] of(int[] text, int highest) {
        return text.length == 0 ? text : new SuffixArray(text, highest).sort();
    }

    private int[] sort() {
        int n = text.length;
        int[] number = new int[n]; // of those that begin a rise: less than the next, and the one before is not
        Arrays.fill(number, -1);
        int[] rises = new int[n / 2];
        int count = 0;
        for (int i = 1; i < n; i++) {
            if (!less[i - 1] && less[i]) {
                number[i] = count;
                rises[count++] = i;
            }
        }
        rises = Arrays.copyOf(rises, count);
        induce(rises);
        if (count > 0) {
            int[] order = new int[count];
            int at = 0;
            for (int place : sorted) {
                if (number[place] >= 0) {
                    order[at++] = place;
                }
            }
            int[] names = new int[count];
            int name = 0;
            for (int i = 1; i < count; i++) {
                if (!same(order[i - 1], order[i], number, rises)) {
                    name++;
                }
                names[number[order[i]]] = name;
            }
            int[] half = of(names, name);
            for (int i = 0; i < count; i++) {
                order[i] = rises[half[i]];
            }
            induce(order);
        }
        return sorted;
    }

    /** Whether the stretches from one rise to the next are equal. */
    private boolean same(int one, int other, int[] number, int[] rises) {
        int end = end(one, number, rises);
        int otherEnd = end(other, number, rises);
        if (end == text.length || otherEnd == text.length) {
            return false; // the last one ends where nothing is, which no other does
        }
        return Arrays.equals(text, one, end + 1, text, other, otherEnd + 1);
    }

    private int end(int rise, int[] number, int[] rises) {
        int next = number[rise] + 1;
        return next < rises.length ? rises[next] : text.length;
    }

    /** Sorts all suffixes from some that are in order: the greater ones forwards, then the less ones backwards. */
    private void induce(int[] rises) {
        Arrays.fill(sorted, -1);
        int[] next = lesses.clone();
        for (int rise : rises) {
            sorted[next[text[rise]]++] = rise;
        }
        next = greaters.clone();
        sorted[next[text[text.length - 1]]++] = text.length - 1;
        for (int i = 0; i < sorted.length; i++) {
            int before = sorted[i] - 1;
            if (before >= 0 && !less[before]) {
                sorted[next[text[before]]++] = before;
            }
        }
        next = greaters.clone();
        for (int i = sorted.length - 1; i >= 0; i--) {
            int before = sorted[i] - 1;
            if (before >= 0 && less[before]) {
                sorted[--next[text[before] + 1]] = before;
            }
        }
    }
}
