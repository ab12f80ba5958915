package kawi.model;

import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;
import kawi.torch.Torch;

/** Draws the tokens of one text as a {@link Sampling} says. */
final class Sampler {

    private final Sampling sampling;
    private final SplittableRandom random;
    private final BitSet seen = new BitSet();

    Sampler(Sampling sampling, long stream) {
        this.sampling = sampling;
        this.random = Torch.random(sampling.seed() + stream, "sampling");
    }

    /** Counts a token as one that occurred. */
    void saw(int id) {
        seen.set(id);
    }

    /** The next token for logits (vocabulary), which are changed. */
    int next(float[] logits) {
        if (sampling.repetitionPenalty() != 1) {
            float penalty = (float) sampling.repetitionPenalty();
            seen.stream()
                    .filter(id -> id < logits.length)
                    .forEach(id -> logits[id] = logits[id] > 0 ? logits[id] / penalty : logits[id] * penalty);
        }
        int best = 0;
        for (int id = 1; id < logits.length; id++) {
            if (logits[id] > logits[best]) {
                best = id;
            }
        }
        if (sampling.temperature() > 0) {
            best = draw(logits, logits[best]);
        }
        seen.set(best);
        return best;
    }

    private int draw(float[] logits, float highest) {
        double[] weights = new double[logits.length]; // exp((logit - highest) / temperature): 1 for the likeliest
        double total = 0;
        for (int id = 0; id < logits.length; id++) {
            weights[id] = Math.exp((logits[id] - highest) / sampling.temperature());
            total += weights[id];
        }
        double least = Math.max(sampling.minP(), leastOfTop(weights, total));
        total = 0;
        for (int id = 0; id < weights.length; id++) {
            weights[id] = weights[id] >= least ? weights[id] : 0;
            total += weights[id];
        }
        double at = random.nextDouble() * total;
        int last = 0;
        for (int id = 0; id < weights.length; id++) {
            if (weights[id] > 0) {
                last = id;
                at -= weights[id];
                if (at < 0) {
                    return id;
                }
            }
        }
        return last; // rounding left a crumb after the last one
    }

    /** The smallest weight that top-k and top-p keep. */
    private double leastOfTop(double[] weights, double total) {
        boolean few = sampling.topK() > 0 && sampling.topK() < weights.length;
        if (!few && sampling.topP() >= 1) {
            return 0;
        }
        double[] sorted = weights.clone();
        Arrays.sort(sorted);
        int lowest = few ? sorted.length - sampling.topK() : 0;
        double kept = 0;
        double all = 0;
        for (int i = lowest; i < sorted.length; i++) {
            all += sorted[i];
        }
        for (int i = sorted.length - 1; i >= lowest; i--) {
            kept += sorted[i];
            if (kept >= sampling.topP() * all) {
                return sorted[i];
            }
        }
        return sorted[lowest];
    }
}
