package kawi.model;

import java.util.ArrayList;
import java.util.List;
import kawi.evidence.KitException;

/**
 * Rotary positions of a model that reads long texts otherwise than short ones: what the speed of each pair of a head's
 * values is divided by, in a text of at most {@code original} tokens and in a longer one, whose every position turns
 * otherwise. Texts that are read side by side are as long as the longest of them, with what fills them up.
 *
 * <p>Source: Ding et al. 2024 (arXiv 2402.13753), as {@code transformers} computes Phi-3 ({@code longrope} in
 * {@code modeling_rope_utils.py}); llama.cpp chooses by the room of a conversation and not by its length.
 *
 * @param original tokens up to which a text is short; 0 where no text is read otherwise
 * @param amplitude by which cosines and sines are multiplied, in both
 * @param shorter divisors of a short text, one for each pair
 * @param longer of a long one
 */
public record LongRope(int original, double amplitude, List<Float> shorter, List<Float> longer) {

    /** All texts are read alike. */
    public static final LongRope NONE = new LongRope(0, 1, List.of(), List.of());

    /**
     * Keeps copies.
     *
     * @param original tokens up to which a text is short
     * @param amplitude by which cosines and sines are multiplied
     * @param shorter divisors of a short text
     * @param longer of a long one
     */
    public LongRope {
        shorter = List.copyOf(shorter);
        longer = List.copyOf(longer);
    }

    /**
     * What an object of a {@code config.json} says.
     *
     * @param rope the object, whose kind is known to be this
     * @param model the whole file, whose own original length counts, as in transformers
     */
    static LongRope of(Settings rope, Settings model) {
        int original = model.whole("original_max_position_embeddings", 0);
        rope.only("original_max_position_embeddings", "outside of it stands " + original, original);
        double factor = rope.real("factor", model.whole("max_position_embeddings") / (double) Math.max(1, original));
        double usual = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
        LongRope made = new LongRope(
                original,
                rope.real("attention_factor", usual),
                numbers(rope.list("short_factor")),
                numbers(rope.list("long_factor")));
        if (original < 2) {
            throw new KitException("config.json stretches positions by longrope and does not say under"
                    + " original_max_position_embeddings from how many tokens on: fetch the file again.");
        }
        return made;
    }

    private static List<Float> numbers(List<?> values) {
        List<Float> numbers = new ArrayList<>();
        values.forEach(each -> numbers.add(each instanceof Number number ? number.floatValue() : Float.NaN));
        return numbers;
    }

    /** Whether a text of so many tokens is read as a long one. */
    boolean beyond(int tokens) {
        return original > 0 && tokens > original;
    }

    /** Radians a token by which each pair of {@code size} values turns in a text that is short or {@code beyond}. */
    float[] speeds(boolean beyond, double base, int size) {
        float[] speeds = RopeScaling.NONE.speeds(base, size);
        for (int pair = 0; original > 0 && pair < speeds.length; pair++) {
            speeds[pair] /= (beyond ? longer : shorter).get(pair);
        }
        return speeds;
    }

    /** Refuses numbers from which no position can be made. */
    void check(int size) {
        if (original == 0) {
            return;
        }
        boolean sound = amplitude > 0 && Double.isFinite(amplitude);
        for (List<Float> divisors : List.of(shorter, longer)) {
            sound &= divisors.size() == size / 2 && divisors.stream().allMatch(d -> d > 0 && Float.isFinite(d));
        }
        if (!sound) {
            throw new KitException("Positions are stretched by longrope with " + shorter.size() + " short and "
                    + longer.size() + " long factors and the attention factor " + amplitude + ", and " + size / 2
                    + " of each are needed, all finite and above 0: correct config.json or take another model.");
        }
    }
}
