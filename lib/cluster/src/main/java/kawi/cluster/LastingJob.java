package kawi.cluster;

import java.io.Serializable;
import java.util.List;
import kawi.evidence.KitException;

/**
 * A job of tasks that need nothing of each other, submitted again where workers were lost. Tasks that were done and
 * reported stay done within a job; one that is submitted again does them all again, with the same results.
 */
final class LastingJob {
    private static final int MOST_TRIES = 5;

    private final Cluster cluster;
    private int begunAgain;

    LastingJob(Cluster cluster) {
        this.cluster = cluster;
    }

    /**
     * {@return what the tasks gave, in the order of the inputs}
     *
     * @param what is done, for Spark's page and the sentence where it fails: "cleaning up to the end"
     * @throws KitException with a worker's refusal, or where workers are lost again and again
     */
    <I extends Serializable, O extends Serializable> List<O> run(String what, List<I> inputs, Task<I, O> task) {
        Cluster.FailedJob before = null;
        for (int tries = 1; ; tries++) {
            try {
                cluster.await();
                return cluster.run(what, inputs, task, false);
            } catch (Cluster.FailedJob e) {
                String refused = Refusal.of(e);
                if (refused != null) {
                    throw new KitException(refused, e);
                }
                if (tries == MOST_TRIES) {
                    throw new KitException(
                            "The work on workers (" + what + ") was begun " + tries + " times and never ended: "
                                    + String.valueOf(e.getMessage())
                                            .lines()
                                            .findFirst()
                                            .orElse("") + " The last words of worker 0 are:\n"
                                    + cluster.executorLog(0),
                            e);
                }
                begunAgain++;
                before = e;
            } catch (KitException e) {
                if (before != null) {
                    e.addSuppressed(before); // what the work failed by before the cluster was found to be gone
                }
                throw e;
            }
        }
    }

    /** {@return how often a job was submitted again} */
    int begunAgain() {
        return begunAgain;
    }
}
