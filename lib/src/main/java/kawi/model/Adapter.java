package kawi.model;

import ai.djl.ndarray.NDArray;

/** A small trainable change of some of a model's matrices, kept apart from them. */
public interface Adapter {
    /**
     * {@return whether this changes the matrix (such as {@code self_attn.q_proj}) of the layer}
     *
     * @param layer from 0
     * @param matrix one of {@link Llama#MATRICES}
     */
    boolean covers(int layer, String matrix);

    /**
     * {@return the product of {@code x (..., in)} with the matrix {@code weight (out, in)} as it is changed:
     * {@code (..., out)}}
     *
     * @param layer from 0
     * @param matrix one of {@link Llama#MATRICES}
     * @param x {@code (batch, time, in)}
     * @param weight the model's own matrix {@code (out, in)}
     */
    NDArray product(int layer, String matrix, NDArray x, NDArray weight);

    /**
     * {@return what is to be added to the matrix itself, {@code (out, in)}; the caller closes it}
     *
     * @param layer from 0
     * @param matrix one of {@link Llama#MATRICES}
     */
    NDArray change(int layer, String matrix);
}
