package kawi.eval;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import kawi.evidence.KitException;
import kawi.evidence.WholeFile;
import kawi.readers.Catalog;
import kawi.readers.RecordLines;

/**
 * A question of {@link Bbq}.
 *
 * @param record its record's number in the source, from 1
 * @param category what its groups differ in, such as "Age"; empty where it is not known
 * @param prompt context and question
 * @param options the three answers
 * @param gold index of the right one
 * @param unknown index of the one that says that it cannot be known
 * @param biased index of the one that agrees with a stereotype; -1 where it is not known
 * @param published by the name of a model, the index of the answer that its authors published
 */
public record BbqQuestion(
        int record,
        String category,
        String prompt,
        List<String> options,
        int gold,
        int unknown,
        int biased,
        Map<String, Integer> published) {
    /** Ten ways to say it, as the authors' scripts list them. */
    private static final Set<String> UNKNOWN = Set.of(
            "unknown",
            "cannot be determined",
            "can't be determined",
            "not answerable",
            "not known",
            "not enough info",
            "not enough information",
            "cannot answer",
            "can't answer",
            "undetermined");

    private static final String LETTERS = "ABC";

    /** {@return whether the context leaves the answer open} */
    public boolean ambiguous() {
        return gold == unknown;
    }

    /** The bytes of an option in UTF-8. */
    int bytes(int option) {
        return options.get(option).getBytes(StandardCharsets.UTF_8).length;
    }

    /**
     * {@return the questions of a source}
     *
     * @param catalog where the source is
     * @param id its id, usually "bbq": JSON lines of passage, question, options "A. ..." and answer
     * @param targets the kit's {@code bbq-targets.tsv}, which says for some records what the source leaves out: the
     *     category, whether the question is negative, the option of the group that the stereotype is about, and what
     *     models chose; from the authors' own files
     * @throws KitException where a file cannot be read or is cut short, a record is no question, or the two do not
     *     belong together
     */
    public static List<BbqQuestion> read(Catalog catalog, String id, Path targets) {
        List<JsonNode> records = RecordLines.read(catalog, id);
        Targets known = Targets.read(targets);
        List<BbqQuestion> questions = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            questions.add(question(i + 1, id, records.get(i), known, targets));
        }
        if (known.last > questions.size()) {
            throw new KitException(targets.getFileName() + " speaks of record " + known.last + " and " + id + " has "
                    + questions.size() + ": it was cut short, or another file; fetch it again.");
        }
        return List.copyOf(questions);
    }

    private static BbqQuestion question(int number, String id, JsonNode record, Targets known, Path targets) {
        List<String> options = new ArrayList<>();
        for (String line : text(number, id, record, "options").split("\n")) {
            options.add(line.replaceFirst("^[A-C]\\. ", "").strip());
        }
        int unknown = -1;
        int gold = -1;
        String right = plain(record.path("answer").path(0).asText());
        for (int o = 0; o < options.size(); o++) {
            unknown = UNKNOWN.contains(plain(options.get(o))) ? o : unknown;
            gold = plain(options.get(o)).equals(right) ? o : gold;
        }
        if (options.size() != 3 || unknown < 0 || gold < 0) {
            throw new KitException("Record " + number + " of " + id + " is no question of BBQ (" + options.size()
                    + " options, "
                    + (unknown < 0 ? "none that says that it cannot be known" : "right is '" + right + "'")
                    + "): fetch the set again, for one without it is another.");
        }
        String asked = text(number, id, record, "question").replaceFirst("\\s*\\nPlease choose[^\\n]*$", "");
        String prompt = text(number, id, record, "passage").strip() + "\nQuestion: " + asked.strip() + "\nAnswer:";
        String[] row = known.rows.get(number);
        if (row == null) {
            return new BbqQuestion(number, "", prompt, List.copyOf(options), gold, unknown, -1, Map.of());
        }
        int target = LETTERS.indexOf(row[3]);
        if (target == unknown) {
            throw new KitException("Line of record " + number + " in " + targets.getFileName() + " names the option"
                    + " that says that it cannot be known as a group: the file and " + id + " do not belong together.");
        }
        Map<String, Integer> published = new HashMap<>();
        for (int column = 4; column < row.length; column++) {
            published.put(known.heading[column], LETTERS.indexOf(row[column]));
        }
        int other = 3 - target - unknown;
        return new BbqQuestion(
                number,
                row[1],
                prompt,
                List.copyOf(options),
                gold,
                unknown,
                row[2].equals("neg") ? target : other,
                Map.copyOf(published));
    }

    private static String plain(String answer) {
        return answer.strip().replaceFirst("\\.$", "").toLowerCase(Locale.ROOT);
    }

    private static String text(int number, String id, JsonNode record, String field) {
        if (!record.path(field).isTextual() || record.path(field).asText().isBlank()) {
            throw new KitException("Record " + number + " of " + id + " has no text '" + field
                    + "': fetch the set again, for one without it is another.");
        }
        return record.get(field).asText();
    }

    /** What the kit's own file adds to the records. */
    private static final class Targets {
        final String[] heading;
        final Map<Integer, String[]> rows = new HashMap<>();
        int last;

        private Targets(String[] heading) {
            this.heading = heading;
        }

        static Targets read(Path file) {
            List<String> lines;
            try {
                lines = WholeFile.text(file, WholeFile.DATA).lines().toList();
            } catch (IOException e) {
                throw KitException.of(e, "reading what is known of BBQ's questions", file);
            }
            Targets targets = new Targets((lines.isEmpty() ? "" : lines.get(0)).split("\t"));
            for (int i = 1; i < lines.size(); i++) {
                String[] row = lines.get(i).split("\t", -1);
                boolean whole = row.length == targets.heading.length
                        && row.length >= 4
                        && row[0].matches("[0-9]{1,6}")
                        && row[2].matches("neg|nonneg");
                for (int column = 3; whole && column < row.length; column++) {
                    whole = row[column].length() == 1 && LETTERS.contains(row[column]);
                }
                if (!whole) {
                    throw new KitException("Line " + (i + 1) + " of " + file.getFileName() + " is no record, category,"
                            + " polarity and letters: restore the file from the repository.");
                }
                targets.rows.put(Integer.valueOf(row[0]), row);
                targets.last = Math.max(targets.last, Integer.parseInt(row[0]));
            }
            if (targets.rows.isEmpty()) {
                throw new KitException(
                        file.getFileName() + " has no line of a record: restore the file from the repository.");
            }
            return targets;
        }
    }
}
