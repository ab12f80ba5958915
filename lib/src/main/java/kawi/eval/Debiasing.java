package kawi.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kawi.evidence.KitException;
import kawi.tune.Example;

/**
 * Training examples changed so that a classifier learns less of who is spoken of: what to learn from after
 * {@link Bias#found} named the axes. Neither looks at the pairs that the axes were found with.
 */
public final class Debiasing {

    private Debiasing() {}

    /**
     * Counterfactual data augmentation (Zhao et al. 2018; Lu et al. 2020): both members of each of the set's
     * {@linkplain Counterfactuals#taught pairs to learn from} are added with the same label. A pair that says neither
     * good nor bad is put before an example, and takes its label; so over all that is added, who is spoken of says
     * nothing of the label.
     *
     * @param set where the pairs are from
     * @param axes the axes to be mended
     * @param examples what is learned from otherwise; they stay
     * @param most examples added at most, of each axis as many as of any other, always both members of a pair
     * @param seed the same seed adds the same
     * @return the examples and those added
     * @throws KitException for an axis that the set has not
     */
    public static List<Example> augmented(
            Counterfactuals set, List<String> axes, List<Example> examples, int most, long seed) {
        List<Example> all = new ArrayList<>(examples);
        Map<String, List<Example>> byLabel = new LinkedHashMap<>();
        shuffled(examples, seed)
                .forEach(e -> byLabel.computeIfAbsent(e.answer(), label -> new ArrayList<>())
                        .add(e));
        for (String axis : axes) {
            int left = most / axes.size() / 2;
            int carried = 0;
            for (Counterfactuals.Swap pair : shuffled(set.taught(axis), seed)) {
                List<String> labels =
                        byLabel.containsKey(pair.label()) ? List.of(pair.label()) : List.copyOf(byLabel.keySet());
                for (String label : labels) {
                    if (left-- <= 0) {
                        break;
                    }
                    List<Example> reviews = byLabel.get(label);
                    String after = labels.size() == 1
                            ? ""
                            : " " + reviews.get(carried++ % reviews.size()).input();
                    for (String text : List.of(pair.first(), pair.second())) {
                        all.add(Example.of("augmented", "", text + after, List.of(label)));
                    }
                }
            }
        }
        return all;
    }

    /**
     * Reweighing (Kamiran and Calders 2012, "Data preprocessing techniques for classification without discrimination"),
     * by sampling: an example that speaks of a group weighs what its label weighs among all, divided by what it weighs
     * in the group, n(label) n(group) / (n n(label, group)), and stands as often as its weight says, the fraction
     * drawn. What an axis has a list of words for is known to speak of it; texts that speak of none stay.
     *
     * @param set whose lists of words tell who is spoken of
     * @param axes the axes to be mended
     * @param examples what is learned from
     * @param seed the same seed draws the same
     * @return the examples, each as often as it weighs
     * @throws KitException for an axis that the set has not
     */
    public static List<Example> reweighed(Counterfactuals set, List<String> axes, List<Example> examples, long seed) {
        double[] weights = new double[examples.size()];
        Arrays.fill(weights, 1);
        Map<String, Long> labels =
                examples.stream().collect(Collectors.groupingBy(Example::answer, Collectors.counting()));
        for (String axis : axes) {
            for (boolean first : new boolean[] {true, false}) {
                Predicate<String> mentions = set.mentions(axis, first);
                List<Integer> group = new ArrayList<>();
                for (int i = 0; i < weights.length; i++) {
                    if (mentions.test(examples.get(i).input())) {
                        group.add(i);
                    }
                }
                Map<String, Long> within = group.stream()
                        .collect(Collectors.groupingBy(i -> examples.get(i).answer(), Collectors.counting()));
                for (int i : group) {
                    String label = examples.get(i).answer();
                    weights[i] *= (double) labels.get(label) * group.size() / weights.length / within.get(label);
                }
            }
        }
        Random random = new Random(seed);
        List<Example> drawn = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            int times = (int) weights[i] + (random.nextDouble() < weights[i] - (int) weights[i] ? 1 : 0);
            drawn.addAll(Collections.nCopies(times, examples.get(i)));
        }
        return drawn;
    }

    /**
     * {@return how many of the texts speak of one of the two groups of some axis, as far as its list of words knows}
     *
     * @param set whose lists of words tell
     * @param axes the axes
     * @param texts the texts
     * @throws KitException for an axis that the set has not
     */
    public static long speaking(Counterfactuals set, List<String> axes, List<String> texts) {
        List<Predicate<String>> groups = axes.stream()
                .flatMap(axis -> Stream.of(set.mentions(axis, true), set.mentions(axis, false)))
                .toList();
        return texts.stream()
                .filter(text -> groups.stream().anyMatch(mentions -> mentions.test(text)))
                .count();
    }

    private static <T> List<T> shuffled(List<T> list, long seed) {
        List<T> copy = new ArrayList<>(list);
        Collections.shuffle(copy, new Random(seed));
        return copy;
    }
}
