package kawi.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import kawi.stats.GroupComparison;
import kawi.stats.Interval;
import kawi.stats.Metric;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** The same score on parts of the examples: where does a model fail, and is it more than chance? */
public final class Slices {

    private static final Pattern NEGATION =
            Pattern.compile("\\b(not|no|never|none|nobody|nothing|neither|nor|without|cannot)\\b|n['\u2019]t\\b");
    private static final Pattern CONTRAST =
            Pattern.compile("\\b(but|although|though|however|yet|despite|while|except)\\b");
    private static final Pattern DIGIT = Pattern.compile("\\d");

    private static final int FEW = 5;

    private final List<String> texts;
    private final Map<String, boolean[]> slices = new LinkedHashMap<>();

    private Slices(List<String> texts) {
        this.texts = List.copyOf(texts);
    }

    /**
     * Slices of texts that English errors hide in: short and long (of the median number of words), negation, contrast,
     * digits.
     */
    public static Slices of(List<String> texts) {
        int[] lengths = texts.stream()
                .mapToInt(text -> Words.split(text).size())
                .sorted()
                .toArray();
        int median = lengths.length == 0 ? 0 : lengths[lengths.length / 2];
        return new Slices(texts)
                .slice("up to " + median + " words", text -> Words.split(text).size() <= median)
                .slice(
                        "more than " + median + " words",
                        text -> Words.split(text).size() > median)
                .slice(
                        "negation",
                        text -> NEGATION.matcher(text.toLowerCase(Locale.ROOT)).find())
                .slice(
                        "contrast (but, although)",
                        text -> CONTRAST.matcher(text.toLowerCase(Locale.ROOT)).find())
                .slice("digits", text -> DIGIT.matcher(text).find());
    }

    /** Adds a slice of all texts for which something holds. */
    public Slices slice(String name, Predicate<String> holds) {
        boolean[] in = new boolean[texts.size()];
        for (int i = 0; i < in.length; i++) {
            in[i] = holds.test(texts.get(i));
        }
        slices.put(name, in);
        return this;
    }

    /** Adds a slice for each kind of text, such as its source or its gold label; one kind per text. */
    public Slices kinds(String what, List<String> kinds) {
        kinds.stream().distinct().sorted().forEach(kind -> {
            boolean[] in = new boolean[kinds.size()];
            for (int i = 0; i < in.length; i++) {
                in[i] = kinds.get(i).equals(kind);
            }
            slices.put(what + " " + kind, in);
        });
        return this;
    }

    /**
     * {@return one row per slice that holds examples: how many, the mean score with its 95 % interval, the mean of all
     * others, and whether the two differ detectably (a bootstrap of both groups' means)} With many slices one in twenty
     * will seem to differ by chance.
     *
     * @param score one score per text, such as 1 for right and 0 for wrong, or an F1
     */
    public Table table(Metric score, long seed) {
        StringColumn name = StringColumn.create("slice");
        IntColumn examples = IntColumn.create("examples");
        DoubleColumn value = DoubleColumn.create(score.name());
        StringColumn interval = StringColumn.create("95 % interval");
        DoubleColumn others = DoubleColumn.create("all others");
        StringColumn verdict = StringColumn.create("differs");
        slices.forEach((slice, in) -> {
            int[] inside = indices(in, true);
            int[] outside = indices(in, false);
            if (inside.length > 0) {
                Interval spread = Interval.bootstrap(part(score, inside), 1000, seed);
                name.append(slice);
                examples.append(inside.length);
                value.append(spread.value());
                interval.append(
                        inside.length < FEW
                                ? ""
                                : String.format(Locale.ROOT, "%.3f to %.3f", spread.low(), spread.high()));
                others.append(outside.length == 0 ? Double.NaN : score.score(outside));
                verdict.append(
                        Math.min(inside.length, outside.length) < FEW
                                ? "too few to say"
                                : GroupComparison.difference(part(score, inside), part(score, outside), seed)
                                                .contains(0)
                                        ? "not detectably"
                                        : "yes");
            }
        });
        return Table.create("slices", name, examples, value, interval, others, verdict);
    }

    /** Indices of the texts with the lowest scores, worst first; of equal ones the earlier first. */
    public static List<Integer> worst(double[] scores, int most) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            order.add(i);
        }
        order.sort((a, b) -> Double.compare(scores[a], scores[b]));
        return order.subList(0, Math.min(most, order.size()));
    }

    private static int[] indices(boolean[] in, boolean wanted) {
        int[] found = new int[in.length];
        int count = 0;
        for (int i = 0; i < in.length; i++) {
            if (in[i] == wanted) {
                found[count++] = i;
            }
        }
        return Arrays.copyOf(found, count);
    }

    private static Metric part(Metric score, int[] indices) {
        return Metric.of(
                score.name(),
                indices.length,
                sample -> score.score(Arrays.stream(sample).map(i -> indices[i]).toArray()));
    }
}
