package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import kawi.torch.Ops;

/** Reads on with a key-value cache: keys and values of past tokens are kept, so a new token costs one row of work. */
final class GptDecoder implements Decoder {

    private final Gpt model;
    private final int batch;
    private final KeyValueCache cache;

    GptDecoder(Gpt model, int batch, int length) {
        this.model = model;
        this.batch = batch;
        GptConfig config = model.config();
        this.cache = new KeyValueCache(
                model, config.layers(), new Shape(batch, config.heads(), length, config.width() / config.heads()));
    }

    @Override
    public float[][] next(int[][] ids) {
        return model.torch().inference(() -> {
            try (NDManager step = cache.manager.newSubManager()) {
                NDArray tokens = Tokens.array(step, ids, batch, model.vocabularySize());
                int time = ids[0].length;
                cache.checkRoom(time);
                NDArray hidden = model.forward(tokens, cache.position(), ActivationHook.NONE, this::attend);
                cache.advance(time);
                return Tokens.rows(model.logits(hidden.get(":,-1")), cache.position());
            }
        });
    }

    private NDArray attend(NDArray qkv, int layer) {
        Ops ops = model.torch().ops();
        int heads = model.config().heads();
        var parts = qkv.split(3, 2);
        NDArray q = ops.splitHeads(parts.get(0), heads);
        NDArray k = ops.splitHeads(parts.get(1), heads);
        NDArray v = ops.splitHeads(parts.get(2), heads);
        return ops.mergeHeads(ops.cachedAttention(q, k, v, cache.keys[layer], cache.values[layer], cache.position()));
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
