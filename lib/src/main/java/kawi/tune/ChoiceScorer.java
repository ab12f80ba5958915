package kawi.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import kawi.model.Llama;
import kawi.torch.Ops;

/**
 * Scores a few words as the next one after a prompt: the model runs over the prompt once, and logits are taken at its last token
 * and for those words only.
 */
final class ChoiceScorer {
  /** Most tokens of a batch, its padding included. */
  private static final int BATCH_TOKENS = 768;

  private final Llama model;

  ChoiceScorer(Llama model) {
    this.model = model;
  }

  /**
   * Probabilities of the words among themselves.
   *
   * @param prompts token ids, none empty
   * @param words   the token id of each word
   * @return one row for each prompt, a probability in [0, 1] for each word; a row sums to one
   */
  double[][] probabilities(int[][] prompts, int[] words) {
    double[][] probabilities = new double[prompts.length][];
    List<Integer> shortestFirst = IntStream.range(0, prompts.length).boxed().sorted(Comparator.comparingInt(i -> prompts[i].length)).toList();
    model.torch().inference(() -> {
      for (int from = 0; from < prompts.length; ) {
        int to = from + 1;
        while (to < prompts.length && (to + 1 - from) * prompts[shortestFirst.get(to)].length <= BATCH_TOKENS) {
          to++;
        }
        score(prompts, shortestFirst.subList(from, to), words, probabilities);
        from = to;
      }
      return null;
    });
    return probabilities;
  }

  /** One batch, padded at the end up to its longest prompt: what stands before is not changed by it. */
  private void score(int[][] prompts, List<Integer> rows, int[] words, double[][] probabilities) {
    int time = prompts[rows.get(rows.size() - 1)].length;
    long[] ids = new long[rows.size() * time];
    long[] last = new long[rows.size()];
    for (int r = 0; r < rows.size(); r++) {
      int[] prompt = prompts[rows.get(r)];
      for (int t = 0; t < prompt.length; t++) {
        ids[r * time + t] = prompt[t];
      }
      last[r] = (long) r * time + prompt.length - 1;
    }
    Ops ops = model.torch().ops();
    try (NDManager scratch = model.torch().manager().newSubManager()) {
      NDArray hidden = model.layers(model.embed(scratch.create(ids, new Shape(rows.size(), time))), 0, model.config().layers());   // (batch, time, width)
      NDArray ends = ops.embedding(hidden.reshape(-1, model.config().width()), scratch.create(last));                              // (batch, width)
      NDArray head = ops.embedding(model.head(), scratch.create(IntStream.of(words).asLongStream().toArray()));                   // (words, width)
      float[] logits = ops.linear(model.norm(ends), head, null).toFloatArray();                                                   // (batch, words)
      for (int r = 0; r < rows.size(); r++) {
        probabilities[rows.get(r)] = softmax(logits, r * words.length, words.length);
      }
    }
  }

  private static double[] softmax(float[] logits, int from, int count) {
    double most = IntStream.range(0, count).mapToDouble(i -> logits[from + i]).max().orElseThrow();
    double[] p = IntStream.range(0, count).mapToDouble(i -> Math.exp(logits[from + i] - most)).toArray();
    double sum = IntStream.range(0, count).mapToDouble(i -> p[i]).sum();
    return IntStream.range(0, count).mapToDouble(i -> p[i] / sum).toArray();
  }
}
