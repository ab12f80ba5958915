package kawi.model;

import java.util.List;
import kawi.evidence.KitException;

/**
 * How the next token is chosen from its probabilities, and when to stop:
 * {@code Sampling.greedy(40).temperature(0.8).topP(0.95).seed(7)}.
 *
 * <p>Applied in this order: repetition penalty, temperature, top-k, top-p, min-p.
 *
 * @param maxTokens most tokens to write
 * @param temperature divides the logits: 0 takes the likeliest token, 1 leaves the model's probabilities, more is
 *     bolder
 * @param topK keeps the k likeliest tokens; 0 keeps all
 * @param topP keeps the likeliest tokens that together reach this probability (Holtzman et al. 2020); 1 keeps all
 * @param minP keeps tokens of at least this share of the likeliest one's probability (Nguyen et al. 2024); 0 keeps all
 * @param repetitionPenalty divides the positive and multiplies the negative logits of tokens that occurred (Keskar et
 *     al. 2019); 1 is none
 * @param stop texts that end the writing and are not part of it
 * @param seed of the draws; each prompt draws as it would alone
 */
public record Sampling(
        int maxTokens,
        double temperature,
        int topK,
        double topP,
        double minP,
        double repetitionPenalty,
        List<String> stop,
        long seed) {

    /**
     * Checks the ranges.
     *
     * @param maxTokens most tokens to write
     * @param temperature divides the logits: 0 takes the likeliest token, 1 leaves the model's probabilities, more is
     *     bolder
     * @param topK keeps the k likeliest tokens; 0 keeps all
     * @param topP keeps the likeliest tokens that together reach this probability (Holtzman et al. 2020); 1 keeps all
     * @param minP keeps tokens of at least this share of the likeliest one's probability (Nguyen et al. 2024); 0 keeps
     *     all
     * @param repetitionPenalty divides the positive and multiplies the negative logits of tokens that occurred (Keskar
     *     et al. 2019); 1 is none
     * @param stop texts that end the writing and are not part of it
     * @param seed of the draws; each prompt draws as it would alone
     * @throws KitException if a number lies outside its range, or a stop text is empty
     */
    public Sampling {
        stop = List.copyOf(stop);
        check(maxTokens >= 1, "maxTokens is " + maxTokens + "; write at least 1 token");
        check(
                temperature >= 0 && temperature <= 100,
                "temperature is " + temperature + "; choose from 0 (the likeliest token) to about 2");
        check(topK >= 0, "topK is " + topK + "; choose 0 (all) or more");
        check(topP > 0 && topP <= 1, "topP is " + topP + "; choose a probability above 0 and at most 1 (all)");
        check(minP >= 0 && minP <= 1, "minP is " + minP + "; choose a share from 0 (all) to 1");
        check(
                repetitionPenalty > 0 && repetitionPenalty <= 100,
                "repetitionPenalty is " + repetitionPenalty + "; choose 1 (none) to about 2");
        check(stop.stream().noneMatch(String::isEmpty), "a stop text is empty; leave it out");
    }

    private static void check(boolean good, String sentence) {
        if (!good) {
            throw new KitException("The sampling's " + sentence + ".");
        }
    }

    /**
     * {@return the likeliest token each time: the same text every time}
     *
     * @param maxTokens most tokens to write
     */
    public static Sampling greedy(int maxTokens) {
        return new Sampling(maxTokens, 0, 0, 1, 0, 1, List.of(), 0);
    }

    /**
     * {@return the same with another limit}
     *
     * @param most tokens, at least 1
     */
    public Sampling maxTokens(int most) {
        return new Sampling(most, temperature, topK, topP, minP, repetitionPenalty, stop, seed);
    }

    /**
     * {@return the same at another temperature}
     *
     * @param value 0 for the likeliest token, up to 100
     */
    public Sampling temperature(double value) {
        return new Sampling(maxTokens, value, topK, topP, minP, repetitionPenalty, stop, seed);
    }

    /**
     * {@return the same with the k likeliest tokens kept}
     *
     * @param value 0 keeps all
     */
    public Sampling topK(int value) {
        return new Sampling(maxTokens, temperature, value, topP, minP, repetitionPenalty, stop, seed);
    }

    /**
     * {@return the same with the likeliest tokens kept that together reach a probability}
     *
     * @param value above 0, and 1 keeps all
     */
    public Sampling topP(double value) {
        return new Sampling(maxTokens, temperature, topK, value, minP, repetitionPenalty, stop, seed);
    }

    /**
     * {@return the same with tokens of at least a share of the likeliest one's probability kept}
     *
     * @param value from 0, which keeps all, to 1
     */
    public Sampling minP(double value) {
        return new Sampling(maxTokens, temperature, topK, topP, value, repetitionPenalty, stop, seed);
    }

    /**
     * {@return the same with another penalty on tokens that occurred}
     *
     * @param value 1 is none
     */
    public Sampling repetitionPenalty(double value) {
        return new Sampling(maxTokens, temperature, topK, topP, minP, value, stop, seed);
    }

    /**
     * {@return the same with other texts that end the writing}
     *
     * @param texts none of them empty
     */
    public Sampling stop(String... texts) {
        return new Sampling(maxTokens, temperature, topK, topP, minP, repetitionPenalty, List.of(texts), seed);
    }

    /**
     * {@return the same with other draws}
     *
     * @param value of the draws
     */
    public Sampling seed(long value) {
        return new Sampling(maxTokens, temperature, topK, topP, minP, repetitionPenalty, stop, value);
    }
}
