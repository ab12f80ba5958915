package kawi.model;

import ai.djl.ndarray.NDArray;

/** Listens to what passes through a model: each intermediate result with its name, alive only during the call. */
@FunctionalInterface
public interface ActivationHook {
    ActivationHook NONE = (name, value) -> {};

    void see(String name, NDArray value);
}
