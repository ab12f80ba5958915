package kawi.train;

import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.torch.Arithmetic;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.Table;

/**
 * What a training run did.
 *
 * @param end how it ended
 * @param steps optimizer steps taken, those before an interruption included
 * @param tokens tokens the model was trained on in them
 * @param validation the last evaluation on the trainer's evaluation windows, or the best one when the run is complete
 *     and its weights were taken; null where there is no validation text
 * @param bestStep after which step the validation loss was lowest; 0 where there was no evaluation
 * @param seconds wall-clock seconds of all parts of the run, evaluation and checkpoints included
 * @param tokensPerSecond training tokens per second of training time, evaluation and checkpoints left out
 * @param peakResidentMegabytes highest resident memory of the process seen at the end of an interval, in units of 2^20
 *     bytes: the Java heap and what libtorch keeps included
 * @param history the run's course
 * @param computed what arithmetic the steps were computed by; more than one only where the run was allowed to go on
 *     with another
 */
public record Training(
        End end,
        long steps,
        long tokens,
        Evaluation validation,
        long bestStep,
        double seconds,
        double tokensPerSecond,
        double peakResidentMegabytes,
        List<Point> history,
        List<Computed> computed) {

    /**
     * What arithmetic a part of the run was computed by.
     *
     * @param from the first step of the part, from 1
     * @param by the arithmetic, up to the next part or the end
     */
    public record Computed(long from, Arithmetic by) {}

    /**
     * How a run ended: all steps done, no more progress on the validation text, paused where it was told to, or
     * interrupted by the reader.
     */
    public enum End {
        /** All steps of the schedule are taken. */
        COMPLETE,
        /** The validation loss no longer fell, for as many evaluations as the patience is. */
        STOPPED_EARLY,
        /** The step to pause at was reached. */
        PAUSED,
        /** The thread was interrupted. */
        INTERRUPTED
    }

    /**
     * One interval of the run.
     *
     * @param step steps taken at its end
     * @param loss mean training loss of its steps, nats per token
     * @param bitsPerByte the same loss in bits per byte of the text that the tokens stand for; null where the text's
     *     bytes are not known
     * @param validation validation loss at its end, nats per token; null where none was measured
     * @param validationBits the same in bits per byte; null where none was measured
     * @param rate the schedule's factor times the optimizer's rate, at its last step
     * @param gradientNorm norm of the last step's gradient before clipping
     * @param tokensPerSecond training speed
     * @param utilisation operations of the training over those of the fastest matrix product measured here, 0 to 1
     *     ("model FLOPs utilisation"); null for a model that does not say what its parameters are
     * @param residentMegabytes resident memory of the process at its end, in units of 2^20 bytes
     * @param joules energy of the machine's processors since the interval before, evaluations included; null where it
     *     cannot be read
     */
    public record Point(
            long step,
            double loss,
            Double bitsPerByte,
            Double validation,
            Double validationBits,
            double rate,
            double gradientNorm,
            double tokensPerSecond,
            Double utilisation,
            double residentMegabytes,
            Double joules) {}

    /**
     * {@return the history with one row for each interval; a cell is empty where nothing was measured, and a column is
     * left out where nothing ever was}
     */
    public Table table() {
        Table table = Table.create(
                "training",
                LongColumn.create(
                        "step", history.stream().mapToLong(Point::step).toArray()));
        column(table, "train loss", Point::loss);
        column(table, "train bits per byte", Point::bitsPerByte);
        column(table, "validation loss", Point::validation);
        column(table, "validation bits per byte", Point::validationBits);
        column(table, "rate", Point::rate);
        column(table, "gradient norm", Point::gradientNorm);
        column(table, "tokens/s", Point::tokensPerSecond);
        column(table, "share of peak", Point::utilisation);
        column(table, "resident memory MB", Point::residentMegabytes);
        column(table, "energy J", Point::joules);
        return table;
    }

    /**
     * {@return rows of {@link #table()}, at most so many: the first, the last, and between them some at even distances,
     * of those with a validation loss where there are enough}
     *
     * @param most at least 2
     * @throws KitException for fewer than 2
     */
    public Table table(int most) {
        if (most < 2) {
            throw new KitException("A course cannot be shown in " + most + " rows: give 2 or more.");
        }
        int last = history.size() - 1;
        int[] rows = IntStream.rangeClosed(0, last)
                .filter(i -> i == 0 || i == last || history.get(i).validation() != null)
                .toArray();
        int[] of = rows.length < Math.min(most, history.size())
                ? IntStream.rangeClosed(0, last).toArray()
                : rows;
        int shown = Math.min(most, of.length);
        return table().rows(IntStream.range(0, shown)
                .map(i -> of[(int) Math.round(i * (of.length - 1.0) / Math.max(1, shown - 1))])
                .toArray());
    }

    private void column(Table table, String name, Function<Point, Double> value) {
        DoubleColumn column = DoubleColumn.create(name);
        history.forEach(point -> column.append(value.apply(point)));
        if (column.countMissing() < column.size()) {
            table.addColumns(column);
        }
    }
}
