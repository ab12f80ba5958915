package kawi.cluster;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import kawi.model.LanguageModel;

/**
 * What a worker keeps from round to round: the model, and what it and the optimizer had come to when the round ended. A
 * worker that took part in the round before goes on from there and is sent nothing; all others, and those whose round
 * was given up, are sent both by the driver.
 */
final class Replica {
    private static String shape;
    private static LanguageModel model;
    private static State state;
    private static int rank;
    private static float[] averages;

    private Replica() {}

    /**
     * Weights and averages as a round left them. Two are the same where the round and the bytes are.
     *
     * @param job the round
     * @param weights their checksum, CRC-32C
     * @param averages checksums of what the optimizers remember: one for all workers, or one for each; of a worker, its
     *     own alone
     */
    record State(UUID job, int weights, List<Integer> averages) implements Serializable {
        State {
            averages = new ArrayList<>(averages); // Java's own lists travel
        }

        /** {@return this as one worker has it} */
        State of(int worker) {
            return new State(job, weights, List.of(averages.get(worker)));
        }
    }

    /** {@return the model of a plan; one of another shape is closed} */
    static synchronized LanguageModel of(Round.Plan plan) {
        WorkerEngine.torch(plan.arithmetic(), plan.seed());
        if (!plan.config().equals(shape)) {
            if (model != null) {
                model.close();
            }
            shape = null;
            forget();
            model = WorkerEngine.model(plan.config(), plan.seed());
            shape = plan.config();
        }
        return model;
    }

    /**
     * Takes what the round before left here; it is not here any more, for a round changes it from its first step on.
     *
     * @param wanted what the round is to begin from
     * @param worker whose averages are wanted, 0 where all have the same
     * @return the averages, while the model has the weights; null where something else is here, or nothing
     */
    static synchronized float[] take(State wanted, int worker) {
        float[] here = state != null && rank == worker && state.equals(wanted.of(worker)) ? averages : null;
        forget();
        return here;
    }

    /** Keeps what a round ended in; the weights are the model's. */
    static synchronized void keep(State ended, int worker, float[] remembered) {
        state = ended;
        rank = worker;
        averages = remembered;
    }

    private static void forget() {
        state = null;
        averages = null;
    }
}
