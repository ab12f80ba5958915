package kawi.cluster;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import kawi.evidence.KitException;
import kawi.notebook.Tables;
import tech.tablesaw.api.Table;

/**
 * What the exchange of a vector takes on a cluster, measured: what a training step with that many parameters waits for,
 * beside computing.
 *
 * <pre>{@code
 * show(ExchangeTimes.measure(cluster, 2, 12_300_000, 10, WireFormat.FLOAT32).table());
 * }</pre>
 *
 * @param workers that exchanged
 * @param numbers of the vector
 * @param sent as what they travelled
 * @param bytes that one worker sent in one exchange
 * @param seconds of each exchange, of the worker that took longest; the first is slower, for connections are made in it
 */
public record ExchangeTimes(int workers, long numbers, WireFormat sent, long bytes, double[] seconds) {

    /**
     * Exchanges a vector several times.
     *
     * @param cluster whose workers exchange
     * @param workers how many of them, 1 to its size
     * @param numbers of the vector, at least one for each worker
     * @param times how often, at least 1
     * @param sent as what the numbers travel
     * @return what it took
     * @throws KitException if a number is outside its range, or a worker was lost
     */
    public static ExchangeTimes measure(Cluster cluster, int workers, int numbers, int times, WireFormat sent) {
        if (workers < 1 || workers > cluster.size() || numbers < workers || times < 1) {
            throw new KitException("An exchange of " + numbers + " numbers among " + workers + " workers, " + times
                    + " times, cannot be measured: give 1 to " + cluster.size()
                    + " workers, at least one number for each, and once or more.");
        }
        List<Integer> ranks = IntStream.range(0, workers).boxed().toList();
        cluster.awaitExecutors();
        List<Exchanging.Took> all;
        try {
            all = cluster.run(
                    "exchanging " + numbers + " numbers",
                    ranks,
                    new Exchanging(Peers.Invitation.draw(), workers, numbers, times, sent),
                    true);
        } catch (Cluster.FailedJob e) {
            throw new KitException("The exchange could not be measured, for a worker was lost: run the cell again.", e);
        } catch (Cluster.InterruptedJob e) {
            throw new KitException("The measurement was interrupted: run the cell again.", e);
        }
        double[] seconds = new double[times];
        for (Exchanging.Took each : all) {
            for (int i = 0; i < times; i++) {
                seconds[i] = Math.max(seconds[i], each.seconds()[i]);
            }
        }
        return new ExchangeTimes(workers, numbers, sent, all.get(0).bytes() / times, seconds);
    }

    /** {@return the median of the exchanges but the first; of a single one, its time} */
    public double median() {
        double[] warm = seconds.length == 1 ? seconds.clone() : Arrays.copyOfRange(seconds, 1, seconds.length);
        Arrays.sort(warm);
        return (warm[(warm.length - 1) / 2] + warm[warm.length / 2]) / 2;
    }

    /** {@return one row} */
    public Table table() {
        double[] sorted = seconds.clone();
        Arrays.sort(sorted);
        return Tables.row(
                "workers",
                workers,
                "numbers",
                numbers,
                "sent as",
                sent.toString(),
                "MB sent by one",
                bytes / 1e6,
                "first, s",
                seconds[0],
                "median of the others, s",
                median(),
                "least, s",
                sorted[0],
                "most, s",
                sorted[sorted.length - 1]);
    }

    /** The exchanges on one worker. */
    private record Exchanging(Peers.Invitation invitation, int workers, int numbers, int times, WireFormat sent)
            implements Task<Integer, Exchanging.Took> {
        record Took(double[] seconds, long bytes) implements Serializable {}

        @Override
        public Took run(Integer rank) {
            try (SliceExchange exchange = new SliceExchange(invitation, rank, workers)) {
                double[] seconds = new double[times];
                float[] vector = new float[numbers];
                for (int i = 0; i < times; i++) {
                    Arrays.fill(vector, rank + 1);
                    long start = System.nanoTime();
                    exchange.sum(new ArrayList<>(List.of(vector)), sent);
                    seconds[i] = (System.nanoTime() - start) / 1e9;
                }
                return new Took(seconds, exchange.sent());
            }
        }
    }
}
