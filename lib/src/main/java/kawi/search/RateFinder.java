package kawi.search;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.model.LanguageModel;
import kawi.text.TokenFile;
import kawi.torch.Torch;
import kawi.train.Batch;
import kawi.train.Batches;
import kawi.train.Fit;
import kawi.train.Optimizer;
import kawi.train.Schedule;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;

/**
 * Finds a learning rate by raising it step after step until the loss explodes (Smith 2017). The model's weights are put
 * back afterwards.
 *
 * @param rates the rate of each step, rising by a constant ratio
 * @param losses the loss before each step, smoothed over the steps before it, nats per token
 * @param suggested a third of the rate at which the smoothed loss was lowest: past that point steps overshoot
 */
public record RateFinder(double[] rates, double[] losses, double suggested) {
    private static final double MEMORY = 0.8;

    /**
     * @param optimizer the rule whose rate is sought
     * @param low the first rate
     * @param high the last rate, unless the loss explodes before
     * @param steps how many rates are tried, each for one step
     */
    public static RateFinder run(
            LanguageModel model,
            TokenFile train,
            int batch,
            Optimizer optimizer,
            double low,
            double high,
            int steps,
            long seed,
            Progress progress) {
        if (!(low > 0) || !(high > low) || Double.isInfinite(high) || steps < 5) {
            throw new KitException("The rate cannot be sought from " + low + " to " + high + " in " + steps
                    + " steps: give 0 < low < high and at least 5 steps.");
        }
        Batches batches = new Batches(train, batch, model.context(), seed);
        Schedule rising = Schedule.rising(low / high, steps);
        List<Double> rates = new ArrayList<>();
        List<Double> losses = new ArrayList<>();
        progress.begin("trying learning rates", steps);
        progress.axes("logarithm of the learning rate, to base 10", "loss, smoothed (nats per token)");
        try (NDManager copies = model.torch().manager().newSubManager()) {
            Map<String, NDArray> before = copy(model.parameters(), copies, model.torch());
            try (Fit fit = Fit.of(model.torch(), model.parameters(), optimizer.withRate(high), rising)) {
                double smooth = Double.NaN;
                double lowest = Double.POSITIVE_INFINITY;
                while (!fit.done() && !Thread.currentThread().isInterrupted()) {
                    double loss = stepOrInfinity(fit, model, batches.next());
                    smooth = Double.isNaN(smooth) ? loss : MEMORY * smooth + (1 - MEMORY) * loss;
                    lowest = Math.min(lowest, smooth);
                    if (!Double.isFinite(smooth) || smooth > lowest + 1) {
                        break;
                    }
                    rates.add(high * rising.factor(fit.taken() - 1));
                    losses.add(smooth);
                    progress.point("loss", Math.log10(rates.get(rates.size() - 1)), smooth);
                    progress.update(
                            fit.taken(),
                            String.format(Locale.ROOT, "rate %.1e, loss %.2f", rates.get(rates.size() - 1), smooth));
                }
            } finally {
                before.forEach((name, value) ->
                        model.torch().ops().assign(model.parameters().get(name), value));
            }
        }
        RateFinder found = of(rates, losses);
        progress.end(String.format(Locale.ROOT, "suggested %.1e", found.suggested));
        return found;
    }

    static double stepOrInfinity(Fit fit, LanguageModel model, Batch batch) {
        try {
            return fit.step(1, work -> model.loss(batch.ids(work), batch.targets(work)))
                    .loss();
        } catch (KitException diverged) {
            return Double.POSITIVE_INFINITY;
        }
    }

    private static RateFinder of(List<Double> rates, List<Double> losses) {
        if (rates.isEmpty()) {
            throw new KitException("The loss exploded at the first rate tried: begin with a lower one.");
        }
        int best = 0;
        for (int i = 1; i < losses.size(); i++) {
            best = losses.get(i) < losses.get(best) ? i : best;
        }
        return new RateFinder(
                rates.stream().mapToDouble(x -> x).toArray(),
                losses.stream().mapToDouble(x -> x).toArray(),
                rates.get(best) / 3);
    }

    /** Copies of a model's weights that belong to {@code manager}. */
    static Map<String, NDArray> copy(Map<String, NDArray> weights, NDManager manager, Torch torch) {
        Map<String, NDArray> copies = new LinkedHashMap<>();
        weights.forEach((name, weight) -> {
            NDArray copy = manager.zeros(weight.getShape());
            torch.ops().assign(copy, weight);
            copies.put(name, copy);
        });
        return copies;
    }

    /** {@return one row for each rate tried} */
    public Table table() {
        return Table.create("rates", DoubleColumn.create("rate", rates), DoubleColumn.create("loss", losses));
    }
}
