package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * Reads on with a key-value cache, as {@link GptDecoder} does; keys are kept as their positions have turned them. Where
 * a text grows so long that all its positions turn otherwise ({@link LongRope}), it is read once more from its
 * beginning.
 */
final class TransformerDecoder implements Decoder {

    private final Transformer model;
    private final int batch;
    private final KeyValueCache cache;
    private int[][] texts; // read so far, where they may have to be read once more

    TransformerDecoder(Transformer model, int batch, int length) {
        this.model = model;
        this.batch = batch;
        TransformerConfig.Sizes sizes = model.config().sizes();
        this.cache = new KeyValueCache(
                model, sizes.layers(), new Shape(batch, sizes.keyValueHeads(), length, sizes.headSize()));
        this.texts = new int[batch][0];
    }

    @Override
    public float[][] next(int[][] ids) {
        return model.torch().inference(() -> {
            try (NDManager step = cache.manager.newSubManager()) {
                NDArray tokens = Tokens.array(step, ids, batch, model.vocabularySize());
                cache.checkRoom(ids[0].length);
                if (again(ids)) {
                    cache.restart();
                    tokens = Tokens.array(step, texts, batch, model.vocabularySize());
                }
                int time = (int) tokens.getShape().get(1);
                NDArray hidden = model.forward(
                        tokens,
                        cache.position(),
                        ActivationHook.NONE,
                        (q, k, v, layer) -> model.attend(q, k, v, layer, cache));
                cache.advance(time);
                return Tokens.rows(model.logits(hidden.get(":,-1")), cache.position());
            }
        });
    }

    /** Remembers what is read; whether these tokens make a short text a long one, so that all is to be read again. */
    private boolean again(int[][] ids) {
        LongRope longer = model.config().positions().longer();
        int before = cache.position();
        if (longer.original() == 0 || longer.beyond(before)) {
            return false;
        }
        for (int row = 0; row < batch; row++) {
            int[] text = Arrays.copyOf(texts[row], before + ids[row].length);
            System.arraycopy(ids[row], 0, text, before, ids[row].length);
            texts[row] = text;
        }
        return before > 0 && longer.beyond(before + ids[0].length);
    }

    @Override
    public int position() {
        return cache.position();
    }

    @Override
    public int length() {
        return cache.length;
    }

    @Override
    public void close() {
        cache.close();
    }
}
