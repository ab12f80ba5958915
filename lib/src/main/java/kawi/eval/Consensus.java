package kawi.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import kawi.evidence.KitException;

/**
 * One answer of several, the one that is most like the others: minimum Bayes risk (Kumar and Byrne, "Minimum Bayes-risk
 * decoding for statistical machine translation", 2004). A system that errs by itself is outvoted. No right answer is
 * looked at.
 */
public final class Consensus {
    private Consensus() {}

    /**
     * Chooses for each example by chrF among the systems' answers.
     *
     * @param systems the answers of each system to the same examples, in the order in which they are trusted: of
     *     equally good ones the first counts
     * @return one answer for each example
     * @throws KitException for fewer than three systems, or unequally many answers
     */
    public static List<String> byChrf(List<List<String>> systems) {
        return of(systems, (said, other) -> Chrf.sentence(said, List.of(other)));
    }

    /**
     * Chooses for each example the answer with the highest mean likeness to the other systems' answers.
     *
     * @param systems the answers of each system to the same examples, in the order in which they are trusted: of
     *     equally good ones the first counts
     * @param likeness of an answer to another that is taken for the right one; higher is more alike
     * @return one answer for each example
     * @throws KitException for fewer than three systems, or unequally many answers
     */
    public static List<String> of(List<List<String>> systems, ToDoubleBiFunction<String, String> likeness) {
        if (systems.size() < 3) {
            throw new KitException(
                    "Of " + systems.size() + " systems none can be outvoted: give the answers of at least three.");
        }
        int examples = systems.get(0).size();
        for (List<String> answers : systems) {
            if (answers.size() != examples) {
                throw new KitException("One system answered " + examples + " examples and another " + answers.size()
                        + ": let all answer the same examples.");
            }
        }
        List<String> chosen = new ArrayList<>();
        for (int i = 0; i < examples; i++) {
            int at = i;
            chosen.add(middle(systems.stream().map(answers -> answers.get(at)).toList(), likeness));
        }
        return chosen;
    }

    private static String middle(List<String> answers, ToDoubleBiFunction<String, String> likeness) {
        int best = 0;
        double most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < answers.size(); i++) {
            double sum = 0;
            for (int j = 0; j < answers.size(); j++) {
                sum += i == j ? 0 : likeness.applyAsDouble(answers.get(i), answers.get(j));
            }
            if (sum > most) {
                most = sum;
                best = i;
            }
        }
        return answers.get(best);
    }
}
