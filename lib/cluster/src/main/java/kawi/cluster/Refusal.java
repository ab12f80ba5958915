package kawi.cluster;

import java.io.IOException;
import kawi.evidence.KitException;
import org.apache.spark.TaskKilledException;

/** A sentence that a worker refuses its work with, carried through Spark, which keeps of a failure only its text. */
final class Refusal {
    private static final String MARK = "kawi refused: ";

    private Refusal() {}

    /** Work that may fail by the disk. */
    interface Work<T> {
        T done() throws IOException;
    }

    /**
     * Does work on a worker.
     *
     * @param what does it, to name it where it fails: "A cleaning step"
     */
    static <T> T carried(String what, Work<T> work) throws IOException {
        try {
            return work.done();
        } catch (TaskKilledException e) {
            throw e; // the job was ended, and nobody asks why
        } catch (KitException e) {
            throw new IllegalStateException(MARK + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw new IllegalStateException(MARK + what + " failed on a worker: " + e + ".", e);
        }
    }

    /** {@return the sentence, on the driver; null where the job failed otherwise} */
    static String of(Throwable failure) {
        String text = String.valueOf(failure.getMessage());
        int at = text.indexOf(MARK);
        return at < 0
                ? null
                : text.substring(at + MARK.length()).lines().findFirst().orElse("");
    }
}
