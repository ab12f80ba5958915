package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/** Reads on with a key-value cache, as {@link GptDecoder} does; keys are kept as their positions have turned them. */
final class ModernDecoder implements Decoder {

    private final ModernGpt model;
    private final int batch;
    private final KeyValueCache cache;
    private int[][] last; // the token read last in each sequence, (batch, 1)

    ModernDecoder(ModernGpt model, int batch, int length) {
        this.model = model;
        this.batch = batch;
        ModernConfig config = model.config();
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
                NDArray before = last == null ? null : Tokens.array(step, last, batch, model.vocabularySize());
                NDArray hidden = model.forward(
                        tokens,
                        before,
                        cache.position(),
                        ActivationHook.NONE,
                        (q, k, v, layer) -> model.torch()
                                .ops()
                                .cachedAttention(q, k, v, cache.keys[layer], cache.values[layer], cache.position()));
                cache.advance(time);
                last = Arrays.stream(ids).map(row -> new int[] {row[time - 1]}).toArray(int[][]::new);
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
