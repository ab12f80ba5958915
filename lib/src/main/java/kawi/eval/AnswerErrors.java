package kawi.eval;

import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.tune.Example;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * What systems did that should have answered with words of a text: gave the answer, too much or too little of it,
 * another place of the text, or words that do not stand there. Answers are compared as SQuAD does
 * ({@link SquadScore#normalize}), word by word.
 */
public final class AnswerErrors {

    /** What an answer is, beside the right one and its text; of several that fit, the first here. */
    public enum Kind {
        /** The same words. */
        RIGHT("the answer"),
        /** No word at all. */
        NOTHING("nothing"),
        /** The right words in a row, and others before or behind. */
        MORE("the answer and more"),
        /** Some of the right words, in a row. */
        PART("a part of it"),
        /** Words that stand in the text in a row, elsewhere or reaching too far to one side only. */
        ELSEWHERE("another place of the text"),
        /** Words that do not stand in the text like that. */
        INVENTED("not in the text");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    private AnswerErrors() {}

    /**
     * {@return what an answer is}
     *
     * @param question with its text and the right answers, of which the one that speaks best for the answer counts
     * @param said what was answered
     */
    public static Kind kind(Example question, String said) {
        Kind best = Kind.INVENTED;
        for (String right : question.gold()) {
            Kind each = kind(words(question.context()), words(right), words(said));
            best = each.compareTo(best) < 0 ? each : best;
        }
        return best;
    }

    private static Kind kind(String text, String right, String said) {
        if (said.equals(right)) {
            return Kind.RIGHT;
        } else if (said.isBlank()) {
            return Kind.NOTHING;
        } else if (!right.isBlank() && said.contains(right)) {
            return Kind.MORE;
        } else if (right.contains(said)) {
            return Kind.PART;
        }
        return text.contains(said) ? Kind.ELSEWHERE : Kind.INVENTED;
    }

    /** Normalised words with a blank around each, so that one holds another only as whole words. */
    private static String words(String text) {
        return " " + SquadScore.normalize(text) + " ";
    }

    /**
     * {@return a row for each kind of answer that occurs, a column with its number for each system}
     *
     * @param questions what was asked, each with its text and its right answers
     * @param said by system, in its column's order, an answer to each question
     * @throws KitException for more or fewer answers than questions
     */
    public static Table table(List<Example> questions, Map<String, List<String>> said) {
        int[][] counts = new int[said.size()][Kind.values().length];
        int system = 0;
        for (List<String> answers : said.values()) {
            ModelScores.equal("Questions and their answers", questions.size(), answers.size());
            for (int i = 0; i < answers.size(); i++) {
                counts[system][kind(questions.get(i), answers.get(i)).ordinal()]++;
            }
            system++;
        }
        StringColumn kinds = StringColumn.create("what was written");
        List<IntColumn> numbers = said.keySet().stream().map(IntColumn::create).toList();
        for (Kind kind : Kind.values()) {
            boolean occurs = false;
            for (int[] each : counts) {
                occurs |= each[kind.ordinal()] > 0;
            }
            if (occurs) {
                kinds.append(kind.toString());
                for (int i = 0; i < counts.length; i++) {
                    numbers.get(i).append(counts[i][kind.ordinal()]);
                }
            }
        }
        Table table = Table.create().addColumns(kinds);
        numbers.forEach(table::addColumns);
        return table;
    }
}
