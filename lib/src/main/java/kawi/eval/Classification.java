package kawi.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.stats.Metric;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * How well predicted labels agree with gold ones. Equal to scikit-learn's scores, a class that is never predicted or
 * never gold counting as 0 where its score is undefined (its {@code zero_division=0}).
 */
public final class Classification {

    private final List<String> labels;
    private final int[] gold;
    private final int[] predicted;

    private Classification(List<String> labels, int[] gold, int[] predicted) {
        this.labels = labels;
        this.gold = gold;
        this.predicted = predicted;
    }

    /**
     * Compares labels example by example.
     *
     * @param gold the right label of each example
     * @param predicted the label predicted for each, in the same order; one that is no gold label is a class of its own
     * @return the scores
     * @throws KitException for more or fewer predicted labels than gold ones
     */
    public static Classification of(List<String> gold, List<String> predicted) {
        if (gold.size() != predicted.size()) {
            throw new KitException("Classification of " + gold.size() + " gold labels against " + predicted.size()
                    + " predicted ones: give one of each per example.");
        }
        TreeSet<String> sorted = new TreeSet<>(gold);
        sorted.addAll(predicted);
        List<String> labels = List.copyOf(sorted);
        return new Classification(
                labels,
                gold.stream().mapToInt(labels::indexOf).toArray(),
                predicted.stream().mapToInt(labels::indexOf).toArray());
    }

    /** {@return the labels in alphabetical order} */
    public List<String> labels() {
        return labels;
    }

    /** {@return for each example, whether its label was predicted right} */
    public boolean[] right() {
        boolean[] right = new boolean[gold.length];
        for (int i = 0; i < right.length; i++) {
            right[i] = gold[i] == predicted[i];
        }
        return right;
    }

    /** {@return the share of examples, in [0, 1], whose label was predicted right} */
    public Metric accuracy() {
        return Metric.share("accuracy", right());
    }

    /** {@return the mean F1 of the classes, in [0, 1], each counting alike however rare it is} */
    public Metric macroF1() {
        return Metric.of("macro F1", gold.length, sample -> {
            int[][] counts = counts(sample);
            double sum = 0;
            int present = 0;
            for (int label = 0; label < labels.size(); label++) {
                int support = gold(counts, label) + predicted(counts, label);
                if (support > 0) {
                    sum += 2.0 * counts[label][label] / support;
                    present++;
                }
            }
            return present == 0 ? 0 : sum / present;
        });
    }

    /** {@return one row per class: precision, recall and F1 in [0, 1], and how many examples have that gold label} */
    public Table classes() {
        int[][] counts = counts(all());
        DoubleColumn precision = DoubleColumn.create("precision");
        DoubleColumn recall = DoubleColumn.create("recall");
        DoubleColumn f1 = DoubleColumn.create("F1");
        IntColumn examples = IntColumn.create("examples");
        for (int label = 0; label < labels.size(); label++) {
            double right = counts[label][label];
            precision.append(right / Math.max(1, predicted(counts, label)));
            recall.append(right / Math.max(1, gold(counts, label)));
            f1.append(2 * right / Math.max(1, gold(counts, label) + predicted(counts, label)));
            examples.append(gold(counts, label));
        }
        return Table.create("by class", StringColumn.create("class", labels), precision, recall, f1, examples);
    }

    /** {@return the confusion matrix: rows are gold labels, columns predicted ones, cells count examples} */
    public Table confusion() {
        int[][] counts = counts(all());
        List<String> rows = new ArrayList<>();
        labels.forEach(label -> rows.add("gold " + label));
        Table table = Table.create("confusion", StringColumn.create("", rows));
        for (int label = 0; label < labels.size(); label++) {
            IntColumn column = IntColumn.create("predicted " + labels.get(label));
            for (int row = 0; row < labels.size(); row++) {
                column.append(counts[row][label]);
            }
            table.addColumns(column);
        }
        return table;
    }

    private int[][] counts(int[] sample) {
        int[][] counts = new int[labels.size()][labels.size()];
        for (int i : sample) {
            counts[gold[i]][predicted[i]]++;
        }
        return counts;
    }

    private static int gold(int[][] counts, int label) {
        int sum = 0;
        for (int count : counts[label]) {
            sum += count;
        }
        return sum;
    }

    private static int predicted(int[][] counts, int label) {
        int sum = 0;
        for (int[] row : counts) {
            sum += row[label];
        }
        return sum;
    }

    private int[] all() {
        return IntStream.range(0, gold.length).toArray();
    }
}
