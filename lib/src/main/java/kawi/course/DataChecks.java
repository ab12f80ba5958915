package kawi.course;

import static kawi.course.Answers.near;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import kawi.audit.DataCard;
import kawi.audit.Pronouns;
import kawi.audit.Ratio;
import kawi.corpus.Document;
import kawi.corpus.Split;
import kawi.text.Stemmer;

/** Tasks about collecting text and preparing it, of notebooks 01 and 02. */
final class DataChecks {
    private DataChecks() {}

    static Map<String, Exercises.Check> all() {
        return Map.of(
                "01.1", DataChecks::parts,
                "01.2", DataChecks::shares,
                "01.3", DataChecks::mixture,
                "01.4", DataChecks::sources,
                "01.5", Answers.explanation(),
                "02.1", DataChecks::bytes,
                "02.2", DataChecks::pairs,
                "02.3", DataChecks::vocabulary,
                "02.4", DataChecks::forms,
                "02.5", Answers.explanation());
    }

    /** A share foreseen; the documents that it is of. */
    private static String parts(Answers a) {
        double guess = a.number(0);
        List<?> documents = a.list(1);
        double share = documents.stream()
                        .filter(d -> ((Document) d).split() == Split.TRAIN)
                        .count()
                / (double) documents.size();
        return guess < 0 || guess > 1
                ? "a share lies between 0 and 1."
                : Math.abs(guess - share) > 0.04
                        ? "among these documents the share is " + (guess > share ? "smaller" : "larger")
                                + " than you foresaw."
                        : null;
    }

    /** The texts, and a share of each by the function. */
    private static String shares(Answers a) {
        List<?> texts = a.list(0);
        double[] own = a.numbers(1);
        for (int i = 0; i < texts.size(); i++) {
            String text = (String) texts.get(i);
            Pronouns p = Pronouns.in(text);
            double expected = p.she() + p.he() == 0 ? 0 : p.she() / (double) (p.she() + p.he());
            String which = text.length() < 60
                    ? "\"" + text + "\""
                    : "the text that begins \"" + text.substring(0, 40).replace('\n', ' ') + "\"";
            if (Double.isNaN(own[i])) {
                return "for " + which + " the share is no number: what if there is none of either?";
            }
            if (!near(own[i], expected, 1e-9)) {
                return "for " + which + " the share is too " + (own[i] > expected ? "large" : "small")
                        + ": which words belong to either side, and which only contain them?";
            }
        }
        return null;
    }

    /** The most bytes of a source; megabytes by source that came of it. */
    private static String mixture(Answers a) {
        a.number(0);
        Map<?, ?> bytes = a.get(1, Map.class, "megabytes by source");
        double sum = bytes.values().stream()
                .mapToDouble(v -> ((Number) v).doubleValue())
                .sum();
        double most = bytes.values().stream()
                .mapToDouble(v -> ((Number) v).doubleValue())
                .max()
                .orElse(0);
        return sum < 0.9
                ? "the sources are balanced at the cost of the text: there is less than 0.9 MB."
                : most > 0.45 * sum ? "one source still holds more than 45 % of the text." : null;
    }

    /** The source's id, or "undecided"; the card. */
    private static String sources(Answers a) {
        Map<String, DataCard.Group> by = a.get(1, DataCard.class, "a data card").bySource();
        String own = a.text(0);
        List<String> names = List.copyOf(by.keySet());
        if (!own.equals("undecided") && !by.containsKey(own)) {
            return "the answer is one of " + names + " or \"undecided\".";
        }
        Ratio first = by.get(names.get(0)).she();
        Ratio second = by.get(names.get(1)).she();
        String right =
                first.low() > second.high() ? names.get(0) : second.low() > first.high() ? names.get(1) : "undecided";
        return right.equals(own)
                ? null
                : own.equals("undecided")
                        ? "the intervals say more than that: do they overlap?"
                        : "look at the whole intervals, not at the two values in their middle.";
    }

    /** A count foreseen; the text. */
    private static String bytes(Answers a) {
        double own = a.number(0);
        String text = Normalizer.normalize(a.text(1), Normalizer.Form.NFC);
        int right = text.getBytes(StandardCharsets.UTF_8).length;
        return own == right
                ? null
                : own == text.length()
                        ? "that is the number of characters; how many bytes has each in UTF-8?"
                        : own == a.text(1).getBytes(StandardCharsets.UTF_8).length
                                ? "that is the number before NFC put the letter and its accent together."
                                : "it is " + (own > right ? "fewer." : "more.");
    }

    /** Lists of symbols, and the pair by the function for each. */
    private static String pairs(Answers a) {
        List<?> texts = a.list(0);
        List<?> own = a.list(1);
        for (int i = 0; i < texts.size(); i++) {
            List<?> symbols = (List<?>) texts.get(i);
            Map<String, Integer> counts = new TreeMap<>();
            for (int j = 0; j + 1 < symbols.size(); j++) {
                counts.merge(symbols.get(j) + " " + symbols.get(j + 1), 1, Integer::sum);
            }
            String best = null;
            for (String pair : counts.keySet()) {
                best = best == null || counts.get(pair) > counts.get(best) ? pair : best;
            }
            String mine = (String) own.get(i);
            if (mine == null) {
                return "the function gives null: nothing is written in it yet.";
            }
            if (!counts.containsKey(mine)) {
                return "'" + mine + "' is no pair of neighbours in text " + (i + 1)
                        + ": the two symbols, in their order, with one space between.";
            }
            if (!mine.equals(best)) {
                return counts.get(mine).equals(counts.get(best))
                        ? "in text " + (i + 1)
                                + " several pairs are as frequent, and another comes first in the alphabet."
                        : "in text " + (i + 1) + " another pair is more frequent than '" + mine + "'.";
            }
        }
        return null;
    }

    /** The size, bytes per token, and numbers in the table of embeddings. */
    private static String vocabulary(Answers a) {
        a.number(0);
        return a.number(1) < 2.2
                ? "a token still stands for fewer than 2.2 bytes."
                : a.number(2) > 64_000 ? "the table of embeddings has more than 64,000 numbers." : null;
    }

    /** Names of forms, from most different words to fewest; the words as written. */
    private static String forms(Answers a) {
        List<?> own = a.list(0);
        Map<String, UnaryOperator<String>> forms = new LinkedHashMap<>();
        forms.put("as written", w -> w);
        forms.put("lower case", w -> w.toLowerCase(Locale.ROOT));
        forms.put("stemmed", w -> Stemmer.stem(w.toLowerCase(Locale.ROOT)));
        if (own.size() != forms.size() || !forms.keySet().equals(new HashSet<>(own))) {
            return "the answer names each of " + forms.keySet() + " once.";
        }
        List<Integer> sizes = new ArrayList<>();
        for (Object name : own) {
            UnaryOperator<String> form = forms.get(name);
            sizes.add((int) a.list(1).stream()
                    .map(w -> form.apply((String) w))
                    .distinct()
                    .count());
        }
        for (int i = 0; i + 1 < sizes.size(); i++) {
            if (sizes.get(i) < sizes.get(i + 1)) {
                return "'" + own.get(i) + "' has fewer different words than '" + own.get(i + 1) + "'.";
            }
        }
        return null;
    }
}
