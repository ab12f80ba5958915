package kawi.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import kawi.evidence.KitException;
import kawi.stats.Interval;
import kawi.stats.Metric;
import kawi.stats.PValues;
import kawi.stats.PairedComparison;
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
     * <p>Pairs from one template, or about the same two persons, resemble each other. So whole templates are resampled
     * and, for themselves, all pairs of a person, and the less certain of the two results is shown: the wider interval,
     * the larger p value. The p values are corrected by {@linkplain PValues#holm Holm} for the number of axes.
     *
     * @param swaps the pairs
     * @param first probability of "positive", in [0, 1], for each pair's first sentence
     * @param second the same for its second sentence
     * @param seed the same seed gives the same intervals
     * @return the table; "differs" is "yes", "not detectably", or says that there are too few templates or persons
     * @throws KitException for something else than one probability for each sentence
     */
    public static Table swaps(List<Counterfactuals.Swap> swaps, double[] first, double[] second, long seed) {
        Map<String, List<Integer>> axes =
                byKind(swaps.stream().map(Counterfactuals.Swap::axis).toList());
        List<PairedComparison> comparisons = PairedComparison.holm(
                List.copyOf(comparisons(axes, swaps, first, second, seed).values()));
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
     * @param seed the same seed gives the same intervals
     * @throws KitException for something else than one probability for each sentence
     */
    public static Map<String, Interval> differences(
            List<Counterfactuals.Swap> swaps, double[] first, double[] second, long seed) {
        Map<String, Interval> differences = new LinkedHashMap<>();
        comparisons(byKind(swaps.stream().map(Counterfactuals.Swap::axis).toList()), swaps, first, second, seed)
                .forEach((axis, comparison) -> differences.put(axis, comparison.difference()));
        return differences;
    }

    private static Map<String, PairedComparison> comparisons(
            Map<String, List<Integer>> axes,
            List<Counterfactuals.Swap> swaps,
            double[] first,
            double[] second,
            long seed) {
        ModelScores.equal("Pairs and their probabilities", swaps.size(), first.length, second.length);
        ModelScores.probabilities("first probability", first);
        ModelScores.probabilities("second probability", second);
        Map<String, PairedComparison> comparisons = new LinkedHashMap<>();
        axes.forEach((axis, indices) -> {
            int[] own = indices.stream().mapToInt(Integer::intValue).toArray();
            Metric one = Metric.mean("probability", first).part(own);
            Metric other = Metric.mean("probability", second).part(own);
            List<Counterfactuals.Swap> pairs = indices.stream().map(swaps::get).toList();
            comparisons.put(
                    axis,
                    lessCertain(
                            clustered(pairs, Counterfactuals.Swap::template, other, one, seed),
                            clustered(pairs, Counterfactuals.Swap::persons, other, one, seed)));
        });
        return comparisons;
    }

    private static PairedComparison clustered(
            List<Counterfactuals.Swap> pairs,
            Function<Counterfactuals.Swap, String> cluster,
            Metric before,
            Metric after,
            long seed) {
        List<String> clusters = pairs.stream().map(cluster).toList();
        return PairedComparison.bootstrap(before.byCluster(clusters), after.byCluster(clusters), seed);
    }

    /** The one without an interval, else the one with the wider interval, with the larger p value of the two. */
    private static PairedComparison lessCertain(PairedComparison one, PairedComparison other) {
        if (Double.isNaN(one.p()) || Double.isNaN(other.p())) {
            return Double.isNaN(one.p()) ? one : other;
        }
        PairedComparison wider = width(one) >= width(other) ? one : other;
        return new PairedComparison(
                wider.metric(),
                wider.before(),
                wider.after(),
                wider.difference(),
                Math.max(one.p(), other.p()),
                wider.test() + " of templates and of persons",
                wider.examples());
    }

    private static double width(PairedComparison comparison) {
        Interval difference = comparison.difference();
        return difference.defined() ? difference.high() - difference.low() : 0;
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
