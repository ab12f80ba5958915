package kawi.model;

/** What the weights are multiplied as in inference. */
public enum Precision {
    /** 32-bit floats: the reference. */
    FP32,
    /**
     * 8-bit integers, one scale for each output, activations quantised as they come: several times faster on a CPU, a
     * little less exact.
     */
    INT8
}
