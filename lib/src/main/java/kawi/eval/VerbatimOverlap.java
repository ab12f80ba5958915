package kawi.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How much of a text stands word for word in a training text: its longest run of words that does. A model that has
 * learned a language writes short runs that others wrote before; one that recites writes long ones (Carlini et al.
 * 2023, "Quantifying Memorization Across Neural Language Models"). What people write anew overlaps too: read the
 * overlap beside that of a held-out text.
 *
 * <p>Words are what stands between blanks. Runs are compared by hashes of 64 bits, which for a million runs err once in
 * more than ten million times.
 */
public final class VerbatimOverlap {
    private static final long BASE = 0x9E3779B97F4A7C15L; // odd, so that no word is forgotten

    private final List<long[]> training = new ArrayList<>();
    private final List<long[]> sorted = new ArrayList<>(); // by length - 1, the hashes of all runs of so many words

    /**
     * Takes in a training text.
     *
     * @param texts its documents; a run never goes over the end of one
     */
    public VerbatimOverlap(List<String> texts) {
        texts.stream().distinct().forEach(text -> training.add(words(text)));
    }

    private static long[] words(String text) {
        return WhitespaceTokens.split(text).stream()
                .mapToLong(VerbatimOverlap::hash)
                .toArray();
    }

    /** FNV-1a over the letters, mixed as in SplittableRandom. */
    private static long hash(String word) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < word.length(); i++) {
            hash = (hash ^ word.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ hash >>> 30) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ hash >>> 27) * 0x94d049bb133111ebL;
        return hash ^ hash >>> 31;
    }

    /** The hashes of all runs of so many words, in order. */
    private static long[] runs(long[] words, int length) {
        if (words.length < length) {
            return new long[0];
        }
        long[] runs = new long[words.length - length + 1];
        long first = 1; // what the word that leaves was multiplied with
        for (int i = 1; i < length; i++) {
            first *= BASE;
        }
        long hash = 0;
        for (int i = 0; i < words.length; i++) {
            hash = (hash - (i >= length ? words[i - length] * first : 0)) * BASE + words[i];
            if (i >= length - 1) {
                runs[i - length + 1] = hash;
            }
        }
        return runs;
    }

    private long[] known(int length) {
        while (sorted.size() < length) {
            int next = sorted.size() + 1;
            sorted.add(training.stream()
                    .flatMapToLong(words -> Arrays.stream(runs(words, next)))
                    .sorted()
                    .toArray());
        }
        return sorted.get(length - 1);
    }

    /**
     * {@return how many words the longest run of a text has that stands in the training text too}
     *
     * @param text the text, such as one that a model wrote
     */
    public int longest(String text) {
        long[] words = words(text);
        int length = 0;
        while (length < words.length) { // where no run of n words is known, none of n + 1 is
            long[] known = known(length + 1);
            if (Arrays.stream(runs(words, length + 1)).noneMatch(run -> Arrays.binarySearch(known, run) >= 0)) {
                break;
            }
            length++;
        }
        return length;
    }

    /**
     * {@return the longest runs of several texts, in words}
     *
     * @param texts the texts
     */
    public double[] longest(List<String> texts) {
        return texts.stream().mapToDouble(this::longest).toArray();
    }
}
