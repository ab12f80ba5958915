package kawi.clean;

import kawi.text.Normalizer;

/** {@link Normalizer} as a step of a pipeline. */
public final class Normalize {
    private static final Normalizer RULE = Normalizer.faithful();

    private Normalize() {}

    /** {@return a step that makes equal texts look equal, as {@link Normalizer#faithful} does} */
    public static Step unicode() {
        return Step.change("unicode", RULE);
    }
}
