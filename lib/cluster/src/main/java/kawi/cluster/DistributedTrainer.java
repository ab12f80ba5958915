package kawi.cluster;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import kawi.evidence.Draft;
import kawi.evidence.KitException;
import kawi.evidence.Progress;
import kawi.notebook.Tables;
import kawi.train.DivergedException;
import kawi.train.Fit;
import kawi.train.Optimizer;
import kawi.train.Trainer;
import kawi.train.Training;
import org.apache.spark.broadcast.Broadcast;
import tech.tablesaw.api.Table;

/**
 * Trains on several workers what a {@link Trainer} trains on one: its settings, its checkpoints, its result.
 *
 * <pre>{@code
 * Trainer trainer = Trainer.of(model, train, validation).batch(4).accumulate(4).schedule(Schedule.cosine(10, 200));
 * Training training = DistributedTrainer.of(trainer, Cluster.local(2)).run(progress);
 * }</pre>
 *
 * <p>The passes that a step accumulates are what is shared out: with {@code accumulate(4)} one, two or four workers
 * compute four, two or one of them. With {@link Averaging#everyStep} their gradients are added in the order of the
 * passes, so that on CPUs of one kind the weights are those of one process to the last bit, whatever the number of
 * workers. The other ways of averaging send less and end elsewhere.
 *
 * <p>The steps from one evaluation to the next are one job. A job whose worker is lost is done again from where it
 * began, and ends in the same bytes. Evaluation, checkpoints and progress stay with the driver, which has the weights
 * after every round; a worker that was in the round before goes on from its own, which are the same by their checksum.
 */
public final class DistributedTrainer {
    private static final int MOST_TRIES = 5;

    private final Trainer trainer;
    private final Cluster cluster;
    private Averaging averaging = Averaging.everyStep();
    private int workers;
    private final List<Done> rounds = new ArrayList<>();
    private Progress progress = Progress.NONE;
    private Replica.State known; // what the fit has now, where every worker has it too; null before the first round
    private Set<String> present = Set.of(); // the executors that have it

    /**
     * One round that was done.
     *
     * @param steps the number of its last step
     * @param tries how often it, or a worker's part of it, was begun; 1 where nothing was lost
     * @param bytesSent by all workers together, in exchanges; those to know the error included
     * @param bytesCompared those of them that were sent only to know the error
     * @param error where numbers are rounded to be sent, how far the round's first averaged gradient (or the average of
     *     what the weights changed by) lies from the one of float32 numbers, over its length, as every 61st number has
     *     it; NaN where nothing is rounded
     * @param exchangeSeconds of the worker that spent the most in exchanges, waiting included
     * @param seconds wall-clock seconds, all tries
     * @param handed workers that the driver sent weights and averages when the round began: all before the first round,
     *     later only those that were not in the round before
     * @param machines where each worker was, and what arithmetic it did
     */
    public record Done(
            long steps,
            int tries,
            long bytesSent,
            long bytesCompared,
            double error,
            double exchangeSeconds,
            double seconds,
            int handed,
            List<String> machines) {}

    private DistributedTrainer(Trainer trainer, Cluster cluster) {
        this.trainer = trainer;
        this.cluster = cluster;
        this.workers = cluster.size();
    }

    /**
     * {@return a trainer of these settings, on these workers}
     *
     * @param trainer the settings; what it has not set has its defaults
     * @param cluster whose workers train
     */
    public static DistributedTrainer of(Trainer trainer, Cluster cluster) {
        return new DistributedTrainer(trainer, cluster);
    }

    /**
     * Sets when the workers compare what they have; {@link Averaging#everyStep} unless set.
     *
     * @param when after how many steps, and how
     * @return this
     */
    public DistributedTrainer averaging(Averaging when) {
        this.averaging = when;
        return this;
    }

    /**
     * Sets how many of the cluster's workers train together; all of them unless set.
     *
     * @param count how many, from 1 to the size of the cluster
     * @return this
     * @throws KitException if the cluster has fewer
     */
    public DistributedTrainer workers(int count) {
        if (count < 1 || count > cluster.size()) {
            throw new KitException("The cluster has " + cluster.size() + " workers, and " + count
                    + " of them cannot train: give 1 to " + cluster.size() + ", or start a larger one.");
        }
        this.workers = count;
        return this;
    }

    /**
     * Trains as {@link Trainer#run} does; the same run is taken up again in the same way. A run whose gradients are
     * averaged in every step may be begun on one number of workers and taken up on another, or by the trainer alone.
     *
     * @param progress told of steps, losses and what was lost on the way
     * @return the training that was done
     * @throws kawi.train.DivergedException as the trainer does
     * @throws KitException if the settings cannot be shared out among the workers, something that is needed there
     *     cannot travel, a worker does other arithmetic, or workers are lost again and again
     */
    public Training run(Progress progress) {
        if (trainer.accumulate() % workers != 0) {
            throw new KitException("A step of " + trainer.accumulate()
                    + (trainer.accumulate() == 1 ? " pass" : " passes")
                    + " cannot be shared out evenly among "
                    + workers + " workers: set accumulate(" + workers + ") or a multiple of it on the trainer.");
        }
        long every = trainer.evaluationInterval();
        if (every % averaging.steps() != 0) {
            throw new KitException("Weights that are averaged every " + averaging.steps()
                    + " steps cannot be evaluated every " + every + ": let evaluateEvery be a multiple of "
                    + averaging.steps() + ".");
        }
        Optimizer inner = trainer.optimizer();
        Round.Plan plan = new Round.Plan(
                trainer.model().config().json().toString(),
                trainer.model().torch().arithmetic().line(),
                trainer.seed(),
                WorkerText.of(trainer.train()),
                trainer.batch(),
                trainer.accumulate(),
                trainer.context(),
                trainer.clip(),
                trainer.dropout(),
                2 * Math.log(trainer.model().vocabularySize()),
                Recipe.of("optimizer", inner),
                averaging,
                workers);
        rounds.clear();
        known = null;
        this.progress = progress;
        try {
            if (!averaging.everyStepOnly()) {
                trainer.optimizer(new ReplicaOptimizer(inner, workers, averaging));
            } else if (averaging.sent() != WireFormat.FLOAT32) {
                trainer.optimizer(new RoundedOptimizer(inner, averaging.sent()));
            }
            return trainer.rounds((fit, until) -> round(plan, fit, until)).run(progress);
        } finally {
            trainer.optimizer(inner).rounds(null);
        }
    }

    private List<Fit.Step> round(Round.Plan first, Fit fit, long until) {
        long start = System.nanoTime();
        Round.Plan plan = arithmetic(first);
        long from = fit.taken();
        double[] factors = LongStream.range(from, until)
                .mapToDouble(trainer.schedule()::factor)
                .toArray();
        List<Broadcast<byte[]>> sent = new ArrayList<>();
        try {
            Replica.State begun = known;
            if (!everyWorkerHasIt(plan)) {
                begun = hand(fit, sent);
            }
            for (int tries = 1; ; tries++) {
                Peers.Invitation invitation = Peers.Invitation.draw();
                if (tries > 1 && sent.isEmpty()) {
                    begun = hand(fit, sent); // a worker is new
                }
                Round round = new Round(
                        plan, invitation, from, factors, trainer.schedule().steps(), fit.advice(), sent, begun);
                try {
                    cluster.await();
                    List<Integer> ranks =
                            IntStream.range(0, plan.workers()).boxed().toList();
                    List<Round.Result> results =
                            cluster.run("steps " + (from + 1) + " to " + until, ranks, round, true);
                    int again = results.stream()
                            .mapToInt(Round.Result::attempt)
                            .max()
                            .orElse(0);
                    if (again > 0) { // Spark noticed the loss before another worker did, and began that part again
                        gap(from, until);
                    }
                    List<Fit.Step> steps = taken(plan, fit, results, factors, tries + again, start);
                    known = new Replica.State(
                            invitation.job(),
                            results.get(0).checksum(),
                            results.stream().map(Round.Result::remembered).toList());
                    present = again > 0 ? Set.of() : cluster.present();
                    return steps;
                } catch (Cluster.FailedJob e) {
                    if (tries == MOST_TRIES) {
                        throw new KitException(
                                "The steps from " + (from + 1) + " to " + until + " were begun " + tries
                                        + " times and never ended: " + firstLine(e.getMessage())
                                        + " The last words of worker 0 are:\n" + cluster.executorLog(0),
                                e);
                    }
                    gap(from, until);
                }
            }
        } catch (Cluster.InterruptedJob e) { // at work, or while weights or executors were waited for
            Thread.interrupted();
            return List.of();
        } finally {
            boolean interrupted =
                    Thread.interrupted(); // Spark would not clear away what an interrupted thread gives back
            sent.forEach(each -> Cluster.withKitClasses(() -> {
                each.destroy();
                return null;
            }));
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Whether the workers need not be sent what they are to begin from: all of them were in the round before, and
     * whichever part one is given now, it remembers what that part needs.
     */
    private boolean everyWorkerHasIt(Round.Plan plan) {
        return known != null
                && averaging.everyStepOnly()
                && plan.workers() == cluster.size()
                && cluster.present().equals(present);
    }

    /** Lets workers fetch the weights, and what the optimizers remember; those that have them already will not. */
    private Replica.State hand(Fit fit, List<Broadcast<byte[]>> sent) {
        List<Integer> checksums = new ArrayList<>();
        for (Collection<NDArray> each : states(fit)) {
            byte[] bytes = Floats.bytes(Floats.read(each));
            checksums.add(Floats.checksum(bytes));
            sent.add(broadcast(bytes));
        }
        return new Replica.State(
                known == null ? null : known.job(), checksums.get(0), checksums.subList(1, checksums.size()));
    }

    /** What was lost is seen: a gap in the chart's line, and a sentence. */
    private void gap(long from, long until) {
        progress.point("train loss", from + 0.5, Double.NaN);
        progress.sample("A worker was lost in steps " + (from + 1) + " to " + until
                + ": what was lost is begun again from where the round began.");
    }

    /** The plan in the arithmetic that the run keeps to, which a checkpoint may have set. */
    private Round.Plan arithmetic(Round.Plan plan) {
        return new Round.Plan(
                plan.config(),
                trainer.model().torch().arithmetic().line(),
                plan.seed(),
                plan.text(),
                plan.batch(),
                plan.parts(),
                plan.context(),
                plan.clip(),
                plan.dropout(),
                plan.limit(),
                plan.optimizer(),
                plan.averaging(),
                plan.workers());
    }

    private Broadcast<byte[]> broadcast(byte[] bytes) {
        return Cluster.withKitClasses(() -> cluster.context().broadcast(bytes));
    }

    /** The weights, and then what the optimizers remember. */
    private List<Collection<NDArray>> states(Fit fit) {
        List<Collection<NDArray>> all = new ArrayList<>(List.of(fit.parameters().values()));
        all.addAll(averages(fit));
        return all;
    }

    /** What the optimizers remember, as it lies in the fit: once for all workers, or once for each. */
    private List<Collection<NDArray>> averages(Fit fit) {
        List<Collection<NDArray>> all = new ArrayList<>();
        if (averaging.everyStepOnly()) {
            all.add(fit.averages().values());
        } else {
            for (int i = 0; i < workers; i++) {
                all.add(ReplicaOptimizer.of(fit.averages(), i));
            }
        }
        return all;
    }

    private List<Fit.Step> taken(
            Round.Plan plan, Fit fit, List<Round.Result> results, double[] factors, int tries, long start) {
        for (Round.Result each : results) {
            if (each.refused() != null) {
                throw each.divergedAt() > 0
                        ? new DivergedException(each.divergedAt(), each.refused())
                        : new KitException(each.refused());
            }
        }
        Round.Result lead = results.get(0);
        for (int i = 1; i < results.size(); i++) {
            if (results.get(i).checksum() != lead.checksum()) {
                throw new KitException("Worker " + i + " ended a round with other weights than worker 0"
                        + ": their processors round differently; let machines of one kind train together.");
            }
        }
        Floats.write(
                trainer.model().torch(),
                Floats.floats(lead.weights()),
                fit.parameters().values());
        List<Collection<NDArray>> averages = averages(fit);
        for (int i = 0; i < averages.size(); i++) {
            Floats.write(trainer.model().torch(), Floats.floats(results.get(i).averages()), averages.get(i));
        }
        List<Fit.Step> steps = new ArrayList<>();
        for (int i = 0; i < factors.length; i++) {
            double loss = 0;
            for (Round.Result each : results) {
                for (double nats : each.nats()[i]) {
                    loss += nats / plan.parts();
                }
            }
            steps.add(new Fit.Step(fit.taken() + i + 1, loss, lead.norms()[i], factors[i]));
        }
        fit.taken(fit.taken() + factors.length);
        rounds.add(new Done(
                fit.taken(),
                tries,
                results.stream().mapToLong(Round.Result::sent).sum(),
                results.stream().mapToLong(Round.Result::compared).sum(),
                lead.error(),
                results.stream()
                        .mapToDouble(Round.Result::exchangeSeconds)
                        .max()
                        .orElse(0),
                (System.nanoTime() - start) / 1e9,
                (int) results.stream().filter(Round.Result::handed).count(),
                results.stream().map(Round.Result::machine).toList()));
        return steps;
    }

    private static String firstLine(String message) {
        String line = String.valueOf(message).lines().findFirst().orElse("");
        return line.endsWith(".") ? line : line + ".";
    }

    /** {@return what each round of the latest run took} */
    public List<Done> rounds() {
        return List.copyOf(rounds);
    }

    /** {@return bytes that all workers sent in exchanges during the latest run} */
    public long bytesSent() {
        return rounds.stream().mapToLong(Done::bytesSent).sum();
    }

    /** {@return rounds that were begun again in the latest run because something was lost} */
    public int begunAgain() {
        return rounds.stream().mapToInt(each -> each.tries() - 1).sum();
    }

    /** {@return a row a round; a cell is empty where nothing was rounded} */
    public Table table() {
        Tables.Rows rows = Tables.columns(
                "up to step", "tries", "MB sent", "error of bf16", "weights handed to", "exchange, s", "seconds");
        rounds.forEach(each -> rows.row(
                each.steps(),
                each.tries(),
                each.bytesSent() / 1e6,
                each.error(),
                each.handed(),
                each.exchangeSeconds(),
                each.seconds()));
        return rows.table();
    }

    /**
     * Puts the latest run into an artifact's manifest: how many workers, on which machines with what arithmetic, how
     * they averaged, what they sent, the rounds and those that were begun again.
     *
     * @param draft the artifact in the making
     * @return the draft
     */
    public Draft record(Draft draft) {
        List<String> machines = rounds.stream()
                .flatMap(each -> each.machines().stream())
                .distinct()
                .toList();
        draft.parameter("workers", workers)
                .parameter("averaging", averaging.words())
                .parameter("workers' machines", machines)
                .parameter("rounds", rounds.size())
                .parameter("rounds begun again", begunAgain());
        rounds.stream()
                .mapToDouble(Done::error)
                .filter(Double::isFinite)
                .max()
                .ifPresent(most -> draft.metric("largest error of bf16, relative", most));
        return draft.metric("MB sent between workers", bytesSent() / 1e6).table("Rounds", table());
    }
}
