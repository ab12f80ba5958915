package kawi.model;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import kawi.evidence.KitException;
import kawi.torch.NotFiniteException;

/** Token ids on their way into a model: checked, and looked up in the embedding. */
final class Tokens {

    private Tokens() {}

    /** Rows of equal length as (batch, time) int64. */
    static NDArray array(NDManager manager, int[][] ids, int batch, int vocabulary) {
        if (ids.length != batch || ids[0].length == 0) {
            throw new KitException("A decoder of " + batch + " sequences was given " + ids.length + " of "
                    + (ids.length == 0 ? 0 : ids[0].length) + " tokens: give each of them at least one token.");
        }
        int time = ids[0].length;
        long[] flat = new long[batch * time];
        for (int row = 0; row < batch; row++) {
            if (ids[row].length != time) {
                throw new KitException("The sequences of one decoder must be equally long, but one has " + time
                        + " tokens and another " + ids[row].length + ": group prompts by length.");
            }
            for (int i = 0; i < time; i++) {
                flat[row * time + i] = known(ids[row][i], vocabulary);
            }
        }
        return manager.create(flat, new Shape(batch, time));
    }

    /** The id, if it is one of the vocabulary's. */
    static long known(long id, int vocabulary) {
        if (id < 0 || id >= vocabulary) {
            throw new KitException("Token " + id + " is not in the model's vocabulary of " + vocabulary
                    + ": use the tokenizer that the model was trained with.");
        }
        return id;
    }

    /** Looks ids up in the embedding, (batch, time) to (batch, time, width). */
    static NDArray embed(LanguageModel model, NDArray table, NDArray ids) {
        try {
            return model.torch().ops().embedding(table, ids);
        } catch (EngineException e) {
            if (String.valueOf(e.getMessage()).contains("index out of range")) {
                throw new KitException(
                        "A token id is not in the model's vocabulary of " + model.vocabularySize()
                                + ": use the tokenizer that the model was trained with.",
                        e);
            }
            throw e;
        }
    }

    /**
     * Logits (batch, vocabulary) as Java rows.
     *
     * @param read tokens that were read before them
     * @throws kawi.torch.NotFiniteException where one is NaN or infinite
     */
    static float[][] rows(NDArray logits, int read) {
        int columns = (int) logits.getShape().get(1);
        float[] flat = NotFiniteException.refuse(logits.toFloatArray(), "The logits after " + read + " tokens");
        float[][] rows = new float[flat.length / columns][];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = Arrays.copyOfRange(flat, row * columns, (row + 1) * columns);
        }
        return rows;
    }
}
