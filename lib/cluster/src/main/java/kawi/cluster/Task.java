package kawi.cluster;

import java.io.Serializable;

/**
 * Work for one executor. Only classes of this package are tasks, and what they hold is names, numbers and bytes: that
 * is why nothing that was made in a notebook's cell can travel by accident.
 *
 * @param <I> what it is given
 * @param <O> what it gives back
 */
interface Task<I extends Serializable, O extends Serializable> extends Serializable {
    O run(I input) throws Exception;
}
