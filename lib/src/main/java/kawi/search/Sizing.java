package kawi.search;

import java.util.Comparator;
import java.util.List;
import kawi.model.ModelConfig;
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
public record Sizing(ModelConfig config, long tokens, double epochs, double estimatedMegabytes, ScalingLaw.Band loss) {
    /** Beyond four times a repeated text teaches little (Muennighoff et al. 2023). */
    static final long MOST_EPOCHS = 4;

    static Sizing of(ModelConfig config, long tokens, long corpus, int batch, ScalingLaw.Band loss) {
        double pass = (double) batch * config.context();
        double activations = pass * (config.layers() * 18.0 * config.width() + 3.0 * config.vocabularySize()) * 4;
        return new Sizing(
                config,
                tokens,
                tokens / (double) corpus,
                (16.0 * config.parameterCount() + activations) / 1048576,
                loss);
    }

    /** A shape in the words of a table. */
    static String name(ModelConfig config) {
        return config.layers() + (config.layers() == 1 ? " layer" : " layers") + ", width " + config.width();
    }

    /**
     * {@return how many sizes a difference of seeds cannot tell from the best: those, the best among them, whose
     * predicted loss lies at most so far above the lowest}
     *
     * @param sizes at least one
     * @param noise the standard deviation of a loss from seed to seed, nats per token
     */
    public static long within(List<Sizing> sizes, double noise) {
        double lowest =
                sizes.stream().mapToDouble(size -> size.loss.value()).min().orElseThrow();
        return sizes.stream()
                .filter(size -> size.loss.value() - lowest <= noise)
                .count();
    }

    /**
     * {@return one row for each size, in order of growing size; the one that is taken is marked}
     *
     * @param sizes the one that is taken first
     */
    public static Table table(List<Sizing> sizes) {
        ResultTable table = new ResultTable("sizes");
        for (Sizing size : sizes.stream()
                .sorted(Comparator.comparingLong(s -> s.config.parameterCount()))
                .toList()) {
            table.put("model", name(size.config))
                    .put("parameters", size.config.parameterCount())
                    .put("tokens", size.tokens)
                    .put("epochs", size.epochs)
                    .put("estimated tensor memory MB", size.estimatedMegabytes)
                    .put("predicted loss, nats", size.loss.value())
                    .put("low", size.loss.low())
                    .put("high", size.loss.high())
                    .put("", size == sizes.get(0) ? "taken" : "");
        }
        return table.table();
    }
}
