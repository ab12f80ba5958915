package kawi.tune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import kawi.evidence.KitException;

/**
 * Examples in parts of about equal size, groups of near-duplicates ({@link NearDuplicates}, similarity
 * {@link Examples#NEAR}) never torn apart: what is learned from all parts but one meets in that one what it would meet
 * in new examples, and not what it has nearly seen. The same examples always come into the same parts.
 */
public final class Folds {
    private final List<Example> examples;
    private final int count;
    private final int[] group;
    private final int[] fold;

    private Folds(List<Example> examples, int count, int[] group, int[] fold) {
        this.examples = examples;
        this.count = count;
        this.group = group;
        this.fold = fold;
    }

    /**
     * Divides examples by what is asked in them (context and input). The largest groups are placed first, each where
     * there are fewest examples so far.
     *
     * @param examples to be divided
     * @param count parts, at least 2
     * @return the parts
     * @throws KitException for fewer than 2 parts, or fewer groups of near-duplicates than parts
     */
    public static Folds of(List<Example> examples, int count) {
        return of(examples, count, e -> e.context() + " " + e.input());
    }

    /**
     * The same, where near-duplicates are told by another text than context and input.
     *
     * @param examples to be divided
     * @param count parts, at least 2
     * @param said the text of an example by which near-duplicates are told
     * @return the parts
     * @throws KitException for fewer than 2 parts, or fewer groups of near-duplicates than parts
     */
    public static Folds of(List<Example> examples, int count, Function<Example, String> said) {
        int[] group = NearDuplicates.clusters(examples.stream().map(said).toList(), Examples.NEAR);
        Map<Integer, Integer> size = new LinkedHashMap<>();
        Arrays.stream(group).forEach(g -> size.merge(g, 1, Integer::sum));
        if (count < 2 || size.size() < count) {
            throw new KitException(examples.size() + " examples, of which near-duplicates make " + size.size()
                    + " groups, cannot be divided into " + count
                    + " parts: ask for at least 2 parts, and no more than there are groups.");
        }
        List<Integer> largestFirst = new ArrayList<>(size.keySet());
        largestFirst.sort(Comparator.comparingInt((Integer g) -> -size.get(g)).thenComparingInt(g -> g));
        int[] held = new int[count];
        Map<Integer, Integer> place = new LinkedHashMap<>();
        for (int g : largestFirst) {
            int emptiest = 0;
            for (int f = 1; f < count; f++) {
                emptiest = held[f] < held[emptiest] ? f : emptiest;
            }
            held[emptiest] += size.get(g);
            place.put(g, emptiest);
        }
        return new Folds(
                List.copyOf(examples),
                count,
                group,
                Arrays.stream(group).map(place::get).toArray());
    }

    /** {@return all examples, in the order in which they were given} */
    public List<Example> examples() {
        return examples;
    }

    /** {@return the number of parts} */
    public int count() {
        return count;
    }

    /**
     * {@return the examples of one part}
     *
     * @param part from 0 to {@link #count} - 1
     */
    public List<Example> in(int part) {
        return where(part, true);
    }

    /**
     * {@return the examples of all other parts}
     *
     * @param part from 0 to {@link #count} - 1
     */
    public List<Example> outside(int part) {
        return where(part, false);
    }

    private List<Example> where(int part, boolean inside) {
        if (part < 0 || part >= count) {
            throw new KitException(
                    "There is no part " + part + " of " + count + ": parts are counted from 0 to " + (count - 1) + ".");
        }
        return IntStream.range(0, fold.length)
                .filter(i -> fold[i] == part == inside)
                .mapToObj(examples::get)
                .toList();
    }

    /** The part that example i is in. */
    int part(int i) {
        return fold[i];
    }

    /** The group of near-duplicates that example i is in: the index of its first example. */
    int group(int i) {
        return group[i];
    }
}
