package kawi.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.jni.IValue;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Bfloat16 copies of weights that stay as they are, kept between the steps of a training until this is closed: a
 * product in bfloat16 rounds its weight first, and of a weight that does not change that is the same work at every
 * step. The numbers are those that would be made anew.
 *
 * <p>Each copy is made when its weight is first multiplied and takes half of its memory: 128 MB for the last ten layers
 * of SmolLM2 with its head. It serves the thread that asked for it, where bfloat16 multiplies; elsewhere this costs
 * nothing. A weight that learns is not kept, so the others may not be changed while this is open.
 */
public final class RoundedWeights implements AutoCloseable {

    private static final ThreadLocal<RoundedWeights> NOW = new ThreadLocal<>();

    private final Script script;
    private final RoundedWeights before;
    private final Map<NDArray, IValue> copies = new IdentityHashMap<>(); // null until the weight is first multiplied

    RoundedWeights(Script script, Collection<NDArray> weights) {
        this.script = script;
        this.before = NOW.get();
        weights.forEach(weight -> copies.put(weight, null));
        NOW.set(this);
    }

    /** What a product in bfloat16 is to be told in the place of a weight: its copy, or the weight itself. */
    static Object of(NDArray weight) {
        RoundedWeights now = NOW.get();
        return now == null || !now.copies.containsKey(weight) || weight.hasGradient() ? weight : now.copy(weight);
    }

    private IValue copy(NDArray weight) {
        return copies.computeIfAbsent(weight, frozen -> script.raw("rounded", false, frozen));
    }

    /** {@return how many copies there are now} */
    int size() {
        return (int) copies.values().stream().filter(copy -> copy != null).count();
    }

    @Override
    public void close() {
        if (NOW.get() == this) {
            NOW.set(before);
        }
        copies.values().forEach(copy -> {
            if (copy != null) {
                copy.close();
            }
        });
        copies.clear();
    }
}
