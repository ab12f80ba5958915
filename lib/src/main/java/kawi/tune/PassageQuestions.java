package kawi.tune;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import kawi.evidence.KitException;
import kawi.readers.Catalog;
import kawi.readers.RecordLines;

/**
 * Answers people's questions about passages of Wikipedia with words of the passage, or says that it does not answer
 * them. The questions are those of SQuAD 2.0 (Rajpurkar et al. 2018) as Disfl-QA has them (Gupta et al. 2021): asked
 * again by people who correct themselves, "When no wait where did ...", as one does when speaking.
 *
 * @param shots examples that stand with their answers before each question; none for zero shot
 */
public record PassageQuestions(List<Example> shots) implements Task {
    /** What is answered where the passage does not say it. */
    public static final String NO_ANSWER = "unanswerable";

    private static final String UNKNOWN = "unknown";
    private static final int ANSWER_TOKENS = 16;

    /**
     * The task with examples in its prompt.
     *
     * @param shots examples that stand with their answers before each question; none for zero shot
     */
    public PassageQuestions {
        shots = List.copyOf(shots);
    }

    /**
     * {@return the questions of a catalog, split; the slice is "answered" or "unanswerable", and the gold answer of the
     * latter {@link #NO_ANSWER}}
     *
     * @param catalog where the source {@code disfl-qa} is
     * @param train most questions to learn from
     * @param test most questions to hold out
     * @throws KitException where the source is not at hand or cut short, or holds no question
     */
    public static Examples examples(Catalog catalog, int train, int test) {
        return Examples.split(read(RecordLines.read(catalog, "disfl-qa")), train, test);
    }

    /**
     * {@return the questions of some records, the words joined as people write them} One whose answer is not in its
     * passage is left out with its reason.
     *
     * @param records objects with passage, question and answer, which is "unknown" where there is none
     * @throws KitException where none of them is a question
     */
    static Pool read(List<JsonNode> records) {
        Pool.Gathering pool = new Pool.Gathering();
        for (JsonNode record : records) {
            String passage = Detokenized.of(record.path("passage").asText());
            String question = Detokenized.of(record.path("question").asText());
            String answer = Detokenized.of(record.path("answer").asText());
            if (passage.isEmpty() || question.isEmpty() || answer.isEmpty()) {
                pool.leaveOut("without a passage, a question or an answer");
            } else if (question.matches("(?i)(answer )?n ?/? ?a")) {
                pool.leaveOut("a question that nobody asked: n/a");
            } else if (answer.equals(UNKNOWN)) {
                pool.add(Example.of(NO_ANSWER, passage, question, List.of(NO_ANSWER)));
            } else if (passage.toLowerCase(Locale.ROOT).contains(answer.toLowerCase(Locale.ROOT))) {
                pool.add(Example.of("answered", passage, question, List.of(answer)));
            } else {
                pool.leaveOut("an answer that is not in its passage");
            }
        }
        if (pool.isEmpty()) {
            throw new KitException("None of the " + records.size() + " records has a passage, a question and an answer"
                    + " that stands in it: name another source.");
        }
        return pool.pool();
    }

    /**
     * {@return an answer as SQuAD 2.0 scores it: nothing where it says that there is none}
     *
     * @param said what was answered
     */
    public static String scored(String said) {
        String plain = said.strip().toLowerCase(Locale.ROOT);
        return plain.startsWith(NO_ANSWER) ? "" : said.strip();
    }

    @Override
    public String name() {
        return "passages";
    }

    @Override
    public String prompt(Example example) {
        StringBuilder text = new StringBuilder();
        for (Example shot : shots) {
            text.append(asked(shot)).append(completion(shot.answer())).append("\n");
        }
        return text.append(asked(example)).toString();
    }

    private static String asked(Example example) {
        return example.context() + "\nQuestion: " + example.input() + "\nAnswer:";
    }

    @Override
    public String instruction(Example example) {
        return "Answer the question with a few words copied from the text. If the text does not say it, answer \""
                + NO_ANSWER + "\".\n\nText: " + example.context() + "\n\nQuestion: " + example.input();
    }

    @Override
    public String completion(String answer) {
        return " " + answer + "\n";
    }

    @Override
    public int answerTokens() {
        return ANSWER_TOKENS;
    }

    @Override
    public LoraTuning recipe(Lora lora) {
        return LoraTuning.of(lora);
    }

    /**
     * {@return some of the questions whose passages are short: as many answered as unanswerable ones, those with the
     * fewest words first}
     *
     * @param examples questions
     * @param each how many of each kind at most
     */
    public static List<Example> shortest(List<Example> examples, int each) {
        List<Example> shortest = new ArrayList<>();
        for (boolean answered : new boolean[] {true, false}) {
            examples.stream()
                    .filter(e -> answered != e.answer().equals(NO_ANSWER))
                    .sorted(Comparator.comparingInt(
                            e -> e.context().length() + e.input().length()))
                    .limit(each)
                    .forEach(shortest::add);
        }
        return shortest;
    }
}
