package kawi.eval;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.AtomicFile;
import kawi.evidence.Draft;
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
 * All scores of an evaluation with their intervals, the comparisons between them, and what was decided on their
 * strength.
 */
public final class Scorecard {

    /**
     * One score.
     *
     * @param of what was scored
     * @param metric the score's name
     * @param interval the score with its interval, which may be undefined
     * @param examples how many examples were scored, or clusters of them
     */
    public record Score(String of, String metric, Interval interval, int examples) {}

    /**
     * One turn of the loop: what was thought, what was changed for it, what was measured, what follows.
     *
     * @param hypothesis what was thought
     * @param change what was changed for it
     * @param verdict what was measured, in a sentence
     * @param kept whether the change stays
     */
    public record Decision(String hypothesis, String change, String verdict, boolean kept) {}

    private final List<Score> entries = new ArrayList<>();
    private final List<PairedComparison> comparisons = new ArrayList<>();
    private final List<String> compared = new ArrayList<>();
    private final List<Decision> decisions = new ArrayList<>();
    private final int resamples;
    private final long seed;

    /**
     * An empty card.
     *
     * @param resamples bootstrap samples of each interval, at least 1
     * @param seed of the intervals: the same seed gives the same card
     */
    public Scorecard(int resamples, long seed) {
        this.resamples = resamples;
        this.seed = seed;
    }

    /**
     * Takes a score down; the same score taken twice (a cell run again) stands once.
     *
     * @param of what was scored, such as "sentiment, tuned"
     * @param metric its score; one of no examples stands in the table without a number
     * @return the score with its interval
     */
    public Interval add(String of, Metric metric) {
        Interval interval = metric.interval(resamples, seed);
        entries.removeIf(entry -> entry.of().equals(of) && entry.metric().equals(metric.name()));
        entries.add(new Score(of, metric.name(), interval, metric.size()));
        return interval;
    }

    /**
     * Takes a comparison down; the same one taken twice stands once.
     *
     * @param of what is compared, such as "tuned against untuned"
     * @param comparison the comparison, not yet corrected for others
     * @return its sentence for itself; the {@linkplain #comparisons table of all} corrects for their number
     */
    public String compare(String of, PairedComparison comparison) {
        for (int i = compared.size() - 1; i >= 0; i--) {
            if (compared.get(i).equals(of) && comparisons.get(i).metric().equals(comparison.metric())) {
                compared.remove(i);
                comparisons.remove(i);
            }
        }
        compared.add(of);
        comparisons.add(comparison);
        return of + ", " + comparison.verdict();
    }

    /**
     * {@return a comparison that was taken down, its p value corrected for all that were taken down so far}
     *
     * @param of what was compared, as it was given to {@link #compare}; of several scores the one taken down last
     * @throws KitException where nothing of that name was compared
     */
    public PairedComparison corrected(String of) {
        int at = compared.lastIndexOf(of);
        if (at < 0) {
            throw new KitException("Nothing was compared under the name '" + of + "': compare it first, or give one of "
                    + String.join(", ", compared) + ".");
        }
        return PairedComparison.holm(comparisons).get(at);
    }

    /**
     * Takes a decision down; one with the same hypothesis is replaced.
     *
     * @param decision what was decided
     * @return the same
     */
    public Decision decide(Decision decision) {
        decisions.removeIf(each -> each.hypothesis().equals(decision.hypothesis()));
        decisions.add(decision);
        return decision;
    }

    /** {@return one row per score} */
    public Table table() {
        Table table = Table.create(
                "scores",
                StringColumn.create("of", entries.stream().map(Score::of)),
                StringColumn.create("score", entries.stream().map(Score::metric)));
        return table.addColumns(
                DoubleColumn.create(
                        "value",
                        entries.stream().mapToDouble(e -> e.interval().value()).toArray()),
                StringColumn.create(
                        "95 % interval", entries.stream().map(e -> e.interval().range())),
                IntColumn.create(
                        "examples", entries.stream().mapToInt(Score::examples).toArray()));
    }

    /**
     * {@return one row per comparison, its scores with the decimals of their difference's interval} All comparisons of
     * the card are one family: the p values are corrected by {@linkplain PairedComparison#holm Holm}, and the verdict
     * follows the corrected ones.
     */
    public Table comparisons() {
        List<PairedComparison> corrected = PairedComparison.holm(comparisons);
        return Table.create(
                "comparisons",
                StringColumn.create("of", compared),
                StringColumn.create("score", comparisons.stream().map(PairedComparison::metric)),
                StringColumn.create(
                        "before", comparisons.stream().map(c -> c.difference().rounded(c.before()))),
                StringColumn.create(
                        "after", comparisons.stream().map(c -> c.difference().rounded(c.after()))),
                StringColumn.create(
                        "difference, 95 % interval",
                        comparisons.stream().map(c -> c.difference().range())),
                StringColumn.create("p", comparisons.stream().map(c -> PValues.cell(c.p()))),
                StringColumn.create("p, corrected", corrected.stream().map(c -> PValues.cell(c.p()))),
                StringColumn.create("verdict", corrected.stream().map(PairedComparison::outcome)));
    }

    /** {@return one row per decision} */
    public Table decisions() {
        return Table.create(
                "decisions",
                StringColumn.create("hypothesis", decisions.stream().map(Decision::hypothesis)),
                StringColumn.create("change", decisions.stream().map(Decision::change)),
                StringColumn.create("verdict", decisions.stream().map(Decision::verdict)),
                StringColumn.create("decision", decisions.stream().map(d -> d.kept() ? "kept" : "not kept")));
    }

    /**
     * Writes everything as JSON: scores, comparisons, decisions; a number that does not exist is null.
     *
     * @param file is written anew
     * @throws KitException if it cannot be written
     */
    public void write(Path file) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put(
                "scores",
                entries.stream()
                        .map(e -> {
                            Map<String, Object> score = new LinkedHashMap<>();
                            score.put("of", e.of());
                            score.put("metric", e.metric());
                            score.put("interval", json(e.interval()));
                            score.put("examples", e.examples());
                            return score;
                        })
                        .toList());
        List<PairedComparison> corrected = PairedComparison.holm(comparisons);
        List<Map<String, Object>> pairs = new ArrayList<>();
        for (int i = 0; i < compared.size(); i++) {
            PairedComparison c = comparisons.get(i);
            Map<String, Object> numbers = new LinkedHashMap<>();
            numbers.put("metric", c.metric());
            numbers.put("before", number(c.before()));
            numbers.put("after", number(c.after()));
            numbers.put("difference", json(c.difference()));
            numbers.put("p", number(c.p()));
            numbers.put("p corrected", number(corrected.get(i).p()));
            numbers.put("test", c.test());
            numbers.put("examples", c.examples());
            pairs.add(Map.of(
                    "of",
                    compared.get(i),
                    "comparison",
                    numbers,
                    "verdict",
                    corrected.get(i).verdict()));
        }
        all.put("comparisons", pairs);
        all.put("decisions", decisions);
        AtomicFile.write(file, "writing the scores", out -> {
            out.write(new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                    .writeValueAsBytes(all));
            out.write('\n');
        });
    }

    /**
     * Puts scores and tables into an artifact: {@code scores.json}, {@code decisions.jsonl} with a decision on each
     * line, the same to be read in {@code decisions.md}, and a metric for each score that exists.
     *
     * @param draft the artifact in the making
     * @throws KitException if it cannot be written
     */
    public void record(Draft draft) {
        write(draft.file("scores.json"));
        StringBuilder log = new StringBuilder("# Decision log\n");
        decisions.forEach(d -> log.append("\n- Hypothesis: ")
                .append(d.hypothesis())
                .append("\n  - Change: ")
                .append(d.change())
                .append("\n  - Verdict: ")
                .append(d.verdict())
                .append("\n  - Decision: ")
                .append(d.kept() ? "kept" : "not kept")
                .append('\n'));
        AtomicFile.write(draft.file("decisions.md"), "writing the decision log", log);
        AtomicFile.write(draft.file("decisions.jsonl"), "writing the decision log", out -> {
            for (Decision decision : decisions) {
                out.write(new ObjectMapper().writeValueAsBytes(decision));
                out.write('\n');
            }
        });
        for (Score e : entries) {
            String name = e.of() + ": " + e.metric();
            if (!Double.isFinite(e.interval().value())) {
                continue; // the table of scores says that there is none
            }
            if (!e.interval().defined()) {
                draft.metric(name, e.interval().value());
            } else {
                draft.metric(
                        name,
                        e.interval().value(),
                        e.interval().low(),
                        e.interval().high());
            }
        }
        draft.table("All scores", table()).table("Comparisons", comparisons()).table("Decisions", decisions());
    }

    /** A number that does not exist is null in JSON. */
    private static Double number(double value) {
        return Double.isFinite(value) ? value : null;
    }

    private static Map<String, Object> json(Interval interval) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("value", number(interval.value()));
        json.put("low", number(interval.low()));
        json.put("high", number(interval.high()));
        if (!interval.defined()) {
            json.put("undefined", interval.reason());
        }
        return json;
    }
}
