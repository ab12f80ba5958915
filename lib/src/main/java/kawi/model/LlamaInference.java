package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.pytorch.jni.IValue;
import java.util.Collection;
import java.util.List;
import kawi.torch.Script;
import kawi.torch.Torch;

/** A Llama's weights made ready for inference, and the calls that run all layers at once ({@code llama.py}). */
final class LlamaInference {

  final Torch torch;
  final LlamaConfig config;
  private final Script script;
  private final NDArray embedding;
  private final List<NDArray> weights;
  private final IValue kept;
  private final IValue packed;
  private final NDManager manager;
  private final List<NDArray> table;

  LlamaInference(Torch torch, LlamaConfig config, NDArray embedding, List<NDArray> weights, Precision precision) {
    this.torch = torch;
    this.config = config;
    this.embedding = embedding;
    this.weights = weights;
    this.script = Script.load(torch, "kawi/model/llama.py");
    this.manager = torch.manager().newSubManager();
    this.table = torch.ops().ropeTable(manager, 0, config.context(), config.headSize(), config.ropeBase());
    this.kept = script.raw("kept", false, weights);
    this.packed = precision == Precision.INT8 ? pack() : script.raw("unpacked", false);
  }

  private IValue pack() {
    try (IValue joined = script.raw("joined", false, weights)) {
      return script.raw("pack", false, joined);
    }
  }

  Decoder decoder(int batch, int length) {
    return new LlamaDecoder(this, batch, length);
  }

  NDArray layers(NDArray x, int first, int last) {
    int time = (int) x.getShape().get(1);
    try (NDArray cos = table.get(0).get(new NDIndex("0:" + time)); NDArray sin = table.get(1).get(new NDIndex("0:" + time))) {
      return script.call(x.getManager(), "layers", false, x, kept, packed, first, last, config.heads(), config.groups(), cos, sin, config.epsilon());
    }
  }

  NDArray head(NDArray hidden) {
    return script.call(hidden.getManager(), "head", false, hidden, kept, packed);
  }

  /** Feeds ids of rows of a decoder's batch; returns logits {@code (rows, vocabulary)}. See {@code decode} in llama.py. */
  NDArray decode(NDManager step, NDArray ids, NDArray rows, NDArray positions, int start, int end, NDArray keys, NDArray values) {
    return script.infer(step, "decode", ids, rows, positions, start, end, embedding, kept, packed, keys, values, config.heads(),
        config.groups(), table.get(0), table.get(1), config.epsilon());
  }

  /** Feeds one id of a decoder's only row; returns logits {@code (1, vocabulary)}. See {@code one} in llama.py. */
  NDArray one(NDManager step, NDArray id, int position, NDArray keys, NDArray values) {
    return script.infer(step, "one", id, position, embedding, kept, packed, keys, values, config.heads(), config.groups(), table.get(0),
        table.get(1), config.epsilon());
  }

  /** Frees what was made for inference; the model's own parameters stay. */
  void close(Collection<NDArray> own) {
    packed.close();
    kept.close();
    script.close();
    manager.close();
    for (NDArray weight : weights) {
      if (own.stream().noneMatch(parameter -> parameter == weight)) {
        weight.close();
      }
    }
  }
}
