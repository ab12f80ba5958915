package kawi.eval;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.stats.Metric;

/**
 * Exact match and word F1 of short answers, by the rules of SQuAD v1.1 (Rajpurkar et al. 2016): lower case, without
 * ASCII punctuation and articles; where there are several gold answers, the best one counts.
 */
public final class SquadScore {

    private static final Pattern PUNCTUATION = Pattern.compile("[!-/:-@\\[-`{-~]");
    private static final Pattern ARTICLES = Pattern.compile("(?<![\\p{L}\\p{N}_])(?:a|an|the)(?![\\p{L}\\p{N}_])");

    private final double[] exact;
    private final double[] f1;

    private SquadScore(double[] exact, double[] f1) {
        this.exact = exact;
        this.f1 = f1;
    }

    /**
     * Scores one answer per question.
     *
     * @param answers what was answered
     * @param golds for each question one or more right answers, in the same order
     * @return both scores
     * @throws KitException unless there is a list of at least one right answer for each answer
     */
    public static SquadScore of(List<String> answers, List<List<String>> golds) {
        if (answers.size() != golds.size()) {
            throw new KitException("SQuAD score of " + answers.size() + " answers against " + golds.size()
                    + " gold answers: give one list of gold answers per answer.");
        }
        ModelScores.present("SQuAD score", "gold answer", golds);
        double[] exact = new double[answers.size()];
        double[] f1 = new double[answers.size()];
        for (int i = 0; i < exact.length; i++) {
            for (String gold : golds.get(i)) {
                exact[i] = Math.max(exact[i], exact(answers.get(i), gold) ? 1 : 0);
                f1[i] = Math.max(f1[i], f1(answers.get(i), gold));
            }
        }
        return new SquadScore(exact, f1);
    }

    /**
     * Scores one answer per question by the rules of SQuAD 2.0 (Rajpurkar et al. 2018): a question without an answer
     * has the gold answer "", and both scores are 1 where nothing is answered and 0 where something is.
     *
     * @param answers what was answered; "" for no answer
     * @param golds for each question one or more right answers, or "" alone, in the same order
     * @return both scores
     * @throws KitException unless there is a list of at least one right answer for each answer
     */
    public static SquadScore withUnanswerable(List<String> answers, List<List<String>> golds) {
        SquadScore score = of(answers, golds);
        for (int i = 0; i < score.f1.length; i++) {
            boolean none =
                    golds.get(i).stream().allMatch(gold -> normalize(gold).isEmpty());
            if (none || normalize(answers.get(i)).isEmpty()) {
                score.f1[i] = score.exact[i];
            }
        }
        return score;
    }

    /**
     * {@return the scores of some of the questions}
     *
     * @param indices which, each in [0, number of questions)
     */
    public SquadScore only(int[] indices) {
        return new SquadScore(
                IntStream.of(indices).mapToDouble(i -> exact[i]).toArray(),
                IntStream.of(indices).mapToDouble(i -> f1[i]).toArray());
    }

    /** {@return the share of answers, in [0, 1], that equal a gold answer after normalisation} */
    public Metric exactMatch() {
        return Metric.mean("exact match", exact);
    }

    /** {@return the mean F1, in [0, 1], of the words that an answer shares with its nearest gold answer} */
    public Metric f1() {
        return Metric.mean("F1", f1);
    }

    /**
     * {@return whether two answers are the same after normalisation}
     *
     * @param answer what was answered
     * @param gold what is right
     */
    public static boolean exact(String answer, String gold) {
        return normalize(answer).equals(normalize(gold));
    }

    /**
     * {@return the F1 of the words of two answers, in [0, 1]; 0 where they share none, two empty ones included, as in
     * SQuAD v1.1}
     *
     * @param answer what was answered
     * @param gold what is right
     */
    public static double f1(String answer, String gold) {
        List<String> answered = WhitespaceTokens.split(normalize(answer));
        List<String> expected = WhitespaceTokens.split(normalize(gold));
        Map<String, Integer> left = new HashMap<>();
        expected.forEach(word -> left.merge(word, 1, Integer::sum));
        int same = 0;
        for (String word : answered) {
            if (left.merge(word, -1, Integer::sum) >= 0) {
                same++;
            }
        }
        if (same == 0) {
            return 0;
        }
        double precision = (double) same / answered.size();
        double recall = (double) same / expected.size();
        return 2 * precision * recall / (precision + recall);
    }

    /**
     * {@return an answer in lower case, without punctuation and articles, its words one space apart}
     *
     * @param answer any text
     */
    public static String normalize(String answer) {
        String plain = PUNCTUATION.matcher(answer.toLowerCase(Locale.ROOT)).replaceAll("");
        return String.join(" ", WhitespaceTokens.split(ARTICLES.matcher(plain).replaceAll(" ")));
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "exact match %.4f, F1 %.4f of %d answers",
                exactMatch().score(),
                f1().score(),
                exact.length);
    }
}
