package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** Reads on with a key-value cache, as {@link GptDecoder} does; keys are kept as their positions have turned them. */
final class TransformerDecoder implements Decoder {

    private final Transformer model;
    private final int batch;
    private final KeyValueCache cache;

    TransformerDecoder(Transformer model, int batch, int length) {
        this.model = model;
        this.batch = batch;
        TransformerConfig.Sizes sizes = model.config().sizes();
        this.cache = new KeyValueCache(
                model, sizes.layers(), new Shape(batch, sizes.keyValueHeads(), length, sizes.headSize()));
    }

    @Override
    public float[][] next(int[][] ids) {
        return model.torch().inference(() -> {
            try (NDManager step = cache.manager.newSubManager()) {
                NDArray tokens = Tokens.array(step, ids, batch, model.vocabularySize());
                int time = ids[0].length;
                cache.checkRoom(time);
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
