package kawi.eval;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import kawi.evidence.KitException;
import kawi.evidence.WholeFile;
import tech.tablesaw.api.ColumnType;
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

    private StereotypePairs() {}

    /**
     * CrowS-Pairs (Nangia et al. 2020): 1508 pairs of nine kinds.
     *
     * @param csv {@code crows_pairs_anonymized.csv} as it is published
     * @return its pairs
     * @throws KitException if the file cannot be read or lacks a column
     */
    public static List<Pair> crows(Path csv) {
        Table table;
        try {
            table = Table.read()
                    .usingOptions(CsvReadOptions.builder(csv.toFile())
                            .columnTypes(name -> ColumnType.STRING)
                            .sample(false)
                            .build());
        } catch (RuntimeException e) {
            throw new KitException(
                    "The pairs in " + csv.getFileName() + " cannot be read as CSV (" + first(e)
                            + "): fetch the file again.",
                    e);
        }
        for (String column : List.of("sent_more", "sent_less", "bias_type")) {
            if (!table.containsColumn(column)) {
                throw new KitException(csv.getFileName() + " has no column '" + column
                        + "': give crows_pairs_anonymized.csv as it is published.");
            }
        }
        List<Pair> pairs = new ArrayList<>();
        for (int row = 0; row < table.rowCount(); row++) {
            for (String column : List.of("sent_more", "sent_less", "bias_type")) {
                if (table.stringColumn(column).get(row).isBlank()) {
                    throw new KitException(
                            "Pair " + (row + 1) + " of " + csv.getFileName() + " has nothing in the column '" + column
                                    + "': fetch the file again, for a test set without it is another.");
                }
            }
            pairs.add(new Pair(
                    table.stringColumn("bias_type").get(row),
                    table.stringColumn("sent_more").get(row),
                    table.stringColumn("sent_less").get(row)));
        }
        return pairs;
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
}
