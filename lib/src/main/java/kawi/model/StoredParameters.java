package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** An open file whose parameters are read when they are needed. Names are those of the model, not of the file. */
interface StoredParameters extends AutoCloseable {

    /** A whole parameter as float32, owned by the manager. */
    NDArray read(NDManager manager, String name);

    /** Some rows of a matrix as float32 {@code (rows, columns)}, owned by the manager. */
    NDArray rows(NDManager manager, String name, long[] rows);

    @Override
    void close();
}
