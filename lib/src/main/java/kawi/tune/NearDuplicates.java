package kawi.tune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.text.WordBoundaries;

/**
 * Groups texts that say nearly the same, so that a split never puts one of them on each side. Exact Jaccard similarity
 * of words and word pairs; candidates by prefix filtering (Bayardo, Ma and Srikant, "Scaling up all pairs similarity
 * search", 2007): two sets that are similar enough must share one of their rarest members.
 *
 * <p>{@code kawi.clean.Duplicates} also finds near-duplicates, for another purpose: it drops documents of a corpus as
 * they pass by, each compared with those before it only, by bands of signatures, which a long text and a million of
 * them allow. Here all texts are at hand, short ones of a few words, of which a five-word shingle would see nothing;
 * none is dropped, similarity is exact, and the groups are closed (if a is like b and b like c, then all three are
 * together).
 */
public final class NearDuplicates {
    private static final Pattern PLACEHOLDER = Pattern.compile("%\\(\\w+\\)[a-z]|%[sd]|\\{[^}]*\\}|[0-9]+");

    /** So that 0.55 of 20, a little above 11 in floating point, is not taken for 12. */
    private static final double ROUNDING = 1e-9;

    private NearDuplicates() {}

    /**
     * {@return the cluster of each text, single linkage: numbers from 0, the cluster's number is the index of its first
     * text}
     *
     * @param texts the texts
     * @param similarity Jaccard similarity in (0, 1] from which two texts belong together; a text without words belongs
     *     to none
     * @throws KitException where the similarity is not such a number
     */
    public static int[] clusters(List<String> texts, double similarity) {
        if (!(similarity > 0 && similarity <= 1)) {
            throw new KitException("Texts of a similarity of " + similarity
                    + " cannot be told from others: give a number above 0 and up to 1, such as 0.5.");
        }
        int[][] sets = rarestFirst(texts);
        int[] parent = new int[texts.size()];
        Map<Integer, List<Integer>> index = new HashMap<>();
        for (int i = 0; i < sets.length; i++) {
            parent[i] = i;
            int prefix = sets[i].length - (int) Math.ceil(similarity * sets[i].length - ROUNDING) + 1;
            Set<Integer> compared = new HashSet<>();
            for (int k = 0; k < Math.min(prefix, sets[i].length); k++) {
                List<Integer> holders = index.computeIfAbsent(sets[i][k], f -> new ArrayList<>());
                for (int j : holders) {
                    if (compared.add(j)
                            && root(parent, i) != root(parent, j)
                            && jaccard(sets[i], sets[j]) >= similarity) {
                        int a = root(parent, i);
                        int b = root(parent, j);
                        parent[Math.max(a, b)] = Math.min(a, b);
                    }
                }
                holders.add(i);
            }
        }
        for (int i = 0; i < parent.length; i++) {
            parent[i] = root(parent, i);
        }
        return parent;
    }

    /**
     * {@return the first of each {@linkplain #clusters cluster}, in their order}
     *
     * @param <T> what has a text
     * @param all what the texts belong to
     * @param text the text of one
     * @param similarity as for the clusters
     * @throws KitException where the similarity is none
     */
    public static <T> List<T> firsts(List<T> all, Function<T, String> text, double similarity) {
        int[] cluster = clusters(all.stream().map(text).toList(), similarity);
        return IntStream.range(0, all.size())
                .filter(i -> cluster[i] == i)
                .mapToObj(all::get)
                .toList();
    }

    /**
     * {@return the words of a text ({@link WordBoundaries}) in lower case, placeholders and numbers left out}
     *
     * @param text a text
     */
    public static List<String> words(String text) {
        String plain = PLACEHOLDER.matcher(text.toLowerCase(Locale.ROOT)).replaceAll(" ");
        return WordBoundaries.words(plain);
    }

    /** The words of a text and its pairs of neighbouring words, by which it is compared with others. */
    static Set<String> features(String text) {
        Set<String> set = new HashSet<>();
        String before = "";
        for (String word : words(text)) {
            set.add(word);
            set.add(before + " " + word);
            before = word;
        }
        return set;
    }

    private static int[][] rarestFirst(List<String> texts) {
        Map<String, Integer> count = new HashMap<>();
        List<Set<String>> features = new ArrayList<>();
        for (String text : texts) {
            Set<String> set = features(text);
            set.forEach(f -> count.merge(f, 1, Integer::sum));
            features.add(set);
        }
        List<String> order = new ArrayList<>(count.keySet());
        order.sort(Comparator.comparingInt((String f) -> count.get(f)).thenComparing(f -> f));
        Map<String, Integer> rank = new HashMap<>();
        order.forEach(f -> rank.put(f, rank.size()));
        return features.stream()
                .map(s -> s.stream().mapToInt(rank::get).sorted().toArray())
                .toArray(int[][]::new);
    }

    private static double jaccard(int[] a, int[] b) {
        int common = 0;
        for (int i = 0, j = 0; i < a.length && j < b.length; ) {
            if (a[i] == b[j]) {
                common++;
                i++;
                j++;
            } else if (a[i] < b[j]) {
                i++;
            } else {
                j++;
            }
        }
        return (double) common / (a.length + b.length - common);
    }

    private static int root(int[] parent, int i) {
        int node = i;
        while (parent[node] != node) {
            parent[node] = parent[parent[node]];
            node = parent[node];
        }
        return node;
    }
}
