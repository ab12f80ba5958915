package kawi.tune;

import kawi.evidence.KitException;
import kawi.model.LlamaConfig;

/**
 * Which numbers of a model a tuning may change.
 *
 * @param name in tables
 * @param layers how many of the last layers have all their weights changed; 0 where none has
 * @param whole whether embeddings and last norm are changed too, and with them the head that is tied to them
 * @param lora the low-rank change that is learned in the place of weights; or null
 */
public record TuningScope(String name, int layers, boolean whole, Lora lora) {

    /** {@return every weight of the model: full fine-tuning} */
    public static TuningScope full() {
        return new TuningScope("full", 0, true, null);
    }

    /**
     * {@return all weights of the last layers; embeddings, head and the layers below stay}
     *
     * @param number of layers, at least 1
     * @throws KitException for fewer
     */
    public static TuningScope lastLayers(int number) {
        if (number < 1) {
            throw new KitException(
                    "The last " + number + " layers are none to tune: give at least 1, or tune the" + " head.");
        }
        return new TuningScope("last " + number + (number == 1 ? " layer" : " layers"), number, false, null);
    }

    /**
     * {@return the rows of the head that the choices are read from, as a copy that is no longer tied to the embeddings:
     * linear probing of what the last layer made, begun where the model stands}
     */
    public static TuningScope head() {
        return new TuningScope("head", 0, false, null);
    }

    /**
     * {@return a low-rank change}
     *
     * @param name in tables, such as "LoRA, rank 8"
     * @param lora which matrices are changed, and how
     */
    public static TuningScope lora(String name, Lora lora) {
        return new TuningScope(name, 0, false, lora);
    }

    /** Whether nothing is learned but a copy of the choices' rows. */
    boolean headOnly() {
        return layers == 0 && !whole && lora == null;
    }

    /** The lowest layer that is run in every step; those below run once. */
    int firstLayer(LlamaConfig config) {
        if (layers > config.layers()) {
            throw new KitException("The last " + layers + " layers are to be tuned and the model has " + config.layers()
                    + "; choose at most as many.");
        }
        return lora != null ? lora.firstLayer(config) : whole ? 0 : config.layers() - layers;
    }
}
