package kawi.eval;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import kawi.evidence.KitException;
import kawi.evidence.WholeFile;
import kawi.readers.Catalog;
import kawi.readers.RecordLines;

/**
 * A multiple-choice benchmark: where its records lie, and how a record becomes a question. It stands in a JSON file of
 * these fields, one for each task, in {@code datasets/benchmarks}; a task of one's own is one more such file, and one
 * more source in the catalog. Templates and defaults are those of EleutherAI's lm-evaluation-harness 0.4, so that a
 * task of the one can be written down for the other.
 *
 * @param name short name
 * @param title title for people
 * @param source id of the catalog's source, a file of JSON lines
 * @param prompt template of what stands before the answer: {@code {{field}}} is replaced by a record's field,
 *     {@code {{field.strip()}}} by the same without blanks at its ends
 * @param choices the answers to choose among: the name of a field that holds an array of texts or a text of lettered
 *     lines ({@code A. one}, {@code B. two}), or an array of templates
 * @param gold name of the field that says which is right: an index from 0, a letter, the text of the choice, or that
 *     with its letter
 * @param labels what {@code gold} says for each of the choices, in their order, where it is none of these; or null
 * @param delimiter what stands between prompt and answer; a space where it is left out
 * @param separator what stands between the examples of a few-shot prompt; two line ends where it is left out
 * @param score the score by which the task is known: {@code acc} or {@code acc_norm}
 * @param published figures by others, to stand beside one's own; none where it is left out
 */
public record ChoiceTask(
        String name,
        String title,
        String source,
        String prompt,
        JsonNode choices,
        String gold,
        List<String> labels,
        String delimiter,
        String separator,
        String score,
        List<Published> published) {
    private static final ObjectReader FILE = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .withCoercionConfig(
                    LogicalType.Textual,
                    texts -> texts.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build()
            .readerFor(ChoiceTask.class);

    /**
     * A figure that others published.
     *
     * @param model which model it is of
     * @param score {@code acc} or {@code acc_norm}
     * @param value the figure, in per cent
     * @param shots examples in the prompt
     * @param where who published it, and how it was measured
     */
    public record Published(
            String model,
            String score,
            double value,
            int shots,
            @JsonProperty("where") String where) {}

    /**
     * The questions of a task.
     *
     * @param questions in the order of the records
     * @param leftOut why a record gives no question, one sentence each
     */
    public record Questions(List<ChoiceQuestion> questions, List<String> leftOut) {

        /**
         * {@return some of the questions, drawn by a seed: first those that a few-shot prompt shows, which are then not
         * asked, and behind them those that are}
         *
         * @param most how many at most, 0 or more
         * @param seed the same seed gives the same order
         */
        public List<ChoiceQuestion> drawn(int most, long seed) {
            List<ChoiceQuestion> order = new ArrayList<>(questions);
            Collections.shuffle(order, new Random(seed));
            return List.copyOf(order.subList(0, Math.min(most, order.size())));
        }
    }

    /**
     * Fills what a file leaves out.
     *
     * @param name short name
     * @param title title for people, or null
     * @param source id of the catalog's source
     * @param prompt template of what stands before the answer
     * @param choices a field's name, or an array of templates
     * @param gold name of the field that says which is right
     * @param labels what it says for each of the choices, or null
     * @param delimiter what stands between prompt and answer, or null
     * @param separator what stands between examples, or null
     * @param score {@code acc} or {@code acc_norm}, or null
     * @param published figures by others, or null
     */
    public ChoiceTask {
        title = title == null ? name : title;
        delimiter = delimiter == null ? " " : delimiter;
        separator = separator == null ? "\n\n" : separator;
        score = score == null ? "acc" : score;
        published = published == null ? List.of() : List.copyOf(published);
        labels = labels == null ? null : List.copyOf(labels);
    }

    /**
     * {@return the task that a file describes}
     *
     * @param file a JSON file of the fields of this record
     * @throws KitException where it cannot be read, lacks one of name, source, prompt, choices and gold, or has a field
     *     that no task has
     */
    public static ChoiceTask read(Path file) {
        ChoiceTask task;
        try {
            task = FILE.readValue(WholeFile.bytes(file, WholeFile.SETTINGS));
        } catch (JsonProcessingException e) {
            throw new KitException(
                    "The task " + file.getFileName() + " cannot be used: "
                            + WholeFile.fault(e)
                            + "; ChoiceTask says which fields a task has.",
                    e);
        } catch (IOException e) {
            throw KitException.of(e, "reading a task", file);
        }
        String lacking = task == null
                ? "everything"
                : task.name == null || task.name.isBlank()
                        ? "a name"
                        : task.source == null
                                ? "a source"
                                : task.prompt == null
                                        ? "a prompt"
                                        : task.gold == null
                                                ? "a gold field"
                                                : task.choices == null
                                                                || !(task.choices.isTextual()
                                                                        || task.choices.isArray()
                                                                                && task.choices.size() > 1)
                                                        ? "choices, a field's name or an array of two or more"
                                                        : null;
        if (lacking != null) {
            throw new KitException("The task " + file.getFileName() + " lacks " + lacking
                    + "; ChoiceTask says which fields a task has.");
        }
        if (!task.score.equals("acc") && !task.score.equals("acc_norm")) {
            throw new KitException(
                    "The task " + file.getFileName() + " names the score " + task.score + ": give acc or acc_norm.");
        }
        return task;
    }

    /**
     * {@return the task's questions} A record that is none, such as one whose label is unknown, is left out with a
     * sentence.
     *
     * @param catalog the catalog that has the task's source
     * @throws KitException where the source is not at hand or cut short, or none of its records is a question
     */
    public Questions questions(Catalog catalog) {
        return questions(RecordLines.read(catalog, source));
    }

    /**
     * {@return the questions of some records}
     *
     * @param records JSON objects
     * @throws KitException where none of them is a question
     */
    public Questions questions(List<JsonNode> records) {
        List<ChoiceQuestion> questions = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            try {
                questions.add(new ChoiceRecord(this, records.get(i)).question(i + 1));
            } catch (ChoiceRecord.NoQuestion e) {
                leftOut.add("Record " + (i + 1) + " of " + name + " " + e.getMessage() + ".");
            }
        }
        if (questions.isEmpty()) {
            throw new KitException("None of the " + records.size() + " records of the task " + name
                    + " is a question; the first one says why: " + leftOut.get(0)
                    + " Correct the task's templates, or its source.");
        }
        return new Questions(List.copyOf(questions), List.copyOf(leftOut));
    }

    /**
     * {@return the text before an answer: examples with their right answers, and the question}
     *
     * @param question what is asked
     * @param shots the examples, none for zero shot
     */
    public String context(ChoiceQuestion question, List<ChoiceQuestion> shots) {
        StringBuilder text = new StringBuilder();
        for (ChoiceQuestion shot : shots) {
            text.append(shot.prompt())
                    .append(delimiter)
                    .append(shot.choices().get(shot.gold()))
                    .append(separator);
        }
        return text.append(question.prompt()).toString();
    }
}
