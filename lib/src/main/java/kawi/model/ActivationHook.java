package kawi.model;

import ai.djl.ndarray.NDArray;

/** Listens to what passes through a model: each intermediate result with its name, alive only during the call. */
@FunctionalInterface
public interface ActivationHook {
    /** Looks at nothing. */
    ActivationHook NONE = (name, value) -> {};

    /**
     * Is shown an intermediate result; it is freed afterwards, so a copy must be taken of what is to stay.
     *
     * @param name which it is, such as "block 0: attention"
     * @param value the array
     */
    void see(String name, NDArray value);
}
