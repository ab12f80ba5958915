package kawi.search;

import java.util.ArrayList;
import java.util.List;
import kawi.model.GptConfig;
import kawi.model.LlamaConfig;
import kawi.model.ModelConfig;
import kawi.model.ModernConfig;
import kawi.model.ModernConfig.Part;
import kawi.train.AdamW;
import kawi.train.Muon;
import kawi.train.Optimizer;
import kawi.train.Schedule;

/**
 * All that is decided before a training begins.
 *
 * @param name what is particular about it
 * @param config the shape of the model
 * @param optimizer what takes the steps, with its peak rate
 * @param schedule the course of the rate, and with it the number of steps
 * @param batch windows in a step
 */
public record Recipe(String name, ModelConfig config, Optimizer optimizer, Schedule schedule, int batch) {

    /** Windows in a step of nanoGPT's recipe for a CPU. */
    private static final int BATCH = 12;

    private static final int SMALLER_BATCH = 8;

    /**
     * nanoGPT's recipe for characters on a CPU (Karpathy 2022), stretched to a number of steps: GPT-2, AdamW at 1e-3, a
     * twentieth of warm-up, cosine to a tenth.
     *
     * @param config sizes of the model
     * @param steps optimizer steps
     * @return the recipe
     */
    public static Recipe nanoGpt(GptConfig config, long steps) {
        return new Recipe(
                "GPT-2, AdamW",
                config,
                new AdamW(1e-3, 0.9, 0.99, 1e-8, 0.1),
                Schedule.cosine(steps / 20, steps),
                BATCH);
    }

    /**
     * {@return the last rung but one of {@link #ladder}: the last, a smaller batch, takes longer for the same text, and
     * pays in short trainings only}
     *
     * @param config sizes of the model
     * @param steps optimizer steps
     */
    public static Recipe fastest(GptConfig config, long steps) {
        List<Recipe> ladder = ladder(config, steps);
        return ladder.get(ladder.size() - 2);
    }

    /**
     * {@return the way from {@link #nanoGpt} to the fastest recipe that was found for a model of this size, one change
     * a rung, each kept by the next} With Muon comes another AdamW for what stays with it. The last but one takes one
     * back: RMS norm is there for its speed, and on a CPU PyTorch has a fused kernel for layer norm only. The last
     * reads the same text in more and smaller steps, which brought something in a hundred steps, nothing in some
     * hundreds, and harmed in two thousand. The rates were sought for width 128; most parts are those of the
     * "speedruns" of nanoGPT (Jordan et al. 2024).
     *
     * @param config sizes of the model
     * @param steps of every rung but the last, which takes half as many again
     */
    public static List<Recipe> ladder(GptConfig config, long steps) {
        List<Recipe> rungs = new ArrayList<>(List.of(nanoGpt(config, steps)));
        Optimizer faster = new AdamW(4e-3, 0.9, 0.99, 1e-8, 0.1);
        rungs.add(new Recipe("+ higher rate", config, faster, rungs.get(0).schedule(), BATCH));
        Optimizer muon = new Muon(1e-2, 0.9, 0.1, AdamW.defaults().withRate(2e-2));
        rungs.add(new Recipe("+ Muon", config, muon, rungs.get(0).schedule(), BATCH));
        ModernConfig modern = ModernConfig.of(config);
        for (Part part : List.of(
                Part.ROTARY,
                Part.RMS_NORM,
                Part.QK_NORM,
                Part.SQUARED_RELU,
                Part.NO_BIASES,
                Part.ZERO_OUTPUT,
                Part.EMBEDDING_NORM,
                Part.TOKEN_SHIFT)) {
            modern = modern.with(part);
            rungs.add(new Recipe("+ " + part.title(), modern, muon, rungs.get(0).schedule(), BATCH));
        }
        Schedule linear = Schedule.warmupStableDecay(0, steps, 0.6);
        rungs.add(new Recipe("+ long linear decay", modern, muon, linear, BATCH));
        modern = modern.without(Part.RMS_NORM);
        rungs.add(new Recipe("- RMS norm", modern, muon, linear, BATCH));
        rungs.add(new Recipe(
                "+ smaller batch",
                modern,
                muon,
                Schedule.warmupStableDecay(0, steps * BATCH / SMALLER_BATCH, 0.6),
                SMALLER_BATCH));
        return rungs;
    }

    /**
     * {@return the way from plain GPT-2 to a Llama, one change a rung, each kept by the next} Muon first leaves the
     * embeddings, biases and norms to the AdamW before it, whose rate the next rung raises for them. Every model of it
     * but those between is one that other programs open, and the last is the recipe of a longer training: its rate
     * falls as that of {@link PilotRuns}' trainings does. The parts of {@link #ladder} that a Llama has no place for
     * (normalised queries and keys, token shift) are left out, although they help. The rates were the best of a few
     * that were tried for 200 steps of 2,048 subwords, with three layers of width 160.
     *
     * @param config sizes of the model; a head's size is even
     * @param steps optimizer steps of every rung
     * @param batch windows in a step
     */
    public static List<Recipe> toLlama(GptConfig config, long steps, int batch) {
        Schedule cosine = Schedule.cosine(steps / 20, steps);
        AdamW slow = new AdamW(1e-3, 0.9, 0.95, 1e-8, 0.1);
        AdamW higher = slow.withRate(4e-3);
        Muon matrices = new Muon(5e-3, 0.9, 0.1, higher);
        Optimizer muon = new Muon(matrices.rate(), matrices.momentum(), matrices.decay(), slow.withRate(4e-2));
        ModernConfig rotary = ModernConfig.of(config).with(Part.ROTARY);
        LlamaConfig llama = llama(config);
        return List.of(
                new Recipe("GPT-2, AdamW", config, slow, cosine, batch),
                new Recipe("+ higher rate", config, higher, cosine, batch),
                new Recipe("+ Muon", config, matrices, cosine, batch),
                new Recipe("+ higher rate of the rest", config, muon, cosine, batch),
                new Recipe("+ rotary positions", rotary, muon, cosine, batch),
                new Recipe("+ RMS norm, no biases", rotary.with(Part.RMS_NORM, Part.NO_BIASES), muon, cosine, batch),
                new Recipe("+ gated layer: a Llama", llama, muon, cosine, batch),
                new Recipe("+ long linear decay", llama, muon, settling(steps), batch));
    }

    /**
     * {@return a Llama of a GPT's sizes: about as many parameters, less its learned positions}
     *
     * @param config vocabulary, context, layers, heads and width
     */
    public static LlamaConfig llama(GptConfig config) {
        return LlamaConfig.of(
                config.vocabularySize(), config.context(), config.layers(), config.heads(), config.width());
    }

    /**
     * {@return the course of the rate of {@link PilotRuns} and of the long training that they foretell: a twentieth of
     * the steps up, and down to zero over the second half}
     *
     * @param steps optimizer steps
     */
    public static Schedule settling(long steps) {
        return Schedule.warmupStableDecay(Math.max(1, steps / 20), steps, 0.5);
    }
}
