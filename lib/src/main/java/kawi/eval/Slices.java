package kawi.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import kawi.evidence.KitException;
import kawi.stats.GroupComparison;
import kawi.stats.Interval;
import kawi.stats.Metric;
import kawi.stats.PValues;
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

    private final List<String> texts;
    private final Map<String, boolean[]> slices = new LinkedHashMap<>();

    private Slices(List<String> texts) {
        this.texts = List.copyOf(texts);
    }

    /**
     * Slices of texts that English errors hide in: short and long (of the median number of words), negation, contrast,
     * digits.
     *
     * @param texts the examples' texts, in the order of the scores that will be sliced
     * @return the slices, to which others can be added
     */
    public static Slices of(List<String> texts) {
        int[] lengths = texts.stream()
                .mapToInt(text -> WhitespaceTokens.split(text).size())
                .sorted()
                .toArray();
        int median = lengths.length == 0 ? 0 : lengths[lengths.length / 2];
        return new Slices(texts)
                .slice(
                        "up to " + median + " words",
                        text -> WhitespaceTokens.split(text).size() <= median)
                .slice(
                        "more than " + median + " words",
                        text -> WhitespaceTokens.split(text).size() > median)
                .slice(
                        "negation",
                        text -> NEGATION.matcher(text.toLowerCase(Locale.ROOT)).find())
                .slice(
                        "contrast (but, although)",
                        text -> CONTRAST.matcher(text.toLowerCase(Locale.ROOT)).find())
                .slice("digits", text -> DIGIT.matcher(text).find());
    }

    /**
     * Adds a slice of all texts for which something holds.
     *
     * @param name the slice's name in the table
     * @param holds is asked of each text
     * @return this
     */
    public Slices slice(String name, Predicate<String> holds) {
        boolean[] in = new boolean[texts.size()];
        for (int i = 0; i < in.length; i++) {
            in[i] = holds.test(texts.get(i));
        }
        slices.put(name, in);
        return this;
    }

    /**
     * Adds a slice for each kind of text.
     *
     * @param what is told apart, such as "source"; it stands before the kind in the slice's name
     * @param kinds the kind of each text, in the same order
     * @return this
     * @throws KitException unless there is one kind per text
     */
    public Slices kinds(String what, List<String> kinds) {
        ModelScores.equal("Slices of texts by " + what, texts.size(), kinds.size());
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
     * {@return one row per slice that holds examples: how many, the score with its 95 % interval, the score of all
     * others, the p value, and whether the two differ detectably} The two groups are compared by a
     * {@linkplain GroupComparison#permutation permutation test} where both have {@value GroupComparison#FEWEST}
     * examples, and the p values are corrected by {@linkplain PValues#holm Holm} for the number of comparisons: of many
     * slices one in twenty would otherwise seem to differ by chance. Two slices that are each other's rest, such as
     * short and long, are one comparison.
     *
     * @param score of the texts, in the same order
     * @param seed the same seed gives the same table
     * @throws KitException for a score of more or fewer examples than there are texts
     */
    public Table table(Metric score, long seed) {
        ModelScores.equal("Slices of texts and " + score.name(), texts.size(), score.size());
        List<String> names = new ArrayList<>();
        List<Metric> parts = new ArrayList<>();
        List<GroupComparison> comparisons = new ArrayList<>();
        List<BitSet> divisions = new ArrayList<>(); // a slice and the rest of the texts are one question, asked once
        slices.forEach((slice, in) -> {
            int[] inside = indices(in, true);
            if (inside.length > 0) {
                names.add(slice);
                parts.add(score.part(inside));
                divisions.add(division(in));
                comparisons.add(GroupComparison.permutation(score, in, seed));
            }
        });
        List<BitSet> asked = divisions.stream().distinct().toList();
        double[] family = PValues.holm(asked.stream()
                .mapToDouble(each -> comparisons.get(divisions.indexOf(each)).p())
                .toArray());
        double[] p = divisions.stream()
                .mapToDouble(each -> family[asked.indexOf(each)])
                .toArray();
        StringColumn name = StringColumn.create("slice");
        IntColumn examples = IntColumn.create("examples");
        DoubleColumn value = DoubleColumn.create(score.name());
        StringColumn interval = StringColumn.create("95 % interval");
        DoubleColumn others = DoubleColumn.create("all others");
        StringColumn chance = StringColumn.create("p, corrected");
        StringColumn verdict = StringColumn.create("differs");
        for (int i = 0; i < names.size(); i++) {
            GroupComparison comparison = comparisons.get(i).corrected(p[i]);
            Interval spread = parts.get(i).interval(seed);
            name.append(names.get(i));
            examples.append(parts.get(i).size());
            value.append(spread.value());
            interval.append(spread.range());
            others.append(comparison.first());
            chance.append(PValues.cell(p[i]));
            verdict.append(
                    comparison.detectable() ? "yes" : Double.isNaN(p[i]) ? comparison.outcome() : "not detectably");
        }
        return Table.create("slices", name, examples, value, interval, others, chance, verdict);
    }

    /**
     * {@return indices of the texts with the lowest scores, worst first; of equal ones the earlier first}
     *
     * @param scores one for each text; NaN counts as higher than any number
     * @param most how many at most, 0 or more
     */
    public static List<Integer> worst(double[] scores, int most) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            order.add(i);
        }
        order.sort((a, b) -> Double.compare(scores[a], scores[b]));
        return order.subList(0, Math.min(most, order.size()));
    }

    /** The same for a slice and for the rest of the texts: the part that does not hold the first. */
    private static BitSet division(boolean[] in) {
        BitSet part = new BitSet();
        for (int i = 0; i < in.length; i++) {
            part.set(i, in[i] != in[0]);
        }
        return part;
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

    @Override
    public String toString() {
        return "slices of " + texts.size() + " examples";
    }
}
