package kawi.eval;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.tune.Example;
import kawi.tune.PassageQuestions;
import kawi.tune.Tuned;

/**
 * Asks a question of a long context window by window, as readers of SQuAD do (Devlin et al. 2019, whose windows have
 * 384 tokens, 128 apart): windows of equal length that overlap, an answer from each, and of the answers that say
 * something the likeliest a byte, given its window. Where no window answers, the question has no answer.
 *
 * @param words words of a window, parted by blanks, at least 1
 * @param stride words from the beginning of one window to that of the next, from 1 to {@code words}
 */
public record QuestionWindows(int words, int stride) {
    /**
     * Checks the numbers.
     *
     * @param words words of a window, at least 1
     * @param stride words from one window's beginning to the next's, from 1 to {@code words}
     * @throws KitException if one is outside its range
     */
    public QuestionWindows {
        if (words < 1 || stride < 1 || stride > words) {
            throw new KitException("Windows of " + words + " words, " + stride + " apart, do not cover a text: give a"
                    + " window of at least one word and a stride from 1 to that.");
        }
    }

    /** Gives an answer to each of some questions. */
    public interface Answerer {
        /**
         * {@return an answer to each question}
         *
         * @param questions what is asked
         */
        List<String> answers(List<Example> questions);
    }

    /** Says how likely each of some answers is. */
    public interface Scorer {
        /**
         * {@return the nats that an answer takes after its question}
         *
         * @param questions what is asked
         * @param answers an answer to each
         */
        double[] nats(List<Example> questions, List<String> answers);
    }

    /**
     * {@return the question with each window of its context; itself where the context fits}
     *
     * @param question a question with a context
     */
    public List<Example> of(Example question) {
        String[] all = question.context().strip().split("\\s+");
        if (all.length <= words) {
            return List.of(question);
        }
        List<Example> windows = new ArrayList<>();
        for (int from = 0; from == 0 || from + words - stride < all.length; from += stride) {
            String part = String.join(" ", List.of(all).subList(from, Math.min(all.length, from + words)));
            windows.add(Example.of(question.slice(), part, question.input(), question.gold()));
        }
        return windows;
    }

    /**
     * {@return an answer to each question by a model}
     *
     * @param reader the model, tuned or prompted with examples
     * @param questions what is asked
     * @param progress hears of the windows read
     */
    public List<String> answers(Tuned reader, List<Example> questions, Progress progress) {
        return answers(questions, windows -> reader.predict(windows, progress), (windows, said) -> {
            reader.putInPlace();
            List<Continuations.Request> requests = new ArrayList<>();
            for (int i = 0; i < said.size(); i++) {
                requests.add(
                        new Continuations.Request(reader.task().prompt(windows.get(i)), List.of(" " + said.get(i))));
            }
            double[][] nats = Continuations.of(reader.base()).nats(requests, Progress.NONE);
            double[] each = new double[nats.length];
            for (int i = 0; i < each.length; i++) {
                each[i] = nats[i][0];
            }
            return each;
        });
    }

    /**
     * {@return an answer to each question}
     *
     * @param questions what is asked
     * @param answerer answers from one window
     * @param scorer asked only where several windows of a question have an answer
     */
    public List<String> answers(List<Example> questions, Answerer answerer, Scorer scorer) {
        List<List<Example>> windows = questions.stream().map(this::of).toList();
        List<String> said =
                answerer.answers(windows.stream().flatMap(List::stream).toList());
        List<String> best = new ArrayList<>();
        int at = 0;
        for (List<Example> parts : windows) {
            List<Example> asked = new ArrayList<>();
            List<String> found = new ArrayList<>();
            for (Example part : parts) {
                String answer = said.get(at++);
                if (!PassageQuestions.scored(answer).isEmpty()) {
                    asked.add(part);
                    found.add(answer);
                }
            }
            best.add(found.isEmpty() ? PassageQuestions.NO_ANSWER : likeliest(asked, found, scorer));
        }
        return best;
    }

    private static String likeliest(List<Example> asked, List<String> found, Scorer scorer) {
        if (found.size() == 1) {
            return found.get(0);
        }
        double[] nats = scorer.nats(asked, found);
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < nats.length; i++) {
            double each = nats[i] / found.get(i).getBytes(StandardCharsets.UTF_8).length;
            if (each < least) {
                least = each;
                best = i;
            }
        }
        return found.get(best);
    }
}
