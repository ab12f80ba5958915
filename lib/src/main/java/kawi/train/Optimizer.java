package kawi.train;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import kawi.torch.Torch;

/**
 * A rule that turns gradients into a change of the weights. An optimizer is a value (its settings); {@link #prepare}
 * makes the running averages it keeps for one set of parameters.
 */
public sealed interface Optimizer permits AdamW, Muon {
    /** {@return the peak learning rate, multiplied by the schedule's factor at each step} */
    double rate();

    /** {@return the same optimizer with another peak rate} */
    Optimizer withRate(double rate);

    /** {@return the settings under the names that a checkpoint and a manifest record} */
    Map<String, Object> settings();

    /**
     * Allocates the state for these parameters, on their device, in fp32.
     *
     * @param parameters by name, in the order in which a checkpoint lists them
     */
    State prepare(Torch torch, Map<String, NDArray> parameters);

    /** The running averages of one set of parameters. */
    interface State extends AutoCloseable {
        /**
         * Changes the weights in place.
         *
         * @param gradients by parameter name, already averaged and clipped; read, and possibly changed
         * @param factor the schedule's factor in [0, 1]
         */
        void step(Map<String, NDArray> gradients, double factor);

        /**
         * {@return the averages by name, the live arrays: a checkpoint writes them, and copies saved values into them}
         */
        Map<String, NDArray> tensors();

        @Override
        void close();
    }
}
