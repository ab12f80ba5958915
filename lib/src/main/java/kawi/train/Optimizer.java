package kawi.train;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import kawi.model.ParameterRole;
import kawi.torch.Torch;

/**
 * A rule that turns gradients into a change of the weights. An optimizer is a value (its settings); {@link #prepare}
 * makes the running averages it keeps for one set of parameters. One of your own is best a record: its components then
 * count among the settings of a run whether {@link #settings} names them or not.
 */
public interface Optimizer {
    /** {@return the peak learning rate, multiplied by the schedule's factor at each step} */
    double rate();

    /**
     * {@return the same optimizer with another peak rate}
     *
     * @param rate positive and finite
     */
    Optimizer withRate(double rate);

    /**
     * {@return the settings under the names that a checkpoint and a manifest record: everything that changes what the
     * rule does, for a run is resumed only by an optimizer of equal settings}
     */
    Map<String, Object> settings();

    /**
     * Allocates the state for these parameters, on their device, in fp32.
     *
     * @param torch the engine that the parameters belong to
     * @param parameters by name, in the order in which a checkpoint lists them
     * @param roles what each of them is in its model; a parameter of which nothing is known has no entry
     * @return what takes the steps; the caller closes it
     * @throws kawi.evidence.KitException if the rule must know a role that is not there
     */
    State prepare(Torch torch, Map<String, NDArray> parameters, Map<String, ParameterRole> roles);

    /** The running averages of one set of parameters. */
    interface State extends AutoCloseable {
        /**
         * Changes the weights in place. No gradients are recorded meanwhile.
         *
         * @param gradients by parameter name, already averaged and clipped; read, and possibly changed
         * @param factor the schedule's factor in [0, 1]
         */
        void step(Map<String, NDArray> gradients, double factor);

        /**
         * {@return everything that the rule remembers from step to step, by name, the live arrays: a checkpoint writes
         * them, and copies saved values into them}
         */
        Map<String, NDArray> tensors();

        @Override
        void close();
    }
}
