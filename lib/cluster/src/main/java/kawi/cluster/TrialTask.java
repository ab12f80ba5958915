package kawi.cluster;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.io.Serializable;
import java.util.Collection;
import kawi.model.LanguageModel;
import kawi.search.OpenTrial;
import kawi.search.Trials;
import kawi.torch.Torch;
import kawi.train.Optimizer;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.broadcast.Broadcast;

/**
 * One training of a search, or its next steps, on a worker: everything that it depends on comes with it, and what it
 * would go on from goes back, so that it may be done anywhere, and done again.
 */
final class TrialTask implements Task<TrialTask.Order, TrialTask.Stand> {
    private static final long serialVersionUID = 1;

    /**
     * How a training stands: the numbers, and the weights and averages (float32) that it would go on from; null where
     * it has ended.
     */
    record Stand(
            long steps,
            double seconds,
            double loss,
            double bitsPerByte,
            long divergedAt,
            byte[] weights,
            byte[] averages)
            implements Serializable {}

    /** A training that is asked for; {@code before} is null for one that begins. */
    record Order(
            String name,
            String config,
            String arithmetic,
            Recipe optimizer,
            double[] factors,
            long scheduled,
            int batch,
            int passes,
            long seed,
            int context,
            int windows,
            int atOnce,
            WorkerText train,
            WorkerText validation,
            Broadcast<Stand> before)
            implements Serializable {}

    @Override
    public Stand run(Order order) throws IOException {
        return Refusal.carried("The training of " + order.name, () -> train(order));
    }

    private static Stand train(Order order) {
        Stand stand = order.before == null ? null : order.before.value();
        if (stand != null && stand.weights == null) {
            return stand;
        }
        Torch torch = WorkerEngine.torch(order.arithmetic, order.seed);
        long from = stand == null ? 0 : stand.steps;
        OpenTrial.Feed feed =
                new OpenTrial.Feed(order.train.open(), order.batch, order.passes, order.context, order.seed);
        LanguageModel model = WorkerEngine.model(order.config, order.seed);
        try (OpenTrial trial = new OpenTrial(
                model,
                order.optimizer.make(Optimizer.class),
                new Factors(from, order.factors, order.scheduled),
                feed)) {
            Collection<NDArray> weights = model.parameters().values();
            Collection<NDArray> averages = trial.fit().averages().values();
            if (stand != null) {
                Floats.write(torch, Floats.floats(stand.weights), weights);
                Floats.write(torch, Floats.floats(stand.averages), averages);
                trial.at(from, stand.seconds);
            }
            TaskContext task = TaskContext.get();
            trial.train(from + order.factors.length, task::isInterrupted);
            if (task.isInterrupted()) {
                throw new TaskKilledException("the search was stopped");
            }
            AtWork.here();
            Trials.Outcome outcome = trial.score(order.validation.open(), order.windows, order.atOnce);
            boolean ended = outcome.diverged() || trial.fit().done();
            return new Stand(
                    outcome.steps(),
                    outcome.seconds(),
                    outcome.loss(),
                    outcome.bitsPerByte(),
                    outcome.divergedAt(),
                    ended ? null : Floats.bytes(Floats.read(weights)),
                    ended ? null : Floats.bytes(Floats.read(averages)));
        }
    }
}
