package kawi.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import kawi.evidence.KitException;

/**
 * How rotary positions were stretched, so that a model reads longer texts than it was first trained on: what the speed
 * of each pair of a head's values is divided by.
 *
 * <p>Sources: linear, Chen et al. 2023 (arXiv 2306.15595); llama3, the release of Llama 3.1, as {@code transformers}
 * computes it ({@code modeling_rope_utils.py}); given, the tensor {@code rope_freqs.weight} of a GGUF file.
 *
 * @param kind none, linear, llama3, or given pair by pair
 * @param factor how many times longer, at least 1
 * @param low llama3: pairs that turn fewer times than this within the original context are stretched whole
 * @param high llama3: pairs that turn more often than this are left as they are
 * @param original llama3: the context before it was stretched, in tokens
 * @param divisors given: one for each pair
 */
public record RopeScaling(Kind kind, double factor, double low, double high, int original, List<Float> divisors) {

    /** Ways to stretch. */
    public enum Kind {
        /** As trained. */
        NONE,
        /** All pairs alike. */
        LINEAR,
        /** Slow pairs whole, fast ones not, those between in part. */
        LLAMA3,
        /** Pair by pair. */
        GIVEN
    }

    /** No stretching. */
    public static final RopeScaling NONE = new RopeScaling(Kind.NONE, 1, 1, 1, 0, List.of());

    /** What Llama 3.1 and 3.2 say beside their factors. */
    private static final int LLAMA3_CONTEXT = 8192;

    /**
     * Keeps a copy.
     *
     * @param kind none, linear, llama3, or given pair by pair
     * @param factor how many times longer, at least 1
     * @param low llama3: pairs that turn fewer times than this within the original context are stretched whole
     * @param high llama3: pairs that turn more often than this are left as they are
     * @param original llama3: the context before it was stretched, in tokens
     * @param divisors given: one for each pair
     */
    public RopeScaling {
        divisors = List.copyOf(divisors);
    }

    /**
     * {@return the same stretching of all pairs}
     *
     * @param factor how many times longer the texts may be
     */
    public static RopeScaling linear(double factor) {
        return factor == 1 ? NONE : new RopeScaling(Kind.LINEAR, factor, 1, 1, 0, List.of());
    }

    /**
     * {@return Llama 3's stretching}
     *
     * @param factor how many times longer the texts may be
     * @param low turns within the original context below which a pair is stretched whole
     * @param high turns above which it is left as it is, more than {@code low}
     * @param original the context before, in tokens
     */
    public static RopeScaling llama3(double factor, double low, double high, int original) {
        return new RopeScaling(Kind.LLAMA3, factor, low, high, original, List.of());
    }

    /**
     * What a GGUF file's {@code rope_freqs.weight} says; Llama 3's own stretching is known by its numbers.
     *
     * @param divisors one for each pair
     * @param base of the wavelengths
     */
    static RopeScaling given(float[] divisors, double base) {
        double most = 1;
        for (float each : divisors) {
            most = Math.max(most, each);
        }
        if (most == 1) {
            return NONE;
        }
        RopeScaling usual = llama3(Math.rint(most), 1, 4, LLAMA3_CONTEXT);
        boolean same = true;
        List<Float> kept = new java.util.ArrayList<>();
        for (int pair = 0; pair < divisors.length; pair++) {
            same &= Math.abs(usual.divisor(pair, base, 2 * divisors.length) / divisors[pair] - 1) < 1e-4;
            kept.add(divisors[pair]);
        }
        return same ? usual : new RopeScaling(Kind.GIVEN, most, 1, 1, 0, kept);
    }

    /** What the speed of pair {@code pair} of {@code size} values is divided by. */
    double divisor(int pair, double base, int size) {
        return switch (kind) {
            case NONE -> 1;
            case LINEAR -> factor;
            case GIVEN -> divisors.get(pair);
            case LLAMA3 -> {
                double turns = original * speed(pair, base, size) / (2 * Math.PI);
                if (turns < low) {
                    yield factor;
                } else if (turns > high) {
                    yield 1;
                }
                double kept = (turns - low) / (high - low);
                yield 1 / ((1 - kept) / factor + kept);
            }
        };
    }

    /** Radians a token by which an unstretched pair turns: {@code base^(-2 pair / size)}. */
    private static double speed(int pair, double base, int size) {
        return Math.pow(base, -2.0 * pair / size);
    }

    /**
     * {@return radians a token by which each pair of a head's values turns}
     *
     * @param base of the wavelengths
     * @param size values of a head that are turned, even
     */
    public float[] speeds(double base, int size) {
        float[] speeds = new float[size / 2];
        for (int pair = 0; pair < speeds.length; pair++) {
            speeds[pair] = (float) (speed(pair, base, size) / divisor(pair, base, size));
        }
        return speeds;
    }

    /** Refuses numbers that stretch nothing. */
    void check(int size) {
        boolean sound = Double.isFinite(factor) && factor > 0 && low > 0 && high >= low && Double.isFinite(high);
        if (kind == Kind.LLAMA3) {
            sound &= high > low && original > 0;
        } else if (kind == Kind.GIVEN) {
            sound &= divisors.size() == size / 2 && divisors.stream().allMatch(d -> d > 0 && Float.isFinite(d));
        }
        if (!sound) {
            throw new KitException("The rotary positions are stretched by " + this
                    + ", from which no speed can be made: correct config.json or take another model.");
        }
    }

    /** Says it under {@code rope_parameters} of a {@code config.json}. */
    void write(ObjectNode json) {
        switch (kind) {
            case NONE -> json.put("rope_type", "default");
            case LINEAR -> json.put("rope_type", "linear").put("factor", factor);
            case LLAMA3 ->
                json.put("rope_type", "llama3")
                        .put("factor", factor)
                        .put("low_freq_factor", low)
                        .put("high_freq_factor", high)
                        .put("original_max_position_embeddings", original);
            case GIVEN ->
                throw new KitException("Its rotary positions are stretched pair by pair as a tensor of its GGUF file"
                        + " says, which a config.json cannot say: keep the GGUF file.");
        }
    }

    @Override
    public String toString() {
        return switch (kind) {
            case NONE -> "positions as trained";
            case LINEAR -> "positions stretched " + factor + " times (linear)";
            case LLAMA3 ->
                "positions stretched " + factor + " times (llama3, " + low + " to " + high + " of " + original + ")";
            case GIVEN -> "positions stretched up to " + factor + " times, pair by pair";
        };
    }
}
