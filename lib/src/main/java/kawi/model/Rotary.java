package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import kawi.evidence.KitException;
import kawi.torch.Torch;

/**
 * The rotary positions of a model: how fast each pair of a head's values turns, read from a {@code config.json} and
 * made into tables.
 *
 * @param base of the wavelengths
 * @param part of a head's values that are turned, from above 0 to 1
 * @param scaling how they were stretched
 * @param longer how texts beyond a length are read otherwise
 */
record Rotary(double base, double part, RopeScaling scaling, LongRope longer) {

    private static final String KNOWN =
            "this kit stretches rotary positions as default, linear or llama3 say, Phi-3's by longrope too, and in no"
                    + " other way";

    /**
     * Cosines and sines of positions {@code first} to {@code first + time - 1}, each {@code (time, size)}.
     *
     * @param size values of a head that are turned
     */
    static List<NDArray> table(
            Torch torch, NDManager manager, int first, int time, int size, double base, RopeScaling scaling) {
        if (scaling.kind() == RopeScaling.Kind.NONE) {
            return torch.ops().ropeTable(manager, first, time, size, base);
        }
        return table(manager, first, time, scaling.speeds(base, size), 1);
    }

    /** The same of given speeds, in radians a token for each pair of values. */
    static List<NDArray> table(NDManager manager, int first, int time, float[] speeds, double amplitude) {
        int size = 2 * speeds.length;
        float[] cos = new float[time * size];
        float[] sin = new float[time * size];
        for (int t = 0; t < time; t++) {
            for (int i = 0; i < size; i++) {
                float angle = (first + t) * speeds[i % speeds.length];
                cos[t * size + i] = (float) (amplitude * Math.cos(angle));
                sin[t * size + i] = (float) (amplitude * Math.sin(angle));
            }
        }
        Shape shape = new Shape(time, size);
        return List.of(manager.create(cos, shape), manager.create(sin, shape));
    }

    /**
     * What a {@code config.json} says, however it is spelt.
     *
     * @param c the file's object
     * @param base where it says none
     * @param part where it says none
     */
    static Rotary of(Settings c, double base, double part) {
        return of(c, c.real("rope_theta", base), part, null);
    }

    /** The same of a family whose long texts may turn otherwise ({@code longrope}, and {@code su}, its first name). */
    static Rotary longer(Settings c, double base, double part) {
        return of(c, c.real("rope_theta", base), part, c);
    }

    /** The same of the keys under {@code rope_parameters.NAME}, of a model with two kinds of layers. */
    static Rotary of(Settings parameters, String name, double base) {
        return within(parameters.part(name), new Rotary(base, 1, RopeScaling.NONE, LongRope.NONE), name, null);
    }

    private static Rotary of(Settings c, double base, double part, Settings longer) {
        Rotary outer = new Rotary(base, c.real("partial_rotary_factor", part), RopeScaling.NONE, LongRope.NONE);
        Rotary found = null;
        for (String name : List.of("rope_parameters", "rope_scaling")) {
            Settings rope = c.part(name);
            if (rope.keys().isEmpty()) {
                continue;
            }
            Rotary inner = within(rope, outer, name, longer);
            if (inner.base != outer.base) {
                c.only("rope_theta", name + " says " + inner.base + " for the same thing", inner.base);
            }
            if (inner.part != outer.part) {
                c.only("partial_rotary_factor", name + " says " + inner.part + " for the same thing", inner.part);
            }
            if (found != null && !found.equals(inner) && !found.unstretched(inner)) { // transformers reads one alone
                throw new KitException("config.json says under rope_parameters and under rope_scaling two different"
                        + " things of the same positions: " + found + " and " + inner + "; take another model.");
            }
            found = inner;
        }
        return found == null ? outer : found;
    }

    private static Rotary within(Settings rope, Rotary outer, String holder, Settings model) {
        String kind = rope.text("rope_type", rope.text("type", "default"));
        RopeScaling scaling = outer.scaling;
        LongRope longer = outer.longer;
        boolean byLength = model != null && (kind.equals("longrope") || kind.equals("su"));
        switch (byLength ? "by length" : kind) {
            case "by length" -> longer = LongRope.of(rope, model);
            case "default" -> rope.only("factor", KNOWN, 1);
            case "linear" -> scaling = RopeScaling.linear(needed(rope, "factor", holder));
            case "llama3" ->
                scaling = RopeScaling.llama3(
                        needed(rope, "factor", holder),
                        needed(rope, "low_freq_factor", holder),
                        needed(rope, "high_freq_factor", holder),
                        rope.whole("original_max_position_embeddings"));
            default -> rope.only(rope.has("rope_type") ? "rope_type" : "type", KNOWN, "default", "linear", "llama3");
        }
        for (String name : List.of("rope_type", "type")) {
            rope.only(name, "the key beside it says " + kind, kind);
        }
        if (!byLength) {
            rope.only("attention_factor", KNOWN, 1);
        }
        return new Rotary(
                rope.real("rope_theta", outer.base), rope.real("partial_rotary_factor", outer.part), scaling, longer);
    }

    /** Whether these are the same positions before they were stretched. */
    private boolean unstretched(Rotary other) {
        return new Rotary(other.base, other.part, RopeScaling.NONE, LongRope.NONE).equals(this);
    }

    /**
     * Refuses positions that turn a part of a head only, which transformers computes in Phi, Phi-3 and GPT-NeoX alone.
     */
    Rotary whole(String family) {
        if (part != 1) {
            throw new KitException("config.json says partial_rotary_factor = " + part + ", and this kit's " + family
                    + " turns a head as a whole: take another model.");
        }
        return this;
    }

    @Override
    public String toString() {
        return (longer.original() > 0 ? "longrope from " + longer.original() + " tokens on" : scaling.toString())
                + ", base " + base + ", of a head " + part;
    }

    private static double needed(Settings rope, String key, String holder) {
        double value = rope.real(key, Double.NaN);
        if (Double.isNaN(value)) {
            throw new KitException("config.json lacks the number '" + holder + "." + key + "': fetch the file again.");
        }
        return value;
    }

    /** Whether these are the same speeds, within what 16-bit numbers lose. */
    static boolean same(float[] speeds, float[] wanted) {
        boolean same = speeds.length == wanted.length;
        for (int i = 0; same && i < speeds.length; i++) {
            same = Math.abs(speeds[i] - wanted[i]) <= 0.005 * wanted[i];
        }
        return same;
    }
}
