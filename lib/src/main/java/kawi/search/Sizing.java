package kawi.search;

import java.util.Comparator;
import java.util.List;
import kawi.model.GptConfig;
import tech.tablesaw.api.BooleanColumn;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * How large a model the time is best spent on. A large model learns more from a token, a small one sees more tokens in
 * the same time; between them a law decides that was fitted to short trainings of this text on this machine
 * ({@link PilotRuns}).
 *
 * @param config the shape
 * @param tokens that the time allows
 * @param epochs how often each token of the text would be seen
 * @param estimatedMegabytes memory of weights, gradients, averages and activations by formula, in units of 2^20 bytes;
 *     the process holds more ({@link Plan#residentMegabytes})
 * @param loss what the laws expect, nats per token
 */
public record Sizing(GptConfig config, long tokens, double epochs, double estimatedMegabytes, ScalingLaw.Band loss) {
    /** Beyond four times a repeated text teaches little (Muennighoff et al. 2023). */
    static final long MOST_EPOCHS = 4;

    static Sizing of(GptConfig config, long tokens, long corpus, int batch, ScalingLaw.Band loss) {
        double pass = (double) batch * config.context();
        double activations =
                pass * (config.layers() * (18.0 * config.width() + config.heads()) + 3.0 * config.vocabularySize()) * 4;
        return new Sizing(
                config,
                tokens,
                tokens / (double) corpus,
                (16.0 * config.parameterCount() + activations) / 1048576,
                loss);
    }

    /** A shape in the words of a table. */
    static String name(GptConfig config) {
        return config.layers() + (config.layers() == 1 ? " layer" : " layers") + ", width " + config.width();
    }

    /**
     * {@return one row for each size, in order of growing size; the best is marked}
     *
     * @param sizes the best first
     */
    public static Table table(List<Sizing> sizes) {
        Table table = Table.create(
                "sizes",
                StringColumn.create("model"),
                LongColumn.create("parameters"),
                LongColumn.create("tokens"),
                DoubleColumn.create("epochs"),
                DoubleColumn.create("estimated tensor memory MB"),
                DoubleColumn.create("predicted loss, nats"),
                DoubleColumn.create("low"),
                DoubleColumn.create("high"),
                BooleanColumn.create("best"));
        for (Sizing size : sizes.stream()
                .sorted(Comparator.comparingLong(s -> s.config.parameterCount()))
                .toList()) {
            var row = table.appendRow();
            row.setString("model", name(size.config));
            row.setLong("parameters", size.config.parameterCount());
            row.setLong("tokens", size.tokens);
            row.setDouble("epochs", size.epochs);
            row.setDouble("estimated tensor memory MB", size.estimatedMegabytes);
            row.setDouble("predicted loss, nats", size.loss.value());
            row.setDouble("low", size.loss.low());
            row.setDouble("high", size.loss.high());
            row.setBoolean("best", size == sizes.get(0));
        }
        return table;
    }
}
