package kawi.clean;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import kawi.corpus.Document;
import kawi.evidence.KitException;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * A step made of rules, each a measure of the text and the range it must lie in. A document is dropped by the first
 * rule it breaks. The thresholds are data: they can be listed, moved and compared.
 */
public final class RuleFilter implements Step {
    /**
     * One rule.
     *
     * @param measure what is measured
     * @param low smallest value allowed, or null
     * @param high largest value allowed, or null
     * @param of measures a document, from features that are counted once for all rules; by these alone, and on several
     *     threads at once
     */
    public record Rule(String measure, Double low, Double high, ToDoubleFunction<TextFeatures> of) {
        boolean allows(double value) {
            return (low == null || value >= low) && (high == null || value <= high);
        }
    }

    /**
     * A document that one filter keeps and another drops.
     *
     * @param document the document
     * @param keptBefore whether the first of the two filters keeps it; the other does the opposite
     * @param reason why the filter that drops it does so, as {@link Rejected#reason} says it
     */
    public record Flip(Document document, boolean keptBefore, String reason) {}

    /** Which documents the rules hold for, and how that is said. */
    private record Scope(String said, Predicate<Document> covers) {}

    private final String name;
    private final String published; // where its rules are from; null where they are somebody's own
    private final List<Rule> rules;
    private final String language;
    private final List<Scope> scopes;

    /**
     * A filter of these rules, for every document; words are what white space separates.
     *
     * @param name what the step is called in tables
     * @param rules the rules, in the order in which they are tried
     */
    public RuleFilter(String name, List<Rule> rules) {
        this(name, null, rules, null, List.of());
    }

    private RuleFilter(String name, String published, List<Rule> rules, String language, List<Scope> scopes) {
        this.name = name;
        this.published = published;
        this.rules = List.copyOf(rules);
        this.language = language;
        this.scopes = List.copyOf(scopes);
    }

    /** {@return a filter whose rules this text tells from all others of the name: where they are from} */
    static RuleFilter published(String name, String published, List<Rule> rules) {
        return new RuleFilter(name, published, rules, null, List.of());
    }

    /**
     * {@return the same filter for texts in a language: their words are cut as it demands, see {@link TextFeatures}}
     * The bounds stay.
     *
     * @param language ISO 639-1 or 639-3 code, such as {@code th}
     */
    public RuleFilter in(String language) {
        return new RuleFilter(name, published, rules, language, scopes);
    }

    /**
     * {@return the same filter for some documents only; it keeps the others unread} What was said before holds as well:
     * a document must fit all of it to be judged.
     *
     * @param said which documents they are, in words for tables, for example {@code prose}
     * @param covers holds for a document that is judged; by the document alone, and on several threads at once
     */
    public RuleFilter only(String said, Predicate<Document> covers) {
        return only(null, said, covers);
    }

    private RuleFilter only(String origin, String said, Predicate<Document> covers) {
        List<Scope> more = new ArrayList<>(scopes);
        more.add(new Scope(said, covers));
        return new RuleFilter(name, origin, rules, language, more);
    }

    /**
     * {@return the same filter for all genres but these, whose documents it keeps unread: a rule that was made for
     * prose says nothing of a reference manual}
     *
     * @param genres genres, as documents name them; a document without a genre is judged
     * @throws KitException where no genre is named
     */
    public RuleFilter except(String... genres) {
        if (genres.length == 0) {
            throw new KitException("The filter " + name + " is to leave out no genre: name at least one.");
        }
        Set<String> spared = Set.of(genres);
        return only(
                published,
                "except " + String.join(", ", genres),
                document -> document.genre() == null || !spared.contains(document.genre()));
    }

    @Override
    public String name() {
        return name;
    }

    /** {@return the rules, in the order in which they are tried} */
    public List<Rule> rules() {
        return rules;
    }

    /**
     * {@return the same filter with other bounds for one measure; null is no bound}
     *
     * @param measure the measure's name
     * @param low smallest value allowed, or null
     * @param high largest value allowed, or null
     * @throws KitException where the filter has no such measure
     */
    public RuleFilter move(String measure, Double low, Double high) {
        if (rules.stream().noneMatch(rule -> rule.measure().equals(measure))) {
            throw new KitException(name + " does not measure " + measure + "; it measures "
                    + String.join(", ", rules.stream().map(Rule::measure).toList()) + ".");
        }
        return new RuleFilter(
                name,
                published,
                rules.stream()
                        .map(rule -> rule.measure().equals(measure) ? new Rule(measure, low, high, rule.of()) : rule)
                        .toList(),
                language,
                scopes);
    }

    /**
     * {@return every measure of a text}
     *
     * @param text a text
     */
    public Map<String, Double> measures(String text) {
        TextFeatures features = new TextFeatures(text, language);
        Map<String, Double> measures = new LinkedHashMap<>();
        rules.forEach(rule -> measures.put(rule.measure(), rule.of().applyAsDouble(features)));
        return measures;
    }

    /**
     * {@return the verdict on one text alone}
     *
     * @param document a document; one whose measure is not a number breaks a rule that has a bound, and one that the
     *     filter is not for is kept
     */
    public Verdict judge(Document document) {
        if (!scopes.stream().allMatch(scope -> scope.covers().test(document))) {
            return new Verdict.Keep(document);
        }
        TextFeatures features = new TextFeatures(document.text(), language);
        for (Rule rule : rules) {
            double value = rule.of().applyAsDouble(features);
            if (!rule.allows(value)) {
                return new Verdict.Drop(rule.measure(), value, rule.low(), rule.high(), null);
            }
        }
        return new Verdict.Keep(document);
    }

    /**
     * {@return the documents on which this filter and another disagree}
     *
     * @param documents documents to judge by both
     * @param other the other filter
     */
    public List<Flip> flips(Iterable<Document> documents, RuleFilter other) {
        List<Flip> flips = new ArrayList<>();
        for (Document document : documents) {
            Verdict mine = judge(document);
            Verdict theirs = other.judge(document);
            if (mine.getClass() != theirs.getClass()) {
                Verdict.Drop drop = (Verdict.Drop) (mine instanceof Verdict.Drop ? mine : theirs);
                flips.add(new Flip(
                        document,
                        mine instanceof Verdict.Keep,
                        new Rejected(name, drop.measure(), drop.value(), drop.low(), drop.high(), null, document)
                                .reason()));
            }
        }
        return flips;
    }

    /**
     * {@return where the rules are from, their bounds, language and scope; null where one is a function of one's own}
     */
    @Override
    public String settings() {
        if (published == null) {
            return null;
        }
        StringBuilder all = new StringBuilder(published).append(", ").append(language);
        rules.forEach(rule -> all.append(", ")
                .append(rule.measure())
                .append(' ')
                .append(rule.low())
                .append(' ')
                .append(rule.high()));
        scopes.forEach(scope -> all.append(", ").append(scope.said()));
        return all.toString();
    }

    @Override
    public boolean independent() {
        return true;
    }

    @Override
    public Pass begin() {
        return this::judge;
    }

    /** {@return the rules as a table; its name says which documents they are for, where it is not every one} */
    public Table table() {
        Table table = Table.create(
                called(), StringColumn.create("measure", rules.stream().map(Rule::measure)));
        DoubleColumn low = DoubleColumn.create("at least", rules.size());
        DoubleColumn high = DoubleColumn.create("at most", rules.size());
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).low() != null) {
                low.set(i, rules.get(i).low());
            }
            if (rules.get(i).high() != null) {
                high.set(i, rules.get(i).high());
            }
        }
        return table.addColumns(low, high);
    }

    @Override
    public String toString() {
        return "filter " + called() + " of " + rules.size() + " rules";
    }

    private String called() {
        StringBuilder called = new StringBuilder(name);
        scopes.forEach(scope -> called.append(", ").append(scope.said()));
        return called.toString();
    }
}
