package kawi.tune;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What a task learns from and what it is measured on, with no near-duplicate on both sides.
 *
 * @param train examples to learn from
 * @param test held-out examples, at most one of each group of near-duplicates
 * @param found distinct examples that there were to choose from
 * @param clusters groups of near-duplicates among them
 * @param leftOut what of the data made no example, counted by reason
 * @param readOtherwise what of the data was read otherwise than it was written, counted by how
 */
public record Examples(
        List<Example> train,
        List<Example> test,
        int found,
        int clusters,
        Map<String, Integer> leftOut,
        Map<String, Integer> readOtherwise) {

    /** Jaccard similarity of words and word pairs from which two examples belong on one side. */
    public static final double NEAR = 0.5;

    /** One group in five is held out. */
    private static final int HELD_OUT_OF_16 = 3;

    /**
     * Copies the lists.
     *
     * @param train examples to learn from
     * @param test held-out examples
     * @param found distinct examples that there were to choose from
     * @param clusters groups of near-duplicates among them
     * @param leftOut what made no example, counted by reason
     * @param readOtherwise what was read otherwise than it was written, counted by how
     */
    public Examples {
        train = List.copyOf(train);
        test = List.copyOf(test);
        leftOut = Collections.unmodifiableMap(new LinkedHashMap<>(leftOut));
        readOtherwise = Collections.unmodifiableMap(new LinkedHashMap<>(readOtherwise));
    }

    /**
     * Examples of which nothing was left out.
     *
     * @param train examples to learn from
     * @param test held-out examples
     * @param found distinct examples that there were to choose from
     * @param clusters groups of near-duplicates among them
     */
    public Examples(List<Example> train, List<Example> test, int found, int clusters) {
        this(train, test, found, clusters, Map.of(), Map.of());
    }

    /**
     * Splits by group of near-duplicates: a group's side and every order are decided by hashes, so the same data always
     * splits in the same way and a larger budget only adds to a smaller one's examples.
     *
     * @param all examples, repeated ones allowed (they are counted once)
     * @param train most examples to learn from
     * @param test most examples to hold out
     * @return the examples of both sides
     */
    public static Examples split(List<Example> all, int train, int test) {
        return split(all, train, test, e -> e.context() + " " + e.input());
    }

    /**
     * Splits what a data set holds.
     *
     * @param pool what it holds
     * @param train most examples to learn from
     * @param test most examples to hold out
     * @return the examples of both sides, with what was left out
     */
    public static Examples split(Pool pool, int train, int test) {
        return split(pool, train, test, e -> e.context() + " " + e.input());
    }

    /** The same, where near-duplicates are told by another text than context and input. */
    static Examples split(Pool pool, int train, int test, Function<Example, String> said) {
        Examples split = split(pool.examples(), train, test, said);
        return new Examples(split.train, split.test, split.found, split.clusters, pool.leftOut(), pool.readOtherwise());
    }

    /**
     * {@return the same, where near-duplicates are told by another text than context and input}
     *
     * @param all examples, repeated ones allowed (they are counted once)
     * @param train most examples to learn from
     * @param test most examples to hold out
     * @param said the text of an example by which near-duplicates are told
     */
    public static Examples split(List<Example> all, int train, int test, Function<Example, String> said) {
        List<Example> distinct = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        all.stream()
                .sorted(Comparator.comparing(Example::id))
                .filter(e -> seen.add(e.id()))
                .forEach(distinct::add);
        int[] cluster = NearDuplicates.clusters(distinct.stream().map(said).toList(), NEAR);
        List<Example> learned = new ArrayList<>();
        List<Example> held = new ArrayList<>();
        int clusters = 0;
        for (int i = 0; i < cluster.length; i++) {
            Example example = distinct.get(i);
            boolean first = cluster[i] == i;
            clusters += first ? 1 : 0;
            // The first by id speaks for its group: its id's last hex digit decides the side.
            if (Character.digit(distinct.get(cluster[i]).id().charAt(15), 16) >= HELD_OUT_OF_16) {
                learned.add(example);
            } else if (first) {
                held.add(example);
            }
        }
        return new Examples(
                learned.subList(0, Math.min(train, learned.size())),
                held.subList(0, Math.min(test, held.size())),
                distinct.size(),
                clusters);
    }
}
