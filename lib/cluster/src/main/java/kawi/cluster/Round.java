package kawi.cluster;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.zip.CRC32C;
import kawi.evidence.KitException;
import kawi.model.LanguageModel;
import kawi.model.ModelConfig;
import kawi.text.TokenFile;
import kawi.torch.Arithmetic;
import kawi.torch.Torch;
import kawi.train.Batch;
import kawi.train.Batches;
import kawi.train.DivergedException;
import kawi.train.Fit;
import kawi.train.Optimizer;
import kawi.train.Schedule;
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
            String text,
            long length,
            int checksum,
            int batch,
            int parts,
            int context,
            double clip,
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
     * @param refused why it did not end; null where it did
     * @param divergedAt the step at which it diverged, 0 where it did not
     */
    record Result(
            double[][] nats,
            double[] norms,
            byte[] weights,
            int checksum,
            byte[] averages,
            long sent,
            double exchangeSeconds,
            double seconds,
            long pid,
            String refused,
            long divergedAt)
            implements Serializable {}

    /** The factors of the steps of a round, by number: a schedule of a cell's own need not travel. */
    private record Factors(long from, double[] factors, long steps) implements Schedule {
        @Override
        public double factor(long step) {
            return factors[(int) (step - from)];
        }
    }

    private final Plan plan;
    private final String job;
    private final long from;
    private final double[] factors;
    private final long total;
    private final String advice;
    private final Broadcast<byte[]> weights;
    private final List<Broadcast<byte[]>> averages; // one for all, or one for each worker

    Round(
            Plan plan,
            String job,
            long from,
            double[] factors,
            long total,
            String advice,
            Broadcast<byte[]> weights,
            List<Broadcast<byte[]>> averages) {
        this.plan = plan;
        this.job = job;
        this.from = from;
        this.factors = factors;
        this.total = total;
        this.advice = advice;
        this.weights = weights;
        this.averages = new ArrayList<>(averages);
    }

    @Override
    public Result run(Integer rank) {
        long start = System.nanoTime();
        try (SliceExchange exchange = new SliceExchange(job, rank, plan.workers)) {
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
                        exchange.sent(),
                        exchange.seconds(),
                        (System.nanoTime() - start) / 1e9,
                        ProcessHandle.current().pid(),
                        e.getMessage(),
                        e instanceof DivergedException diverged ? diverged.step() : 0);
            }
        }
    }

    private Result train(int rank, SliceExchange exchange, long start) {
        LanguageModel model = Replica.of(plan);
        Collection<NDArray> parameters = model.parameters().values();
        Link link = Link.here();
        Floats.write(Replica.torch(), Floats.floats(link.received(weights)), parameters);
        Batches batches = new Batches(Replica.text(plan), plan.batch, plan.context, plan.seed);
        boolean together = plan.averaging.everyStepOnly();
        int here = plan.parts / plan.workers;
        int steps = factors.length;
        double[][] nats = new double[steps][];
        double[] norms = new double[steps];
        try (Fit fit = Fit.of(model, plan.optimizer.make(Optimizer.class), new Factors(from, factors, total))) {
            fit.clip(plan.clip).limit(plan.limit).advice(() -> advice);
            fit.taken(from);
            Collection<NDArray> own = fit.averages().values();
            float[] before = Floats.floats(link.received(averages.get(together ? 0 : rank)));
            int inner = Floats.count(own);
            Floats.write(Replica.torch(), before, own);
            float[] momentum = java.util.Arrays.copyOfRange(before, inner, before.length);
            float[] outer = together ? null : Floats.read(parameters); // the weights at the last averaging
            for (int i = 0; i < steps; i++) {
                long step = from + i;
                batches.position((step * plan.parts + (long) rank * here) * plan.batch);
                model.torch().generator(Batches.generatorSeed(plan.seed, step));
                List<Double> losses = new ArrayList<>();
                Fit.Loss loss = work -> {
                    Batch next = batches.next();
                    return model.loss(next.ids(work), next.targets(work));
                };
                norms[i] = fit.step(new Sharing(together, here, exchange, losses), loss)
                        .gradientNorm();
                nats[i] = losses.stream().mapToDouble(Double::doubleValue).toArray();
                if (!together && ((step + 1) % plan.averaging.steps() == 0 || i == steps - 1)) {
                    outer = averaged(parameters, outer, momentum, exchange);
                }
            }
            float[] after = Floats.read(parameters);
            CRC32C checksum = new CRC32C();
            byte[] bytes = Floats.bytes(after);
            checksum.update(bytes);
            boolean first = rank == 0;
            byte[] kept = first || !together ? Floats.bytes(joined(Floats.read(own), momentum)) : null;
            link.sent((first ? bytes.length : 0L) + (kept == null ? 0 : kept.length));
            return new Result(
                    nats,
                    norms,
                    first ? bytes : null,
                    (int) checksum.getValue(),
                    kept,
                    exchange.sent(),
                    exchange.seconds(),
                    (System.nanoTime() - start) / 1e9,
                    ProcessHandle.current().pid(),
                    null,
                    0);
        }
    }

    private static float[] joined(float[] one, float[] other) {
        float[] both = java.util.Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    /** The workers' weights averaged, and DiLoCo's outer step where there is one. */
    private float[] averaged(Collection<NDArray> parameters, float[] outer, float[] momentum, SliceExchange exchange) {
        float[] mean = exchange.sum(new ArrayList<>(List.of(Floats.read(parameters))));
        float share = 1f / plan.workers;
        boolean diloco = plan.averaging.kind() == Averaging.Kind.DILOCO;
        float rate = (float) plan.averaging.rate();
        float remembered = (float) plan.averaging.momentum();
        for (int i = 0; i < mean.length; i++) {
            mean[i] *= share;
            if (diloco) {
                float gradient = outer[i] - mean[i];
                momentum[i] = remembered * momentum[i] + gradient;
                mean[i] = outer[i] - rate * (gradient + remembered * momentum[i]);
            }
        }
        Floats.write(Replica.torch(), mean, parameters);
        return mean;
    }

    /** Gradients of one step: added up over all workers, or over this one's parts. */
    private final class Sharing implements Fit.Shared {
        private final boolean together;
        private final int here;
        private final SliceExchange exchange;
        private final List<Double> losses;

        Sharing(boolean together, int here, SliceExchange exchange, List<Double> losses) {
            this.together = together;
            this.here = here;
            this.exchange = exchange;
            this.losses = losses;
        }

        @Override
        public int parts() {
            return together ? plan.parts : here;
        }

        @Override
        public int here() {
            return here;
        }

        @Override
        public List<NDArray> sum(List<Double> nats, List<List<NDArray>> gradients) {
            losses.addAll(nats);
            List<NDArray> first = gradients.get(0);
            if (!together || plan.workers == 1) {
                for (List<NDArray> each : gradients.subList(1, gradients.size())) {
                    Replica.torch().ops().add(first, each);
                }
                return first;
            }
            List<float[]> vectors = new ArrayList<>();
            gradients.forEach(each -> vectors.add(Floats.read(each)));
            Floats.write(Replica.torch(), exchange.sum(vectors), first);
            return first;
        }
    }

    /** What a worker keeps from round to round: the engine, the model and the open text. */
    private static final class Replica {
        private static Torch torch;
        private static String shape;
        private static LanguageModel model;
        private static TokenFile text;

        private Replica() {}

        static synchronized Torch torch() {
            return torch;
        }

        static synchronized LanguageModel of(Plan plan) {
            Arithmetic wanted = Gpus.here(Arithmetic.of(plan.arithmetic));
            if (torch == null) {
                torch = Torch.open(wanted.device(), wanted.threads(), plan.seed);
            }
            torch.threads(wanted.threads());
            torch.keepTo(wanted);
            if (!plan.config.equals(shape)) {
                if (model != null) {
                    model.close();
                }
                shape = null;
                try {
                    model = ModelConfig.of(new ObjectMapper().readTree(plan.config))
                            .create(torch, plan.seed);
                } catch (JsonProcessingException e) {
                    throw new KitException("The model's configuration did not arrive as it was sent.", e);
                }
                shape = plan.config;
            }
            return model;
        }

        static synchronized TokenFile text(Plan plan) {
            Path place = Path.of(plan.text);
            if (text == null || !text.path().equals(place)) {
                if (!Files.isReadable(place)) {
                    throw new KitException("A worker cannot read the token file " + place.getFileName()
                            + ": put it where every machine finds it under the same path.");
                }
                if (text != null) {
                    text.close();
                    text = null;
                }
                text = TokenFile.open(place);
            }
            if (text.length() != plan.length || text.checksum() != plan.checksum) {
                text.close();
                text = null;
                throw new KitException("A worker reads another text from " + place.getFileName()
                        + " than the driver: the machines' copies must be equal.");
            }
            return text;
        }
    }
}
