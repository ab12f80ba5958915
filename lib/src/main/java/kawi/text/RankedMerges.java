package kawi.text;

import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;

/**
 * The merges that tokens with ranks imply, as tiktoken has them: two neighbours are joined where their bytes together
 * are a token, whatever they are by themselves, and of several such pairs the one whose token has the lowest rank.
 */
final class RankedMerges {

    private int[] left = new int[1 << 12];
    private int[] right = new int[1 << 12];
    private int[] made = new int[1 << 12];
    private int count;
    private final int ranks;

    /** @param tokens in order of rank, which is the id; null where none has it */
    RankedMerges(byte[][] tokens) {
        ranks = tokens.length;
        Map<String, Integer> ids = new HashMap<>(2 * tokens.length);
        for (int id = 0; id < tokens.length; id++) {
            if (tokens[id] != null) {
                ids.put(text(tokens[id], 0, tokens[id].length), id);
            }
        }
        for (int id = 0; id < tokens.length; id++) {
            for (int cut = 1; tokens[id] != null && cut < tokens[id].length; cut++) {
                Integer first = ids.get(text(tokens[id], 0, cut));
                Integer second = first == null ? null : ids.get(text(tokens[id], cut, tokens[id].length));
                if (second != null) {
                    add(first, second, id);
                }
            }
        }
    }

    private static String text(byte[] token, int from, int to) {
        return new String(token, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private void add(int first, int second, int id) {
        if (count == made.length) {
            left = Arrays.copyOf(left, 2 * count);
            right = Arrays.copyOf(right, 2 * count);
            made = Arrays.copyOf(made, 2 * count);
        }
        left[count] = first;
        right[count] = second;
        made[count++] = id;
    }

    Merges table() {
        Merges table = new Merges(count, ranks);
        for (int i = 0; i < count; i++) {
            table.put(made[i], left[i], right[i], made[i]);
        }
        return table;
    }

    /** "left right" in order of rank, made when they are asked for: there are two of them for each token or so. */
    List<String> merges(List<String> vocabulary) {
        return new Texts(left, right, count, List.copyOf(vocabulary));
    }

    private static final class Texts extends AbstractList<String> implements RandomAccess {
        private final int[] left;
        private final int[] right;
        private final int count;
        private final List<String> vocabulary;

        Texts(int[] left, int[] right, int count, List<String> vocabulary) {
            this.left = left;
            this.right = right;
            this.count = count;
            this.vocabulary = vocabulary;
        }

        @Override
        public String get(int index) {
            return vocabulary.get(left[index]) + " " + vocabulary.get(right[index]);
        }

        @Override
        public int size() {
            return count;
        }
    }
}
