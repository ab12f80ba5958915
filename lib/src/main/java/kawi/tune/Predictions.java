package kawi.tune;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import kawi.evidence.AtomicFile;
import kawi.evidence.KitException;

/**
 * Held-out examples with what was answered before and after tuning, one JSON object a line, so that scores and errors
 * are read again without computing anything again.
 */
public final class Predictions {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

    private Predictions() {}

    /**
     * One example's answers.
     *
     * @param id the example's id
     * @param slice the example's kind
     * @param context the text the answer is found in, or empty
     * @param input what was asked
     * @param gold acceptable answers, the first the one that is learned
     * @param before the answer without tuning
     * @param after the answer with it
     * @param baseline the classic baseline's answer
     * @param positive probability in [0, 1] of the task's last label after tuning; NaN where answers are free text
     */
    public record Row(
            String id,
            String slice,
            String context,
            String input,
            List<String> gold,
            String before,
            String after,
            String baseline,
            double positive) {
        /** {@return the answer that is learned} */
        public String answer() {
            return gold.get(0);
        }
    }

    /** Refuses a row that says nothing or whose probability is none. */
    private static Row checked(Row row) {
        if (row == null
                || row.id() == null
                || row.input() == null
                || row.gold() == null
                || row.gold().isEmpty()
                || row.before() == null
                || row.after() == null) {
            throw new IllegalArgumentException("a prediction needs an id, an input, an acceptable answer, and what was"
                    + " answered before and after tuning");
        }
        if (row.positive() < 0 || row.positive() > 1) {
            throw new IllegalArgumentException("its probability is " + row.positive() + ", which is not from 0 to 1");
        }
        return row;
    }

    /**
     * {@return rows of the examples and their answers, which stand in the same order}
     *
     * @param examples the held-out examples
     * @param before answers without tuning
     * @param after answers after tuning
     * @param baseline answers of the classic baseline
     * @param positive probability in [0, 1] of the task's last label for each example, or null
     * @throws KitException where there are not as many answers as examples
     */
    public static List<Row> rows(
            List<Example> examples, List<String> before, List<String> after, List<String> baseline, double[] positive) {
        int[] sizes = {before.size(), after.size(), baseline.size(), positive == null ? before.size() : positive.length
        };
        for (int size : sizes) {
            if (size != examples.size()) {
                throw new KitException("There are " + examples.size() + " examples and " + size
                        + " answers: answer the same examples before and after tuning and by the baseline.");
            }
        }
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < examples.size(); i++) {
            Example e = examples.get(i);
            rows.add(new Row(
                    e.id(),
                    e.slice(),
                    e.context(),
                    e.input(),
                    e.gold(),
                    before.get(i),
                    after.get(i),
                    baseline.get(i),
                    positive == null ? Double.NaN : positive[i]));
        }
        return rows;
    }

    /**
     * Writes the rows to a file of JSON lines.
     *
     * @param file the file, which is replaced as a whole
     * @param rows the rows
     * @throws KitException where it cannot be written
     */
    public static void write(Path file, List<Row> rows) {
        AtomicFile.write(file, "writing predictions", out -> {
            for (Row row : rows) {
                out.write(JSON.writeValueAsBytes(row));
                out.write('\n');
            }
        });
    }

    /**
     * {@return the rows that {@link #write} wrote}
     *
     * @param file the file
     * @throws KitException where there is no such file, or a line of it is no prediction
     */
    public static List<Row> read(Path file) {
        List<Row> rows = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                rows.add(checked(JSON.readValue(line, Row.class)));
            }
        } catch (JsonProcessingException e) {
            throw new KitException(
                    file + ", line " + (rows.size() + 1) + ", is no prediction ("
                            + e.getOriginalMessage().lines().findFirst().orElse("")
                            + "): run notebook 05-fine-tuning again.",
                    e);
        } catch (IllegalArgumentException e) {
            throw new KitException(
                    file + ", line " + (rows.size() + 1) + ", is no prediction (" + e.getMessage()
                            + "): run notebook 05-fine-tuning again.",
                    e);
        } catch (IOException e) {
            throw KitException.of(e, "reading predictions", file);
        }
        return rows;
    }
}
