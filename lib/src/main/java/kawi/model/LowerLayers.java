package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import kawi.evidence.KitException;

/**
 * What a Llama's lowest layers make of the texts that it is given, kept until this is closed: the same texts then cost
 * the layers above only, whichever adapter changes these. For comparing models that differ in their last layers.
 *
 * <p>What is kept takes tokens x width x 4 bytes: 2.3 MB for 1,000 tokens of SmolLM2. It is read by float32 inference
 * on a CPU; everything else runs all layers, as if this were not there. The model's own weights must stay as they are.
 */
public final class LowerLayers implements AutoCloseable {

    private final Llama model;
    private final int layers;
    private final NDManager manager;
    private final Map<List<LongBuffer>, NDArray> kept = new HashMap<>();
    private int used;

    LowerLayers(Llama model, int layers) {
        if (layers < 0 || layers > model.config().layers()) {
            throw new KitException("The results of the lowest " + layers + " layers cannot be kept in a model of "
                    + model.config().layers() + ": give a number between 0 and that.");
        }
        this.model = model;
        this.layers = layers;
        this.manager = model.torch().manager().newSubManager();
    }

    /** Some layers over something; the result belongs to the manager of {@code x}. */
    interface Run {
        NDArray over(NDArray x, int first, int last);
    }

    /** Whether an adapter leaves these layers as they are. */
    boolean leftAloneBy(Adapter adapter) {
        for (int i = 0; adapter != null && i < layers; i++) {
            for (String matrix : Llama.MATRICES) {
                if (adapter.covers(i, matrix)) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * All layers.
     *
     * @param work owns the result
     * @param text what tells one text from another: ids, and how they are laid
     * @param vectors of the tokens, for a text that was not seen
     * @param run the model's layers over it
     */
    NDArray all(NDManager work, List<LongBuffer> text, Supplier<NDArray> vectors, Run run) {
        NDArray below = kept.get(text);
        if (below == null) {
            try (NDArray tokens = vectors.get();
                    NDArray x = run.over(tokens, 0, layers)) {
                kept.put(text, model.torch().ops().copy(manager, x));
                return run.over(x, layers, model.config().layers());
            }
        }
        used++;
        try (NDArray x = model.torch().ops().copy(work, below)) {
            return run.over(x, layers, model.config().layers());
        }
    }

    /** {@return how many times something kept has spared the work} */
    public int used() {
        return used;
    }

    /** Frees what was kept; the model runs all its layers again. */
    @Override
    public void close() {
        model.forget(this);
        manager.close();
    }
}
