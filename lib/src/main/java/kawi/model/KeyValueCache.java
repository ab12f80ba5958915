package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import kawi.evidence.KitException;

/** Keys and values of the tokens that a decoder has read, layer by layer, so that a new token costs one row of work. */
final class KeyValueCache implements AutoCloseable {

    final NDManager manager;
    final int length;
    final NDArray[] keys; // for each layer (batch, heads, length, size)
    final NDArray[] values;
    private int position;

    /**
     * @param shape batch, heads, most tokens and size of a head
     * @param layers attention layers of the model
     */
    KeyValueCache(LanguageModel model, int layers, Shape shape) {
        this.length = (int) shape.get(2);
        if (length > model.context()) {
            throw new KitException("The model's context is " + model.context() + " tokens, so it cannot decode "
                    + length + ": ask for fewer, or begin again from the last ones.");
        }
        this.manager = model.torch().manager().newSubManager();
        this.keys = new NDArray[layers];
        this.values = new NDArray[layers];
        for (int layer = 0; layer < layers; layer++) {
            keys[layer] = manager.zeros(shape);
            values[layer] = manager.zeros(shape);
        }
    }

    /** Tokens read so far. */
    int position() {
        return position;
    }

    /** Refuses more tokens than there is room for. */
    void checkRoom(int time) {
        if (position + time > length) {
            throw new KitException("The decoder has room for " + length + " tokens, " + position + " are read, and "
                    + time + " more do not fit: begin a new decoder with the last tokens of the text.");
        }
    }

    /** Begins again: what was read is read no more. */
    void restart() {
        position = 0;
    }

    /** Counts tokens as read, once every layer has written theirs. */
    void advance(int time) {
        position += time;
    }

    @Override
    public void close() {
        manager.close();
    }
}
