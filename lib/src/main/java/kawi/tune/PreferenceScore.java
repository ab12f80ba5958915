package kawi.tune;

import kawi.evidence.KitException;

/**
 * How a model stands to some pairs of answers, next to its reference. The implicit reward of an answer is {@code beta
 * (ln p(answer) - ln p_reference(answer))}, the probabilities being those of the whole answer (Rafailov et al. 2023,
 * section 4).
 *
 * @param loss mean of {@code -ln sigmoid(reward of chosen - reward of rejected)}, smoothed where that is asked for, in
 *     nats; ln 2 where the model is its reference
 * @param chosen mean reward of the chosen answers, nats; below zero where they have become less likely
 * @param rejected mean reward of the rejected answers, nats
 * @param accuracy share, in [0, 1], of the pairs whose chosen answer has the greater reward; 0 where all are equal
 */
public record PreferenceScore(double loss, double chosen, double rejected, double accuracy) {

    /** {@return by how much the mean reward of the chosen answers is above that of the rejected, nats} */
    public double margin() {
        return chosen - rejected;
    }

    /**
     * Scores pairs by the natural logarithms of their answers' probabilities.
     *
     * @param chosen of each chosen answer, as the model has it
     * @param rejected of each rejected answer
     * @param referenceChosen of each chosen answer, as the reference has it
     * @param referenceRejected of each rejected answer
     * @param beta by which rewards are scaled, above 0
     * @param smoothing share of the pairs that are taken to be the wrong way round, from 0 to below 0.5
     * @return their means
     * @throws KitException for no pairs, or unequal numbers of these
     */
    public static PreferenceScore of(
            double[] chosen,
            double[] rejected,
            double[] referenceChosen,
            double[] referenceRejected,
            double beta,
            double smoothing) {
        int pairs = chosen.length;
        if (pairs == 0
                || rejected.length != pairs
                || referenceChosen.length != pairs
                || referenceRejected.length != pairs) {
            throw new KitException("Pairs are scored by four numbers each, and there are " + pairs + ", "
                    + rejected.length + ", " + referenceChosen.length + " and " + referenceRejected.length
                    + " of them: give as many of each, at least one.");
        }
        double loss = 0;
        double good = 0;
        double bad = 0;
        int right = 0;
        for (int i = 0; i < pairs; i++) {
            double c = beta * (chosen[i] - referenceChosen[i]);
            double r = beta * (rejected[i] - referenceRejected[i]);
            loss += (1 - smoothing) * softplus(r - c) + smoothing * softplus(c - r);
            good += c;
            bad += r;
            right += c > r ? 1 : 0;
        }
        return new PreferenceScore(loss / pairs, good / pairs, bad / pairs, (double) right / pairs);
    }

    /** ln(1 + e^x), which is -ln sigmoid(-x), without overflow. */
    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }
}
