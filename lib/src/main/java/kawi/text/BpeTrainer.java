package kawi.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import kawi.evidence.KitException;
import kawi.evidence.Progress;

/**
 * Learns byte-pair merges from text: begin with the 256 bytes, merge the most frequent adjacent pair into a new token,
 * repeat.
 *
 * <p>Text is counted as distinct pieces of the splitter, so that a word seen a thousand times is worked on once. Pair
 * counts are kept up to date by looking only at the words that hold the merged pair (Sennrich et al. 2016,
 * arXiv:1508.07909; bytes after GPT-2). Of equally frequent pairs the one with the lower ids wins, so that the same
 * text gives the same merges on any machine.
 */
public final class BpeTrainer {

    /**
     * One learned merge.
     *
     * @param left the first token, in the byte-level writing of {@code tokenizer.json}
     * @param right the second, in the same writing
     * @param count how often the pair was seen when it was merged
     */
    public record Merge(String left, String right, long count) {
        /** {@return the token that the merge makes, in byte-level writing} */
        public String made() {
            return left + right;
        }
    }

    /** A pair seen once is no habit of the language. */
    private static final int FEWEST = 2;

    private final Splitter splitter;
    private final WordTable words = new WordTable();
    private long[] counts = new long[1 << 12];
    private long bytes;
    /**
     * A trainer that has seen no text.
     *
     * @param splitter how texts are cut into words before merging
     */
    public BpeTrainer(Splitter splitter) {
        this.splitter = splitter;
    }

    /**
     * Counts the pieces of a text.
     *
     * @param text a text; its words are counted
     * @return this trainer
     */
    public BpeTrainer add(String text) {
        byte[] utf8 = Utf8.bytes(text);
        for (int from = 0, next; from < utf8.length; from = next) {
            next = splitter.next(utf8, from, utf8.length);
            int word = words.index(utf8, from, next);
            if (word == counts.length) counts = Arrays.copyOf(counts, word * 2);
            counts[word]++;
        }
        bytes += utf8.length;
        return this;
    }

    /**
     * UTF-8 bytes counted so far.
     *
     * @return bytes in UTF-8
     */
    public long bytes() {
        return bytes;
    }

    /**
     * Distinct pieces counted so far.
     *
     * @return their number
     */
    public int words() {
        return words.size();
    }

    /**
     * {@return the tokenizer of {@code size} ids learned from what was added: {@link Tokenizer#END_OF_TEXT}, the 256
     * bytes, then one id a merge} It has fewer ids where the text runs out of pairs seen twice.
     *
     * @param size ids wanted, at least 257
     * @param progress is told of each merge
     */
    public Bpe learn(int size, Progress progress) {
        if (size < 257) {
            throw new KitException(
                    "A byte-level vocabulary needs at least 257 ids (256 bytes and the end of text), not " + size
                            + ".");
        }
        Run run = new Run();
        progress.begin("byte-pair merges", size - 257);
        while (run.vocabulary.size() < size && run.mergeOne()) {
            if (run.merges.size() % 64 == 0) {
                if (Thread.currentThread().isInterrupted()) break;
                Merge last = run.merges.get(run.merges.size() - 1);
                progress.update(run.vocabulary.size() - 257, last.made());
            }
        }
        progress.end(run.merges.size() + " merges");
        return Bpe.learned(run.vocabulary, run.merges, splitter);
    }

    /** A pair of ids, how often it is seen, and the words it may be in. */
    private static final class Pair {
        final int left;
        final int right;
        long count;
        int[] places = new int[2];
        int size;

        Pair(int left, int right) {
            this.left = left;
            this.right = right;
        }

        void add(int word, long times) {
            count += times;
            if (size > 0 && places[size - 1] == word) return;
            if (size == places.length) places = Arrays.copyOf(places, size * 2);
            places[size++] = word;
        }
    }

    /** A pair as it stood when it was put into the queue; the most frequent first, then the lowest ids. */
    private record Candidate(Pair pair, long count) implements Comparable<Candidate> {
        @Override
        public int compareTo(Candidate other) {
            if (count != other.count) return Long.compare(other.count, count);
            return pair.left != other.pair.left
                    ? Integer.compare(pair.left, other.pair.left)
                    : Integer.compare(pair.right, other.pair.right);
        }
    }

    /** One learning from the counted words. */
    private final class Run {
        final List<String> vocabulary = new ArrayList<>(Bpe.alphabet());
        final Map<String, Integer> ids = new HashMap<>();
        final List<Merge> merges = new ArrayList<>();
        final int[][] symbols = new int[words.size()][];
        final Map<Long, Pair> pairs = new HashMap<>();
        final PriorityQueue<Candidate> queue = new PriorityQueue<>();

        Run() {
            for (int id = 0; id < vocabulary.size(); id++) ids.put(vocabulary.get(id), id);
            for (int word = 0; word < symbols.length; word++) {
                int start = words.start(word);
                int[] symbol = symbols[word] = new int[words.end(word) - start];
                for (int i = 0; i < symbol.length; i++) {
                    symbol[i] = ids.get(String.valueOf(ByteLevel.character(words.letters()[start + i] & 0xFF)));
                    if (i > 0) pair(symbol[i - 1], symbol[i]).add(word, counts[word]);
                }
            }
            for (Pair pair : pairs.values()) queue.add(new Candidate(pair, pair.count));
        }

        Pair pair(int left, int right) {
            return pairs.computeIfAbsent((long) left << 32 | right, key -> new Pair(left, right));
        }

        /** Merges the most frequent pair wherever it stands; false when no pair is left that is worth it. */
        boolean mergeOne() {
            Candidate best;
            while ((best = queue.poll()) != null && best.count != best.pair.count) {
                if (best.pair.count > 0)
                    queue.add(new Candidate(best.pair, best.pair.count)); // it was counted down since
            }
            if (best == null || best.count < FEWEST) return false;
            Pair merged = best.pair;
            String left = vocabulary.get(merged.left);
            String right = vocabulary.get(merged.right);
            int id = ids.computeIfAbsent(left + right, made -> {
                vocabulary.add(made);
                return vocabulary.size() - 1;
            });
            merges.add(new Merge(left, right, best.count));
            pairs.remove((long) merged.left << 32 | merged.right);
            Set<Pair> grown = Collections.newSetFromMap(new IdentityHashMap<>());
            for (int i = 0; i < merged.size; i++) merge(merged.places[i], merged, id, grown);
            merged.count = 0;
            for (Pair pair : grown) queue.add(new Candidate(pair, pair.count));
            return true;
        }

        /**
         * Merges the pair in one word, left to right, and moves its neighbours' counts over to the pairs the new token
         * makes.
         */
        void merge(int word, Pair merged, int id, Set<Pair> grown) {
            int[] old = symbols[word];
            int[] now = new int[old.length];
            long times = counts[word];
            int n = 0;
            for (int i = 0; i < old.length; i++) {
                if (i + 1 == old.length || old[i] != merged.left || old[i + 1] != merged.right) {
                    now[n++] = old[i];
                    continue;
                }
                if (n > 0) {
                    lessen(now[n - 1], merged.left, times, merged);
                    grow(now[n - 1], id, word, times, grown);
                }
                if (i + 2 < old.length) {
                    lessen(merged.right, old[i + 2], times, merged);
                    grow(id, old[i + 2], word, times, grown);
                }
                now[n++] = id;
                i++;
            }
            if (n < old.length) symbols[word] = Arrays.copyOf(now, n);
        }

        void lessen(int left, int right, long times, Pair merged) {
            if (left != merged.left || right != merged.right) pair(left, right).count -= times;
        }

        void grow(int left, int right, int word, long times, Set<Pair> grown) {
            Pair pair = pair(left, right);
            pair.add(word, times);
            grown.add(pair);
        }
    }
}
