package kawi.torch;

/** How matrix products are made. Scripts know each by its place here. */
enum Products {

    /** In float32 as PyTorch makes them: by MKL on a CPU of the x86 kind, by cuBLAS on a GPU. */
    FLOAT32,

    /** Rounded to bfloat16 and summed in float32. */
    BFLOAT16,

    /** In float32 by oneDNN; see {@link OneDnn}. */
    ONE_DNN
}
