package kawi.model;

import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;

/**
 * A mixture of experts: feed-forward layers side by side, of which a router chooses some for each token (Shazeer et al.
 * 2017, arXiv 1701.06538; Mixtral: Jiang et al. 2024, arXiv 2401.04088).
 *
 * @param count how many there are; 0 where there is one layer and no router
 * @param chosen how many of them read a token
 */
public record Experts(int count, int chosen) {

    /** One feed-forward layer, which reads every token. */
    public static final Experts NONE = new Experts(0, 0);

    /** More than any known model has in a layer. */
    private static final int MOST = 1024;

    /** What an expert's matrix is called; its kind is gate, up or down. */
    static String name(String layer, int expert, String kind) {
        return layer + "experts." + expert + "." + kind + ".weight";
    }

    /** Adds a layer's router, and one kind of matrix of all experts after the other, as they may lie in one tensor. */
    void put(Map<String, Shape> shapes, String layer, long width, long feedForward) {
        shapes.put(layer + "router.weight", new Shape(count, width));
        for (String kind : List.of("gate", "up", "down")) {
            Shape shape = kind.equals("down") ? new Shape(width, feedForward) : new Shape(feedForward, width);
            for (int expert = 0; expert < count; expert++) {
                shapes.put(name(layer, expert, kind), shape);
            }
        }
    }

    /** Refuses numbers from which no mixture can be made. */
    void check(String family, boolean gated) {
        boolean mixes = chosen >= 1 && chosen <= count && count <= MOST && gated;
        if (!equals(NONE) && !mixes) {
            throw new KitException("A " + family + " with " + count + " experts, of which " + chosen
                    + " read a token, cannot be computed: this kit reads up to " + MOST
                    + " with gates, of which at least one and at most all are chosen; take another model.");
        }
    }
}
