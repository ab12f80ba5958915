package kawi.clean;

import java.util.Arrays;
import kawi.text.WordBoundaries;

/**
 * A text's words (those of {@link WordBoundaries}) as 64-bit hashes, blind to case, joiners, punctuation and white
 * space: what texts are compared by.
 */
final class WordHashes {

    private long[] hashes = new long[16];
    private int count;

    private WordHashes() {}

    static WordHashes of(String text) {
        return of(text, 0, text.length());
    }

    static WordHashes of(String text, int from, int to) {
        WordHashes words = new WordHashes();
        WordBoundaries.visit(text, from, to, (start, end) -> words.add(text, start, end));
        return words;
    }

    private void add(String text, int from, int to) {
        long word = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c != 0x200C && c != 0x200D) {
                word = word * 1_000_003 + (c == 0x2019 ? '\'' : Character.toLowerCase(c)) + 1;
            }
        }
        if (count == hashes.length) hashes = Arrays.copyOf(hashes, count * 2);
        hashes[count++] = word * 0x9E3779B97F4A7C15L;
    }

    int count() {
        return count;
    }

    /** One hash of all words in their order. */
    long all() {
        return run(0, count);
    }

    /** A hash of each run of consecutive words; one of them all where they are fewer, none where there are none. */
    long[] runs(int words) {
        if (count > 0 && count < words) return new long[] {all()};
        long[] runs = new long[Math.max(0, count - words + 1)];
        for (int i = 0; i < runs.length; i++) runs[i] = run(i, i + words);
        return runs;
    }

    /** A hash of the words from one up to another, in their order. */
    long run(int from, int to) {
        long run = to - from;
        for (int i = from; i < to; i++) run = (run ^ hashes[i] ^ hashes[i] >>> 29) * 0xBF58476D1CE4E5B9L;
        return run;
    }
}
