package kawi.clean;

import java.util.Arrays;
import java.util.BitSet;
import kawi.corpus.Document;
import kawi.evidence.KitException;

/**
 * The words of a corpus as one row of numbers, equal words equal ones, with a 0 behind each document; and which of them
 * stand in a stretch that stood before.
 */
final class TokenSequence {
    /** The row, its {@link SuffixArray}, and what is needed while that is made. */
    private static final int BYTES_PER_TOKEN = Integer.BYTES + 34;

    private static final double SHARE_OF_HEAP = 0.6;

    private final LongTable numbers = new LongTable();
    private final long most;
    private int[] tokens = new int[1024];
    private int length;

    TokenSequence() {
        this((long) (Runtime.getRuntime().maxMemory() * SHARE_OF_HEAP / BYTES_PER_TOKEN));
    }

    /** @param most most numbers it takes */
    TokenSequence(long most) {
        this.most = Math.min(most, Integer.MAX_VALUE - 8);
    }

    void add(Document document) {
        WordHashes words = WordHashes.of(document.text());
        if (length + words.count() + 1L > most) {
            throw new KitException("Repeated stretches of a corpus of more than " + most + " words, which it has up to"
                    + " document " + document.id() + " of " + document.source() + ", cannot be found in a heap of "
                    + Runtime.getRuntime().maxMemory() / 1_000_000 + " MB: give Java more (-Xmx; " + BYTES_PER_TOKEN
                    + " bytes a word are needed), or look at a part of the corpus at a time.");
        }
        while (length + words.count() + 1 > tokens.length) {
            tokens = Arrays.copyOf(tokens, (int) Math.min(most, 2L * tokens.length));
        }
        for (int i = 0; i < words.count(); i++) {
            long hash = words.run(i, i + 1);
            long number = numbers.get(hash);
            if (number < 0) {
                number = numbers.size() + 1;
                numbers.put(hash, number);
            }
            tokens[length++] = (int) number;
        }
        tokens[length++] = 0;
    }

    /** {@return which words stand in a stretch of some length that stood, whole, before its beginning} */
    BitSet repeated(int words) {
        int[] text = Arrays.copyOf(tokens, length);
        tokens = null;
        int[] order = SuffixArray.of(text, (int) numbers.size());
        BitSet begins = new BitSet();
        for (int from = 0, to; from < order.length; from = to) {
            int first = order[from];
            for (to = from + 1; to < order.length && same(text, order[to - 1], order[to], words); to++) {
                first = Math.min(first, order[to]);
            }
            for (int i = from; i < to; i++) {
                if (order[i] - first >= words) {
                    begins.set(order[i]);
                }
            }
        }
        BitSet repeated = new BitSet();
        for (int at = begins.nextSetBit(0); at >= 0; at = begins.nextSetBit(at + 1)) {
            repeated.set(at, at + words);
        }
        return repeated;
    }

    /** Whether the same stretch of some length begins at both; none goes on behind the end of its document, a 0. */
    private static boolean same(int[] text, int one, int other, int words) {
        for (int i = 0; i < words; i++) {
            if (text[one + i] == 0 || text[one + i] != text[other + i]) {
                return false;
            }
        }
        return true;
    }
}
