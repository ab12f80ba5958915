package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import kawi.evidence.KitException;

/** Reads on with a key-value cache, as {@link GptDecoder} does; keys are kept as their positions have turned them. */
final class ModernDecoder implements Decoder {

  private final ModernGpt model;
  private final int batch;
  private final int length;
  private final NDManager manager;
  private final NDArray[] keys;      // for each layer (batch, heads, length, size)
  private final NDArray[] values;
  private int[][] last;              // the token read last in each sequence, (batch, 1)
  private int position;

  ModernDecoder(ModernGpt model, int batch, int length) {
    if (length > model.context()) {
      throw new KitException("The model's context is " + model.context() + " tokens, so it cannot decode " + length + ": ask for fewer, or begin again from the last ones.");
    }
    this.model = model;
    this.batch = batch;
    this.length = length;
    this.manager = model.torch().manager().newSubManager();
    ModernConfig config = model.config();
    this.keys = new NDArray[config.layers()];
    this.values = new NDArray[config.layers()];
    Shape shape = new Shape(batch, config.heads(), length, config.width() / config.heads());
    for (int layer = 0; layer < keys.length; layer++) {
      keys[layer] = manager.zeros(shape);
      values[layer] = manager.zeros(shape);
    }
  }

  @Override
  public float[][] next(int[][] ids) {
    return model.torch().inference(() -> {
      try (NDManager step = manager.newSubManager()) {
        NDArray tokens = Tokens.array(step, ids, batch, model.vocabularySize());
        int time = ids[0].length;
        if (position + time > length) {
          throw new KitException("The decoder has room for " + length + " tokens, " + position + " are read, and " + time
              + " more do not fit: begin a new decoder with the last tokens of the text.");
        }
        NDArray before = last == null ? null : Tokens.array(step, last, batch, model.vocabularySize());
        NDArray hidden = model.forward(tokens, before, position, Tap.NONE,
            (q, k, v, layer) -> model.torch().ops().cachedAttention(q, k, v, keys[layer], values[layer], position));
        position += time;
        last = Arrays.stream(ids).map(row -> new int[] {row[time - 1]}).toArray(int[][]::new);
        return Tokens.rows(model.logits(hidden.get(":,-1")));
      }
    });
  }

  @Override
  public int position() {
    return position;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public void close() {
    manager.close();
  }
}
