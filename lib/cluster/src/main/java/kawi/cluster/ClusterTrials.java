package kawi.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;
import kawi.evidence.Draft;
import kawi.evidence.KitException;
import kawi.search.Trials;
import kawi.text.TokenFile;
import kawi.torch.Torch;
import org.apache.spark.broadcast.Broadcast;

/**
 * The trainings of a search spread over workers, as many at once as there are: the numbers are those of
 * {@link Trials#here}, where the machines are of one kind. A training whose worker is lost is run again from where this
 * process last had it, and comes to the same numbers. Searches, ablations, pilots and the readings of a comparison of
 * architectures after equal steps or tokens can be run so; trainings for equal seconds share one clock. Between the
 * rungs of a search this process holds the weights and averages of every training that goes on.
 *
 * <pre>{@code
 * CumulativeAblation ladder =
 *     CumulativeAblation.run(ClusterTrials.on(cluster, torch), rungs, train, validation, settings, progress);
 * }</pre>
 */
public final class ClusterTrials implements Trials {
    /** Trainings for each worker that are submitted at once: what is done of them is told, and kept, at their end. */
    private static final int WAVES = 2;

    private final Cluster cluster;
    private final String arithmetic;
    private int trainings;
    private int begunAgain;

    private ClusterTrials(Cluster cluster, String arithmetic) {
        this.cluster = cluster;
        this.arithmetic = arithmetic;
    }

    /**
     * {@return trials on the workers of a cluster}
     *
     * @param cluster whose workers train
     * @param torch whose arithmetic they are to do, so that their numbers are those of this process
     */
    public static ClusterTrials on(Cluster cluster, Torch torch) {
        return new ClusterTrials(cluster, torch.arithmetic().line());
    }

    @Override
    public String where() {
        return cluster.size() + " workers";
    }

    /**
     * {@return jobs that were submitted again because workers were lost; single tasks that Spark did again not counted}
     */
    public int begunAgain() {
        return begunAgain;
    }

    /**
     * Puts into an artifact's manifest where its trials were run.
     *
     * @param draft the artifact in the making
     * @return the draft
     */
    public Draft record(Draft draft) {
        return draft.parameter("trials run on", where())
                .parameter("arithmetic of the trials", arithmetic)
                .parameter("trials", trainings)
                .parameter("jobs begun again", begunAgain);
    }

    @Override
    public Session begin(TokenFile train, TokenFile validation) {
        Map<String, TrialTask.Stand> stands = new HashMap<>();
        return new Session() {
            @Override
            public List<Outcome> run(List<Asked> asked, BiConsumer<Asked, Outcome> done) {
                List<Outcome> outcomes = new ArrayList<>();
                int wave = WAVES * cluster.size();
                for (int from = 0; from < asked.size(); from += wave) {
                    List<Asked> next = asked.subList(from, Math.min(asked.size(), from + wave));
                    List<TrialTask.Stand> results;
                    try {
                        results = trained(next, stands, train, validation);
                    } catch (Cluster.InterruptedJob e) {
                        Thread.currentThread().interrupt();
                        return outcomes;
                    }
                    for (int i = 0; i < next.size(); i++) {
                        TrialTask.Stand stand = results.get(i);
                        stands.put(next.get(i).name(), stand);
                        Outcome outcome = new Outcome(
                                stand.steps(), stand.seconds(), stand.loss(), stand.bitsPerByte(), stand.divergedAt());
                        outcomes.add(outcome);
                        trainings++;
                        done.accept(next.get(i), outcome);
                    }
                }
                return outcomes;
            }

            @Override
            public void drop(List<Asked> asked) {
                asked.forEach(each -> stands.remove(each.name()));
            }

            @Override
            public void close() {
                stands.clear();
            }
        };
    }

    private List<TrialTask.Stand> trained(
            List<Asked> asked, Map<String, TrialTask.Stand> stands, TokenFile train, TokenFile validation) {
        List<TrialTask.Order> orders = new ArrayList<>();
        List<Broadcast<TrialTask.Stand>> sent = new ArrayList<>();
        LastingJob job = new LastingJob(cluster);
        try {
            for (Asked each : asked) {
                TrialTask.Stand stand = stands.get(each.name());
                Broadcast<TrialTask.Stand> before = stand == null
                        ? null
                        : Cluster.withKitClasses(() -> cluster.context().broadcast(stand));
                if (before != null) {
                    sent.add(before);
                }
                orders.add(order(each, stand == null ? 0 : stand.steps(), before, train, validation));
            }
            return job.run(asked.size() + " trainings", orders, new TrialTask());
        } finally {
            begunAgain += job.begunAgain();
            sent.forEach(each -> Cluster.withKitClasses(() -> {
                each.destroy();
                return null;
            }));
        }
    }

    private TrialTask.Order order(
            Trials.Asked asked, long from, Broadcast<TrialTask.Stand> before, TokenFile train, TokenFile validation) {
        if (asked.until() - from > Integer.MAX_VALUE - 16) {
            throw new KitException("A trial of " + asked.until() + " steps is too long to be sent out: give fewer.");
        }
        double[] factors = LongStream.range(from, asked.until())
                .mapToDouble(asked.recipe().schedule()::factor)
                .toArray();
        return new TrialTask.Order(
                asked.name(),
                asked.recipe().config().json().toString(),
                arithmetic,
                Recipe.of("optimizer", asked.recipe().optimizer()),
                factors,
                asked.recipe().schedule().steps(),
                asked.recipe().batch(),
                asked.passes(),
                asked.seed(),
                asked.context(),
                asked.windows(),
                asked.atOnce(),
                WorkerText.of(train),
                WorkerText.of(validation),
                before);
    }
}
