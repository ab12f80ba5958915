package kawi.tune;

import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.model.Llama;
import kawi.model.LlamaConfig;

/**
 * Low-rank adaptation (Hu et al. 2021): which matrices W get a trainable change {@code alpha / rank * B A}, and of
 * which rank. {@code Lora.rank(8).lastLayers(8)}.
 *
 * @param rank rows of A and columns of B
 * @param alpha scale of the change, divided by the rank
 * @param layers how many of the last layers are changed; 0 changes all
 * @param matrices which matrices of a layer, such as {@code self_attn.q_proj}
 * @param dropout share of the numbers that A reads which are set to zero while it is learned (peft's
 *     {@code lora_dropout}), from 0 to below 1; what W itself reads is never dropped
 */
public record Lora(int rank, double alpha, int layers, List<String> matrices, double dropout) {

    /**
     * Checks the numbers and names.
     *
     * @param rank rows of A and columns of B
     * @param alpha scale of the change, divided by the rank
     * @param layers how many of the last layers are changed; 0 changes all
     * @param matrices which matrices of a layer, such as {@code self_attn.q_proj}
     * @param dropout share of the numbers that A reads which are set to zero while it is learned
     * @throws KitException if the rank, alpha, dropout or number of layers is impossible, or a matrix is not one of a
     *     layer's
     */
    public Lora {
        matrices = List.copyOf(matrices);
        if (rank < 1 || layers < 0 || !(alpha > 0) || Double.isInfinite(alpha)) {
            throw new KitException("There is no LoRA of rank " + rank + ", alpha " + alpha + " on " + layers
                    + " layers; give a rank of at least 1 and a positive alpha.");
        }
        if (matrices.isEmpty() || !Llama.MATRICES.containsAll(matrices)) {
            throw new KitException("LoRA is asked for the matrices " + matrices + " and a layer has " + Llama.MATRICES
                    + "; choose among these.");
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new KitException("A LoRA dropout of " + dropout + " is no share of numbers that can be dropped: give"
                    + " 0 or more and less than 1, such as 0.05.");
        }
    }

    /**
     * {@return the given rank, an alpha of twice that, on all seven matrices of all layers}
     *
     * @param rank rows of A and columns of B, at least 1
     */
    public static Lora rank(int rank) {
        return new Lora(rank, 2.0 * rank, 0, Llama.MATRICES, 0);
    }

    /**
     * {@return the same with another scale}
     *
     * @param value above 0
     */
    public Lora alpha(double value) {
        return new Lora(rank, value, layers, matrices, dropout);
    }

    /**
     * {@return the same on the last layers only}
     *
     * @param number how many; 0 for all
     */
    public Lora lastLayers(int number) {
        return new Lora(rank, alpha, number, matrices, dropout);
    }

    /**
     * {@return the same on some matrices only}
     *
     * @param names of {@link Llama#MATRICES}
     */
    public Lora matrices(String... names) {
        return new Lora(rank, alpha, layers, List.of(names), dropout);
    }

    /**
     * {@return the same with a share of what A reads dropped while it is learned}
     *
     * @param share from 0 to below 1
     */
    public Lora dropout(double share) {
        return new Lora(rank, alpha, layers, matrices, share);
    }

    /**
     * {@return the lowest layer of a model that is changed; the layers below stay frozen}
     *
     * @param config sizes of the model
     */
    public int firstLayer(LlamaConfig config) {
        if (layers > config.layers()) {
            throw new KitException("LoRA is asked for the last " + layers + " layers and the model has "
                    + config.layers() + "; choose at most as many.");
        }
        return layers == 0 ? 0 : config.layers() - layers;
    }

    /**
     * {@return trainable numbers for a model}
     *
     * @param config sizes of the model
     */
    public long parameterCount(LlamaConfig config) {
        return shapes(config).values().stream().mapToLong(Shape::size).sum();
    }

    /** Names (as peft writes them) and shapes of A {@code (rank, in)} and B {@code (out, rank)} of every matrix. */
    Map<String, Shape> shapes(LlamaConfig config) {
        Map<String, Shape> whole = config.shapes();
        Map<String, Shape> shapes = new LinkedHashMap<>();
        for (int layer = firstLayer(config); layer < config.layers(); layer++) {
            for (String matrix : matrices) {
                Shape shape = whole.get("model.layers." + layer + "." + matrix + ".weight");
                shapes.put(name(layer, matrix, "A"), new Shape(rank, shape.get(1)));
                shapes.put(name(layer, matrix, "B"), new Shape(shape.get(0), rank));
            }
        }
        return shapes;
    }

    static String name(int layer, String matrix, String side) {
        return "base_model.model.model.layers." + layer + "." + matrix + ".lora_" + side + ".weight";
    }
}
