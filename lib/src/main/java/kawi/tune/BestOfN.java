package kawi.tune;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.Sampling;

/**
 * Draws several answers to each of some examples and has a rule judge them, so that a model may learn from its own best
 * ones: tuned on those it is rejection sampling fine-tuning (RAFT, Dong et al. 2023); with the worst as rejected
 * answers the pairs are for {@link PreferenceTuning}.
 *
 * @param samples answers to each example, at least 2
 * @param temperature above 0: at 0 all answers would be alike
 * @param topP keeps the likeliest tokens that together reach this probability; 1 keeps all
 * @param seed of the draws
 */
public record BestOfN(int samples, double temperature, double topP, long seed) {

    /**
     * An answer and its reward.
     *
     * @param answer what was said
     * @param reward what it is worth
     */
    public record Candidate(String answer, double reward) {}

    /**
     * An example with what was drawn for it.
     *
     * @param example what was asked
     * @param candidates the answers, in the order of the draws
     */
    public record Drawn(Example example, List<Candidate> candidates) {
        /** {@return the first answer of the greatest reward} */
        public Candidate best() {
            Candidate best = candidates.get(0);
            for (Candidate each : candidates) {
                best = each.reward > best.reward ? each : best;
            }
            return best;
        }

        /** {@return the first answer of the least reward} */
        public Candidate worst() {
            Candidate worst = candidates.get(0);
            for (Candidate each : candidates) {
                worst = each.reward < worst.reward ? each : worst;
            }
            return worst;
        }

        /** {@return the mean reward of all its answers} */
        public double mean() {
            return candidates.stream().mapToDouble(Candidate::reward).average().orElseThrow();
        }
    }

    /**
     * Checks the numbers.
     *
     * @param samples answers to each example, at least 2
     * @param temperature above 0
     * @param topP above 0, and 1 keeps all tokens
     * @param seed of the draws
     * @throws KitException if one is outside its range
     */
    public BestOfN {
        if (samples < 2) {
            throw new KitException("The best of " + samples + " answers is no choice: draw at least 2.");
        }
        if (!(temperature > 0)) {
            throw new KitException("At a temperature of " + temperature
                    + " all answers to a question are alike: draw at" + " one above 0, such as 0.8.");
        }
        sampling(temperature, topP, seed);
    }

    /**
     * {@return that many samples at temperature 0.8, of all tokens, from seed 1}
     *
     * @param samples answers to each example, at least 2
     */
    public static BestOfN of(int samples) {
        return new BestOfN(samples, 0.8, 1, 1);
    }

    /**
     * {@return the same at another temperature}
     *
     * @param value above 0
     */
    public BestOfN temperature(double value) {
        return new BestOfN(samples, value, topP, seed);
    }

    /**
     * {@return the same from another seed}
     *
     * @param value of the draws
     */
    public BestOfN seed(long value) {
        return new BestOfN(samples, temperature, topP, value);
    }

    private static Sampling sampling(double temperature, double topP, long seed) {
        return Sampling.greedy(1).temperature(temperature).topP(topP).seed(seed);
    }

    /**
     * Draws and judges.
     *
     * @param model what answers
     * @param examples what it is asked, at least one
     * @param reward the rule
     * @param progress is told answers
     * @return the examples in order, each with its answers
     * @throws KitException for no examples, a task with choices, or a reward that is not finite
     */
    public List<Drawn> draw(Tuned model, List<Example> examples, Reward reward, Progress progress) {
        if (examples.isEmpty()) {
            throw new KitException("There are no examples to draw answers to; give at least one.");
        }
        List<List<String>> said = model.samples(examples, samples, sampling(temperature, topP, seed), progress);
        List<Drawn> drawn = new ArrayList<>();
        for (int i = 0; i < examples.size(); i++) {
            Example example = examples.get(i);
            drawn.add(judged(example, said.get(i), reward));
        }
        return List.copyOf(drawn);
    }

    /** An example with answers that were drawn for it, each judged. */
    static Drawn judged(Example example, List<String> answers, Reward reward) {
        List<Candidate> candidates = new ArrayList<>();
        for (String answer : answers) {
            double worth = reward.of(example, answer);
            if (!Double.isFinite(worth)) {
                throw new KitException("The reward of the answer '" + answer + "' to '" + example.input() + "' is "
                        + worth + ": a rule gives each answer a finite number.");
            }
            candidates.add(new Candidate(answer, worth));
        }
        return new Drawn(example, List.copyOf(candidates));
    }

    /**
     * {@return examples to be tuned on: each with its best answer in the place of the right one, where that is worth
     * more than the mean of all answers that were drawn} Where all are worth the same there are none.
     *
     * @param drawn what was drawn
     */
    public static List<Example> best(List<Drawn> drawn) {
        double mean = drawn.stream().mapToDouble(Drawn::mean).average().orElse(0);
        return drawn.stream()
                .filter(each -> each.best().reward > mean && !each.best().answer.isBlank())
                .map(each -> {
                    Example e = each.example;
                    return Example.of(e.slice(), e.context(), e.input(), List.of(each.best().answer));
                })
                .toList();
    }

    /**
     * {@return pairs of each example's best answer and its worst; without those whose answers are all worth the same,
     * and without empty answers}
     *
     * @param drawn what was drawn
     */
    public static List<PreferencePair> pairs(List<Drawn> drawn) {
        return drawn.stream()
                .filter(each -> each.best().reward > each.worst().reward
                        && !each.best().answer.isBlank()
                        && !each.worst().answer.isBlank())
                .map(each -> new PreferencePair(each.example, each.best().answer, each.worst().answer))
                .toList();
    }

    /**
     * {@return what an artifact keeps of it: samples, temperature, top-p, seed, examples, the mean reward of all
     * answers and of the best ones, and how many examples have answers of different worth}
     *
     * @param drawn what was drawn, at least one
     */
    public Map<String, Object> facts(List<Drawn> drawn) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("samples", samples);
        facts.put("temperature", temperature);
        facts.put("top-p", topP);
        facts.put("seed of the draws", seed);
        facts.put("examples drawn for", drawn.size());
        facts.put(
                "mean reward", drawn.stream().mapToDouble(Drawn::mean).average().orElseThrow());
        facts.put(
                "mean reward of the best",
                drawn.stream().mapToDouble(each -> each.best().reward).average().orElseThrow());
        facts.put(
                "examples with a choice",
                drawn.stream()
                        .filter(each -> each.best().reward > each.worst().reward)
                        .count());
        return facts;
    }
}
