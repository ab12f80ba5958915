package kawi.search;

import java.util.List;
import java.util.function.BiConsumer;
import kawi.text.TokenFile;
import kawi.torch.Torch;

/**
 * Where the trainings of a search are run: one after another in this process ({@link #here}), or many at once
 * elsewhere, as the module {@code cluster} does on workers. A search asks in the same order and takes the same numbers,
 * wherever they come from.
 */
public interface Trials {
    /**
     * A training that is asked for. Within a session one name and seed stand for one training, which goes on where it
     * stopped when it is asked for again with more steps.
     *
     * @param recipe what is trained, and how
     * @param passes forward passes of a step, each of the recipe's windows
     * @param seed of the model's first weights and of the windows that are drawn
     * @param until steps that it has taken at the end, at most those of the recipe's schedule
     * @param context tokens in a window
     * @param windows most validation windows scored
     * @param atOnce windows that are scored in one pass
     */
    record Asked(Recipe recipe, int passes, long seed, long until, int context, int windows, int atOnce) {
        /** {@return what tells it from the others of a session} */
        public String name() {
            return "'" + recipe.name() + "', seed " + seed;
        }
    }

    /**
     * What came of it.
     *
     * @param steps optimizer steps taken
     * @param seconds of training in all so far, evaluation left out, on the machine that did it
     * @param loss nats per token on validation text; NaN where the training diverged
     * @param bitsPerByte the same in bits per byte; NaN where the training diverged
     * @param divergedAt the step at which it diverged; 0 where it did not
     */
    record Outcome(long steps, double seconds, double loss, double bitsPerByte, long divergedAt) {
        /** {@return whether its loss ran away, so that it has none} */
        public boolean diverged() {
            return divergedAt > 0;
        }
    }

    /** The trainings of one search. */
    interface Session extends AutoCloseable {
        /**
         * Trains and scores. A training that diverges is an outcome; whatever else goes wrong is thrown.
         *
         * @param asked trainings of different names
         * @param done told of each that is done, in the order in which they were asked for
         * @return the outcomes in that order; only the first ones where the thread was interrupted
         */
        List<Outcome> run(List<Asked> asked, BiConsumer<Asked, Outcome> done);

        /**
         * Lets go of trainings that will not be asked for again.
         *
         * @param asked as they were asked for
         */
        void drop(List<Asked> asked);

        @Override
        void close();
    }

    /**
     * Begins a search.
     *
     * @param train text to learn from
     * @param validation text to be judged on
     * @return what trains; the caller closes it
     */
    Session begin(TokenFile train, TokenFile validation);

    /** {@return where they are run, in a few words for a manifest: "this process", "2 workers"} */
    String where();

    /**
     * {@return trials of this process, one after another}
     *
     * @param torch the engine to train on
     */
    static Trials here(Torch torch) {
        return new TrialsHere(torch);
    }
}
