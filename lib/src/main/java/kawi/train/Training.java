package kawi.train;

import java.util.List;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.Table;

/**
 * What a training run did.
 *
 * @param end             how it ended
 * @param steps           optimizer steps taken, those before an interruption included
 * @param tokens          tokens the model was trained on in them
 * @param validation      the last evaluation, or the best one's when the run is complete and its weights were taken
 * @param bestStep        after which step the validation loss was lowest; 0 where there was no evaluation
 * @param seconds         wall-clock seconds of all parts of the run, evaluation and checkpoints included
 * @param tokensPerSecond training tokens per second of training time, evaluation and checkpoints left out
 * @param peakMegabytes   highest resident memory seen
 * @param history         the run's course
 */
public record Training(End end, long steps, long tokens, Evaluation validation, long bestStep, double seconds, double tokensPerSecond,
    double peakMegabytes, List<Point> history) {

  /** How a run ended: all steps done, no more progress on the validation text, paused where it was told to, or interrupted by the reader. */
  public enum End { COMPLETE, STOPPED_EARLY, PAUSED, INTERRUPTED }

  /**
   * One interval of the run.
   *
   * @param step            steps taken at its end
   * @param loss            mean training loss of its steps, nats per token
   * @param validation      validation loss at its end, nats per token; null where none was measured
   * @param rate            the schedule's factor times the optimizer's rate, at its last step
   * @param gradientNorm    norm of the last step's gradient before clipping
   * @param tokensPerSecond training speed
   * @param megabytes       resident memory
   */
  public record Point(long step, double loss, Double validation, double rate, double gradientNorm, double tokensPerSecond, double megabytes) {}

  /** The history with one row for each interval; the validation column is empty where nothing was measured. */
  public Table table() {
    LongColumn step = LongColumn.create("step");
    List<DoubleColumn> columns = List.of(DoubleColumn.create("train loss"), DoubleColumn.create("validation loss"), DoubleColumn.create("rate"),
        DoubleColumn.create("gradient norm"), DoubleColumn.create("tokens/s"), DoubleColumn.create("memory MB"));
    for (Point point : history) {
      step.append(point.step);
      Double[] row = {point.loss, point.validation, point.rate, point.gradientNorm, point.tokensPerSecond, point.megabytes};
      for (int i = 0; i < row.length; i++) {
        if (row[i] == null) {
          columns.get(i).appendMissing();
        } else {
          columns.get(i).append(row[i]);
        }
      }
    }
    Table table = Table.create("training", step);
    columns.forEach(table::addColumns);
    return table;
  }
}
