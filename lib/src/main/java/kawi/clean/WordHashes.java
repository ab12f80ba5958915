package kawi.clean;

/** A text's words as 64-bit hashes, blind to case, punctuation and white space: what texts are compared by. */
final class WordHashes {

    private final long[] hashes;
    private final int count;

    private WordHashes(long[] hashes, int count) {
        this.hashes = hashes;
        this.count = count;
    }

    static WordHashes of(String text) {
        return of(text, 0, text.length());
    }

    static WordHashes of(String text, int from, int to) {
        long[] hashes = new long[(to - from) / 2 + 1];
        int count = 0;
        long word = 0;
        for (int i = from; i <= to; i++) {
            char c = i < to ? text.charAt(i) : ' ';
            if (Character.isLetterOrDigit(c)) {
                word = word * 1_000_003 + Character.toLowerCase(c) + 1;
            } else if (word != 0) {
                hashes[count++] = word * 0x9E3779B97F4A7C15L;
                word = 0;
            }
        }
        return new WordHashes(hashes, count);
    }

    int count() {
        return count;
    }

    /** One hash of all words in their order. */
    long all() {
        return run(0, count);
    }

    /** A hash of each run of consecutive words; none where the text is shorter than one. */
    long[] runs(int words) {
        long[] runs = new long[Math.max(0, count - words + 1)];
        for (int i = 0; i < runs.length; i++) runs[i] = run(i, i + words);
        return runs;
    }

    private long run(int from, int to) {
        long run = to - from;
        for (int i = from; i < to; i++) run = (run ^ hashes[i] ^ hashes[i] >>> 29) * 0xBF58476D1CE4E5B9L;
        return run;
    }
}
