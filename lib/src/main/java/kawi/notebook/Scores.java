package kawi.notebook;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kawi.evidence.KitException;
import kawi.stats.Metric;
import kawi.stats.PValues;
import kawi.stats.PairedComparison;
import kawi.tune.Predictions;
import tech.tablesaw.api.Table;

/** Tables of what several methods score on the same examples, of what they said, and of the tests between them. */
public final class Scores {
    private Scores() {}

    /**
     * {@return a row for each method with its scores, each with its 95 % interval}
     *
     * @param methods what was scored, in the order of the rows
     * @param resamples bootstrap samples of an interval that is drawn, at least 1
     * @param seed of the intervals
     * @param metrics the scores of the first method, then those of the second, and so on
     * @throws KitException unless each method has as many scores, at least one
     */
    public static Table table(List<String> methods, int resamples, long seed, Metric... metrics) {
        if (methods.isEmpty() || metrics.length == 0 || metrics.length % methods.size() != 0) {
            throw new KitException(metrics.length + " scores do not make rows of " + methods.size()
                    + " methods: give each method as many scores as the others.");
        }
        int each = metrics.length / methods.size();
        List<String> columns = new ArrayList<>(List.of("method"));
        for (int i = 0; i < each; i++) {
            columns.add(metrics[i].name());
        }
        Tables.Rows rows = Tables.columns(columns.toArray(String[]::new));
        for (int m = 0; m < methods.size(); m++) {
            List<Object> row = new ArrayList<>(List.of(methods.get(m)));
            for (int i = 0; i < each; i++) {
                row.add(metrics[m * each + i].interval(resamples, seed));
            }
            rows.row(row.toArray());
        }
        return rows.table();
    }

    /**
     * {@return the first examples with what each method said}
     *
     * @param rows the examples
     * @param most rows at most
     */
    public static Table answers(List<Predictions.Row> rows, int most) {
        Tables.Rows table = Tables.columns("asked", "right", "untuned", "classic", "tuned");
        rows.stream().limit(most).forEach(r -> table.row(r.input(), r.answer(), r.before(), r.baseline(), r.after()));
        return table.table();
    }

    /**
     * {@return a row for each comparison of a family, its p value corrected by {@linkplain PairedComparison#holm Holm}
     * for their number, and its outcome by that}
     *
     * @param family what is compared, with the comparison as it stands alone
     */
    public static Table outcomes(Map<String, PairedComparison> family) {
        List<PairedComparison> corrected = PairedComparison.holm(List.copyOf(family.values()));
        Tables.Rows rows = Tables.columns("comparison", "difference and 95 % interval", "p, corrected", "outcome");
        int at = 0;
        for (String comparison : family.keySet()) {
            PairedComparison test = corrected.get(at++);
            rows.row(comparison, test.difference().toString(), PValues.cell(test.p()), test.outcome());
        }
        return rows.table();
    }

    /**
     * {@return which comparisons of a family ended how, by their corrected p values: the outcomes in alphabetical
     * order}
     *
     * @param family what is compared, with the comparison as it stands alone
     */
    public static Map<String, List<String>> byOutcome(Map<String, PairedComparison> family) {
        List<PairedComparison> corrected = PairedComparison.holm(List.copyOf(family.values()));
        Map<String, List<String>> ended = new TreeMap<>();
        int at = 0;
        for (String comparison : family.keySet()) {
            ended.computeIfAbsent(corrected.get(at++).outcome(), outcome -> new ArrayList<>())
                    .add(comparison);
        }
        return ended;
    }
}
