package kawi.cluster;

import ai.djl.ndarray.NDArray;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import kawi.evidence.KitException;
import kawi.model.LanguageModel;
import kawi.train.Batch;
import kawi.train.Batches;
import kawi.train.DivergedException;
import kawi.train.Fit;
import kawi.train.Optimizer;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * One round of a training: the steps between two points at which the driver has something to do, taken by all workers
 * at once. Everything that it depends on comes with it, so that a round whose worker was lost is done again from its
 * beginning and ends in the same bytes.
 */
final class Round implements Task<Integer, Round.Result> {
    private static final long serialVersionUID = 1;

    /** What every worker is told, the same for a whole run. */
    record Plan(
            String config,
            String arithmetic,
            long seed,
            WorkerText text,
            int batch,
            int parts,
            int context,
            double clip,
            double dropout,
            double limit,
            Recipe optimizer,
            Averaging averaging,
            int workers)
            implements Serializable {}

    /**
     * What a worker hands back.
     *
     * @param nats losses of its parts, step by step
     * @param norms of the gradients
     * @param weights after the round; of the first worker alone, the others only say their checksum
     * @param averages of its optimizer, where they are its own, or it is the first
     * @param remembered the averages' checksum
     * @param sent bytes, what is sent to know the error included
     * @param compared bytes that were sent only to know the error
     * @param error of the round's first sum, of what was sent rounded against what was not: {@link RoundingError}; NaN
     *     where nothing was rounded
     * @param refused why it did not end; null where it did
     * @param divergedAt the step at which it diverged, 0 where it did not
     * @param attempt how often Spark itself began this part again, because the executor that had it was lost
     * @param handed whether the driver sent it the weights and averages that it began from
     */
    record Result(
            double[][] nats,
            double[] norms,
            byte[] weights,
            int checksum,
            byte[] averages,
            int remembered,
            long sent,
            long compared,
            double error,
            double exchangeSeconds,
            double seconds,
            String machine,
            String refused,
            long divergedAt,
            int attempt,
            boolean handed)
            implements Serializable {}

    private final Plan plan;
    private final Peers.Invitation invitation;
    private final long from;
    private final double[] factors;
    private final long total;
    private final String advice;
    private final List<Broadcast<byte[]>> handed; // weights, then averages: once for all, or for each; or nothing
    private final Replica.State begun; // what the weights and averages are, for workers that have them already

    Round(
            Plan plan,
            Peers.Invitation invitation,
            long from,
            double[] factors,
            long total,
            String advice,
            List<Broadcast<byte[]>> handed,
            Replica.State begun) {
        this.plan = plan;
        this.invitation = invitation;
        this.from = from;
        this.factors = factors;
        this.total = total;
        this.advice = advice;
        this.handed = new ArrayList<>(handed);
        this.begun = begun;
    }

    @Override
    public Result run(Integer rank) {
        long start = System.nanoTime();
        try (SliceExchange exchange = new SliceExchange(invitation, rank, plan.workers)) {
            try {
                return train(rank, exchange, start);
            } catch (KitException e) {
                exchange.refuse(e);
                return new Result(
                        null,
                        null,
                        null,
                        0,
                        null,
                        0,
                        exchange.sent(),
                        0,
                        Double.NaN,
                        exchange.seconds(),
                        (System.nanoTime() - start) / 1e9,
                        machine(),
                        e.getMessage(),
                        e instanceof DivergedException diverged ? diverged.step() : 0,
                        attempt(),
                        false);
            }
        }
    }

    private Result train(int rank, SliceExchange exchange, long start) {
        boolean together = plan.averaging.everyStepOnly();
        int mine = together ? 0 : rank;
        LanguageModel model = Replica.of(plan);
        Collection<NDArray> parameters = model.parameters().values();
        Link link = Link.here();
        float[] before = Replica.take(begun, mine); // null where this worker was not in the round before
        boolean fetched = before == null;
        if (fetched && handed.isEmpty()) {
            throw new IllegalStateException("this worker was in the round before and has forgotten it");
        }
        if (fetched) {
            Floats.write(WorkerEngine.torch(), Floats.floats(link.received(handed.get(0))), parameters);
            before = Floats.floats(link.received(handed.get(1 + mine)));
        }
        Batches batches = new Batches(plan.text.open(), plan.batch, plan.context, plan.seed);
        int here = plan.parts / plan.workers;
        int steps = factors.length;
        double[][] nats = new double[steps][];
        double[] norms = new double[steps];
        try (Fit fit = Fit.of(model, plan.optimizer.make(Optimizer.class), new Factors(from, factors, total))) {
            fit.clip(plan.clip)
                    .dropout(plan.dropout, plan.seed)
                    .limit(plan.limit)
                    .advice(() -> advice);
            fit.taken(from);
            Collection<NDArray> own = fit.averages().values();
            int inner = Floats.count(own);
            Floats.write(WorkerEngine.torch(), before, own);
            float[] momentum = java.util.Arrays.copyOfRange(before, inner, before.length);
            RoundingError rounding = new RoundingError(exchange, plan.averaging.sent());
            float[] outer = together ? null : Floats.read(parameters); // the weights at the last averaging
            for (int i = 0; i < steps; i++) {
                if (i == steps / 2) {
                    AtWork.here();
                }
                long step = from + i;
                batches.position((step * plan.parts + (long) rank * here) * plan.batch);
                model.torch().generator(Batches.generatorSeed(plan.seed, step));
                List<Double> losses = new ArrayList<>();
                Fit.Loss loss = work -> {
                    Batch next = batches.next();
                    return model.loss(next.ids(work), next.targets(work));
                };
                norms[i] = fit.step(new Sharing(together, rank * here, here, rounding, losses), loss)
                        .gradientNorm();
                nats[i] = losses.stream().mapToDouble(Double::doubleValue).toArray();
                if (!together && ((step + 1) % plan.averaging.steps() == 0 || i == steps - 1)) {
                    outer = averaged(parameters, outer, momentum, rounding);
                }
            }
            float[] after = Floats.read(parameters);
            byte[] bytes = Floats.bytes(after);
            int checksum = Floats.checksum(bytes);
            float[] remembered = joined(Floats.read(own), momentum);
            byte[] kept = Floats.bytes(remembered);
            int memory = Floats.checksum(kept);
            Replica.keep(new Replica.State(invitation.job(), checksum, List.of(memory)), mine, remembered);
            boolean first = rank == 0;
            if (!first && together) {
                kept = null;
            }
            link.sent((first ? bytes.length : 0L) + (kept == null ? 0 : kept.length));
            return new Result(
                    nats,
                    norms,
                    first ? bytes : null,
                    checksum,
                    kept,
                    memory,
                    exchange.sent(),
                    rounding.compared(),
                    rounding.error(),
                    exchange.seconds(),
                    (System.nanoTime() - start) / 1e9,
                    machine(),
                    null,
                    0,
                    attempt(),
                    fetched);
        }
    }

    private static int attempt() {
        TaskContext task = TaskContext.get();
        return task == null ? 0 : task.attemptNumber() + task.stageAttemptNumber();
    }

    /** Where this is, for the record of the run. */
    private static String machine() {
        String host = SparkEnv.get().blockManager().blockManagerId().host();
        return host + ", " + WorkerEngine.arithmetic();
    }

    private static float[] joined(float[] one, float[] other) {
        float[] both = java.util.Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    /**
     * The workers' weights averaged, and DiLoCo's outer step where there is one. What is sent rounded is not the
     * weights, of which too little would be left, but what they changed by.
     */
    private float[] averaged(Collection<NDArray> parameters, float[] outer, float[] momentum, RoundingError rounding) {
        boolean changes = plan.averaging.sent() != WireFormat.FLOAT32;
        float[] here = Floats.read(parameters);
        for (int i = 0; changes && i < here.length; i++) {
            here[i] -= outer[i];
        }
        float[] mean = rounding.sum(new ArrayList<>(List.of(here)));
        float share = 1f / plan.workers;
        boolean diloco = plan.averaging.kind() == Averaging.Kind.DILOCO;
        float rate = (float) plan.averaging.rate();
        float remembered = (float) plan.averaging.momentum();
        for (int i = 0; i < mean.length; i++) {
            mean[i] *= share;
            if (changes) {
                mean[i] += outer[i];
            }
            if (diloco) {
                float gradient = outer[i] - mean[i];
                momentum[i] = remembered * momentum[i] + gradient;
                mean[i] = outer[i] - rate * (gradient + remembered * momentum[i]);
            }
        }
        Floats.write(WorkerEngine.torch(), mean, parameters);
        return mean;
    }

    /** Gradients of one step: added up over all workers, or over this one's parts. */
    private final class Sharing implements Fit.Shared {
        private final boolean together;
        private final int first;
        private final int here;
        private final RoundingError rounding;
        private final List<Double> losses;

        Sharing(boolean together, int first, int here, RoundingError rounding, List<Double> losses) {
            this.together = together;
            this.first = first;
            this.here = here;
            this.rounding = rounding;
            this.losses = losses;
        }

        @Override
        public int parts() {
            return together ? plan.parts : here;
        }

        @Override
        public int first() {
            return first;
        }

        @Override
        public int here() {
            return here;
        }

        @Override
        public List<NDArray> sum(List<Double> nats, List<List<NDArray>> gradients) {
            losses.addAll(nats);
            List<NDArray> first = gradients.get(0);
            boolean alone = plan.workers == 1 && plan.averaging.sent() == WireFormat.FLOAT32;
            if (!together || alone) {
                for (List<NDArray> each : gradients.subList(1, gradients.size())) {
                    WorkerEngine.torch().ops().add(first, each);
                }
                return first;
            }
            List<float[]> vectors = new ArrayList<>();
            gradients.forEach(each -> vectors.add(Floats.read(each)));
            Floats.write(WorkerEngine.torch(), rounding.sum(vectors), first);
            return first;
        }
    }
}
