package kawi.clean;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kawi.evidence.KitException;

/**
 * A text in which personal data is labelled by hand, and how well a search finds it.
 *
 * @param language language of the text (ISO 639-1), or "code" for what a program wrote or reads
 * @param text the text
 * @param labels what is to be found in it, in its order; empty where everything is harmless
 */
public record LabelledPii(String language, String text, List<Pii.Found> labels) {
    private static final Pattern MARK = Pattern.compile("\\[\\[(\\w+):(.*?)]]");

    /**
     * A text from its marked form.
     *
     * @param language language of the text (ISO 639-1), or "code"
     * @param marked a text in which each label stands as {@code [[email:ada@example.org]]}, with a kind of
     *     {@link Pii.Kind} in lower case
     * @return the text without the marks, and the labels
     * @throws KitException if a mark names no kind
     */
    public static LabelledPii parse(String language, String marked) {
        StringBuilder text = new StringBuilder();
        List<Pii.Found> labels = new ArrayList<>();
        int at = 0;
        for (Matcher mark = MARK.matcher(marked); mark.find(); at = mark.end()) {
            text.append(marked, at, mark.start());
            int start = text.length();
            text.append(mark.group(2));
            labels.add(new Pii.Found(kind(mark.group(1)), start, text.length(), mark.group(2)));
        }
        return new LabelledPii(language, text.append(marked.substring(at)).toString(), List.copyOf(labels));
    }

    private static Pii.Kind kind(String name) {
        try {
            return Pii.Kind.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new KitException(
                    "The mark [[" + name + ":...]] names no kind of personal data; take one of "
                            + List.of(Pii.Kind.values()).toString().toLowerCase(Locale.ROOT) + ".",
                    e);
        }
    }

    /**
     * {@return the kit's own labelled lines, invented for it: personal data of each kind and harmless lines that look
     * like it, in several languages and in code}
     */
    public static List<LabelledPii> all() {
        try (InputStream file = LabelledPii.class.getResourceAsStream("personal.tsv")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split("\t", 2))
                    .map(cells -> parse(cells[0], cells[1]))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * How well a group's labels were found. A find is right where kind, beginning and end are the label's.
     *
     * @param group kind or language
     * @param labelled labels
     * @param found finds
     * @param right finds that are a label
     */
    public record Score(String group, int labelled, int found, int right) {
        /** {@return share of the finds that are right, 0 to 1; 1 where nothing was found} */
        public double precision() {
            return found == 0 ? 1 : (double) right / found;
        }

        /** {@return share of the labels that were found, 0 to 1; 1 where there are none} */
        public double recall() {
            return labelled == 0 ? 1 : (double) right / labelled;
        }

        /** {@return harmonic mean of precision and recall, 0 to 1} */
        public double f1() {
            return labelled + found == 0 ? 1 : 2.0 * right / (labelled + found);
        }

        private Score plus(Score other) {
            return new Score(group, labelled + other.labelled, found + other.found, right + other.right);
        }
    }

    /**
     * Scores by kind, in the order of their names, and all kinds together at the end.
     *
     * @param texts labelled texts
     * @param search what is found in a text, for instance {@code Pii::find}
     * @return a score for each kind that was labelled or found, and one named "all"
     */
    public static List<Score> byKind(List<LabelledPii> texts, Function<String, List<Pii.Found>> search) {
        return scores(texts, search, (text, found) -> found.kind().name().toLowerCase(Locale.ROOT));
    }

    /**
     * Scores by language, in the order of their names, and all languages together at the end.
     *
     * @param texts labelled texts
     * @param search what is found in a text, for instance {@code Pii::find}
     * @return a score for each language in whose texts something was labelled or found, and one named "all"
     */
    public static List<Score> byLanguage(List<LabelledPii> texts, Function<String, List<Pii.Found>> search) {
        return scores(texts, search, (text, found) -> text.language());
    }

    private static List<Score> scores(
            List<LabelledPii> texts,
            Function<String, List<Pii.Found>> search,
            BiFunction<LabelledPii, Pii.Found, String> group) {
        TreeMap<String, Score> scores = new TreeMap<>();
        Score all = new Score("all", 0, 0, 0);
        for (LabelledPii text : texts) {
            List<Pii.Found> found = search.apply(text.text());
            for (Pii.Found each : text.labels()) {
                all = all.plus(add(scores, new Score(group.apply(text, each), 1, 0, 0)));
            }
            for (Pii.Found each : found) {
                all = all.plus(add(
                        scores,
                        new Score(group.apply(text, each), 0, 1, text.labels().contains(each) ? 1 : 0)));
            }
        }
        List<Score> list = new ArrayList<>(scores.values());
        list.add(all);
        return list;
    }

    private static Score add(TreeMap<String, Score> scores, Score one) {
        scores.merge(one.group(), one, Score::plus);
        return one;
    }
}
