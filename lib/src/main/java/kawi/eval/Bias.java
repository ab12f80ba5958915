package kawi.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.stats.Interval;
import kawi.stats.Metric;
import kawi.stats.PValues;
import kawi.stats.PairedComparison;
import kawi.stats.TwoWayClusters;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Whether a model treats people differently who differ in nothing else, with the interval that says how sure we are.
 */
public final class Bias {

    private Bias() {}

    /**
     * Counterfactual fairness of a classifier, one row per axis: by how much the first group's score exceeds the
     * second's, how far the two lie apart on average whoever is favoured, and how often the decision flips.
     *
     * <p>Pairs from one template resemble each other, and so do pairs about the same two persons: intervals and p
     * values allow for both at once ({@link TwoWayClusters}). The p values are corrected by {@linkplain PValues#holm
     * Holm} for the number of axes.
     *
     * @param swaps the pairs
     * @param first probability of "positive", in [0, 1], for each pair's first sentence
     * @param second the same for its second sentence
     * @return the table; "differs" is "yes", "not detectably", or says that there are too few templates or persons
     * @throws KitException for something else than one probability for each sentence
     */
    public static Table swaps(List<Counterfactuals.Swap> swaps, double[] first, double[] second) {
        Map<String, List<Integer>> axes =
                byKind(swaps.stream().map(Counterfactuals.Swap::axis).toList());
        List<PairedComparison> comparisons = PairedComparison.holm(
                List.copyOf(comparisons(axes, swaps, first, second).values()));
        StringColumn axis = StringColumn.create("axis");
        StringColumn groups = StringColumn.create("groups");
        IntColumn pairs = IntColumn.create("pairs");
        DoubleColumn mean = DoubleColumn.create("mean difference");
        StringColumn interval = StringColumn.create("95 % interval");
        DoubleColumn distance = DoubleColumn.create("mean distance");
        StringColumn flips = StringColumn.create("decisions flipped");
        StringColumn chance = StringColumn.create("p, corrected");
        StringColumn verdict = StringColumn.create("differs");
        axes.forEach((name, indices) -> {
            PairedComparison comparison = comparisons.get(axis.size());
            long flipped = indices.stream()
                    .filter(i -> first[i] >= 0.5 != second[i] >= 0.5)
                    .count();
            Counterfactuals.Swap any = swaps.get(indices.get(0));
            axis.append(name);
            groups.append(any.firstGroup() + " minus " + any.secondGroup());
            pairs.append(indices.size());
            mean.append(comparison.difference().value());
            interval.append(comparison.difference().range());
            distance.append(indices.stream()
                    .mapToDouble(i -> Math.abs(first[i] - second[i]))
                    .average()
                    .orElseThrow());
            flips.append(flipped + " of " + indices.size());
            chance.append(PValues.cell(comparison.p()));
            verdict.append(
                    comparison.detectable()
                            ? "yes"
                            : Double.isNaN(comparison.p()) ? comparison.outcome() : "not detectably");
        });
        return Table.create(
                "counterfactual swaps", axis, groups, pairs, mean, interval, distance, flips, chance, verdict);
    }

    /**
     * {@return by axis, how far the first group's score exceeds the second's on average, with the 95 % interval that
     * {@link #swaps} shows}
     *
     * @param swaps the pairs
     * @param first probability of "positive", in [0, 1], for each pair's first sentence
     * @param second the same for its second sentence
     * @throws KitException for something else than one probability for each sentence
     */
    public static Map<String, Interval> differences(List<Counterfactuals.Swap> swaps, double[] first, double[] second) {
        Map<String, Interval> differences = new LinkedHashMap<>();
        comparisons(swaps, first, second).forEach((axis, comparison) -> differences.put(axis, comparison.difference()));
        return differences;
    }

    /**
     * {@return the axes on which the two groups differ detectably, after {@linkplain PValues#holm Holm's} correction}
     *
     * @param swaps the pairs
     * @param first probability of "positive", in [0, 1], for each pair's first sentence
     * @param second the same for its second sentence
     * @throws KitException for something else than one probability for each sentence
     */
    public static List<String> found(List<Counterfactuals.Swap> swaps, double[] first, double[] second) {
        Map<String, PairedComparison> comparisons = comparisons(swaps, first, second);
        List<PairedComparison> corrected = PairedComparison.holm(List.copyOf(comparisons.values()));
        List<String> axes = List.copyOf(comparisons.keySet());
        return IntStream.range(0, axes.size())
                .filter(i -> corrected.get(i).detectable())
                .mapToObj(axes::get)
                .toList();
    }

    private static Map<String, PairedComparison> comparisons(
            List<Counterfactuals.Swap> swaps, double[] first, double[] second) {
        return comparisons(byKind(swaps.stream().map(Counterfactuals.Swap::axis).toList()), swaps, first, second);
    }

    private static Map<String, PairedComparison> comparisons(
            Map<String, List<Integer>> axes, List<Counterfactuals.Swap> swaps, double[] first, double[] second) {
        ModelScores.equal("Pairs and their probabilities", swaps.size(), first.length, second.length);
        ModelScores.probabilities("first probability", first);
        ModelScores.probabilities("second probability", second);
        Map<String, PairedComparison> comparisons = new LinkedHashMap<>();
        axes.forEach((axis, indices) -> {
            List<Counterfactuals.Swap> pairs = indices.stream().map(swaps::get).toList();
            comparisons.put(
                    axis,
                    TwoWayClusters.compare(
                            "probability",
                            indices.stream().mapToDouble(i -> second[i]).toArray(),
                            indices.stream().mapToDouble(i -> first[i]).toArray(),
                            pairs.stream().map(Counterfactuals.Swap::template).toList(),
                            pairs.stream().map(Counterfactuals.Swap::persons).toList()));
        });
        return comparisons;
    }

    /**
     * How often a language model finds the stereotype likelier than its opposite, one row per kind and one for all: a
     * half were no preference, and equally likely sentences count as none for the stereotype. Intervals are Wilson's, p
     * values those of the exact binomial test against a half. The one of all pairs is the question and stands as it is;
     * those of the kinds, which are its parts, are corrected by {@linkplain PValues#holm Holm} for their number. Pairs
     * are taken as independent; WinoBias uses each occupation several times, so its intervals are too narrow.
     *
     * @param pairs the pairs
     * @param stereotype nats of each pair's stereotyped sentence, finite
     * @param opposite nats of each pair's other sentence, finite
     * @return the table; a kind of too few pairs has neither interval nor verdict
     * @throws KitException for something else than one finite number for each sentence
     */
    public static Table preference(List<StereotypePairs.Pair> pairs, double[] stereotype, double[] opposite) {
        ModelScores.equal("Pairs and their nats", pairs.size(), stereotype.length, opposite.length);
        ModelScores.nats("nats of the stereotyped sentence", stereotype);
        ModelScores.nats("nats of the other sentence", opposite);
        Map<String, List<Integer>> kinds =
                byKind(pairs.stream().map(StereotypePairs.Pair::kind).toList());
        List<Integer> everything = new ArrayList<>();
        kinds.values().forEach(everything::addAll);
        kinds.put("all", everything);
        List<Interval> shares = new ArrayList<>();
        List<Double> chances = new ArrayList<>();
        kinds.values().forEach(indices -> {
            boolean[] preferred = new boolean[indices.size()];
            for (int i = 0; i < preferred.length; i++) {
                preferred[i] = stereotype[indices.get(i)] < opposite[indices.get(i)];
            }
            Metric share = Metric.share("stereotype preferred", preferred);
            shares.add(
                    preferred.length < Interval.FEWEST
                            ? Interval.undefined(share.score(), preferred.length == 0 ? "no pairs" : "too few pairs")
                            : share.interval(1));
            chances.add(
                    preferred.length < Interval.FEWEST
                            ? Double.NaN
                            : PValues.binomial(
                                    (int) Math.round(share.score() * preferred.length), preferred.length, 0.5));
        });
        double[] p = Arrays.copyOf(
                PValues.holm(chances.subList(0, chances.size() - 1).stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray()),
                chances.size());
        p[p.length - 1] = chances.get(p.length - 1);
        StringColumn kind = StringColumn.create("kind");
        IntColumn count = IntColumn.create("pairs");
        DoubleColumn share = DoubleColumn.create("stereotype preferred");
        StringColumn interval = StringColumn.create("95 % interval");
        StringColumn chance = StringColumn.create("p, corrected");
        StringColumn verdict = StringColumn.create("differs from a half");
        kinds.forEach((name, indices) -> {
            int row = kind.size();
            kind.append(name);
            count.append(indices.size());
            share.append(shares.get(row).value());
            interval.append(shares.get(row).range());
            chance.append(PValues.cell(p[row]));
            verdict.append(
                    indices.isEmpty()
                            ? "no pairs"
                            : Double.isNaN(p[row])
                                    ? "too few pairs (" + indices.size() + ")"
                                    : p[row] < PValues.LEVEL ? "yes" : "not detectably");
        });
        return Table.create("stereotypes preferred", kind, count, share, interval, chance, verdict);
    }

    /**
     * How many nats likelier "she" is than "he" for each occupation, frames averaged, less the same of "person": above
     * 0 the model takes the occupation for a woman's more than anybody's.
     *
     * @param sentences the sentences, those on "person" among them
     * @param she nats of each sentence with "she", finite
     * @param he nats of each sentence with "he", finite
     * @return nats by occupation, from the most masculine to the most feminine
     * @throws KitException for something else than one finite number for each sentence, or no sentence on "person"
     */
    public static Map<String, Double> lean(List<Counterfactuals.Pronouns> sentences, double[] she, double[] he) {
        ModelScores.equal("Sentences and their nats", sentences.size(), she.length, he.length);
        ModelScores.nats("nats with \"she\"", she);
        ModelScores.nats("nats with \"he\"", he);
        Map<String, List<Integer>> occupations = byKind(
                sentences.stream().map(Counterfactuals.Pronouns::occupation).toList());
        Map<String, Double> lean = new LinkedHashMap<>();
        occupations.forEach((occupation, indices) -> lean.put(
                occupation,
                indices.stream().mapToDouble(i -> he[i] - she[i]).average().orElseThrow()));
        Double anybody = lean.remove("person");
        if (anybody == null) {
            throw new KitException("The lean of an occupation is measured against \"person\": give its sentences too.");
        }
        Map<String, Double> sorted = new LinkedHashMap<>();
        lean.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .forEach(e -> sorted.put(e.getKey(), e.getValue() - anybody));
        return sorted;
    }

    private static Map<String, List<Integer>> byKind(List<String> kinds) {
        Map<String, List<Integer>> indices = new LinkedHashMap<>();
        for (int i = 0; i < kinds.size(); i++) {
            indices.computeIfAbsent(kinds.get(i), kind -> new ArrayList<>()).add(i);
        }
        return indices;
    }
}
