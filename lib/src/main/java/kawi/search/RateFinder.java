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
import kawi.train.Batches;
import kawi.train.DivergedException;
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
 * @param end why no higher rate was tried
 */
public record RateFinder(double[] rates, double[] losses, double suggested, End end) {
    private static final double MEMORY = 0.8;
    private static final double TOO_MUCH = 1; // nats above the lowest smoothed loss

    /** Why the rates end where they do. */
    public enum End {
        /** Every rate was tried. */
        ALL_TRIED("all rates were tried"),
        /** The smoothed loss rose by more than a nat above its lowest. */
        LOSS_ROSE("the loss rose"),
        /** The loss, the gradient or the weights became NaN or infinite. */
        DIVERGED("the last rate diverged"),
        /** The reader stopped it. */
        INTERRUPTED("interrupted");

        private final String words;

        End(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /**
     * Tries rates, and puts the weights back.
     *
     * @param model is trained meanwhile
     * @param train the text to learn from
     * @param batch windows in a step
     * @param optimizer the rule whose rate is sought
     * @param low the first rate
     * @param high the last rate, unless the training diverges before
     * @param steps how many rates are tried, each for one step
     * @param seed which windows are drawn
     * @param progress is given the smoothed loss by the rate's logarithm to the base 10
     * @return the rates with their losses
     * @throws KitException if the limits are not two rising positive numbers, if the first rate already diverges, if
     *     interrupted before it was tried, or if the model cannot be trained for another reason
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
        End end = End.ALL_TRIED;
        try (NDManager copies = model.torch().manager().newSubManager()) {
            Map<String, NDArray> before = copy(model.parameters(), copies, model.torch());
            try (Fit fit = Fit.of(model, optimizer.withRate(high), rising)) {
                double smooth = Double.NaN;
                double lowest = Double.POSITIVE_INFINITY;
                while (!fit.done() && end == End.ALL_TRIED) {
                    if (Thread.currentThread().isInterrupted()) {
                        end = End.INTERRUPTED;
                        break;
                    }
                    double loss = Trial.step(fit, 1, model, batches);
                    smooth = Double.isNaN(smooth) ? loss : MEMORY * smooth + (1 - MEMORY) * loss;
                    lowest = Math.min(lowest, smooth);
                    if (smooth > lowest + TOO_MUCH) {
                        end = End.LOSS_ROSE;
                        break;
                    }
                    rates.add(high * rising.factor(fit.taken() - 1));
                    losses.add(smooth);
                    progress.point("loss", Math.log10(rates.get(rates.size() - 1)), smooth);
                    progress.update(
                            fit.taken(),
                            String.format(Locale.ROOT, "rate %.1e, loss %.2f", rates.get(rates.size() - 1), smooth));
                }
            } catch (DivergedException e) {
                end = End.DIVERGED;
            } finally {
                before.forEach((name, value) ->
                        model.torch().ops().assign(model.parameters().get(name), value));
            }
        }
        RateFinder found = of(rates, losses, end);
        progress.end(String.format(Locale.ROOT, "suggested %.1e, ", found.suggested) + end);
        return found;
    }

    private static RateFinder of(List<Double> rates, List<Double> losses, End end) {
        if (rates.isEmpty()) {
            throw new KitException(
                    "No rate was tried, for the search was interrupted before its first step: run it again.");
        }
        if (rates.size() == 1 && end == End.DIVERGED) {
            throw new KitException("The training diverged at the first rate tried, "
                    + rates.get(0).floatValue() + ": begin with a lower one.");
        }
        int best = 0;
        for (int i = 1; i < losses.size(); i++) {
            best = losses.get(i) < losses.get(best) ? i : best;
        }
        return new RateFinder(
                rates.stream().mapToDouble(x -> x).toArray(),
                losses.stream().mapToDouble(x -> x).toArray(),
                rates.get(best) / 3,
                end);
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
