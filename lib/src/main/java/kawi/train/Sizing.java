package kawi.train;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import kawi.model.GptConfig;
import kawi.model.ModelConfig;
import kawi.model.RecurrentConfig;
import tech.tablesaw.api.BooleanColumn;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * How large a model the time is best spent on. A large model learns more from a token, a small one sees more tokens in the same time;
 * between them the fitted law of Hoffmann et al. (2022) decides, whose two penalties are compared here and not its absolute loss: that
 * belongs to another text and another vocabulary.
 *
 * @param config             the shape
 * @param parameters         all of them, embeddings included
 * @param tokens             tokens that the time allows, by the arithmetic of a step
 * @param tokensPerParameter of those outside the embeddings
 * @param epochs             how often each token of the text would be seen
 * @param megabytes          estimated memory of weights, gradients, averages and activations
 * @param penalty            nats above the text's own entropy, by the law
 */
public record Sizing(GptConfig config, long parameters, long tokens, double tokensPerParameter, double epochs, double megabytes, double penalty) {
  private static final double SIZE_FACTOR = 406.4;
  private static final double SIZE_POWER = 0.34;
  private static final double DATA_FACTOR = 410.7;
  private static final double DATA_POWER = 0.28;
  /** Beyond four times a repeated text teaches little (Muennighoff et al. 2023). */
  private static final double MOST_EPOCHS = 4;

  /**
   * Sizes that the plan's time and memory allow, the best first.
   *
   * @param plan     measured with {@code measured}
   * @param measured the shape of the model that was timed
   * @param corpus   tokens of the training text
   */
  public static List<Sizing> of(Plan plan, GptConfig measured, long corpus) {
    double flops = plan.tokensPerSecond() * flopsPerToken(measured);
    double seconds = plan.steps() * plan.secondsPerStep();
    List<Sizing> sizes = new ArrayList<>();
    for (int layers = 1; layers <= 24; layers += layers < 4 ? 1 : 2) {
      int width = 48 * layers;
      GptConfig config = measured.layers(layers).width(width).heads(Math.max(1, width / 48));
      Sizing size = of(config, (long) (flops * seconds / flopsPerToken(config)), corpus, plan);
      if (size.megabytes <= plan.request().megabytes() && size.tokens > 0) {
        sizes.add(size);
      }
    }
    sizes.sort(Comparator.comparingDouble(Sizing::penalty));
    return sizes;
  }

  private static Sizing of(GptConfig config, long tokens, long corpus, Plan plan) {
    double hidden = hidden(config);
    double useful = Math.min(tokens, MOST_EPOCHS * corpus);
    double penalty = SIZE_FACTOR / Math.pow(hidden, SIZE_POWER) + DATA_FACTOR / Math.pow(useful, DATA_POWER);
    double pass = (double) plan.batch() * config.context();
    double activations = pass * (config.layers() * (18.0 * config.width() + config.heads()) + 3.0 * config.vocabularySize()) * 4;
    double megabytes = (16.0 * config.parameterCount() + activations) / 1048576;
    return new Sizing(config, config.parameterCount(), tokens, tokens / hidden, tokens / (double) corpus, megabytes, penalty);
  }

  /**
   * Operations of forward and backward pass for a token of a full window: six for each weight of a matrix that it meets, the head included,
   * and six for each layer, position and channel of attention's two products. Tables that are only looked up multiply nothing.
   */
  public static double flopsPerToken(ModelConfig config) {
    boolean ownHead = config.shapes().containsKey("lm_head.weight");
    double weights = 0;
    for (Map.Entry<String, Shape> each : config.shapes().entrySet()) {
      boolean lookup = each.getKey().endsWith("wpe.weight") || ownHead && each.getKey().matches(".*(wte|embed_tokens).weight");
      weights += each.getValue().dimension() < 2 || lookup ? 0 : each.getValue().size();
    }
    return 6 * weights + (config instanceof RecurrentConfig ? 0 : 6.0 * config.layers() * config.context() * config.width());
  }

  private static double hidden(GptConfig config) {
    return 12.0 * config.layers() * config.width() * config.width();
  }

  /** One row for each size, in order of growing size; the best is marked. */
  public static Table table(List<Sizing> sizes) {
    Table table = Table.create("sizes", StringColumn.create("model"), LongColumn.create("parameters"), LongColumn.create("tokens"),
        DoubleColumn.create("tokens per parameter"), DoubleColumn.create("epochs"), DoubleColumn.create("memory MB"), DoubleColumn.create("penalty, nats"),
        BooleanColumn.create("best"));
    for (Sizing size : sizes.stream().sorted(Comparator.comparingLong(Sizing::parameters)).toList()) {
      var row = table.appendRow();
      row.setString("model", size.config.layers() + " layers, width " + size.config.width());
      row.setLong("parameters", size.parameters);
      row.setLong("tokens", size.tokens);
      row.setDouble("tokens per parameter", size.tokensPerParameter);
      row.setDouble("epochs", size.epochs);
      row.setDouble("memory MB", size.megabytes);
      row.setDouble("penalty, nats", size.penalty);
      row.setBoolean("best", size == sizes.get(0));
    }
    return table;
  }
}
